-- A draft of something new is copied from no version: nothing was published yet under its name.
ALTER TABLE item_draft ALTER COLUMN base_version DROP NOT NULL;
ALTER TABLE bundle_draft ALTER COLUMN base_version DROP NOT NULL;
