//! The door to the approval platform above, with that platform played from outside.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use platform::{exchange::Http, operations};
use serde_json::Value;

use crate::{
    database::{self, database},
    fixture::{TestPlatform, enrolment, pension},
};

/// The platform above: what it has, and how it is today.
#[derive(Default)]
struct Above {
    /// By message, in the order of arrival.
    has: BTreeMap<String, Value>,
    order: Vec<Value>,
    arrivals: usize,
    mood: Mood,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Mood {
    #[default]
    Well,
    /// Says that it is down.
    Down,
    /// Takes a parcel and answers what nobody can read.
    LosesAnswers,
    /// Takes no 居保参保登记.
    RefusesEnrolment,
}

type Shared = Arc<Mutex<Above>>;

async fn receive(State(above): State<Shared>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    let key = headers["idempotency-key"].to_str().unwrap().trim_matches('"').to_owned();
    let case: Value = serde_json::from_slice(&body).unwrap();
    let mut above = above.lock().unwrap();
    above.arrivals += 1;
    let enrolment = case["申请信息"]["事项名称"].as_str().unwrap().contains("参保登记");
    match above.mood {
        Mood::Down => return (StatusCode::SERVICE_UNAVAILABLE, String::new()),
        Mood::RefusesEnrolment if enrolment => {
            return (StatusCode::UNPROCESSABLE_ENTITY, "没有这个事项".to_owned());
        }
        _ => {}
    }
    if above.has.insert(key.clone(), case.clone()).is_none() {
        above.order.push(case);
    }
    if above.mood == Mood::LosesAnswers {
        return (StatusCode::OK, "<html>".to_owned());
    }
    (StatusCode::CREATED, format!("{{\"receipt\":\"R-{key}\"}}"))
}

async fn above() -> (Shared, SocketAddr) {
    let above = Shared::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/exchange/cases", post(receive)).with_state(above.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (above, address)
}

async fn exchanging() -> (TestPlatform, Shared) {
    let (above, address) = above().await;
    let mut platform = TestPlatform::new().await;
    platform.platform = platform.platform.with_exchange();
    let upstream = Arc::new(Http::new(format!("http://{address}/exchange/cases")).unwrap());
    let running = platform.platform.clone();
    tokio::spawn(async move { platform::serve_exchange(&running, upstream).await });
    (platform, above)
}

fn outcomes(platform: &TestPlatform) -> Vec<String> {
    database::texts(platform.directory.path(), "SELECT outcome FROM exchange_audit ORDER BY id")
}

async fn until(platform: &TestPlatform, expected: &[&str]) {
    for _ in 0..200 {
        if outcomes(platform) == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(outcomes(platform), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_filed_is_told_once_however_often_it_has_to_be_sent() {
    let (platform, above) = exchanging().await;
    above.lock().unwrap().mood = Mood::Down;
    let case = platform.file(&pension()).await;
    until(&platform, &["waiting"]).await;
    // A second case waits for its own turn and not for that of the first.
    above.lock().unwrap().mood = Mood::LosesAnswers;
    platform.file(&enrolment()).await;
    until(&platform, &["waiting", "waiting"]).await;
    above.lock().unwrap().mood = Mood::Well;
    platform.set_clock("2026-11-24T02:00:03Z");
    until(&platform, &["waiting", "waiting", "delivered", "delivered"]).await;
    let above = above.lock().unwrap();
    assert_eq!(
        (above.has.len(), above.order.len()),
        (2, 2),
        "the one whose answer was lost came again and is one"
    );
    assert!(above.arrivals >= 4);
    assert!(above.has.values().any(|told| told["申请信息"]["办件编号"] == Value::from(case.case_no.clone())));
    let hashes = database::texts(platform.directory.path(), "SELECT sha256 FROM exchange_audit");
    assert!(hashes.iter().all(|hash| hash.len() == 64));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_for_good_is_a_dead_letter_until_somebody_sends_it_again() {
    let (platform, above) = exchanging().await;
    above.lock().unwrap().mood = Mood::RefusesEnrolment;
    platform.file(&enrolment()).await;
    until(&platform, &["dead"]).await;
    platform.file(&pension()).await;
    until(&platform, &["dead", "delivered"]).await;
    let told = operations::exchange(database(platform.directory.path()), false, None).await.unwrap();
    assert_eq!(told[..2], ["1 dead", "1 delivered"]);
    assert!(told[2].contains("after 1 tries: 422") && told[2].contains("没有这个事项"), "{told:?}");
    above.lock().unwrap().mood = Mood::Well;
    // The replay is due by the real clock, which the test's is behind of.
    platform.set_clock(
        &jiff::Timestamp::now().checked_add(jiff::SignedDuration::from_secs(5)).unwrap().to_string(),
    );
    let told = operations::exchange(database(platform.directory.path()), true, None).await.unwrap();
    assert_eq!(told[0], "1 sent again");
    until(&platform, &["dead", "delivered", "replayed", "delivered"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_goes_out_as_the_national_schema_wants_it() {
    let (platform, above) = exchanging().await;
    let schema: Value =
        serde_json::from_str(include_str!("../../../docs/gbt39046-case.schema.json")).unwrap();
    let schema = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let case = platform.file(&pension()).await;
    let rating = serde_json::json!({
        "case_key": case.case_key, "level": 2, "rated_at": crate::fixture::NOW, "channel": "kiosk"
    });
    platform.post("/api/v1/ratings", uuid::Uuid::new_v4(), &rating).await;
    platform.file(&enrolment()).await;
    let mut permit = pension();
    permit["applicant"]["id_kind"] = "hk_mo_tw_residence_permit".into();
    permit["applicant"]["id_number"] = "810000199001010019".into();
    platform.file(&permit).await;
    until(&platform, &["delivered"; 3]).await;
    for told in &above.lock().unwrap().order {
        let faults: Vec<_> = schema.iter_errors(told).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?} in {told}");
        let mut wrong = told.clone();
        wrong["申请信息"]["办件类型"] = "3".into();
        assert!(!schema.is_valid(&wrong), "the schema would notice");
    }
}
