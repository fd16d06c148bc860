-- What ../sqlite/0016_rollout.sql says. Change both or neither.
-- A roll-out: signed documents on their way to their kiosks, ring by ring. At most one is open.
CREATE TABLE rollout (
    id            BIGINT PRIMARY KEY,
    state         TEXT NOT NULL CHECK (state IN ('running', 'halted', 'done', 'aborted')),
    -- The rings up to this one are open.
    ring          BIGINT NOT NULL,
    soak_minutes  BIGINT NOT NULL,
    started_at    TEXT NOT NULL,
    started_by    TEXT NOT NULL,
    ended_at      TEXT,
    -- Why it stands still.
    reason        TEXT,
    -- Who asked to open the next ring early, while which ring was the last.
    skip_asked_by TEXT,
    skip_ring     BIGINT
);

-- The kiosks of a roll-out: from which ring on they get `version`, and the version that would lead them back.
CREATE TABLE rollout_kiosk (
    rollout      BIGINT NOT NULL REFERENCES rollout (id),
    name         TEXT NOT NULL REFERENCES kiosk (name),
    ring         BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    back_version BIGINT NOT NULL,
    released_at  TEXT,
    confirmed_at TEXT,
    -- Somebody has gone on in spite of what is wrong with it.
    excused_at   TEXT,
    PRIMARY KEY (rollout, name)
);

-- A document that was signed and that its kiosk shall not have any more.
ALTER TABLE configuration ADD COLUMN withdrawn_at TEXT;

-- What each kiosk said of its configuration, whenever it was something new.
CREATE TABLE reported_history (
    name     TEXT NOT NULL REFERENCES kiosk (name),
    place    BIGINT NOT NULL,
    body     TEXT NOT NULL,
    heard_at TEXT NOT NULL,
    PRIMARY KEY (name, place)
);
