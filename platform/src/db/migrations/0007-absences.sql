-- Reads by id that led nowhere are asked for ever less often.

-- How many times in a row the answer was that there is no such thing.
ALTER TABLE sync_due ADD COLUMN absences integer NOT NULL DEFAULT 0;
