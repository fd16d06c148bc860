//! The final answers, by operation and `Idempotency-Key`.

use rusqlite::{OptionalExtension, Transaction};
use uuid::Uuid;

use super::StoreError;
use crate::idempotency::{Fingerprint, Operation};

/// What is known of a key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// The same request was answered with this.
    Answered(String),
    /// Another request was answered under it.
    OtherRequest,
}

pub(crate) fn find(
    view: &Transaction<'_>,
    operation: Operation,
    key: Uuid,
    fingerprint: &Fingerprint,
) -> Result<Option<Known>, StoreError> {
    let found = view
        .prepare_cached("SELECT fingerprint, body FROM answer WHERE operation = ?1 AND idempotency_key = ?2")?
        .query_row((operation.name(), key.to_string()), |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?))
        })
        .optional()?;
    let known = |(stored, body): (Vec<u8>, String)| {
        if stored == fingerprint.as_bytes() { Known::Answered(body) } else { Known::OtherRequest }
    };
    Ok(found.map(known))
}

pub(crate) fn keep(
    transaction: &Transaction<'_>,
    operation: Operation,
    key: Uuid,
    fingerprint: &Fingerprint,
    body: &str,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO answer (operation, idempotency_key, fingerprint, body) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute((operation.name(), key.to_string(), fingerprint.as_bytes(), body))?;
    Ok(())
}
