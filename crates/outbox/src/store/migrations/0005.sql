-- How much waits, kept as it changes: counting it takes longer the more it is, and both start and intake ask for it.
CREATE TABLE tally (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    waiting INTEGER NOT NULL,
    parked  INTEGER NOT NULL,
    -- Of the bodies of both.
    bytes   INTEGER NOT NULL
) STRICT;

INSERT INTO tally
SELECT 1, count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'parked'), ifnull(sum(body_bytes), 0)
FROM outbox WHERE state IN ('waiting', 'parked');

CREATE TRIGGER tally_recorded AFTER INSERT ON outbox WHEN new.state IN ('waiting', 'parked') BEGIN
    UPDATE tally SET waiting = waiting + (new.state = 'waiting'), parked = parked + (new.state = 'parked'),
                     bytes = bytes + new.body_bytes;
END;

CREATE TRIGGER tally_settled AFTER UPDATE OF state ON outbox WHEN old.state <> new.state BEGIN
    UPDATE tally SET waiting = waiting + (new.state = 'waiting') - (old.state = 'waiting'),
                     parked  = parked  + (new.state = 'parked')  - (old.state = 'parked'),
                     bytes   = bytes   + new.body_bytes * ((new.state IN ('waiting', 'parked')) - (old.state IN ('waiting', 'parked')));
END;

-- Counted from this one, and looked for in this one, until now.
DROP INDEX outbox_load;
DROP INDEX outbox_scheduled;
CREATE INDEX outbox_parked ON outbox (id) WHERE state = 'parked';
