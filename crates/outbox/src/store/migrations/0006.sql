-- Pages of materials wait as well. They are large, so the body comes last: whoever reads the state of a call does not read
-- past it. A call costs what its pages in the file cost, and a resident waits for them: one index holds the order within
-- a case and that no key is there twice; ids need no table of their own, because no row is ever deleted.
CREATE TABLE outbox_6 (
    id              INTEGER PRIMARY KEY,
    kind            TEXT    NOT NULL CHECK (kind IN ('case', 'rating', 'material')),
    case_key        BLOB    NOT NULL CHECK (length(case_key) = 16),
    idempotency_key BLOB    NOT NULL CHECK (length(idempotency_key) = 16),
    pickup_code     TEXT    UNIQUE,
    terminal_id     TEXT,
    media_type      TEXT    NOT NULL,
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
    -- Sealed where it is personal. It is there for as long as the call is open, and not a moment longer.
    body            BLOB,
    CHECK ((body IS NOT NULL) = (state IN ('waiting', 'parked')))
) STRICT;

INSERT INTO outbox_6 SELECT id, kind, case_key, idempotency_key, pickup_code, terminal_id, media_type, body_bytes, body_sha256,
    recorded_at, expires_at, state, failures, scheduled_at, next_at, settled_at, reason, refused_status, body
    FROM outbox ORDER BY id;
DROP TABLE outbox;
ALTER TABLE outbox_6 RENAME TO outbox;

CREATE UNIQUE INDEX outbox_case ON outbox (case_key, idempotency_key);
CREATE INDEX outbox_due ON outbox (next_at, id) WHERE state = 'waiting';
CREATE INDEX outbox_expires ON outbox (expires_at) WHERE state IN ('waiting', 'parked');
CREATE INDEX outbox_parked ON outbox (id) WHERE state = 'parked';
CREATE INDEX outbox_given_up ON outbox (id) WHERE state IN ('closed', 'expired');

CREATE TRIGGER tally_recorded AFTER INSERT ON outbox WHEN new.state IN ('waiting', 'parked') BEGIN
    UPDATE tally SET waiting = waiting + (new.state = 'waiting'), parked = parked + (new.state = 'parked'),
                     bytes = bytes + new.body_bytes WHERE one = 1;
END;

CREATE TRIGGER tally_settled AFTER UPDATE OF state ON outbox WHEN old.state <> new.state BEGIN
    UPDATE tally SET waiting = waiting + (new.state = 'waiting') - (old.state = 'waiting'),
                     parked  = parked  + (new.state = 'parked')  - (old.state = 'parked'),
                     bytes   = bytes   + new.body_bytes * ((new.state IN ('waiting', 'parked')) - (old.state IN ('waiting', 'parked')))
    WHERE one = 1;
END;
