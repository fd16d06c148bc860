//! Reads that are done where they are asked for. To wake a thread and to be woken by it takes several times as long as to
//! find a few rows by their keys.
//!
//! Whoever asks runs futures, and must not wait for a disk. Out of memory a few rows take microseconds; a read that took
//! long has met a disk, and keeps all of them away for a hundred times as long: the threads, which may wait, do them
//! meanwhile. So a slow disk costs the runtime a hundredth of its time.

use std::{
    sync::{
        Mutex, MutexGuard, TryLockError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use super::{Connection, StoreError, Work};

/// Longer than a few rows take that are in memory, even where the processor was taken away in between for a turn of all
/// others.
const LONG: Duration = Duration::from_millis(20);
/// For how many times as long the others stay away.
const AWAY: u32 = 100;

/// Connections for whoever comes first.
pub(super) struct Near {
    connections: Vec<Mutex<Connection>>,
    begun: Instant,
    /// Microseconds after `begun` until which the threads do it.
    away: AtomicU64,
}

impl Near {
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        let connections = connections.into_iter().map(Mutex::new).collect();
        Self { connections, begun: Instant::now(), away: AtomicU64::new(0) }
    }

    /// What came of `work`; nothing where a thread has to do it.
    pub(super) fn look<T>(&self, work: Work<'_, T>) -> Option<Result<T, StoreError>> {
        let begun = self.begun.elapsed();
        if begun < Duration::from_micros(self.away.load(Ordering::Relaxed)) {
            return None;
        }
        let mut free = self.connections.iter().find_map(free)?;
        let looked = free.read(work);
        let ended = self.begun.elapsed();
        if ended - begun > LONG {
            let until = ended + (ended - begun) * AWAY;
            self.away.store(u64::try_from(until.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
        Some(looked).filter(|looked| !looked.as_ref().is_err_and(StoreError::is_busy))
    }
}

/// A connection that nobody uses. One whose last user panicked has rolled back and is as good as the others.
fn free(connection: &Mutex<Connection>) -> Option<MutexGuard<'_, Connection>> {
    match connection.try_lock() {
        Ok(free) => Some(free),
        Err(TryLockError::Poisoned(free)) => Some(free.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}
