-- What ../sqlite/0008_sealing_key_ends.sql says. Change both or neither.
-- A key that was rotated out opens what was sealed to it until it ends; then it is deleted.
ALTER TABLE sealing_key ADD COLUMN ends_at TEXT;
