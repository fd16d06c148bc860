//! How long to wait before a call is tried again.

use std::time::Duration;

use uuid::Uuid;

/// The longest wait after the first failure.
pub const FIRST_WAIT: Duration = Duration::from_secs(2);
/// The longest wait after many failures.
pub const LONGEST_WAIT: Duration = Duration::from_mins(5);
/// The longest `Retry-After` that is believed: a mistyped one must not silence a kiosk for a year.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_hours(1);

/// The wait after failure number `failures` (from 1): doubling up to a cap, and half of it jitter. A `Retry-After` is
/// never undercut, and gets its jitter on top, so that a city of kiosks does not come back in the same second.
pub(crate) fn wait(failures: u32, retry_after: Option<Duration>, key: Uuid) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    let longest = FIRST_WAIT.saturating_mul(1 << doublings).min(LONGEST_WAIT);
    let jitter = jitter(key, failures);
    let own = longest.mul_f64(0.5 + jitter / 2.0);
    retry_after.map_or(own, |asked| asked.min(LONGEST_RETRY_AFTER) + own)
}

/// A number in 0..1 for this attempt of this call. The key is random already, so nothing else has to be drawn: the
/// same store replays the same waits, and two kiosks never share them.
fn jitter(key: Uuid, failures: u32) -> f64 {
    let (high, low) = key.as_u64_pair();
    let mixed = splitmix(high ^ splitmix(low ^ u64::from(failures)));
    let top = u32::try_from(mixed >> 32).unwrap_or(u32::MAX);
    f64::from(top) / (f64::from(u32::MAX) + 1.0)
}

/// The finaliser of `SplitMix64` (Steele, Lea, Flood 2014).
fn splitmix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_wait_leaves_its_bounds(key: u128, failures in 1_u32..=u32::MAX, asked in proptest::option::of(0_u64..=u64::MAX)) {
            let key = Uuid::from_u128(key);
            let asked = asked.map(Duration::from_secs);
            let least = asked.unwrap_or_default().min(LONGEST_RETRY_AFTER);
            let waited = wait(failures, asked, key);
            prop_assert!(waited >= least + FIRST_WAIT / 2);
            prop_assert!(waited <= least + LONGEST_WAIT);
        }
    }

    /// The first two numbers of the published generator with the seed 0, and two of our own, reckoned elsewhere.
    #[test]
    fn the_jitter_is_the_generators() {
        assert_eq!(splitmix(0), 0xE220_A839_7B1D_CDAF);
        assert_eq!(splitmix(0x9E37_79B9_7F4A_7C15), 0x6E78_9E6A_A1B9_65F4);
        let key = Uuid::from_u64_pair(0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210);
        for (failures, expected) in [(3, 0.265_334_795_927_628_9), (4, 0.224_248_202_517_628_67)] {
            assert!((jitter(key, failures) - expected).abs() < 1e-12, "after {failures}");
        }
    }

    #[test]
    fn the_wait_doubles_up_to_the_cap() {
        let key = Uuid::from_u128(7);
        for (failures, longest) in [(1, 2), (2, 4), (3, 8), (7, 128), (8, 256), (9, 300), (1000, 300)] {
            let waited = wait(failures, None, key);
            let longest = Duration::from_secs(longest);
            assert!(waited >= longest / 2 && waited <= longest, "{failures}: {waited:?}");
        }
    }

    #[test]
    fn a_thousand_kiosks_do_not_come_back_together() {
        let wait_of = |kiosk| wait(9, None, Uuid::from_u128(kiosk));
        let waits: Vec<_> = (0..1000).map(wait_of).collect();
        for step in 10..20 {
            let (from, to) = (Duration::from_secs(15 * step), Duration::from_secs(15 * (step + 1)));
            let here = waits.iter().filter(|wait| (from..to).contains(wait)).count();
            assert!((60..=140).contains(&here), "{here} of 1000 come back after {from:?} to {to:?}");
        }
    }
}
