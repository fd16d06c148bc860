//! 访问审计: who looked at what and why, in a chain that shows every cut.
//!
//! Both databases refuse to change or delete a row. Who goes around that, as the owner of the file can, breaks the chain:
//! each row holds the hash of the one before it.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::store::{
    StoreError, Transaction,
    columns::parsed,
    sql::{Row, Value},
};

/// What somebody did.
pub(crate) struct Entry<'a> {
    pub(crate) at: Timestamp,
    /// The account, where there is one.
    pub(crate) staff_id: Option<&'a str>,
    pub(crate) login: &'a str,
    /// What was done, as a word of the code.
    pub(crate) action: &'static str,
    /// To what: a 办件编号, an account. Never a person's own data.
    pub(crate) subject: &'a str,
    /// 查阅目的.
    pub(crate) purpose: &'a str,
}

/// A row as it is read.
pub(crate) struct Read {
    pub(crate) place: i64,
    pub(crate) at: Timestamp,
    pub(crate) login: String,
    pub(crate) action: String,
    pub(crate) subject: String,
    pub(crate) purpose: String,
}

/// Adds a row.
pub(crate) fn add(transaction: &Transaction<'_>, entry: &Entry<'_>) -> Result<(), StoreError> {
    let last = transaction.row("SELECT place, hash FROM access_audit ORDER BY place DESC LIMIT 1", &[])?;
    let (place, previous) = match &last {
        None => (1, vec![0; 32]),
        Some(row) => (row.integer("place")? + 1, row.bytes("hash")?.to_vec()),
    };
    let at = entry.at.to_string();
    let hash = link(&previous, place, &[&at, entry.login, entry.action, entry.subject, entry.purpose]);
    let row: [Value; 9] = [
        place.into(),
        at.into(),
        entry.staff_id.into(),
        entry.login.into(),
        entry.action.into(),
        entry.subject.into(),
        entry.purpose.into(),
        previous.as_slice().into(),
        hash.as_slice().into(),
    ];
    transaction
        .execute("INSERT INTO access_audit VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)", &row)
        .map(drop)
}

fn link(previous: &[u8], place: i64, texts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new().chain_update(previous).chain_update(place.to_be_bytes());
    for text in texts {
        // With its length, so that no two rows read the same when their texts are put together.
        hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().into()
}

/// What an account did last of this kind to this subject.
pub(crate) fn last(
    view: &Transaction<'_>,
    (staff_id, action, subject): (&str, &str, &str),
) -> Result<Option<Read>, StoreError> {
    let query = "SELECT * FROM access_audit WHERE subject = ?1 AND action = ?2 AND staff_id = ?3
                 ORDER BY place DESC LIMIT 1";
    view.row(query, &[subject.into(), action.into(), staff_id.into()])?.as_ref().map(read).transpose()
}

/// Rows, newest first, below `before`.
pub(crate) fn page(view: &Transaction<'_>, before: i64, limit: u32) -> Result<Vec<Read>, StoreError> {
    let query = "SELECT * FROM access_audit WHERE place < ?1 ORDER BY place DESC LIMIT ?2";
    view.rows(query, &[before.into(), limit.into()])?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Read, StoreError> {
    let text = |name| row.text(name).map(str::to_owned);
    Ok(Read {
        place: row.integer("place")?,
        at: parsed(row, "at")?,
        login: text("login")?,
        action: text("action")?,
        subject: text("subject")?,
        purpose: text("purpose")?,
    })
}

/// The first place where the chain is broken, if it is, and how many rows there are.
pub(crate) fn verify(view: &Transaction<'_>) -> Result<(u64, Option<i64>), StoreError> {
    let (mut previous, mut expected) = (vec![0; 32], 1);
    loop {
        let query = "SELECT * FROM access_audit WHERE place >= ?1 ORDER BY place LIMIT 1000";
        let rows = view.rows(query, &[expected.into()])?;
        if rows.is_empty() {
            return Ok((u64::try_from(expected - 1).unwrap_or_default(), None));
        }
        for row in &rows {
            let texts = ["at", "login", "action", "subject", "purpose"].map(|name| row.text(name));
            let [at, login, action, subject, purpose] = texts;
            let hash = link(&previous, expected, &[at?, login?, action?, subject?, purpose?]);
            let whole = row.integer("place")? == expected
                && row.bytes("previous")? == previous
                && row.bytes("hash")? == hash;
            if !whole {
                return Ok((u64::try_from(expected - 1).unwrap_or_default(), Some(expected)));
            }
            previous = hash.to_vec();
            expected += 1;
        }
    }
}
