-- The exact counter of calls per practice and vendor minute, and what is known of the vendor's clock.

CREATE TABLE budget_minutes (
  organization_id text    NOT NULL,
  practice_id     text    NOT NULL,
  -- Start of the vendor's wall-clock minute, epoch milliseconds.
  minute          bigint  NOT NULL,
  taken           integer NOT NULL DEFAULT 0,
  -- Calls of this minute whose answer proved that they arrived within it.
  settled         integer NOT NULL DEFAULT 0,
  -- True after the vendor refused a call in this minute: nothing more is sent in it.
  refused         boolean NOT NULL DEFAULT false,
  PRIMARY KEY (organization_id, practice_id, minute),
  FOREIGN KEY (organization_id, practice_id) REFERENCES practices
);

CREATE TABLE vendor_clocks (
  organization_id text   NOT NULL,
  practice_id     text   NOT NULL,
  -- The vendor's clock minus ours lies between these, milliseconds.
  offset_low      bigint NOT NULL,
  offset_high     bigint NOT NULL,
  measured_at     bigint NOT NULL,
  PRIMARY KEY (organization_id, practice_id),
  FOREIGN KEY (organization_id, practice_id) REFERENCES practices
);
