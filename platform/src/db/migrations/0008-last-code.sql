-- What went wrong last, for whoever asks how a practice's sync is.

-- The code of the last asking; null when it went well.
ALTER TABLE sync_states ADD COLUMN last_code text;
