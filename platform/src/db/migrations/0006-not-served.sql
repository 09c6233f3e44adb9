-- Questions that the practice refused from the beginning: no answer of theirs is waited for.

-- False once it was refused and while it was never answered, in part or whole.
ALTER TABLE mirror_listings ADD COLUMN served boolean NOT NULL DEFAULT true;
