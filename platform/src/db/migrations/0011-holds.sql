-- After a restore nothing goes out to any practice until an operator has confirmed: what was restored
-- may be older than what the practices know.

ALTER TABLE organizations
  ADD COLUMN held_at      bigint,
  ADD COLUMN held_because text CHECK (held_because IN ('restore')),
  -- Business time at which what was restored was the present.
  ADD COLUMN held_as_of   bigint,
  ADD CONSTRAINT organizations_held
    CHECK ((held_at IS NULL) = (held_because IS NULL) AND (held_at IS NULL) = (held_as_of IS NULL));

-- What became of practices that left: counts and times, never whom they were about. It outlives the
-- practice, so it refers to none.
CREATE TABLE offboardings (
  organization_id text   NOT NULL REFERENCES organizations,
  practice_id     text   NOT NULL,
  started_at      bigint NOT NULL,
  actor           text   NOT NULL,
  -- SHA-256 of the export's manifest, in hexadecimal.
  manifest        text   NOT NULL,
  -- Rows destroyed so far, by table.
  destroyed       jsonb  NOT NULL,
  finished_at     bigint,
  PRIMARY KEY (organization_id, practice_id, started_at)
);

-- One that leaves is not shown, asked or changed any more while its rows are being destroyed.
ALTER TABLE practices
  DROP CONSTRAINT practices_state_check,
  ADD CONSTRAINT practices_state_check CHECK (state IN ('connected', 'paused', 'leaving'));
