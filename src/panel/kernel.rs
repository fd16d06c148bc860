//! Touches as the kernel hands them over by libinput, where there is no window system.

use std::cell::RefCell;

use input::{
    Event,
    event::{
        PointerEvent, TouchEvent,
        pointer::ButtonState,
        touch::{TouchEventPosition, TouchEventSlot},
    },
};
use kiosk_ui::{
    AppWindow,
    slint::{ComponentHandle as _, LogicalPosition, LogicalSize, Weak},
};

use super::{Fingers, Hand, Panel, Phase, position};

/// The left button of a mouse, as `linux/input-event-codes.h` numbers them.
const LEFT: u32 = 0x110;

thread_local! {
    /// Whose touches the screen's thread hears of: it asks [`take`] before there is a window, and one that ended may be
    /// followed by another.
    static FOLLOWED: RefCell<Option<Followed>> = const { RefCell::new(None) };
}

struct Followed {
    panel: Panel,
    window: Weak<AppWindow>,
    hand: Hand,
    /// Whether what was last heard of a pointer said where it is. A real mouse says only how far it went, and is left to
    /// the screen, which draws an arrow for it.
    points: bool,
}

/// Puts right what [`take`] is told, for `window`.
pub(super) fn follow(panel: Panel, window: &AppWindow) {
    let followed = Followed { panel, window: window.as_weak(), hand: Hand::default(), points: false };
    FOLLOWED.set(Some(followed));
}

/// Hands on what `event` says a finger does, and says whether it did: the screen must not hear of it again.
#[must_use]
pub fn take(event: &Event) -> bool {
    let told = FOLLOWED.with_borrow_mut(|followed| {
        let followed = followed.as_mut()?;
        let window = followed.window.upgrade()?;
        let size = window.window().size().to_logical(window.window().scale_factor());
        Some((followed.told(event, size)?, followed.panel.clone(), window))
    });
    let Some((fingers, panel, window)) = told else { return false };
    fingers.into_iter().flatten().for_each(|finger| panel.touch(window.window(), finger));
    true
}

impl Followed {
    fn told(&mut self, event: &Event, size: LogicalSize) -> Option<Fingers> {
        match event {
            Event::Touch(touch) => Some(self.touched(touch, size)),
            Event::Pointer(PointerEvent::MotionAbsolute(motion)) => {
                self.points = true;
                let (width, height) = whole(size);
                let at =
                    position(motion.absolute_x_transformed(width), motion.absolute_y_transformed(height));
                Some(self.hand.points(at))
            }
            Event::Pointer(PointerEvent::Motion(_)) => {
                self.points = false;
                None
            }
            Event::Pointer(PointerEvent::Button(button)) if self.points && button.button() == LEFT => {
                Some(self.hand.presses(button.button_state() == ButtonState::Pressed))
            }
            _ => None,
        }
    }

    fn touched(&mut self, touch: &TouchEvent, size: LogicalSize) -> Fingers {
        // A finger that is lifted is where it was: libinput does not say it again.
        let last = self.hand.at;
        let (phase, slot, at) = match touch {
            TouchEvent::Down(down) => (Phase::Down, down.slot(), place(down, size)),
            TouchEvent::Motion(motion) => (Phase::Moves, motion.slot(), place(motion, size)),
            TouchEvent::Up(up) => (Phase::Up, up.slot(), last),
            TouchEvent::Cancel(cancel) => (Phase::Lost, cancel.slot(), last),
            // A frame's end.
            _ => return [None, None],
        };
        self.hand.touched(slot.unwrap_or(0).into(), phase, at)
    }
}

fn place(touch: &impl TouchEventPosition, size: LogicalSize) -> LogicalPosition {
    let (width, height) = whole(size);
    position(touch.x_transformed(width), touch.y_transformed(height))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a panel has a few thousand pixels"
)]
fn whole(size: LogicalSize) -> (u32, u32) {
    (size.width as u32, size.height as u32)
}
