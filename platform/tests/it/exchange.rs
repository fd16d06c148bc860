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
use serde_json::{Value, json};

use crate::{
    casework::Relief,
    database::{self, database},
    fixture::{TestPlatform, enrolment, pension},
    office::{HERE, Office, Person, accept, pass, relief, visit},
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
            let problem = json!({ "type": "https://approval.example/problems/no-item", "code": 1042,
                "detail": "没有这个事项：欧阳示例 519999195201010013", "sent": case });
            return (StatusCode::UNPROCESSABLE_ENTITY, problem.to_string());
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
    let mut platform = TestPlatform::new().await;
    platform.platform = platform.platform.with_exchange();
    let above = connect(&platform).await;
    (platform, above)
}

/// From now on what waits is brought up.
async fn connect(platform: &TestPlatform) -> Shared {
    let (above, address) = above().await;
    let upstream = Arc::new(Http::new(format!("http://{address}/exchange/cases")).unwrap());
    let running = platform.platform.clone();
    tokio::spawn(async move { platform::serve_exchange(&running, upstream).await });
    above
}

fn schema() -> jsonschema::Validator {
    let schema = serde_json::from_str(include_str!("../../../docs/gbt39046-case.schema.json")).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

impl Above {
    /// The last step in everything that was told of a case, in the order of arrival; all of it valid.
    fn told(&self, case_no: &str) -> Vec<&str> {
        let schema = schema();
        let of_case = self.order.iter().filter(|told| told["申请信息"]["办件编号"] == case_no);
        let valid = |told: &Value| {
            let faults: Vec<_> = schema.iter_errors(told).map(|fault| fault.to_string()).collect();
            assert!(faults.is_empty(), "{faults:?} in {told}");
        };
        of_case
            .inspect(|told| valid(told))
            .map(|told| told["过程信息"].as_array().unwrap().last().unwrap()["环节名称"].as_str().unwrap())
            .collect()
    }
}

fn waiting(platform: &TestPlatform) -> i64 {
    database::number(platform.directory.path(), "SELECT count(*) FROM exchange WHERE state = 'waiting'")
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
    assert!(above.has.values().any(|told| told["申请信息"]["办件编号"] == case.case_no.clone()));
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
    let kind = "422 Unprocessable Entity, type https://approval.example/problems/no-item, code 1042";
    assert!(told[2].ends_with(&format!("after 1 tries: {kind}")), "{told:?}");
    let directory = platform.directory.path();
    for kept in [
        "SELECT reason FROM exchange WHERE state = 'dead'",
        "SELECT detail FROM exchange_audit WHERE outcome = 'dead'",
    ] {
        assert_eq!(
            database::texts(directory, kept),
            [kind],
            "nothing of what the other side said about somebody"
        );
    }
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
async fn a_dead_letter_is_sent_again_on_the_pages_and_it_is_written_down_who_did() {
    let mut office = Office::new().await;
    office.platform.platform = office.platform.platform.with_exchange();
    let platform = &office.platform;
    let above = connect(platform).await;
    above.lock().unwrap().mood = Mood::RefusesEnrolment;
    platform.file(&enrolment()).await;
    platform.file(&enrolment()).await;
    until(platform, &["dead", "dead"]).await;
    let page = platform.page(Some(&office.system), "/console/exchange").await.body;
    assert!(page.contains("code 1042") && !page.contains("欧"), "{page}");
    let ids = database::texts(platform.directory.path(), "SELECT message_id FROM exchange ORDER BY id");
    assert!(ids.iter().all(|id| page.contains(id)));
    let clerk = office.person("clerk", "demo-community").await;
    let send = async |person: &Person, message: &str| {
        platform.form(person, "/console/exchange", &[("message", message)]).await
    };
    assert_eq!(send(&clerk, &ids[0]).await.status, StatusCode::FORBIDDEN);
    assert!(send(&office.system, "示例").await.body.contains("没有要重发的报文"), "a message that is none");
    above.lock().unwrap().mood = Mood::Well;
    assert!(send(&office.system, &ids[1]).await.body.contains("已重新排队 1 份报文"));
    until(platform, &["dead", "dead", "replayed", "delivered"]).await;
    assert!(send(&office.system, "").await.body.contains("已重新排队 1 份报文"));
    until(platform, &["dead", "dead", "replayed", "delivered", "replayed", "delivered"]).await;
    let audit = platform.read(&office.auditor, "/api/v1/staff/audit").await;
    let replays = audit["rows"].as_array().unwrap().iter().filter(|row| row["action"] == "replay-message");
    let who: Vec<_> = replays.map(|row| (row["login"].clone(), row["subject"].clone())).collect();
    assert_eq!(who, [(json!("system"), json!(ids[0])), (json!("system"), json!(ids[1]))], "newest first");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_goes_out_as_the_national_schema_wants_it() {
    let (platform, above) = exchanging().await;
    let schema = schema();
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
    until(&platform, &["delivered"; 4]).await;
    assert_eq!(
        above.lock().unwrap().order.iter().filter(|told| told["评价信息"]["满意度"] == "2").count(),
        1
    );
    for told in &above.lock().unwrap().order {
        let faults: Vec<_> = schema.iter_errors(told).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?} in {told}");
        let mut wrong = told.clone();
        wrong["申请信息"]["办件类型"] = "3".into();
        assert!(!schema.is_valid(&wrong), "the schema would notice");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_act_on_a_case_is_told_in_its_order_as_the_case_was_then() {
    let mut office = Office::new().await;
    office.platform.platform = office.platform.platform.with_exchange();
    let (platform, staff) = (&office.platform, Relief::staff(&office).await);
    let window = office.person("clerk", "demo-community").await;
    let case_no = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    platform.act(&staff.clerk, &case_no, &accept()).await;
    platform.act(&staff.worker, &case_no, &pass()).await;
    platform.act(&staff.clerk, &case_no, &pass()).await;
    platform.act(&staff.clerk, &case_no, &visit("2026-11-24")).await;
    platform.act(&staff.reviewer, &case_no, &pass()).await;
    platform.act(&staff.worker, &case_no, &json!({ "act": "publish", "amount": "1000 元以下" })).await;
    platform.later("2026-12-02");
    let again = async |person| platform.sign_in_again(person).await;
    platform.act(&again(&staff.worker).await, &case_no, &pass()).await;
    platform.act(&again(&staff.district).await, &case_no, &pass()).await;
    let grant = json!({ "act": "grant", "opinion": "准予" });
    platform.act(&again(&staff.head).await, &case_no, &grant).await;
    platform.act(&again(&staff.clerk).await, &case_no, &json!({ "act": "complete" })).await;
    let window = again(&window).await;
    let deliver = json!({ "act": "deliver", "method": "counter", "receiver": "本人", "signed": true });
    platform.act(&window, &case_no, &deliver).await;
    platform.act(&window, &case_no, &json!({ "act": "archive" })).await;
    assert_eq!(waiting(platform), 13);
    // Only now is there somebody to tell: each message still says what was true when it was written.
    let above = connect(platform).await;
    until(platform, &["delivered"; 13]).await;
    let above = above.lock().unwrap();
    let review = ["审查"; 7];
    let steps = ["收件", "受理"].iter().chain(&review).chain(&["决定", "办结", "送达", "归档"]);
    assert_eq!(above.told(&case_no), steps.copied().collect::<Vec<_>>());
    let kept = "SELECT count(*) FROM exchange WHERE body IS NOT NULL";
    assert_eq!(database::number(platform.directory.path(), kept), 0, "what has arrived is kept no longer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn detours_and_what_the_clock_does_are_told_as_well() {
    let mut office = Office::new().await;
    office.platform.platform = office.platform.platform.with_exchange();
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let reviewer = office.person("reviewer", "demo-insurance-centre").await;
    let head = office.person("approver", "demo-insurance-centre").await;
    let paused = platform.file(&enrolment()).await.case_no;
    let propose = json!({ "act": "propose_suspension", "kind": "appraisal", "reason": "需要鉴定" });
    platform.act(&reviewer, &paused, &propose).await;
    platform.act(&head, &paused, &json!({ "act": "suspend" })).await;
    platform.act(&reviewer, &paused, &json!({ "act": "resume", "note": "鉴定完成" })).await;
    platform.act(&head, &paused, &json!({ "act": "extend", "days": 1, "reason": "情况复杂" })).await;
    let gaps = json!({ "act": "require_correction", "within_days": 10,
        "gaps": [{ "material": "诊断书", "opinion": "没有盖章" }] });
    let filed = async || platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    let (corrected, lapsed, silent) = (filed().await, filed().await, filed().await);
    for case_no in [&corrected, &lapsed] {
        platform.act(&clerk, case_no, &gaps).await;
    }
    platform.act(&clerk, &corrected, &json!({ "act": "correct", "note": "已盖章" })).await;
    platform.act(&clerk, &corrected, &json!({ "act": "withdraw", "reason": "不办了" })).await;
    platform.later("2027-01-20");
    platform.platform.run_jobs().await.unwrap();
    assert_eq!(waiting(platform), 5 + 4 + 3 + 2);
    let above = connect(platform).await;
    until(platform, &["delivered"; 14]).await;
    let above = above.lock().unwrap();
    assert_eq!(above.told(&paused)[1..], ["审查", "特别程序", "审查", "审查"]);
    let last = above.order.iter().rfind(|told| told["申请信息"]["办件编号"] == *paused).unwrap();
    let procedures = last["特别程序信息"].as_array().unwrap().iter();
    let told = procedures.map(|one| {
        [&one["种类"], &one["名称"], &one["启动理由或依据"]].map(|words| words.as_str().unwrap().to_owned())
    });
    assert_eq!(told.collect::<Vec<_>>(), [["2", "鉴定", "需要鉴定"], ["1", "延长审批", "情况复杂"]]);
    assert!(last["特别程序信息"][0]["结束时间"].is_string(), "the clock runs again");
    assert_eq!(above.told(&corrected), ["收件", "补正告知", "收件", "撤回"]);
    assert_eq!(above.told(&lapsed), ["收件", "补正告知", "终止"]);
    assert_eq!(above.told(&silent), ["收件", "受理"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_above_hears_of_a_result_where_none_was_issued() {
    let mut office = Office::new().await;
    office.platform.platform = office.platform.platform.with_exchange();
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let receives = office.person("clerk", "demo-community").await;
    let reviewer = office.person("reviewer", "demo-insurance-centre").await;
    let head = office.person("approver", "demo-insurance-centre").await;
    let window = office.person("clerk", "demo-insurance-centre").await;
    let granted = platform.file(&pension()).await.case_no;
    let denied = platform.file(&enrolment()).await.case_no;
    platform.act(&reviewer, &denied, &pass()).await;
    let deny = json!({ "act": "deny", "reason": "已在别处参保", "remedy": "可以复议" });
    platform.act(&head, &denied, &deny).await;
    platform.act(&window, &denied, &json!({ "act": "complete" })).await;
    let filed = async || platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    let (withdrawn, refused, lapsed, open) = (filed().await, filed().await, filed().await, filed().await);
    platform.act(&clerk, &withdrawn, &json!({ "act": "withdraw", "reason": "不办了" })).await;
    let refuse = json!({ "act": "refuse", "reason": "不归我们", "remedy": "可以复议" });
    platform.act(&clerk, &refused, &refuse).await;
    let gaps = json!({ "act": "require_correction", "within_days": 3,
        "gaps": [{ "material": "诊断书", "opinion": "没有盖章" }] });
    platform.act(&clerk, &lapsed, &gaps).await;
    platform.later("2026-12-01");
    platform.platform.run_jobs().await.unwrap();
    let receives = platform.sign_in_again(&receives).await;
    for ended in [&refused, &lapsed] {
        platform.act(&receives, ended, &json!({ "act": "archive" })).await;
    }
    let sent = usize::try_from(waiting(platform)).unwrap();
    let above = connect(platform).await;
    until(platform, &vec!["delivered"; sent]).await;
    let above = above.lock().unwrap();
    let last = |case_no: &str| {
        above.told(case_no);
        above.order.iter().rfind(|told| told["申请信息"]["办件编号"] == case_no).unwrap()["办结信息"].clone()
    };
    let result = ["结果名称", "有效期截止日期", "发证单位", "发证单位统一社会信用代码"];
    let issued = |told: &Value| result.iter().filter(|name| told.get(**name).is_some()).count();
    assert_eq!((&last(&granted)["办理结果"], issued(&last(&granted))), (&json!("准予"), 4));
    for (case_no, how) in [(&denied, "不予"), (&withdrawn, "撤回"), (&refused, "不予受理"), (&lapsed, "终止")]
    {
        let told = last(case_no);
        assert_eq!((told["办理结果"].as_str(), issued(&told)), (Some(how), 0), "{told}");
        assert!(told["办结时间"].is_string(), "{told}");
    }
    assert_eq!(last(&open), Value::Null, "has not ended");
    // The schema would notice a result of a case that was denied, and a grant without one.
    let mut wrong = above.order.iter().rfind(|told| told["申请信息"]["办件编号"] == *denied).unwrap().clone();
    wrong["办结信息"]["结果名称"] = "示例".into();
    assert!(!schema().is_valid(&wrong));
    wrong["办结信息"] = json!({ "办结时间": "2026-12-01T02:00:00Z", "办理结果": "准予" });
    assert!(!schema().is_valid(&wrong));
}

#[tokio::test]
async fn what_did_not_happen_is_not_told_and_what_cannot_be_told_does_not_happen() {
    let mut office = Office::new().await;
    office.platform.platform = office.platform.platform.with_exchange();
    let (platform, directory) = (&office.platform, office.platform.directory.path());
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let case_no = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    let incomplete = json!({ "act": "accept", "materials_complete": false });
    platform.try_act(&clerk, &case_no, &incomplete).await.problem(422, "act-refused");
    platform.try_act(&clerk, &case_no, &json!({ "act": "complete" })).await.problem(409, "act-not-now");
    assert_eq!(waiting(platform), 1, "the filing");
    let before = platform.seen(&clerk, &case_no).await.unwrap();
    database::tamper(directory, "ALTER TABLE exchange RENAME TO exchange_away");
    assert!(platform.try_act(&clerk, &case_no, &accept()).await.status.is_server_error());
    database::tamper(directory, "ALTER TABLE exchange_away RENAME TO exchange");
    assert_eq!(platform.seen(&clerk, &case_no).await.unwrap(), before, "all of it or nothing");
    assert_eq!(waiting(platform), 1);
    platform.act(&clerk, &case_no, &accept()).await;
    assert_eq!(waiting(platform), 2);
}
