//! A reader that stands, so that the others need not ask the kernel.
//!
//! For every read `SQLite` locks its log and gives the lock back: two calls of the kernel, a tenth of what a short read costs, during
//! which all other connections of the program wait. Where one of them has the same lock already, it only counts; and
//! readers of the same state have the same lock. So one reads the newest state all the time and never ends. What another
//! program writes is seen as ever, at the price of those calls, until this one writes again.

use rusqlite::Connection;

/// It would keep the log from being emptied, and steps aside for every write.
pub(super) struct Standing(Connection);

impl Standing {
    pub(super) fn new(reader: Connection) -> Self {
        let standing = Self(reader);
        standing.stand();
        standing
    }

    /// Until what it gives is dropped.
    pub(super) fn step_aside(&self) -> Aside<'_> {
        self.try_to("ROLLBACK");
        Aside(self)
    }

    fn stand(&self) {
        self.try_to("BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1");
    }

    /// Where it fails, reads take longer and nothing else happens.
    fn try_to(&self, sql: &str) {
        if let Err(error) = self.0.execute_batch(sql) {
            tracing::debug!(%error, "store.not-standing");
        }
    }
}

pub(super) struct Aside<'s>(&'s Standing);

impl Drop for Aside<'_> {
    fn drop(&mut self) {
        self.0.stand();
    }
}
