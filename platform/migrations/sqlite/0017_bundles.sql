-- 一件事: what was filed at once, and the cases that it became. Nothing here is about a person; the cases are.
CREATE TABLE bundle_case (
    bundle_key     TEXT PRIMARY KEY,
    bundle_no      TEXT NOT NULL UNIQUE,
    bundle_id      TEXT NOT NULL,
    bundle_version INTEGER NOT NULL,
    name           TEXT NOT NULL CHECK (json_valid(name)),
    demo           INTEGER NOT NULL,
    pickup_code    TEXT NOT NULL,
    received_at    TEXT NOT NULL
) STRICT;

CREATE TABLE bundle_member (
    bundle_key TEXT NOT NULL REFERENCES bundle_case (bundle_key),
    place      INTEGER NOT NULL,
    case_key   TEXT NOT NULL UNIQUE REFERENCES cases (case_key),
    PRIMARY KEY (bundle_key, place)
) STRICT;

-- A form that is being filled in is for an item or for a bundle with its items.
CREATE TABLE draft_of_either (
    draft_key        TEXT PRIMARY KEY,
    id_number        TEXT NOT NULL,
    item_id          TEXT,
    item_version     INTEGER,
    bundle_id        TEXT,
    bundle_version   INTEGER,
    bundle_items     TEXT CHECK (json_valid(bundle_items)),
    consent_version  INTEGER NOT NULL,
    consent_given_at TEXT NOT NULL,
    fields           TEXT NOT NULL CHECK (json_valid(fields)),
    changed_at       INTEGER NOT NULL,
    CHECK ((item_id IS NULL) <> (bundle_id IS NULL)),
    FOREIGN KEY (item_id, item_version) REFERENCES item (id, version)
) STRICT;

INSERT INTO draft_of_either (draft_key, id_number, item_id, item_version, consent_version, consent_given_at, fields, changed_at)
    SELECT draft_key, id_number, item_id, item_version, consent_version, consent_given_at, fields, changed_at FROM draft;
DROP TABLE draft;
ALTER TABLE draft_of_either RENAME TO draft;
CREATE INDEX draft_by_identity ON draft (id_number);
CREATE INDEX draft_by_age ON draft (changed_at);
