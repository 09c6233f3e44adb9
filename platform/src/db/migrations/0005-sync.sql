-- What to ask next, as rows with a due time, and which process may ask for a practice.

CREATE TABLE sync_due (
  organization_id text    NOT NULL,
  practice_id     text    NOT NULL,
  search          text    NOT NULL,
  subject         text    NOT NULL,
  due_at          bigint  NOT NULL,
  -- 0 for what has never been asked; smaller is sooner among what is due.
  rank            integer NOT NULL,
  attempts        integer NOT NULL DEFAULT 0,
  last_code       text,
  PRIMARY KEY (organization_id, practice_id, search, subject),
  FOREIGN KEY (organization_id, practice_id) REFERENCES practices
);
CREATE INDEX sync_due_next ON sync_due (organization_id, practice_id, rank, due_at);

CREATE TABLE sync_leases (
  organization_id text    NOT NULL,
  practice_id     text    NOT NULL,
  holder          text    NOT NULL,
  epoch           bigint  NOT NULL,
  expires_at      bigint  NOT NULL,
  PRIMARY KEY (organization_id, practice_id),
  FOREIGN KEY (organization_id, practice_id) REFERENCES practices
);

-- Things on the wire that could not be used: where, and which code; never the value.
CREATE TABLE sync_problems (
  organization_id text    NOT NULL,
  practice_id     text    NOT NULL,
  search          text    NOT NULL,
  subject         text    NOT NULL,
  position        text    NOT NULL,
  code            text    NOT NULL,
  at              bigint  NOT NULL,
  PRIMARY KEY (organization_id, practice_id, search, subject, position),
  FOREIGN KEY (organization_id, practice_id) REFERENCES practices
);

-- How far the first sync of a practice has come, for progress after a restart.
CREATE TABLE sync_states (
  organization_id text   NOT NULL,
  practice_id     text   NOT NULL,
  started_at      bigint NOT NULL,
  first_record_at bigint,
  complete_at     bigint,
  PRIMARY KEY (organization_id, practice_id),
  FOREIGN KEY (organization_id, practice_id) REFERENCES practices
);
