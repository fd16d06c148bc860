-- What ../sqlite/0020_case_answer.sql says, in PostgreSQL's words. Change both or neither.

-- What anybody is told of a case who knows its number, written down with the case: the read that is asked for most is one row.
-- Whatever changes a case takes it away, whoever does so; the program writes it again in the same transaction.
CREATE TABLE case_answer (
    case_no TEXT PRIMARY KEY,
    -- Which edition of the words: a program that has others does not go by it.
    edition BIGINT NOT NULL,
    body    TEXT NOT NULL
);

CREATE FUNCTION drop_case_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM case_answer WHERE case_no = (SELECT case_no FROM cases WHERE case_key = NEW.case_key);
    RETURN NULL;
END $$;

CREATE TRIGGER case_answer_goes_with_case AFTER UPDATE ON cases
FOR EACH ROW EXECUTE FUNCTION drop_case_answer();

CREATE TRIGGER case_answer_goes_with_step AFTER INSERT ON case_step
FOR EACH ROW EXECUTE FUNCTION drop_case_answer();

CREATE TRIGGER case_answer_goes_with_rating AFTER INSERT ON rating
FOR EACH ROW EXECUTE FUNCTION drop_case_answer();

CREATE TRIGGER case_answer_goes_with_due_change AFTER INSERT ON case_due_change
FOR EACH ROW EXECUTE FUNCTION drop_case_answer();

-- 一件事: every version that was ever published. What was begun under one goes on under it.
CREATE TABLE bundle (
    id           TEXT NOT NULL,
    version      BIGINT NOT NULL,
    body         TEXT NOT NULL,
    published_at TEXT NOT NULL,
    -- Whether an office has edited it here; the others came with the program.
    by_office    BOOLEAN NOT NULL,
    PRIMARY KEY (id, version)
);

-- Versions that nothing new is begun under.
CREATE TABLE bundle_withdrawal (
    bundle_id      TEXT NOT NULL,
    bundle_version BIGINT NOT NULL,
    at             TEXT NOT NULL,
    PRIMARY KEY (bundle_id, bundle_version),
    FOREIGN KEY (bundle_id, bundle_version) REFERENCES bundle (id, version)
);

-- One draft of a bundle at a time, copied from the version that stood.
CREATE TABLE bundle_draft (
    id           TEXT PRIMARY KEY,
    bundle_id    TEXT NOT NULL,
    base_version BIGINT NOT NULL,
    body         TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('draft', 'review', 'published', 'discarded')),
    revision     BIGINT NOT NULL,
    FOREIGN KEY (bundle_id, base_version) REFERENCES bundle (id, version)
);

CREATE UNIQUE INDEX bundle_draft_open ON bundle_draft (bundle_id) WHERE state IN ('draft', 'review');

CREATE TABLE bundle_draft_step (
    draft_id TEXT NOT NULL REFERENCES bundle_draft (id),
    revision BIGINT NOT NULL,
    at       TEXT NOT NULL,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    act      TEXT NOT NULL,
    reason   TEXT,
    PRIMARY KEY (draft_id, revision)
);
