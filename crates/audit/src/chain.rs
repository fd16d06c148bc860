//! The chain: appended, read, checked, cut at its old end.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sha2::{Digest as _, Sha256};

use crate::Event;

/// So long every entry is kept, whatever the cap says: 180 days.
pub const KEPT: Duration = Duration::from_hours(180 * 24);
/// How large the log may become before old entries are dropped.
pub const BYTE_CAP: u64 = 16 << 20;
/// What an entry takes besides its words.
const ENTRY_BYTES: u64 = 96;
/// What the first entry of all follows.
const NOTHING: [u8; 32] = [0; 32];

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number; they rise by one.
    pub seq: u64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The name of its event.
    pub event: String,
    /// What it holds, as JSON.
    pub details: String,
    /// The hash of the entry before.
    pub previous: [u8; 32],
    /// The hash of all this.
    pub hash: [u8; 32],
}

/// Where a chain is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Numbers are missing before this entry.
    #[error("entries are missing before number {0}")]
    Gap(u64),
    /// This entry does not follow the one before it.
    #[error("number {0} does not follow the entry before it")]
    Chain(u64),
    /// This entry was changed.
    #[error("number {0} was changed")]
    Changed(u64),
    /// The signature under this entry is not the device's.
    #[error("the signature under number {0} is not the device's")]
    Signature(u64),
}

impl Entry {
    /// The entry with this content that follows the hash `previous`.
    #[must_use]
    pub fn after(previous: [u8; 32], seq: u64, at: i64, event: String, details: String) -> Self {
        let mut entry = Self { seq, at, event, details, previous, hash: NOTHING };
        entry.hash = entry.reckoned();
        entry
    }

    /// Every part with its length, so that no two entries look alike.
    fn reckoned(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.previous);
        hash.update(self.seq.to_be_bytes());
        hash.update(self.at.to_be_bytes());
        for text in [&self.event, &self.details] {
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(text);
        }
        hash.finalize().into()
    }
}

/// Writes `event` down, in the transaction that the caller has open.
pub fn append(db: &Connection, event: &Event, now: Timestamp) -> rusqlite::Result<()> {
    let last: Option<[u8; 32]> = db
        .prepare_cached("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    // As AUTOINCREMENT will have it, also when all entries were dropped.
    let seq: i64 = db
        .prepare_cached("SELECT ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'audit'), 0) + 1")?
        .query_row([], |row| row.get(0))?;
    let entry = Entry::after(
        last.unwrap_or(NOTHING),
        u64::try_from(seq).unwrap_or_default(),
        now.as_millisecond(),
        event.name().to_owned(),
        serde_json::Value::Object(event.details()).to_string(),
    );
    db.prepare_cached(
        "INSERT INTO audit (seq, at, event, details, previous, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![seq, entry.at, entry.event, entry.details, entry.previous, entry.hash])?;
    Ok(())
}

/// The entries from number `from` on, at most `most` of them.
pub fn entries(db: &Connection, from: u64, most: u32) -> rusqlite::Result<Vec<Entry>> {
    let mut select = db.prepare_cached(
        "SELECT seq, at, event, details, previous, hash FROM audit WHERE seq >= ?1 ORDER BY seq LIMIT ?2",
    )?;
    let from = i64::try_from(from).unwrap_or(i64::MAX);
    select.query_map(params![from, most], entry)?.collect()
}

/// Whether `entries` are one piece of a chain, none changed and none left out.
pub fn verify(entries: &[Entry]) -> Result<(), Broken> {
    for entry in entries {
        if entry.reckoned() != entry.hash {
            return Err(Broken::Changed(entry.seq));
        }
    }
    for (before, entry) in entries.iter().zip(entries.iter().skip(1)) {
        if entry.seq != before.seq + 1 {
            return Err(Broken::Gap(entry.seq));
        }
        if entry.previous != before.hash {
            return Err(Broken::Chain(entry.seq));
        }
    }
    Ok(())
}

/// Drops the oldest entries until the log is within `cap`, but none that is younger than [`KEPT`]; tells how many went.
pub fn prune(db: &Connection, cap: u64, now: Timestamp) -> rusqlite::Result<usize> {
    let oldest = now.as_millisecond().saturating_sub(i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX));
    // An old entry behind a young one stays, or there would be a gap: the clock may have been set back.
    db.execute(
        "DELETE FROM audit WHERE seq < (
           SELECT min(seq) FROM (
             SELECT seq, at, sum(?3 + length(event) + length(details)) OVER (ORDER BY seq DESC) AS together FROM audit)
           WHERE together <= ?1 OR at > ?2)",
        params![i64::try_from(cap).unwrap_or(i64::MAX), oldest, i64::try_from(ENTRY_BYTES).unwrap_or(0)],
    )
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        seq: u64::try_from(row.get::<_, i64>(0)?).unwrap_or_default(),
        at: row.get(1)?,
        event: row.get(2)?,
        details: row.get(3)?,
        previous: row.get(4)?,
        hash: row.get(5)?,
    })
}
