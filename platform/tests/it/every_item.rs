//! Every item of the catalogue: filled in at a kiosk as a resident does, and filed with the program over HTTP.

use std::{collections::BTreeSet, time::Duration};

use flow::{
    Deadlines, Effect, Event, Flow, Now, Touch,
    effect::Intake,
    event::CardIdentity,
    view::{Ask, Form, Screen, Settings},
};
use jiff::Timestamp;
use protocol::{
    App, AppRegistry, Applicant, Case, CaseKind, CaseStatus, CaseSubmission, Channel, Field, FieldKind,
    IdKind, Opens, PickupCode, ServiceItem, Sex, Subject,
};
use uuid::Uuid;

use crate::process::{Program, ask};

/// As many as the longest question has choices.
const WAYS: usize = 8;

#[test]
fn every_item_is_filled_in_at_a_kiosk_and_taken_by_the_platform() {
    let directory = tempfile::tempdir().unwrap();
    let program = Program::start(directory.path(), "error");
    let (status, body) = ask(program.address, "GET /api/v1/registry HTTP/1.1", "").unwrap();
    assert_eq!(status, 200);
    let registry = with_every_tile(serde_json::from_str(&body).unwrap());
    let items: Vec<&ServiceItem> = registry.items.iter().map(|entry| &entry.item).collect();
    assert_eq!(items.len(), 37);
    for item in items {
        let mut asked = BTreeSet::new();
        for way in 0..WAYS {
            let intake = Visit::begin(&registry, way).fill_in(&item.id, &mut asked);
            let case = file(&program, intake, way);
            assert_eq!(case.status, expected(item), "{}", item.id);
            assert_eq!(
                case.due_on.is_some(),
                item.auto_accept,
                "{}: a promise before the papers are in",
                item.id
            );
        }
        let never: Vec<String> = questions(&item.fields).filter(|field| !asked.contains(field)).collect();
        assert!(never.is_empty(), "{}: {never:?} are never asked", item.id);
    }
}

/// What the platform makes of a case that nobody has looked at yet.
fn expected(item: &ServiceItem) -> CaseStatus {
    match (item.auto_accept, item.kind) {
        (false, _) => CaseStatus::Received,
        (true, CaseKind::Promised) => CaseStatus::Accepted,
        (true, CaseKind::Instant) => CaseStatus::Completed,
    }
}

/// Home with a tile for every item, whether or not a screen is drawn for all its questions yet.
fn with_every_tile(mut registry: AppRegistry) -> AppRegistry {
    let tile = |item: &ServiceItem| App {
        id: item.id.clone(),
        title: item.name.clone(),
        subtitle: item.summary.clone(),
        icon: "file-text".to_owned(),
        opens: Opens::Item { item: item.id.clone() },
    };
    registry.apps = registry.items.iter().map(|entry| tile(&entry.item)).collect();
    registry
}

/// The questions that no card answers, those about the people of a list behind a dot.
fn questions(fields: &[Field]) -> impl Iterator<Item = String> {
    let inner = fields.iter().flat_map(|field| match &field.kind {
        FieldKind::PersonList { fields, .. } => fields.iter().map(|inner| format!(".{}", inner.id)).collect(),
        _ => Vec::new(),
    });
    let own = fields.iter().filter(|field| field.known_from_card.is_none()).map(|field| field.id.clone());
    own.chain(inner)
}

/// One resident at the kiosk, who takes the n-th choice of every question.
struct Visit {
    flow: Flow,
    now: Now,
    way: usize,
    /// The tile at home; one of the item's own, where there is none.
    tile: Option<String>,
    intake: Option<Intake>,
}

impl Visit {
    fn begin(registry: &AppRegistry, way: usize) -> Self {
        let now = Now { mono: Duration::from_secs(1), wall: Timestamp::now() };
        let flow = Flow::new(Deadlines::default(), Settings::default(), now);
        let mut visit = Self { flow, now, way, tile: None, intake: None };
        visit.event(Event::Registry(Box::new(registry.clone())));
        visit.event(Event::Online(true));
        visit
    }

    fn event(&mut self, event: Event) {
        for effect in self.flow.handle(event, self.now) {
            match effect {
                Effect::Record(intake) => self.intake = Some(*intake),
                Effect::FindDrafts { asked, .. } => self.event(Event::Drafts { asked, drafts: Vec::new() }),
                _ => {}
            }
        }
    }

    fn touch(&mut self, touch: Touch) {
        self.event(Event::Touch(touch));
    }

    fn fill_in(mut self, item: &str, asked: &mut BTreeSet<String>) -> Intake {
        for _ in 0..200 {
            match self.flow.view().screen {
                Screen::Attract(_) => self.touch(Touch::Anywhere),
                Screen::Home(_) => {
                    self.touch(Touch::Tile(self.tile.clone().unwrap_or_else(|| item.to_owned())));
                }
                Screen::Items(_) => self.touch(Touch::Item(item.to_owned())),
                Screen::Guide(_) => self.touch(Touch::Start),
                Screen::Consent(_) => self.touch(Touch::Agree),
                Screen::Identify(_) => self.event(Event::CardRead(Box::new(card()))),
                Screen::Form(form) => self.answer(item, &form, asked),
                Screen::Confirm(_) => self.touch(Touch::Submit),
                other => assert!(self.intake.is_some(), "{item}: {other:?}"),
            }
            if let Some(intake) = self.intake.take() {
                return intake;
            }
        }
        panic!("{item}: the form has no end: {:?}", self.flow.view().screen);
    }

    fn answer(&mut self, item: &str, form: &Form, asked: &mut BTreeSet<String>) {
        asked.insert(if form.person.is_some() { format!(".{}", form.field) } else { form.field.clone() });
        let wrong = || format!("{item}: {} is complained about: {:?}", form.field, form.complaint);
        assert_eq!(form.complaint, None, "{}", wrong());
        if let Ask::Persons { rows, min, .. } = &form.ask {
            let wanted = usize::try_from(*min).unwrap().max((self.way + 1) % 3);
            let touch = if rows.len() < wanted { Touch::AddPerson } else { Touch::Next };
            return self.touch(touch);
        }
        let typed = self.typed(&form.ask);
        self.touch(Touch::Answer(typed.clone()));
        let Screen::Form(shown) = self.flow.view().screen else { panic!("{item}: {}", form.field) };
        assert_eq!(shown.answer, typed, "{item}: {} takes no such answer", form.field);
        self.touch(Touch::Next);
    }

    fn typed(&self, ask: &Ask) -> String {
        match ask {
            Ask::Choice(choices) => {
                assert!(choices.len() <= WAYS, "more choices than are tried");
                choices[self.way.min(choices.len() - 1)].value.clone()
            }
            Ask::Date { from, to } => if self.way.is_multiple_of(2) { to } else { from }.to_string(),
            Ask::Phone => "13900000001".to_owned(),
            Ask::Text { max_chars } => {
                "示例".chars().cycle().take(usize::try_from(*max_chars).unwrap()).collect()
            }
            Ask::Address { .. } => "示例市示例区示例路1号".to_owned(),
            Ask::Number { min, max, .. } => if self.way.is_multiple_of(2) { max } else { min }.to_string(),
            Ask::Money { min_fen, max_fen } => {
                let fen = if self.way.is_multiple_of(2) { max_fen } else { min_fen };
                format!("{}.{:02}", fen / 100, fen % 100)
            }
            Ask::IdNumber => "519999201509110035".to_owned(),
            Ask::BankCard => "0000000000000018".to_owned(),
            Ask::Persons { .. } => String::new(),
        }
    }
}

fn card() -> CardIdentity {
    CardIdentity {
        applicant: Applicant {
            name: "欧阳示例".to_owned(),
            id_kind: IdKind::ResidentIdCard,
            id_number: "519999195201010013".to_owned(),
            sex: Sex::Male,
            birth: "1952-01-01".parse().unwrap(),
            nation: Some("01".to_owned()),
            address: Some("示例市示例区示例路1号".to_owned()),
        },
        valid_from: "2020-01-01".parse().unwrap(),
        valid_until: None,
    }
}

/// What a kiosk with this registry files for a resident who finds `item` behind the tile of its heading.
pub(crate) fn found_at_a_kiosk(registry: &AppRegistry, item: &str) -> CaseSubmission {
    let area = registry.item(item).unwrap().item.area.unwrap();
    let tile = registry.apps.iter().find(|app| app.opens == Opens::Area { area }).unwrap();
    submission(
        Visit { tile: Some(tile.id.clone()), ..Visit::begin(registry, 0) }
            .fill_in(item, &mut BTreeSet::new()),
        0,
    )
}

fn submission(intake: Intake, way: usize) -> CaseSubmission {
    let Subject::Item { item, version } = intake.subject else { panic!("not an item") };
    CaseSubmission {
        item,
        item_version: version,
        pickup_code: PickupCode::from_random(u64::try_from(way).unwrap()),
        channel: Channel::Kiosk,
        terminal_id: Some("LZ-0001".to_owned()),
        received_at: intake.received_at,
        applicant: intake.applicant,
        fields: intake.fields,
        consent: intake.consent,
    }
}

fn file(program: &Program, intake: Intake, way: usize) -> Case {
    let submission = submission(intake, way);
    let item = submission.item.clone();
    let body = serde_json::to_string(&submission).unwrap();
    let key = Uuid::new_v4();
    let head =
        format!("POST /api/v1/cases HTTP/1.1\r\nidempotency-key: {key}\r\ncontent-type: application/json");
    let (status, answer) = ask(program.address, &head, &body).unwrap();
    assert_eq!(status, 201, "{item} way {way}: {answer}");
    serde_json::from_str(&answer).unwrap()
}
