//! 登记终端: an invitation is held before whatever reads codes, or typed part by part.

use super::Cx;
use crate::{
    Effect, Event,
    event::{ScannedText, Touch},
    maintenance::{EnrolTrouble, InvitationPart},
    view,
};

/// How far it is.
#[derive(Clone, Debug)]
pub(super) enum Enrolling {
    /// Why the last invitation was of no use, if there was one.
    Scanning(Option<EnrolTrouble>),
    Typing(Typing),
    /// With what was typed, which may have to be mended.
    Calling(Option<Typing>),
    Done,
}

/// What was typed so far; secrets, so nothing tells what it says.
#[derive(Clone, Debug)]
pub(super) struct Typing {
    part: InvitationPart,
    address: ScannedText,
    name: ScannedText,
    pin: ScannedText,
    code: ScannedText,
    trouble: Option<EnrolTrouble>,
}

impl Enrolling {
    /// `scans`: an invitation can be held before something.
    pub(super) fn begin(scans: bool) -> Self {
        if scans { Self::Scanning(None) } else { Self::Typing(Typing::new()) }
    }

    /// None where it is left.
    pub(super) fn on(self, event: Event, scans: bool, technician: u64, cx: &mut Cx<'_>) -> Option<Self> {
        Some(match (self, event) {
            (Self::Scanning(_) | Self::Done, Event::Touch(Touch::Back)) => return None,
            (Self::Typing(typing), Event::Touch(Touch::Back)) => match typing.part.before() {
                Some(part) => Self::Typing(Typing { part, trouble: None, ..typing }),
                None if scans => Self::Scanning(None),
                None => return None,
            },
            (Self::Scanning(_), Event::Touch(Touch::TypeInvitation)) => Self::Typing(Typing::new()),
            (Self::Scanning(_), Event::Scanned(Some(invitation))) => {
                cx.want(Effect::Enrol { technician, invitation });
                Self::Calling(None)
            }
            (Self::Scanning(_), Event::Scanned(None)) => Self::Scanning(Some(EnrolTrouble::NotAnInvitation)),
            (Self::Typing(typing), Event::Touch(Touch::Answer(text))) => Self::Typing(typing.typed(text)),
            (Self::Typing(typing), Event::Touch(Touch::Next)) => typing.next(technician, cx),
            (Self::Calling(_), Event::Enrolled(Ok(()))) => Self::Done,
            (Self::Calling(None), Event::Enrolled(Err(trouble))) => Self::Scanning(Some(trouble)),
            (Self::Calling(Some(typing)), Event::Enrolled(Err(trouble))) => {
                Self::Typing(Typing { part: to_mend(trouble), trouble: Some(trouble), ..typing })
            }
            // What it is now it becomes with the next start.
            (Self::Done, Event::Touch(Touch::Next)) => {
                cx.want(Effect::Restart { technician });
                Self::Done
            }
            (same, _) => same,
        })
    }

    pub(super) fn view(&self) -> view::Enrolling {
        match self {
            Self::Scanning(trouble) => view::Enrolling::Awaiting(*trouble),
            Self::Typing(typing) => view::Enrolling::Typing {
                part: typing.part,
                text: typing.text().clone(),
                trouble: typing.trouble,
            },
            Self::Calling(_) => view::Enrolling::Calling,
            Self::Done => view::Enrolling::Done,
        }
    }
}

impl Typing {
    fn new() -> Self {
        let nothing = || ScannedText(String::new());
        Self {
            part: InvitationPart::Address,
            address: nothing(),
            name: nothing(),
            pin: nothing(),
            code: nothing(),
            trouble: None,
        }
    }

    fn text(&self) -> &ScannedText {
        match self.part {
            InvitationPart::Address => &self.address,
            InvitationPart::Name => &self.name,
            InvitationPart::Pin => &self.pin,
            InvitationPart::Code => &self.code,
        }
    }

    /// What has no room, or is no part of any invitation, changes nothing.
    fn typed(mut self, text: String) -> Self {
        if text.len() > self.part.room() || !text.bytes().all(|byte| self.part.takes(byte)) {
            return self;
        }
        let place = match self.part {
            InvitationPart::Address => &mut self.address,
            InvitationPart::Name => &mut self.name,
            InvitationPart::Pin => &mut self.pin,
            InvitationPart::Code => &mut self.code,
        };
        *place = ScannedText(text);
        Self { trouble: None, ..self }
    }

    fn next(self, technician: u64, cx: &mut Cx<'_>) -> Enrolling {
        let length = self.text().0.len();
        if length == 0 || (self.part.is_spelt_out() && length != self.part.room()) {
            return Enrolling::Typing(Self { trouble: Some(self.part.trouble()), ..self });
        }
        if let Some(part) = self.part.after() {
            return Enrolling::Typing(Self { part, trouble: None, ..self });
        }
        cx.want(Effect::Enrol { technician, invitation: self.invitation() });
        Enrolling::Calling(Some(self))
    }

    /// As a scanned one says it.
    fn invitation(&self) -> ScannedText {
        let address = self.address.0.trim_end_matches('/');
        ScannedText(format!("https://{address}/#{}/{}/{}", self.name.0, self.pin.0, self.code.0))
    }
}

/// Where to look first.
fn to_mend(trouble: EnrolTrouble) -> InvitationPart {
    match trouble {
        EnrolTrouble::Name => InvitationPart::Name,
        EnrolTrouble::Pin | EnrolTrouble::OtherPlatform => InvitationPart::Pin,
        EnrolTrouble::Code | EnrolTrouble::Refused | EnrolTrouble::Already | EnrolTrouble::Failed => {
            InvitationPart::Code
        }
        EnrolTrouble::NotAnInvitation | EnrolTrouble::Address | EnrolTrouble::Unreachable => {
            InvitationPart::Address
        }
    }
}
