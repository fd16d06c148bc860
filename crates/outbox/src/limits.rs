//! How much may wait. At a limit the kiosk refuses before it reads a card, instead of losing a case later.

use std::time::Duration;

use jiff::Timestamp;
use protocol::IDEMPOTENCY_KEY_LIFE;

use crate::{Store, StoreError, queue::from_ms};

/// How much may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls that are not delivered.
    pub count: u64,
    /// Their bodies together. A visit begun below it is taken whole, so its pages may go beyond.
    pub bytes: u64,
    /// The age of the oldest call that waits.
    pub age: Duration,
    /// After so long a call expires: its body is erased, a tombstone stays.
    pub life: Duration,
}

/// Limits that contradict each other, or what the platform promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitsError {
    /// Nothing could ever be taken.
    #[error("a limit of nothing")]
    Nothing,
    /// Intake must end before anything is given up.
    #[error("what waits would expire before the kiosk stops taking more")]
    LifeWithinAge,
    /// A call sent after that could be filed twice.
    #[error("what waits would outlive the platform's knowledge of its Idempotency-Key ({} days)", IDEMPOTENCY_KEY_LIFE.as_secs() / 86_400)]
    KeyWithinLife,
}

impl Limits {
    /// Whether they make sense: age < life < [`IDEMPOTENCY_KEY_LIFE`].
    pub fn check(&self) -> Result<(), LimitsError> {
        if self.count == 0 || self.bytes == 0 || self.age.is_zero() {
            return Err(LimitsError::Nothing);
        }
        if self.life <= self.age {
            return Err(LimitsError::LifeWithinAge);
        }
        if self.life >= IDEMPOTENCY_KEY_LIFE { Err(LimitsError::KeyWithinLife) } else { Ok(()) }
    }
}

const fn days(days: u64) -> Duration {
    Duration::from_hours(24 * days)
}

impl Default for Limits {
    fn default() -> Self {
        // Bytes for two days of a busy kiosk without a network: fifty cases a day with five pages each, a MiB the page
        // once it is sealed. A disk has a hundred times as much, and to look through it after a start takes seconds.
        Self { count: 10_000, bytes: 512 << 20, age: days(20), life: days(30) }
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
    /// [`Store::set_key_end`].
    #[error("the platform's sealing key may end before what is sealed to it is given up")]
    Key,
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
        if self.life.key_end.is_some_and(|end| end < self.expiry(now)) {
            return Err(Full::Key);
        }
        Ok(())
    }

    /// Until when the platform opens what is sealed to the key in use, where that is known. What would outlive it is not
    /// taken: nobody could open it any more.
    pub fn set_key_end(&mut self, end: Option<Timestamp>) {
        self.life.key_end = end;
    }

    /// How long a call may wait.
    #[must_use]
    pub fn life(&self) -> Duration {
        self.limits.life
    }

    /// How many calls are on the disk that the platform does not have: sealed, waiting or parked.
    pub fn undelivered(&self) -> Result<u64, StoreError> {
        Ok(self.load()?.0)
    }

    /// When the oldest call that waits was recorded.
    pub fn oldest_waiting(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.load()?.2.map(from_ms))
    }

    fn load(&self) -> Result<(u64, u64, Option<i64>), StoreError> {
        // What expires first has waited for longest, unless the configuration has changed meanwhile.
        let mut select = self.db.prepare_cached(
            "SELECT waiting + parked, bytes,
                    (SELECT recorded_at FROM outbox INDEXED BY outbox_expires
                     WHERE state IN ('waiting', 'parked') AND state = 'waiting' ORDER BY expires_at LIMIT 1)
             FROM load",
        )?;
        Ok(select.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)
    }
}
