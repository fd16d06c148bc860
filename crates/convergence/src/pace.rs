use std::time::Duration;

/// The longest time without a question while all goes well.
pub const POLL: Duration = Duration::from_mins(1);
/// After the first failure, and between fetches that hints ask for, at most.
pub const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
/// After many failures.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How long to wait: longer after each failure, and never as long as everybody else.
#[derive(Debug)]
pub(crate) struct Pace {
    failures: u32,
    random: u64,
}

impl Pace {
    pub(crate) fn new(seed: u64) -> Self {
        Self { failures: 0, random: seed }
    }

    /// Half of `longest` to all of it.
    fn somewhere_below(&mut self, longest: Duration) -> Duration {
        // Steele and others' SplitMix64; a seed of a few bits is enough for it.
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let part = u32::from((mixed >> 48) as u16);
        longest / 2 + longest / 2 * part / u32::from(u16::MAX)
    }

    fn longest(&self) -> Duration {
        SHORTEST_PAUSE.saturating_mul(1 << self.failures.min(10)).min(LONGEST_PAUSE)
    }

    pub(crate) fn failed(&mut self) -> Duration {
        let longest = self.longest();
        self.failures = self.failures.saturating_add(1);
        self.somewhere_below(longest)
    }

    pub(crate) fn succeeded(&mut self) -> Duration {
        self.failures = 0;
        self.somewhere_below(POLL)
    }

    /// Before a fetch that a hint asks for. A platform in trouble is not asked faster by hints.
    pub(crate) fn least(&mut self) -> Duration {
        self.somewhere_below(self.longest())
    }
}
