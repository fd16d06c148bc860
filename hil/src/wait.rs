//! Waiting for what the kernel does in its own time.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

/// Between two looks; a kiosk looks at its reader as often.
pub(crate) const LOOK: Duration = Duration::from_millis(300);

/// Looks until there is something, and tells how long it took.
pub(crate) fn until<T>(most: Duration, mut look: impl FnMut() -> Option<T>) -> anyhow::Result<(T, Duration)> {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return Ok((found, start.elapsed()));
        }
        anyhow::ensure!(start.elapsed() < most, "not within {most:?}");
        sleep(Duration::from_millis(20).min(most));
    }
}

/// How long a device that was plugged in again may take until it is of use.
pub(crate) const HEAL: Duration = Duration::from_secs(3);
