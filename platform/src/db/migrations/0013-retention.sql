-- How much of a practice the mirror keeps: everything, the content of so many days, or no content at
-- all, only ids and hashes. Content that is not kept is an empty text.

ALTER TABLE mirror_sequences
  ADD COLUMN retention      text    NOT NULL DEFAULT 'full'
    CHECK (retention IN ('full', 'window', 'fingerprint')),
  ADD COLUMN retention_days integer,
  ADD CONSTRAINT mirror_sequences_window CHECK ((retention = 'window') = (retention_days IS NOT NULL));
