//! 好差评: one rating for a case.

use jiff::Timestamp;
use protocol::Rating;

use super::{StoreError, Transaction, case_answers, casework::call_backs, columns::name_of};
use crate::{calendar::WorkCalendar, lifecycle::call_back::NEGATIVE};

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

/// Keeps a rating, and opens the 回访 that a bad one wants.
pub(crate) fn keep(
    transaction: &Transaction<'_>,
    rating: &Rating,
    calendar: &WorkCalendar,
    now: Timestamp,
) -> Result<Rated, StoreError> {
    let key = rating.case_key.to_string();
    let query =
        "SELECT EXISTS (SELECT 1 FROM rating WHERE case_key = ?1) AS rated FROM cases WHERE case_key = ?1";
    let Some(case) = transaction.row(query, &[(&key).into()])? else { return Ok(Rated::NoCase) };
    if case.truth("rated")? {
        return Ok(Rated::Already);
    }
    transaction.execute(
        "INSERT INTO rating (case_key, level, channel, rated_at) VALUES (?1, ?2, ?3, ?4)",
        &[
            (&key).into(),
            u8::from(rating.level).into(),
            name_of(rating.channel)?.into(),
            rating.rated_at.to_string().into(),
        ],
    )?;
    case_answers::keep(transaction, &key)?;
    let level = u8::from(rating.level);
    if level >= NEGATIVE {
        call_backs::open(transaction, &key, level, calendar, now)?;
    }
    Ok(Rated::Kept)
}
