//! Outbox and client together, against a platform that loses answers and counts effects.

use std::{
    collections::BTreeMap,
    fs,
    sync::{Arc, Mutex},
};

use jiff::Timestamp;
use outbox::{Intake, Page, Store};
use platform_client::{CallError, Client, HpkeSealer};
use protocol::{
    Applicant, CaseSubmission, Consent, IdKind, MaterialPage, MaterialReceipt, Problem, Sex, Subject,
};
use seal::{Context, SecretKey};
use uuid::Uuid;

use crate::support::{Fake, Play, Request, TERMINAL, at, case, rating, say, say_json, say_problem};

const NAME: &str = "示例甲乙丙";
const ID_NUMBER: &str = "519999195201010013";
const ADDRESS: &str = "示例市示例区示例路二十七号";

/// What arrived: each key with what was done under it, in order. A key that comes again is answered, not done again.
type Effects = Arc<Mutex<Vec<(Uuid, String)>>>;

fn intake(item: &str) -> Intake {
    Intake {
        subject: Subject::Item { item: item.to_owned(), version: 1 },
        terminal_id: TERMINAL.to_owned(),
        received_at: at(0),
        applicant: Applicant {
            name: NAME.to_owned(),
            id_kind: IdKind::ResidentIdCard,
            id_number: ID_NUMBER.to_owned(),
            sex: Sex::Male,
            birth: jiff::civil::date(1952, 1, 1),
            nation: None,
            address: Some(ADDRESS.to_owned()),
        },
        fields: BTreeMap::new(),
        consent: Consent { notice_version: 1, given_at: at(-60) },
        pages: vec![Page {
            item: None,
            material: 2,
            page: 1,
            pages: 1,
            media_type: "image/jpeg".to_owned(),
            content: b"a page".to_vec().into(),
            made_at: at(-30),
        }],
        draft: None,
    }
}

/// A platform that opens what it gets and fails in turn: before the effect, after it, and by asking for patience.
async fn platform(secret: SecretKey, effects: Effects) -> Fake {
    let mut turn = 0_u32;
    Fake::new(move |request| {
        turn += 1;
        match turn % 5 {
            1 => Play::HangUp,
            2 => say(503, "Retry-After: 30\r\n", b""),
            3 => {
                // The effect is there, its answer gets lost.
                take(&secret, &effects, request);
                Play::HangUp
            }
            _ => take(&secret, &effects, request),
        }
    })
    .await
}

fn take(secret: &SecretKey, effects: &Effects, request: &Request) -> Play {
    let key: Uuid = request.header("idempotency-key").unwrap().parse().unwrap();
    let opened = || {
        let context = Context { terminal_id: request.header("terminal-id").unwrap(), case_key: key };
        seal::open(secret, &context, &serde_json::from_slice(&request.body).unwrap()).unwrap()
    };
    let (case_key, effect, answer) = if request.line().starts_with("POST /api/v1/materials ") {
        let page: MaterialPage = serde_json::from_slice(&opened()).unwrap();
        let MaterialPage { case_key, material, page: number, .. } = page;
        assert_eq!(page.content, "YSBwYWdl");
        let (sha256, received_at) = (String::new(), at(0));
        let receipt =
            MaterialReceipt { case_key, material, page: number, sha256, received_at, cases: Vec::new() };
        (case_key, "page", say_json(201, &receipt))
    } else if request.line().starts_with("POST /api/v1/cases ") {
        let filed: CaseSubmission = serde_json::from_slice(&opened()).unwrap();
        assert_eq!((filed.applicant.name.as_str(), filed.received_at), (NAME, at(0)));
        if filed.item == "withdrawn" {
            return say_problem(&Problem::new("item-unknown", 422, "没有这个事项"));
        }
        (key, "case", say_json(201, &case(key)))
    } else {
        let given: protocol::Rating = serde_json::from_slice(&request.body).unwrap();
        (given.case_key, "rating", say_json(201, &given))
    };
    let mut effects = effects.lock().unwrap();
    let entry = (case_key, effect.to_owned());
    if !effects.contains(&entry) {
        effects.push(entry);
    }
    answer
}

/// The kiosk's loop: until nothing is due, then on to the time when something is.
async fn carry(client: &Client, store: &mut Store) -> Timestamp {
    let mut now = at(10);
    while let Some(next) = store.next_due_at().unwrap() {
        now = now.max(next);
        while let Some(due) = store.next_due(now).unwrap() {
            match client.send(&due).await {
                Ok(_) => store.settle_delivered(due.id, now).unwrap(),
                Err(CallError::Refused(problem)) => {
                    store.settle_refused(due.id, &problem.kind, problem.status, now).unwrap();
                }
                Err(CallError::Overloaded { retry_after }) => {
                    let _ = store.settle_retry(due.id, retry_after, "overloaded", now).unwrap();
                }
                Err(_) => drop(store.settle_retry(due.id, None, "unreachable", now).unwrap()),
            }
        }
    }
    now
}

#[tokio::test]
async fn every_case_has_one_effect_although_answers_get_lost() {
    let folder = tempfile::tempdir().unwrap();
    let (secret, public) = seal::generate();
    let sealer = HpkeSealer::new(public);
    let mut store = Store::open(folder.path().join("kiosk.db"), at(0)).unwrap().0;
    let mut kept = Vec::new();
    for n in 0..12 {
        let item = if n == 3 { "withdrawn" } else { "pension-qualification" };
        let key = store.record_case(&intake(item), &sealer, at(n)).unwrap().case_key;
        store.record_rating(&rating(key), at(n)).unwrap();
        kept.push(key);
    }
    let refused = kept.remove(3);
    assert_no_canary(folder.path());

    let effects = Effects::default();
    let fake = platform(secret, Arc::clone(&effects)).await;
    carry(&fake.client(), &mut store).await;

    let effects = effects.lock().unwrap().clone();
    for key in &kept {
        let of_this: Vec<&str> =
            effects.iter().filter(|(of, _)| of == key).map(|(_, what)| what.as_str()).collect();
        assert_eq!(of_this, ["case", "page", "rating"], "once each, in order");
    }
    assert_eq!(effects.len(), 3 * kept.len());
    let parked = store.parked().unwrap();
    assert_eq!((parked.len(), parked[0].case_key, parked[0].held_back), (1, refused, 2));
    assert_eq!(parked[0].reason, "urn:community-kiosk:problem:item-unknown");
    assert_eq!(store.waiting_count(), Ok(0));
    assert!(fake.requests().len() > effects.len() + 12, "answers did get lost");
    assert_same_bytes_under_each_key(&fake.requests());
    assert_no_canary(folder.path());
}

fn assert_same_bytes_under_each_key(requests: &[Request]) {
    let mut first: BTreeMap<&str, &[u8]> = BTreeMap::new();
    for request in requests {
        let key = request.header("idempotency-key").unwrap();
        assert_eq!(*first.entry(key).or_insert(&request.body), request.body, "{key}");
    }
    assert_eq!(first.len(), 34, "12 cases, 11 pages, 11 ratings");
}

fn assert_no_canary(folder: &std::path::Path) {
    let mut looked_into = 0;
    for file in fs::read_dir(folder).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        looked_into += bytes.len();
        for canary in [NAME, ID_NUMBER, ADDRESS] {
            let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
            assert!(!found, "{canary} is on the disk");
        }
    }
    assert!(looked_into > 10_000);
}
