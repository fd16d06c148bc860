-- 语音: recordings of what kiosks say, in the place of those that their program brings along. A document names one by its hash, so
-- that who signs the document has signed what is heard.
CREATE TABLE recording (
    sha256       TEXT NOT NULL,
    prompt       TEXT NOT NULL,
    language     TEXT NOT NULL,
    title        TEXT NOT NULL,
    content      BLOB NOT NULL,
    bytes        INTEGER NOT NULL,
    milliseconds INTEGER NOT NULL,
    uploaded_at  TEXT NOT NULL,
    uploaded_by  TEXT NOT NULL,
    PRIMARY KEY (sha256, prompt, language)
) STRICT;

-- A kiosk that has been away may still ask for what its document names.
CREATE TRIGGER recording_is_not_edited BEFORE UPDATE ON recording
BEGIN SELECT raise(ABORT, 'a recording is not changed'); END;

CREATE TRIGGER recording_is_not_cut BEFORE DELETE ON recording
BEGIN SELECT raise(ABORT, 'a recording is not changed'); END;
