//! 身份核验: waits for a card.

use protocol::CaseQuery;

use super::{Cx, Heading, Leaving, Patience, Purpose, Querying, Recalling, State, Wait};
use crate::{
    Deadlines, Effect, Event, Now,
    application::Application,
    chosen::Chosen,
    effect::Find,
    event::{CardIdentity, CardTrouble, Touch},
    proof::{Consented, Identified},
    view::{self, Screen, Step},
};

/// Waits for a card to be put down.
#[derive(Debug)]
pub(crate) struct Identifying {
    purpose: Purpose,
    consented: Consented,
    trouble: Option<CardTrouble>,
}

impl Identifying {
    pub(crate) fn begin(purpose: Purpose, consented: Consented, cx: &mut Cx<'_>) -> State {
        cx.want(Effect::ReadCard);
        Self { purpose, consented, trouble: None }.into()
    }

    fn card(self, card: &CardIdentity, cx: &mut Cx<'_>) -> State {
        *cx.card_seen = true;
        match Identified::by_card(self.consented, card, cx.now.day()) {
            Ok(identified) => accepted(self.purpose, identified, cx),
            Err((consented, trouble)) => Self { consented, trouble: Some(trouble), ..self }.into(),
        }
    }
}

fn accepted(purpose: Purpose, identified: Identified, cx: &mut Cx<'_>) -> State {
    cx.want(Effect::StopReading);
    match purpose {
        Purpose::File(chosen, from) => filing(chosen, from, identified, cx),
        Purpose::Progress => {
            let id_number = identified.applicant().id_number.clone();
            Querying::search(Find::ByIdentity(CaseQuery { id_number }), cx)
        }
    }
}

fn filing(chosen: Chosen, from: Option<Heading>, identified: Identified, cx: &mut Cx<'_>) -> State {
    match Application::begin(chosen, identified) {
        Ok(application) => Recalling::begin(application, cx),
        Err((chosen, consented)) => {
            cx.want(Effect::ReadCard);
            let trouble = Some(CardTrouble::UnknownKind);
            Identifying { purpose: Purpose::File(chosen, from), consented, trouble }.into()
        }
    }
}

impl Wait for Identifying {
    fn screen(&self, _: Now) -> Screen {
        let purpose = match &self.purpose {
            Purpose::File(chosen, _) => Some(chosen.name().clone()),
            Purpose::Progress => None,
        };
        Screen::Identify(view::Identify { trouble: self.trouble, purpose })
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::CardRead(card) => self.card(&card, cx),
            Event::CardFailed(trouble) => {
                *cx.card_seen = true;
                Self { trouble: Some(trouble), ..self }.into()
            }
            Event::Touch(Touch::Back) => {
                cx.want(Effect::StopReading);
                self.purpose.back()
            }
            _ => self.into(),
        }
    }

    fn patience(&self, limits: &Deadlines) -> Patience {
        Patience::Asking(limits.idle)
    }

    fn leaving(&self) -> Leaving {
        Leaving::Ends
    }

    fn step(&self) -> Option<Step> {
        self.purpose.step()
    }

    fn can_go_back(&self) -> bool {
        true
    }
}
