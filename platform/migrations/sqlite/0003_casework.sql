-- What staff do with a case: where it stands, its clocks, its history and its papers.

-- Every version of a 办理流程 that was ever used: a case pins the one it was filed under.
CREATE TABLE workflow (
    id           TEXT NOT NULL,
    version      INTEGER NOT NULL,
    body         TEXT NOT NULL,
    published_at TEXT NOT NULL,
    PRIMARY KEY (id, version)
) STRICT;

-- 收件点, the community whose resident it is about, and the desk that holds it now.
ALTER TABLE cases ADD COLUMN received_org TEXT;
ALTER TABLE cases ADD COLUMN area_org TEXT;
ALTER TABLE cases ADD COLUMN workflow TEXT;
ALTER TABLE cases ADD COLUMN workflow_version INTEGER;
ALTER TABLE cases ADD COLUMN step TEXT;
ALTER TABLE cases ADD COLUMN holder_org TEXT;
ALTER TABLE cases ADD COLUMN holder_role TEXT;
ALTER TABLE cases ADD COLUMN held_since TEXT;
-- Who will decide, whoever holds it now.
ALTER TABLE cases ADD COLUMN decision_org TEXT;
ALTER TABLE cases ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
-- 准予 or 不予.
ALTER TABLE cases ADD COLUMN outcome TEXT;
-- Clocks: 一次性告知 until, 补正 until, 视为受理, 延长 by so many working days, and since when it is late (红牌).
ALTER TABLE cases ADD COLUMN notice_due_on TEXT;
ALTER TABLE cases ADD COLUMN correction_due_on TEXT;
ALTER TABLE cases ADD COLUMN deemed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN extended_days INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN red_since TEXT;
-- 特别程序 that one person has asked for and another has not yet approved.
ALTER TABLE cases ADD COLUMN proposal TEXT;

CREATE INDEX cases_by_holder ON cases (holder_org, holder_role);
CREATE INDEX cases_by_status ON cases (status);

CREATE TABLE case_history (
    case_key    TEXT NOT NULL REFERENCES cases (case_key),
    place       INTEGER NOT NULL,
    at          TEXT NOT NULL,
    act         TEXT NOT NULL,
    from_state  TEXT NOT NULL,
    to_state    TEXT NOT NULL,
    step        TEXT,
    staff_id    TEXT,
    actor       TEXT NOT NULL,
    role        TEXT NOT NULL,
    org_id      TEXT,
    detail      TEXT NOT NULL,
    document_no TEXT,
    PRIMARY KEY (case_key, place)
) STRICT;

CREATE INDEX case_history_by_org ON case_history (org_id, case_key);

CREATE TRIGGER case_history_is_not_edited BEFORE UPDATE ON case_history
BEGIN SELECT raise(ABORT, 'the history of a case is append-only'); END;

CREATE TRIGGER case_history_is_not_cut BEFORE DELETE ON case_history
BEGIN SELECT raise(ABORT, 'the history of a case is append-only'); END;

-- 特别程序: the clock stands still after `from_on` and up to `to_on`.
CREATE TABLE case_pause (
    case_key TEXT NOT NULL REFERENCES cases (case_key),
    place    INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    reason   TEXT NOT NULL,
    from_on  TEXT NOT NULL,
    to_on    TEXT,
    PRIMARY KEY (case_key, place)
) STRICT;

-- 文书: what was told in writing, by its number. Never changed.
CREATE TABLE case_document (
    number    TEXT PRIMARY KEY,
    case_key  TEXT NOT NULL REFERENCES cases (case_key),
    kind      TEXT NOT NULL,
    org_id    TEXT,
    issued_at TEXT NOT NULL,
    body      TEXT NOT NULL
) STRICT;

CREATE INDEX case_document_by_case ON case_document (case_key);

CREATE TRIGGER case_document_is_not_edited BEFORE UPDATE ON case_document
BEGIN SELECT raise(ABORT, 'an issued document is not changed'); END;

CREATE TRIGGER case_document_is_not_cut BEFORE DELETE ON case_document
BEGIN SELECT raise(ABORT, 'an issued document is not changed'); END;

-- 公示: nothing of a person but what may hang on the board.
CREATE TABLE publicity_notice (
    id         TEXT PRIMARY KEY,
    case_key   TEXT NOT NULL REFERENCES cases (case_key),
    org_id     TEXT NOT NULL REFERENCES organisation (id),
    step       TEXT NOT NULL,
    item_name  TEXT NOT NULL,
    surname    TEXT NOT NULL,
    amount     TEXT NOT NULL,
    opened_on  TEXT NOT NULL,
    closes_on  TEXT NOT NULL,
    objection  TEXT
) STRICT;

CREATE INDEX publicity_notice_by_case ON publicity_notice (case_key);
CREATE INDEX publicity_notice_by_end ON publicity_notice (closes_on);

-- 督办单.
CREATE TABLE supervise_order (
    id         TEXT PRIMARY KEY,
    case_key   TEXT NOT NULL REFERENCES cases (case_key),
    org_id     TEXT NOT NULL,
    issued_at  TEXT NOT NULL,
    issued_by  TEXT NOT NULL,
    content    TEXT NOT NULL,
    replied_at TEXT,
    replied_by TEXT,
    reply      TEXT,
    closed_at  TEXT
) STRICT;

CREATE INDEX supervise_order_by_case ON supervise_order (case_key);

-- 工作日历 of the years that were imported; those that the program ships with are not here.
CREATE TABLE work_calendar (
    year        INTEGER PRIMARY KEY,
    body        TEXT NOT NULL,
    imported_at TEXT NOT NULL
) STRICT;
