//! When a certificate is renewed, and how long it may wait.

use std::time::Duration;

use jiff::Timestamp;

use crate::Certificate;

const DAY: u64 = 24 * 60 * 60;

/// The longest life of a kiosk's certificate.
pub const LONGEST_LIFE: Duration = Duration::from_secs(90 * DAY);

/// How long after its end a certificate may still be renewed, and nothing else: a kiosk that was away for 30 days, from
/// any day of its certificate's life, comes back by itself.
pub const GRACE: Duration = Duration::from_secs(30 * DAY);

/// What a kiosk may do with its certificate at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// All of it, and nothing is due.
    Fresh,
    /// All of it, and it is time to renew.
    Due,
    /// Renew, and nothing else.
    Expired,
    /// Nothing: a technician has to enrol it again.
    Lapsed,
}

/// Where `certificate` stands at `now`. Before it begins to count it is fresh: then it is the clock that is wrong.
#[must_use]
pub fn standing(certificate: &Certificate, now: Timestamp) -> Standing {
    let (begin, end) = (certificate.not_before().as_second(), certificate.not_after().as_second());
    let now = now.as_second();
    let grace = i64::try_from(GRACE.as_secs()).unwrap_or(i64::MAX);
    if now > end.saturating_add(grace) {
        Standing::Lapsed
    } else if now > end {
        Standing::Expired
    } else if now >= begin + (end - begin) / 3 * 2 {
        Standing::Due
    } else {
        Standing::Fresh
    }
}

/// What time it is for a machine whose clock may have stopped: not before its certificate was made.
#[must_use]
pub fn at_least(certificate: &Certificate, now: Timestamp) -> Timestamp {
    now.max(certificate.not_before())
}
