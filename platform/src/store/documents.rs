//! 文书 that were issued: by their number, and by the verification code that the first printing gave them.

use jiff::Timestamp;

use super::{
    StoreError, Transaction,
    columns::{json, named, parsed},
    sql::Row,
};
use crate::{
    clock::china_date,
    documents::{Issued, VerificationCode},
    lifecycle::rules::DocumentKind,
};

const SELECT: &str = "SELECT case_document.*, case_no, pickup_code, code FROM case_document
                      JOIN cases ON cases.case_key = case_document.case_key
                      LEFT JOIN document_code ON document_code.number = case_document.number";

/// A document in a list.
pub(crate) struct Listed {
    pub(crate) number: String,
    pub(crate) kind: DocumentKind,
    pub(crate) issued_at: Timestamp,
}

/// What a case has been written, oldest first.
pub(crate) fn of_case(view: &Transaction<'_>, case_no: &str) -> Result<Vec<Listed>, StoreError> {
    let query = "SELECT number, kind, issued_at FROM case_document
                 JOIN cases ON cases.case_key = case_document.case_key WHERE case_no = ?1 ORDER BY number";
    let listed = |row: &Row| {
        Ok(Listed {
            number: row.text("number")?.to_owned(),
            kind: named(row, "kind")?,
            issued_at: parsed(row, "issued_at")?,
        })
    };
    let mut all =
        view.rows(query, &[case_no.into()])?.iter().map(listed).collect::<Result<Vec<_>, StoreError>>()?;
    all.sort_by_key(|listed| (listed.issued_at, listed.kind));
    Ok(all)
}

/// The document of a case with that number, under a code that is made now if it never had one.
pub(crate) fn printed(
    transaction: &Transaction<'_>,
    case_no: &str,
    number: &str,
    now: Timestamp,
) -> Result<Option<Issued>, StoreError> {
    if number.contains('\0') || case_no.contains('\0') {
        return Ok(None);
    }
    let query = format!("{SELECT} WHERE case_document.number = ?1 AND case_no = ?2");
    let Some(row) = transaction.row(&query, &[number.into(), case_no.into()])? else { return Ok(None) };
    let code = match row.text_option("code")? {
        Some(code) => read_code(code)?,
        None => {
            let code = VerificationCode::random();
            let insert = "INSERT INTO document_code (code, number, made_at) VALUES (?1, ?2, ?3)";
            transaction.execute(insert, &[code.as_str().into(), number.into(), now.to_string().into()])?;
            code
        }
    };
    issued(&row, code).map(Some)
}

/// A document that somebody was shown.
pub(crate) fn verify(view: &Transaction<'_>, code: &VerificationCode) -> Result<Option<Issued>, StoreError> {
    let row = view.row(&format!("{SELECT} WHERE code = ?1"), &[code.as_str().into()])?;
    row.map(|row| issued(&row, code.clone())).transpose()
}

fn read_code(text: &str) -> Result<VerificationCode, StoreError> {
    VerificationCode::parse(text).ok_or(StoreError::Damaged("code"))
}

fn issued(row: &Row, code: VerificationCode) -> Result<Issued, StoreError> {
    let pickup_code = row.text("pickup_code")?.to_owned();
    Ok(Issued {
        code,
        kind: named(row, "kind")?,
        number: row.text("number")?.to_owned(),
        case_no: row.text("case_no")?.to_owned(),
        pickup_code: pickup_code.try_into().map_err(|_| StoreError::Damaged("pickup_code"))?,
        dated: china_date(parsed(row, "issued_at")?),
        body: json(row, "body")?,
    })
}
