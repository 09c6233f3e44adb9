-- The mirror: the current state of every resource, its superseded states, the change feed, and the
-- listings by which it was learnt. Ids compare byte by byte, on every machine alike.

-- Every write of the mirror locks its practice's row here first, so sequences have no gaps, follow the
-- order of commits, and only a practice that exists is written to. The big tables below need no foreign
-- keys of their own for that, which would cost each row a look-up.
CREATE TABLE mirror_sequences (
  organization_id text   NOT NULL,
  practice_id     text   NOT NULL,
  last            bigint NOT NULL,
  PRIMARY KEY (organization_id, practice_id),
  FOREIGN KEY (organization_id, practice_id) REFERENCES practices
);

CREATE TABLE mirror_resources (
  organization_id   text    COLLATE "C" NOT NULL,
  practice_id       text    COLLATE "C" NOT NULL,
  type              text    COLLATE "C" NOT NULL,
  id                text    COLLATE "C" NOT NULL,
  version           integer NOT NULL,
  -- Canonical JSON (RFC 8785) of the repaired resource without what is volatile; the last one known
  -- when it is deleted.
  content           text    NOT NULL,
  content_hash      bytea   NOT NULL,
  patient_id        text    COLLATE "C",
  -- JSON array of repairs with their originals; null when the wire value was kept as it is.
  repairs           text,
  -- The question whose answer showed this state, and when it was asked.
  pathway           text    NOT NULL,
  search            text    COLLATE "C" NOT NULL,
  subject           text    COLLATE "C" NOT NULL,
  asked_at          bigint  NOT NULL,
  first_seen_at     bigint  NOT NULL,
  changed_seen_at   bigint  NOT NULL,
  vendor_updated_at bigint,
  deleted           boolean NOT NULL,
  PRIMARY KEY (organization_id, practice_id, type, id)
);
-- Partial, so that a look-up by id can use the primary key alone, however little is known of the rows.
CREATE INDEX mirror_resources_of_patient
  ON mirror_resources (organization_id, practice_id, type, patient_id, id)
  WHERE patient_id IS NOT NULL;

CREATE TABLE mirror_versions (
  organization_id   text    COLLATE "C" NOT NULL,
  practice_id       text    COLLATE "C" NOT NULL,
  type              text    COLLATE "C" NOT NULL,
  id                text    COLLATE "C" NOT NULL,
  version           integer NOT NULL,
  content           text    NOT NULL,
  content_hash      bytea   NOT NULL,
  repairs           text,
  changed_seen_at   bigint  NOT NULL,
  vendor_updated_at bigint,
  deleted           boolean NOT NULL,
  PRIMARY KEY (organization_id, practice_id, type, id, version)
);

CREATE TABLE mirror_changes (
  organization_id   text    COLLATE "C" NOT NULL,
  practice_id       text    COLLATE "C" NOT NULL,
  -- Gap-free per practice, in commit order.
  sequence          bigint  NOT NULL,
  kind              text    NOT NULL CHECK (kind IN ('created', 'updated', 'deleted', 'restored')),
  type              text    COLLATE "C" NOT NULL,
  id                text    COLLATE "C" NOT NULL,
  version           integer NOT NULL,
  patient_id        text    COLLATE "C",
  -- JSON array of field-level differences to the version before; null for `created`, whose difference
  -- is that version's whole content, which is kept already.
  diff              text,
  pathway           text    NOT NULL,
  search            text    NOT NULL,
  -- When the question was asked whose answer showed the change, and the last time before that at
  -- which the older state was still seen (null for the first sight): it happened in between.
  asked_at          bigint  NOT NULL,
  unchanged_at      bigint,
  learnt_at         bigint  NOT NULL,
  vendor_updated_at bigint,
  PRIMARY KEY (organization_id, practice_id, sequence)
);
-- What else than creations happened since a listing was read last; a first crawl adds nothing to it.
CREATE INDEX mirror_changes_of_known
  ON mirror_changes (organization_id, practice_id, sequence) WHERE kind <> 'created';

CREATE TABLE mirror_listings (
  organization_id text    COLLATE "C" NOT NULL,
  practice_id     text    COLLATE "C" NOT NULL,
  search          text    COLLATE "C" NOT NULL,
  subject         text    COLLATE "C" NOT NULL,
  -- Types that it lists whole.
  covers          text[]  COLLATE "C" NOT NULL,
  -- What the mirror shows of it is at least as fresh as this; null until it was complete once.
  as_of           bigint,
  -- Start of the last complete asking; ahead of as_of while a missing member is not explained.
  listed_at       bigint,
  -- Start of the last asking, complete or not; null when it is only expected to be asked.
  asked_at        bigint,
  -- Over what the last complete answer showed, and the practice's sequence when it had been applied.
  digest          bytea,
  sequence        bigint  NOT NULL,
  -- Each as `Type/id`: what the last complete answer showed, and what it no longer did although
  -- nothing has proven yet that it is gone.
  members         text[]  COLLATE "C" NOT NULL,
  missing         text[]  COLLATE "C" NOT NULL,
  -- There may be resources that it should show and that are in no listing: learnt by another question,
  -- or found by a read after they were missing.
  strays          boolean NOT NULL,
  PRIMARY KEY (organization_id, practice_id, subject, search),
  FOREIGN KEY (organization_id, practice_id) REFERENCES practices
);
-- Questions about something else than a patient that show what questions about patients leave out: no
-- patient's records of the type are known to be whole before each of them was answered.
CREATE TABLE mirror_completions (
  organization_id text COLLATE "C" NOT NULL,
  practice_id     text COLLATE "C" NOT NULL,
  type            text COLLATE "C" NOT NULL,
  subject         text COLLATE "C" NOT NULL,
  search          text COLLATE "C" NOT NULL,
  PRIMARY KEY (organization_id, practice_id, type, subject, search),
  FOREIGN KEY (organization_id, practice_id) REFERENCES practices
);
CREATE INDEX mirror_listings_unexplained
  ON mirror_listings (organization_id, practice_id) WHERE missing <> '{}';
