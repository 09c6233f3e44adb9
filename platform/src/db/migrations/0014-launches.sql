-- People's sign-ins at the vendor. What is secret stands in sealed envelopes bound to their row, or as
-- a hash; times are epoch milliseconds of business time.

CREATE TABLE launches (
  organization_id   text    NOT NULL,
  practice_id       text    NOT NULL,
  launch_id         text    NOT NULL,
  kind              text    NOT NULL CHECK (kind IN ('ehr', 'standalone')),
  -- begun: the person is on the way; redeeming: its answer came and is used up, whatever comes of it.
  state             text    NOT NULL CHECK (state IN ('begun', 'redeeming', 'active', 'needs-launch', 'ended')),
  -- Who started it; null when the vendor's own program did.
  started_by        text,
  begun_at          bigint  NOT NULL,
  -- Until then the answer must be here.
  answer_until      bigint  NOT NULL,
  -- Of the link that sends a browser on its way, of the state it brings back, and of its cookie.
  ticket_hash       bytea,
  state_hash        bytea,
  browser_hash      bytea,
  -- The proof key and the nonce, while the answer is awaited.
  pending_envelope  bytea,
  -- What was asked for, then what was granted.
  scopes            text[]  NOT NULL,
  completed_at      bigint,
  person            text,
  patient_id        text,
  encounter_id      text,
  needs_banner      boolean NOT NULL DEFAULT true,
  -- Access and refresh token; their place is bound to the number of refreshes too.
  tokens_envelope   bytea,
  refreshes         integer NOT NULL DEFAULT 0,
  refreshable       boolean NOT NULL DEFAULT false,
  access_expires_at bigint,
  -- Which refresh is under way, and since when; one at a time among all processes.
  refresh_claim     text,
  refresh_since     bigint,
  ended_at          bigint,
  -- Why it needs a new launch, or ended before it was complete.
  code              text,
  PRIMARY KEY (organization_id, practice_id, launch_id),
  UNIQUE (organization_id, launch_id),
  FOREIGN KEY (organization_id, practice_id) REFERENCES practices
);
CREATE INDEX launches_by_time ON launches (organization_id, practice_id, begun_at);
