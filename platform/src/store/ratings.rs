//! 好差评: one rating for a case.

use protocol::Rating;
use rusqlite::{OptionalExtension, Transaction};

use super::{StoreError, columns::name_of};

/// What became of a rating.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Rated {
    /// It is kept.
    Kept,
    /// There is no such case.
    NoCase,
    /// The case has one already.
    Already,
}

pub(crate) fn keep(transaction: &Transaction<'_>, rating: &Rating) -> Result<Rated, StoreError> {
    let key = rating.case_key.to_string();
    let rated: Option<bool> = transaction
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM rating WHERE case_key = ?1) FROM cases WHERE case_key = ?1",
        )?
        .query_row([&key], |row| row.get(0))
        .optional()?;
    match rated {
        None => return Ok(Rated::NoCase),
        Some(true) => return Ok(Rated::Already),
        Some(false) => {}
    }
    transaction
        .prepare_cached("INSERT INTO rating (case_key, level, channel, rated_at) VALUES (?1, ?2, ?3, ?4)")?
        .execute((key, u8::from(rating.level), name_of(rating.channel)?, rating.rated_at.to_string()))?;
    Ok(Rated::Kept)
}
