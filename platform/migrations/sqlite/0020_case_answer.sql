-- What anybody is told of a case who knows its number, written down with the case: the read that is asked for most is one row.
-- Whatever changes a case takes it away, whoever does so; the program writes it again in the same transaction.
CREATE TABLE case_answer (
    case_no TEXT PRIMARY KEY,
    -- Which edition of the words: a program that has others does not go by it.
    edition INTEGER NOT NULL,
    body    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER case_answer_goes_with_case AFTER UPDATE ON cases
BEGIN DELETE FROM case_answer WHERE case_no = old.case_no; END;

CREATE TRIGGER case_answer_goes_with_step AFTER INSERT ON case_step
BEGIN DELETE FROM case_answer WHERE case_no = (SELECT case_no FROM cases WHERE case_key = new.case_key); END;

CREATE TRIGGER case_answer_goes_with_rating AFTER INSERT ON rating
BEGIN DELETE FROM case_answer WHERE case_no = (SELECT case_no FROM cases WHERE case_key = new.case_key); END;

CREATE TRIGGER case_answer_goes_with_due_change AFTER INSERT ON case_due_change
BEGIN DELETE FROM case_answer WHERE case_no = (SELECT case_no FROM cases WHERE case_key = new.case_key); END;
