-- 办事目录 as kiosks have it by the road of the configuration: community, telephone numbers, notice of consent, tiles and items as they
-- were offered when a document was drafted. A document names one by its hash, so that who signs the document has signed it.
CREATE TABLE catalogue_file (
    sha256  TEXT PRIMARY KEY,
    content BYTEA NOT NULL,
    bytes   BIGINT NOT NULL,
    made_at TEXT NOT NULL
);

-- A kiosk that has been away may still ask for what its document names.
CREATE TRIGGER catalogue_file_is_not_edited BEFORE UPDATE ON catalogue_file
FOR EACH ROW EXECUTE FUNCTION refuse_change('a catalogue is not changed');

CREATE TRIGGER catalogue_file_is_not_cut BEFORE DELETE ON catalogue_file
FOR EACH ROW EXECUTE FUNCTION refuse_change('a catalogue is not changed');

CREATE TRIGGER catalogue_file_is_not_emptied BEFORE TRUNCATE ON catalogue_file
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a catalogue is not changed');
