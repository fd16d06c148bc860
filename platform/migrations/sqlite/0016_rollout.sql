-- A roll-out: signed documents on their way to their kiosks, ring by ring. At most one is open.
CREATE TABLE rollout (
    id            INTEGER PRIMARY KEY,
    state         TEXT NOT NULL CHECK (state IN ('running', 'halted', 'done', 'aborted')),
    -- The rings up to this one are open.
    ring          INTEGER NOT NULL,
    soak_minutes  INTEGER NOT NULL,
    started_at    TEXT NOT NULL,
    started_by    TEXT NOT NULL,
    ended_at      TEXT,
    -- Why it stands still.
    reason        TEXT,
    -- Who asked to open the next ring early, while which ring was the last.
    skip_asked_by TEXT,
    skip_ring     INTEGER
) STRICT;

-- The kiosks of a roll-out: from which ring on they get `version`, and the version that would lead them back.
CREATE TABLE rollout_kiosk (
    rollout      INTEGER NOT NULL REFERENCES rollout (id),
    name         TEXT NOT NULL REFERENCES kiosk (name),
    ring         INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    back_version INTEGER NOT NULL,
    released_at  TEXT,
    confirmed_at TEXT,
    -- Somebody has gone on in spite of what is wrong with it.
    excused_at   TEXT,
    PRIMARY KEY (rollout, name)
) STRICT;

-- A document that was signed and that its kiosk shall not have any more.
ALTER TABLE configuration ADD COLUMN withdrawn_at TEXT;

-- What each kiosk said of its configuration, whenever it was something new.
CREATE TABLE reported_history (
    name     TEXT NOT NULL REFERENCES kiosk (name),
    place    INTEGER NOT NULL,
    body     TEXT NOT NULL,
    heard_at TEXT NOT NULL,
    PRIMARY KEY (name, place)
) STRICT;
