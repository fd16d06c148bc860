-- What ../sqlite/0002_people.sql says, in PostgreSQL's words. Change both or neither.

-- 区县 → 街道 → 社区, and the departments of a district. `path` names every node from the top: '/district/street/'.
CREATE TABLE organisation (
    id    TEXT PRIMARY KEY,
    path  TEXT NOT NULL UNIQUE,
    level TEXT NOT NULL CHECK (level IN ('district', 'subdistrict', 'community')),
    name  TEXT NOT NULL,
    uscc  TEXT
);

CREATE UNIQUE INDEX organisation_by_uscc ON organisation (uscc);

-- Words of an address that lie in a community, and machines that stand in it.
CREATE TABLE organisation_covers (
    words  TEXT PRIMARY KEY,
    org_id TEXT NOT NULL REFERENCES organisation (id)
);

CREATE TABLE organisation_terminal (
    terminal_id TEXT PRIMARY KEY,
    org_id      TEXT NOT NULL REFERENCES organisation (id)
);

CREATE TABLE staff (
    id               TEXT PRIMARY KEY,
    login            TEXT NOT NULL UNIQUE,
    name             TEXT NOT NULL,
    password_hash    TEXT NOT NULL,
    totp_secret      BYTEA NOT NULL,
    totp_last_step   BIGINT NOT NULL,
    password_initial BOOLEAN NOT NULL,
    disabled         BOOLEAN NOT NULL,
    failures         BIGINT NOT NULL,
    locked_until     TEXT,
    created_at       TEXT NOT NULL
);

CREATE TABLE staff_grant (
    staff_id TEXT NOT NULL REFERENCES staff (id),
    role     TEXT NOT NULL,
    org_id   TEXT NOT NULL REFERENCES organisation (id),
    PRIMARY KEY (staff_id, role, org_id)
);

-- Of a session only the hash of its token is kept: who reads this table cannot take one over.
CREATE TABLE staff_session (
    token_hash BYTEA PRIMARY KEY,
    staff_id   TEXT NOT NULL REFERENCES staff (id),
    csrf       TEXT NOT NULL,
    begun_at   TEXT NOT NULL,
    seen_at    TEXT NOT NULL
);

CREATE INDEX staff_session_by_staff ON staff_session (staff_id);

-- Who looked at what and why. Each row holds the hash of the one before it.
CREATE TABLE access_audit (
    place    BIGINT PRIMARY KEY,
    at       TEXT NOT NULL,
    staff_id TEXT,
    login    TEXT NOT NULL,
    action   TEXT NOT NULL,
    subject  TEXT NOT NULL,
    purpose  TEXT NOT NULL,
    previous BYTEA NOT NULL,
    hash     BYTEA NOT NULL
);

CREATE INDEX access_audit_by_subject ON access_audit (subject);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END $$;

CREATE TRIGGER access_audit_is_not_edited BEFORE UPDATE ON access_audit
FOR EACH ROW EXECUTE FUNCTION refuse_change('the access audit is append-only');

CREATE TRIGGER access_audit_is_not_cut BEFORE DELETE ON access_audit
FOR EACH ROW EXECUTE FUNCTION refuse_change('the access audit is append-only');

CREATE TRIGGER access_audit_is_not_emptied BEFORE TRUNCATE ON access_audit
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the access audit is append-only');
