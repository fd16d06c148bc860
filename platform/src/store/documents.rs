//! 文书 that were issued, by case and kind and by verification code.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, Transaction,
    columns::{json, name_of, parsed, to_json},
    sql::Row,
};
use crate::documents::{Document, Issued, Kind, VerificationCode};

pub(crate) fn keep(
    transaction: &Transaction<'_>,
    case_key: Uuid,
    issued: &Issued,
    now: Timestamp,
) -> Result<(), StoreError> {
    let insert = "INSERT INTO document (code, case_key, kind, issued_at, body) VALUES (?1, ?2, ?3, ?4, ?5)";
    let row = [
        issued.code.as_str().into(),
        case_key.to_string().into(),
        name_of(issued.document.kind)?.into(),
        now.to_string().into(),
        to_json(&issued.document)?.into(),
    ];
    transaction.execute(insert, &row)?;
    Ok(())
}

pub(crate) fn find(view: &Transaction<'_>, case_key: Uuid, kind: Kind) -> Result<Option<Issued>, StoreError> {
    let query = "SELECT code, body FROM document WHERE case_key = ?1 AND kind = ?2";
    let row = view.row(query, &[case_key.to_string().into(), name_of(kind)?.into()])?;
    row.as_ref().map(issued).transpose()
}

fn issued(row: &Row) -> Result<Issued, StoreError> {
    let code = VerificationCode::parse(row.text("code")?).ok_or(StoreError::Damaged("code"))?;
    Ok(Issued { code, document: json(row, "body")? })
}

/// A document that somebody was shown, and when it was issued.
pub(crate) fn verify(
    view: &Transaction<'_>,
    code: &VerificationCode,
) -> Result<Option<(Document, Timestamp)>, StoreError> {
    let query = "SELECT body, issued_at FROM document WHERE code = ?1";
    let row = view.row(query, &[code.as_str().into()])?;
    row.map(|row| Ok((json(&row, "body")?, parsed(&row, "issued_at")?))).transpose()
}
