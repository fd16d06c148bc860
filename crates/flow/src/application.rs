//! An application while it is being filled in: what was chosen, the identified resident and the answers.

use std::{collections::BTreeMap, time::Duration};

use jiff::civil::Date;
use protocol::{
    Answer, Answers, Applicant, Complaint, Field, FieldKind, ItemEntry, Knows, Material, Person,
    answer::{check_so_far, open, told},
    mask,
    material::{PAGE_BYTES, PAGES},
};
use uuid::Uuid;
use zeroize::Zeroize;

use crate::{
    Now,
    chosen::Chosen,
    effect::{Bring, DraftIntake, Intake, SlipText},
    entry,
    event::LeftForm,
    page::{Page, Paper, VISIT_BYTES},
    proof::{Consented, Identified},
    view::{Ask, Due, Edit, PersonRow, Promise, Row, Shown},
};

/// What is being filed, and by whom.
#[derive(Debug)]
pub(crate) struct Application {
    pub(crate) chosen: Chosen,
    identified: Identified,
    answers: Given,
    /// The papers that were asked for, by number; without a page where they are brought later.
    pages: BTreeMap<u16, Vec<Page>>,
    /// 草稿 that it was, or may have become.
    draft: Option<Uuid>,
}

/// Answers by field; wiped when dropped.
#[derive(Default)]
struct Given(Answers);

impl std::fmt::Debug for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Given({})", self.0.len())
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        self.0.values_mut().for_each(Zeroize::zeroize);
    }
}

impl Application {
    /// Begins with what the card says. `Err` gives choice and consent back: the card lacks something that an item
    /// requires and that cannot be asked for at a kiosk.
    pub(crate) fn begin(chosen: Chosen, identified: Identified) -> Result<Self, (Chosen, Consented)> {
        if !suits(&chosen, identified.applicant()) {
            return Err((chosen, identified.into_consented()));
        }
        let mut answers = Given::default();
        for field in chosen.fields() {
            if let Some(value) = told(field, identified.applicant()) {
                answers.0.insert(field.id.clone(), value.into());
            }
        }
        Ok(Self { chosen, identified, answers, pages: BTreeMap::new(), draft: None })
    }

    /// The same person with another choice; `None` where the card does not suit it.
    pub(crate) fn turn_to(self, chosen: Chosen) -> Option<Self> {
        Self::begin(chosen, self.identified).ok()
    }

    /// Whether the card that was read says what `chosen` requires.
    pub(crate) fn suits(&self, chosen: &Chosen) -> bool {
        suits(chosen, self.identified.applicant())
    }

    /// Takes up what was filled in before; what is no answer any more, or not asked, is left out.
    pub(crate) fn recall(&mut self, draft: &LeftForm, today: Date) {
        let card = self.identified.applicant();
        let fields = self.chosen.fields();
        let asked = |id: &str| fields.iter().any(|field| field.id == id && told(field, card).is_none());
        let is_answer = |answer: &(String, Answer)| {
            let alone = Given([answer.clone()].into());
            asked(&answer.0) && check_so_far(fields, &alone.0, card, today).is_ok()
        };
        let said = draft.fields.iter().map(|(field, answer)| (field.clone(), answer.clone()));
        let known: Vec<_> = said.filter(is_answer).collect();
        for (field, answer) in known {
            self.keep(&field, answer);
        }
        self.draft = Some(draft.key);
    }

    /// From now on it may be a draft with this key.
    pub(crate) fn may_be(&mut self, draft: Uuid) {
        self.draft = Some(draft);
    }

    /// What is filled in so far, to be gone on with later.
    pub(crate) fn left(&self, asked: Duration) -> DraftIntake {
        let card = self.identified.applicant();
        let mut said = self.said();
        let fields = self.chosen.fields();
        said.0.retain(|id, _| fields.iter().any(|field| field.id == *id && told(field, card).is_none()));
        DraftIntake {
            asked,
            key: self.draft,
            subject: self.chosen.subject(),
            applicant: card.clone(),
            fields: std::mem::take(&mut said.0),
            consent: self.identified.consent().clone(),
        }
    }

    /// The questions that are left to ask, in order.
    pub(crate) fn questions(&self) -> Vec<&Field> {
        let card = self.identified.applicant();
        let mut open = self.open();
        open.retain(|field| can_be_asked(field) && told(field, card).is_none());
        open
    }

    fn open(&self) -> Vec<&Field> {
        open(self.chosen.fields(), |field| Some(self.words(&field.id).to_owned()))
    }

    /// The words of the answer given so far.
    pub(crate) fn words(&self, field: &str) -> &str {
        self.answers.0.get(field).map_or("", Answer::words)
    }

    /// The people named so far.
    pub(crate) fn persons(&self, field: &str) -> &[Person] {
        self.answers.0.get(field).map_or(&[], Answer::persons)
    }

    /// Checks what was typed, and keeps the answer.
    pub(crate) fn put(&mut self, field: &str, typed: &str, today: Date) -> Result<(), Complaint> {
        let Some(asked) = self.chosen.fields().iter().find(|known| known.id == field) else {
            return Ok(());
        };
        match checked(asked, typed, today)? {
            Some(answer) => self.keep(field, answer.into()),
            None => self.keep(field, Answer::from("")),
        }
        Ok(())
    }

    /// Keeps what is said about one person: in the place of the person `at`, or behind the others.
    pub(crate) fn put_person(&mut self, field: &str, at: usize, person: Person) {
        let mut persons = self.persons(field).to_vec();
        match persons.get_mut(at) {
            Some(known) => *known = person,
            None => persons.push(person),
        }
        self.keep(field, Answer::Persons(persons));
    }

    pub(crate) fn remove_person(&mut self, field: &str, at: usize) {
        let mut persons = self.persons(field).to_vec();
        if at < persons.len() {
            persons.remove(at).into_values().for_each(|mut words| words.zeroize());
        }
        self.keep(field, Answer::Persons(persons));
    }

    fn keep(&mut self, field: &str, answer: Answer) {
        let before = if answer.is_empty() {
            self.answers.0.remove(field)
        } else {
            self.answers.0.insert(field.to_owned(), answer)
        };
        if let Some(mut before) = before {
            before.zeroize();
        }
    }

    /// The papers to be photographed as it is answered now, by number, in order.
    pub(crate) fn papers(&self) -> Vec<(u16, Material)> {
        self.chosen.photographs(&self.answers.0)
    }

    /// The pages of a paper.
    pub(crate) fn pages(&self, material: u16) -> &[Page] {
        self.pages.get(&material).map_or(&[], Vec::as_slice)
    }

    /// How many pages there are of all papers.
    pub(crate) fn pages_in_all(&self) -> usize {
        self.papers().into_iter().map(|(material, _)| self.pages(material).len()).sum()
    }

    /// Whether a paper may have so many pages more, however large they are.
    pub(crate) fn has_room(&self, material: u16, more: usize) -> bool {
        let taken = self.pages.values().flatten().map(|page| page.file.bytes().len()).sum::<usize>();
        self.pages(material).len() + more <= usize::from(PAGES) && taken + more * PAGE_BYTES <= VISIT_BYTES
    }

    pub(crate) fn add_page(&mut self, material: u16, page: Page) {
        self.pages.entry(material).or_default().push(page);
    }

    pub(crate) fn forget_pages(&mut self, material: u16) {
        if let Some(pages) = self.pages.get_mut(&material) {
            pages.clear();
        }
    }

    /// From now on the confirmation tells of this paper, with or without pages.
    pub(crate) fn ask_for(&mut self, material: u16) {
        self.pages.entry(material).or_default();
    }

    /// Where among the papers is the first that was not asked for, with or without pages.
    pub(crate) fn next_paper(&self) -> Option<usize> {
        self.papers().iter().position(|(material, _)| !self.pages.contains_key(material))
    }

    /// What is still wrong with the answer to an open question.
    pub(crate) fn complaint(&self, field: &str, today: Date) -> Option<Complaint> {
        self.wrong(today).filter(|(id, _)| id == field).map(|(_, complaint)| complaint)
    }

    /// The first open question whose answer is not good enough.
    pub(crate) fn wrong(&self, today: Date) -> Option<(String, Complaint)> {
        let answers = self.said();
        let wrong =
            protocol::answer::check(self.chosen.fields(), &answers.0, self.identified.applicant(), today);
        wrong.err().and_then(|wrong| Some((wrong.path.into_iter().next()?, wrong.complaint)))
    }

    /// The answers to the questions that are open: another answer may have closed some that were answered.
    fn said(&self) -> Given {
        let answered = |field: &Field| Some((field.id.clone(), self.answers.0.get(&field.id)?.clone()));
        Given(self.open().into_iter().filter_map(answered).collect())
    }

    /// Of whom drafts are asked for.
    pub(crate) fn id_number(&self) -> &str {
        &self.identified.applicant().id_number
    }

    /// Masked, for screens and slips.
    pub(crate) fn applicant_name(&self) -> String {
        mask::name(&self.identified.applicant().name)
    }

    /// What the confirmation shows: who, by name and number, and every question that was asked.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let known = self.chosen.identity().filter_map(|field| self.card_row(field));
        let asked = self.questions().into_iter().map(|field| Row {
            label: field.label.clone(),
            value: self.shown(field),
            edit: Some(Edit::Field(field.id.clone())),
        });
        known.chain(asked).chain(self.paper_rows()).collect()
    }

    fn paper_rows(&self) -> impl Iterator<Item = Row> {
        self.papers().into_iter().filter_map(|(number, material)| {
            let pages = self.pages.get(&number)?.len();
            let edit = Some(Edit::Pages(number));
            Some(Row { label: material.name, value: Shown::Pages(pages), edit })
        })
    }

    fn card_row(&self, field: &Field) -> Option<Row> {
        let applicant = self.identified.applicant();
        let value = match field.known_from_card? {
            Knows::Name => mask::name(&applicant.name),
            Knows::IdNumber => mask::id_number(&applicant.id_number),
            _ => return None,
        };
        Some(Row { label: field.label.clone(), value: Shown::Words(protocol::Text::zh(&value)), edit: None })
    }

    fn shown(&self, field: &Field) -> Shown {
        match &field.kind {
            FieldKind::PersonList { fields, .. } => match self.persons(&field.id) {
                [] => Shown::Nothing,
                persons => Shown::Persons(persons.iter().map(|person| person_row(fields, person)).collect()),
            },
            kind => shown(kind, self.words(&field.id)),
        }
    }

    /// How a question is asked.
    pub(crate) fn ask(&self, field: &Field, today: Date) -> Ask {
        match &field.kind {
            FieldKind::PersonList { min, max, fields } => {
                let persons = self.persons(&field.id);
                Ask::Persons {
                    rows: persons.iter().map(|person| person_row(fields, person)).collect(),
                    min: *min,
                    max: *max,
                }
            }
            kind => ask(kind, today),
        }
    }

    /// What becomes of it as it is answered now, and by when.
    pub(crate) fn promise(&self, today: Date) -> Promise {
        match &self.chosen {
            Chosen::Item(entry) => {
                Promise::Case { promised: entry.item.promised, due: due_today(entry, today) }
            }
            Chosen::Bundle(event) => Promise::Cases(event.becomes(&self.answers.0)),
        }
    }

    /// What has to be brought to the counter.
    pub(crate) fn bring(&self) -> Vec<Bring> {
        self.chosen.bring(&self.answers.0)
    }

    /// The papers that have pages. What no answer calls for any more is left out.
    fn taken(&self) -> Vec<Paper> {
        let with_pages = self.papers().into_iter().filter(|(number, _)| !self.pages(*number).is_empty());
        let paper = |(number, _)| {
            let paper = self.chosen.paper(number, &self.answers.0)?;
            Some(Paper { pages: self.pages(number).to_vec(), ..paper })
        };
        with_pages.filter_map(paper).collect()
    }

    /// What its receipt says while it waits for the network, but for the code that comes from the disk.
    pub(crate) fn blank(&self, now: Now) -> SlipText {
        self.chosen.blank(&self.answers.0, self.applicant_name(), now.wall)
    }

    /// The case, or the bundle, as confirmed now.
    pub(crate) fn intake(&self, now: Now) -> Intake {
        Intake {
            subject: self.chosen.subject(),
            received_at: now.wall,
            applicant: self.identified.applicant().clone(),
            fields: std::mem::take(&mut self.said().0),
            consent: self.identified.consent().clone(),
            papers: self.taken(),
            draft: self.draft,
        }
    }
}

/// 预计办结日期 of an item, where it was reckoned for `today`. No day can be named where the clock begins when a worker has
/// accepted the case.
pub(crate) fn due_today(entry: &ItemEntry, today: Date) -> Option<Due> {
    let due = entry.due;
    (entry.item.auto_accept && due.filed_on == today)
        .then_some(Due { on: due.due_on, provisional: due.provisional })
}

/// The answer to one question that `typed` means; none where it may stay open and does.
pub(crate) fn checked(field: &Field, typed: &str, today: Date) -> Result<Option<String>, Complaint> {
    let answer = entry::answer(&field.kind, typed);
    if answer.is_empty() {
        return if field.required { Err(Complaint::Missing) } else { Ok(None) };
    }
    field.kind.check(&answer, today)?;
    Ok(Some(answer))
}

/// How a question of one answer is asked.
pub(crate) fn ask(kind: &FieldKind, today: Date) -> Ask {
    match kind {
        FieldKind::Text { max_chars } => Ask::Text { max_chars: *max_chars },
        FieldKind::Address { max_chars } => Ask::Address { max_chars: *max_chars },
        FieldKind::Choice { choices } => Ask::Choice(choices.clone()),
        FieldKind::Date { .. } => {
            let (from, to) = kind.days(today).unwrap_or((today, today));
            Ask::Date { from, to }
        }
        FieldKind::Phone => Ask::Phone,
        FieldKind::Number { min, max, unit } => Ask::Number { min: *min, max: *max, unit: unit.clone() },
        FieldKind::Money { min_fen, max_fen } => Ask::Money { min_fen: *min_fen, max_fen: *max_fen },
        FieldKind::IdNumber => Ask::IdNumber,
        FieldKind::BankCard => Ask::BankCard,
        FieldKind::PersonList { min, max, .. } => Ask::Persons { rows: Vec::new(), min: *min, max: *max },
    }
}

/// Whether a card says all that the items require and that cannot be asked for at a kiosk.
fn suits(chosen: &Chosen, card: &Applicant) -> bool {
    let fields = chosen.items().into_iter().flat_map(|item| &item.fields);
    let mut needed = fields.filter(|field| field.required && !can_be_asked(field));
    needed.all(|field| told(field, card).is_some())
}

/// What only a card can say is not asked: nobody types the number of their nation, or another name than their own.
fn can_be_asked(field: &Field) -> bool {
    field.known_from_card.is_none() || !matches!(field.kind, FieldKind::Text { .. })
}

fn shown(kind: &FieldKind, answer: &str) -> Shown {
    let words = |words: &str| Shown::Words(protocol::Text::zh(words));
    if answer.is_empty() {
        return Shown::Nothing;
    }
    match kind {
        FieldKind::Choice { choices } => choices
            .iter()
            .find(|one| one.value == answer)
            .map_or(Shown::Nothing, |one| Shown::Words(one.label.clone())),
        FieldKind::Date { .. } => answer.parse().map_or(Shown::Nothing, Shown::Day),
        FieldKind::Phone => Shown::Phone(answer.to_owned()),
        FieldKind::Number { unit, .. } => {
            Shown::Number { number: entry::grouped(kind, answer), unit: unit.clone() }
        }
        FieldKind::Money { .. } => Shown::Money(entry::amount(answer)),
        FieldKind::IdNumber | FieldKind::BankCard => words(&mask::id_number(answer)),
        FieldKind::Text { .. } | FieldKind::Address { .. } => words(answer),
        FieldKind::PersonList { .. } => Shown::Nothing,
    }
}

/// A person by the first words said about them, masked as a name is, and by the first thing chosen.
fn person_row(fields: &[Field], person: &Person) -> PersonRow {
    let said = |field: &Field| person.get(&field.id).cloned();
    let name = open(fields, said).into_iter().find(|field| matches!(field.kind, FieldKind::Text { .. }));
    let about = fields.iter().find_map(|field| match (&field.kind, person.get(&field.id)) {
        (FieldKind::Choice { choices }, Some(said)) => {
            choices.iter().find(|one| one.value == *said).map(|one| one.label.clone())
        }
        _ => None,
    });
    PersonRow { name: mask::name(&name.and_then(said).unwrap_or_default()), about }
}
