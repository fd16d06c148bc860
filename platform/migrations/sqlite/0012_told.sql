-- 验证码 of a 文书: made when it is printed for the first time.
CREATE TABLE document_code (
    code    TEXT PRIMARY KEY,
    number  TEXT NOT NULL UNIQUE REFERENCES case_document (number),
    made_at TEXT NOT NULL
) STRICT;

-- Papers used to be numbered a second time, beside the documents of the case. Theirs become documents of the case as
-- well, without the name, which is the case's.
INSERT INTO case_document (number, case_key, kind, org_id, issued_at, body)
SELECT case_no || '-' || CASE kind WHEN 'intake_receipt' THEN 'SJ' WHEN 'acceptance_notice' THEN 'SL' ELSE 'BJ' END || '01',
       document.case_key, kind, NULL, issued_at, json_remove(body, '$.applicant')
FROM document JOIN cases ON cases.case_key = document.case_key
WHERE NOT EXISTS (SELECT 1 FROM case_document AS known
                  WHERE known.case_key = document.case_key AND known.kind = document.kind);

INSERT INTO document_code (code, number, made_at)
SELECT code, (SELECT min(known.number) FROM case_document AS known
              WHERE known.case_key = document.case_key AND known.kind = document.kind), issued_at
FROM document;

DROP TABLE document;

-- Every time that the promised day was moved, or stood still, and why.
CREATE TABLE case_due_change (
    case_key    TEXT NOT NULL REFERENCES cases (case_key),
    place       INTEGER NOT NULL,
    at          TEXT NOT NULL,
    why         TEXT NOT NULL CHECK (why IN ('extended', 'stopped', 'resumed', 'calendar')),
    procedure   TEXT,
    reason      TEXT,
    was_on      TEXT,
    due_on      TEXT,
    provisional INTEGER NOT NULL,
    PRIMARY KEY (case_key, place)
) STRICT;

-- What the platform above answered was kept word for word, and may repeat what is about somebody: its status remains.
UPDATE exchange SET reason = substr(reason, 1, instr(reason, ':') - 1)
WHERE reason GLOB '[0-9][0-9][0-9] *:*';
UPDATE exchange_audit SET detail = substr(detail, 1, instr(detail, ':') - 1)
WHERE outcome <> 'delivered' AND detail GLOB '[0-9][0-9][0-9] *:*';
