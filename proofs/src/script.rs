//! A day at the kiosk, drawn from a seed.

/// What somebody does, or what happens by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A resident files a case and waits for its delivery.
    File {
        /// What the platform makes of it.
        nature: Nature,
        /// Whether it is tried at once.
        waits: bool,
    },
    /// A resident rates the case filed last but so many.
    Rate(usize),
    /// The courier takes so many calls on their way.
    Carry(usize),
    /// So many seconds pass.
    Pass(i64),
    /// The platform answers again.
    NetworkBack,
    /// The platform published a new page.
    Publish,
    /// A receipt is printed.
    Print,
    /// Somebody decides about what is parked: tries it again, or closes it.
    Decide {
        /// Which.
        close: bool,
    },
    /// The kiosk is stopped and started in an orderly way.
    Restart,
    /// The platform begins to use another sealing key.
    Rotate,
}

/// What the platform makes of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Takes it.
    Good,
    /// Refuses it, until somebody mends the item.
    Refused,
    /// Breaks down over it every time, until somebody mends the platform.
    Poisoned,
}

/// A day of so many acts.
#[must_use]
pub fn draw(acts: usize, chance: &mut fastrand::Rng) -> Vec<Act> {
    let first = Act::File { nature: Nature::Good, waits: true };
    std::iter::once(first)
        .chain(std::iter::repeat_with(|| act(chance)).take(acts.saturating_sub(1)))
        .collect()
}

fn act(chance: &mut fastrand::Rng) -> Act {
    match chance.u8(0..20) {
        0..=5 => Act::File { nature: nature(chance), waits: chance.bool() },
        6..=8 => Act::Rate(chance.usize(0..3)),
        9..=11 => Act::Carry(chance.usize(1..5)),
        12 => Act::Pass(chance.i64(1..600)),
        13 => Act::NetworkBack,
        14 => Act::Publish,
        15 => Act::Print,
        16 | 17 => Act::Decide { close: chance.u8(0..3) == 0 },
        18 => Act::Restart,
        _ => Act::Rotate,
    }
}

fn nature(chance: &mut fastrand::Rng) -> Nature {
    match chance.u8(0..8) {
        0 | 1 => Nature::Refused,
        2 => Nature::Poisoned,
        _ => Nature::Good,
    }
}
