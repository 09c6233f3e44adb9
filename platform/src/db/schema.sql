-- The schema after all migrations, as the catalog tells it. Written by schema.test.ts (UPDATE=1); read it,
-- do not run it.

CREATE TABLE access_events (
  organization_id text NOT NULL,
  event_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  at bigint NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  practice_id text,
  subject text,
  outcome text NOT NULL,
  details jsonb NOT NULL DEFAULT '{}'::jsonb,
  CONSTRAINT access_events_pkey PRIMARY KEY (organization_id, event_id),
  CONSTRAINT access_events_outcome_check CHECK ((outcome = ANY (ARRAY['success'::text, 'refused'::text, 'failed'::text])))
);
ALTER TABLE access_events ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON access_events FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON access_events FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON access_events FOR r TO chartway_backup USING true WITH CHECK ;
GRANT INSERT, SELECT ON access_events TO chartway_app;
GRANT SELECT ON access_events TO chartway_backup;
GRANT DELETE, INSERT, SELECT ON access_events TO chartway_eraser;

CREATE TABLE api_keys (
  organization_id text NOT NULL,
  key_id text NOT NULL,
  name text NOT NULL,
  secret_hash bytea NOT NULL,
  scopes text[] NOT NULL,
  created_at bigint NOT NULL,
  revoked_at bigint,
  CONSTRAINT api_keys_pkey PRIMARY KEY (organization_id, key_id),
  CONSTRAINT api_keys_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id)
);
ALTER TABLE api_keys ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON api_keys FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON api_keys FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON api_keys FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON api_keys TO chartway_app;
GRANT SELECT ON api_keys TO chartway_backup;
GRANT DELETE, SELECT ON api_keys TO chartway_eraser;

CREATE TABLE budget_minutes (
  organization_id text NOT NULL,
  practice_id text NOT NULL,
  minute bigint NOT NULL,
  taken integer NOT NULL DEFAULT 0,
  settled integer NOT NULL DEFAULT 0,
  refused boolean NOT NULL DEFAULT false,
  CONSTRAINT budget_minutes_pkey PRIMARY KEY (organization_id, practice_id, minute),
  CONSTRAINT budget_minutes_organization_id_practice_id_fkey FOREIGN KEY (organization_id, practice_id) REFERENCES practices(organization_id, practice_id)
);
ALTER TABLE budget_minutes ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON budget_minutes FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON budget_minutes FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON budget_minutes FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON budget_minutes TO chartway_app;
GRANT SELECT ON budget_minutes TO chartway_backup;
GRANT DELETE, SELECT ON budget_minutes TO chartway_eraser;

CREATE TABLE credentials (
  organization_id text NOT NULL,
  practice_id text NOT NULL,
  name text NOT NULL,
  envelope bytea NOT NULL,
  created_at bigint NOT NULL,
  CONSTRAINT credentials_pkey PRIMARY KEY (organization_id, practice_id, name),
  CONSTRAINT credentials_organization_id_practice_id_fkey FOREIGN KEY (organization_id, practice_id) REFERENCES practices(organization_id, practice_id)
);
ALTER TABLE credentials ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON credentials FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON credentials FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON credentials FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON credentials TO chartway_app;
GRANT SELECT ON credentials TO chartway_backup;
GRANT DELETE, SELECT ON credentials TO chartway_eraser;

CREATE TABLE data_keys (
  organization_id text NOT NULL,
  data_key_id text NOT NULL,
  wrapped bytea NOT NULL,
  created_at bigint NOT NULL,
  CONSTRAINT data_keys_pkey PRIMARY KEY (organization_id, data_key_id),
  CONSTRAINT data_keys_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id)
);
ALTER TABLE data_keys ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON data_keys FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON data_keys FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON data_keys FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON data_keys TO chartway_app;
GRANT SELECT ON data_keys TO chartway_backup;
GRANT DELETE, SELECT ON data_keys TO chartway_eraser;

CREATE TABLE invitations (
  organization_id text NOT NULL,
  invitation_id text NOT NULL,
  secret_hash bytea NOT NULL,
  user_id text NOT NULL,
  totp_envelope bytea,
  expires_at bigint NOT NULL,
  CONSTRAINT invitations_pkey PRIMARY KEY (organization_id, invitation_id),
  CONSTRAINT invitations_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, user_id)
);
ALTER TABLE invitations ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON invitations FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON invitations FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON invitations FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON invitations TO chartway_app;
GRANT SELECT ON invitations TO chartway_backup;
GRANT DELETE, SELECT ON invitations TO chartway_eraser;

CREATE TABLE launches (
  organization_id text NOT NULL,
  practice_id text NOT NULL,
  launch_id text NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  started_by text,
  begun_at bigint NOT NULL,
  answer_until bigint NOT NULL,
  ticket_hash bytea,
  state_hash bytea,
  browser_hash bytea,
  pending_envelope bytea,
  scopes text[] NOT NULL,
  completed_at bigint,
  person text,
  patient_id text,
  encounter_id text,
  needs_banner boolean NOT NULL DEFAULT true,
  tokens_envelope bytea,
  refreshes integer NOT NULL DEFAULT 0,
  refreshable boolean NOT NULL DEFAULT false,
  access_expires_at bigint,
  refresh_claim text,
  refresh_since bigint,
  ended_at bigint,
  code text,
  CONSTRAINT launches_pkey PRIMARY KEY (organization_id, practice_id, launch_id),
  CONSTRAINT launches_kind_check CHECK ((kind = ANY (ARRAY['ehr'::text, 'standalone'::text]))),
  CONSTRAINT launches_organization_id_launch_id_key UNIQUE (organization_id, launch_id),
  CONSTRAINT launches_organization_id_practice_id_fkey FOREIGN KEY (organization_id, practice_id) REFERENCES practices(organization_id, practice_id),
  CONSTRAINT launches_state_check CHECK ((state = ANY (ARRAY['begun'::text, 'redeeming'::text, 'active'::text, 'needs-launch'::text, 'ended'::text])))
);
CREATE INDEX launches_by_time ON chartway.launches USING btree (organization_id, practice_id, begun_at);
ALTER TABLE launches ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON launches FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON launches FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON launches FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON launches TO chartway_app;
GRANT SELECT ON launches TO chartway_backup;
GRANT DELETE, SELECT ON launches TO chartway_eraser;

CREATE TABLE migrations (
  name text NOT NULL,
  checksum text NOT NULL,
  applied_at bigint NOT NULL,
  CONSTRAINT migrations_pkey PRIMARY KEY (name)
);
GRANT SELECT ON migrations TO chartway_backup;
GRANT SELECT ON migrations TO chartway_system;

CREATE TABLE mirror_changes (
  organization_id text COLLATE "C" NOT NULL,
  practice_id text COLLATE "C" NOT NULL,
  sequence bigint NOT NULL,
  kind text NOT NULL,
  type text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  patient_id text COLLATE "C",
  diff text,
  pathway text NOT NULL,
  search text NOT NULL,
  asked_at bigint NOT NULL,
  unchanged_at bigint,
  learnt_at bigint NOT NULL,
  vendor_updated_at bigint,
  restricted boolean NOT NULL DEFAULT false,
  CONSTRAINT mirror_changes_pkey PRIMARY KEY (organization_id, practice_id, sequence),
  CONSTRAINT mirror_changes_kind_check CHECK ((kind = ANY (ARRAY['created'::text, 'updated'::text, 'deleted'::text, 'restored'::text])))
);
CREATE INDEX mirror_changes_of_known ON chartway.mirror_changes USING btree (organization_id, practice_id, sequence) WHERE (kind <> 'created'::text);
ALTER TABLE mirror_changes ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON mirror_changes FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON mirror_changes FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON mirror_changes FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON mirror_changes TO chartway_app;
GRANT SELECT ON mirror_changes TO chartway_backup;
GRANT DELETE, SELECT ON mirror_changes TO chartway_eraser;

CREATE TABLE mirror_completions (
  organization_id text COLLATE "C" NOT NULL,
  practice_id text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  search text COLLATE "C" NOT NULL,
  CONSTRAINT mirror_completions_pkey PRIMARY KEY (organization_id, practice_id, type, subject, search),
  CONSTRAINT mirror_completions_organization_id_practice_id_fkey FOREIGN KEY (organization_id, practice_id) REFERENCES practices(organization_id, practice_id)
);
ALTER TABLE mirror_completions ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON mirror_completions FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON mirror_completions FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON mirror_completions FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON mirror_completions TO chartway_app;
GRANT SELECT ON mirror_completions TO chartway_backup;
GRANT DELETE, SELECT ON mirror_completions TO chartway_eraser;

CREATE TABLE mirror_found_by (
  organization_id text COLLATE "C" NOT NULL,
  practice_id text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  n integer NOT NULL,
  parameter text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  low bigint,
  high bigint,
  CONSTRAINT mirror_found_by_pkey PRIMARY KEY (organization_id, practice_id, type, id, n)
);
CREATE INDEX mirror_found_by_high ON chartway.mirror_found_by USING btree (organization_id, practice_id, type, parameter, high) WHERE (low IS NOT NULL);
CREATE INDEX mirror_found_by_low ON chartway.mirror_found_by USING btree (organization_id, practice_id, type, parameter, low) WHERE (low IS NOT NULL);
CREATE INDEX mirror_found_by_value ON chartway.mirror_found_by USING btree (organization_id, practice_id, type, parameter, value, id) WHERE (low IS NULL);
ALTER TABLE mirror_found_by ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON mirror_found_by FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON mirror_found_by FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON mirror_found_by FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON mirror_found_by TO chartway_app;
GRANT SELECT ON mirror_found_by TO chartway_backup;
GRANT DELETE, SELECT ON mirror_found_by TO chartway_eraser;

CREATE TABLE mirror_listings (
  organization_id text COLLATE "C" NOT NULL,
  practice_id text COLLATE "C" NOT NULL,
  search text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  covers text[] COLLATE "C" NOT NULL,
  as_of bigint,
  listed_at bigint,
  asked_at bigint,
  digest bytea,
  sequence bigint NOT NULL,
  members text[] COLLATE "C" NOT NULL,
  missing text[] COLLATE "C" NOT NULL,
  strays boolean NOT NULL,
  served boolean NOT NULL DEFAULT true,
  CONSTRAINT mirror_listings_pkey PRIMARY KEY (organization_id, practice_id, subject, search),
  CONSTRAINT mirror_listings_organization_id_practice_id_fkey FOREIGN KEY (organization_id, practice_id) REFERENCES practices(organization_id, practice_id)
);
CREATE INDEX mirror_listings_unexplained ON chartway.mirror_listings USING btree (organization_id, practice_id) WHERE (missing <> '{}'::text[]);
ALTER TABLE mirror_listings ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON mirror_listings FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON mirror_listings FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON mirror_listings FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON mirror_listings TO chartway_app;
GRANT SELECT ON mirror_listings TO chartway_backup;
GRANT DELETE, SELECT ON mirror_listings TO chartway_eraser;

CREATE TABLE mirror_resources (
  organization_id text COLLATE "C" NOT NULL,
  practice_id text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  content text NOT NULL,
  content_hash bytea NOT NULL,
  patient_id text COLLATE "C",
  repairs text,
  pathway text NOT NULL,
  search text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  asked_at bigint NOT NULL,
  first_seen_at bigint NOT NULL,
  changed_seen_at bigint NOT NULL,
  vendor_updated_at bigint,
  deleted boolean NOT NULL,
  restricted boolean NOT NULL DEFAULT false,
  CONSTRAINT mirror_resources_pkey PRIMARY KEY (organization_id, practice_id, type, id)
);
CREATE INDEX mirror_resources_changed ON chartway.mirror_resources USING btree (organization_id, practice_id, type, changed_seen_at, id) WHERE (changed_seen_at IS NOT NULL);
CREATE INDEX mirror_resources_of_patient ON chartway.mirror_resources USING btree (organization_id, practice_id, type, patient_id, id) WHERE (patient_id IS NOT NULL);
CREATE INDEX mirror_resources_restricted ON chartway.mirror_resources USING btree (organization_id, practice_id, type, id) WHERE restricted;
ALTER TABLE mirror_resources ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON mirror_resources FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON mirror_resources FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON mirror_resources FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON mirror_resources TO chartway_app;
GRANT SELECT ON mirror_resources TO chartway_backup;
GRANT DELETE, SELECT ON mirror_resources TO chartway_eraser;

CREATE TABLE mirror_sequences (
  organization_id text NOT NULL,
  practice_id text NOT NULL,
  last bigint NOT NULL,
  found_by integer NOT NULL DEFAULT 0,
  retention text NOT NULL DEFAULT 'full'::text,
  retention_days integer,
  CONSTRAINT mirror_sequences_pkey PRIMARY KEY (organization_id, practice_id),
  CONSTRAINT mirror_sequences_organization_id_practice_id_fkey FOREIGN KEY (organization_id, practice_id) REFERENCES practices(organization_id, practice_id),
  CONSTRAINT mirror_sequences_retention_check CHECK ((retention = ANY (ARRAY['full'::text, 'window'::text, 'fingerprint'::text]))),
  CONSTRAINT mirror_sequences_window CHECK (((retention = 'window'::text) = (retention_days IS NOT NULL)))
);
ALTER TABLE mirror_sequences ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON mirror_sequences FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON mirror_sequences FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON mirror_sequences FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON mirror_sequences TO chartway_app;
GRANT SELECT ON mirror_sequences TO chartway_backup;
GRANT DELETE, SELECT ON mirror_sequences TO chartway_eraser;

CREATE TABLE mirror_versions (
  organization_id text COLLATE "C" NOT NULL,
  practice_id text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  content text NOT NULL,
  content_hash bytea NOT NULL,
  repairs text,
  changed_seen_at bigint NOT NULL,
  vendor_updated_at bigint,
  deleted boolean NOT NULL,
  CONSTRAINT mirror_versions_pkey PRIMARY KEY (organization_id, practice_id, type, id, version)
);
CREATE INDEX mirror_versions_changed ON chartway.mirror_versions USING btree (organization_id, practice_id, type, changed_seen_at, id) WHERE (changed_seen_at IS NOT NULL);
ALTER TABLE mirror_versions ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON mirror_versions FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON mirror_versions FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON mirror_versions FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON mirror_versions TO chartway_app;
GRANT SELECT ON mirror_versions TO chartway_backup;
GRANT DELETE, SELECT ON mirror_versions TO chartway_eraser;

CREATE TABLE oauth_assertions (
  organization_id text NOT NULL,
  client_id text NOT NULL,
  jti_hash bytea NOT NULL,
  expires_at bigint NOT NULL,
  CONSTRAINT oauth_assertions_pkey PRIMARY KEY (organization_id, client_id, jti_hash),
  CONSTRAINT oauth_assertions_organization_id_client_id_fkey FOREIGN KEY (organization_id, client_id) REFERENCES oauth_clients(organization_id, client_id)
);
CREATE INDEX oauth_assertions_by_age ON chartway.oauth_assertions USING btree (organization_id, expires_at);
ALTER TABLE oauth_assertions ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON oauth_assertions FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON oauth_assertions FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON oauth_assertions FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON oauth_assertions TO chartway_app;
GRANT SELECT ON oauth_assertions TO chartway_backup;
GRANT DELETE, SELECT ON oauth_assertions TO chartway_eraser;

CREATE TABLE oauth_clients (
  organization_id text NOT NULL,
  client_id text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  redirect_uris text[] NOT NULL,
  scopes text[] NOT NULL,
  practices text[],
  sensitive boolean NOT NULL,
  jwks text,
  jwks_uri text,
  secret_hash bytea,
  created_at bigint NOT NULL,
  revoked_at bigint,
  CONSTRAINT oauth_clients_pkey PRIMARY KEY (organization_id, client_id),
  CONSTRAINT oauth_clients_kind_check CHECK ((kind = ANY (ARRAY['backend'::text, 'confidential'::text, 'public'::text]))),
  CONSTRAINT oauth_clients_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id)
);
ALTER TABLE oauth_clients ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON oauth_clients FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON oauth_clients FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON oauth_clients FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON oauth_clients TO chartway_app;
GRANT SELECT ON oauth_clients TO chartway_backup;
GRANT DELETE, SELECT ON oauth_clients TO chartway_eraser;

CREATE TABLE oauth_codes (
  organization_id text NOT NULL,
  code_id text NOT NULL,
  secret_hash bytea NOT NULL,
  grant_id text NOT NULL,
  redirect_uri text NOT NULL,
  challenge text NOT NULL,
  expires_at bigint NOT NULL,
  used_at bigint,
  CONSTRAINT oauth_codes_pkey PRIMARY KEY (organization_id, code_id),
  CONSTRAINT oauth_codes_organization_id_grant_id_fkey FOREIGN KEY (organization_id, grant_id) REFERENCES oauth_grants(organization_id, grant_id)
);
ALTER TABLE oauth_codes ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON oauth_codes FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON oauth_codes FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON oauth_codes FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON oauth_codes TO chartway_app;
GRANT SELECT ON oauth_codes TO chartway_backup;
GRANT DELETE, SELECT ON oauth_codes TO chartway_eraser;

CREATE TABLE oauth_grants (
  organization_id text NOT NULL,
  grant_id text NOT NULL,
  client_id text NOT NULL,
  user_id text,
  authenticated_at bigint,
  scopes text[] NOT NULL,
  audience text NOT NULL,
  patient_id text,
  created_at bigint NOT NULL,
  revoked_at bigint,
  CONSTRAINT oauth_grants_pkey PRIMARY KEY (organization_id, grant_id),
  CONSTRAINT oauth_grants_organization_id_client_id_fkey FOREIGN KEY (organization_id, client_id) REFERENCES oauth_clients(organization_id, client_id),
  CONSTRAINT oauth_grants_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, user_id)
);
ALTER TABLE oauth_grants ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON oauth_grants FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON oauth_grants FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON oauth_grants FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON oauth_grants TO chartway_app;
GRANT SELECT ON oauth_grants TO chartway_backup;
GRANT DELETE, SELECT ON oauth_grants TO chartway_eraser;

CREATE TABLE oauth_tokens (
  organization_id text NOT NULL,
  token_id text NOT NULL,
  kind text NOT NULL,
  secret_hash bytea NOT NULL,
  grant_id text NOT NULL,
  issued_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  used_at bigint,
  revoked_at bigint,
  CONSTRAINT oauth_tokens_pkey PRIMARY KEY (organization_id, token_id),
  CONSTRAINT oauth_tokens_kind_check CHECK ((kind = ANY (ARRAY['access'::text, 'refresh'::text]))),
  CONSTRAINT oauth_tokens_organization_id_grant_id_fkey FOREIGN KEY (organization_id, grant_id) REFERENCES oauth_grants(organization_id, grant_id)
);
CREATE INDEX oauth_tokens_by_age ON chartway.oauth_tokens USING btree (organization_id, expires_at);
ALTER TABLE oauth_tokens ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON oauth_tokens FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON oauth_tokens FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON oauth_tokens FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON oauth_tokens TO chartway_app;
GRANT SELECT ON oauth_tokens TO chartway_backup;
GRANT DELETE, SELECT ON oauth_tokens TO chartway_eraser;

CREATE TABLE offboardings (
  organization_id text NOT NULL,
  practice_id text NOT NULL,
  started_at bigint NOT NULL,
  actor text NOT NULL,
  manifest text NOT NULL,
  destroyed jsonb NOT NULL,
  finished_at bigint,
  CONSTRAINT offboardings_pkey PRIMARY KEY (organization_id, practice_id, started_at),
  CONSTRAINT offboardings_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id)
);
ALTER TABLE offboardings ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON offboardings FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON offboardings FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON offboardings FOR r TO chartway_backup USING true WITH CHECK ;
GRANT SELECT ON offboardings TO chartway_app;
GRANT SELECT ON offboardings TO chartway_backup;
GRANT INSERT, SELECT, UPDATE ON offboardings TO chartway_eraser;

CREATE TABLE organizations (
  organization_id text NOT NULL,
  name text NOT NULL,
  created_at bigint NOT NULL,
  held_at bigint,
  held_because text,
  held_as_of bigint,
  CONSTRAINT organizations_pkey PRIMARY KEY (organization_id),
  CONSTRAINT organizations_held CHECK ((((held_at IS NULL) = (held_because IS NULL)) AND ((held_at IS NULL) = (held_as_of IS NULL)))),
  CONSTRAINT organizations_held_because_check CHECK ((held_because = 'restore'::text))
);
ALTER TABLE organizations ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY all_organizations ON organizations FOR ALL TO chartway_system USING true WITH CHECK true;
CREATE POLICY erasing ON organizations FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON organizations FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON organizations FOR r TO chartway_backup USING true WITH CHECK ;
GRANT SELECT ON organizations TO chartway_app;
GRANT SELECT ON organizations TO chartway_backup;
GRANT SELECT ON organizations TO chartway_eraser;
GRANT INSERT, SELECT ON organizations TO chartway_system;

CREATE TABLE practices (
  organization_id text NOT NULL,
  practice_id text NOT NULL,
  name text NOT NULL,
  time_zone text NOT NULL,
  dialect text NOT NULL,
  base_url text NOT NULL,
  client_id text NOT NULL,
  overrides jsonb NOT NULL,
  state text NOT NULL,
  created_at bigint NOT NULL,
  CONSTRAINT practices_pkey PRIMARY KEY (organization_id, practice_id),
  CONSTRAINT practices_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT practices_state_check CHECK ((state = ANY (ARRAY['connected'::text, 'paused'::text, 'leaving'::text])))
);
ALTER TABLE practices ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON practices FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON practices FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON practices FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON practices TO chartway_app;
GRANT SELECT ON practices TO chartway_backup;
GRANT DELETE, SELECT ON practices TO chartway_eraser;

CREATE TABLE recovery_codes (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  code_hash bytea NOT NULL,
  CONSTRAINT recovery_codes_pkey PRIMARY KEY (organization_id, user_id, code_hash),
  CONSTRAINT recovery_codes_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, user_id)
);
ALTER TABLE recovery_codes ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON recovery_codes FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON recovery_codes FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON recovery_codes FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON recovery_codes TO chartway_app;
GRANT SELECT ON recovery_codes TO chartway_backup;
GRANT DELETE, SELECT ON recovery_codes TO chartway_eraser;

CREATE TABLE sessions (
  organization_id text NOT NULL,
  session_id text NOT NULL,
  secret_hash bytea NOT NULL,
  user_id text NOT NULL,
  source text NOT NULL,
  created_at bigint NOT NULL,
  authenticated_at bigint NOT NULL,
  last_active_at bigint NOT NULL,
  revoked_at bigint,
  CONSTRAINT sessions_pkey PRIMARY KEY (organization_id, session_id),
  CONSTRAINT sessions_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, user_id)
);
CREATE INDEX sessions_of_user ON chartway.sessions USING btree (organization_id, user_id, created_at);
ALTER TABLE sessions ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON sessions FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON sessions FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON sessions FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON sessions TO chartway_app;
GRANT SELECT ON sessions TO chartway_backup;
GRANT DELETE, SELECT ON sessions TO chartway_eraser;

CREATE TABLE sign_in_failures (
  organization_id text NOT NULL,
  subject bytea NOT NULL,
  failures integer NOT NULL,
  last_at bigint NOT NULL,
  CONSTRAINT sign_in_failures_pkey PRIMARY KEY (organization_id, subject),
  CONSTRAINT sign_in_failures_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id)
);
CREATE INDEX sign_in_failures_by_age ON chartway.sign_in_failures USING btree (organization_id, last_at);
ALTER TABLE sign_in_failures ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON sign_in_failures FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON sign_in_failures FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON sign_in_failures FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON sign_in_failures TO chartway_app;
GRANT SELECT ON sign_in_failures TO chartway_backup;
GRANT DELETE, SELECT ON sign_in_failures TO chartway_eraser;

CREATE TABLE signing_keys (
  organization_id text NOT NULL,
  kid text NOT NULL,
  algorithm text NOT NULL,
  public_jwk jsonb NOT NULL,
  envelope bytea NOT NULL,
  state text NOT NULL,
  created_at bigint NOT NULL,
  retired_at bigint,
  CONSTRAINT signing_keys_pkey PRIMARY KEY (organization_id, kid),
  CONSTRAINT signing_keys_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT signing_keys_state_check CHECK ((state = ANY (ARRAY['next'::text, 'active'::text, 'retired'::text])))
);
CREATE UNIQUE INDEX signing_keys_one_active ON chartway.signing_keys USING btree (organization_id) WHERE (state = 'active'::text);
CREATE UNIQUE INDEX signing_keys_one_next ON chartway.signing_keys USING btree (organization_id) WHERE (state = 'next'::text);
ALTER TABLE signing_keys ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON signing_keys FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON signing_keys FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON signing_keys FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON signing_keys TO chartway_app;
GRANT SELECT ON signing_keys TO chartway_backup;
GRANT DELETE, SELECT ON signing_keys TO chartway_eraser;

CREATE TABLE sync_bulk_exports (
  organization_id text NOT NULL,
  practice_id text NOT NULL,
  phase text NOT NULL,
  group_id text,
  job text,
  jobs integer NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 0,
  begun_at bigint NOT NULL,
  asked_at bigint,
  transaction_time bigint,
  errors integer NOT NULL DEFAULT 0,
  progress text,
  due_at bigint NOT NULL,
  ended_at bigint,
  outcome text,
  whole text[] NOT NULL DEFAULT '{}'::text[],
  code text,
  CONSTRAINT sync_bulk_exports_pkey PRIMARY KEY (organization_id, practice_id),
  CONSTRAINT sync_bulk_exports_organization_id_practice_id_fkey FOREIGN KEY (organization_id, practice_id) REFERENCES practices(organization_id, practice_id),
  CONSTRAINT sync_bulk_exports_outcome_check CHECK ((outcome = ANY (ARRAY['complete'::text, 'partial'::text, 'given-up'::text]))),
  CONSTRAINT sync_bulk_exports_phase_check CHECK ((phase = ANY (ARRAY['group'::text, 'start'::text, 'poll'::text, 'read'::text, 'settle'::text, 'ended'::text])))
);
ALTER TABLE sync_bulk_exports ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON sync_bulk_exports FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON sync_bulk_exports FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON sync_bulk_exports FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON sync_bulk_exports TO chartway_app;
GRANT SELECT ON sync_bulk_exports TO chartway_backup;
GRANT DELETE, SELECT ON sync_bulk_exports TO chartway_eraser;

CREATE TABLE sync_bulk_files (
  organization_id text NOT NULL,
  practice_id text NOT NULL,
  number integer NOT NULL,
  type text NOT NULL,
  location text NOT NULL,
  stated bigint,
  bytes bigint NOT NULL DEFAULT 0,
  records bigint NOT NULL DEFAULT 0,
  unusable bigint NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 0,
  due_at bigint NOT NULL,
  state text NOT NULL,
  code text,
  CONSTRAINT sync_bulk_files_pkey PRIMARY KEY (organization_id, practice_id, number),
  CONSTRAINT sync_bulk_files_organization_id_practice_id_fkey FOREIGN KEY (organization_id, practice_id) REFERENCES practices(organization_id, practice_id),
  CONSTRAINT sync_bulk_files_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'whole'::text, 'short'::text])))
);
ALTER TABLE sync_bulk_files ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON sync_bulk_files FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON sync_bulk_files FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON sync_bulk_files FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON sync_bulk_files TO chartway_app;
GRANT SELECT ON sync_bulk_files TO chartway_backup;
GRANT DELETE, SELECT ON sync_bulk_files TO chartway_eraser;

CREATE TABLE sync_bulk_patients (
  organization_id text NOT NULL,
  practice_id text NOT NULL,
  patient_id text COLLATE "C" NOT NULL,
  CONSTRAINT sync_bulk_patients_pkey PRIMARY KEY (organization_id, practice_id, patient_id),
  CONSTRAINT sync_bulk_patients_organization_id_practice_id_fkey FOREIGN KEY (organization_id, practice_id) REFERENCES practices(organization_id, practice_id)
);
ALTER TABLE sync_bulk_patients ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON sync_bulk_patients FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON sync_bulk_patients FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON sync_bulk_patients FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON sync_bulk_patients TO chartway_app;
GRANT SELECT ON sync_bulk_patients TO chartway_backup;
GRANT DELETE, SELECT ON sync_bulk_patients TO chartway_eraser;

CREATE TABLE sync_due (
  organization_id text NOT NULL,
  practice_id text NOT NULL,
  search text NOT NULL,
  subject text NOT NULL,
  due_at bigint NOT NULL,
  rank integer NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  last_code text,
  absences integer NOT NULL DEFAULT 0,
  CONSTRAINT sync_due_pkey PRIMARY KEY (organization_id, practice_id, search, subject),
  CONSTRAINT sync_due_organization_id_practice_id_fkey FOREIGN KEY (organization_id, practice_id) REFERENCES practices(organization_id, practice_id)
);
CREATE INDEX sync_due_next ON chartway.sync_due USING btree (organization_id, practice_id, rank, due_at);
ALTER TABLE sync_due ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON sync_due FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON sync_due FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON sync_due FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON sync_due TO chartway_app;
GRANT SELECT ON sync_due TO chartway_backup;
GRANT DELETE, SELECT ON sync_due TO chartway_eraser;

CREATE TABLE sync_leases (
  organization_id text NOT NULL,
  practice_id text NOT NULL,
  holder text NOT NULL,
  epoch bigint NOT NULL,
  expires_at bigint NOT NULL,
  CONSTRAINT sync_leases_pkey PRIMARY KEY (organization_id, practice_id),
  CONSTRAINT sync_leases_organization_id_practice_id_fkey FOREIGN KEY (organization_id, practice_id) REFERENCES practices(organization_id, practice_id)
);
ALTER TABLE sync_leases ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON sync_leases FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON sync_leases FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON sync_leases FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON sync_leases TO chartway_app;
GRANT SELECT ON sync_leases TO chartway_backup;
GRANT DELETE, SELECT ON sync_leases TO chartway_eraser;

CREATE TABLE sync_problems (
  organization_id text NOT NULL,
  practice_id text NOT NULL,
  search text NOT NULL,
  subject text NOT NULL,
  position text NOT NULL,
  code text NOT NULL,
  at bigint NOT NULL,
  CONSTRAINT sync_problems_pkey PRIMARY KEY (organization_id, practice_id, search, subject, "position"),
  CONSTRAINT sync_problems_organization_id_practice_id_fkey FOREIGN KEY (organization_id, practice_id) REFERENCES practices(organization_id, practice_id)
);
ALTER TABLE sync_problems ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON sync_problems FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON sync_problems FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON sync_problems FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON sync_problems TO chartway_app;
GRANT SELECT ON sync_problems TO chartway_backup;
GRANT DELETE, SELECT ON sync_problems TO chartway_eraser;

CREATE TABLE sync_states (
  organization_id text NOT NULL,
  practice_id text NOT NULL,
  started_at bigint NOT NULL,
  first_record_at bigint,
  complete_at bigint,
  last_code text,
  CONSTRAINT sync_states_pkey PRIMARY KEY (organization_id, practice_id),
  CONSTRAINT sync_states_organization_id_practice_id_fkey FOREIGN KEY (organization_id, practice_id) REFERENCES practices(organization_id, practice_id)
);
ALTER TABLE sync_states ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON sync_states FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON sync_states FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON sync_states FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON sync_states TO chartway_app;
GRANT SELECT ON sync_states TO chartway_backup;
GRANT DELETE, SELECT ON sync_states TO chartway_eraser;

CREATE TABLE users (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  name text NOT NULL,
  display_name text NOT NULL,
  state text NOT NULL,
  roles text[] NOT NULL,
  practices text[],
  sensitive boolean NOT NULL,
  password_envelope bytea,
  totp_envelope bytea,
  totp_step bigint,
  created_at bigint NOT NULL,
  CONSTRAINT users_pkey PRIMARY KEY (organization_id, user_id),
  CONSTRAINT users_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT users_organization_id_name_key UNIQUE (organization_id, name),
  CONSTRAINT users_state_check CHECK ((state = ANY (ARRAY['invited'::text, 'active'::text, 'disabled'::text])))
);
ALTER TABLE users ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON users FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON users FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON users FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON users TO chartway_app;
GRANT SELECT ON users TO chartway_backup;
GRANT DELETE, SELECT ON users TO chartway_eraser;

CREATE TABLE vendor_clocks (
  organization_id text NOT NULL,
  practice_id text NOT NULL,
  offset_low bigint NOT NULL,
  offset_high bigint NOT NULL,
  measured_at bigint NOT NULL,
  CONSTRAINT vendor_clocks_pkey PRIMARY KEY (organization_id, practice_id),
  CONSTRAINT vendor_clocks_organization_id_practice_id_fkey FOREIGN KEY (organization_id, practice_id) REFERENCES practices(organization_id, practice_id)
);
ALTER TABLE vendor_clocks ENABLE, FORCE ROW LEVEL SECURITY;
CREATE POLICY erasing ON vendor_clocks FOR ALL TO chartway_eraser USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY one_organization ON vendor_clocks FOR ALL TO chartway_app USING (organization_id = current_setting('chartway.organization'::text, true)) WITH CHECK (organization_id = current_setting('chartway.organization'::text, true));
CREATE POLICY whole_installation ON vendor_clocks FOR r TO chartway_backup USING true WITH CHECK ;
GRANT DELETE, INSERT, SELECT, UPDATE ON vendor_clocks TO chartway_app;
GRANT SELECT ON vendor_clocks TO chartway_backup;
GRANT DELETE, SELECT ON vendor_clocks TO chartway_eraser;
