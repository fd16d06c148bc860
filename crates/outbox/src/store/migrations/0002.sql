-- Calls expire, and what was parked can be closed. A CHECK cannot be changed, so the table is built anew.
CREATE TABLE outbox_2 (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    kind            TEXT    NOT NULL CHECK (kind IN ('case', 'rating')),
    case_key        BLOB    NOT NULL CHECK (length(case_key) = 16),
    idempotency_key BLOB    NOT NULL UNIQUE CHECK (length(idempotency_key) = 16),
    pickup_code     TEXT    UNIQUE,
    terminal_id     TEXT,
    media_type      TEXT    NOT NULL,
    -- Sealed where it is personal. It is there for as long as the call is open, and not a moment longer.
    body            BLOB,
    body_bytes      INTEGER NOT NULL,
    body_sha256     BLOB    NOT NULL CHECK (length(body_sha256) = 32),
    recorded_at     INTEGER NOT NULL,
    -- A body that was sealed names the same moment.
    expires_at      INTEGER NOT NULL,
    state           TEXT    NOT NULL DEFAULT 'waiting'
                    CHECK (state IN ('waiting', 'parked', 'delivered', 'closed', 'expired')),
    failures        INTEGER NOT NULL DEFAULT 0,
    -- When it was last decided that it is due at next_at; the two together survive a clock that is set back.
    scheduled_at    INTEGER NOT NULL,
    next_at         INTEGER NOT NULL,
    settled_at      INTEGER,
    -- Why the last attempt failed, or why it was closed, in the words of a catalogue or of a problem's type.
    reason          TEXT,
    refused_status  INTEGER,
    CHECK ((body IS NOT NULL) = (state IN ('waiting', 'parked')))
) STRICT;

-- Thirty days, as this version has it unless told otherwise.
INSERT INTO outbox_2 SELECT id, kind, case_key, idempotency_key, pickup_code, terminal_id, media_type, body, body_bytes,
    body_sha256, recorded_at, recorded_at + 2592000000, state, failures, scheduled_at, next_at, settled_at, reason,
    refused_status FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_2 RENAME TO outbox;

CREATE INDEX outbox_due  ON outbox (next_at, id) WHERE state = 'waiting';
CREATE INDEX outbox_scheduled ON outbox (scheduled_at) WHERE state = 'waiting';
CREATE INDEX outbox_open ON outbox (case_key, id) WHERE state IN ('waiting', 'parked');
CREATE INDEX outbox_load ON outbox (state, body_bytes, recorded_at) WHERE state IN ('waiting', 'parked');
CREATE INDEX outbox_expires ON outbox (expires_at) WHERE state IN ('waiting', 'parked');
CREATE INDEX outbox_given_up ON outbox (id) WHERE state IN ('closed', 'expired');
