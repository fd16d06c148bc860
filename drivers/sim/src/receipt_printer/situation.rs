//! How the printer is, and the bits in which it says so.

/// What can be the matter with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    PaperOut,
    CoverOpen,
    Jammed,
    Overheated,
    Offline,
}

/// What can go wrong between a printer and its host, by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is wrong.
    #[default]
    None,
    /// It prints and says nothing.
    Silent,
    /// It does not answer what waits its turn: GS r and GS ( H.
    NoConfirmation,
    /// All it says is noise.
    Garbled,
    /// Everything at once, from a seed: see [`crate::Chaos`]. What it hears is spared: nothing in ESC/POS could tell
    /// host or printer that a dot was lost on the way.
    Chaos,
}

impl Fault {
    /// All of them with their names.
    pub const ALL: [(&'static str, Self); 5] = [
        ("none", Self::None),
        ("silent", Self::Silent),
        ("no-confirmation", Self::NoConfirmation),
        ("garbled", Self::Garbled),
        ("chaos", Self::Chaos),
    ];

    /// What is left of what it says.
    pub(super) fn distort(self, said: Vec<u8>) -> Vec<u8> {
        match self {
            Self::None | Self::NoConfirmation | Self::Chaos => said,
            Self::Silent => vec![],
            // No byte of the protocol has the highest bit.
            Self::Garbled => said.into_iter().map(|byte| byte | 0x80).collect(),
        }
    }
}

/// How much paper is on the roll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roll {
    /// Rows that are left.
    pub rows: u32,
}

impl Roll {
    const FULL: Self = Self::of_mm(80_000);
    /// A roll that the near-end sensor sees the end of.
    pub(super) const LOW: Self = Self::of_mm(2_000);
    const NEAR_END: Self = Self::of_mm(3_000);

    /// A roll of so many millimetres.
    #[must_use]
    pub const fn of_mm(mm: u32) -> Self {
        Self { rows: mm.saturating_mul(super::DOTS_PER_MM) }
    }

    pub(super) fn is_low(self) -> bool {
        self.rows < Self::NEAR_END.rows
    }
}

impl Default for Roll {
    fn default() -> Self {
        Self::FULL
    }
}

/// Everything that a status can tell.
#[derive(Debug, Default)]
pub(super) struct Situation {
    pub(super) roll: Roll,
    pub(super) fault: Fault,
    signs: Vec<Sign>,
}

impl Situation {
    pub(super) fn set(&mut self, sign: Sign, on: bool) {
        self.signs.retain(|known| *known != sign);
        if on {
            self.signs.push(sign);
        }
    }

    pub(super) fn is(&self, sign: Sign) -> bool {
        self.signs.contains(&sign)
    }

    /// Whether it prints nothing now.
    pub(super) fn stopped(&self) -> bool {
        !self.signs.is_empty()
    }

    /// Takes paper off the roll; `false` where there is not enough.
    pub(super) fn use_paper(&mut self, rows: u32) -> bool {
        let left = self.roll.rows.checked_sub(rows);
        self.roll.rows = left.unwrap_or(self.roll.rows);
        left.is_some()
    }

    fn bits(&self, fixed: u8, signs: &[(Sign, u8)]) -> u8 {
        signs.iter().filter(|(sign, _)| self.is(*sign)).fold(fixed, |byte, (_, bits)| byte | bits)
    }

    fn low(&self, bits: u8) -> u8 {
        if self.roll.is_low() || self.is(Sign::PaperOut) { bits } else { 0 }
    }

    fn offline(&self) -> u8 {
        if self.stopped() { 0x08 } else { 0 }
    }

    /// The answer to DLE EOT n.
    pub(super) fn real_time(&self, n: u8) -> u8 {
        const FIXED: u8 = 0x12;
        match n {
            1 => FIXED | self.offline(),
            2 => self.bits(
                FIXED,
                &[
                    (Sign::CoverOpen, 0x04),
                    (Sign::PaperOut, 0x20),
                    (Sign::Jammed, 0x40),
                    (Sign::Overheated, 0x40),
                ],
            ),
            3 => self.bits(FIXED, &[(Sign::Jammed, 0x08), (Sign::Overheated, 0x40)]),
            _ => self.bits(FIXED | self.low(0x0C), &[(Sign::PaperOut, 0x60)]),
        }
    }

    /// The four bytes of automatic status.
    pub(super) fn asb(&self) -> [u8; 4] {
        [
            self.bits(0x10 | self.offline(), &[(Sign::CoverOpen, 0x20)]),
            self.bits(0, &[(Sign::Jammed, 0x08), (Sign::Overheated, 0x40)]),
            self.bits(self.low(0x03), &[(Sign::PaperOut, 0x0C)]),
            0,
        ]
    }

    /// The answer to GS r 1.
    pub(super) fn in_turn(&self) -> u8 {
        self.low(0x03)
    }
}
