//! Nobody who was here can be found in the log.

use axum::http::Method;
use serde_json::json;
use uuid::Uuid;

use crate::{
    fixture::TestPlatform,
    process::{Program, ask, today},
};

const CANARIES: [&str; 6] =
    ["欧阳示例", "519999195201010013", "示例路1号", "1952-01-01", "123456782", "13900000001"];

#[test]
fn a_person_is_never_in_the_log_whatever_goes_wrong() {
    let directory = tempfile::tempdir().unwrap();
    let program = Program::start(directory.path(), "trace");
    let post = |path: &str, body: &str| {
        let key = Uuid::new_v4();
        let head =
            format!("POST {path} HTTP/1.1\r\nidempotency-key: {key}\r\ncontent-type: application/json");
        ask(program.address, &head, body).unwrap()
    };
    let good = today();
    let (status, _) = post("/api/v1/cases", &good.to_string());
    assert_eq!(status, 201);
    let mut wrong = good.clone();
    wrong["item_version"] = json!("欧阳示例");
    assert_eq!(post("/api/v1/cases", &wrong.to_string()).0, 422);
    let mut wrong = good.clone();
    wrong["applicant"]["id_number"] = json!("5199991952010100130");
    assert_eq!(post("/api/v1/cases", &wrong.to_string()).0, 422);
    let mut wrong = good.clone();
    wrong["fields"]["13900000001"] = json!("欧阳示例");
    assert_eq!(post("/api/v1/cases", &wrong.to_string()).0, 422);
    let whole = good.to_string();
    assert_eq!(post("/api/v1/cases", &whole[..whole.len() - 1]).0, 400);
    // A page of somebody's paper that is none.
    let page = json!({ "media_type": "欧阳示例", "content": "13900000001" }).to_string();
    let key = Uuid::new_v4();
    let head = format!(
        "POST /api/v1/materials HTTP/1.1\r\nidempotency-key: {key}\r\nterminal-id: x\r\ncontent-type: application/json"
    );
    assert_eq!(ask(program.address, &head, &page).unwrap().0, 422);
    let query = json!({ "id_number": "519999195201010013" }).to_string();
    assert_eq!(post("/api/v1/cases/search", &query).0, 200);
    assert_eq!(post("/api/v1/drafts/search", &query).0, 200);
    let entered =
        json!({ "login": "canary-login", "password": "canary-password", "code": "271828" }).to_string();
    assert_eq!(post("/api/v1/staff/session", &entered).0, 401);
    for path in ["/api/v1/cases?pickup_code=123456782", "/api/v1/cases/519999195201010013", "/欧阳示例"] {
        ask(program.address, &format!("GET {path} HTTP/1.1"), "").unwrap();
    }
    drop(program);
    let log = std::fs::read_to_string(directory.path().join("log")).unwrap();
    assert!(log.contains("/api/v1/cases/{case_no}"), "the log was on: {log}");
    for canary in CANARIES.into_iter().chain(["canary-login", "canary-password", "271828"]) {
        assert!(!log.contains(canary), "{canary}");
    }
}

#[tokio::test]
async fn an_answer_or_a_problem_shows_no_more_than_a_masked_name() {
    let platform = TestPlatform::new().await;
    let submission = crate::fixture::enrolment();
    let filed = platform.post("/api/v1/cases", Uuid::new_v4(), &submission).await;
    let found = platform.get("/api/v1/cases?pickup_code=123456782").await;
    let headers = [("content-type", "application/json")];
    let body = json!({ "id_number": "519999195201010013" }).to_string();
    let searched = platform.send(Method::POST, "/api/v1/cases/search", &headers, &body).await;
    let mut wrong = submission;
    wrong["item_version"] = json!("欧阳示例");
    let refused = platform.post("/api/v1/cases", Uuid::new_v4(), &wrong).await;
    for answer in [filed, found, searched, refused] {
        for canary in CANARIES.iter().filter(|canary| **canary != "123456782") {
            assert!(!answer.body.contains(canary), "{canary} in {}", answer.body);
        }
    }
}
