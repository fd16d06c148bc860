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
