//! 接着填: what the person has left unfinished, once the card has said who it is, and never before.

use std::time::Duration;

use protocol::DraftQuery;
use uuid::Uuid;

use super::{Cx, Ending, Filling, Leaving, Patience, State, Wait, filing_step};
use crate::{
    Deadlines, Effect, Event, Now,
    application::Application,
    chosen::Chosen,
    event::{LeftForm, Touch},
    now::day_in_china,
    view::{self, DraftRow, Screen, Step},
};

/// So long the screen before stays, and nothing flickers.
const UNNOTICED: Duration = Duration::from_millis(300);

/// The drafts are asked for.
#[derive(Debug)]
pub(crate) struct Recalling {
    application: Application,
    asked: Duration,
    noticed: bool,
}

impl Recalling {
    /// Asks where anybody can answer, and there can be any; nobody waits for a network that is away.
    pub(crate) fn begin(application: Application, cx: &mut Cx<'_>) -> State {
        if !cx.online {
            return Filling::first(application, cx);
        }
        let (asked, id_number) = (cx.now.mono, application.id_number().to_owned());
        cx.want(Effect::FindDrafts { asked, query: DraftQuery { id_number } });
        Self { application, asked, noticed: false }.into()
    }

    /// Offers those that can be gone on with here.
    fn found(self, mut drafts: Vec<LeftForm>, cx: &Cx<'_>) -> State {
        // What was chosen comes first, the last changed of each before the others.
        drafts.sort_by_key(|draft| !self.application.chosen.is(&draft.subject));
        let row = |draft: &LeftForm| {
            let chosen = Chosen::of(cx.registry?, &draft.subject)?;
            self.application.suits(&chosen).then(|| row(draft, &chosen))
        };
        let rows: Vec<_> = drafts.iter().filter_map(row).collect();
        // Nothing of what is not offered is kept in memory.
        drafts.retain(|draft| rows.iter().any(|row| row.key == draft.key));
        match rows.as_slice() {
            [] => Filling::first(self.application, cx),
            _ => Offering { application: self.application, drafts, rows }.into(),
        }
    }

    fn waited(self, cx: &Cx<'_>) -> State {
        if self.asked + cx.limits.drafts <= cx.now.mono {
            return Filling::first(self.application, cx);
        }
        let noticed = self.asked + UNNOTICED <= cx.now.mono;
        Self { noticed, ..self }.into()
    }
}

fn row(draft: &LeftForm, chosen: &Chosen) -> DraftRow {
    DraftRow {
        key: draft.key,
        item: chosen.name().clone(),
        code: draft.code.grouped(),
        changed_on: day_in_china(draft.changed_at),
        until: draft.until,
        renewed: chosen.subject() != draft.subject,
    }
}

impl Wait for Recalling {
    fn screen(&self, _: Now) -> Screen {
        if self.noticed {
            return Screen::Drafts(view::Drafts {
                chosen: self.application.chosen.name().clone(),
                rows: None,
            });
        }
        Screen::Identify(view::Identify {
            trouble: None,
            purpose: Some(self.application.chosen.name().clone()),
        })
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Drafts { asked, drafts } if asked == self.asked => self.found(drafts, cx),
            Event::Tick => self.waited(cx),
            _ => self.into(),
        }
    }

    fn patience(&self, _: &Deadlines) -> Patience {
        Patience::Endless
    }

    fn leaving(&self) -> Leaving {
        Leaving::Ends
    }

    fn deadline(&self, limits: &Deadlines) -> Option<Duration> {
        Some(self.asked + if self.noticed { limits.drafts } else { UNNOTICED.min(limits.drafts) })
    }

    fn step(&self) -> Option<Step> {
        Some(filing_step(1))
    }

    fn is_personal(&self) -> bool {
        true
    }
}

/// There are some: one of them, or a new form.
#[derive(Debug)]
pub(crate) struct Offering {
    application: Application,
    drafts: Vec<LeftForm>,
    rows: Vec<DraftRow>,
}

impl Offering {
    /// With what it is of as that is offered now, whatever was chosen at first. Where it has changed since, every question is shown
    /// again with what was said.
    fn resume(self, key: Uuid, cx: &mut Cx<'_>) -> State {
        let draft = self.drafts.iter().find(|draft| draft.key == key);
        let chosen = draft.and_then(|draft| Chosen::of(cx.registry?, &draft.subject));
        let (Some(draft), Some(chosen)) = (draft, chosen) else { return self.into() };
        let same = chosen.subject() == draft.subject;
        // None but such as suit the card are offered.
        let Some(mut application) = self.application.turn_to(chosen) else {
            return Ending::begin(false, false, cx);
        };
        application.recall(draft, cx.now.day());
        if same { Filling::resume(application, cx) } else { Filling::first(application, cx) }
    }
}

impl Wait for Offering {
    fn screen(&self, _: Now) -> Screen {
        Screen::Drafts(view::Drafts {
            chosen: self.application.chosen.name().clone(),
            rows: Some(self.rows.clone()),
        })
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Resume(key)) => self.resume(key, cx),
            Event::Touch(Touch::Afresh) => Filling::first(self.application, cx),
            _ => self.into(),
        }
    }

    fn patience(&self, limits: &Deadlines) -> Patience {
        Patience::Asking(limits.idle_personal)
    }

    fn leaving(&self) -> Leaving {
        Leaving::Ends
    }

    fn step(&self) -> Option<Step> {
        Some(filing_step(1))
    }

    fn is_personal(&self) -> bool {
        true
    }
}
