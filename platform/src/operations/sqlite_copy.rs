//! Backups of an embedded database.

use std::{
    fs::{self, File, OpenOptions},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};

use super::{OrderFault, file_fault};
use crate::store::{OpenFault, StoreError, is_ours};

impl From<rusqlite::Error> for OrderFault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(StoreError::Sqlite(error))
    }
}

/// `VACUUM INTO` reads as of one moment, beside the platform that writes on, and leaves a file without a journal.
pub(super) fn backup(path: &Path, to: &Path) -> Result<(), OrderFault> {
    if !path.is_file() {
        return Err(OpenFault::File(format!("{} is not there", path.display())).into());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(path, flags)?;
    source.busy_timeout(Duration::from_secs(30))?;
    is_ours(&source)?;
    let beside = unfinished(to);
    // An earlier try may have been cut off. The rights are given before there is anything to read.
    let _ = fs::remove_file(&beside);
    let made = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&beside);
    made.map_err(file_fault(&beside))?;
    source.execute("VACUUM INTO ?1", [beside.to_str()])?;
    drop(source);
    sound(&beside).inspect_err(|_| drop(fs::remove_file(&beside)))?;
    finish(&beside, to)
}

pub(super) fn restore(path: &Path, from: &Path) -> Result<(), OrderFault> {
    let journal = |end: &str| PathBuf::from(format!("{}{end}", path.display()));
    if let Some(there) = [path.to_owned(), journal("-wal"), journal("-shm")].iter().find(|file| file.exists())
    {
        return Err(OrderFault::Exists(there.display().to_string()));
    }
    sound(from)?;
    let beside = unfinished(path);
    let made = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&beside);
    let mut copy = made.map_err(file_fault(&beside))?;
    let mut source = File::open(from).map_err(file_fault(from))?;
    std::io::copy(&mut source, &mut copy).map_err(file_fault(&beside))?;
    drop(copy);
    finish(&beside, path)
}

fn unfinished(to: &Path) -> PathBuf {
    PathBuf::from(format!("{}.unfinished", to.display()))
}

/// Whether a file is a whole database of ours.
fn sound(file: &Path) -> Result<(), OrderFault> {
    let told = |words: String| OrderFault::NoBackup(format!("{}: {words}", file.display()));
    if !file.is_file() {
        return Err(told("is not there".to_owned()));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let copy = Connection::open_with_flags(file, flags).map_err(|error| told(error.to_string()))?;
    is_ours(&copy).map_err(|fault| told(fault.to_string()))?;
    let said: String = copy
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .map_err(|error| told(error.to_string()))?;
    if said == "ok" { Ok(()) } else { Err(told(said)) }
}

/// Gives a whole file its name, on the disk.
fn finish(beside: &Path, to: &Path) -> Result<(), OrderFault> {
    let sync = |path: &Path| File::open(path).and_then(|file| file.sync_all()).map_err(file_fault(path));
    sync(beside)?;
    fs::rename(beside, to).map_err(file_fault(to))?;
    match to.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => sync(directory),
        _ => sync(Path::new(".")),
    }
}
