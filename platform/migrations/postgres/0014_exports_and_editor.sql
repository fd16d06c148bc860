-- What ../sqlite/0014_exports_and_editor.sql says, in PostgreSQL's words. Change both or neither.

-- 导出: asked for by one person, released by another, fetched once.
CREATE TABLE export (
    number     TEXT PRIMARY KEY,
    list       TEXT NOT NULL,
    org_id     TEXT NOT NULL REFERENCES organisation (id),
    from_on    TEXT NOT NULL,
    to_on      TEXT NOT NULL,
    purpose    TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('asked', 'released', 'refused', 'fetched')),
    -- The last moment at which it may be released; once it is, at which it may be fetched.
    ends_at    TEXT NOT NULL,
    asked_by   TEXT NOT NULL REFERENCES staff (id),
    asked_at   TEXT NOT NULL,
    decided_by TEXT REFERENCES staff (id),
    decided_at TEXT,
    reason     TEXT,
    fetched_at TEXT,
    lines      BIGINT
);

CREATE INDEX export_by_staff ON export (asked_by);

-- Whether an office has edited a version here; the others came with the program.
ALTER TABLE item ADD COLUMN by_office BOOLEAN NOT NULL DEFAULT FALSE;

-- 事项编辑: one draft of an item at a time, copied from the version that was in force.
CREATE TABLE item_draft (
    id           TEXT PRIMARY KEY,
    item_id      TEXT NOT NULL,
    base_version BIGINT NOT NULL,
    body         TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('draft', 'review', 'published', 'discarded')),
    -- Rises with every step: who takes one says which was on the screen.
    revision     BIGINT NOT NULL,
    FOREIGN KEY (item_id, base_version) REFERENCES item (id, version)
);

CREATE UNIQUE INDEX item_draft_open ON item_draft (item_id) WHERE state IN ('draft', 'review');

CREATE TABLE item_draft_step (
    draft_id TEXT NOT NULL REFERENCES item_draft (id),
    revision BIGINT NOT NULL,
    at       TEXT NOT NULL,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    act      TEXT NOT NULL,
    reason   TEXT,
    PRIMARY KEY (draft_id, revision)
);

-- 差评回访: for every case that was rated 4 or 5.
CREATE TABLE call_back (
    case_key       TEXT PRIMARY KEY REFERENCES cases (case_key),
    org_id         TEXT NOT NULL REFERENCES organisation (id),
    level          BIGINT NOT NULL,
    opened_at      TEXT NOT NULL,
    contact_due_on TEXT NOT NULL,
    settle_due_on  TEXT NOT NULL,
    contacted_on   TEXT,
    contacted_by   TEXT REFERENCES staff (id),
    contact        TEXT,
    settled_on     TEXT,
    settled_by     TEXT REFERENCES staff (id),
    settlement     TEXT,
    note           TEXT
);

CREATE INDEX call_back_by_org ON call_back (org_id, settled_on);
