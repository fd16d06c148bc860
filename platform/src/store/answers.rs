//! The final answers, by operation and `Idempotency-Key`.

use uuid::Uuid;

use super::{StoreError, Transaction, sql::Row};
use crate::idempotency::{Fingerprint, Operation};

/// What is known of a key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// The same request was answered with this.
    Answered(String),
    /// Another request was answered under it.
    OtherRequest,
    /// Another node is working on it.
    StillRunning,
}

pub(crate) fn find(
    view: &Transaction<'_>,
    operation: Operation,
    key: Uuid,
    fingerprint: &Fingerprint,
) -> Result<Option<Known>, StoreError> {
    let query = "SELECT fingerprint, body FROM answer WHERE operation = ?1 AND idempotency_key = ?2";
    let found = view.row(query, &[operation.name().into(), key.to_string().into()])?;
    let known = |row: Row| {
        let same = row.bytes("fingerprint")? == fingerprint.as_bytes();
        Ok(if same { Known::Answered(row.text("body")?.to_owned()) } else { Known::OtherRequest })
    };
    found.map(known).transpose()
}

/// What is known of the key of a case. That of one which was filed in a bundle is taken: the bundle was answered.
pub(crate) fn find_case(
    view: &Transaction<'_>,
    key: Uuid,
    fingerprint: &Fingerprint,
) -> Result<Option<Known>, StoreError> {
    if let Some(known) = find(view, Operation::FileCase, key, fingerprint)? {
        return Ok(Some(known));
    }
    let member =
        view.row("SELECT place FROM bundle_member WHERE case_key = ?1", &[key.to_string().into()])?;
    Ok(member.map(|_| Known::OtherRequest))
}

/// What is known of a key before its work begins, which no other node begins meanwhile.
pub(crate) fn begin(
    transaction: &Transaction<'_>,
    operation: Operation,
    key: Uuid,
    fingerprint: &Fingerprint,
) -> Result<Option<Known>, StoreError> {
    let (high, low) = key.as_u64_pair();
    let number = i64::from_ne_bytes((high ^ low).to_ne_bytes());
    if !transaction.claim(number)? {
        return Ok(Some(Known::StillRunning));
    }
    find(transaction, operation, key, fingerprint)
}

pub(crate) fn keep(
    transaction: &Transaction<'_>,
    operation: Operation,
    key: Uuid,
    fingerprint: &Fingerprint,
    body: &str,
) -> Result<(), StoreError> {
    transaction.execute(
        "INSERT INTO answer (operation, idempotency_key, fingerprint, body) VALUES (?1, ?2, ?3, ?4)",
        &[operation.name().into(), key.to_string().into(), fingerprint.as_bytes().into(), body.into()],
    )?;
    Ok(())
}
