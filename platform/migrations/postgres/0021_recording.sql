-- 语音: recordings of what kiosks say, in the place of those that their program brings along. A document names one by its hash, so
-- that who signs the document has signed what is heard.
CREATE TABLE recording (
    sha256       TEXT NOT NULL,
    prompt       TEXT NOT NULL,
    language     TEXT NOT NULL,
    title        TEXT NOT NULL,
    content      BYTEA NOT NULL,
    bytes        BIGINT NOT NULL,
    milliseconds BIGINT NOT NULL,
    uploaded_at  TEXT NOT NULL,
    uploaded_by  TEXT NOT NULL,
    PRIMARY KEY (sha256, prompt, language)
);

-- A kiosk that has been away may still ask for what its document names.
CREATE TRIGGER recording_is_not_edited BEFORE UPDATE ON recording
FOR EACH ROW EXECUTE FUNCTION refuse_change('a recording is not changed');

CREATE TRIGGER recording_is_not_cut BEFORE DELETE ON recording
FOR EACH ROW EXECUTE FUNCTION refuse_change('a recording is not changed');

CREATE TRIGGER recording_is_not_emptied BEFORE TRUNCATE ON recording
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a recording is not changed');
