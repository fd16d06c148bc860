-- The second and third screen. Moments that are compared are seconds since 1970.

-- A phone that is being proved with a code in a short message.
CREATE TABLE phone_proof (
    visit_hash TEXT PRIMARY KEY,
    phone      TEXT NOT NULL,
    code_hash  TEXT NOT NULL,
    shown      TEXT,
    sent_at    BIGINT NOT NULL,
    tries      BIGINT NOT NULL,
    proved     BOOLEAN NOT NULL
);

-- What limits how much is asked of the services of others, by what is limited: a phone, mostly.
CREATE TABLE asked_lately (
    who   TEXT NOT NULL,
    at    BIGINT NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (who, at, place)
);

CREATE TABLE web_session (
    visit_hash TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    id_number  TEXT NOT NULL,
    phone      TEXT NOT NULL,
    begun_at   BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL
);

-- A form that is being filled in, on one screen or on several after one another. It goes when it is filed.
CREATE TABLE draft (
    draft_key        TEXT PRIMARY KEY,
    id_number        TEXT NOT NULL,
    item_id          TEXT NOT NULL,
    item_version     BIGINT NOT NULL,
    consent_version  BIGINT NOT NULL,
    consent_given_at TEXT NOT NULL,
    fields           TEXT NOT NULL CHECK (fields::json IS NOT NULL),
    changed_at       BIGINT NOT NULL,
    FOREIGN KEY (item_id, item_version) REFERENCES item (id, version)
);

CREATE INDEX draft_by_identity ON draft (id_number);

-- 文书: what was given out under a verification code, and the words of it.
CREATE TABLE document (
    code      TEXT PRIMARY KEY,
    case_key  TEXT NOT NULL REFERENCES cases (case_key),
    kind      TEXT NOT NULL,
    issued_at TEXT NOT NULL,
    body      TEXT NOT NULL CHECK (body::json IS NOT NULL),
    UNIQUE (case_key, kind)
);
