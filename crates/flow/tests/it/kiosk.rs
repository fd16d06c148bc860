//! A kiosk's mind with a clock that the test moves.

use std::{collections::HashSet, time::Duration};

use jiff::Timestamp;
use kiosk_flow::{
    Deadlines, Effect, Event, Flow, Now,
    event::{CardIdentity, LeftForm},
    view::{MaintenancePage, Screen, Settings, Trial},
    voice::{Prompt, Saying, Voice},
};
use protocol::{
    AppRegistry, Applicant, BundleCase, BundleRef, Case, CaseStatus, DraftKept, IdKind, PickupCode, Sex,
    Subject, Text, draft_code,
};
use uuid::Uuid;

/// A name that stands nowhere else, to look for in what must not hold it.
pub(crate) const CANARY_NAME: &str = "金丝雀";
/// Its number.
pub(crate) const CANARY_NUMBER: &str = "519999195201010013";

pub(crate) struct Kiosk {
    pub(crate) flow: Flow,
    pub(crate) now: Now,
    pub(crate) effects: Vec<Effect>,
    /// When it asked for drafts, or for one to be kept, the last time.
    pub(crate) asked: Duration,
    pub(crate) ear: Ear,
}

/// What whoever stands near the kiosk hears, and what of it should not be.
#[derive(Default)]
pub(crate) struct Ear {
    /// Something was begun and not broken off.
    hears: bool,
    pub(crate) heard: HashSet<Prompt>,
    pub(crate) faults: Vec<String>,
}

impl Ear {
    fn listen(&mut self, touched: bool, effects: &[Effect], flow: &Flow) {
        let view = flow.view();
        let rests = matches!(view.screen, Screen::Attract(_) | Screen::Starting) && view.overlay.is_none();
        let alone = rests || (matches!(view.screen, Screen::Home(_) | Screen::OutOfService) && !touched);
        let technician = matches!(view.screen, Screen::Maintenance(_));
        let wanted = technician || view.frame.voice.is_some_and(|voice| voice.on);
        let mut broken_off = false;
        for effect in effects {
            match effect {
                Effect::Silence | Effect::EndVisit => (self.hears, broken_off) = (false, true),
                Effect::Say(Saying { prompt, in_turn, .. }) => {
                    self.judge(!alone, "says to nobody", *prompt);
                    self.judge(wanted, "says what nobody wants to hear", *prompt);
                    let ends = matches!(view.screen, Screen::End(_)) && view.overlay.is_none();
                    self.judge(
                        ends == prompt.key().starts_with("end."),
                        "says another screen's words",
                        *prompt,
                    );
                    broken_off |= !in_turn;
                    self.hears = true;
                    self.heard.insert(*prompt);
                }
                _ => {}
            }
        }
        if self.hears && rests {
            self.faults.push("speaks on to nobody".into());
        }
        let tests = matches!(&view.screen, Screen::Maintenance(shown)
            if matches!(shown.page, MaintenancePage::Testing { trial: Trial::Listen(_), .. }));
        if self.hears && technician && !tests && view.overlay.is_none() {
            self.faults.push("speaks on after the test".into());
        }
        if self.hears && touched && !broken_off && !technician {
            self.faults.push("speaks on through a touch".into());
        }
    }

    fn judge(&mut self, holds: bool, what: &str, prompt: Prompt) {
        if !holds {
            self.faults.push(format!("{what}: {}", prompt.key()));
        }
    }
}

/// What a visit begins with here.
pub(crate) fn settings() -> Settings {
    Settings { voice: Some(Voice::at(60)), ..Settings::default() }
}

impl Kiosk {
    pub(crate) fn started() -> Self {
        let wall: Timestamp = "2026-11-23T02:00:00Z".parse().unwrap();
        let now = Now { mono: Duration::from_secs(100), wall };
        let flow = Flow::new(Deadlines::default(), settings(), now);
        Self { flow, now, effects: Vec::new(), asked: Duration::ZERO, ear: Ear::default() }
    }

    pub(crate) fn ready() -> Self {
        let mut kiosk = Self::started();
        kiosk.event(Event::Registry(Box::new(registry())));
        kiosk.event(Event::Online(true));
        kiosk
    }

    pub(crate) fn event(&mut self, event: Event) {
        let touched = matches!(event, Event::Touch(_));
        self.effects = self.flow.handle(event, self.now);
        self.ear.listen(touched, &self.effects, &self.flow);
        for effect in &self.effects {
            match effect {
                Effect::FindDrafts { asked, .. } => self.asked = *asked,
                Effect::KeepDraft(draft) => self.asked = draft.asked,
                _ => {}
            }
        }
    }

    /// Lets time pass, with a tick at every deadline on the way as the real clock gives it.
    pub(crate) fn wait(&mut self, time: Duration) {
        let end = self.now.mono + time;
        let mut effects = Vec::new();
        while let Some(at) = self.flow.next_deadline().filter(|at| *at <= end) {
            self.advance(at.saturating_sub(self.now.mono));
            self.event(Event::Tick);
            effects.append(&mut self.effects);
        }
        self.advance(end.saturating_sub(self.now.mono));
        self.effects = effects;
    }

    fn advance(&mut self, time: Duration) {
        self.now.mono += time;
        self.now.wall += jiff::SignedDuration::try_from(time).unwrap();
    }
}

pub(crate) fn registry() -> AppRegistry {
    serde_json::from_str(include_str!("registry.json")).unwrap()
}

/// The same of a platform that offers 一件事.
pub(crate) fn with_bundles() -> AppRegistry {
    let mut registry = serde_json::to_value(registry()).unwrap();
    let more: serde_json::Value = serde_json::from_str(include_str!("bundles.json")).unwrap();
    for (name, value) in more.as_object().unwrap() {
        registry[name] = value.clone();
    }
    // Two of its items need the same paper, one of them sooner.
    for entry in registry["items"].as_array_mut().unwrap() {
        let days = match entry["item"]["id"].as_str() {
            Some("pension-eligibility") => 10,
            Some("aid") => 5,
            _ => continue,
        };
        let household = serde_json::json!({
            "name": { "zh-CN": "户口簿" }, "source": "counter", "picture": true,
            "within": { "n": days, "unit": "working_day" },
        });
        let materials = entry["item"]["materials"].as_array_mut().unwrap();
        match materials.iter_mut().find(|known| known["name"] == household["name"]) {
            Some(known) => *known = household,
            None => materials.push(household),
        }
    }
    serde_json::from_value(registry).unwrap()
}

/// What became of a bundle: a case that is done, and another that waits for papers.
pub(crate) fn bundle_case(key: Uuid, code: &PickupCode) -> BundleCase {
    let done = case(Uuid::from_u128(101), code);
    let mut aid = case(Uuid::from_u128(102), code);
    aid.case_no = "11519999MB00000015651001100800000202611230001".to_owned();
    (aid.item.id, aid.item.name) = ("aid".to_owned(), Text::zh("临时救助"));
    (aid.status, aid.due_on) = (CaseStatus::Received, None);
    BundleCase {
        bundle_no: "YJS004202611230001".to_owned(),
        bundle_key: key,
        bundle: BundleRef { id: "old-age".to_owned(), version: 4, name: Text::zh("养老一件事") },
        pickup_code: code.clone(),
        received_at: done.received_at,
        demo: true,
        cases: vec![done, aid],
    }
}

pub(crate) fn card() -> CardIdentity {
    CardIdentity {
        applicant: Applicant {
            name: CANARY_NAME.into(),
            id_kind: IdKind::ResidentIdCard,
            id_number: CANARY_NUMBER.into(),
            sex: Sex::Male,
            birth: "1952-01-01".parse().unwrap(),
            nation: Some("01".into()),
            address: Some("示例路1号".into()),
        },
        valid_from: "2020-01-01".parse().unwrap(),
        valid_until: None,
    }
}

pub(crate) fn foreigner() -> CardIdentity {
    let mut card = card();
    card.applicant.id_kind = IdKind::ForeignPermanentResident2017;
    card.applicant.nation = None;
    card.applicant.address = None;
    card
}

/// What a person has left unfinished: of an item, in a version, with one answer that stands nowhere else.
pub(crate) fn draft(key: u128, item: &str, version: u32, said: (&str, &str)) -> LeftForm {
    left(key, Subject::Item { item: item.to_owned(), version }, said)
}

/// The same of 养老一件事.
pub(crate) fn bundle_draft(key: u128, version: u32, said: (&str, &str)) -> LeftForm {
    let item_versions = [("pension-eligibility".to_owned(), 2), ("aid".to_owned(), 1)].into();
    left(key, Subject::Bundle { bundle: "old-age".to_owned(), version, item_versions }, said)
}

fn left(key: u128, subject: Subject, (field, answer): (&str, &str)) -> LeftForm {
    let key = Uuid::from_u128(key);
    LeftForm {
        key,
        code: draft_code(key),
        subject,
        fields: [(field.to_owned(), answer.into())].into(),
        changed_at: "2026-11-20T02:00:00Z".parse().unwrap(),
        until: "2026-12-20".parse().unwrap(),
    }
}

/// What the platform tells of a draft that it keeps.
pub(crate) fn kept() -> DraftKept {
    let code = draft_code(Uuid::from_u128(12_345_678));
    let url = Some("http://community.example/continue/123456782".to_owned());
    DraftKept { code, until: "2026-12-23".parse().unwrap(), url }
}

pub(crate) fn case(key: Uuid, code: &PickupCode) -> Case {
    serde_json::from_value(serde_json::json!({
        "case_no": "11519999MB00000015651201400600004202611230001", "case_key": key, "pickup_code": code.as_str(),
        "item": {"id": "pension-eligibility", "version": 2, "name": {"zh-CN": "资格认证"}, "catalog_code": "51201400600004"},
        "status": "completed", "status_text": "已办结", "received_at": "2026-11-23T02:00:00Z",
        "recorded_at": "2026-11-23T02:00:01Z", "due_on": "2026-11-23", "due_provisional": false, "channel": "kiosk",
        "terminal_id": "demo-1", "applicant_name": "金**", "organisation": "示例区人社局", "steps": [],
        "consult_phone": "1", "complain_phone": "2", "demo": true
    }))
    .unwrap()
}
