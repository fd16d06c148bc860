-- What the machine itself must not forget across a restart; nothing about any resident.
CREATE TABLE machine (
    fact  TEXT PRIMARY KEY CHECK (fact IN ('out-of-service', 'admission-failures', 'admission-locked-until')),
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
