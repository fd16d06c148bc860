-- What ../sqlite/0024_case_answer_by_id.sql says, in PostgreSQL's words. Change both or neither.

-- What is told of a case lies under the id of the case: both numbers that people have lead to an id by an index, and from there it
-- is one row. It had an index of its own, and who came with a 取件码 had everything looked up.
CREATE TABLE case_answer_by_id (
    case_id BIGINT PRIMARY KEY REFERENCES cases (id),
    -- Which edition of the words: a program that has others does not go by it.
    edition BIGINT NOT NULL,
    body    TEXT NOT NULL
);

INSERT INTO case_answer_by_id SELECT cases.id, edition, body FROM case_answer JOIN cases USING (case_no);
DROP TABLE case_answer;
ALTER TABLE case_answer_by_id RENAME TO case_answer;

CREATE OR REPLACE FUNCTION drop_case_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM case_answer WHERE case_id = (SELECT id FROM cases WHERE case_key = NEW.case_key);
    RETURN NULL;
END $$;
