//! Opening the file, and setting a damaged one aside.

use std::{
    ffi::OsString,
    fs,
    io::ErrorKind,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, config::DbConfig};

use crate::StoreError;

/// How long a statement waits for another process, say a technician's copy of the file.
const BUSY_WAIT: Duration = Duration::from_secs(2);

/// Opens `path`, creating it where nothing is there. Until [`trust`] nothing moves from its WAL into it: a damaged file is
/// set aside as it is.
pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    refuse_orphaned_wal(path)?;
    create_private(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    trust(&db, false)?;
    set_up(&db)?;
    Ok(db)
}

/// Whether closing the file writes its WAL into it.
pub(super) fn trust(db: &Connection, trusted: bool) -> Result<(), StoreError> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !trusted)?;
    Ok(())
}

/// Renames the file and its WAL, the file first: should the power fail in between, the orphaned WAL is found next time.
pub(super) fn set_aside(path: &Path, now: Timestamp) -> Result<PathBuf, StoreError> {
    let stamp = now.strftime("%Y%m%dT%H%M%SZ");
    let kept = (0..1000)
        .map(|n| {
            with_suffix(
                path,
                &if n == 0 { format!(".damaged-{stamp}") } else { format!(".damaged-{stamp}-{n}") },
            )
        })
        .find(|kept| !kept.exists() && !with_suffix(kept, "-wal").exists())
        .ok_or_else(|| StoreError::Io("no free name to set the damaged store aside under".to_owned()))?;
    for ending in ["", "-wal", "-shm"] {
        match fs::rename(with_suffix(path, ending), with_suffix(&kept, ending)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    sync_folder(path)?;
    Ok(kept)
}

/// `SQLite` deletes a WAL whose file is missing or empty. Here that means a lost file, and the WAL is what is left of it.
fn refuse_orphaned_wal(path: &Path) -> Result<(), StoreError> {
    let size = |path: &Path| fs::metadata(path).map_or(0, |found| found.len());
    if size(path) == 0 && size(&with_suffix(path, "-wal")) > 0 {
        return Err(StoreError::Damaged("the file is gone, its WAL is left".to_owned()));
    }
    Ok(())
}

/// Only the kiosk's own user may read it. `SQLite` gives the WAL the same mode.
fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = fs::OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => sync_folder(path),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn set_up(db: &Connection) -> Result<(), StoreError> {
    db.busy_timeout(BUSY_WAIT)?;
    let mode: String = db.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::Failed(format!("the journal mode is {mode} instead of wal")));
    }
    db.pragma_update(None, "synchronous", "full")?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "secure_delete", true)?;
    db.pragma_update(None, "temp_store", "memory")?;
    db.pragma_update(None, "trusted_schema", false)?;
    Ok(())
}

/// Looks at every page. It takes the longer the more waits.
pub(super) fn check(db: &Connection) -> Result<(), StoreError> {
    sound(db, "1")
}

/// Looks at everything but the queue, which is the only thing that can grow long.
pub(super) fn check_but_queue(db: &Connection) -> Result<(), StoreError> {
    let mut select =
        db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'outbox'")?;
    let tables: Vec<String> = select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    tables.iter().try_for_each(|table| sound(db, &format!("'{table}'")))
}

fn sound(db: &Connection, what: &str) -> Result<(), StoreError> {
    let verdict: String = db.query_row(&format!("PRAGMA integrity_check({what})"), [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(StoreError::Damaged(verdict)) }
}

fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(fs::File::open(folder)?.sync_all()?)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}
