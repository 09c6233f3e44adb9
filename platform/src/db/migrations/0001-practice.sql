-- Organizations, their practices and what opens doors to them. Times are epoch milliseconds from the
-- business clock; no time is ever taken from the database.

CREATE TABLE organizations (
  organization_id text PRIMARY KEY,
  name            text   NOT NULL,
  created_at      bigint NOT NULL
);

CREATE TABLE practices (
  organization_id text   NOT NULL REFERENCES organizations,
  practice_id     text   NOT NULL,
  name            text   NOT NULL,
  time_zone       text   NOT NULL,
  dialect         text   NOT NULL,
  base_url        text   NOT NULL,
  client_id       text   NOT NULL,
  overrides       jsonb  NOT NULL,
  state           text   NOT NULL CHECK (state IN ('connected', 'paused')),
  created_at      bigint NOT NULL,
  PRIMARY KEY (organization_id, practice_id)
);

-- Data keys, wrapped by the installation's key; envelopes name the data key they were sealed with.
CREATE TABLE data_keys (
  organization_id text   NOT NULL REFERENCES organizations,
  data_key_id     text   NOT NULL,
  wrapped         bytea  NOT NULL,
  created_at      bigint NOT NULL,
  PRIMARY KEY (organization_id, data_key_id)
);

CREATE TABLE credentials (
  organization_id text   NOT NULL,
  practice_id     text   NOT NULL,
  name            text   NOT NULL,
  envelope        bytea  NOT NULL,
  created_at      bigint NOT NULL,
  PRIMARY KEY (organization_id, practice_id, name),
  FOREIGN KEY (organization_id, practice_id) REFERENCES practices
);

CREATE TABLE signing_keys (
  organization_id text   NOT NULL REFERENCES organizations,
  kid             text   NOT NULL,
  algorithm       text   NOT NULL,
  public_jwk      jsonb  NOT NULL,
  envelope        bytea  NOT NULL,
  state           text   NOT NULL CHECK (state IN ('next', 'active', 'retired')),
  created_at      bigint NOT NULL,
  retired_at      bigint,
  PRIMARY KEY (organization_id, kid)
);
CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (organization_id) WHERE state = 'active';
CREATE UNIQUE INDEX signing_keys_one_next ON signing_keys (organization_id) WHERE state = 'next';

CREATE TABLE api_keys (
  organization_id text   NOT NULL REFERENCES organizations,
  key_id          text   NOT NULL,
  name            text   NOT NULL,
  secret_hash     bytea  NOT NULL,
  scopes          text[] NOT NULL,
  created_at      bigint NOT NULL,
  revoked_at      bigint,
  PRIMARY KEY (organization_id, key_id)
);
