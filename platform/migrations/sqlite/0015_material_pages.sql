-- 电子件: every page of a material that ever arrived, in the order in which it did. The newest of a place is the one that
-- is shown; those before it stay with their hash, and with their file until the case is archived.
CREATE TABLE material_page (
    page_key    TEXT PRIMARY KEY,
    case_key    TEXT NOT NULL REFERENCES cases (case_key),
    place       INTEGER NOT NULL,
    material    INTEGER NOT NULL,
    page        INTEGER NOT NULL,
    pages       INTEGER NOT NULL,
    media_type  TEXT NOT NULL,
    bytes       INTEGER NOT NULL,
    sha256      TEXT NOT NULL,
    made_at     TEXT NOT NULL,
    received_at TEXT NOT NULL,
    channel     TEXT NOT NULL,
    terminal_id TEXT,
    UNIQUE (case_key, place)
) STRICT;

CREATE TRIGGER material_page_is_not_edited BEFORE UPDATE ON material_page
BEGIN SELECT raise(ABORT, 'a page that arrived is not changed'); END;

CREATE TRIGGER material_page_is_not_cut BEFORE DELETE ON material_page
BEGIN SELECT raise(ABORT, 'a page that arrived is not changed'); END;

-- Its file by itself: whoever lists pages does not read past pictures.
CREATE TABLE material_file (
    page_key TEXT PRIMARY KEY REFERENCES material_page (page_key),
    content  BLOB NOT NULL
) STRICT;

CREATE TRIGGER material_file_is_not_edited BEFORE UPDATE ON material_file
BEGIN SELECT raise(ABORT, 'a page that arrived is not changed'); END;
