-- The signed set, as kiosks fetch it (The Update Framework). The private keys are elsewhere.
CREATE TABLE trust_file (
    name    TEXT PRIMARY KEY,
    role    TEXT NOT NULL,
    version BIGINT NOT NULL,
    body    BYTEA NOT NULL
);

-- What is configured on each kiosk. What is not published yet waits for signatures.
CREATE TABLE configuration (
    name         TEXT NOT NULL REFERENCES kiosk (name),
    version      BIGINT NOT NULL,
    sha256       TEXT NOT NULL,
    body         BYTEA NOT NULL,
    drafted_at   TEXT NOT NULL,
    published_at TEXT,
    PRIMARY KEY (name, version)
);

-- What each kiosk said last about its configuration.
CREATE TABLE reported (
    name     TEXT PRIMARY KEY REFERENCES kiosk (name),
    body     TEXT NOT NULL,
    heard_at TEXT NOT NULL
);

-- Counts up whenever kiosks should ask. Every node looks at it, and the command line changes it.
CREATE TABLE fleet_news (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    number BIGINT NOT NULL
);

INSERT INTO fleet_news VALUES (1, 0);
