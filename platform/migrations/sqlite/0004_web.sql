-- The second and third screen. Moments that are compared are seconds since 1970.

-- A phone that is being proved with a code in a short message.
CREATE TABLE phone_proof (
    visit_hash TEXT PRIMARY KEY,
    phone      TEXT NOT NULL,
    code_hash  TEXT NOT NULL,
    shown      TEXT,
    sent_at    INTEGER NOT NULL,
    tries      INTEGER NOT NULL,
    proved     INTEGER NOT NULL
) STRICT;

-- What limits how much is asked of the services of others, by what is limited: a phone, mostly.
CREATE TABLE asked_lately (
    who   TEXT NOT NULL,
    at    INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (who, at, place)
) STRICT;

CREATE TABLE web_session (
    visit_hash TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    id_number  TEXT NOT NULL,
    phone      TEXT NOT NULL,
    begun_at   INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT;

-- A form that is being filled in, on one screen or on several after one another. It goes when it is filed.
CREATE TABLE draft (
    draft_key        TEXT PRIMARY KEY,
    id_number        TEXT NOT NULL,
    item_id          TEXT NOT NULL,
    item_version     INTEGER NOT NULL,
    consent_version  INTEGER NOT NULL,
    consent_given_at TEXT NOT NULL,
    fields           TEXT NOT NULL CHECK (json_valid(fields)),
    changed_at       INTEGER NOT NULL,
    FOREIGN KEY (item_id, item_version) REFERENCES item (id, version)
) STRICT;

CREATE INDEX draft_by_identity ON draft (id_number);

-- 文书: what was given out under a verification code, and the words of it.
CREATE TABLE document (
    code      TEXT PRIMARY KEY,
    case_key  TEXT NOT NULL REFERENCES cases (case_key),
    kind      TEXT NOT NULL,
    issued_at TEXT NOT NULL,
    body      TEXT NOT NULL CHECK (json_valid(body)),
    UNIQUE (case_key, kind)
) STRICT;
