-- Times are milliseconds since 1970 in UTC, keys are 16 bytes.

-- One row for each call that changes something at the platform.
CREATE TABLE outbox (
    -- Never reused, so it also tells the order in which the calls were made.
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    kind            TEXT    NOT NULL CHECK (kind IN ('case', 'rating')),
    case_key        BLOB    NOT NULL CHECK (length(case_key) = 16),
    idempotency_key BLOB    NOT NULL UNIQUE CHECK (length(idempotency_key) = 16),
    pickup_code     TEXT    UNIQUE,
    terminal_id     TEXT,
    media_type      TEXT    NOT NULL,
    -- Sealed where it is personal. Gone once delivered; a row that is not delivered never loses it.
    body            BLOB,
    body_bytes      INTEGER NOT NULL,
    body_sha256     BLOB    NOT NULL CHECK (length(body_sha256) = 32),
    recorded_at     INTEGER NOT NULL,
    state           TEXT    NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'parked', 'delivered')),
    failures        INTEGER NOT NULL DEFAULT 0,
    -- When it was last decided that it is due at next_at; the two together survive a clock that is set back.
    scheduled_at    INTEGER NOT NULL,
    next_at         INTEGER NOT NULL,
    settled_at      INTEGER,
    -- Why the last attempt failed, in the words of a catalogue or of a problem's type: nothing personal.
    reason          TEXT,
    refused_status  INTEGER,
    CHECK ((body IS NULL) = (state = 'delivered'))
) STRICT;

CREATE INDEX outbox_due  ON outbox (next_at, id) WHERE state = 'waiting';
CREATE INDEX outbox_scheduled ON outbox (scheduled_at) WHERE state = 'waiting';
CREATE INDEX outbox_open ON outbox (case_key, id) WHERE state <> 'delivered';
CREATE INDEX outbox_load ON outbox (state, body_bytes, recorded_at) WHERE state <> 'delivered';

-- What the platform served last: registry, notices.
CREATE TABLE cache (
    name      TEXT    PRIMARY KEY,
    etag      TEXT,
    body      BLOB    NOT NULL,
    stored_at INTEGER NOT NULL
) STRICT;

-- One row for each job that went to the printer, begun before its first byte.
CREATE TABLE print_jobs (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    begun_at INTEGER NOT NULL,
    outcome  TEXT CHECK (outcome IN ('printed', 'not_printed', 'unknown'))
) STRICT;

CREATE INDEX print_jobs_unfinished ON print_jobs (number) WHERE outcome IS NULL;
