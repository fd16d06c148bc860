//! Time, as it is handed in.

use std::time::Duration;

use jiff::{Timestamp, civil::Date, tz};

/// A moment by two clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Since some start; never jumps. Deadlines use this one only.
    pub mono: Duration,
    /// The wall clock; may jump. What people read uses this one.
    pub wall: Timestamp,
}

impl Now {
    /// The day in China, which has one time zone and no summer time.
    #[must_use]
    pub fn day(self) -> Date {
        day_in_china(self.wall)
    }
}

/// The day that a moment falls on in China.
#[must_use]
pub fn day_in_china(moment: Timestamp) -> Date {
    tz::offset(8).to_datetime(moment).date()
}
