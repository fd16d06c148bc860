//! What becomes of a case, and what is refused.

use axum::http::Method;
use protocol::CaseStatus;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    database::tamper,
    fixture::{NOW, PENSION_CODE, TestPlatform, enrolment, pension},
};

#[tokio::test]
async fn an_instant_case_is_finished_when_it_is_filed() {
    let platform = TestPlatform::new().await;
    let case = platform.file(&pension()).await;
    assert_eq!(case.case_no, format!("{PENSION_CODE}202611240001"));
    assert_eq!((case.status, case.status_text.as_str()), (CaseStatus::Completed, "已办结"));
    assert_eq!(case.steps.len(), 4);
    assert_eq!(case.due_on, Some("2026-11-24".parse().unwrap()));
    let result = case.result.unwrap();
    assert_eq!(result.valid_until, Some("2027-11-24".parse().unwrap()));
    assert_eq!(case.applicant_name, "欧***");
    assert!(case.demo);
    assert_eq!(case.received_at, NOW.parse().unwrap());
}

#[tokio::test]
async fn a_promised_case_is_accepted_and_due_three_working_days_later() {
    let platform = TestPlatform::new().await;
    let case = platform.file(&enrolment()).await;
    assert_eq!((case.status, case.status_text.as_str()), (CaseStatus::Accepted, "办理中"));
    assert_eq!(case.due_on, Some("2026-11-27".parse().unwrap()));
    assert!(!case.due_provisional);
    assert_eq!(case.result, None);
}

#[tokio::test]
async fn a_case_from_an_outage_keeps_the_kiosks_time_and_its_due_date() {
    let platform = TestPlatform::new().await;
    let mut sunday = enrolment();
    sunday["received_at"] = json!("2026-11-22T08:00:00Z");
    let case = platform.file(&sunday).await;
    assert_eq!(case.received_at, "2026-11-22T08:00:00Z".parse().unwrap());
    assert_eq!(case.recorded_at, NOW.parse().unwrap());
    assert_eq!(case.due_on, Some("2026-11-25".parse().unwrap()));
    assert!(case.case_no.ends_with("202611240001"), "numbered on the day it arrived: {}", case.case_no);
}

#[tokio::test]
async fn a_due_date_in_an_unpublished_year_is_provisional() {
    let platform = TestPlatform::new().await;
    platform.set_clock("2026-12-30T02:00:00Z");
    let mut late = enrolment();
    late["received_at"] = json!("2026-12-30T02:00:00Z");
    let case = platform.file(&late).await;
    assert_eq!((case.due_on, case.due_provisional), (Some("2027-01-05".parse().unwrap()), true));
}

#[tokio::test]
async fn serials_count_for_each_item_and_begin_anew_each_china_day() {
    let platform = TestPlatform::new().await;
    let serial = async |submission: &Value| platform.file(submission).await.case_no.split_off(33);
    assert_eq!(serial(&pension()).await, "202611240001");
    assert_eq!(serial(&pension()).await, "202611240002");
    assert_eq!(serial(&enrolment()).await, "202611240001");
    platform.set_clock("2026-11-24T15:59:59Z");
    assert_eq!(serial(&pension()).await, "202611240003");
    platform.set_clock("2026-11-24T16:00:00Z");
    assert_eq!(serial(&pension()).await, "202611250001");
}

#[tokio::test]
async fn the_ten_thousandth_case_of_a_day_gets_a_fifth_digit() {
    let platform = TestPlatform::new().await;
    platform.file(&pension()).await;
    tamper(platform.directory.path(), "UPDATE case_serial SET last = 9998");
    assert!(platform.file(&pension()).await.case_no.ends_with("202611249999"));
    let case = platform.file(&pension()).await;
    assert!(case.case_no.ends_with("2026112410000"), "{}", case.case_no);
    assert!(case.case_no.len() <= 50);
}

#[tokio::test]
async fn a_bad_field_is_named_with_pointer_and_words() {
    let platform = TestPlatform::new().await;
    let told = async |change: &dyn Fn(&mut Value)| {
        let mut submission = enrolment();
        change(&mut submission);
        let answer = platform.post("/api/v1/cases", Uuid::new_v4(), &submission).await;
        let problem = answer.problem(422, "invalid-field");
        (problem.pointer.unwrap(), problem.detail.unwrap())
    };
    let pair = |pointer: &str, detail: &str| (pointer.to_owned(), detail.to_owned());
    let phone = told(&|case| case["fields"]["phone"] = json!("12")).await;
    assert_eq!(phone, pair("/fields/phone", "「您的手机号」请填 11 位手机号"));
    let missing = told(&|case| drop(case.as_object_mut().unwrap().remove("channel"))).await;
    assert_eq!(missing, pair("/channel", "缺少 channel"));
    let inner = told(&|case| drop(case["applicant"].as_object_mut().unwrap().remove("birth"))).await;
    assert_eq!(inner, pair("/applicant/birth", "缺少 birth"));
    let code = told(&|case| case["pickup_code"] = json!("123456789")).await;
    assert_eq!(code, pair("/pickup_code", "格式不对"));
    let kind = told(&|case| case["item_version"] = json!("欧阳")).await;
    assert_eq!(kind, pair("/item_version", "格式不对"));
    let (_, unknown) = told(&|case| case["extra"] = json!(1)).await;
    assert_eq!(unknown, "有不认识的内容");
}

#[tokio::test]
async fn a_clock_that_is_wrong_costs_nobody_a_case() {
    let platform = TestPlatform::new().await;
    for impossible in ["2026-11-24T02:07:00Z", "2031-01-01T00:00:00Z", "1970-01-01T00:00:10Z"] {
        let mut case = pension();
        case["received_at"] = json!(impossible);
        let key = Uuid::new_v4();
        let taken = platform.post("/api/v1/cases", key, &case).await.case();
        assert_eq!(taken.received_at, taken.recorded_at, "{impossible} cannot have been");
        let again = platform.post("/api/v1/cases", key, &case).await.case();
        assert_eq!(again, taken, "the same key brings the same case");
    }
}

#[tokio::test]
async fn what_is_no_case_at_all_is_refused_in_words() {
    let platform = TestPlatform::new().await;
    let key = Uuid::new_v4().to_string();
    let post = async |media: &str, body: &str| {
        let headers = [("idempotency-key", key.as_str()), ("content-type", media)];
        platform.send(Method::POST, "/api/v1/cases", &headers, body).await
    };
    let problem = post("application/json", "{\"item\":\n ???").await.problem(400, "malformed-json");
    assert_eq!(problem.detail.unwrap(), "第 2 行第 2 列附近无法识别");
    post("application/json", "").await.problem(400, "malformed-json");
    post("application/json; charset=utf-8", "{} {}").await.problem(422, "invalid-field");
    post("application/json", &format!("{} x", pension())).await.problem(400, "malformed-json");
    post("text/plain", &pension().to_string()).await.problem(415, "unsupported-media-type");
    post("application/json", &" ".repeat(256 * 1024 + 1)).await.problem(413, "payload-too-large");
    let no_media = [("idempotency-key", key.as_str())];
    let answer = platform.send(Method::POST, "/api/v1/cases", &no_media, "{}").await;
    answer.problem(415, "unsupported-media-type");
    platform.get("/api/v1/nothing").await.problem(404, "not-found");
    platform.send(Method::DELETE, "/api/v1/cases", &[], "").await.problem(405, "method-not-allowed");
}
