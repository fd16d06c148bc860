//! Touches as a window system hands them over, X11 or Wayland.

use kiosk_ui::{
    AppWindow,
    slint::{
        ComponentHandle as _, LogicalPosition,
        winit_030::{EventResult, WinitWindowAccessor as _, winit},
    },
};
use winit::event::{ElementState, MouseButton, TouchPhase, WindowEvent};

use super::{Fingers, Hand, Panel, Phase, position};

/// Takes them from `window`, for as long as it is there; nothing where no such system shows it.
pub(super) fn follow(panel: Panel, window: &AppWindow) {
    let mut hand = Hand::default();
    window.window().on_winit_window_event(move |window, event| {
        match told(&mut hand, event, window.scale_factor()) {
            Some(fingers) => {
                fingers.into_iter().flatten().for_each(|finger| panel.touch(window, finger));
                EventResult::PreventDefault
            }
            None => EventResult::Propagate,
        }
    });
}

/// What `event` says a finger does; none where it says nothing of fingers.
fn told(hand: &mut Hand, event: &WindowEvent, scale: f32) -> Option<Fingers> {
    let logical = |at: winit::dpi::PhysicalPosition<f64>| -> LogicalPosition {
        position(at.x / f64::from(scale), at.y / f64::from(scale))
    };
    match event {
        WindowEvent::Touch(touch) => {
            Some(hand.touched(touch.id, phase(touch.phase), logical(touch.location)))
        }
        WindowEvent::CursorMoved { position, .. } => Some(hand.points(logical(*position))),
        WindowEvent::CursorLeft { .. } => Some([Some(super::Finger::Gone), None]),
        WindowEvent::MouseInput { state, button: MouseButton::Left, .. } => {
            Some(hand.presses(*state == ElementState::Pressed))
        }
        _ => None,
    }
}

fn phase(phase: TouchPhase) -> Phase {
    match phase {
        TouchPhase::Started => Phase::Down,
        TouchPhase::Moved => Phase::Moves,
        TouchPhase::Ended => Phase::Up,
        TouchPhase::Cancelled => Phase::Lost,
    }
}

#[cfg(test)]
mod tests {
    use winit::{
        dpi::PhysicalPosition,
        event::{DeviceId, Touch},
    };

    use super::{super::Finger, *};

    fn touch(id: u64, phase: TouchPhase, x: f64) -> WindowEvent {
        let location = PhysicalPosition::new(x, 20.0);
        WindowEvent::Touch(Touch { device_id: DeviceId::dummy(), phase, location, force: None, id })
    }

    fn at(x: f32) -> LogicalPosition {
        LogicalPosition::new(x, 10.0)
    }

    #[test]
    fn a_touch_is_a_finger_in_logical_pixels() {
        let mut hand = Hand::default();
        let mut told = |id, phase, x| told(&mut hand, &touch(id, phase, x), 2.0).unwrap();
        assert_eq!(told(7, TouchPhase::Started, 100.0), [Some(Finger::Down(at(50.0))), None]);
        assert_eq!(told(7, TouchPhase::Moved, 104.0), [Some(Finger::Moves(at(52.0))), None]);
        assert_eq!(told(7, TouchPhase::Ended, 104.0), [Some(Finger::Up(at(52.0))), Some(Finger::Gone)]);
        assert_eq!(told(9, TouchPhase::Started, 10.0), [Some(Finger::Down(at(5.0))), None]);
        assert_eq!(told(9, TouchPhase::Cancelled, 10.0), [Some(Finger::Gone), None]);
    }

    #[test]
    fn a_mouse_is_a_finger_and_a_key_is_none() {
        let mut hand = Hand::default();
        let device_id = DeviceId::dummy();
        let moved = WindowEvent::CursorMoved { device_id, position: PhysicalPosition::new(60.0, 20.0) };
        let pressed =
            WindowEvent::MouseInput { device_id, state: ElementState::Pressed, button: MouseButton::Left };
        assert_eq!(told(&mut hand, &moved, 2.0), Some([Some(Finger::Moves(at(30.0))), None]));
        assert_eq!(told(&mut hand, &pressed, 2.0), Some([Some(Finger::Down(at(30.0))), None]));
        assert_eq!(told(&mut hand, &WindowEvent::Focused(true), 2.0), None);
    }
}
