-- People, what they may do, how they prove who they are, and the programs they let in. Passwords and
-- code secrets stand in sealed envelopes; tokens as hashes alone. Times are epoch milliseconds of the
-- clock that people live by.

CREATE TABLE users (
  organization_id   text    NOT NULL REFERENCES organizations,
  user_id           text    NOT NULL,
  -- What is typed at sign-in, in lower case.
  name              text    NOT NULL,
  display_name      text    NOT NULL,
  state             text    NOT NULL CHECK (state IN ('invited', 'active', 'disabled')),
  roles             text[]  NOT NULL,
  -- Null: all practices.
  practices         text[],
  sensitive         boolean NOT NULL,
  password_envelope bytea,
  totp_envelope     bytea,
  -- The latest step whose code was used; none of it or before is taken again.
  totp_step         bigint,
  created_at        bigint  NOT NULL,
  PRIMARY KEY (organization_id, user_id),
  UNIQUE (organization_id, name)
);

CREATE TABLE recovery_codes (
  organization_id text   NOT NULL,
  user_id         text   NOT NULL,
  code_hash       bytea  NOT NULL,
  PRIMARY KEY (organization_id, user_id, code_hash),
  FOREIGN KEY (organization_id, user_id) REFERENCES users
);

CREATE TABLE invitations (
  organization_id text   NOT NULL,
  invitation_id   text   NOT NULL,
  secret_hash     bytea  NOT NULL,
  user_id         text   NOT NULL,
  -- The code secret that was shown last and is not yet confirmed.
  totp_envelope   bytea,
  expires_at      bigint NOT NULL,
  PRIMARY KEY (organization_id, invitation_id),
  FOREIGN KEY (organization_id, user_id) REFERENCES users
);

-- Failed proofs by account and source, account, and source, each as a hash.
CREATE TABLE sign_in_failures (
  organization_id text    NOT NULL REFERENCES organizations,
  subject         bytea   NOT NULL,
  failures        integer NOT NULL,
  last_at         bigint  NOT NULL,
  PRIMARY KEY (organization_id, subject)
);
CREATE INDEX sign_in_failures_by_age ON sign_in_failures (organization_id, last_at);

CREATE TABLE sessions (
  organization_id  text   NOT NULL,
  session_id       text   NOT NULL,
  secret_hash      bytea  NOT NULL,
  user_id          text   NOT NULL,
  source           text   NOT NULL,
  created_at       bigint NOT NULL,
  authenticated_at bigint NOT NULL,
  last_active_at   bigint NOT NULL,
  revoked_at       bigint,
  PRIMARY KEY (organization_id, session_id),
  FOREIGN KEY (organization_id, user_id) REFERENCES users
);
CREATE INDEX sessions_of_user ON sessions (organization_id, user_id, created_at);
