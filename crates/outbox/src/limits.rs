//! How much may wait. At a limit the kiosk refuses before it reads a card, instead of losing a case later.

use std::time::Duration;

use jiff::Timestamp;

use crate::{Store, StoreError};

/// How much may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls that are not delivered.
    pub count: u64,
    /// Their bodies together.
    pub bytes: u64,
    /// The age of the oldest call that waits. It must stay below the life of an `Idempotency-Key` at the platform:
    /// a call sent after that could be filed twice.
    pub age: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { count: 10_000, bytes: 64 << 20, age: Duration::from_hours(20 * 24) }
    }
}

/// Why no case may be taken now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    /// [`Limits::count`].
    #[error("too many calls wait")]
    Count,
    /// [`Limits::bytes`].
    #[error("what waits is too large")]
    Bytes,
    /// [`Limits::age`].
    #[error("the oldest call has waited too long")]
    Age,
    /// The store does not even tell how much waits, so it would not keep a case either.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Whether a case may be taken; to be asked before anything personal is read. Refused calls count too, until
    /// somebody decides about them; only those that wait grow old.
    pub fn may_take_case(&self, now: Timestamp) -> Result<(), Full> {
        let (count, bytes, oldest) = self.load()?;
        let age = oldest.map_or(0, |at| now.as_millisecond().saturating_sub(at));
        if count >= self.limits.count {
            return Err(Full::Count);
        }
        if bytes >= self.limits.bytes {
            return Err(Full::Bytes);
        }
        if u128::try_from(age).unwrap_or(0) >= self.limits.age.as_millis() {
            return Err(Full::Age);
        }
        Ok(())
    }

    fn load(&self) -> Result<(u64, u64, Option<i64>), StoreError> {
        let mut select = self.db.prepare_cached(
            "SELECT count(*), ifnull(sum(body_bytes), 0), min(recorded_at) FILTER (WHERE state = 'waiting')
             FROM outbox WHERE state <> 'delivered'",
        )?;
        Ok(select.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)
    }
}
