-- 一件事: what was filed at once, and the cases that it became. Nothing here is about a person; the cases are.
CREATE TABLE bundle_case (
    bundle_key     TEXT PRIMARY KEY,
    bundle_no      TEXT NOT NULL UNIQUE,
    bundle_id      TEXT NOT NULL,
    bundle_version BIGINT NOT NULL,
    name           TEXT NOT NULL CHECK (name::json IS NOT NULL),
    demo           BOOLEAN NOT NULL,
    pickup_code    TEXT NOT NULL,
    received_at    TEXT NOT NULL
);

CREATE TABLE bundle_member (
    bundle_key TEXT NOT NULL REFERENCES bundle_case (bundle_key),
    place      BIGINT NOT NULL,
    case_key   TEXT NOT NULL UNIQUE REFERENCES cases (case_key),
    PRIMARY KEY (bundle_key, place)
);

-- A form that is being filled in is for an item or for a bundle with its items.
ALTER TABLE draft ALTER COLUMN item_id DROP NOT NULL;
ALTER TABLE draft ALTER COLUMN item_version DROP NOT NULL;
ALTER TABLE draft ADD COLUMN bundle_id TEXT;
ALTER TABLE draft ADD COLUMN bundle_version BIGINT;
ALTER TABLE draft ADD COLUMN bundle_items TEXT CHECK (bundle_items IS NULL OR bundle_items::json IS NOT NULL);
ALTER TABLE draft ADD CHECK ((item_id IS NULL) <> (bundle_id IS NULL));
CREATE INDEX draft_by_age ON draft (changed_at);
