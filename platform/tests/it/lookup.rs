//! 查进度: by number, by code, by person.

use axum::http::{Method, header};
use serde_json::{Value, json};

use crate::{
    database::{tamper, texts},
    fixture::{TestPlatform, enrolment, pension},
    office::{HERE, Office, accept, relief},
};

#[tokio::test]
async fn a_case_is_found_by_its_number_and_looks_as_when_it_was_filed() {
    let platform = TestPlatform::new().await;
    let filed = platform.file(&enrolment()).await;
    let found = platform.get(&format!("/api/v1/cases/{}", filed.case_no)).await;
    assert_eq!(serde_json::from_str::<protocol::Case>(&found.body).unwrap(), filed);
    platform.get("/api/v1/cases/1").await.problem(404, "case-not-found");
    platform.get("/api/v1/cases/'%20OR%201=1--").await.problem(404, "case-not-found");
}

#[tokio::test]
async fn a_pickup_code_finds_its_cases_newest_first_or_none() {
    let platform = TestPlatform::new().await;
    platform.file(&pension()).await;
    let mut older = enrolment();
    older["received_at"] = json!("2026-11-20T08:00:00Z");
    platform.file(&older).await;
    let found = platform.get("/api/v1/cases?pickup_code=123%20456%20782").await.cases();
    let items: Vec<_> = found.iter().map(|case| case.item.id.as_str()).collect();
    assert_eq!(items, ["pension-eligibility", "resident-pension-enrolment"]);
    assert!(platform.get("/api/v1/cases?pickup_code=000000000").await.cases().is_empty());
}

#[tokio::test]
async fn what_is_written_down_of_the_cases_of_a_pickup_code_is_what_is_looked_up_page_by_page() {
    let platform = TestPlatform::new().await;
    for (received_at, make) in [("21", pension as fn() -> Value), ("23", enrolment), ("22", pension)] {
        let mut submission = make();
        submission["received_at"] = json!(format!("2026-11-{received_at}T08:00:00Z"));
        platform.file(&submission).await;
    }
    let pages = async || {
        let mut next = Some("/api/v1/cases?pickup_code=123456782&limit=2".to_owned());
        let mut pages = Vec::new();
        while let Some(path) = next {
            let answer = platform.get(&path).await;
            let link = answer.headers.get(header::LINK).map(|link| link.to_str().unwrap().to_owned());
            next = link.map(|link| link.split(['<', '>']).nth(1).unwrap().to_owned());
            pages.push((answer.body, next.clone()));
        }
        pages
    };
    let (written, all) = (pages().await, platform.get("/api/v1/cases?pickup_code=123456782").await.body);
    assert_eq!(written.len(), 2, "{written:?}");
    // One that is not there, and nothing of it is written down.
    for gone in ["DELETE FROM case_answer WHERE case_id = 2", "DELETE FROM case_answer"] {
        tamper(platform.directory.path(), gone);
        assert_eq!(pages().await, written, "{gone}");
        assert_eq!(platform.get("/api/v1/cases?pickup_code=123456782").await.body, all);
    }
}

#[tokio::test]
async fn a_pickup_code_that_cannot_be_one_is_refused() {
    let platform = TestPlatform::new().await;
    for bad in ["123456789", "12345678", "abc", ""] {
        let answer = platform.get(&format!("/api/v1/cases?pickup_code={bad}")).await;
        answer.problem(400, "pickup-code-malformed");
    }
    platform.get("/api/v1/cases").await.problem(400, "pickup-code-missing");
    platform.get("/api/v1/cases?pickup_code=%FF").await.problem(400, "pickup-code-malformed");
}

#[tokio::test]
async fn a_person_finds_all_own_cases_and_nobody_elses() {
    let platform = TestPlatform::new().await;
    platform.file(&pension()).await;
    let mut other = enrolment();
    other["applicant"]["id_number"] = json!("519999199003074022");
    platform.file(&other).await;
    let search = async |body: serde_json::Value| {
        let headers = [("content-type", "application/json")];
        platform.send(Method::POST, "/api/v1/cases/search", &headers, &body.to_string()).await
    };
    let mine = search(json!({ "id_number": "519999195201010013" })).await.cases();
    assert_eq!(mine.len(), 1);
    assert_eq!(mine[0].item.id, "pension-eligibility");
    assert!(search(json!({ "id_number": "519999201509110035" })).await.cases().is_empty());
    search(json!({ "id_number": "" })).await.problem(422, "invalid-field");
    search(json!({})).await.problem(422, "invalid-field");
}

#[tokio::test]
async fn what_is_told_of_a_case_is_written_down_with_every_change_of_it_and_gone_with_one_that_others_make() {
    let office = Office::new().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let filed = platform.file(&relief(HERE, "LZ-0001")).await;
    let path = format!("/api/v1/cases/{}", filed.case_no);
    let directory = platform.directory.path();
    let kept = || texts(directory, "SELECT body FROM case_answer");
    let told = async || platform.get(&path).await.body;
    assert_eq!(kept(), [told().await]);

    platform.act(&clerk, &filed.case_no, &accept()).await;
    assert!(told().await.contains("\"status\":\"accepted\""), "{}", told().await);
    assert_eq!(kept(), [told().await]);
    let rating = json!({ "case_key": filed.case_key, "level": 2, "channel": "kiosk", "rated_at": "2026-11-24T02:00:00Z" });
    assert_eq!(platform.post("/api/v1/ratings", uuid::Uuid::new_v4(), &rating).await.status, 201);
    assert!(told().await.contains("\"rating\":2"));
    assert_eq!(kept(), [told().await]);

    // Whoever changes it otherwise: what was written down is gone at once.
    tamper(directory, "UPDATE cases SET due_on = '2027-01-04'");
    assert_eq!(kept(), [""; 0]);
    let looked_up = told().await;
    assert!(looked_up.contains("\"due_on\":\"2027-01-04\""));
    tamper(directory, "INSERT INTO case_answer (case_id, edition, body) SELECT id, 0, 'old' FROM cases");
    assert_eq!(told().await, looked_up, "the words of another program are not gone by");
}
