-- The mirror: the current state of every resource, its superseded states, the change feed, and the
-- listings by which it was learnt.

CREATE TABLE mirror_resources (
  organization_id   text    NOT NULL,
  practice_id       text    NOT NULL,
  type              text    NOT NULL,
  id                text    NOT NULL,
  version           integer NOT NULL,
  -- Canonical JSON (RFC 8785) of the repaired resource; the last one known when it is deleted.
  content           text    NOT NULL,
  content_hash      bytea   NOT NULL,
  patient_id        text,
  -- JSON array of repairs with their originals; null when the wire value was kept as it is.
  repairs           text,
  pathway           text    NOT NULL,
  search            text    NOT NULL,
  first_seen_at     bigint  NOT NULL,
  changed_seen_at   bigint  NOT NULL,
  vendor_updated_at bigint,
  deleted           boolean NOT NULL,
  PRIMARY KEY (organization_id, practice_id, type, id),
  FOREIGN KEY (organization_id, practice_id) REFERENCES practices
);
CREATE INDEX mirror_resources_of_patient
  ON mirror_resources (organization_id, practice_id, type, patient_id, id);

CREATE TABLE mirror_versions (
  organization_id   text    NOT NULL,
  practice_id       text    NOT NULL,
  type              text    NOT NULL,
  id                text    NOT NULL,
  version           integer NOT NULL,
  content           text    NOT NULL,
  content_hash      bytea   NOT NULL,
  repairs           text,
  changed_seen_at   bigint  NOT NULL,
  vendor_updated_at bigint,
  deleted           boolean NOT NULL,
  PRIMARY KEY (organization_id, practice_id, type, id, version)
);

CREATE TABLE mirror_sequences (
  organization_id text   NOT NULL,
  practice_id     text   NOT NULL,
  last            bigint NOT NULL,
  PRIMARY KEY (organization_id, practice_id),
  FOREIGN KEY (organization_id, practice_id) REFERENCES practices
);

CREATE TABLE mirror_changes (
  organization_id   text    NOT NULL,
  practice_id       text    NOT NULL,
  -- Gap-free per practice, in commit order.
  sequence          bigint  NOT NULL,
  kind              text    NOT NULL CHECK (kind IN ('created', 'updated', 'deleted', 'restored')),
  type              text    NOT NULL,
  id                text    NOT NULL,
  version           integer NOT NULL,
  patient_id        text,
  -- JSON array of field-level differences to the version before.
  diff              text    NOT NULL,
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

CREATE TABLE mirror_listings (
  organization_id text    NOT NULL,
  practice_id     text    NOT NULL,
  search          text    NOT NULL,
  subject         text    NOT NULL,
  -- Start of the last complete asking: what the mirror shows of it is at least as fresh as this.
  as_of           bigint,
  -- Start of the last asking, complete or not.
  asked_at        bigint  NOT NULL,
  digest          bytea   NOT NULL,
  members         text[]  NOT NULL,
  PRIMARY KEY (organization_id, practice_id, search, subject),
  FOREIGN KEY (organization_id, practice_id) REFERENCES practices
);
CREATE INDEX mirror_listings_of_subject
  ON mirror_listings (organization_id, practice_id, subject);
