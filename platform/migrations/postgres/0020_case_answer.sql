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
