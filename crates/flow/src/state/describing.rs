//! The questions about one person of a list, one at a time. The list has them when all are answered, and not before.

use protocol::{Field, FieldKind, Person, answer::open};
use zeroize::Zeroize;

use super::{
    Cx, Draft, Keeping, Leaving, Listing, Patience, Place, State, Wait, filing_step, filling::progress,
};
use crate::{
    Deadlines, Event, Now,
    application::{Application, ask, checked},
    entry,
    event::Touch,
    view::{self, Complaint, Screen, Step},
};

/// One question about one person is open.
#[derive(Debug)]
pub(crate) struct Describing {
    application: Application,
    place: Place,
    /// Which person of the list; one more than there are is a new one.
    who: usize,
    said: Said,
    at: usize,
    draft: Draft,
    complaint: Option<Complaint>,
}

/// What has been said about the person; wiped when dropped.
#[derive(Default)]
struct Said(Person);

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Said({})", self.0.len())
    }
}

impl Drop for Said {
    fn drop(&mut self) {
        self.0.values_mut().for_each(Zeroize::zeroize);
    }
}

impl Describing {
    /// The first question about the person `who`.
    pub(crate) fn about(application: Application, place: Place, who: usize) -> State {
        let known = place
            .question(&application)
            .and_then(|list| application.persons(&list.id).get(who))
            .cloned()
            .unwrap_or_default();
        Self { application, place, who, said: Said(known), at: 0, draft: Draft::default(), complaint: None }
            .question(0)
    }

    fn fields(&self) -> &[Field] {
        match self.place.question(&self.application).map(|list| &list.kind) {
            Some(FieldKind::PersonList { fields, .. }) => fields,
            _ => &[],
        }
    }

    fn questions(&self) -> Vec<&Field> {
        open(self.fields(), |field| self.said.0.get(&field.id).cloned())
    }

    /// Opens the question `at`; behind the last one the person is complete.
    fn question(self, at: usize) -> State {
        let asked = self.questions().get(at).map(|question| {
            let answer = self.said.0.get(&question.id).map_or("", String::as_str);
            Draft(entry::typed(&question.kind, answer))
        });
        match asked {
            Some(draft) => Self { at, draft, complaint: None, ..self }.into(),
            None => self.complete(),
        }
    }

    fn complete(mut self) -> State {
        let open: Vec<String> = self.questions().into_iter().map(|field| field.id.clone()).collect();
        let mut person = std::mem::take(&mut self.said.0);
        person.retain(|id, words| {
            let asked = open.contains(id);
            if !asked {
                words.zeroize();
            }
            asked
        });
        let list = self.place.question(&self.application).map(|list| list.id.clone());
        self.application.put_person(&list.unwrap_or_default(), self.who, person);
        Listing::new(self.application, self.place).into()
    }

    fn next(mut self, cx: &Cx<'_>) -> State {
        let questions = self.questions();
        let Some(question) = questions.get(self.at) else { return self.complete() };
        let id = question.id.clone();
        match checked(question, &self.draft.0, cx.now.day()) {
            Ok(Some(answer)) => drop(self.said.0.insert(id, answer)),
            Ok(None) => drop(self.said.0.remove(&id)),
            Err(complaint) => return Self { complaint: Some(complaint), ..self }.into(),
        }
        let next = self.at + 1;
        self.question(next)
    }

    fn typed(self, typed: String) -> State {
        let typed = Draft(typed);
        let fits =
            self.questions().get(self.at).is_some_and(|question| entry::fits(&question.kind, &typed.0));
        if fits { Self { draft: typed, complaint: None, ..self } } else { self }.into()
    }

    fn back(self) -> State {
        match self.at.checked_sub(1) {
            Some(before) => self.question(before),
            None => Listing::new(self.application, self.place).into(),
        }
    }
}

impl Wait for Describing {
    fn screen(&self, now: Now) -> Screen {
        let questions = self.questions();
        let Some(question) = questions.get(self.at) else { return Screen::Submitting };
        let (chosen, list) = (&self.application.chosen, self.place.question(&self.application));
        Screen::Form(Box::new(view::Form {
            item: list.map_or(chosen.name(), |list| chosen.asks_for(&list.id)).clone(),
            field: question.id.clone(),
            label: question.label.clone(),
            hint: question.hint.clone(),
            required: question.required,
            question: progress(self.at, questions.len()),
            ask: ask(&question.kind, now.day()),
            answer: self.draft.0.clone(),
            grouped: entry::grouped(&question.kind, &self.draft.0),
            person: u32::try_from(self.who + 1).ok(),
            complaint: self.complaint,
        }))
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Answer(answer)) => self.typed(answer),
            Event::Touch(Touch::Next) => self.next(cx),
            Event::Touch(Touch::Back) => self.back(),
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
        true
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
