//! What can go wrong with the store.

use protocol::SealFault;
use rusqlite::{Error as Sql, ErrorCode};

use crate::RowId;

/// Why the store did not do what it was asked for. Nothing was changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No space is left; nothing can be taken until there is.
    #[error("the disk is full")]
    DiskFull,
    /// Another process holds the file.
    #[error("the store is in use by another process")]
    InUse,
    /// The file or its folder cannot be read or written.
    #[error("the store cannot be read or written: {0}")]
    Io(String),
    /// The file is damaged, or went bad while it was open. [`crate::Store::verify`] or the next start sets it aside.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// A later version of the kiosk wrote the file.
    #[error("the store has schema version {found}, this program knows versions up to {known}")]
    FromTheFuture {
        /// The version in the file.
        found: u32,
        /// The latest one known here.
        known: u32,
    },
    /// A database, but not one of a kiosk.
    #[error("the file is a database of another program")]
    NotAStore,
    /// The case could not be sealed, so it was not kept.
    #[error("not kept: {0}")]
    Seal(#[from] SealFault),
    /// The draft was filed at this machine before, whatever has become of it.
    #[error("the draft was filed at this machine before")]
    AlreadyRecorded,
    /// No pick-up code was found that no other case has.
    #[error("no free pick-up code was found")]
    NoFreePickupCode,
    /// There is no such call, or it is settled already.
    #[error("row {0} is not waiting")]
    NotWaiting(RowId),
    /// There is no such call, or it is not parked.
    #[error("row {0} is not parked")]
    NotParked(RowId),
    /// A page that is too large for the cache.
    #[error("a page of {0} bytes is too large to be kept")]
    TooLarge(usize),
    /// There is no such print job, or it has ended already.
    #[error("print job {0} is not running")]
    NotPrinting(u64),
    /// A statement failed for a reason that none of the above names.
    #[error("the store failed: {0}")]
    Failed(String),
}

impl From<Sql> for StoreError {
    fn from(error: Sql) -> Self {
        let Some(code) = error.sqlite_error_code() else { return Self::Failed(error.to_string()) };
        match code {
            ErrorCode::DiskFull => Self::DiskFull,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::InUse,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged(error.to_string()),
            ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied => Self::Io(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use rusqlite::ffi;

    use super::*;

    #[test]
    fn each_trouble_of_the_disk_is_told_apart() {
        let of = |code| StoreError::from(Sql::SqliteFailure(ffi::Error::new(code), None));
        assert_eq!(of(ffi::SQLITE_FULL), StoreError::DiskFull);
        assert_eq!((of(ffi::SQLITE_BUSY), of(ffi::SQLITE_LOCKED)), (StoreError::InUse, StoreError::InUse));
        for code in [ffi::SQLITE_CORRUPT, ffi::SQLITE_NOTADB] {
            assert!(matches!(of(code), StoreError::Damaged(_)));
        }
        for code in [ffi::SQLITE_IOERR, ffi::SQLITE_CANTOPEN, ffi::SQLITE_READONLY, ffi::SQLITE_PERM] {
            assert!(matches!(of(code), StoreError::Io(_)));
        }
        assert!(matches!(of(ffi::SQLITE_MISUSE), StoreError::Failed(_)));
        let of = |kind| StoreError::from(io::Error::from(kind));
        assert_eq!(of(io::ErrorKind::StorageFull), StoreError::DiskFull);
        assert_eq!(of(io::ErrorKind::QuotaExceeded), StoreError::DiskFull);
        assert!(matches!(of(io::ErrorKind::PermissionDenied), StoreError::Io(_)));
    }
}
