//! What can go wrong between a module and its host, by name.

/// A situation that lasts until another one is named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is wrong.
    #[default]
    None,
    /// The module hears and says nothing.
    Silent,
    /// Every answer is noise of the right length.
    Garbled,
    /// Every answer breaks off in the middle.
    Truncated,
    /// Noise without end.
    Flooding,
    /// Every answer is right but for its checksum.
    WrongChecksum,
    /// Every answer is preceded by the one before it.
    StaleAnswer,
    /// Reads are answered after any patient host has given up.
    LateAnswer,
    /// The card is taken away while it is read.
    CardLiftedMidway,
    /// Status 60 to everything.
    SelfTestFailed,
    /// Status 66 to everything.
    NotAuthorised,
    /// Everything at once, from a seed: see [`crate::Chaos`].
    Chaos,
}

impl Fault {
    /// All of them with their names.
    pub const ALL: [(&'static str, Self); 12] = [
        ("none", Self::None),
        ("silent", Self::Silent),
        ("garbled", Self::Garbled),
        ("truncated", Self::Truncated),
        ("flooding", Self::Flooding),
        ("wrong-checksum", Self::WrongChecksum),
        ("stale-answer", Self::StaleAnswer),
        ("late-answer", Self::LateAnswer),
        ("card-lifted-midway", Self::CardLiftedMidway),
        ("self-test-failed", Self::SelfTestFailed),
        ("not-authorised", Self::NotAuthorised),
        ("chaos", Self::Chaos),
    ];

    /// The fault of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, fault)| fault)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, fault)| *fault == self).map_or("none", |(name, _)| name)
    }

    /// What is left of an answer on its way. `before` is the answer before this one.
    pub(super) fn distort(self, mut answer: Vec<u8>, before: &[u8], noise: &mut Noise) -> Vec<u8> {
        match self {
            Self::Silent => answer.clear(),
            Self::Garbled | Self::Flooding => answer.fill_with(|| noise.byte()),
            Self::Truncated => answer.truncate(answer.len() / 2),
            Self::WrongChecksum => answer.iter_mut().next_back().into_iter().for_each(|last| *last ^= 0x5A),
            Self::StaleAnswer => drop(answer.splice(0..0, before.iter().copied())),
            _ => {}
        }
        answer
    }
}

/// Noise that is the same in every run.
#[derive(Debug)]
pub(super) struct Noise(u64);

impl Default for Noise {
    fn default() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }
}

impl Noise {
    /// The next byte (an xorshift generator).
    pub(super) fn byte(&mut self) -> u8 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.to_be_bytes()[0]
    }
}
