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

-- Programs of others that we let in, and what they hold. A grant is one consent of a person, or one
-- proof of a backend; codes and tokens hang on it and end with it.
CREATE TABLE oauth_clients (
  organization_id text    NOT NULL REFERENCES organizations,
  client_id       text    NOT NULL,
  name            text    NOT NULL,
  kind            text    NOT NULL CHECK (kind IN ('backend', 'confidential', 'public')),
  redirect_uris   text[]  NOT NULL,
  scopes          text[]  NOT NULL,
  -- Null: all practices.
  practices       text[],
  sensitive       boolean NOT NULL,
  -- A JWK set as it was given, or where it is fetched.
  jwks            text,
  jwks_uri        text,
  secret_hash     bytea,
  created_at      bigint  NOT NULL,
  revoked_at      bigint,
  PRIMARY KEY (organization_id, client_id)
);

-- Assertions that were used, until they would have expired anyway.
CREATE TABLE oauth_assertions (
  organization_id text   NOT NULL,
  client_id       text   NOT NULL,
  jti_hash        bytea  NOT NULL,
  expires_at      bigint NOT NULL,
  PRIMARY KEY (organization_id, client_id, jti_hash),
  FOREIGN KEY (organization_id, client_id) REFERENCES oauth_clients
);
CREATE INDEX oauth_assertions_by_age ON oauth_assertions (organization_id, expires_at);

CREATE TABLE oauth_grants (
  organization_id  text   NOT NULL,
  grant_id         text   NOT NULL,
  client_id        text   NOT NULL,
  -- Null: the program for itself.
  user_id          text,
  -- When the person had proved who they are; null for programs.
  authenticated_at bigint,
  scopes           text[] NOT NULL,
  audience         text   NOT NULL,
  patient_id       text,
  created_at       bigint NOT NULL,
  revoked_at       bigint,
  PRIMARY KEY (organization_id, grant_id),
  FOREIGN KEY (organization_id, client_id) REFERENCES oauth_clients,
  FOREIGN KEY (organization_id, user_id) REFERENCES users
);

CREATE TABLE oauth_codes (
  organization_id text   NOT NULL,
  code_id         text   NOT NULL,
  secret_hash     bytea  NOT NULL,
  grant_id        text   NOT NULL,
  redirect_uri    text   NOT NULL,
  -- RFC 7636, S256.
  challenge       text   NOT NULL,
  expires_at      bigint NOT NULL,
  used_at         bigint,
  PRIMARY KEY (organization_id, code_id),
  FOREIGN KEY (organization_id, grant_id) REFERENCES oauth_grants
);

CREATE TABLE oauth_tokens (
  organization_id text   NOT NULL,
  token_id        text   NOT NULL,
  kind            text   NOT NULL CHECK (kind IN ('access', 'refresh')),
  secret_hash     bytea  NOT NULL,
  grant_id        text   NOT NULL,
  issued_at       bigint NOT NULL,
  expires_at      bigint NOT NULL,
  -- Of a refresh token: when another was given for it.
  used_at         bigint,
  revoked_at      bigint,
  PRIMARY KEY (organization_id, token_id),
  FOREIGN KEY (organization_id, grant_id) REFERENCES oauth_grants
);
CREATE INDEX oauth_tokens_by_age ON oauth_tokens (organization_id, expires_at);

-- Whether a security label restricts the record, and of a change whether one did before or after it, so
-- that what somebody may not see is left out before it is read.
ALTER TABLE mirror_resources ADD COLUMN restricted boolean NOT NULL DEFAULT false;
ALTER TABLE mirror_changes ADD COLUMN restricted boolean NOT NULL DEFAULT false;

-- What is mirrored already, of all organizations: force is put back after every migration.
ALTER TABLE mirror_resources NO FORCE ROW LEVEL SECURITY;
ALTER TABLE mirror_versions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE mirror_changes NO FORCE ROW LEVEL SECURITY;

-- The labels are those of platform/src/kernel/security-labels.ts on the day of this migration.
CREATE FUNCTION pg_temp.restricts(content text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN content NOT LIKE '%"security"%' THEN false
    -- Cannot be looked into here, so it is taken for restricted until it is seen again.
    WHEN content LIKE '%\\u0000%' THEN true
    ELSE EXISTS (
      SELECT FROM jsonb_path_query(content::jsonb, 'lax $.meta.security[*].code') AS code
       WHERE code #>> '{}' IN (
         'R', 'V', '42CFRPart2', 'ETH', 'ETHUD', 'SUD', 'OPIOIDUD', 'PSY', 'PSYTHPN', 'MH', 'BH',
         'HIV', 'STD', 'SEX', 'SDV', 'SPI', 'DVD', 'SCA', 'GDIS', 'TBOO', 'CEL', 'VIP', 'ADOL', 'PDS'))
    END
$$;
UPDATE mirror_resources SET restricted = true WHERE pg_temp.restricts(content);
UPDATE mirror_changes c SET restricted = true
 WHERE EXISTS (SELECT FROM mirror_resources r
                WHERE r.organization_id = c.organization_id AND r.practice_id = c.practice_id
                  AND r.type = c.type AND r.id = c.id AND r.restricted)
    OR EXISTS (SELECT FROM mirror_versions v
                WHERE v.organization_id = c.organization_id AND v.practice_id = c.practice_id
                  AND v.type = c.type AND v.id = c.id AND pg_temp.restricts(v.content));
DROP FUNCTION pg_temp.restricts(text);
