-- A bundle waits as a case does: one call, which the platform files whole. The table is as it was but for the new kind, and
-- what looks at it is made anew with it.
DROP VIEW load;

CREATE TABLE outbox_8 (
    id              INTEGER PRIMARY KEY,
    kind            TEXT    NOT NULL CHECK (kind IN ('case', 'bundle', 'rating', 'material')),
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

INSERT INTO outbox_8 SELECT id, kind, case_key, idempotency_key, pickup_code, terminal_id, media_type, body_bytes, body_sha256,
    recorded_at, expires_at, state, failures, scheduled_at, next_at, settled_at, reason, refused_status, body
    FROM outbox ORDER BY id;
DROP TABLE outbox;
ALTER TABLE outbox_8 RENAME TO outbox;

CREATE UNIQUE INDEX outbox_case ON outbox (case_key, idempotency_key);
CREATE INDEX outbox_due ON outbox (next_at, id) WHERE state = 'waiting';
CREATE INDEX outbox_expires ON outbox (expires_at) WHERE state IN ('waiting', 'parked');
CREATE INDEX outbox_parked ON outbox (id) WHERE state = 'parked';
CREATE INDEX outbox_given_up ON outbox (id) WHERE state IN ('closed', 'expired');

CREATE VIEW load AS
SELECT tally.waiting + later.waiting AS waiting, tally.parked + later.parked AS parked, tally.bytes + later.bytes AS bytes
FROM tally, (SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting, count(*) FILTER (WHERE state = 'parked') AS parked,
                    ifnull(sum(body_bytes) FILTER (WHERE state IN ('waiting', 'parked')), 0) AS bytes
             FROM outbox WHERE id > (SELECT counted FROM tally)) AS later;

CREATE TRIGGER tally_recorded AFTER INSERT ON outbox WHEN new.id % 16 = 0 BEGIN
    UPDATE tally SET (waiting, parked, bytes, counted) = (SELECT waiting, parked, bytes, new.id FROM load);
END;

CREATE TRIGGER tally_settled AFTER UPDATE OF state ON outbox
WHEN old.state <> new.state AND new.id <= (SELECT counted FROM tally) BEGIN
    UPDATE tally SET waiting = waiting + (new.state = 'waiting') - (old.state = 'waiting'),
                     parked  = parked  + (new.state = 'parked')  - (old.state = 'parked'),
                     bytes   = bytes   + new.body_bytes * ((new.state IN ('waiting', 'parked')) - (old.state IN ('waiting', 'parked')));
END;
