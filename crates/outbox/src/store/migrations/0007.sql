-- A resident waits for every page of the file that a case changes. The tally's own changes with one call in sixteen: up to
-- which the calls are counted in it is kept with it, and the few after that are counted when somebody asks.
ALTER TABLE tally ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;
UPDATE tally SET counted = (SELECT ifnull(max(id), 0) FROM outbox);

CREATE VIEW load AS
SELECT tally.waiting + later.waiting AS waiting, tally.parked + later.parked AS parked, tally.bytes + later.bytes AS bytes
FROM tally, (SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting, count(*) FILTER (WHERE state = 'parked') AS parked,
                    ifnull(sum(body_bytes) FILTER (WHERE state IN ('waiting', 'parked')), 0) AS bytes
             FROM outbox WHERE id > (SELECT counted FROM tally)) AS later;

DROP TRIGGER tally_recorded;
CREATE TRIGGER tally_recorded AFTER INSERT ON outbox WHEN new.id % 16 = 0 BEGIN
    UPDATE tally SET (waiting, parked, bytes, counted) = (SELECT waiting, parked, bytes, new.id FROM load);
END;

DROP TRIGGER tally_settled;
CREATE TRIGGER tally_settled AFTER UPDATE OF state ON outbox
WHEN old.state <> new.state AND new.id <= (SELECT counted FROM tally) BEGIN
    UPDATE tally SET waiting = waiting + (new.state = 'waiting') - (old.state = 'waiting'),
                     parked  = parked  + (new.state = 'parked')  - (old.state = 'parked'),
                     bytes   = bytes   + new.body_bytes * ((new.state IN ('waiting', 'parked')) - (old.state IN ('waiting', 'parked')));
END;
