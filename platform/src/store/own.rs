//! Whose a case is: asked before a page shows it.

use uuid::Uuid;

use super::{StoreError, Transaction, bundles, sql::Row};

/// How somebody without a session names a case.
pub(crate) enum Named {
    CaseNo(String),
    PickupCode(String),
    BundleNo(String),
}

/// What a draft has become.
pub(crate) enum Filed {
    Case(String),
    Bundle(String),
}

fn numbers(rows: &[Row]) -> Result<Vec<String>, StoreError> {
    rows.iter().map(|row| row.text("case_no").map(str::to_owned)).collect()
}

/// The number of the case or the bundle that was filed under `key` by `owner`.
pub(crate) fn filed(view: &Transaction<'_>, key: Uuid, owner: &str) -> Result<Option<Filed>, StoreError> {
    let query = "SELECT case_no FROM cases WHERE case_key = ?1 AND id_number = ?2";
    let row = view.row(query, &[key.to_string().into(), owner.into()])?;
    match row {
        Some(row) => Ok(Some(Filed::Case(row.text("case_no")?.to_owned()))),
        None => Ok(bundles::filed(view, key, owner)?.map(Filed::Bundle)),
    }
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
        Named::BundleNo(number) => return of_bundle(view, number, last),
    };
    let query = format!(
        "SELECT case_no FROM cases WHERE {column} = ?1 AND id_number LIKE ?2 ORDER BY id DESC LIMIT 20"
    );
    numbers(&view.rows(&query, &[value.into(), format!("%{last}").into()])?)
}

/// The cases of a bundle whose applicant's number ends with `last`, in its order.
fn of_bundle(view: &Transaction<'_>, number: &str, last: &str) -> Result<Vec<String>, StoreError> {
    let query = "SELECT case_no FROM bundle_case
                 JOIN bundle_member ON bundle_member.bundle_key = bundle_case.bundle_key
                 JOIN cases ON cases.case_key = bundle_member.case_key
                 WHERE bundle_no = ?1 AND id_number LIKE ?2 ORDER BY place";
    numbers(&view.rows(query, &[number.into(), format!("%{last}").into()])?)
}
