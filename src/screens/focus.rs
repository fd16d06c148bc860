//! A lens that is turned: what the sharpness says about which way to turn it.

/// Of the most that was seen: less than this is beyond it, and at least that is it.
const BEYOND: f64 = 0.9;
const HERE: f64 = 0.97;

/// What turning the lens has shown so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Focus {
    now: f64,
    most: f64,
    /// Whether it was less sharp again after the most: before that, nobody knows that it was the most.
    beyond: bool,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// On: it may get sharper yet.
    On,
    /// Back: it was sharper.
    Back,
    /// No more.
    Here,
}

impl Focus {
    /// With one more picture, so sharp.
    pub(super) fn with(self, sharpness: f64) -> Self {
        // A new most: what was beyond the last one says nothing about this one.
        let beyond =
            if sharpness > self.most { false } else { self.beyond || sharpness < self.most * BEYOND };
        // The most wanders a little with every picture; only what is well above it is a new one.
        let beyond = beyond || (self.beyond && sharpness < self.most * (2.0 - HERE));
        Self { now: sharpness, most: self.most.max(sharpness), beyond }
    }

    pub(super) fn turn(self) -> Turn {
        match self.beyond {
            false => Turn::On,
            true if self.now >= self.most * HERE => Turn::Here,
            true => Turn::Back,
        }
    }

    /// How much of the most it is now.
    pub(super) fn share(self) -> f64 {
        if self.most > 0.0 { self.now / self.most } else { 0.0 }
    }

    pub(super) fn now(self) -> f64 {
        self.now
    }

    pub(super) fn most(self) -> f64 {
        self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(seen: &[f64]) -> Vec<Turn> {
        let mut focus = Focus::default();
        seen.iter()
            .map(|sharpness| {
                focus = focus.with(*sharpness);
                focus.turn()
            })
            .collect()
    }

    #[test]
    fn a_lens_is_turned_over_the_sharpest_and_back_to_it() {
        use Turn::{Back, Here, On};
        let seen = [20.0, 80.0, 200.0, 195.0, 120.0, 150.0, 198.0, 201.0, 196.0, 100.0];
        assert_eq!(turns(&seen), [On, On, On, On, Back, Back, Here, Here, Here, Back]);
    }

    #[test]
    fn what_is_much_sharper_is_turned_on_to() {
        use Turn::{Back, On};
        assert_eq!(turns(&[20.0, 10.0, 60.0, 90.0]), [On, Back, On, On]);
    }

    #[test]
    fn a_dark_picture_has_no_share_of_anything() {
        assert!(Focus::default().with(0.0).share().abs() < f64::EPSILON);
        assert!((Focus::default().with(50.0).with(25.0).share() - 0.5).abs() < f64::EPSILON);
    }
}
