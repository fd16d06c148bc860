-- What ../sqlite/0001_initial.sql says, in PostgreSQL's words. Change both or neither.
-- Forward only: a published migration is never edited, the next change is a file of its own.
-- Days are YYYY-MM-DD in China, moments RFC 3339 in UTC, enumerations their names on the wire.

CREATE TABLE sealing_key (
    key_id     TEXT PRIMARY KEY,
    secret     BYTEA NOT NULL,
    created_at TEXT NOT NULL
);

-- Every version that was ever published: a case pins the one it was filed under.
CREATE TABLE item (
    id           TEXT NOT NULL,
    version      BIGINT NOT NULL,
    body         TEXT NOT NULL,
    published_at TEXT NOT NULL,
    PRIMARY KEY (id, version)
);

CREATE TABLE consent_notice (
    version      BIGINT PRIMARY KEY,
    body         TEXT NOT NULL,
    published_at TEXT NOT NULL
);

CREATE TABLE case_serial (
    task_code TEXT NOT NULL,
    day       TEXT NOT NULL,
    last      BIGINT NOT NULL,
    PRIMARY KEY (task_code, day)
);

CREATE TABLE cases (
    id               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_key         TEXT NOT NULL UNIQUE,
    case_no          TEXT NOT NULL UNIQUE CHECK (length(case_no) <= 50),
    pickup_code      TEXT NOT NULL,
    item_id          TEXT NOT NULL,
    item_version     BIGINT NOT NULL,
    status           TEXT NOT NULL,
    channel          TEXT NOT NULL,
    terminal_id      TEXT,
    received_at      TEXT NOT NULL,
    recorded_at      TEXT NOT NULL,
    accepted_on      TEXT,
    due_on           TEXT,
    due_provisional  BOOLEAN NOT NULL,
    valid_until      TEXT,
    consent_version  BIGINT NOT NULL REFERENCES consent_notice (version),
    consent_given_at TEXT NOT NULL,
    name             TEXT NOT NULL,
    id_kind          TEXT NOT NULL,
    id_number        TEXT NOT NULL,
    sex              TEXT NOT NULL,
    birth            TEXT NOT NULL,
    nation           TEXT,
    address          TEXT,
    fields           TEXT NOT NULL CHECK (fields::json IS NOT NULL),
    FOREIGN KEY (item_id, item_version) REFERENCES item (id, version)
);

CREATE INDEX cases_by_pickup_code ON cases (pickup_code);
CREATE INDEX cases_by_identity ON cases (id_number);

CREATE TABLE case_step (
    case_key TEXT NOT NULL REFERENCES cases (case_key),
    place    BIGINT NOT NULL,
    status   TEXT NOT NULL,
    at       TEXT NOT NULL,
    PRIMARY KEY (case_key, place)
);

CREATE TABLE rating (
    case_key TEXT PRIMARY KEY REFERENCES cases (case_key),
    level    BIGINT NOT NULL CHECK (level BETWEEN 1 AND 5),
    channel  TEXT NOT NULL,
    rated_at TEXT NOT NULL
);

-- Final answers, each written in the transaction of what it tells. They are kept as long as the cases, so that no
-- kiosk can wait too long with its retry.
CREATE TABLE answer (
    operation       TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint     BYTEA NOT NULL,
    body            TEXT NOT NULL,
    PRIMARY KEY (operation, idempotency_key)
);
