-- After a restore nothing goes out to any practice until an operator has confirmed: what was restored
-- may be older than what the practices know.

ALTER TABLE organizations
  ADD COLUMN held_at      bigint,
  ADD COLUMN held_because text CHECK (held_because IN ('restore')),
  -- Business time at which what was restored was the present.
  ADD COLUMN held_as_of   bigint,
  ADD CONSTRAINT organizations_held
    CHECK ((held_at IS NULL) = (held_because IS NULL) AND (held_at IS NULL) = (held_as_of IS NULL));
