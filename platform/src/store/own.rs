//! Whose a case is: asked before a page shows it.

use uuid::Uuid;

use super::{StoreError, Transaction, sql::Row};

/// How somebody without a session names a case.
pub(crate) enum Named {
    CaseNo(String),
    PickupCode(String),
}

fn numbers(rows: &[Row]) -> Result<Vec<String>, StoreError> {
    rows.iter().map(|row| row.text("case_no").map(str::to_owned)).collect()
}

/// The number of the case that was filed under `key` by `owner`.
pub(crate) fn filed(view: &Transaction<'_>, key: Uuid, owner: &str) -> Result<Option<String>, StoreError> {
    let query = "SELECT case_no FROM cases WHERE case_key = ?1 AND id_number = ?2";
    let row = view.row(query, &[key.to_string().into(), owner.into()])?;
    row.map(|row| row.text("case_no").map(str::to_owned)).transpose()
}

/// Whether the case with that number is `owner`'s.
pub(crate) fn is_own(view: &Transaction<'_>, case_no: &str, owner: &str) -> Result<bool, StoreError> {
    if case_no.contains('\0') {
        return Ok(false);
    }
    let query = "SELECT id FROM cases WHERE case_no = ?1 AND id_number = ?2";
    Ok(view.row(query, &[case_no.into(), owner.into()])?.is_some())
}

/// The cases that are named so and whose applicant's number ends with `last`, newest first.
pub(crate) fn named(view: &Transaction<'_>, named: &Named, last: &str) -> Result<Vec<String>, StoreError> {
    let (column, value) = match named {
        Named::CaseNo(value) => ("case_no", value),
        Named::PickupCode(value) => ("pickup_code", value),
    };
    let query = format!(
        "SELECT case_no FROM cases WHERE {column} = ?1 AND id_number LIKE ?2 ORDER BY id DESC LIMIT 20"
    );
    numbers(&view.rows(&query, &[value.into(), format!("%{last}").into()])?)
}
