//! What a technician sets on the machine: the touch screen, how bright it is, and an invitation that is typed.

use std::{cell::RefCell, rc::Rc};

use flow::{
    Touch,
    calibration::{CalibrationTrouble, Spot},
    event::ScannedText,
    maintenance::{Inspection, InvitationPart},
    view::{Brightness, Calibrating, Hearing},
};
use kiosk_ui::slint::{ComponentHandle as _, SharedString};
use kiosk_ui::{self as ui, AppWindow, BrightnessApi, CalibrationApi, InvitationApi, SoundApi};

use super::Send;

/// Ten-thousandths, as [`Spot`] counts.
const WHOLE: f32 = 10_000.0;

/// What the keys of the invitation add to.
#[derive(Clone, Default)]
pub(super) struct Typed(Rc<RefCell<String>>);

pub(super) fn connect(window: &AppWindow, send: &Send) -> Typed {
    let api = window.global::<CalibrationApi>();
    let to = send.clone();
    api.on_at(move |x, y| to(Touch::At(Spot { x: counted(x), y: counted(y) })));
    let to = send.clone();
    api.on_uncalibrate(move || to(Touch::Uncalibrate));
    let to = send.clone();
    api.on_cancel(move || to(Touch::Back));
    let to = send.clone();
    window.global::<BrightnessApi>().on_brighter(move |brighter| to(Touch::Brighter(brighter)));
    let api = window.global::<SoundApi>();
    let to = send.clone();
    api.on_louder(move |louder| to(Touch::Louder(louder)));
    let to = send.clone();
    api.on_repeat(move || to(Touch::Repeat));
    let (api, typed) = (window.global::<InvitationApi>(), Typed::default());
    let to = send.clone();
    api.on_begin(move || to(Touch::TypeInvitation));
    let (to, at) = (send.clone(), typed.clone());
    api.on_press(move |key| {
        let text = format!("{}{key}", at.0.borrow());
        to(Touch::Answer(text));
    });
    let (to, at) = (send.clone(), typed.clone());
    api.on_erase(move || {
        let mut text = at.0.borrow().clone();
        text.pop();
        to(Touch::Answer(text));
    });
    typed
}

#[expect(clippy::cast_possible_truncation, reason = "a part of the panel")]
fn counted(part: f32) -> i32 {
    (part * WHOLE).round() as i32
}

/// What can be set here at all.
pub(super) fn offer(window: &AppWindow, inspection: &Inspection) {
    window.global::<CalibrationApi>().set_possible(inspection.calibrated.is_some());
    window.global::<BrightnessApi>().set_possible(inspection.brightness.is_some());
}

pub(super) fn calibrating(window: &AppWindow, how: Calibrating) {
    let api = window.global::<CalibrationApi>();
    let cross = |at: Spot| {
        api.set_x(parted(at.x));
        api.set_y(parted(at.y));
    };
    let (stage, trouble) = match how {
        Calibrating::Ready { trouble, calibrated } => {
            api.set_calibrated(calibrated);
            (ui::Calibrating::Ready, trouble)
        }
        Calibrating::Cross { at, n, of, trouble } => {
            cross(at);
            api.set_n(i32::try_from(n).unwrap_or_default());
            api.set_of(i32::try_from(of).unwrap_or_default());
            (ui::Calibrating::Cross, trouble)
        }
        Calibrating::Trial { at } => {
            cross(at);
            (ui::Calibrating::Trial, None)
        }
        Calibrating::Kept => (ui::Calibrating::Kept, None),
    };
    api.set_stage(stage);
    api.set_trouble(match trouble {
        None => ui::CalibrationTrouble::None,
        Some(CalibrationTrouble::Far) => ui::CalibrationTrouble::Far,
        Some(CalibrationTrouble::Uneven) => ui::CalibrationTrouble::Uneven,
        Some(CalibrationTrouble::Beside) => ui::CalibrationTrouble::Beside,
        Some(CalibrationTrouble::Late) => ui::CalibrationTrouble::Late,
        Some(CalibrationTrouble::NotKept) => ui::CalibrationTrouble::NotKept,
    });
}

#[expect(clippy::cast_precision_loss, reason = "a part of the panel")]
fn parted(count: i32) -> f32 {
    count as f32 / WHOLE
}

pub(super) fn brightness(window: &AppWindow, bright: Brightness) {
    let api = window.global::<BrightnessApi>();
    api.set_percent(bright.percent.into());
    api.set_can_dim(bright.can_dim);
    api.set_can_brighten(bright.can_brighten);
    api.set_failed(bright.failed);
}

pub(super) fn hearing(window: &AppWindow, hearing: Hearing) {
    let api = window.global::<SoundApi>();
    api.set_percent(hearing.percent.into());
    api.set_can_soften(hearing.can_soften);
    api.set_can_amplify(hearing.can_amplify);
    api.set_is_pushed(hearing.is_pushed);
    api.set_failed(hearing.failed);
}

impl Typed {
    pub(super) fn show(&self, window: &AppWindow, part: InvitationPart, text: &ScannedText) {
        text.0.clone_into(&mut self.0.borrow_mut());
        let api = window.global::<InvitationApi>();
        api.set_part(match part {
            InvitationPart::Address => ui::InvitationPart::Address,
            InvitationPart::Name => ui::InvitationPart::Name,
            InvitationPart::Pin => ui::InvitationPart::Pin,
            InvitationPart::Code => ui::InvitationPart::Code,
        });
        api.set_text(printed(part, &text.0).into());
    }

    /// It is a secret until it is spent.
    pub(super) fn forget(&self, window: &AppWindow) {
        self.0.take();
        window.global::<InvitationApi>().set_text(SharedString::default());
    }
}

/// As it stands on the sheet that it is copied from.
fn printed(part: InvitationPart, text: &str) -> String {
    match part {
        InvitationPart::Address => format!("https://{text}"),
        InvitationPart::Name => text.to_owned(),
        InvitationPart::Pin | InvitationPart::Code => {
            let letters: Vec<char> = text.chars().collect();
            let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
            groups.join("-")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_looks_as_on_the_sheet() {
        assert_eq!(
            printed(InvitationPart::Address, "platform.example:8443/"),
            "https://platform.example:8443/"
        );
        assert_eq!(printed(InvitationPart::Code, "ABCDEFGHJ"), "ABCD-EFGH-J");
        assert_eq!(printed(InvitationPart::Pin, ""), "");
    }
}
