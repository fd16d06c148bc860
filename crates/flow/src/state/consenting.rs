//! 知情同意: nothing personal is read before it.

use protocol::ConsentNotice;

use super::{
    Attract, Cx, Guide, Heading, Home, Identifying, Leaving, Patience, Querying, Refusing, State, Wait,
    filing_step,
};
use crate::{
    Deadlines, Event, Now,
    chosen::Chosen,
    event::Touch,
    proof::Consented,
    view::{self, Screen, Step},
};

/// What an identity is wanted for.
#[derive(Debug)]
pub(crate) enum Purpose {
    /// To file what was chosen, perhaps from a list.
    File(Chosen, Option<Heading>),
    /// To look up one's cases.
    Progress,
}

impl Purpose {
    /// The screen before.
    pub(crate) fn back(self) -> State {
        match self {
            Self::File(chosen, from) => Guide::new(chosen, from).into(),
            Self::Progress => Querying::begin().into(),
        }
    }

    pub(crate) fn step(&self) -> Option<Step> {
        match self {
            Self::File(..) => Some(filing_step(1)),
            Self::Progress => None,
        }
    }
}

/// Shows the notice and waits for 同意.
#[derive(Debug)]
pub(crate) struct Consenting {
    purpose: Purpose,
    notice: ConsentNotice,
}

impl Consenting {
    /// Nobody is asked for anything that could not be kept.
    pub(crate) fn begin(purpose: Purpose, cx: &Cx<'_>) -> State {
        if let (Purpose::File(..), Some(trouble)) = (&purpose, cx.intake) {
            return Refusing::because(trouble);
        }
        match cx.registry {
            Some(registry) => Self { purpose, notice: registry.consent.clone() }.into(),
            None => purpose.back(),
        }
    }
}

impl Wait for Consenting {
    fn screen(&self, _: Now) -> Screen {
        let notice = self.notice.clone();
        Screen::Consent(Box::new(view::Consent {
            purpose: notice.purpose,
            data: notice.data,
            retention: notice.retention,
            access: notice.access,
            refusal: notice.refusal,
        }))
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Agree) => {
                if let (Purpose::File(..), Some(trouble)) = (&self.purpose, cx.intake) {
                    return Refusing::because(trouble);
                }
                let consented = Consented::by_touch(&self.notice, cx.now.wall);
                Identifying::begin(self.purpose, consented, cx)
            }
            Event::Touch(Touch::Back) => self.purpose.back(),
            Event::Touch(Touch::Decline) => Home::open(cx),
            _ => self.into(),
        }
    }

    fn patience(&self, limits: &Deadlines) -> Patience {
        Patience::Quiet(limits.idle)
    }

    fn leaving(&self) -> Leaving {
        Leaving::Free
    }

    fn moved_on(self, _: &mut Cx<'_>) -> State {
        Attract.into()
    }

    fn step(&self) -> Option<Step> {
        self.purpose.step()
    }

    fn can_go_back(&self) -> bool {
        true
    }
}
