//! Residents at their own screens: phones that are being proved, and who has signed in.

use super::{StoreError, Transaction, sql::Row};

/// How long a code may be typed in, in seconds.
const CODE_LIFE: i64 = 5 * 60;
/// How long after that the name must follow.
const PROOF_LIFE: i64 = 20 * 60;
/// How often a code may be wrong.
const TRIES: i64 = 5;
/// Without a page for so long a session has ended.
const IDLE: i64 = 30 * 60;
/// However busy, it ends after so long.
const LONGEST: i64 = 8 * 3600;
/// A session is written to once in so long.
const TOUCH: i64 = 60;
/// What is counted against a limit is forgotten after so long.
const REMEMBERED: i64 = 24 * 3600;

/// Somebody who has proved who it is.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Resident {
    pub(crate) name: String,
    pub(crate) id_number: String,
    pub(crate) phone: String,
}

/// A session that is alive.
pub(crate) struct Session {
    pub(crate) resident: Resident,
    seen_at: i64,
}

impl Session {
    /// Whether it is time to write down that it was seen.
    pub(crate) fn is_stale(&self, now: i64) -> bool {
        now - self.seen_at >= TOUCH
    }
}

pub(crate) fn session(view: &Transaction<'_>, visit: &str, now: i64) -> Result<Option<Session>, StoreError> {
    let query = "SELECT name, id_number, phone, seen_at FROM web_session
                 WHERE visit_hash = ?1 AND seen_at > ?2 AND begun_at > ?3";
    let found = view.row(query, &[visit.into(), (now - IDLE).into(), (now - LONGEST).into()])?;
    let session = |row: Row| {
        let resident = Resident {
            name: row.text("name")?.to_owned(),
            id_number: row.text("id_number")?.to_owned(),
            phone: row.text("phone")?.to_owned(),
        };
        Ok(Session { resident, seen_at: row.integer("seen_at")? })
    };
    found.map(session).transpose()
}

pub(crate) fn touch(transaction: &Transaction<'_>, visit: &str, now: i64) -> Result<(), StoreError> {
    let update = "UPDATE web_session SET seen_at = ?2 WHERE visit_hash = ?1";
    transaction.execute(update, &[visit.into(), now.into()])?;
    Ok(())
}

pub(crate) fn end(transaction: &Transaction<'_>, visit: &str) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM web_session WHERE visit_hash = ?1", &[visit.into()])?;
    Ok(())
}

/// Counts one more for `who`, unless `most` were counted in the last `seconds` already.
pub(crate) fn allow(
    transaction: &Transaction<'_>,
    who: &str,
    now: i64,
    limits: &[(i64, i64)],
) -> Result<bool, StoreError> {
    transaction.execute("DELETE FROM asked_lately WHERE at < ?1", &[(now - REMEMBERED).into()])?;
    for (most, seconds) in limits {
        let query = "SELECT count(*) AS n FROM asked_lately WHERE who = ?1 AND at > ?2";
        let row = transaction.row(query, &[who.into(), (now - seconds).into()])?;
        if row.ok_or(StoreError::Damaged("asked_lately"))?.integer("n")? >= *most {
            return Ok(false);
        }
    }
    transaction.execute(
        "INSERT INTO asked_lately (who, at, place)
         SELECT ?1, ?2, count(*) FROM asked_lately WHERE who = ?1 AND at = ?2",
        &[who.into(), now.into()],
    )?;
    Ok(true)
}

/// Keeps the code that was sent to a phone for this visit, in the place of any before it.
pub(crate) fn sent(
    transaction: &Transaction<'_>,
    visit: &str,
    phone: &str,
    code_hash: &str,
    now: i64,
) -> Result<(), StoreError> {
    let forget = "DELETE FROM phone_proof WHERE visit_hash = ?1 OR sent_at < ?2";
    transaction.execute(forget, &[visit.into(), (now - REMEMBERED).into()])?;
    let insert = "INSERT INTO phone_proof (visit_hash, phone, code_hash, sent_at, tries, proved)
                  VALUES (?1, ?2, ?3, ?4, 0, ?5)";
    let row = [visit.into(), phone.into(), code_hash.into(), now.into(), false.into()];
    transaction.execute(insert, &row)?;
    Ok(())
}

/// What the page that asks for the code shows, where no message went out.
pub(crate) fn show(transaction: &Transaction<'_>, visit: &str, shown: &str) -> Result<(), StoreError> {
    let update = "UPDATE phone_proof SET shown = ?2 WHERE visit_hash = ?1";
    transaction.execute(update, &[visit.into(), shown.into()])?;
    Ok(())
}

/// A phone that is being proved.
pub(crate) struct Proof {
    pub(crate) phone: String,
    pub(crate) shown: Option<String>,
    pub(crate) proved: bool,
}

/// The phone of this visit that is being or was proved, while it may still be used.
pub(crate) fn proof(view: &Transaction<'_>, visit: &str, now: i64) -> Result<Option<Proof>, StoreError> {
    let query = "SELECT phone, shown, proved FROM phone_proof WHERE visit_hash = ?1 AND sent_at > ?2";
    let found = view.row(query, &[visit.into(), (now - PROOF_LIFE).into()])?;
    let proof = |row: Row| {
        Ok(Proof {
            phone: row.text("phone")?.to_owned(),
            shown: row.text_option("shown")?.map(str::to_owned),
            proved: row.truth("proved")?,
        })
    };
    found.map(proof).transpose()
}

/// What came of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tried {
    /// It is the one.
    Right,
    /// It is not; so many more may be tried.
    Wrong { left: i64 },
    /// None counts any more: too late, too often, or used before.
    Over,
}

/// Tries a code. A code is good once.
pub(crate) fn try_code(
    transaction: &Transaction<'_>,
    visit: &str,
    code_hash: &str,
    now: i64,
) -> Result<Tried, StoreError> {
    let query = "SELECT code_hash, tries FROM phone_proof
                 WHERE visit_hash = ?1 AND sent_at > ?2 AND NOT proved AND tries < ?3";
    let row = transaction.row(query, &[visit.into(), (now - CODE_LIFE).into(), TRIES.into()])?;
    let Some(row) = row else { return Ok(Tried::Over) };
    let right = row.text("code_hash")? == code_hash;
    let update = "UPDATE phone_proof SET tries = tries + 1, proved = ?2 WHERE visit_hash = ?1";
    transaction.execute(update, &[visit.into(), right.into()])?;
    let left = TRIES - row.integer("tries")? - 1;
    Ok(if right {
        Tried::Right
    } else if left > 0 {
        Tried::Wrong { left }
    } else {
        Tried::Over
    })
}

/// Signs somebody in under the hash of a new token; the proof is used up.
pub(crate) fn sign_in(
    transaction: &Transaction<'_>,
    (old_visit, new_visit): (&str, &str),
    resident: &Resident,
    now: i64,
) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM phone_proof WHERE visit_hash = ?1", &[old_visit.into()])?;
    let ended = "DELETE FROM web_session WHERE seen_at <= ?1 OR begun_at <= ?2 OR visit_hash = ?3";
    transaction.execute(ended, &[(now - IDLE).into(), (now - LONGEST).into(), old_visit.into()])?;
    let Resident { name, id_number, phone } = resident;
    let insert = "INSERT INTO web_session (visit_hash, name, id_number, phone, begun_at, seen_at)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?5)";
    let row = [new_visit.into(), name.into(), id_number.into(), phone.into(), now.into()];
    transaction.execute(insert, &row)?;
    Ok(())
}
