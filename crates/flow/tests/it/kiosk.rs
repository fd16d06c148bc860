//! A kiosk's mind with a clock that the test moves.

use std::time::Duration;

use jiff::Timestamp;
use kiosk_flow::{Deadlines, Effect, Event, Flow, Now, event::CardIdentity, view::Settings};
use protocol::{
    AppRegistry, Applicant, BundleCase, BundleRef, Case, CaseStatus, DraftKept, IdKind, OpenDraft,
    PickupCode, Sex, Text, draft_code,
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
}

impl Kiosk {
    pub(crate) fn started() -> Self {
        let wall: Timestamp = "2026-11-23T02:00:00Z".parse().unwrap();
        let now = Now { mono: Duration::from_secs(100), wall };
        let flow = Flow::new(Deadlines::default(), Settings::default(), now);
        Self { flow, now, effects: Vec::new(), asked: Duration::ZERO }
    }

    pub(crate) fn ready() -> Self {
        let mut kiosk = Self::started();
        kiosk.event(Event::Registry(Box::new(registry())));
        kiosk.event(Event::Online(true));
        kiosk
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.effects = self.flow.handle(event, self.now);
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
pub(crate) fn draft(key: u128, item: &str, item_version: u32, (field, answer): (&str, &str)) -> OpenDraft {
    let key = Uuid::from_u128(key);
    OpenDraft {
        key,
        code: draft_code(key),
        item: item.to_owned(),
        item_version,
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
