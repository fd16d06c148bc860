//! 校准触摸屏: crosses are touched, what was measured proves itself, and only then it is kept.

use std::time::Duration;

use super::Cx;
use crate::{
    Deadlines, Effect, Event,
    calibration::{CROSSES, Calibration, CalibrationTrouble, LAST, Spot, is_meant, is_on},
    event::Touch,
    view,
};

/// How far it is.
#[derive(Clone, Debug)]
pub(super) enum Calibrating {
    Ready(Option<CalibrationTrouble>),
    /// Where the first crosses were touched, and what was wrong with the last touch. Since when one is awaited.
    Measuring {
        touched: Vec<Spot>,
        trouble: Option<CalibrationTrouble>,
        since: Duration,
    },
    Trial {
        since: Duration,
    },
    Keeping {
        since: Duration,
    },
    Kept,
}

impl Calibrating {
    /// None where it is left.
    pub(super) fn on(self, event: Event, technician: u64, cx: &mut Cx<'_>) -> Option<Self> {
        let now = cx.now.mono;
        let late = self.deadline(cx.limits).is_some_and(|at| at <= now);
        Some(match (self, event) {
            (Self::Ready(_), Event::Touch(Touch::Next)) => Self::measuring(None, cx),
            (Self::Ready(_), Event::Touch(Touch::Uncalibrate)) => Self::trial(None, cx),
            (Self::Ready(_) | Self::Kept, Event::Touch(Touch::Back))
            | (Self::Kept, Event::Touch(Touch::Next)) => return None,
            (Self::Measuring { touched, .. }, Event::Touch(Touch::At(spot))) => {
                Self::measured(touched, spot, cx)
            }
            (Self::Measuring { .. } | Self::Trial { .. }, Event::Touch(Touch::Back)) => Self::Ready(None),
            (Self::Measuring { .. }, Event::Tick) if late => Self::Ready(None),
            (Self::Trial { .. }, Event::Touch(Touch::At(spot))) if is_on(spot, LAST) => {
                cx.want(Effect::KeepCalibration { technician });
                Self::Keeping { since: now }
            }
            (Self::Trial { .. }, Event::Touch(Touch::At(_))) => Self::Ready(Some(CalibrationTrouble::Beside)),
            (Self::Trial { .. }, Event::Tick) if late => Self::Ready(Some(CalibrationTrouble::Late)),
            (Self::Keeping { .. }, Event::CalibrationKept(true)) => Self::Kept,
            (Self::Keeping { .. }, Event::CalibrationKept(false)) => {
                Self::Ready(Some(CalibrationTrouble::NotKept))
            }
            (Self::Keeping { .. }, Event::Tick) if late => Self::Ready(Some(CalibrationTrouble::NotKept)),
            (same, _) => same,
        })
    }

    fn measuring(trouble: Option<CalibrationTrouble>, cx: &Cx<'_>) -> Self {
        Self::Measuring { touched: Vec::new(), trouble, since: cx.now.mono }
    }

    fn measured(mut touched: Vec<Spot>, spot: Spot, cx: &mut Cx<'_>) -> Self {
        let Some(cross) = CROSSES.get(touched.len()) else { return Self::measuring(None, cx) };
        if !is_meant(spot, *cross) {
            let trouble = Some(CalibrationTrouble::Far);
            return Self::Measuring { touched, trouble, since: cx.now.mono };
        }
        touched.push(spot);
        if touched.len() < CROSSES.len() {
            return Self::Measuring { touched, trouble: None, since: cx.now.mono };
        }
        match Calibration::fit(&touched) {
            Some(fit) => Self::trial(Some(fit), cx),
            None => Self::measuring(Some(CalibrationTrouble::Uneven), cx),
        }
    }

    /// Whatever it is, whoever touches the screen must still be able to.
    fn trial(fit: Option<Calibration>, cx: &mut Cx<'_>) -> Self {
        cx.want(Effect::TryCalibration(fit));
        Self::Trial { since: cx.now.mono }
    }

    pub(super) fn deadline(&self, limits: &Deadlines) -> Option<Duration> {
        match self {
            Self::Ready(_) | Self::Kept => None,
            Self::Measuring { since, .. } => Some(*since + limits.idle),
            Self::Trial { since } => Some(*since + limits.calibration),
            Self::Keeping { since } => Some(*since + limits.record),
        }
    }

    pub(super) fn tries(&self) -> bool {
        matches!(self, Self::Trial { .. } | Self::Keeping { .. })
    }

    pub(super) fn view(&self, calibrated: bool) -> view::Calibrating {
        match self {
            Self::Ready(trouble) => view::Calibrating::Ready { trouble: *trouble, calibrated },
            Self::Measuring { touched, trouble, .. } => view::Calibrating::Cross {
                at: CROSSES.get(touched.len()).copied().unwrap_or(LAST),
                n: touched.len() + 1,
                of: CROSSES.len(),
                trouble: *trouble,
            },
            Self::Trial { .. } | Self::Keeping { .. } => view::Calibrating::Trial { at: LAST },
            Self::Kept => view::Calibrating::Kept,
        }
    }
}
