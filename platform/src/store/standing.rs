//! A reader that stands, so that the others need not ask the kernel.
//!
//! For every read `SQLite` locks its log and gives the lock back: two calls of the kernel, a tenth of what a short read costs, during
//! which all other connections of the program wait. Where one of them has the same lock already, it only counts; and
//! readers of the same state have the same lock. So one reads the newest state all the time and never ends. What another
//! program writes is seen as ever, at the price of those calls.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use rusqlite::Connection;

/// It would keep the log from being emptied, and steps aside for every write.
pub(super) struct Standing(Mutex<Connection>);

impl Standing {
    pub(super) fn new(reader: Connection) -> Self {
        stand(&reader);
        Self(Mutex::new(reader))
    }

    /// Until what it gives is dropped.
    pub(super) fn step_aside(&self) -> Aside<'_> {
        let reader = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        leave(&reader);
        Aside(reader)
    }

    /// Stands anew, unless somebody writes. Of two that are the first to read a new state each takes a lock of its own, and
    /// who comes later that of the second; and it may be another program that has written.
    pub(super) fn renew(&self) {
        let reader = match self.0.try_lock() {
            Ok(reader) => reader,
            Err(TryLockError::Poisoned(reader)) => reader.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        leave(&reader);
        stand(&reader);
    }
}

pub(super) struct Aside<'s>(MutexGuard<'s, Connection>);

impl Drop for Aside<'_> {
    fn drop(&mut self) {
        stand(&self.0);
    }
}

fn stand(reader: &Connection) {
    try_to(reader, "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1");
}

fn leave(reader: &Connection) {
    if !reader.is_autocommit() {
        try_to(reader, "ROLLBACK");
    }
}

/// Where it fails, reads take longer and nothing else happens.
fn try_to(reader: &Connection, sql: &str) {
    if let Err(error) = reader.execute_batch(sql) {
        tracing::debug!(%error, "store.not-standing");
    }
}
