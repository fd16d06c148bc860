//! Cases that waited, and come sealed.

use axum::http::Method;
use platform::{Clock, Platform};
use protocol::{AppRegistry, SealingKey};
use seal::{Context, Sealed};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    database::database,
    fixture::{Answer, TERMINAL, TestPlatform, pension},
};

async fn sealing_key(platform: &TestPlatform) -> SealingKey {
    let registry = platform.get("/api/v1/registry").await;
    serde_json::from_str::<AppRegistry>(&registry.body).unwrap().sealing_key
}

fn sealed(public: &SealingKey, key: Uuid, submission: &Value) -> Sealed {
    let context = Context { terminal_id: TERMINAL, case_key: key };
    seal::seal(public, &context, submission.to_string().as_bytes()).unwrap()
}

async fn post(platform: &TestPlatform, key: Uuid, terminal: &str, sealed: &Sealed) -> Answer {
    let key = key.to_string();
    let headers =
        [("idempotency-key", key.as_str()), ("terminal-id", terminal), ("content-type", seal::MEDIA_TYPE)];
    let body = serde_json::to_string(sealed).unwrap();
    platform.send(Method::POST, "/api/v1/cases", &headers, &body).await
}

#[tokio::test]
async fn a_sealed_case_is_filed_like_any_other() {
    let platform = TestPlatform::new().await;
    let key = Uuid::new_v4();
    let sealed = sealed(&sealing_key(&platform).await, key, &pension());
    let case = post(&platform, key, TERMINAL, &sealed).await.case();
    assert_eq!(case.case_key, key);
    assert_eq!(case.terminal_id.as_deref(), Some(TERMINAL));
}

#[tokio::test]
async fn a_case_whose_answer_was_lost_and_that_comes_again_sealed_is_the_same_case() {
    let platform = TestPlatform::new().await;
    let key = Uuid::new_v4();
    let first = platform.post("/api/v1/cases", key, &pension()).await;
    let public = sealing_key(&platform).await;
    for _ in 0..2 {
        let again = post(&platform, key, TERMINAL, &sealed(&public, key, &pension())).await;
        assert_eq!(again.body, first.body);
    }
    assert_eq!(platform.get("/api/v1/cases?pickup_code=123456782").await.cases().len(), 1);
}

#[tokio::test]
async fn a_sealed_case_of_another_terminal_or_key_stays_shut() {
    let platform = TestPlatform::new().await;
    let key = Uuid::new_v4();
    let mut sealed = sealed(&sealing_key(&platform).await, key, &pension());
    post(&platform, key, "LZ-0002", &sealed).await.problem(422, "sealed-unreadable");
    post(&platform, Uuid::new_v4(), TERMINAL, &sealed).await.problem(422, "sealed-unreadable");
    post(&platform, key, "", &sealed).await.problem(400, "terminal-id-missing");
    sealed.key_id = "0011223344556677".to_owned();
    post(&platform, key, TERMINAL, &sealed).await.problem(422, "sealing-key-unknown");
}

#[tokio::test]
async fn a_case_that_names_another_terminal_than_its_seal_is_refused() {
    let platform = TestPlatform::new().await;
    let mut other = pension();
    other["terminal_id"] = json!("LZ-0002");
    let key = Uuid::new_v4();
    let sealed = sealed(&sealing_key(&platform).await, key, &other);
    let problem = post(&platform, key, TERMINAL, &sealed).await.problem(422, "invalid-field");
    assert_eq!(problem.pointer.as_deref(), Some("/terminal_id"));
}

#[tokio::test]
async fn an_open_case_under_the_sealed_media_type_is_refused() {
    let platform = TestPlatform::new().await;
    let key = Uuid::new_v4().to_string();
    let headers =
        [("idempotency-key", key.as_str()), ("terminal-id", TERMINAL), ("content-type", seal::MEDIA_TYPE)];
    let answer = platform.send(Method::POST, "/api/v1/cases", &headers, &pension().to_string()).await;
    answer.problem(422, "invalid-field");
}

async fn rotate(platform: &TestPlatform) -> String {
    let now = *platform.now.lock().unwrap();
    let clock = Clock::new(move || now);
    Platform::rotate_sealing_key(database(platform.directory.path()), clock).await.unwrap().key_id
}

/// A kiosk that was away seals to the key that it knew, and is understood until that key ends.
#[tokio::test]
async fn a_key_that_was_rotated_out_opens_until_it_ends() {
    let platform = TestPlatform::new().await;
    let old = sealing_key(&platform).await;
    let new_id = rotate(&platform).await;
    let new = sealing_key(&platform).await;
    assert!(new.key_id == new_id && new_id != old.key_id, "the one that serves has noticed");
    let mut late = pension();
    let files = async |public: &SealingKey, submission: &Value| {
        let key = Uuid::new_v4();
        post(&platform, key, TERMINAL, &sealed(public, key, submission)).await
    };
    files(&old, &late).await.case();
    files(&new, &late).await.case();
    // Twice the life of a key is 180 days.
    platform.set_clock("2027-05-23T01:59:59Z");
    late["received_at"] = json!("2027-05-22T02:00:00Z");
    files(&old, &late).await.case();
    platform.set_clock("2027-05-23T02:00:00Z");
    files(&old, &late).await.problem(422, "sealing-key-unknown");
    files(&new, &late).await.case();
}

/// What has ended cannot be opened by whoever gets the database later.
#[tokio::test]
async fn a_key_that_has_ended_is_deleted_at_the_next_rotation_or_start() {
    let platform = TestPlatform::new().await;
    let old = sealing_key(&platform).await;
    rotate(&platform).await;
    platform.set_clock("2027-06-01T02:00:00Z");
    let platform = platform.restarted(platform::catalogue::Catalogue::embedded().unwrap()).await;
    // The clock is set back, and still nothing opens it.
    platform.set_clock(crate::fixture::NOW);
    let key = Uuid::new_v4();
    post(&platform, key, TERMINAL, &sealed(&old, key, &pension())).await.problem(422, "sealing-key-unknown");
}
