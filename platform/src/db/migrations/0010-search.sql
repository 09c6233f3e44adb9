-- What resources are searched by without naming a patient: one row per folded text, token, reference or
-- interval, written in the transaction of the resource. Rows find candidates; whether one matches is
-- decided by its content.

CREATE TABLE mirror_found_by (
  organization_id text   COLLATE "C" NOT NULL,
  practice_id     text   COLLATE "C" NOT NULL,
  type            text   COLLATE "C" NOT NULL,
  id              text   COLLATE "C" NOT NULL,
  -- Counts the resource's rows.
  n               integer NOT NULL,
  parameter       text   COLLATE "C" NOT NULL,
  -- Folded text, code and system, or `Type/id`, cut to a length; empty for an interval.
  value           text   COLLATE "C" NOT NULL,
  -- Of an interval: from low to before high, epoch ms as if it were in UTC.
  low             bigint,
  high            bigint,
  PRIMARY KEY (organization_id, practice_id, type, id, n)
);
CREATE INDEX mirror_found_by_value
  ON mirror_found_by (organization_id, practice_id, type, parameter, value, id) WHERE low IS NULL;
CREATE INDEX mirror_found_by_low
  ON mirror_found_by (organization_id, practice_id, type, parameter, low) WHERE low IS NOT NULL;
CREATE INDEX mirror_found_by_high
  ON mirror_found_by (organization_id, practice_id, type, parameter, high) WHERE low IS NOT NULL;

-- Which set of parameters the rows above were made by; 0 until the practice's older resources have been
-- gone through, which its first search does.
ALTER TABLE mirror_sequences ADD COLUMN found_by integer NOT NULL DEFAULT 0;

-- By when we saw the change: searches by `_lastUpdated`, and histories of a type. Partial, so that no
-- look-up by id is led through them, however little is known of the rows.
CREATE INDEX mirror_resources_changed
  ON mirror_resources (organization_id, practice_id, type, changed_seen_at, id)
  WHERE changed_seen_at IS NOT NULL;
CREATE INDEX mirror_versions_changed
  ON mirror_versions (organization_id, practice_id, type, changed_seen_at, id)
  WHERE changed_seen_at IS NOT NULL;
