//! Sent again, filed once.

use std::collections::HashSet;

use axum::http::{Method, StatusCode};
use platform::catalogue::Catalogue;
use serde_json::json;
use uuid::Uuid;

use crate::{
    database::hold,
    fixture::{TestPlatform, pension},
};

const PATH: &str = "/api/v1/cases";

#[tokio::test]
async fn the_same_case_again_gets_the_same_answer_and_files_nothing() {
    let platform = TestPlatform::new().await;
    let key = Uuid::new_v4();
    let first = platform.post(PATH, key, &pension()).await;
    // A day later, after a restart, and so late that a new case of that time would be refused.
    platform.set_clock("2027-11-24T02:00:00Z");
    let platform = platform.restarted(Catalogue::embedded().unwrap()).await;
    let again = platform.post(PATH, key, &pension()).await;
    assert_eq!((again.status, &again.body), (StatusCode::CREATED, &first.body));
    let found = platform.get("/api/v1/cases?pickup_code=123456782").await.cases();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].case_key, key);
}

#[tokio::test]
async fn the_key_may_be_quoted_and_the_json_spaced_otherwise() {
    let platform = TestPlatform::new().await;
    let key = Uuid::new_v4();
    let first = platform.post(PATH, key, &pension()).await.case();
    let quoted = format!("\"{key}\"");
    let headers = [("idempotency-key", quoted.as_str()), ("content-type", "application/json")];
    let spaced = serde_json::to_string_pretty(&pension()).unwrap();
    assert_eq!(platform.send(Method::POST, PATH, &headers, &spaced).await.case(), first);
}

#[tokio::test]
async fn another_case_under_the_same_key_is_refused() {
    let platform = TestPlatform::new().await;
    let key = Uuid::new_v4();
    platform.post(PATH, key, &pension()).await.case();
    let mut other = pension();
    other["fields"]["residence"] = json!("abroad");
    platform.post(PATH, key, &other).await.problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn a_request_without_a_key_is_refused() {
    let platform = TestPlatform::new().await;
    let headers = [("content-type", "application/json")];
    let body = pension().to_string();
    let answer = platform.send(Method::POST, PATH, &headers, &body).await;
    answer.problem(400, "idempotency-key-missing");
    let headers = [("content-type", "application/json"), ("idempotency-key", "7")];
    let answer = platform.send(Method::POST, PATH, &headers, &body).await;
    answer.problem(400, "idempotency-key-malformed");
}

#[tokio::test]
async fn a_refused_case_may_be_corrected_under_its_key() {
    let platform = TestPlatform::new().await;
    let key = Uuid::new_v4();
    let mut wrong = pension();
    wrong["fields"]["residence"] = json!("moon");
    platform.post(PATH, key, &wrong).await.problem(422, "invalid-field");
    platform.post(PATH, key, &pension()).await.case();
}

#[tokio::test]
async fn a_request_that_is_still_running_is_told_to_wait() {
    let platform = TestPlatform::new().await;
    // Another process holds the database, so the first request cannot end yet.
    let hold = hold(platform.directory.path());
    let key = Uuid::new_v4();
    let submission = pension();
    let second = async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let answer = platform.post(PATH, key, &submission).await;
        drop(hold);
        answer
    };
    let (first, second) = tokio::join!(platform.post(PATH, key, &submission), second);
    second.problem(409, "still-running");
    assert_eq!(second.headers["retry-after"], "1");
    first.case();
    platform.post(PATH, key, &submission).await.case();
}

#[tokio::test]
async fn a_caller_that_hangs_up_and_comes_again_finds_the_work_of_its_first_try() {
    let platform = TestPlatform::new().await;
    let hold = hold(platform.directory.path());
    let key = Uuid::new_v4();
    let submission = pension();
    let first = platform.post(PATH, key, &submission);
    let patience = std::time::Duration::from_millis(200);
    assert!(tokio::time::timeout(patience, first).await.is_err(), "the caller has hung up");
    let release = async {
        tokio::time::sleep(patience).await;
        drop(hold);
    };
    let again = async {
        loop {
            let answer = platform.post(PATH, key, &submission).await;
            if answer.status != StatusCode::CONFLICT {
                return answer;
            }
            tokio::time::sleep(patience / 10).await;
        }
    };
    let (second, ()) = tokio::join!(again, release);
    assert_eq!(second.case().case_no[33..], *"202611240001");
    assert_eq!(platform.get("/api/v1/cases?pickup_code=123456782").await.cases().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_at_once_make_exactly_one_case() {
    let platform = std::sync::Arc::new(TestPlatform::new().await);
    let key = Uuid::new_v4();
    let posts: Vec<_> = (0..20)
        .map(|_| {
            let platform = platform.clone();
            tokio::spawn(async move { platform.post(PATH, key, &pension()).await })
        })
        .collect();
    let mut bodies = HashSet::new();
    for post in posts {
        let answer = post.await.unwrap();
        match answer.status {
            StatusCode::CREATED => drop(bodies.insert(answer.body)),
            _ => drop(answer.problem(409, "still-running")),
        }
    }
    assert_eq!(bodies.len(), 1, "one answer for all that got one");
    assert_eq!(platform.get("/api/v1/cases?pickup_code=123456782").await.cases().len(), 1);
}
