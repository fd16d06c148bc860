-- The machines that are, were or may become kiosks of this platform.
CREATE TABLE kiosk (
    name        TEXT PRIMARY KEY,
    invited_at  TEXT NOT NULL,
    enrolled_at TEXT,
    revoked_at  TEXT,
    -- What a revoked kiosk said when it had wiped itself: how many sealed calls are still on its disk.
    wiped_at    TEXT,
    waiting     INTEGER
) STRICT;

-- One open invitation for a kiosk: a new one takes the place of the old. Of the code only its hash is here.
CREATE TABLE invitation (
    name        TEXT PRIMARY KEY REFERENCES kiosk (name),
    code_sha256 BLOB NOT NULL,
    expires_at  TEXT NOT NULL,
    wrong_tries INTEGER NOT NULL,
    -- The key that it admitted, and the answer, should that machine not have heard it.
    spent_by    BLOB,
    answer      BLOB
) STRICT;

-- Every certificate that was given out. One that is not here is not let in, whoever signed it.
CREATE TABLE certificate (
    serial     TEXT PRIMARY KEY,
    name       TEXT NOT NULL REFERENCES kiosk (name),
    key_sha256 BLOB NOT NULL,
    not_after  TEXT NOT NULL,
    revoked_at TEXT
) STRICT;

CREATE INDEX certificate_by_name ON certificate (name);
