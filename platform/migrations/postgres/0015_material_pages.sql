-- 电子件: every page of a material that ever arrived, in the order in which it did. The newest of a place is the one that
-- is shown; those before it stay with their hash, and with their file until the case is archived.
CREATE TABLE material_page (
    page_key    TEXT PRIMARY KEY,
    case_key    TEXT NOT NULL REFERENCES cases (case_key),
    place       BIGINT NOT NULL,
    material    BIGINT NOT NULL,
    page        BIGINT NOT NULL,
    pages       BIGINT NOT NULL,
    media_type  TEXT NOT NULL,
    bytes       BIGINT NOT NULL,
    sha256      TEXT NOT NULL,
    made_at     TEXT NOT NULL,
    received_at TEXT NOT NULL,
    channel     TEXT NOT NULL,
    terminal_id TEXT,
    UNIQUE (case_key, place)
);

CREATE TRIGGER material_page_is_not_edited BEFORE UPDATE ON material_page
FOR EACH ROW EXECUTE FUNCTION refuse_change('a page that arrived is not changed');

CREATE TRIGGER material_page_is_not_cut BEFORE DELETE ON material_page
FOR EACH ROW EXECUTE FUNCTION refuse_change('a page that arrived is not changed');

CREATE TRIGGER material_page_is_not_emptied BEFORE TRUNCATE ON material_page
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a page that arrived is not changed');

-- Its file by itself: whoever lists pages does not read past pictures.
CREATE TABLE material_file (
    page_key TEXT PRIMARY KEY REFERENCES material_page (page_key),
    content  BYTEA NOT NULL
);

CREATE TRIGGER material_file_is_not_edited BEFORE UPDATE ON material_file
FOR EACH ROW EXECUTE FUNCTION refuse_change('a page that arrived is not changed');
