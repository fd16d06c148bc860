//! 差评回访: whoever was not satisfied is called, in time or seen to be late.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    database::number,
    fixture::{Answer, NOW, TestPlatform},
    office::{HERE, Office, Person, relief},
};

const PATH: &str = "/api/v1/staff/call-backs";
const BUREAU: &str = "demo-civil-affairs-bureau";

impl TestPlatform {
    /// A case that was rated so.
    async fn rated(&self, level: u8) -> String {
        let case = self.file(&relief(HERE, "LZ-0001")).await;
        let rating =
            json!({ "case_key": case.case_key, "level": level, "rated_at": NOW, "channel": "kiosk" });
        let rated = self.post("/api/v1/ratings", Uuid::new_v4(), &rating).await;
        assert_eq!(rated.status, StatusCode::CREATED, "{}", rated.body);
        case.case_no
    }

    async fn call_backs(&self, person: &Person) -> Vec<Value> {
        self.read(person, PATH).await["call_backs"].as_array().unwrap().clone()
    }

    async fn call(&self, person: &Person, case_no: &str, step: &str, body: &Value) -> Answer {
        self.as_person(person, Method::POST, &format!("{PATH}/{case_no}/{step}"), body).await
    }
}

fn said(note: &str) -> Value {
    json!({ "note": note })
}

fn end(note: &str) -> Value {
    json!({ "settlement": "explained", "note": note })
}

#[tokio::test]
async fn a_bad_rating_wants_a_call_and_a_result_and_a_good_one_wants_none() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (approver, far) =
        (office.person("approver", BUREAU).await, office.person("approver", "demo-insurance-centre").await);
    for level in [1, 2, 3] {
        platform.rated(level).await;
    }
    assert!(platform.call_backs(&approver).await.is_empty());
    let (bad, worse) = (platform.rated(4).await, platform.rated(5).await);
    let found = platform.call_backs(&approver).await;
    assert_eq!(found.len(), 2);
    let one = found.iter().find(|one| one["case_no"] == json!(worse)).unwrap();
    // Tuesday: a call by Wednesday, and the rest by Tuesday.
    assert_eq!((&one["contact_due_on"], &one["settle_due_on"]), (&json!("2026-11-25"), &json!("2026-12-01")));
    assert_eq!((&one["level"], &one["applicant"], &one["ours"]), (&json!(5), &json!("欧***"), &json!(true)));
    assert!(platform.call_backs(&far).await.is_empty());
    platform.call(&far, &bad, "contact", &said("已致电")).await.problem(404, "call-back-not-found");
    assert!(platform.seen(&approver, &worse).await.is_some(), "who has to call sees the case");

    platform.call(&approver, &worse, "settle", &end("已说明")).await.problem(409, "call-back-has-moved");
    platform.call(&approver, &worse, "contact", &said(" ")).await.problem(422, "act-refused");
    let called = platform.call(&approver, &worse, "contact", &said("嫌等得久")).await;
    assert_eq!(called.status, StatusCode::OK, "{}", called.body);
    platform.call(&approver, &worse, "contact", &said("再说")).await.problem(409, "call-back-has-moved");
    let settled = platform.call(&approver, &worse, "settle", &end("已说明原因")).await;
    assert_eq!(settled.status, StatusCode::OK, "{}", settled.body);
    platform.call(&approver, &worse, "settle", &end("再说")).await.problem(409, "call-back-has-moved");
    let found = platform.call_backs(&approver).await;
    assert_eq!(found[0]["case_no"], json!(bad), "what is open comes first");
    assert_eq!((&found[1]["settlement"], &found[1]["contact"]), (&json!("explained"), &json!("嫌等得久")));
    assert_eq!((&found[1]["light"], &found[1]["note"]), (&json!("grey"), &json!("已说明原因")));
    let told = platform.read(&office.auditor, "/api/v1/staff/audit").await;
    let actions: Vec<&str> =
        told["rows"].as_array().unwrap().iter().take(2).map(|row| row["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["settle-call-back", "contact-call-back"]);
}

#[tokio::test]
async fn what_is_late_turns_red_and_the_statistics_equal_a_direct_count() {
    let office = Office::new().await;
    let platform = &office.platform;
    let approver = office.person("approver", BUREAU).await;
    let supervisor = office.person("supervisor", "demo-district").await;
    let (in_time, late, never) = (platform.rated(4).await, platform.rated(5).await, platform.rated(5).await);
    platform.rated(1).await;
    platform.call(&approver, &in_time, "contact", &said("已致电")).await;
    platform.call(&approver, &in_time, "settle", &end("已说明")).await;
    platform.later("2026-11-25");
    let approver = platform.sign_in_again(&approver).await;
    platform.call(&approver, &late, "contact", &said("已致电")).await;
    platform.later("2026-12-02");
    let (approver, supervisor) =
        (platform.sign_in_again(&approver).await, platform.sign_in_again(&supervisor).await);
    platform.call(&approver, &late, "settle", &end("已说明")).await;
    let found = platform.call_backs(&supervisor).await;
    let lights = [&in_time, &late, &never]
        .map(|case_no| found.iter().find(|one| one["case_no"] == json!(case_no)).unwrap()["light"].clone());
    assert_eq!(lights, [json!("grey"), json!("red"), json!("red")]);
    assert!(found.iter().all(|one| one["ours"] == json!(false)), "who supervises does not call");
    let told = platform.read(&supervisor, "/api/v1/staff/statistics").await;
    let count =
        |more: &str| number(platform.directory.path(), &format!("SELECT count(*) FROM call_back {more}"));
    assert_eq!(told["call_backs"], count(""));
    assert_eq!(told["call_backs_settled"], count("WHERE settled_on IS NOT NULL"));
    let overdue = "WHERE coalesce(contacted_on, '2026-12-02') > contact_due_on OR coalesce(settled_on, '2026-12-02') > settle_due_on";
    assert_eq!(told["call_backs_late"], count(overdue));
    assert_eq!((count(""), count("WHERE settled_on IS NOT NULL"), count(overdue)), (3, 2, 2));
    let page = platform.page(Some(&supervisor), "/console/statistics").await.body;
    assert!(page.contains("回访办结率") && page.contains("66.6%"), "{page}");
}

#[tokio::test]
async fn a_call_back_is_made_on_the_pages_alone() {
    let office = Office::new().await;
    let platform = &office.platform;
    let approver = office.person("approver", BUREAU).await;
    let case_no = platform.rated(5).await;
    let here = "/console/call-backs";
    let page = platform.page(Some(&approver), here).await.body;
    assert!(page.contains(&case_no) && page.contains("记录联系") && page.contains("黄灯"), "{page}");
    for personal in ["欧阳示例", "519999195201010013", "13900000001"] {
        assert!(!page.contains(personal), "{personal}");
    }
    let called =
        platform.form(&approver, &format!("{here}/{case_no}/contact"), &[("note", "嫌等得久")]).await;
    assert!(called.status.is_redirection(), "{}", called.body);
    let settle = [("settlement", "fixed"), ("note", "加开了窗口")];
    let settled = platform.form(&approver, &format!("{here}/{case_no}/settle"), &settle).await;
    assert!(settled.status.is_redirection(), "{}", settled.body);
    let page = platform.page(Some(&approver), here).await.body;
    assert!(
        page.contains("加开了窗口")
            && page.contains("已整改")
            && !page.contains("<form method=\"post\" action=\"/console/call-backs"),
        "{page}"
    );
}
