-- 待机海报: pictures for kiosks that nobody stands at, as this platform has made them anew. A document names one by its
-- hash, so that who signs the document has signed the picture.
CREATE TABLE poster (
    sha256      TEXT PRIMARY KEY,
    title       TEXT NOT NULL,
    content     BYTEA NOT NULL,
    bytes       BIGINT NOT NULL,
    width       BIGINT NOT NULL,
    height      BIGINT NOT NULL,
    uploaded_at TEXT NOT NULL,
    uploaded_by TEXT NOT NULL
);

-- A kiosk that has been away may still ask for what its document names.
CREATE TRIGGER poster_is_not_edited BEFORE UPDATE ON poster
FOR EACH ROW EXECUTE FUNCTION refuse_change('a poster is not changed');

CREATE TRIGGER poster_is_not_cut BEFORE DELETE ON poster
FOR EACH ROW EXECUTE FUNCTION refuse_change('a poster is not changed');

CREATE TRIGGER poster_is_not_emptied BEFORE TRUNCATE ON poster
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a poster is not changed');
