//! The time of day. Deadlines never ask for it; what people read, and what is kept, does.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

use jiff::Timestamp;

/// Before this program was written it cannot be running: a clock that says so has lost its battery, and begins somewhere
/// in the past, often in 1970.
const WRITTEN: Timestamp = Timestamp::constant(1_793_491_200, 0);

/// What is known without the clock: a moment that somebody told, and since when it goes on.
static KNOWN: Mutex<Option<(Timestamp, Instant)>> = Mutex::new(None);

/// The machine's clock as it is, right or wrong; and where it has lost its battery, what is known besides.
#[must_use]
pub fn now() -> Timestamp {
    let clock = Timestamp::now();
    if is_dead(clock) { without_clock(&KNOWN) } else { clock }
}

/// Whether the platform is to be asked what time it is.
#[must_use]
pub fn is_lost() -> bool {
    is_dead(Timestamp::now())
}

/// It is at least as late as `moment`: the platform says so, or what was kept at that time.
pub fn learn(moment: Timestamp) {
    put(&KNOWN, moment);
}

fn is_dead(clock: Timestamp) -> bool {
    clock < WRITTEN
}

type Known = Mutex<Option<(Timestamp, Instant)>>;

fn put(known: &Known, moment: Timestamp) {
    if moment > without_clock(known) {
        *known.lock().unwrap_or_else(PoisonError::into_inner) = Some((moment, Instant::now()));
    }
}

fn without_clock(known: &Known) -> Timestamp {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    let (moment, since) = *known.get_or_insert_with(|| (WRITTEN, Instant::now()));
    moment.saturating_add(since.elapsed()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_clock_without_a_battery_is_known() {
        assert!(is_dead(Timestamp::UNIX_EPOCH));
        assert!(is_dead("2000-01-01T00:00:00Z".parse().unwrap()));
        assert!(!is_dead(Timestamp::now()), "the machine that runs the tests has the time");
    }

    #[test]
    fn without_a_clock_it_is_what_was_told_last_and_never_earlier() {
        let known = Mutex::new(None);
        let hour = SignedDuration::from_hours(1);
        assert!(without_clock(&known) >= WRITTEN && without_clock(&known) < WRITTEN + hour);
        let later = WRITTEN + SignedDuration::from_hours(24 * 90);
        put(&known, later);
        assert!(without_clock(&known) >= later && without_clock(&known) < later + hour);
        put(&known, WRITTEN);
        assert!(without_clock(&known) >= later, "an old cache does not set it back");
    }
}
