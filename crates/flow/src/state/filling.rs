//! The form: one question at a time, and only what the card does not say.

use protocol::{Field, FieldKind};

use super::{Confirming, Cx, Keeping, Leaving, Listing, Patience, Photographing, State, Wait, filing_step};
use crate::{
    Deadlines, Event, Now,
    application::Application,
    entry,
    event::Touch,
    view::{self, Complaint, Screen, Step},
};

/// One question of one answer is open.
#[derive(Debug)]
pub(crate) struct Filling {
    application: Application,
    place: Place,
    draft: Draft,
    complaint: Option<Complaint>,
}

/// Where in the form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Which of the questions.
    pub(crate) at: usize,
    /// Came from the confirmation to change one answer, and goes back there.
    pub(crate) editing: bool,
}

/// An answer being typed; wiped when dropped.
#[derive(Default, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub(crate) struct Draft(pub(crate) String);

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Draft")
    }
}

impl Place {
    /// Opens the question that is there; behind the last one come the papers.
    pub(crate) fn open(self, application: Application, cx: &Cx<'_>) -> State {
        match self.question(&application).map(|question| &question.kind) {
            None if self.editing => Confirming::new(application).into(),
            None => Photographing::first(application, cx),
            Some(FieldKind::PersonList { .. }) => Listing::new(application, self).into(),
            Some(_) => Filling::new(application, self).into(),
        }
    }

    /// The question that is there.
    pub(crate) fn question(self, application: &Application) -> Option<&Field> {
        application.questions().get(self.at).copied()
    }

    /// Onward from a question that is answered. A changed answer may have opened others, which come first, and then papers.
    pub(crate) fn onward(self, application: Application, cx: &Cx<'_>) -> State {
        if !self.editing {
            return Self { at: self.at + 1, ..self }.open(application, cx);
        }
        match application.wrong(cx.now.day()) {
            Some((field, _)) => Filling::edit(application, &field, cx),
            None => Photographing::rest(application, cx),
        }
    }

    pub(crate) fn back(self, application: Application, cx: &Cx<'_>) -> State {
        if self.editing {
            return Confirming::new(application).into();
        }
        Self { at: self.at.saturating_sub(1), ..self }.open(application, cx)
    }

    pub(crate) fn can_go_back(self) -> bool {
        self.editing || self.at > 0
    }

    pub(crate) fn progress(self, application: &Application) -> Step {
        progress(self.at, application.questions().len())
    }
}

/// The question `at`, counted from 0, of so many.
pub(crate) fn progress(at: usize, of: usize) -> Step {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Step { at: count(at + 1), of: count(of) }
}

impl Filling {
    /// The first question.
    pub(crate) fn first(application: Application, cx: &Cx<'_>) -> State {
        Place { at: 0, editing: false }.open(application, cx)
    }

    /// Where to go on with what was filled in before: the first question that lacks its answer, the papers, or the confirmation.
    pub(crate) fn resume(application: Application, cx: &Cx<'_>) -> State {
        let lacks = application.wrong(cx.now.day()).map(|(field, _)| field);
        let questions = application.questions();
        let at = lacks.and_then(|field| questions.iter().position(|question| question.id == field));
        let at = at.unwrap_or(questions.len());
        if at == questions.len() && application.next_paper().is_none() {
            return Confirming::new(application).into();
        }
        Place { at, editing: false }.open(application, cx)
    }

    /// Back to the last question.
    pub(crate) fn last(application: Application, cx: &Cx<'_>) -> State {
        let at = application.questions().len().saturating_sub(1);
        Place { at, editing: false }.open(application, cx)
    }

    /// The question `field`, to come back from with a changed answer.
    pub(crate) fn edit(application: Application, field: &str, cx: &Cx<'_>) -> State {
        match application.questions().iter().position(|question| question.id == field) {
            Some(at) => Place { at, editing: true }.open(application, cx),
            None => Confirming::new(application).into(),
        }
    }

    fn new(application: Application, place: Place) -> Self {
        let typed = place
            .question(&application)
            .map(|question| entry::typed(&question.kind, application.words(&question.id)));
        Self { draft: Draft(typed.unwrap_or_default()), application, place, complaint: None }
    }

    fn next(mut self, cx: &Cx<'_>) -> State {
        let Some(id) = self.place.question(&self.application).map(|question| question.id.clone()) else {
            return Confirming::new(self.application).into();
        };
        match self.application.put(&id, &self.draft.0, cx.now.day()) {
            Ok(()) => self.place.onward(self.application, cx),
            Err(complaint) => Self { complaint: Some(complaint), ..self }.into(),
        }
    }

    fn typed(self, typed: String) -> State {
        let typed = Draft(typed);
        let fits = self
            .place
            .question(&self.application)
            .is_some_and(|question| entry::fits(&question.kind, &typed.0));
        if fits { Self { draft: typed, complaint: None, ..self } } else { self }.into()
    }
}

impl Wait for Filling {
    fn screen(&self, now: Now) -> Screen {
        let Some(question) = self.place.question(&self.application) else { return Screen::Submitting };
        Screen::Form(Box::new(view::Form {
            item: self.application.chosen.asks_for(&question.id).clone(),
            field: question.id.clone(),
            label: question.label.clone(),
            hint: question.hint.clone(),
            required: question.required,
            question: self.place.progress(&self.application),
            ask: self.application.ask(question, now.day()),
            answer: self.draft.0.clone(),
            grouped: entry::grouped(&question.kind, &self.draft.0),
            person: None,
            complaint: self.complaint,
        }))
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Answer(answer)) => self.typed(answer),
            Event::Touch(Touch::Next) => self.next(cx),
            Event::Touch(Touch::Back) if self.can_go_back() => self.place.back(self.application, cx),
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
        self.place.can_go_back()
    }

    fn is_personal(&self) -> bool {
        true
    }

    fn can_save(&self) -> bool {
        true
    }

    fn save(mut self, cx: &Cx<'_>) -> State {
        if let Some(id) = self.place.question(&self.application).map(|question| question.id.clone()) {
            // Half an answer is none, and is left out.
            let _ = self.application.put(&id, &self.draft.0, cx.now.day());
        }
        Keeping::ask(self.application)
    }
}
