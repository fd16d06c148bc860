//! A list of people: who is there, one more, one changed, one less.

use super::{Cx, Describing, Keeping, Leaving, Patience, Place, State, Wait, filing_step};
use crate::{
    Deadlines, Event, Now,
    application::Application,
    event::Touch,
    view::{self, Ask, Complaint, Screen, Step},
};

/// A list of people is open.
#[derive(Debug)]
pub(crate) struct Listing {
    application: Application,
    place: Place,
    complaint: Option<Complaint>,
}

impl Listing {
    pub(crate) fn new(application: Application, place: Place) -> Self {
        Self { application, place, complaint: None }
    }

    /// The field, how many people there are, and whether there is room for another.
    fn list(&self) -> Option<(String, usize, bool)> {
        let question = self.place.question(&self.application)?;
        let count = self.application.persons(&question.id).len();
        let protocol::FieldKind::PersonList { max, .. } = question.kind else { return None };
        Some((question.id.clone(), count, u32::try_from(count).is_ok_and(|count| count < max)))
    }

    fn next(self, cx: &Cx<'_>) -> State {
        let today = cx.now.day();
        let id = self.place.question(&self.application).map(|question| question.id.clone());
        match id.and_then(|id| self.application.complaint(&id, today)) {
            Some(complaint) => Self { complaint: Some(complaint), ..self }.into(),
            None => self.place.onward(self.application, cx),
        }
    }

    fn remove(mut self, at: usize) -> State {
        if let Some((field, _, _)) = self.list() {
            self.application.remove_person(&field, at);
        }
        Self { complaint: None, ..self }.into()
    }

    fn add(self) -> State {
        match self.list() {
            Some((_, count, true)) => Describing::about(self.application, self.place, count),
            _ => self.into(),
        }
    }

    fn edit(self, at: usize) -> State {
        match self.list() {
            Some((_, count, _)) if at < count => Describing::about(self.application, self.place, at),
            _ => self.into(),
        }
    }
}

impl Wait for Listing {
    fn screen(&self, now: Now) -> Screen {
        let Some(question) = self.place.question(&self.application) else { return Screen::Submitting };
        let ask: Ask = self.application.ask(question, now.day());
        Screen::Form(Box::new(view::Form {
            item: self.application.chosen.asks_for(&question.id).clone(),
            field: question.id.clone(),
            label: question.label.clone(),
            hint: question.hint.clone(),
            required: question.required,
            question: self.place.progress(&self.application),
            ask,
            answer: String::new(),
            grouped: String::new(),
            person: None,
            complaint: self.complaint,
        }))
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::AddPerson) => self.add(),
            Event::Touch(Touch::EditPerson(at)) => self.edit(at),
            Event::Touch(Touch::RemovePerson(at)) => self.remove(at),
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

    fn save(self, _: &Cx<'_>) -> State {
        Keeping::ask(self.application)
    }
}
