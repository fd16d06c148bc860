//! A code that stays before the camera is one code.

use std::{
    hash::{BuildHasher as _, RandomState},
    time::{Duration, Instant},
};

use driver_api::Scan;
use flow::event::ScannedText;

/// A code that stays before the camera is told again after so long, as when the network was down the first time.
const AGAIN: Duration = Duration::from_secs(10);

/// What was held before the camera last, in a form that says nothing of it.
#[derive(Default)]
pub(super) struct Held {
    hasher: RandomState,
    last: Option<(u64, Instant)>,
}

impl Held {
    /// What is to be told: the same code once in a while only, however long it is held there.
    pub(super) fn news(&mut self, scan: &Scan, now: Instant) -> Option<Option<ScannedText>> {
        let (mark, says) = match scan {
            Scan::Nothing => return None,
            Scan::Code(code) => {
                (self.hasher.hash_one(code.text()), Some(ScannedText(code.text().to_owned())))
            }
            Scan::Rejected(problem) => (self.hasher.hash_one(problem), None),
        };
        let is_held = |(last, told)| last == mark && now.duration_since(told) < AGAIN;
        if self.last.is_some_and(is_held) {
            return None;
        }
        self.last = Some((mark, now));
        if let Scan::Rejected(problem) = scan {
            tracing::info!(%problem, "no code");
        }
        Some(says)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_code_is_told_again_after_a_while() {
        let mut held = Held::default();
        let scan = Scan::Code(driver_api::ScannedCode::new(b"123456782").unwrap());
        let now = Instant::now();
        assert!(held.news(&scan, now).is_some());
        assert!(held.news(&Scan::Nothing, now + AGAIN / 4).is_none());
        assert!(held.news(&scan, now + AGAIN / 2).is_none());
        assert!(held.news(&scan, now + AGAIN).is_some());
    }
}
