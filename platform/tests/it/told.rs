//! What an applicant is told of a case: what is missing, why it ended, why it takes longer. And who else is not.

use axum::http::Method;
use platform::web::{Gateways, Settings};
use serde_json::{Value, json};

use crate::{
    enrolling::Called,
    fixture::{TestPlatform, enrolment},
    office::{HERE, Office, pass, relief},
    web::Browser,
};

const NUMBER: &str = "519999195201010013";

impl Office {
    /// The same with pages for residents.
    pub(crate) async fn with_pages() -> Self {
        let mut office = Self::new().await;
        let settings = Settings {
            public_url: "http://community.example".to_owned(),
            gateways: Some(Gateways::development()),
        };
        office.platform.platform = office.platform.platform.with_web(settings);
        office
    }
}

/// What the applicant reads, signed in again where days have gone by.
async fn read(own: &mut Browser<'_>, case_no: &str) -> String {
    let path = format!("/my/{case_no}");
    own.get(&path).await;
    if own.path != path {
        own.sign_in().await;
        own.get(&path).await;
    }
    own.page.clone()
}

/// The case as the API tells it to a caller who knows its number, its code, or the number on the card.
async fn over_the_api(platform: &TestPlatform, case_no: &str) -> [Value; 3] {
    let by_number = platform.get(&format!("/api/v1/cases/{case_no}")).await.body;
    let by_code = platform.get("/api/v1/cases?pickup_code=123456782").await.body;
    let by_card = search(platform).await;
    let one = |list: &str| {
        let list: Value = serde_json::from_str(list).unwrap();
        let cases = list["cases"].as_array().unwrap();
        cases.iter().find(|case| case["case_no"] == case_no).unwrap().clone()
    };
    [serde_json::from_str(&by_number).unwrap(), one(&by_code), one(&by_card)]
}

async fn search(platform: &TestPlatform) -> String {
    let headers = [("content-type", "application/json")];
    let query = json!({ "id_number": NUMBER }).to_string();
    platform.send(Method::POST, "/api/v1/cases/search", &headers, &query).await.body
}

fn gaps() -> Value {
    json!({ "act": "require_correction", "within_days": 10, "gaps": [
        { "material": "诊断书", "opinion": "没有盖章" },
        { "material": "户口簿", "opinion": "缺本人登记页" },
    ] })
}

#[tokio::test]
async fn what_is_missing_and_until_when_is_told_to_the_applicant_and_to_nobody_else() {
    let office = Office::with_pages().await;
    let platform = &office.platform;
    let mut own = Browser::new(platform);
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let case_no = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    assert!(!read(&mut own, &case_no).await.contains("还缺材料"));
    platform.act(&clerk, &case_no, &gaps()).await;

    let mut anybody = Browser::new(platform);
    anybody.get("/progress").await;
    anybody.post("/progress", &[("number", "123456782"), ("last", "0013")]).await;
    for page in [read(&mut own, &case_no).await, anybody.page.clone()] {
        for words in ["还缺材料，最晚12月8日", "诊断书：没有盖章", "户口簿：缺本人登记页", "视为放弃"]
        {
            assert!(page.contains(words), "{words}: {page}");
        }
    }
    let [by_number, by_code, by_card] = over_the_api(platform, &case_no).await;
    let missing = json!([{ "material": "诊断书", "opinion": "没有盖章" },
        { "material": "户口簿", "opinion": "缺本人登记页" }]);
    assert_eq!(by_card["told"]["correction"], json!({ "until": "2026-12-08", "missing": missing }));
    for case in [by_number, by_code] {
        assert_eq!(case["told"]["correction"], json!({ "until": "2026-12-08" }), "by number or code");
    }
    let mut other = Browser::new(platform);
    other.sign_in_as("示例", "519999199003074022", "13900000002").await;
    for path in
        [format!("/my/{case_no}"), "/board".to_owned(), "/api/v1/notices".to_owned(), "/my".to_owned()]
    {
        other.request(Method::GET, &path, String::new()).await;
        assert!(!other.page.contains("没有盖章") && !other.page.contains("诊断书"), "{path}");
    }
    // Once it has come nothing is missing any more.
    platform.act(&clerk, &case_no, &json!({ "act": "correct", "note": "已盖章" })).await;
    assert!(!read(&mut own, &case_no).await.contains("还缺材料"));
    assert_eq!(over_the_api(platform, &case_no).await[2]["told"], Value::Null);
}

#[tokio::test]
async fn where_kiosks_have_certificates_nobody_without_one_reads_what_an_office_wrote() {
    let office = Office::new().await;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let case_no = office.platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    office.platform.act(&clerk, &case_no, &gaps()).await;
    let called = Called::with(office.platform).await;
    let said = search(&called.here).await;
    assert!(said.contains("2026-12-08") && !said.contains("诊断书"), "{said}");
    let (membership, key) = called.kiosk("LZ-0001").await;
    let query = protocol::CaseQuery { id_number: NUMBER.to_owned() };
    let told = called.client(&membership, &key).cases_by_identity(&query).await.unwrap();
    assert_eq!(told.cases[0].told.correction.as_ref().unwrap().missing[0].material, "诊断书");
}

/// 居保参保, denied and completed.
async fn denied(office: &Office) -> String {
    let platform = &office.platform;
    let reviewer = office.person("reviewer", "demo-insurance-centre").await;
    let head = office.person("approver", "demo-insurance-centre").await;
    let window = office.person("clerk", "demo-insurance-centre").await;
    let case_no = platform.file(&enrolment()).await.case_no;
    platform.act(&reviewer, &case_no, &pass()).await;
    let deny = json!({ "act": "deny", "reason": "已在别处参保", "remedy": "向示例区人民政府申请复议" });
    platform.act(&head, &case_no, &deny).await;
    let [told, ..] = over_the_api(platform, &case_no).await;
    assert_eq!(told["status_text"], "不予通过", "as soon as it is decided");
    platform.act(&window, &case_no, &json!({ "act": "complete" })).await;
    case_no
}

#[tokio::test]
async fn a_refusal_and_a_denial_are_told_with_reason_and_remedies_to_the_applicant_alone() {
    let office = Office::with_pages().await;
    let platform = &office.platform;
    let mut own = Browser::new(platform);
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let window = office.person("clerk", "demo-community").await;
    let refused = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    let refuse = json!({ "act": "refuse", "reason": "不归我们管", "remedy": "向示例区人民政府申请复议" });
    platform.act(&clerk, &refused, &refuse).await;
    // What the office puts away does not become something else.
    platform.act(&window, &refused, &json!({ "act": "archive" })).await;
    for (case_no, word, kind, reason) in [
        (denied(&office).await, "不予通过", "denied", "已在别处参保"),
        (refused, "不予受理", "not_accepted", "不归我们管"),
    ] {
        let page = read(&mut own, &case_no).await;
        let periods = ["60 日内", "行政复议", "6 个月内", "行政诉讼", "向示例区人民政府申请复议"];
        for words in [&format!("理由：{reason}"), word].into_iter().chain(periods) {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("办理结果"), "{page}");
        let [by_number, by_code, by_card] = over_the_api(platform, &case_no).await;
        assert_eq!((&by_card["status_text"], &by_card["result"]), (&json!(word), &Value::Null));
        assert_eq!(by_card["told"]["ending"]["reason"], reason);
        assert_eq!(by_card["told"]["ending"]["remedies"].as_array().unwrap().len(), 3);
        for case in [by_number, by_code] {
            assert_eq!(case["told"]["ending"], json!({ "kind": kind }), "by number or code");
        }
    }
}

#[tokio::test]
async fn who_let_the_time_go_by_is_not_told_to_have_withdrawn() {
    let office = Office::with_pages().await;
    let platform = &office.platform;
    let mut own = Browser::new(platform);
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let lapsed = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    platform.act(&clerk, &lapsed, &gaps()).await;
    let withdrawn = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    platform.act(&clerk, &withdrawn, &json!({ "act": "withdraw", "reason": "不办了" })).await;
    platform.later("2026-12-09");
    platform.platform.run_jobs().await.unwrap();
    let page = read(&mut own, &lapsed).await;
    assert!(page.contains("视为放弃申请") && page.contains("逾期未补正，已终止"), "{page}");
    assert_eq!(over_the_api(platform, &lapsed).await[0]["told"]["ending"]["kind"], "lapsed");
    let page = read(&mut own, &withdrawn).await;
    assert!(page.contains("已撤回") && !page.contains("视为放弃申请"), "{page}");
}

#[tokio::test]
async fn every_move_of_the_promised_day_is_told_with_its_reason_and_the_new_day() {
    let office = Office::with_pages().await;
    let platform = &office.platform;
    let mut own = Browser::new(platform);
    let reviewer = office.person("reviewer", "demo-insurance-centre").await;
    let head = office.person("approver", "demo-insurance-centre").await;
    let case_no = platform.file(&enrolment()).await.case_no;
    let changes =
        async || over_the_api(platform, &case_no).await.map(|case| case["told"]["due_changes"].clone());
    let propose = json!({ "act": "propose_suspension", "kind": "appraisal", "reason": "需要鉴定伤残" });
    platform.act(&reviewer, &case_no, &propose).await;
    platform.act(&head, &case_no, &json!({ "act": "suspend" })).await;
    let stopped = json!({ "at": platform.now(), "why": "stopped", "procedure": "鉴定", "reason": "需要鉴定伤残",
        "was_on": "2026-11-27", "provisional": false });
    assert_eq!(changes().await[2], json!([stopped]));
    platform.later("2026-12-04");
    platform.platform.run_jobs().await.unwrap();
    let page = read(&mut own, &case_no).await;
    for words in ["正在鉴定，办理期限停止计算", "理由：需要鉴定伤残", "原来承诺 11月27日", "顺延到 12月9日"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(changes().await[2], json!([stopped]), "a day that goes by is no news");
    let (reviewer, head) = (platform.sign_in_again(&reviewer).await, platform.sign_in_again(&head).await);
    platform.act(&reviewer, &case_no, &json!({ "act": "resume", "note": "鉴定完成" })).await;
    platform.act(&head, &case_no, &json!({ "act": "extend", "days": 2, "reason": "情况复杂" })).await;
    let page = read(&mut own, &case_no).await;
    for words in [
        "鉴定结束，恢复计算期限：承诺办结由 11月27日 星期五 改为 12月9日 星期三",
        "延长办理期限：承诺办结由 12月9日 星期三 改为 12月11日 星期五",
        "理由：情况复杂",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("停止计算</strong>"), "it runs again: {page}");
    let [by_number, by_code, by_card] = changes().await;
    assert_eq!(by_card[2]["reason"], "情况复杂");
    for told in [by_number, by_code] {
        assert_eq!((&told[2]["why"], &told[2]["due_on"]), (&json!("extended"), &json!("2026-12-11")));
        let reasons = told.as_array().unwrap().iter().filter(|change| change.get("reason").is_some());
        assert_eq!(reasons.count(), 0, "by number or code");
    }
}

#[tokio::test]
async fn a_day_that_the_holidays_of_a_new_year_move_is_told() {
    let office = Office::with_pages().await;
    let platform = &office.platform;
    let mut own = Browser::new(platform);
    let clerk = office.person("clerk", "demo-subdistrict").await;
    platform.later("2026-12-21");
    let clerk = platform.sign_in_again(&clerk).await;
    let mut filed = relief(HERE, "LZ-0001");
    filed["received_at"] = json!("2026-12-21T02:00:00Z");
    let case_no = platform.file(&filed).await.case_no;
    platform.act(&clerk, &case_no, &crate::office::accept()).await;
    let system = platform.sign_in_again(&office.system).await;
    let days = ["2027-01-01", "2027-01-04", "2027-01-05"]
        .map(|day| format!(r#"{{"name":"元旦","date":"{day}","isOffDay":true}}"#));
    let text = format!(r#"{{"year":2027,"papers":["示例"],"days":[{}]}}"#, days.join(","));
    let import = json!({ "text": text });
    platform.as_person(&system, Method::POST, "/api/v1/staff/calendars", &import).await;
    let changes = over_the_api(platform, &case_no).await[0]["told"]["due_changes"].clone();
    assert_eq!(changes[0]["why"], "calendar");
    assert_eq!((&changes[0]["was_on"], &changes[0]["due_on"]), (&json!("2027-01-12"), &json!("2027-01-14")));
    let page = read(&mut own, &case_no).await;
    assert!(
        page.contains("放假安排公布：承诺办结由 2027年1月12日 星期二 改为 2027年1月14日 星期四"),
        "{page}"
    );
}
