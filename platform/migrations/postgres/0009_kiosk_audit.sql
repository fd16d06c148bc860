-- How far the audit log of each kiosk is known, report by report: what a kiosk has signed once it cannot take back.
CREATE TABLE kiosk_audit (
    kiosk     TEXT NOT NULL REFERENCES kiosk (name),
    place     BIGINT NOT NULL,
    -- The last entry of the report, its hash, and the device's signature under it.
    seq       BIGINT NOT NULL,
    hash      BYTEA NOT NULL,
    signature BYTEA NOT NULL,
    -- In what way it does not follow the report before it.
    broken    TEXT CHECK (broken IN ('gap', 'fork')),
    heard_at  TEXT NOT NULL,
    PRIMARY KEY (kiosk, place)
);
