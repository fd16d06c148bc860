-- 待机海报: pictures for kiosks that nobody stands at, as this platform has made them anew. A document names one by its
-- hash, so that who signs the document has signed the picture.
CREATE TABLE poster (
    sha256      TEXT PRIMARY KEY,
    title       TEXT NOT NULL,
    content     BLOB NOT NULL,
    bytes       INTEGER NOT NULL,
    width       INTEGER NOT NULL,
    height      INTEGER NOT NULL,
    uploaded_at TEXT NOT NULL,
    uploaded_by TEXT NOT NULL
) STRICT;

-- A kiosk that has been away may still ask for what its document names.
CREATE TRIGGER poster_is_not_edited BEFORE UPDATE ON poster
BEGIN SELECT raise(ABORT, 'a poster is not changed'); END;

CREATE TRIGGER poster_is_not_cut BEFORE DELETE ON poster
BEGIN SELECT raise(ABORT, 'a poster is not changed'); END;
