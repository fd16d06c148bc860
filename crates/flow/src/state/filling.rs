//! The form: one question at a time, and only what the card does not say.

use protocol::Field;

use super::{Confirming, Cx, Leaving, Patience, State, Wait, filing_step};
use crate::{
    Deadlines, Event, Now,
    application::{Application, ask},
    event::Touch,
    view::{self, Ask, Complaint, Screen, Step},
};

/// One question is open.
#[derive(Debug)]
pub(crate) struct Filling {
    application: Application,
    at: usize,
    draft: Draft,
    complaint: Option<Complaint>,
    /// Came from the confirmation to change one answer, and goes back there.
    editing: bool,
}

/// An answer being typed; wiped when dropped.
#[derive(Default, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
struct Draft(String);

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Draft")
    }
}

impl Filling {
    /// The first question.
    pub(crate) fn first(application: Application) -> State {
        Self::at(application, 0, false)
    }

    /// The question `field`, to come back from with a changed answer.
    pub(crate) fn edit(application: Application, field: &str) -> State {
        match application.questions().iter().position(|question| question.id == field) {
            Some(at) => Self::at(application, at, true),
            None => Confirming::new(application).into(),
        }
    }

    fn at(application: Application, at: usize, editing: bool) -> State {
        let draft =
            application.questions().get(at).map(|question| application.answer(&question.id).to_owned());
        match draft {
            Some(draft) => Self { application, at, draft: Draft(draft), complaint: None, editing }.into(),
            None => Confirming::new(application).into(),
        }
    }

    fn question(&self) -> Option<&Field> {
        self.application.questions().get(self.at).copied()
    }

    fn next(mut self, cx: &Cx<'_>) -> State {
        let Some(id) = self.question().map(|question| question.id.clone()) else {
            return Confirming::new(self.application).into();
        };
        match self.application.put(&id, &self.draft.0, cx.now.day()) {
            Ok(()) if self.editing => Confirming::new(self.application).into(),
            Ok(()) => Self::at(self.application, self.at + 1, false),
            Err(complaint) => Self { complaint: Some(complaint), ..self }.into(),
        }
    }

    fn back(self) -> State {
        if self.editing {
            return Confirming::new(self.application).into();
        }
        let before = self.at.saturating_sub(1);
        Self::at(self.application, before, false)
    }

    fn progress(&self) -> Step {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Step { at: count(self.at + 1), of: count(self.application.questions().len()) }
    }
}

impl Wait for Filling {
    fn screen(&self, now: Now) -> Screen {
        let Some(question) = self.question() else { return Screen::Submitting };
        Screen::Form(Box::new(view::Form {
            item: self.application.entry.item.name.clone(),
            field: question.id.clone(),
            label: question.label.clone(),
            hint: question.hint.clone(),
            required: question.required,
            question: self.progress(),
            ask: ask(&question.kind, now.day()).unwrap_or(Ask::Choice(Vec::new())),
            answer: self.draft.0.clone(),
            complaint: self.complaint,
        }))
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Answer(answer)) => {
                Self { draft: Draft(answer), complaint: None, ..self }.into()
            }
            Event::Touch(Touch::Next) => self.next(cx),
            Event::Touch(Touch::Back) if self.can_go_back() => self.back(),
            _ => self.into(),
        }
    }

    fn patience(&self, limits: &Deadlines) -> Patience {
        Patience::Asking(limits.idle_form)
    }

    fn leaving(&self) -> Leaving {
        Leaving::Asks
    }

    fn step(&self) -> Option<Step> {
        Some(filing_step(2))
    }

    fn can_go_back(&self) -> bool {
        self.editing || self.at > 0
    }

    fn is_personal(&self) -> bool {
        true
    }
}
