-- Who works where, what they may do, and what they looked at.

-- 区县 → 街道 → 社区, and the departments of a district. `path` names every node from the top: '/district/street/'.
CREATE TABLE organisation (
    id    TEXT PRIMARY KEY,
    path  TEXT NOT NULL UNIQUE,
    level TEXT NOT NULL CHECK (level IN ('district', 'subdistrict', 'community')),
    name  TEXT NOT NULL,
    uscc  TEXT
) STRICT;

CREATE UNIQUE INDEX organisation_by_uscc ON organisation (uscc);

-- Words of an address that lie in a community, and machines that stand in it.
CREATE TABLE organisation_covers (
    words  TEXT PRIMARY KEY,
    org_id TEXT NOT NULL REFERENCES organisation (id)
) STRICT;

CREATE TABLE organisation_terminal (
    terminal_id TEXT PRIMARY KEY,
    org_id      TEXT NOT NULL REFERENCES organisation (id)
) STRICT;

CREATE TABLE staff (
    id               TEXT PRIMARY KEY,
    login            TEXT NOT NULL UNIQUE,
    name             TEXT NOT NULL,
    password_hash    TEXT NOT NULL,
    totp_secret      BLOB NOT NULL,
    totp_last_step   INTEGER NOT NULL,
    password_initial INTEGER NOT NULL,
    disabled         INTEGER NOT NULL,
    failures         INTEGER NOT NULL,
    locked_until     TEXT,
    created_at       TEXT NOT NULL
) STRICT;

CREATE TABLE staff_grant (
    staff_id TEXT NOT NULL REFERENCES staff (id),
    role     TEXT NOT NULL,
    org_id   TEXT NOT NULL REFERENCES organisation (id),
    PRIMARY KEY (staff_id, role, org_id)
) STRICT;

-- Of a session only the hash of its token is kept: who reads this table cannot take one over.
CREATE TABLE staff_session (
    token_hash BLOB PRIMARY KEY,
    staff_id   TEXT NOT NULL REFERENCES staff (id),
    csrf       TEXT NOT NULL,
    begun_at   TEXT NOT NULL,
    seen_at    TEXT NOT NULL
) STRICT;

CREATE INDEX staff_session_by_staff ON staff_session (staff_id);

-- Who looked at what and why. Each row holds the hash of the one before it.
CREATE TABLE access_audit (
    place    INTEGER PRIMARY KEY,
    at       TEXT NOT NULL,
    staff_id TEXT,
    login    TEXT NOT NULL,
    action   TEXT NOT NULL,
    subject  TEXT NOT NULL,
    purpose  TEXT NOT NULL,
    previous BLOB NOT NULL,
    hash     BLOB NOT NULL
) STRICT;

CREATE INDEX access_audit_by_subject ON access_audit (subject);

CREATE TRIGGER access_audit_is_not_edited BEFORE UPDATE ON access_audit
BEGIN SELECT raise(ABORT, 'the access audit is append-only'); END;

CREATE TRIGGER access_audit_is_not_cut BEFORE DELETE ON access_audit
BEGIN SELECT raise(ABORT, 'the access audit is append-only'); END;
