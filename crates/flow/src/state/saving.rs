//! 正在提交: first onto the disk, then to the platform; the resident waits a few seconds at most.

use std::time::Duration;

use protocol::{PickupCode, Text};
use uuid::Uuid;

use super::{Cx, Leaving, Patience, Resulting, State, Wait, filing_step};
use crate::{
    Deadlines, Effect, Event, Now,
    application::Application,
    effect::{Bring, SlipText},
    event::IntakeTrouble,
    view::{Screen, Step},
};

/// The case, or the bundle, is on its way. Who filed it is forgotten already: only what the receipt says is kept.
#[derive(Debug)]
pub(crate) struct Saving {
    receipt: Pending,
    recorded: Option<(Uuid, PickupCode)>,
    since: Duration,
}

/// What a receipt will say, but for the code that comes from the disk.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) name: Text,
    pub(crate) bring: Vec<Bring>,
    pub(crate) photographed: usize,
    blank: SlipText,
}

impl Pending {
    fn of(application: &Application, now: Now) -> Self {
        Self {
            name: application.chosen.name().clone(),
            bring: application.bring(),
            photographed: application.pages_in_all(),
            blank: application.blank(now),
        }
    }

    /// The text of the receipt for what waits.
    pub(crate) fn with(&self, pickup_code: PickupCode) -> SlipText {
        self.blank.clone().with(pickup_code)
    }
}

impl Saving {
    #[expect(clippy::needless_pass_by_value, reason = "consumed on purpose: who filed is forgotten here")]
    pub(crate) fn begin(application: Application, cx: &mut Cx<'_>) -> State {
        cx.want(Effect::Record(Box::new(application.intake(cx.now))));
        Self { receipt: Pending::of(&application, cx.now), recorded: None, since: cx.now.mono }.into()
    }

    fn about(&self, key: Uuid) -> bool {
        self.recorded.as_ref().is_some_and(|(ours, _)| *ours == key)
    }

    fn waiting(self, cx: &mut Cx<'_>) -> State {
        match self.recorded {
            Some((key, code)) => Resulting::waiting(key, self.receipt, code, cx),
            None => Resulting::not_taken(IntakeTrouble::Disk, self.receipt, cx),
        }
    }
}

impl Wait for Saving {
    fn screen(&self, _: Now) -> Screen {
        Screen::Submitting
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Recorded { case_key, pickup_code } if self.recorded.is_none() => {
                Self { recorded: Some((case_key, pickup_code)), since: cx.now.mono, ..self }.into()
            }
            Event::NotRecorded(trouble) => Resulting::not_taken(trouble, self.receipt, cx),
            Event::Delivered(case) if self.about(case.case_key) => {
                Resulting::filed(case.case_key, SlipText::Filed(case), self.receipt, cx)
            }
            Event::BundleDelivered(bundle) if self.about(bundle.bundle_key) => {
                Resulting::filed(bundle.bundle_key, SlipText::BundleFiled(bundle), self.receipt, cx)
            }
            Event::Deferred { case_key } if self.about(case_key) => self.waiting(cx),
            Event::Refused { case_key, reason } if self.about(case_key) => {
                Resulting::refused(self.receipt.name, reason, cx)
            }
            Event::Tick if self.deadline(cx.limits).is_some_and(|at| at <= cx.now.mono) => self.waiting(cx),
            _ => self.into(),
        }
    }

    fn patience(&self, _: &Deadlines) -> Patience {
        Patience::Endless
    }

    fn leaving(&self) -> Leaving {
        Leaving::NotOffered
    }

    fn deadline(&self, limits: &Deadlines) -> Option<Duration> {
        let patience = if self.recorded.is_some() { limits.submit } else { limits.record };
        Some(self.since + patience)
    }

    fn step(&self) -> Option<Step> {
        Some(filing_step(4))
    }

    fn is_personal(&self) -> bool {
        true
    }
}
