//! 先存着: what is filled in so far goes to the platform, for its owner to go on with elsewhere.
//!
//! It is sent at once or not at all, and never touches this machine's disk: a draft that waited here could not be gone on
//! with anywhere, though its owner has been told so and has gone home.

use std::time::Duration;

use protocol::{DraftKept, Text};
use uuid::Uuid;

use super::{Cx, Ending, Filling, Leaving, Patience, State, Wait, filing_step};
use crate::{
    Deadlines, Effect, Event, Now,
    application::Application,
    event::{DraftTrouble, Touch},
    view::{DraftStage, LeftDraft, Screen, Step},
};

/// It is said what keeping means, and sent once the resident wants it.
#[derive(Debug)]
pub(crate) struct Keeping {
    application: Application,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// Nothing is sent yet.
    Asking,
    /// Since when.
    Sending(Duration),
    /// It was sent, and is not kept.
    Failed(DraftTrouble),
}

impl Keeping {
    pub(crate) fn ask(application: Application) -> State {
        Self { application, stage: Stage::Asking }.into()
    }

    fn send(self, cx: &mut Cx<'_>) -> State {
        let asked = cx.now.mono;
        cx.want(Effect::KeepDraft(Box::new(self.application.left(asked))));
        Self { stage: Stage::Sending(asked), ..self }.into()
    }

    fn failed(mut self, key: Option<Uuid>, trouble: DraftTrouble) -> State {
        if let Some(key) = key {
            self.application.may_be(key);
        }
        Self { stage: Stage::Failed(trouble), ..self }.into()
    }

    /// Who has left is forgotten here: only how the draft is found again is kept.
    fn kept(self, kept: DraftKept) -> State {
        Kept { item: self.application.chosen.name().clone(), kept }.into()
    }

    fn sending(self, since: Duration, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::DraftKept { asked, kept } if asked == since => self.kept(*kept),
            Event::DraftNotKept { asked, key, trouble } if asked == since => self.failed(Some(key), trouble),
            Event::Tick if since + cx.limits.query <= cx.now.mono => self.failed(None, DraftTrouble::Failed),
            _ => Self { stage: Stage::Sending(since), ..self }.into(),
        }
    }
}

impl Wait for Keeping {
    fn screen(&self, _: Now) -> Screen {
        Screen::Draft(Box::new(LeftDraft {
            item: self.application.chosen.name().clone(),
            photographed: self.application.pages_in_all() > 0,
            stage: match &self.stage {
                Stage::Asking => DraftStage::Asking,
                Stage::Sending(_) => DraftStage::Sending,
                Stage::Failed(trouble) => DraftStage::Failed(trouble.clone()),
            },
        }))
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match (&self.stage, event) {
            (Stage::Sending(since), event) => {
                let since = *since;
                self.sending(since, event, cx)
            }
            (Stage::Asking | Stage::Failed(_), Event::Touch(Touch::Keep)) => self.send(cx),
            (Stage::Asking | Stage::Failed(_), Event::Touch(Touch::Back)) => {
                Filling::resume(self.application, cx)
            }
            _ => self.into(),
        }
    }

    fn patience(&self, limits: &Deadlines) -> Patience {
        match self.stage {
            Stage::Sending(_) => Patience::Endless,
            _ => Patience::Asking(limits.idle_personal),
        }
    }

    fn leaving(&self) -> Leaving {
        match self.stage {
            Stage::Sending(_) => Leaving::NotOffered,
            _ => Leaving::Asks,
        }
    }

    fn deadline(&self, limits: &Deadlines) -> Option<Duration> {
        match self.stage {
            Stage::Sending(since) => Some(since + limits.query),
            _ => None,
        }
    }

    fn step(&self) -> Option<Step> {
        Some(filing_step(2))
    }

    fn can_go_back(&self) -> bool {
        !matches!(self.stage, Stage::Sending(_))
    }

    fn is_personal(&self) -> bool {
        true
    }
}

/// The platform has it.
#[derive(Debug)]
pub(crate) struct Kept {
    item: Text,
    kept: DraftKept,
}

impl Wait for Kept {
    fn screen(&self, _: Now) -> Screen {
        let DraftKept { code, until, url } = &self.kept;
        Screen::Draft(Box::new(LeftDraft {
            item: self.item.clone(),
            photographed: false,
            stage: DraftStage::Kept { code: code.grouped(), until: *until, url: url.clone() },
        }))
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Finish) => Ending::begin(false, false, cx),
            _ => self.into(),
        }
    }

    /// The code is copied or photographed: as long as a result that is not on paper.
    fn patience(&self, limits: &Deadlines) -> Patience {
        Patience::Quiet(limits.result_without_receipt)
    }

    fn leaving(&self) -> Leaving {
        Leaving::Ends
    }

    fn moved_on(self, cx: &mut Cx<'_>) -> State {
        Ending::begin(false, false, cx)
    }

    fn is_personal(&self) -> bool {
        true
    }
}
