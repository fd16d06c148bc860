//! 触摸校准: from where touches arrived, and where the crosses were, to what puts every touch right.

/// A place on the panel, in ten-thousandths of its width and of its height, from the top left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// To the right.
    pub x: i32,
    /// Down.
    pub y: i32,
}

impl Spot {
    /// How far apart the two are, along the axis along which it is more.
    fn from(self, other: Self) -> i32 {
        let along = |one: i32, two: i32| one.saturating_sub(two).saturating_abs();
        along(self.x, other.x).max(along(self.y, other.y))
    }
}

/// What takes a touch to where the finger is. The six numbers stand as in libinput's calibration matrix, for places as
/// fractions of the panel's width and height: x is `a·x + b·y + c` and y is `d·x + e·y + f`; all of them in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calibration(pub [i32; 6]);

/// What has gone wrong with a calibration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CalibrationTrouble {
    /// A touch was too far from its cross for any panel that can be put right here: another cross, or a slip.
    Far,
    /// No map takes all touches to their crosses.
    Uneven,
    /// The last touch was beside its cross, although it was put right; what was before holds again.
    Beside,
    /// Nobody touched the last cross in time; what was before holds again.
    Late,
    /// It could not be kept; what was before holds again.
    NotKept,
}

/// Four near the corners and one in the middle: six numbers are wanted, and ten are measured.
pub(crate) const CROSSES: [Spot; 5] = [
    Spot { x: 1_000, y: 1_000 },
    Spot { x: 9_000, y: 1_000 },
    Spot { x: 9_000, y: 9_000 },
    Spot { x: 1_000, y: 9_000 },
    Spot { x: 5_000, y: 5_000 },
];
/// A place that none of them was near to: what fits there fits everywhere.
pub(crate) const LAST: Spot = Spot { x: 7_000, y: 2_800 };

/// A panel that is further off cannot be operated as far as to here. It is mounted otherwise than the system believes,
/// which is to be told to the system.
const FAR: i32 = 1_500;
/// Two hundredths of the panel: the keys are many times as large.
const NEAR: i32 = 200;
/// 1, in a [`Calibration`].
const ONE: i32 = 1_000_000;

/// Whether a touch can have been meant for this cross.
pub(crate) fn is_meant(touched: Spot, cross: Spot) -> bool {
    touched.from(cross) <= FAR
}

/// Whether a touch that was put right is on this cross.
pub(crate) fn is_on(touched: Spot, cross: Spot) -> bool {
    touched.from(cross) <= NEAR
}

impl Calibration {
    /// A touch is where the panel says.
    pub const NONE: Self = Self([ONE, 0, 0, 0, ONE, 0]);

    /// Where the finger is, as fractions of the panel's width and height.
    #[must_use]
    pub fn place(self, (x, y): (f64, f64)) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0.map(|number| f64::from(number) / f64::from(ONE));
        (a * x + b * y + c, d * x + e * y + f)
    }

    /// First `before`, then this one.
    #[must_use]
    pub fn after(self, before: Self) -> Self {
        let (c, f) = self.place(before.place((0.0, 0.0)));
        let (right_x, right_y) = self.place(before.place((1.0, 0.0)));
        let (down_x, down_y) = self.place(before.place((0.0, 1.0)));
        Self::of([right_x - c, down_x - c, c, right_y - f, down_y - f, f])
    }

    /// What takes `touched`, one for each of [`CROSSES`], to the crosses, with the least squares of what is left; none
    /// where too much is left of one of them.
    pub(crate) fn fit(touched: &[Spot]) -> Option<Self> {
        let pairs = || touched.iter().copied().zip(CROSSES);
        let count = f64::from(u32::try_from(pairs().count()).ok()?);
        let mean = |of: fn((Spot, Spot)) -> i32| pairs().map(|pair| f64::from(of(pair))).sum::<f64>() / count;
        let (x, y) = (mean(|(touch, _)| touch.x), mean(|(touch, _)| touch.y));
        // From the middle of the touches two numbers are left for each axis, and where the middle goes.
        let sum = |of: &dyn Fn((f64, f64), Spot) -> f64| {
            let away = |touch: Spot| (f64::from(touch.x) - x, f64::from(touch.y) - y);
            pairs().map(|(touch, cross)| of(away(touch), cross)).sum::<f64>()
        };
        let (xx, xy, yy) = (sum(&|(x, _), _| x * x), sum(&|(x, y), _| x * y), sum(&|(_, y), _| y * y));
        let spread = xx * yy - xy * xy;
        let axis = |mean: f64, of: fn(Spot) -> i32| {
            let (along, across) = (
                sum(&|(x, _), cross| x * f64::from(of(cross))),
                sum(&|(_, y), cross| y * f64::from(of(cross))),
            );
            let (right, down) = ((along * yy - across * xy) / spread, (across * xx - along * xy) / spread);
            [right, down, (mean - right * x - down * y) / f64::from(WHOLE)]
        };
        let [a, b, c] = axis(mean(|(_, cross)| cross.x), |cross| cross.x);
        let [d, e, f] = axis(mean(|(_, cross)| cross.y), |cross| cross.y);
        let numbers = [a, b, c, d, e, f];
        let fit = numbers.iter().all(|number| number.is_finite()).then(|| Self::of(numbers))?;
        pairs().all(|(touch, cross)| is_on(fit.spot(touch), cross)).then_some(fit)
    }

    fn spot(self, at: Spot) -> Spot {
        let part = |along: i32| f64::from(along) / f64::from(WHOLE);
        let (x, y) = self.place((part(at.x), part(at.y)));
        Spot { x: rounded(x * f64::from(WHOLE)), y: rounded(y * f64::from(WHOLE)) }
    }

    fn of(numbers: [f64; 6]) -> Self {
        Self(numbers.map(|number| rounded(number * f64::from(ONE))))
    }
}

/// The whole width or height, in a [`Spot`].
const WHOLE: i32 = 10_000;

#[expect(clippy::cast_possible_truncation, reason = "no panel comes near to where it would be cut off")]
fn rounded(number: f64) -> i32 {
    number.round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a panel says that a finger is: it is off by some of the panel, stretched and askew.
    fn says(finger: Spot) -> Spot {
        let (x, y) = (f64::from(finger.x), f64::from(finger.y));
        Spot { x: rounded(0.95 * x + 0.01 * y + 300.0), y: rounded(-0.02 * x + 1.04 * y - 250.0) }
    }

    fn nudged(at: Spot, x: i32, y: i32) -> Spot {
        Spot { x: at.x + x, y: at.y + y }
    }

    #[test]
    fn what_a_panel_says_is_put_right_everywhere() {
        let fit = Calibration::fit(&CROSSES.map(says)).unwrap();
        for x in (0..=10_000).step_by(500) {
            for y in (0..=10_000).step_by(500) {
                let finger = Spot { x, y };
                assert!(
                    fit.spot(says(finger)).from(finger) <= 2,
                    "{finger:?} to {:?}",
                    fit.spot(says(finger))
                );
            }
        }
    }

    #[test]
    fn a_finger_that_trembles_does_not_matter_and_one_that_slips_does() {
        let mut touched = CROSSES.map(says);
        for (i, (x, y)) in [(40, -60), (-50, 20), (30, 70), (-20, -40), (60, 10)].into_iter().enumerate() {
            touched[i] = nudged(touched[i], x, y);
        }
        let fit = Calibration::fit(&touched).unwrap();
        assert!(is_on(fit.spot(says(LAST)), LAST), "{fit:?}");
        touched[2] = nudged(touched[2], 1_200, 0);
        assert_eq!(Calibration::fit(&touched), None);
    }

    #[test]
    fn crosses_that_were_taken_for_one_another_are_no_panel() {
        let [one, two, three, four, five] = CROSSES;
        assert_eq!(Calibration::fit(&[two, one, three, four, five]), None);
        assert!(!is_meant(two, one) && !is_meant(five, one) && is_meant(says(one), one));
    }

    #[test]
    fn touches_in_one_line_are_no_panel() {
        assert_eq!(Calibration::fit(&CROSSES.map(|cross| Spot { x: cross.x, y: 0 })), None);
        assert_eq!(Calibration::fit(&[LAST; 5]), None);
    }

    #[test]
    fn one_after_the_other_is_both() {
        let first = Calibration::fit(&CROSSES.map(says)).unwrap();
        let second = Calibration([ONE, 20_000, -30_000, 10_000, 980_000, 15_000]);
        let (x, y) = second.place(first.place((0.3, 0.8)));
        let (both_x, both_y) = second.after(first).place((0.3, 0.8));
        assert!((x - both_x).abs() < 1e-5 && (y - both_y).abs() < 1e-5);
        assert_eq!(first.after(Calibration::NONE), first);
        assert_eq!(Calibration::NONE.after(first), first);
    }
}
