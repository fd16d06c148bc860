//! Reads that are done where they are asked for. To wake a thread and to be woken by it takes several times as long as to
//! find a few rows by their keys.
//!
//! Whoever asks runs futures, and must not wait for a disk. Out of memory a few rows take microseconds; a read that took
//! long and had the disk read keeps all of them away for a hundred times as long: the threads, which may wait, do them
//! meanwhile. So a slow disk costs the runtime a hundredth of its time. One that took long because the processor was busy
//! with others tells nothing about the disk, and a thread would have waited as well.

use std::{
    cell::Cell,
    fs,
    sync::{
        Arc, Mutex, MutexGuard, TryLockError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use super::{Connection, StoreError, Value, Work, standing::Standing};

/// Longer than a few rows take that are in memory.
const LONG: Duration = Duration::from_millis(20);
/// For how many times as long the others stay away.
const AWAY: u32 = 100;
/// After how many reads of a thread the reader that stands does so anew.
const RENEWED: u32 = 1000;

/// Connections for whoever comes first.
pub(super) struct Near {
    connections: Vec<Mutex<Connection>>,
    begun: Instant,
    /// Microseconds after `begun` until which the threads do it.
    away: AtomicU64,
    disk: Disk,
    standing: Arc<Standing>,
}

/// How much a thread has had read from disks so far; nothing where the kernel does not say.
pub(super) type Disk = fn() -> Option<u64>;

impl Near {
    pub(super) fn new(connections: Vec<Connection>, disk: Disk, standing: Arc<Standing>) -> Self {
        let connections = connections.into_iter().map(Mutex::new).collect();
        Self { connections, begun: Instant::now(), away: AtomicU64::new(0), disk, standing }
    }

    /// Whether this thread had something read from a disk since it was asked last. Asking is slow.
    fn met_disk(&self) -> bool {
        let read = (self.disk)();
        READ.replace(read) != read || read.is_none()
    }

    /// All of them, that of the asking thread first.
    fn own_first(&self) -> impl Iterator<Item = &Mutex<Connection>> {
        let own = OWN.with(|own| *own) % self.connections.len().max(1);
        let (others, first) = self.connections.split_at(own);
        first.iter().chain(others)
    }

    /// What came of `work`; nothing where a thread has to do it.
    pub(super) fn look<T>(&self, work: Work<'_, T>) -> Option<Result<T, StoreError>> {
        self.with_free(|connection| connection.read(work))
    }

    /// The same for the one text that a query finds.
    pub(super) fn glance(&self, sql: &str, values: &[Value]) -> Option<Result<Option<String>, StoreError>> {
        self.with_free(|connection| connection.text(sql, values))
    }

    fn with_free<T>(
        &self,
        read: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Option<Result<T, StoreError>> {
        let begun = self.begun.elapsed();
        if begun < Duration::from_micros(self.away.load(Ordering::Relaxed)) {
            return None;
        }
        let reads = READS.get().wrapping_add(1);
        READS.set(reads);
        if reads.is_multiple_of(RENEWED) {
            self.standing.renew();
        }
        let mut free = self.own_first().find_map(free)?;
        let looked = read(&mut free);
        let ended = self.begun.elapsed();
        if ended.saturating_sub(begun) > LONG && self.met_disk() {
            let until = ended + ended.saturating_sub(begun) * AWAY;
            self.away.store(u64::try_from(until.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
        Some(looked).filter(|looked| !looked.as_ref().is_err_and(StoreError::is_busy))
    }
}

thread_local! {
    /// Which connection the thread tries first. What a connection last used is then near its processor.
    static OWN: usize = THREADS.fetch_add(1, Ordering::Relaxed);
    /// What the thread had read from disks when it was asked last.
    static READ: Cell<Option<u64>> = const { Cell::new(Some(0)) };
    /// How often the thread has read.
    static READS: Cell<u32> = const { Cell::new(0) };
}
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// A connection that nobody uses. One whose last user panicked has rolled back and is as good as the others.
fn free(connection: &Mutex<Connection>) -> Option<MutexGuard<'_, Connection>> {
    match connection.try_lock() {
        Ok(free) => Some(free),
        Err(TryLockError::Poisoned(free)) => Some(free.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// By the kernel's own count of the thread.
pub(super) fn read_from_disk() -> Option<u64> {
    let counts = fs::read_to_string("/proc/thread-self/io").ok()?;
    counts.lines().find_map(|line| line.strip_prefix("read_bytes: "))?.parse().ok()
}
