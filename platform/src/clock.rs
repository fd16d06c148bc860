//! What time it is. Handed in, so that a test can fix it and a simulation can run it.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date, tz};

/// A source of time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The computer's own clock.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Timestamp::now)
    }

    /// A clock that says what `now` says.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.0)()
    }
}

/// The day it is in China at that moment: what a case number, a due date and a resident mean by "today".
#[must_use]
pub fn china_date(at: Timestamp) -> Date {
    tz::Offset::constant(8).to_datetime(at).date()
}
