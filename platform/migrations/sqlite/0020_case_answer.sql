-- What anybody is told of a case who knows its number, written down with the case: the read that is asked for most is one row.
-- Whatever changes a case takes it away, whoever does so; the program writes it again in the same transaction.
CREATE TABLE case_answer (
    case_no TEXT PRIMARY KEY,
    -- Which edition of the words: a program that has others does not go by it.
    edition INTEGER NOT NULL,
    body    TEXT NOT NULL
) STRICT;

CREATE TRIGGER case_answer_goes_with_case AFTER UPDATE ON cases
BEGIN DELETE FROM case_answer WHERE case_no = old.case_no; END;

CREATE TRIGGER case_answer_goes_with_step AFTER INSERT ON case_step
BEGIN DELETE FROM case_answer WHERE case_no = (SELECT case_no FROM cases WHERE case_key = new.case_key); END;

CREATE TRIGGER case_answer_goes_with_rating AFTER INSERT ON rating
BEGIN DELETE FROM case_answer WHERE case_no = (SELECT case_no FROM cases WHERE case_key = new.case_key); END;

CREATE TRIGGER case_answer_goes_with_due_change AFTER INSERT ON case_due_change
BEGIN DELETE FROM case_answer WHERE case_no = (SELECT case_no FROM cases WHERE case_key = new.case_key); END;

-- 一件事: every version that was ever published. What was begun under one goes on under it.
CREATE TABLE bundle (
    id           TEXT NOT NULL,
    version      INTEGER NOT NULL,
    body         TEXT NOT NULL,
    published_at TEXT NOT NULL,
    -- Whether an office has edited it here; the others came with the program.
    by_office    INTEGER NOT NULL,
    PRIMARY KEY (id, version)
) STRICT;

-- Versions that nothing new is begun under.
CREATE TABLE bundle_withdrawal (
    bundle_id      TEXT NOT NULL,
    bundle_version INTEGER NOT NULL,
    at             TEXT NOT NULL,
    PRIMARY KEY (bundle_id, bundle_version),
    FOREIGN KEY (bundle_id, bundle_version) REFERENCES bundle (id, version)
) STRICT;

-- One draft of a bundle at a time, copied from the version that stood.
CREATE TABLE bundle_draft (
    id           TEXT PRIMARY KEY,
    bundle_id    TEXT NOT NULL,
    base_version INTEGER NOT NULL,
    body         TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('draft', 'review', 'published', 'discarded')),
    revision     INTEGER NOT NULL,
    FOREIGN KEY (bundle_id, base_version) REFERENCES bundle (id, version)
) STRICT;

CREATE UNIQUE INDEX bundle_draft_open ON bundle_draft (bundle_id) WHERE state IN ('draft', 'review');

CREATE TABLE bundle_draft_step (
    draft_id TEXT NOT NULL REFERENCES bundle_draft (id),
    revision INTEGER NOT NULL,
    at       TEXT NOT NULL,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    act      TEXT NOT NULL,
    reason   TEXT,
    PRIMARY KEY (draft_id, revision)
) STRICT;
