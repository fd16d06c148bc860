//! What the versions of items and of bundles have in common: what is told of one, and how an office takes one back.

use jiff::Timestamp;

use super::{
    StoreError, Transaction,
    columns::{parsed, parsed_option},
    content_drafts::Drafted,
    sql::Row,
};

/// What is told of a version.
pub(crate) struct Told {
    pub(crate) version: u32,
    pub(crate) published_at: Timestamp,
    pub(crate) by_office: bool,
    pub(crate) withdrawn_at: Option<Timestamp>,
    /// How many were filed under it.
    pub(crate) filed: i64,
}

impl Told {
    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            version: u32::try_from(row.integer("version")?).map_err(|_| StoreError::Damaged("version"))?,
            published_at: parsed(row, "published_at")?,
            by_office: row.truth("by_office")?,
            withdrawn_at: parsed_option(row, "at")?,
            filed: row.integer("n")?,
        })
    }
}

/// Takes a version back: nothing new is begun under it.
pub(crate) fn withdraw<T: Drafted>(
    transaction: &Transaction<'_>,
    (id, version): (&str, u32),
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = [id.into(), version.into(), now.to_string().into()];
    let insert = format!("INSERT INTO {} VALUES (?1, ?2, ?3)", T::WITHDRAWALS);
    transaction.execute(&insert, &row).map(drop)
}
