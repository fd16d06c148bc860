-- What ../sqlite/0010_heartbeat.sql says. Change both or neither.
-- How each kiosk was when it was last heard of.
CREATE TABLE heartbeat (
    name     TEXT PRIMARY KEY REFERENCES kiosk (name),
    body     TEXT NOT NULL,
    heard_at TEXT NOT NULL
);
