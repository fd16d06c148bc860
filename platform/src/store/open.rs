//! Opening the file, with everything that durability and privacy ask of it.

use std::{fs::OpenOptions, os::unix::fs::OpenOptionsExt, path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::migrations;

/// Statements that stay prepared: more than this program has, so that none of them is read twice.
const STATEMENTS: usize = 512;

/// How much of the file a connection keeps in memory, in KiB: the inner pages of what a million cases are found by, and
/// some more. Out of the usual two MiB a read of one of them fetched most of its pages again.
const CACHE: i64 = 32 * 1024;

/// Why the database cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenFault {
    /// The directory is missing.
    #[error("found no directory {0}, expected one: the database file is created, its directory is not")]
    NoDirectory(String),
    /// The file cannot be made or read.
    #[error("found a file that cannot be used ({0}), expected one that may be read and written")]
    File(String),
    /// It belongs to something else.
    #[error("found a database of another program, expected one of this platform or no file at all")]
    NotOurs,
    /// A later version of this program has written it.
    #[error(
        "found schema version {found}, expected at most {known}: the database is newer than this program"
    )]
    Newer {
        /// The version in the file.
        found: usize,
        /// The newest one known.
        known: usize,
    },
    /// `SQLite` says no.
    #[error("found a database that does not open ({0}), expected a sound one")]
    Sqlite(String),
    /// `PostgreSQL` says no.
    #[error("found no PostgreSQL database that lets this program in ({0}), expected one that does")]
    Postgres(String),
    /// No thread to be had.
    #[error("found no thread to run the database on ({0})")]
    Thread(String),
}

impl From<rusqlite::Error> for OpenFault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error.to_string())
    }
}

impl From<postgres::Error> for OpenFault {
    fn from(error: postgres::Error) -> Self {
        let said = error.as_db_error().map(|told| told.message().to_owned());
        Self::Postgres(said.unwrap_or_else(|| error.to_string()))
    }
}

pub(super) fn writer(path: &Path) -> Result<Connection, OpenFault> {
    create(path)?;
    let mut connection = connect(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL, not the usual NORMAL: an answer that a kiosk has heard must outlive a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // A key that has ended is gone from the file as well.
    connection.pragma_update(None, "secure_delete", true)?;
    migrations::run(&mut connection)?;
    Ok(connection)
}

pub(super) fn reader(path: &Path) -> Result<Connection, OpenFault> {
    let connection = connect(path)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// A reader that waits for nobody.
pub(super) fn near(path: &Path) -> Result<Connection, OpenFault> {
    let connection = reader(path)?;
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

/// Makes the file if there is none, for its owner's eyes alone; `SQLite` gives its journal the same rights.
fn create(path: &Path) -> Result<(), OpenFault> {
    let directory = path.parent().unwrap_or(Path::new("/"));
    if !directory.is_dir() {
        return Err(OpenFault::NoDirectory(directory.display().to_string()));
    }
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map(drop)
        .map_err(|error| OpenFault::File(error.to_string()))
}

fn connect(path: &Path) -> Result<Connection, OpenFault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "cache_size", -CACHE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Otherwise what is bound to `LIMIT` or `LIKE` may make another plan a better one, and a statement is prepared anew
    // for every value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}
