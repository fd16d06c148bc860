-- A step of the schema of the store: it is never changed once it has been in the field.
-- One row for each event, in the order in which they happened.
CREATE TABLE audit (
    -- Never reused.
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    event    TEXT    NOT NULL,
    details  TEXT    NOT NULL,
    previous BLOB    NOT NULL CHECK (length(previous) = 32),
    hash     BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;
