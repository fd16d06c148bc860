//! 登录: password and code together, and longer and longer waits for whoever guesses.

use jiff::{SignedDuration, Timestamp};

use super::{
    audit, password,
    session::{self, Ticket},
    staff::{self, Staff},
    totp,
};
use crate::store::{StoreError, Transaction};

/// So many wrong tries are free.
const FREE: i64 = 4;
/// The wait after the next one; it doubles with each further one.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);
/// It doubles up to this.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// What is typed.
pub(crate) struct Attempt<'a> {
    pub(crate) login: &'a str,
    pub(crate) code: &'a str,
    /// Whether the password is that of the account, found out beforehand: it takes long, and no transaction waits for
    /// it. With the hash that it was held against.
    pub(crate) password: Option<&'a str>,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// Signed in.
    In {
        /// The first password has to be changed.
        password_initial: bool,
    },
    /// Something is wrong; which part is not told.
    Wrong,
    /// Too many wrong tries: not before this moment.
    Locked(Timestamp),
}

/// The hash to hold a password against. Outside the transaction of [`attempt`].
pub(crate) fn kept(view: &Transaction<'_>, login: &str) -> Result<Option<String>, StoreError> {
    Ok(staff::by_login(view, login)?.map(|staff| staff.password_hash))
}

/// Holds a password against what is kept.
pub(crate) fn matches<'a>(typed: &str, kept: Option<&'a str>) -> Option<&'a str> {
    if password::is(typed, kept) { kept } else { None }
}

/// Tries to sign in.
pub(crate) fn attempt(
    transaction: &Transaction<'_>,
    attempt: &Attempt<'_>,
    ticket: &Ticket,
    now: Timestamp,
) -> Result<Came, StoreError> {
    let Some(staff) = staff::by_login(transaction, attempt.login)? else {
        // The name is not kept: people type their password there.
        note(transaction, None, "sign-in-refused", now)?;
        return Ok(Came::Wrong);
    };
    if let Some(until) = staff.locked_until.filter(|until| *until > now) {
        return Ok(Came::Locked(until));
    }
    let password = attempt.password == Some(staff.password_hash.as_str());
    let step = totp::step(&staff.totp_secret, attempt.code, now.as_second());
    let fresh = step.filter(|step| *step > staff.totp_last_step);
    match fresh {
        Some(step) if password && !staff.disabled => enter(transaction, &staff, step, ticket, now),
        _ => refuse(transaction, &staff, now),
    }
}

/// Whether somebody who has signed in is the one who holds the account's telephone: asked again before what cannot be
/// taken back. Whoever guesses waits as at the door.
pub(crate) fn confirm(
    transaction: &Transaction<'_>,
    staff_id: &str,
    code: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(staff) = staff::by_id(transaction, staff_id)? else { return Ok(false) };
    if staff.locked_until.is_some_and(|until| until > now) {
        return Ok(false);
    }
    let step = totp::step(&staff.totp_secret, code, now.as_second());
    let Some(step) = step.filter(|step| *step > staff.totp_last_step) else {
        refuse(transaction, &staff, now)?;
        return Ok(false);
    };
    let sql = "UPDATE staff SET failures = 0, locked_until = NULL, totp_last_step = ?2 WHERE id = ?1";
    transaction.execute(sql, &[(&staff.id).into(), step.into()])?;
    Ok(true)
}

fn enter(
    transaction: &Transaction<'_>,
    staff: &Staff,
    step: i64,
    ticket: &Ticket,
    now: Timestamp,
) -> Result<Came, StoreError> {
    transaction.execute(
        "UPDATE staff SET failures = 0, locked_until = NULL, totp_last_step = ?2 WHERE id = ?1",
        &[(&staff.id).into(), step.into()],
    )?;
    session::sweep(transaction, now)?;
    session::begin(transaction, &staff.id, ticket, now)?;
    note(transaction, Some(staff), "sign-in", now)?;
    Ok(Came::In { password_initial: staff.password_initial })
}

fn refuse(transaction: &Transaction<'_>, staff: &Staff, now: Timestamp) -> Result<Came, StoreError> {
    let failures = staff.failures + 1;
    let until = wait(failures).and_then(|wait| now.checked_add(wait).ok());
    transaction.execute(
        "UPDATE staff SET failures = ?2, locked_until = ?3 WHERE id = ?1",
        &[(&staff.id).into(), failures.into(), until.map(|until| until.to_string()).into()],
    )?;
    note(transaction, Some(staff), "sign-in-refused", now)?;
    Ok(until.map_or(Came::Wrong, Came::Locked))
}

fn wait(failures: i64) -> Option<SignedDuration> {
    let beyond = u32::try_from(failures - FREE - 1).ok()?;
    let factor = 1i32.checked_shl(beyond.min(20)).unwrap_or(i32::MAX);
    Some(FIRST_WAIT.saturating_mul(factor).min(LONGEST_WAIT))
}

fn note(
    transaction: &Transaction<'_>,
    staff: Option<&Staff>,
    action: &'static str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let (staff_id, login) =
        staff.map_or((None, "-"), |staff| (Some(staff.id.as_str()), staff.login.as_str()));
    audit::add(transaction, &audit::Entry { at, staff_id, login, action, subject: login, purpose: "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end_at_an_hour() {
        let seconds = |failures| wait(failures).map(|wait| wait.as_secs());
        assert_eq!([1, 4].map(seconds), [None, None]);
        assert_eq!([5, 6, 7, 11, 12, 99].map(seconds), [30, 60, 120, 1920, 3600, 3600].map(Some));
    }
}
