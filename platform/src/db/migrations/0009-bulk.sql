-- First sync by group export: how far one practice's export is, so that a restart goes on with it.

CREATE TABLE sync_bulk_exports (
  organization_id  text    NOT NULL,
  practice_id      text    NOT NULL,
  phase            text    NOT NULL CHECK (phase IN ('group', 'start', 'poll', 'read', 'settle', 'ended')),
  group_id         text,
  -- Where the job is asked about, below the practice's address.
  job              text,
  -- How many jobs were started, this one with them.
  jobs             integer NOT NULL DEFAULT 0,
  -- Askings in a row that failed in this phase.
  attempts         integer NOT NULL DEFAULT 0,
  begun_at         bigint  NOT NULL,
  -- Just before this job's kick-off was sent, and of which moment it says it is.
  asked_at         bigint,
  transaction_time bigint,
  -- Errors that its manifest states.
  errors           integer NOT NULL DEFAULT 0,
  progress         text,
  -- Nothing is asked before this.
  due_at           bigint  NOT NULL,
  ended_at         bigint,
  outcome          text CHECK (outcome IN ('complete', 'partial', 'given-up')),
  -- Types known to be whole as of the export's moment.
  whole            text[]  NOT NULL DEFAULT '{}',
  -- Why it was given up or is not whole.
  code             text,
  PRIMARY KEY (organization_id, practice_id),
  FOREIGN KEY (organization_id, practice_id) REFERENCES practices
);

CREATE TABLE sync_bulk_files (
  organization_id text    NOT NULL,
  practice_id     text    NOT NULL,
  number          integer NOT NULL,
  type            text    NOT NULL,
  location        text    NOT NULL,
  stated          bigint,
  -- Everything before this byte is applied, in so many records.
  bytes           bigint  NOT NULL DEFAULT 0,
  records         bigint  NOT NULL DEFAULT 0,
  unusable        bigint  NOT NULL DEFAULT 0,
  attempts        integer NOT NULL DEFAULT 0,
  due_at          bigint  NOT NULL,
  state           text    NOT NULL CHECK (state IN ('waiting', 'whole', 'short')),
  code            text,
  PRIMARY KEY (organization_id, practice_id, number),
  FOREIGN KEY (organization_id, practice_id) REFERENCES practices
);

-- Patients that the export showed and whose questions it may answer; gone once that is settled.
CREATE TABLE sync_bulk_patients (
  organization_id text NOT NULL,
  practice_id     text NOT NULL,
  patient_id      text COLLATE "C" NOT NULL,
  PRIMARY KEY (organization_id, practice_id, patient_id),
  FOREIGN KEY (organization_id, practice_id) REFERENCES practices
);
