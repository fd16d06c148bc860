//! The touch screen: what a finger does arrives where the finger is.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

mod desktop;
#[cfg(feature = "backend-linuxkms")]
pub mod kernel;

use flow::calibration::Calibration;
use kiosk_ui::{
    AppWindow,
    slint::{
        self, LogicalPosition,
        platform::{PointerEventButton, WindowEvent},
    },
};

/// What puts touches right: asked by the screen's thread for each of them, set by the technician's hands.
#[derive(Clone)]
pub struct Panel(Arc<Mutex<Held>>);

struct Held {
    kept: Calibration,
    tried: Option<Calibration>,
    /// Whether touches come by here: a window system may hand them over elsewhere.
    followed: bool,
}

/// What a finger does, or what stands for one, as the panel says it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Finger {
    /// It touches the panel.
    Down(LogicalPosition),
    /// It goes elsewhere.
    Moves(LogicalPosition),
    /// It is lifted.
    Up(LogicalPosition),
    /// It is not there any more.
    Gone,
}

impl Default for Panel {
    fn default() -> Self {
        let held = Held { kept: Calibration::NONE, tried: None, followed: false };
        Self(Arc::new(Mutex::new(held)))
    }
}

impl Panel {
    /// What is kept from now on.
    pub(crate) fn keep(&self, calibration: Calibration) {
        self.held().kept = calibration;
    }

    #[cfg(test)]
    pub(crate) fn kept(&self) -> Calibration {
        self.held().kept
    }

    /// Tries `fit`, measured under what is kept, on top of it; or the panel as it is.
    pub(crate) fn try_out(&self, fit: Option<Calibration>) {
        let mut held = self.held();
        held.tried = Some(fit.map_or(Calibration::NONE, |fit| fit.after(held.kept)));
    }

    /// What is on trial, where anything is.
    pub(crate) fn tried(&self) -> Option<Calibration> {
        self.held().tried
    }

    /// What is kept holds again.
    pub(crate) fn end_trial(&self) {
        self.held().tried = None;
    }

    /// Whether there is a calibration; none where there cannot be one.
    pub(crate) fn calibrated(&self) -> Option<bool> {
        let held = self.held();
        held.followed.then_some(held.kept != Calibration::NONE)
    }

    /// Hands to the screens what a finger does, where it does it.
    pub fn touch(&self, window: &slint::Window, finger: Finger) {
        let calibration = {
            let mut held = self.held();
            held.followed = true;
            held.tried.unwrap_or(held.kept)
        };
        let size = window.size().to_logical(window.scale_factor());
        let place = |at: LogicalPosition| put_right(calibration, at, size);
        let button = PointerEventButton::Left;
        window.dispatch_event(match finger {
            Finger::Down(at) => WindowEvent::PointerPressed { position: place(at), button },
            Finger::Moves(at) => WindowEvent::PointerMoved { position: place(at) },
            Finger::Up(at) => WindowEvent::PointerReleased { position: place(at), button },
            Finger::Gone => WindowEvent::PointerExited,
        });
    }

    /// Takes what is said of fingers, before the screens get it.
    pub(crate) fn follow(&self, window: &AppWindow) {
        desktop::follow(self.clone(), window);
        #[cfg(feature = "backend-linuxkms")]
        kernel::follow(self.clone(), window);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn put_right(calibration: Calibration, at: LogicalPosition, size: slint::LogicalSize) -> LogicalPosition {
    let (width, height) = (f64::from(size.width), f64::from(size.height));
    let (x, y) = calibration.place((f64::from(at.x) / width, f64::from(at.y) / height));
    position(x * width, y * height)
}

#[expect(clippy::cast_possible_truncation, reason = "pixels")]
fn position(x: f64, y: f64) -> LogicalPosition {
    LogicalPosition::new(x as f32, y as f32)
}

/// What a touch does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Down,
    Moves,
    Up,
    Lost,
}

/// One finger counts, the first: another one changes nothing. A panel may also pose as a mouse.
#[derive(Default)]
struct Hand {
    finger: Option<u64>,
    at: LogicalPosition,
}

/// What becomes of one thing that a hand does.
type Fingers = [Option<Finger>; 2];

impl Hand {
    fn touched(&mut self, id: u64, phase: Phase, at: LogicalPosition) -> Fingers {
        if *self.finger.get_or_insert(id) != id {
            return [None, None];
        }
        self.at = at;
        if matches!(phase, Phase::Up | Phase::Lost) {
            self.finger = None;
        }
        match phase {
            Phase::Down => [Some(Finger::Down(at)), None],
            Phase::Moves => [Some(Finger::Moves(at)), None],
            Phase::Up => [Some(Finger::Up(at)), Some(Finger::Gone)],
            Phase::Lost => [Some(Finger::Gone), None],
        }
    }

    /// A panel that poses as a mouse says where it is touched, and then that it is.
    fn points(&mut self, at: LogicalPosition) -> Fingers {
        self.at = at;
        [Some(Finger::Moves(at)), None]
    }

    fn presses(&self, down: bool) -> Fingers {
        [Some(if down { Finger::Down(self.at) } else { Finger::Up(self.at) }), None]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f32) -> LogicalPosition {
        LogicalPosition::new(x, 10.0)
    }

    #[test]
    fn one_finger_counts_and_a_second_one_changes_nothing() {
        let mut hand = Hand::default();
        assert_eq!(hand.touched(7, Phase::Down, at(50.0)), [Some(Finger::Down(at(50.0))), None]);
        assert_eq!(hand.touched(8, Phase::Down, at(450.0)), [None, None]);
        assert_eq!(hand.touched(7, Phase::Moves, at(52.0)), [Some(Finger::Moves(at(52.0))), None]);
        assert_eq!(hand.touched(8, Phase::Up, at(450.0)), [None, None]);
        assert_eq!(hand.touched(7, Phase::Up, at(52.0)), [Some(Finger::Up(at(52.0))), Some(Finger::Gone)]);
        assert_eq!(hand.touched(9, Phase::Down, at(5.0)), [Some(Finger::Down(at(5.0))), None]);
        assert_eq!(hand.touched(9, Phase::Lost, at(5.0)), [Some(Finger::Gone), None]);
    }

    #[test]
    fn a_trial_lies_on_what_is_kept_and_leaves_nothing_behind() {
        let panel = Panel::default();
        let moved = |by| Calibration([1_000_000, 0, by, 0, 1_000_000, 0]);
        panel.keep(moved(20_000));
        panel.try_out(Some(moved(5_000)));
        assert_eq!(panel.tried(), Some(moved(25_000)));
        panel.try_out(None);
        assert_eq!(panel.tried(), Some(Calibration::NONE), "the panel as it is can be tried as well");
        panel.end_trial();
        assert_eq!((panel.tried(), panel.held().kept), (None, moved(20_000)));
        assert_eq!(panel.calibrated(), None, "nothing was touched yet");
    }

    #[test]
    fn what_is_put_right_is_a_part_of_the_panel_and_not_of_a_pixel() {
        let size = slint::LogicalSize::new(1080.0, 1920.0);
        let calibration = Calibration([1_000_000, 0, -10_000, 0, 1_000_000, 20_000]);
        let right = put_right(calibration, LogicalPosition::new(540.0, 960.0), size);
        assert!((right.x - 529.2).abs() < 0.01 && (right.y - 998.4).abs() < 0.01, "{right:?}");
    }
}
