//! Sessions: a token that the browser holds, of which the database has the hash.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::{
    hex, random,
    staff::{self, Grant, Staff},
};
use crate::store::{StoreError, Transaction, columns::parsed};

/// Without a request for so long, a session ends.
pub(crate) const IDLE: SignedDuration = SignedDuration::from_mins(15);
/// However busy, it ends after a working day.
pub(crate) const LONGEST: SignedDuration = SignedDuration::from_hours(10);
/// How often its use is written down: not with every picture of a page.
const NOTED: SignedDuration = SignedDuration::from_secs(30);

/// Somebody who has signed in.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) staff: Staff,
    pub(crate) grants: Vec<Grant>,
    /// What a form has to say to be one of ours.
    pub(crate) csrf: String,
    token_hash: [u8; 32],
    seen_at: Timestamp,
}

/// What a browser gets.
pub(crate) struct Ticket {
    pub(crate) token: String,
    pub(crate) csrf: String,
}

impl Ticket {
    /// Made outside a transaction, which may run more than once.
    pub(crate) fn new() -> Self {
        Self { token: hex(&random()), csrf: hex(&random()) }
    }
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Begins one.
pub(crate) fn begin(
    transaction: &Transaction<'_>,
    staff_id: &str,
    ticket: &Ticket,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction.execute(
        "INSERT INTO staff_session VALUES (?1, ?2, ?3, ?4, ?4)",
        &[
            hash(&ticket.token).as_slice().into(),
            staff_id.into(),
            (&ticket.csrf).into(),
            now.to_string().into(),
        ],
    )?;
    Ok(())
}

/// The session of a token, unless it has ended.
pub(crate) fn find(
    view: &Transaction<'_>,
    token: &str,
    now: Timestamp,
) -> Result<Option<Session>, StoreError> {
    let token_hash = hash(token);
    let query = "SELECT * FROM staff_session WHERE token_hash = ?1";
    let Some(row) = view.row(query, &[token_hash.as_slice().into()])? else { return Ok(None) };
    let (begun_at, seen_at): (Timestamp, Timestamp) = (parsed(&row, "begun_at")?, parsed(&row, "seen_at")?);
    if now.duration_since(seen_at) > IDLE || now.duration_since(begun_at) > LONGEST {
        return Ok(None);
    }
    let Some(staff) = staff::by_id(view, row.text("staff_id")?)? else { return Ok(None) };
    if staff.disabled {
        return Ok(None);
    }
    let grants = staff::grants(view, &staff.id)?;
    Ok(Some(Session { staff, grants, csrf: row.text("csrf")?.to_owned(), token_hash, seen_at }))
}

impl Session {
    /// Whether its use should be written down again.
    pub(crate) fn is_stale(&self, now: Timestamp) -> bool {
        now.duration_since(self.seen_at) > NOTED
    }

    /// Writes down that it was used.
    pub(crate) fn seen(&self, transaction: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
        transaction.execute(
            "UPDATE staff_session SET seen_at = ?2 WHERE token_hash = ?1",
            &[self.token_hash.as_slice().into(), now.to_string().into()],
        )?;
        Ok(())
    }

    /// Ends the others of the same person.
    pub(crate) fn end_others(&self, transaction: &Transaction<'_>) -> Result<(), StoreError> {
        let row = [(&self.staff.id).into(), self.token_hash.as_slice().into()];
        transaction
            .execute("DELETE FROM staff_session WHERE staff_id = ?1 AND token_hash <> ?2", &row)
            .map(drop)
    }

    /// Ends it.
    pub(crate) fn end(&self, transaction: &Transaction<'_>) -> Result<(), StoreError> {
        let row = [self.token_hash.as_slice().into()];
        transaction.execute("DELETE FROM staff_session WHERE token_hash = ?1", &row).map(drop)
    }
}

/// Removes sessions that have ended.
pub(crate) fn sweep(transaction: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
    let begun = now.saturating_sub(LONGEST).unwrap_or(Timestamp::MIN);
    // Moments in one form and one zone sort as they follow each other, to the second.
    let row = [begun.to_string().into()];
    transaction.execute("DELETE FROM staff_session WHERE begun_at < ?1", &row).map(drop)
}
