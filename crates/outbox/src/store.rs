//! The file: opened, checked, brought up to date, or set aside.

mod file;
mod migrations;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    path::{Path, PathBuf},
};

use audit::Event;
use jiff::Timestamp;
use rusqlite::Connection;
use uuid::{Builder, Uuid};

use crate::{Limits, StoreError};

/// The one file in which a kiosk remembers. One owner at a time writes it.
pub struct Store {
    pub(crate) db: Connection,
    path: PathBuf,
    pub(crate) limits: Limits,
    pub(crate) keys: Keys,
    pub(crate) life: Life,
}

/// What this opening of the file has lived through.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Life {
    /// Whether every page was looked at.
    pub(crate) sound: bool,
    /// The last call that an earlier one has recorded, by a clock that nobody watched since.
    pub(crate) inherited: i64,
    /// By how much the clock was set, all in all.
    pub(crate) clock_set: jiff::SignedDuration,
    /// Until when the platform opens what is sealed now.
    pub(crate) key_end: Option<Timestamp>,
    /// The latest moment at which anything was scheduled; `None` where that has to be looked for.
    pub(crate) scheduled: Option<Timestamp>,
}

impl Life {
    /// Something is scheduled now.
    pub(crate) fn schedule(&mut self, now: Timestamp) {
        self.scheduled = self.scheduled.map(|before| before.max(now));
    }
}

/// Where new keys come from.
pub(crate) type Keys = Box<dyn FnMut() -> Uuid + Send>;

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("db", &self.db).finish_non_exhaustive()
    }
}

/// How the file was found, for the log and the technician.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenReport {
    /// There was no file: this kiosk starts with an empty memory.
    pub created: bool,
    /// The schema version found, where it was an earlier one.
    pub migrated_from: Option<u32>,
    /// A file that could not be trusted. What it held is not lost, but nobody sends it until it is recovered.
    pub set_aside: Option<SetAside>,
    /// Calls that wait to be sent.
    pub waiting: u64,
    /// Calls that were refused and wait for a decision.
    pub parked: u64,
}

/// A damaged file, kept under another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Where it is now; its `-wal` is beside it.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

/// In the audit log a memory that is gone must not look like one that never was.
fn note_opening(db: &Connection, is_new: bool, lost: bool, now: Timestamp) -> Result<(), StoreError> {
    match (is_new, lost) {
        (true, true) => audit::append(db, &Event::StoreSetAside {}, now)?,
        (true, false) => audit::append(db, &Event::StoreCreated {}, now)?,
        _ => {}
    }
    audit::prune(db, audit::BYTE_CAP, now)?;
    Ok(())
}

/// A file as it was opened.
struct Opened {
    db: Connection,
    /// The schema version that it had; 0 for a new one.
    found: u32,
    /// The last call in it.
    last: i64,
}

/// Opens the file at `path` or makes it, and looks at all of it but the queue: at that too before a step of the schema
/// is taken. `lost` says that there was another one before it.
fn begin(path: &Path, lost: bool, now: Timestamp) -> Result<Opened, StoreError> {
    let mut db = file::open(path)?;
    if migrations::version(&db)? == migrations::latest() {
        file::check_but_queue(&db)?;
    } else {
        file::check(&db)?;
    }
    let found = migrations::bring_up_to_date(&mut db, migrations::ALL)?;
    note_opening(&db, found == 0, lost, now)?;
    let last = db.query_row("SELECT ifnull(max(id), 0) FROM outbox", [], |row| row.get(0))?;
    Ok(Opened { db, found, last })
}

/// A new key, which begins with the time (UUID version 7, RFC 9562): however long the queue, the newest keys lie side by side
/// in their index, where keys that are nothing but random would each change a page far from all others.
#[must_use]
pub fn new_key() -> Uuid {
    let millis = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or_default();
    // All but the two bytes of which version and variant take a part.
    let [a, b, c, d, e, f, _, g, _, h, i, j, ..] = Uuid::new_v4().into_bytes();
    Builder::from_unix_timestamp_millis(millis, &[a, b, c, d, e, f, g, h, i, j]).into_uuid()
}

impl Store {
    /// Opens the store at `path`, or makes it. A damaged file is renamed and reported, and a new one begun. However much
    /// waits, this takes as long: at the queue itself [`Self::verify`] looks.
    pub fn open(path: impl AsRef<Path>, now: Timestamp) -> Result<(Self, OpenReport), StoreError> {
        let path = path.as_ref();
        let (opened, set_aside) = match begin(path, false, now) {
            Err(StoreError::Damaged(reason)) => {
                let kept = file::set_aside(path, now)?;
                (begin(path, true, now)?, Some(SetAside { path: kept, reason }))
            }
            opened => (opened?, None),
        };
        let Opened { db, found, last } = opened;
        let life = Life { inherited: last, ..Life::default() };
        let keys = Box::new(new_key);
        let store = Self { db, path: path.to_owned(), limits: Limits::default(), keys, life };
        let report = OpenReport {
            created: found == 0 && set_aside.is_none(),
            migrated_from: Some(found).filter(|v| (1..migrations::latest()).contains(v)),
            set_aside,
            waiting: store.waiting_count()?,
            parked: store.parked_count()?,
        };
        Ok((store, report))
    }

    /// Looks at every page, once for each opening, and sets a damaged file aside as [`Self::open`] does. To be called
    /// soon after the start: a case or a rating is not recorded, and nothing sent, before this or they themselves have
    /// looked.
    pub fn verify(&mut self, now: Timestamp) -> Result<Option<SetAside>, StoreError> {
        match self.look_through() {
            Err(StoreError::Damaged(reason)) => {
                let kept = file::set_aside(&self.path, now)?;
                let Opened { db, last, .. } = begin(&self.path, true, now)?;
                self.db = db;
                self.life = Life { inherited: last, ..self.life };
                self.look_through()?;
                Ok(Some(SetAside { path: kept, reason }))
            }
            looked => looked.map(|()| None),
        }
    }

    /// What is confirmed, or sent, comes from a file of which every page is sound.
    pub(crate) fn look_through(&mut self) -> Result<(), StoreError> {
        if !self.life.sound {
            file::check(&self.db)?;
            file::trust(&self.db, true)?;
            self.life.sound = true;
        }
        Ok(())
    }

    /// The audit log from number `from` on, at most `most` entries of it.
    pub fn audit_log(&self, from: u64, most: u32) -> Result<Vec<audit::Entry>, StoreError> {
        Ok(audit::entries(&self.db, from, most)?)
    }

    /// The same store with other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The same store with keys from elsewhere than the system's randomness, to play a day again as it was.
    #[must_use]
    pub fn with_keys(mut self, keys: impl FnMut() -> Uuid + Send + 'static) -> Self {
        self.keys = Box::new(keys);
        self
    }
}
