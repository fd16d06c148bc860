//! What staff do with a case, from the intake to the archive.

use axum::http::{Method, StatusCode};
use protocol::CaseStatus;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    database::{number, tamper, try_tamper},
    fixture::{TestPlatform, enrolment, pension, submission},
    office::{FAR, HERE, Office, Person, accept, pass, relief, visit},
};

/// Who handles a 救助 case at its three levels.
pub(crate) struct Relief {
    pub(crate) clerk: Person,
    pub(crate) worker: Person,
    pub(crate) reviewer: Person,
    pub(crate) district: Person,
    pub(crate) head: Person,
}

impl Relief {
    pub(crate) async fn staff(office: &Office) -> Self {
        Self {
            clerk: office.person("clerk", "demo-subdistrict").await,
            worker: office.person("community_worker", "demo-community").await,
            reviewer: office.person("reviewer", "demo-subdistrict").await,
            district: office.person("reviewer", "demo-civil-affairs-bureau").await,
            head: office.person("approver", "demo-civil-affairs-bureau").await,
        }
    }
}

#[tokio::test]
async fn relief_passes_community_subdistrict_and_district_and_each_sees_only_its_step() {
    let office = Office::new().await;
    let (platform, staff) = (&office.platform, Relief::staff(&office).await);
    let elsewhere = office.person("community_worker", "demo-far-community").await;
    let window = office.person("clerk", "demo-community").await;
    let case_no = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    assert_eq!(platform.tasks(&staff.clerk).await, [case_no.as_str()]);
    for nobody in [&staff.reviewer, &staff.district, &staff.head, &elsewhere] {
        assert!(platform.tasks(nobody).await.is_empty());
    }
    // Before it comes to them it is not there; where it never comes it never is.
    assert!(platform.seen(&staff.district, &case_no).await.is_none());

    let state = |state: &str, step: &str| (state.to_owned(), step.to_owned());
    assert_eq!(platform.act(&staff.clerk, &case_no, &accept()).await, state("accepted", "社区初核"));
    platform.try_act(&staff.clerk, &case_no, &pass()).await.problem(403, "forbidden");
    assert_eq!(platform.act(&staff.worker, &case_no, &pass()).await.1, "家庭经济状况核对");
    assert_eq!(platform.act(&staff.clerk, &case_no, &pass()).await.1, "入户调查");
    let alone = json!({ "act": "pass", "opinion": "属实", "visit":
        { "on": "2026-11-24", "visitors": ["甲"], "findings": "情况属实", "signed": true } });
    platform.try_act(&staff.clerk, &case_no, &alone).await.problem(422, "act-refused");
    assert_eq!(platform.act(&staff.clerk, &case_no, &visit("2026-11-24")).await.1, "街道审核");
    assert_eq!(platform.act(&staff.reviewer, &case_no, &pass()).await.1, "公示");

    assert!(notices(platform).await.is_empty());
    let publish = json!({ "act": "publish", "amount": "一次性 1000 元以下" });
    platform.act(&staff.worker, &case_no, &publish).await;
    let board = notices(platform).await;
    assert_eq!(
        board,
        [json!({ "community": "示例社区", "item": "临时救助", "applicant": "欧***",
        "amount": "一次性 1000 元以下", "opened_on": "2026-11-24", "closes_on": "2026-12-01" })]
    );
    platform.later("2026-12-01");
    let workers = platform.sign_in_again(&staff.worker).await;
    platform.try_act(&workers, &case_no, &pass()).await.problem(422, "act-refused");
    platform.later("2026-12-02");
    assert!(notices(platform).await.is_empty(), "gone on the day after its last");
    let again = platform.sign_in_again(&staff.worker).await;
    assert_eq!(platform.act(&again, &case_no, &pass()).await.1, "区级复核");

    let (district, head) =
        (platform.sign_in_again(&staff.district).await, platform.sign_in_again(&staff.head).await);
    assert!(platform.tasks(&head).await.is_empty(), "in the house, and not at this desk yet");
    let grant = json!({ "act": "grant", "opinion": "准予" });
    platform.try_act(&head, &case_no, &grant).await.problem(403, "forbidden");
    assert_eq!(platform.act(&district, &case_no, &pass()).await.1, "决定");
    assert_eq!(platform.act(&head, &case_no, &grant).await, state("decided", "办结"));
    let clerk = platform.sign_in_again(&staff.clerk).await;
    assert_eq!(
        platform.act(&clerk, &case_no, &json!({ "act": "complete" })).await,
        state("completed", "送达")
    );
    let deliver = json!({ "act": "deliver", "method": "counter", "receiver": "本人", "signed": true });
    let window = platform.sign_in_again(&window).await;
    assert_eq!(platform.act(&window, &case_no, &deliver).await.0, "delivered");
    assert_eq!(platform.act(&window, &case_no, &json!({ "act": "archive" })).await.0, "archived");

    let case = platform.seen(&window, &case_no).await.unwrap();
    let titles: Vec<&str> =
        list(&case["documents"]).map(|document| document["title"].as_str().unwrap()).collect();
    for title in ["收件回执", "受理通知书", "公示", "准予决定书", "办结通知", "送达回证", "归档清单"]
    {
        assert!(titles.contains(&title), "{title} of {titles:?}");
    }
    assert_eq!(list(&case["history"]).count(), 13, "a line for every act: {case:#}");
    let told = platform.get(&format!("/api/v1/cases/{case_no}")).await;
    let told: protocol::Case = serde_json::from_str(&told.body).unwrap();
    assert_eq!(
        (told.status, told.status_text.as_str()),
        (CaseStatus::Completed, "已办结"),
        "as kiosks know it"
    );
    assert!(told.result.is_some());
}

impl TestPlatform {
    /// A session ends within fifteen minutes, and these tests let days go by.
    pub(crate) async fn sign_in_again(&self, person: &Person) -> Person {
        self.sign_in(&person.login, crate::office::PASSWORD, &person.secret).await
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().unwrap().iter()
}

async fn notices(platform: &TestPlatform) -> Vec<Value> {
    let told: Value = serde_json::from_str(&platform.get("/api/v1/notices").await.body).unwrap();
    told["notices"].as_array().unwrap().clone()
}

#[tokio::test]
async fn what_is_refused_is_told_in_the_words_that_residents_read() {
    let office = Office::new().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let word = async |case_no: &str| {
        let case: protocol::Case =
            serde_json::from_str(&platform.get(&format!("/api/v1/cases/{case_no}")).await.body).unwrap();
        (case.status, case.status_text, case.due_on.is_some())
    };
    let filed = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    let gaps = json!({ "act": "require_correction", "within_days": 10,
        "gaps": [{ "material": "诊断书", "opinion": "没有盖章" }] });
    platform.act(&clerk, &filed, &gaps).await;
    assert_eq!(word(&filed).await, (CaseStatus::CorrectionRequired, "需补正".to_owned(), false));
    platform.try_act(&clerk, &filed, &gaps).await.problem(409, "act-not-now");
    platform.act(&clerk, &filed, &json!({ "act": "correct", "note": "已盖章" })).await;
    let refuse = json!({ "act": "refuse", "reason": "不归我们", "remedy": "可以复议" });
    platform.act(&clerk, &filed, &refuse).await;
    assert_eq!(word(&filed).await, (CaseStatus::NotAccepted, "不予受理".to_owned(), false));
    let filed = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    platform.act(&clerk, &filed, &json!({ "act": "withdraw", "reason": "不办了" })).await;
    assert_eq!(word(&filed).await, (CaseStatus::Withdrawn, "已撤回".to_owned(), false));
}

#[tokio::test]
async fn the_clock_deems_accepted_ends_what_was_given_up_and_leaves_a_red_card() {
    let office = Office::new().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let watcher = office.person("supervisor", "demo-subdistrict").await;
    let silent = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    let asked = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    let gaps = json!({ "act": "require_correction", "within_days": 3,
        "gaps": [{ "material": "诊断书", "opinion": "没有盖章" }] });
    platform.act(&clerk, &asked, &gaps).await;
    platform.later("2026-12-01");
    platform.platform.run_jobs().await.unwrap();
    let clerk = platform.sign_in_again(&clerk).await;
    assert_eq!(
        platform.seen(&clerk, &silent).await.unwrap()["task"]["state"],
        "received",
        "the fifth day is theirs"
    );
    assert_eq!(platform.seen(&clerk, &asked).await.unwrap()["task"]["state"], "terminated");
    platform.later("2026-12-02");
    platform.platform.run_jobs().await.unwrap();
    platform.platform.run_jobs().await.unwrap();
    let watcher = platform.sign_in_again(&watcher).await;
    let case = platform.seen(&watcher, &silent).await.unwrap();
    assert_eq!((&case["task"]["state"], &case["deemed"]), (&json!("accepted"), &json!(true)));
    assert_eq!(case["accepted_on"], "2026-11-24", "as of the day of receipt");
    assert_eq!(case["task"]["due_on"], "2026-12-15", "fifteen working days after it");
    assert_eq!(list(&case["history"]).count(), 2, "once, though the job ran twice");
    // The red card of the five days stays, whatever becomes of it.
    assert_eq!((&case["red_since"], &case["task"]["light"]), (&json!("2026-12-02"), &json!("red")));
}

#[tokio::test]
async fn any_community_receives_and_the_one_at_home_handles() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (here, second) = (
        office.person("clerk", "demo-community").await,
        office.person("clerk", "demo-second-community").await,
    );
    let mut filed = enrolment();
    filed["terminal_id"] = json!("LZ-0002");
    // Accepted by itself, and on the desk of the department.
    let case_no = platform.file(&filed).await.case_no;
    let case = platform.seen(&second, &case_no).await.unwrap();
    assert_eq!(case["task"]["from_elsewhere"], true, "{case:#}");
    assert_eq!(
        (&case["task"]["received_org"], &case["area_org"]),
        (&json!("示例第二社区"), &json!("示例社区"))
    );
    assert!(list(&case["documents"]).any(|document| document["kind"] == "transfer_slip"));
    assert!(platform.seen(&here, &case_no).await.is_none(), "no desk of theirs in this workflow");
    let reviewer = office.person("reviewer", "demo-insurance-centre").await;
    let head = office.person("approver", "demo-insurance-centre").await;
    let window = office.person("clerk", "demo-insurance-centre").await;
    platform.act(&reviewer, &case_no, &pass()).await;
    platform
        .act(&head, &case_no, &json!({ "act": "deny", "reason": "已在别处参保", "remedy": "可以复议" }))
        .await;
    platform.act(&window, &case_no, &json!({ "act": "complete" })).await;
    assert_eq!(
        platform.tasks(&second).await,
        [case_no.as_str()],
        "the result comes back to where it was filed"
    );
    let told: protocol::Case =
        serde_json::from_str(&platform.get(&format!("/api/v1/cases/{case_no}")).await.body).unwrap();
    assert_eq!((told.status_text.as_str(), told.result), ("不予通过", None));
}

#[tokio::test]
async fn a_result_that_holds_for_a_year_ends_a_year_after_the_day_it_was_given() {
    let office = Office::new().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-community").await;
    let reviewer = office.person("reviewer", "demo-healthcare-bureau").await;
    let head = office.person("approver", "demo-healthcare-bureau").await;
    let window = office.person("clerk", "demo-healthcare-bureau").await;
    let mut filed = submission(
        "chronic-disease-benefit",
        &json!({ "disease": "diabetes", "hospital": "示例医院", "diagnosed_on": "2026-10-01",
            "chosen_hospital": "示例医院", "phone": "13900000001" }),
    );
    filed["item_version"] = json!(2);
    let [granted, denied] = [platform.file(&filed).await.case_no, platform.file(&filed).await.case_no];
    for case_no in [&granted, &denied] {
        platform.act(&clerk, case_no, &accept()).await;
        platform.act(&reviewer, case_no, &pass()).await;
    }
    platform.act(&head, &granted, &json!({ "act": "grant", "opinion": "符合" })).await;
    platform.act(&head, &denied, &json!({ "act": "deny", "reason": "不在目录", "remedy": "可以复议" })).await;
    platform.later("2026-11-25");
    let window = platform.sign_in_again(&window).await;
    let until = async |case_no: &str| {
        platform.act(&window, case_no, &json!({ "act": "complete" })).await;
        let told = platform.get(&format!("/api/v1/cases/{case_no}")).await;
        let case: protocol::Case = serde_json::from_str(&told.body).unwrap();
        case.result.map(|result| result.valid_until)
    };
    assert_eq!(until(&granted).await, Some(Some("2027-11-25".parse().unwrap())));
    assert_eq!(until(&denied).await, None);
    let clerk = platform.sign_in_again(&clerk).await;
    let deliver = json!({ "act": "deliver", "method": "counter", "receiver": "本人", "signed": true });
    platform.act(&clerk, &granted, &deliver).await;
    let kept = "SELECT count(*) FROM cases WHERE valid_until = '2027-11-25'";
    assert_eq!(number(platform.directory.path(), kept), 1, "whatever happens to it later, and none denied");
}

#[tokio::test]
async fn a_case_of_an_unknown_address_is_routed_by_hand() {
    let office = Office::new().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let case_no = platform.file(&relief("外地某处", "LZ-0001")).await.case_no;
    platform.try_act(&clerk, &case_no, &accept()).await.problem(422, "act-refused");
    let route = |area: &str| json!({ "act": "route", "area": area });
    platform.try_act(&clerk, &case_no, &route("nowhere")).await.problem(422, "act-refused");
    platform.try_act(&clerk, &case_no, &route("demo-district")).await.problem(422, "act-refused");
    platform.act(&clerk, &case_no, &route("demo-far-community")).await;
    assert!(platform.tasks(&clerk).await.is_empty(), "now it is on another desk");
    let far = office.person("clerk", "demo-far-subdistrict").await;
    assert_eq!(platform.act(&far, &case_no, &accept()).await.1, "社区初核");
    let direct = platform.file(&relief(FAR, "LZ-0001")).await.case_no;
    assert_eq!(platform.tasks(&far).await, [direct]);
}

#[tokio::test]
async fn an_act_happens_once_and_only_on_the_case_that_was_on_the_screen() {
    let office = Office::new().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let case_no = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    let path = format!("/api/v1/staff/cases/{case_no}/acts");
    let version = platform.seen(&clerk, &case_no).await.unwrap()["version"].clone();
    let body = json!({ "version": version, "todo": accept() }).to_string();
    let key = Uuid::new_v4().to_string();
    let send = async |key: &str, body: &str| {
        let headers = [
            ("cookie", clerk.cookie.as_str()),
            ("x-csrf-token", clerk.csrf.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        platform.send(Method::POST, &path, &headers, body).await
    };
    let first = send(&key, &body).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.body);
    let again = send(&key, &body).await;
    assert_eq!((again.status, again.body), (first.status, first.body));
    send(&Uuid::new_v4().to_string(), &body).await.problem(409, "case-has-moved");
    let other = json!({ "version": 99, "todo": accept() }).to_string();
    send(&key, &other).await.problem(422, "idempotency-key-reused");
    for what in
        ["{}", r#"{"version":1,"todo":{"act":"deem_accepted"}}"#, r#"{"version":1,"todo":{"act":"grant"}}"#]
    {
        send(&Uuid::new_v4().to_string(), what).await.problem(422, "invalid-field");
    }
    let rows = "SELECT count(*) FROM case_history WHERE act = 'accept'";
    assert_eq!(number(platform.directory.path(), rows), 1);
}

#[tokio::test]
async fn a_special_procedure_stops_the_clock_by_two_people() {
    let office = Office::new().await;
    let platform = &office.platform;
    let reviewer = office.person("reviewer", "demo-insurance-centre").await;
    let head = office.person("approver", "demo-insurance-centre").await;
    let case_no = platform.file(&enrolment()).await.case_no;
    let due =
        async |person: &Person| platform.seen(person, &case_no).await.unwrap()["task"]["due_on"].clone();
    assert_eq!(due(&reviewer).await, "2026-11-27");
    assert!(platform.tasks(&head).await.is_empty());
    let propose = json!({ "act": "propose_suspension", "kind": "appraisal", "reason": "需要鉴定" });
    platform.act(&reviewer, &case_no, &propose).await;
    platform.try_act(&reviewer, &case_no, &json!({ "act": "suspend" })).await.problem(403, "forbidden");
    assert_eq!(platform.tasks(&head).await, [case_no.as_str()], "it waits for the head");
    platform.act(&head, &case_no, &json!({ "act": "suspend" })).await;
    let case = platform.seen(&reviewer, &case_no).await.unwrap();
    assert_eq!((&case["task"]["state"], &case["task"]["light"]), (&json!("suspended"), &json!("grey")));
    let told: protocol::Case =
        serde_json::from_str(&platform.get(&format!("/api/v1/cases/{case_no}")).await.body).unwrap();
    assert_eq!(
        (told.status, told.status_text.as_str()),
        (CaseStatus::InReview, "办理中"),
        "an old kiosk reads it"
    );
    platform.later("2026-12-04");
    platform.platform.run_jobs().await.unwrap();
    let reviewer = platform.sign_in_again(&reviewer).await;
    assert_eq!(due(&reviewer).await, "2026-12-09", "it moves on while it stands still");
    platform.act(&reviewer, &case_no, &json!({ "act": "resume", "note": "鉴定完成" })).await;
    assert_eq!(due(&reviewer).await, "2026-12-09");
    assert_eq!(
        number(platform.directory.path(), "SELECT count(*) FROM case_pause WHERE to_on IS NOT NULL"),
        1
    );
}

#[tokio::test]
async fn history_and_documents_cannot_be_changed_by_anybody() {
    let platform = TestPlatform::new().await;
    platform.file(&pension()).await;
    let directory = platform.directory.path();
    for (table, rows) in [("case_history", 1), ("case_document", 3)] {
        assert_eq!(number(directory, &format!("SELECT count(*) FROM {table}")), rows);
        for sql in [format!("DELETE FROM {table}"), format!("UPDATE {table} SET case_key = case_key")] {
            let said = try_tamper(directory, &sql).unwrap_err();
            assert!(said.contains("append-only") || said.contains("not changed"), "{sql}: {said}");
        }
    }
}

#[tokio::test]
async fn a_new_year_moves_what_leaned_on_a_guess() {
    let office = Office::new().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    platform.later("2026-12-21");
    let clerk = platform.sign_in_again(&clerk).await;
    let mut filed = relief(HERE, "LZ-0001");
    filed["received_at"] = json!("2026-12-21T02:00:00Z");
    let case_no = platform.file(&filed).await.case_no;
    platform.act(&clerk, &case_no, &accept()).await;
    let due = async || platform.seen(&clerk, &case_no).await.unwrap()["task"].clone();
    assert_eq!(
        (&due().await["due_on"], &due().await["due_provisional"]),
        (&json!("2027-01-12"), &json!(true))
    );

    let system = platform.sign_in_again(&office.system).await;
    let import = async |text: &str| {
        platform.as_person(&system, Method::POST, "/api/v1/staff/calendars", &json!({ "text": text })).await
    };
    let day = |date: &str, off: bool| format!(r#"{{"name":"元旦","date":"{date}","isOffDay":{off}}}"#);
    let year = |papers: &str, days: &[String]| {
        format!(r#"{{"year":2027,"papers":[{papers}],"days":[{}]}}"#, days.join(","))
    };
    for wrong in [
        year("", &[day("2027-01-01", true)]),
        year("\"示例\"", &[day("2028-01-01", true)]),
        year("\"示例\"", &[day("2027-01-01", true), day("2027-01-01", true)]),
        year("\"示例\"", &[day("2027-01-04", false)]),
        year("\"示例\"", &[]),
        "{".to_owned(),
    ] {
        import(&wrong).await.problem(422, "calendar-refused");
    }
    let good =
        year("\"示例\"", &[day("2027-01-01", true), day("2027-01-02", false), day("2027-01-05", true)]);
    let answer = import(&good).await;
    assert_eq!(answer.body, r#"{"year":2027,"moved":1}"#);
    // The Saturday is worked and the Tuesday is not: the same day, and now it is certain.
    assert_eq!(
        (&due().await["due_on"], &due().await["due_provisional"]),
        (&json!("2027-01-12"), &json!(false))
    );
    let later = year("\"示例\"", &[day("2027-01-01", true), day("2027-01-05", true)]);
    assert_eq!(import(&later).await.body, r#"{"year":2027,"moved":0}"#, "what is certain stays");

    let platform = office.platform.restarted(platform::catalogue::Catalogue::embedded().unwrap()).await;
    let from = "2026-12-31".parse().unwrap();
    assert_eq!(platform.platform.working_days_after(from, 1).on, "2027-01-04".parse().unwrap(), "kept");
}

#[tokio::test]
async fn a_case_of_an_older_platform_gets_a_desk_at_the_start() {
    let office = Office::new().await;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let case_no = office.platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    let forget = "UPDATE cases SET workflow = NULL, workflow_version = NULL, step = NULL, holder_org = NULL,
                  holder_role = NULL, received_org = NULL, area_org = NULL, notice_due_on = NULL";
    tamper(office.platform.directory.path(), forget);
    let platform = office.platform.restarted(platform::catalogue::Catalogue::embedded().unwrap()).await;
    assert_eq!(platform.tasks(&clerk).await, [case_no.as_str()]);
    // One that had no desk, because the organisations were not there yet, gets it as well, and is received once.
    tamper(
        platform.directory.path(),
        "UPDATE cases SET holder_org = NULL, received_org = NULL, area_org = NULL",
    );
    let platform = platform.restarted(platform::catalogue::Catalogue::embedded().unwrap()).await;
    assert_eq!(platform.tasks(&clerk).await, [case_no.as_str()]);
    assert_eq!(platform.act(&clerk, &case_no, &accept()).await.1, "社区初核");
}

#[tokio::test]
async fn a_supervisor_sees_the_area_and_orders_and_the_office_answers() {
    let office = Office::new().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let near = office.person("supervisor", "demo-subdistrict").await;
    let far = office.person("supervisor", "demo-far-subdistrict").await;
    let case_no = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    let watched = async |person: &Person| {
        let told = platform.read(person, "/api/v1/staff/supervision").await;
        list(&told["cases"]).map(|case| case["case_no"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(watched(&near).await, [case_no.as_str()]);
    assert!(watched(&far).await.is_empty());
    let path = format!("/api/v1/staff/cases/{case_no}/orders");
    let content = json!({ "content": "请尽快办理" });
    platform.as_person(&far, Method::POST, &path, &content).await.problem(404, "case-not-found");
    let issued = platform.as_person(&near, Method::POST, &path, &content).await;
    assert_eq!(issued.status, StatusCode::OK, "{}", issued.body);
    let id = serde_json::from_str::<Value>(&issued.body).unwrap()["id"].as_str().unwrap().to_owned();
    let close = format!("/api/v1/staff/orders/{id}/close");
    platform.as_person(&near, Method::POST, &close, &json!({})).await.problem(409, "order-has-moved");
    let reply = format!("/api/v1/staff/orders/{id}/reply");
    let other = office.person("clerk", "demo-far-subdistrict").await;
    platform.as_person(&other, Method::POST, &reply, &content).await.problem(404, "order-not-found");
    let said = platform.as_person(&clerk, Method::POST, &reply, &json!({ "content": "今天办" })).await;
    assert_eq!(said.status, StatusCode::OK, "{}", said.body);
    platform.as_person(&clerk, Method::POST, &reply, &content).await.problem(409, "order-has-moved");
    let closed = platform.as_person(&near, Method::POST, &close, &json!({})).await;
    assert_eq!(closed.status, StatusCode::OK, "{}", closed.body);
    assert!(platform.seen(&clerk, &case_no).await.unwrap()["orders"][0]["closed_at"].is_string());
}

#[tokio::test]
async fn statistics_equal_a_direct_count() {
    let office = Office::new().await;
    let platform = &office.platform;
    let supervisor = office.person("supervisor", "demo-district").await;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    for _ in 0..3 {
        platform.file(&pension()).await;
    }
    platform.file(&enrolment()).await;
    let relief_no = platform.file(&relief(HERE, "LZ-0002")).await.case_no;
    platform.act(&clerk, &relief_no, &accept()).await;
    let rated = platform.file(&pension()).await;
    let rating = json!({ "case_key": rated.case_key, "level": 5, "rated_at": crate::fixture::NOW, "channel": "kiosk" });
    platform.post("/api/v1/ratings", Uuid::new_v4(), &rating).await;
    let told = platform.read(&supervisor, "/api/v1/staff/statistics").await;
    let count = |sql: &str| number(platform.directory.path(), &format!("SELECT count(*) FROM {sql}"));
    for (name, sql) in [
        ("cases", "cases"),
        ("red", "cases WHERE red_since IS NOT NULL"),
        ("from_elsewhere", "cases WHERE received_org <> area_org"),
        ("decided", "cases WHERE outcome IS NOT NULL"),
        ("rated", "rating"),
        ("negative", "rating WHERE level >= 4"),
    ] {
        assert_eq!(told[name], count(sql), "{name} in {told:#}");
    }
    assert_eq!((count("cases"), count("cases WHERE received_org <> area_org")), (6, 1));
    let states: i64 = list(&told["by_state"]).map(|state| state["cases"].as_i64().unwrap()).sum();
    let items: i64 = list(&told["by_item"]).map(|item| item["cases"].as_i64().unwrap()).sum();
    assert_eq!((states, items), (6, 6));
    let far = office.person("supervisor", "demo-far-subdistrict").await;
    assert_eq!(platform.read(&far, "/api/v1/staff/statistics").await["cases"], 0, "another area");
}

#[tokio::test]
async fn many_tasks_come_page_by_page_without_gap_or_double() {
    let office = Office::new().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let mut filed = Vec::new();
    for _ in 0..53 {
        filed.push(platform.file(&relief(HERE, "LZ-0001")).await.case_no);
    }
    let (mut seen, mut path, mut pages) = (Vec::new(), "/api/v1/staff/tasks".to_owned(), 0);
    loop {
        let told = platform.read(&clerk, &path).await;
        seen.extend(list(&told["cases"]).map(|case| case["case_no"].as_str().unwrap().to_owned()));
        pages += 1;
        match told["next"].as_str() {
            Some(next) => path = format!("/api/v1/staff/tasks?cursor={next}"),
            None => break,
        }
    }
    assert_eq!((pages, seen), (2, filed));
    let wrong = platform.as_person(&clerk, Method::GET, "/api/v1/staff/tasks?cursor=x", &Value::Null).await;
    wrong.problem(400, "cursor-unknown");
}
