-- 交换: what the approval platform above has to be told, in the order in which it happened.

CREATE TABLE exchange (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id TEXT NOT NULL UNIQUE,
    case_key   TEXT NOT NULL REFERENCES cases (case_key),
    state      TEXT NOT NULL,
    tries      BIGINT NOT NULL,
    next_at    BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    receipt    TEXT,
    reason     TEXT
);

CREATE INDEX exchange_due ON exchange (state, next_at);
CREATE INDEX exchange_by_case ON exchange (case_key);

-- Every attempt, for ever: what was sent (as a hash), when, and what came back. Nothing here is personal.
CREATE TABLE exchange_audit (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id TEXT NOT NULL,
    at         TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    detail     TEXT NOT NULL
);
