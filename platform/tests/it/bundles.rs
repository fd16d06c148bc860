//! 一件事: one form, several cases, all of them or none.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use platform::catalogue::Catalogue;
use protocol::{AppRegistry, Bundle, BundleCase, Case, CaseStatus, PartOf};
use seal::Context;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    database::{number, tamper, texts},
    fixture::{Answer, NOW, TERMINAL, TestPlatform, pension, submission},
    office::{Office, accept},
    open::{ENROLMENT, REGISTRY, catalogue},
};

const PATH: &str = "/api/v1/bundle-cases";

/// Somebody who has lost a job, and asks for all that there is.
pub(crate) fn job_loss() -> Value {
    let mut filed = submission(
        "",
        &json!({
            "unemployed_on": "2026-11-02", "phone": "13900000001", "benefit": "yes", "hardship": "yes",
            "home": "示例市示例区示例路8号",
            "unemployment-registration:reason": "employment_ended",
            "unemployment-registration:education": "bachelor",
            "unemployment-registration:job_wish": "full_time",
            "unemployment-benefit:reason": "closed",
            "unemployment-benefit:ended_on": "2026-11-01",
            "unemployment-benefit:employer": "示例公司",
            "unemployment-benefit:seeking": "yes",
            "unemployment-benefit:account": "0000000000000018",
            "employment-hardship:group": "older",
            "employment-hardship:family": [{ "name": "示例甲", "relation": "spouse", "id_number": "519999199003074022", "work": "unemployed" }],
        }),
    );
    let body = filed.as_object_mut().unwrap();
    body.remove("item");
    body.remove("item_version");
    body.insert("bundle".to_owned(), json!("job-loss"));
    body.insert("bundle_version".to_owned(), json!(1));
    let versions =
        json!({ "unemployment-registration": 2, "unemployment-benefit": 1, "employment-hardship": 2 });
    body.insert("item_versions".to_owned(), versions);
    filed
}

/// The same of somebody who only registers.
pub(crate) fn registers_alone() -> Value {
    let mut filed = job_loss();
    filed["fields"]["benefit"] = json!("no");
    filed["fields"]["hardship"] = json!("no");
    let fields = filed["fields"].as_object_mut().unwrap();
    fields.retain(|id, _| id != "home" && (!id.contains(':') || id.starts_with("unemployment-registration")));
    filed
}

fn filed(answer: &Answer) -> BundleCase {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

fn cases(platform: &TestPlatform) -> i64 {
    number(platform.directory.path(), "SELECT count(*) FROM cases")
}

#[tokio::test]
async fn one_form_becomes_cases_with_numbers_workflows_and_limits_of_their_own() {
    let platform = TestPlatform::new().await;
    let bundle = filed(&platform.post(PATH, Uuid::new_v4(), &job_loss()).await);
    assert_eq!((bundle.bundle_no.as_str(), bundle.demo), ("YJS002202611240001", true));
    let items: Vec<_> = bundle.cases.iter().map(|case| case.item.id.as_str()).collect();
    assert_eq!(items, ["unemployment-registration", "unemployment-benefit", "employment-hardship"]);
    let versions: Vec<_> = bundle.cases.iter().map(|case| case.item.version).collect();
    assert_eq!(versions, [2, 1, 2]);
    let numbers: BTreeSet<_> = bundle.cases.iter().map(|case| &case.case_no).collect();
    let keys: BTreeSet<_> = bundle.cases.iter().map(|case| case.case_key).collect();
    assert_eq!((numbers.len(), keys.len()), (3, 3));
    assert!(bundle.cases.iter().all(|case| case.pickup_code.as_str() == "123456782"));
    // 即办 is done, what needs papers waits for them.
    let status: Vec<_> = bundle.cases.iter().map(|case| case.status).collect();
    assert_eq!(status, [CaseStatus::Completed, CaseStatus::Received, CaseStatus::Received]);
    let desks = "SELECT workflow || ' ' || coalesce(holder_org, '-') FROM cases ORDER BY item_id";
    assert_eq!(
        texts(platform.directory.path(), desks),
        ["employment demo-community", "review demo-community", "instant -"],
        "each goes its own way"
    );
    // Each is a case like any other, and holds no answer that its item does not ask.
    for case in &bundle.cases {
        let told = platform.get(&format!("/api/v1/cases/{}", case.case_no)).await;
        assert_eq!(serde_json::from_str::<protocol::Case>(&told.body).unwrap(), *case);
    }
    let fields = texts(platform.directory.path(), "SELECT fields FROM cases ORDER BY item_id");
    let fields: Vec<Value> = fields.iter().map(|fields| serde_json::from_str(fields).unwrap()).collect();
    assert_eq!(fields[0]["home"], "示例市示例区示例路8号");
    assert!(fields[1].get("home").is_none() && fields[1].get("hardship").is_none(), "{}", fields[1]);
    assert_eq!(fields[2]["unemployed_on"], "2026-11-02", "asked once, for two of them");
    assert!(fields.iter().all(|fields| fields["phone"] == "13900000001"));
    // And the kiosk's own search finds them by the one code.
    assert_eq!(platform.get("/api/v1/cases?pickup_code=123456782").await.cases().len(), 3);
}

#[tokio::test]
async fn each_case_tells_what_it_is_part_of_however_it_is_found() {
    let platform = TestPlatform::new().await;
    let alone = platform.file(&pension()).await;
    let bundle = filed(&platform.post(PATH, Uuid::new_v4(), &job_loss()).await);
    let parts = |cases: &[Case]| -> Vec<PartOf> {
        let mut parts: Vec<_> = cases.iter().filter_map(|case| case.part_of.clone()).collect();
        parts.sort_by_key(|part| part.place);
        parts
    };
    let expected = |place| PartOf {
        bundle_no: bundle.bundle_no.clone(),
        name: bundle.bundle.name.clone(),
        place,
        of: 3,
    };
    let expected: Vec<_> = (1..=3).map(expected).collect();
    assert_eq!(parts(&bundle.cases), expected, "in the answer itself, in its order");
    let by_code = platform.get("/api/v1/cases?pickup_code=123456782").await.cases();
    let mine = json!({ "id_number": "519999195201010013" });
    let by_card = platform.post("/api/v1/cases/search", Uuid::new_v4(), &mine).await.cases();
    assert_eq!((by_code.len(), by_card.len()), (4, 4), "with the one that was filed alone");
    assert_eq!((parts(&by_code), parts(&by_card)), (expected.clone(), expected.clone()));
    let mut by_number: Vec<Case> = Vec::new();
    for case in bundle.cases.iter().chain([&alone]) {
        let told = platform.get(&format!("/api/v1/cases/{}", case.case_no)).await;
        by_number.push(serde_json::from_str(&told.body).unwrap());
    }
    assert_eq!(parts(&by_number), expected);
    assert_eq!(by_number[3].part_of, None);
}

#[tokio::test]
async fn the_whole_is_asked_for_by_its_number_and_tells_each_case_as_it_stands_now() {
    let office = Office::new().await;
    let platform = &office.platform;
    let bundle = filed(&platform.post(PATH, Uuid::new_v4(), &job_loss()).await);
    let clerk = office.person("clerk", "demo-community").await;
    platform.act(&clerk, &bundle.cases[1].case_no, &accept()).await;
    let path = format!("{PATH}/{}", bundle.bundle_no);
    let told = platform.get(&path).await;
    let now: BundleCase = serde_json::from_str(&told.body).unwrap();
    let before: Vec<_> = bundle.cases.iter().map(|case| case.status).collect();
    let after: Vec<_> = now.cases.iter().map(|case| case.status).collect();
    assert_eq!(before, [CaseStatus::Completed, CaseStatus::Received, CaseStatus::Received]);
    assert_eq!(after, [CaseStatus::Completed, CaseStatus::Accepted, CaseStatus::Received]);
    assert!(now.cases[1].due_on.is_some() && now.cases[2].due_on.is_none(), "each has its own clock");
    for personal in ["欧阳示例", "519999195201010013", "13900000001", "示例路"] {
        assert!(!told.body.contains(personal), "{personal}");
    }
    platform.get(&format!("{PATH}/YJS002202611249999")).await.problem(404, "bundle-case-not-found");
    platform.get(&format!("{PATH}/%00")).await.problem(404, "bundle-case-not-found");
}

#[tokio::test]
async fn sent_again_it_gets_the_same_numbers_and_files_nothing() {
    let platform = TestPlatform::new().await;
    let key = Uuid::new_v4();
    let first = platform.post(PATH, key, &job_loss()).await;
    // So late that a new one of that time would be refused.
    platform.set_clock("2027-11-24T02:00:00Z");
    let platform = platform.restarted(Catalogue::embedded().unwrap()).await;
    let again = platform.post(PATH, key, &job_loss()).await;
    assert_eq!((again.status, &again.body), (StatusCode::CREATED, &first.body));
    assert_eq!(cases(&platform), 3);
    platform.post(PATH, key, &registers_alone()).await.problem(422, "idempotency-key-reused");
    let (one, two) = (platform.again(), platform.again());
    let (key, body) = (Uuid::new_v4(), registers_alone());
    let (one, two) = tokio::join!(one.post(PATH, key, &body), two.post(PATH, key, &body));
    let both = [one, two].map(|answer| answer.status);
    assert!(both.contains(&StatusCode::CREATED), "{both:?}");
    assert_eq!(cases(&platform), 4, "at once, and yet once");
    // A key of a case says nothing about a bundle.
    let key = Uuid::new_v4();
    platform.post("/api/v1/cases", key, &pension()).await.case();
    filed(&platform.post(PATH, key, &registers_alone()).await);
}

#[tokio::test]
async fn its_cases_are_answered_with_it_and_under_the_key_of_one_nothing_else_is_filed() {
    let platform = TestPlatform::new().await;
    let bundle = filed(&platform.post(PATH, Uuid::new_v4(), &job_loss()).await);
    let directory = platform.directory.path();
    assert_eq!(texts(directory, "SELECT operation FROM answer"), ["file-bundle"]);
    assert_eq!(number(directory, "SELECT count(*) FROM case_answer"), 3, "each is told of by its number");
    for case in &bundle.cases {
        let other = platform.post("/api/v1/cases", case.case_key, &pension()).await;
        other.problem(422, "idempotency-key-reused");
    }
    assert_eq!(cases(&platform), 3);
}

#[tokio::test]
async fn what_cannot_be_written_whole_is_not_written_at_all() {
    let platform = TestPlatform::new().await;
    let directory = platform.directory.path();
    let (key, body) = (Uuid::new_v4(), job_loss());
    tamper(directory, "ALTER TABLE bundle_member RENAME TO bundle_member_gone");
    let answer = platform.post(PATH, key, &body).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", answer.body);
    for table in ["cases", "case_step", "case_serial", "bundle_case", "answer", "case_document"] {
        assert_eq!(number(directory, &format!("SELECT count(*) FROM {table}")), 0, "{table}");
    }
    tamper(directory, "ALTER TABLE bundle_member_gone RENAME TO bundle_member");
    let bundle = filed(&platform.post(PATH, key, &body).await);
    assert_eq!((bundle.cases.len(), cases(&platform)), (3, 3));
    assert!(bundle.cases.iter().all(|case| case.case_no.ends_with("0001")), "no number was lost");
}

#[tokio::test]
async fn a_sealed_bundle_opens_for_its_own_key_and_machine_and_is_filed_once() {
    let platform = TestPlatform::new().await;
    let registry: AppRegistry = serde_json::from_str(&platform.get("/api/v1/registry").await.body).unwrap();
    let (key, mut body) = (Uuid::new_v4(), job_loss());
    body["channel"] = json!("kiosk");
    body["terminal_id"] = json!(TERMINAL);
    let context = Context { terminal_id: TERMINAL, case_key: key };
    let sealed = seal::seal(&registry.sealing_key, &context, body.to_string().as_bytes()).unwrap();
    let sealed = serde_json::to_string(&sealed).unwrap();
    assert!(!sealed.contains("示例") && !sealed.contains("13900000001"));
    let post = async |key: Uuid, terminal: &str| {
        let key = key.to_string();
        let headers = [
            ("idempotency-key", key.as_str()),
            ("terminal-id", terminal),
            ("content-type", seal::MEDIA_TYPE),
        ];
        platform.send(Method::POST, PATH, &headers, &sealed).await
    };
    post(Uuid::new_v4(), TERMINAL).await.problem(422, "sealed-unreadable");
    post(key, "LZ-0002").await.problem(422, "sealed-unreadable");
    assert_eq!(cases(&platform), 0);
    let first = post(key, TERMINAL).await;
    let bundle = filed(&first);
    assert_eq!((bundle.bundle_key, bundle.cases.len()), (key, 3));
    assert!(bundle.cases.iter().all(|case| case.terminal_id.as_deref() == Some(TERMINAL)));
    assert_eq!(post(key, TERMINAL).await.body, first.body);
    assert_eq!(cases(&platform), 3, "sent again it is the same");
}

#[tokio::test]
async fn a_refusal_says_which_item_stands_in_the_way_of_all() {
    let platform = TestPlatform::new().await;
    let mut body = job_loss();
    body["fields"].as_object_mut().unwrap().remove("unemployment-benefit:account");
    let problem = platform.post(PATH, Uuid::new_v4(), &body).await.problem(422, "invalid-field");
    let detail = problem.detail.unwrap();
    assert!(detail.starts_with("失业保险金申领：「") && detail.ends_with("还没有填"), "{detail}");
    // What is asked for all of them is not said of one.
    let mut body = job_loss();
    body["fields"].as_object_mut().unwrap().remove("phone");
    let problem = platform.post(PATH, Uuid::new_v4(), &body).await.problem(422, "invalid-field");
    let detail = problem.detail.unwrap();
    assert!(detail.starts_with('「'), "{detail}");
    assert_eq!(cases(&platform), 0);
}

#[tokio::test]
async fn kiosks_are_told_of_what_can_be_filed_whole_and_of_its_tile_apart() {
    let platform = TestPlatform::new().await;
    let registry: AppRegistry = serde_json::from_str(&platform.get("/api/v1/registry").await.body).unwrap();
    assert_eq!(registry.bundles.len(), 6);
    for bundle in &registry.bundles {
        let (told, items) = registry.bundle(&bundle.id).unwrap();
        let offered = platform.get(&format!("/api/v1/bundles/{}", bundle.id)).await;
        assert_eq!(*told, serde_json::from_str::<Bundle>(&offered.body).unwrap());
        assert_eq!(items.len(), told.items.len());
    }
    let known = serde_json::to_string(&registry.apps).unwrap();
    assert!(!known.contains("bundle"), "a kiosk of before reads it: {known}");
    let tiles: Vec<&str> = registry.tiles().iter().map(|tile| tile.id.as_str()).collect();
    let at = tiles.iter().position(|id| *id == "bundles").unwrap();
    assert_eq!((tiles.len(), tiles[at + 1]), (8, "employment"));
}

#[tokio::test]
async fn an_item_that_no_answer_calls_for_is_not_filed_and_not_asked_about() {
    let platform = TestPlatform::new().await;
    let bundle = filed(&platform.post(PATH, Uuid::new_v4(), &registers_alone()).await);
    assert_eq!(bundle.cases.len(), 1);
    let mut more = registers_alone();
    more["fields"]["unemployment-benefit:employer"] = json!("示例公司");
    let problem = platform.post(PATH, Uuid::new_v4(), &more).await.problem(422, "invalid-field");
    assert_eq!(problem.pointer.as_deref(), Some("/fields/unemployment-benefit:employer"));
    let mut less = job_loss();
    less["fields"].as_object_mut().unwrap().remove("unemployment-benefit:account");
    let problem = platform.post(PATH, Uuid::new_v4(), &less).await.problem(422, "invalid-field");
    assert_eq!(problem.pointer.as_deref(), Some("/fields/unemployment-benefit:account"));
    assert_eq!(cases(&platform), 1);
}

#[tokio::test]
async fn who_has_begun_is_not_left_standing_by_a_program_that_no_longer_brings_the_bundle() {
    let platform = TestPlatform::new().await.restarted(catalogue(REGISTRY, ENROLMENT)).await;
    let offered: Vec<Bundle> = serde_json::from_str(&platform.get("/api/v1/bundles").await.body).unwrap();
    assert_eq!(offered, []);
    assert_eq!(filed(&platform.post(PATH, Uuid::new_v4(), &job_loss()).await).cases.len(), 3);
}

#[tokio::test]
async fn what_the_applicant_did_not_see_is_not_filed() {
    let platform = TestPlatform::new().await;
    let refused = async |change: &dyn Fn(&mut Value), name: &str| {
        let mut body = job_loss();
        change(&mut body);
        platform.post(PATH, Uuid::new_v4(), &body).await.problem(422, name);
    };
    refused(&|body| body["bundle"] = json!("job-gain"), "bundle-unknown").await;
    refused(&|body| body["bundle_version"] = json!(2), "bundle-version-unknown").await;
    refused(&|body| body["item_versions"]["unemployment-benefit"] = json!(9), "bundle-version-unknown").await;
    refused(&|body| body["item_versions"]["pension-eligibility"] = json!(2), "bundle-version-unknown").await;
    let without = |body: &mut Value| {
        body["item_versions"].as_object_mut().unwrap().remove("employment-hardship");
    };
    refused(&without, "bundle-version-unknown").await;
    refused(&|body| body["consent"]["notice_version"] = json!(9), "consent-version-unknown").await;
    refused(&|body| body["applicant"]["id_number"] = json!("519999195201010014"), "invalid-field").await;
    refused(&|body| body["terminal_id"] = json!(""), "invalid-field").await;
    refused(&|body| body["more"] = json!(1), "invalid-field").await;
    let headers = [("content-type", "application/json")];
    let answer = platform.send(Method::POST, PATH, &headers, &job_loss().to_string()).await;
    answer.problem(400, "idempotency-key-missing");
    assert_eq!(cases(&platform), 0);
}

#[tokio::test]
async fn bundles_are_offered_with_one_form_and_each_paper_once() {
    let platform = TestPlatform::new().await;
    let bundles: Vec<Bundle> = serde_json::from_str(&platform.get("/api/v1/bundles").await.body).unwrap();
    assert_eq!(bundles.len(), 6);
    let first = platform.get("/api/v1/bundles?limit=4").await;
    let next = first.headers["link"].to_str().unwrap().to_owned();
    let path = next.trim_start_matches('<').split('>').next().unwrap();
    let rest: Vec<Bundle> = serde_json::from_str(&platform.get(path).await.body).unwrap();
    assert_eq!(rest[..], bundles[4..]);
    platform.get("/api/v1/bundles?cursor=nothing").await.problem(400, "cursor-malformed");
    let one = platform.get("/api/v1/bundles/job-loss").await;
    let one: Bundle = serde_json::from_str(&one.body).unwrap();
    assert!(bundles.contains(&one));
    let versions: Vec<_> = one.items.iter().map(|item| (item.item.id.as_str(), item.item.version)).collect();
    let sent = job_loss();
    assert!(versions.iter().all(|(id, version)| sent["item_versions"][*id] == json!(*version)));
    let asked: BTreeSet<_> = one.fields.iter().map(|field| field.id.as_str()).collect();
    assert_eq!(asked.len(), one.fields.len(), "every question has a name of its own");
    assert!(sent["fields"].as_object().unwrap().keys().all(|id| asked.contains(id.as_str())));
    platform.get("/api/v1/bundles/job-gain").await.problem(404, "bundle-not-found");
}

#[tokio::test]
async fn whoever_handles_one_of_the_cases_sees_that_there_are_others_and_opens_only_their_own() {
    let office = Office::new().await;
    let platform = &office.platform;
    let bundle = filed(&platform.post(PATH, Uuid::new_v4(), &job_loss()).await);
    let [_, benefit, hardship] = [0, 1, 2].map(|place| bundle.cases[place].case_no.clone());
    let clerk = office.person("clerk", "demo-community").await;
    let page = platform.page(Some(&clerk), &format!("/console/cases/{benefit}")).await.body;
    assert!(page.contains(&format!("href=\"/console/cases/{hardship}\"")), "{page}");
    platform.act(&clerk, &benefit, &accept()).await;
    let holder = "SELECT holder_org FROM cases WHERE item_id = 'unemployment-benefit'";
    let bureau = &texts(platform.directory.path(), holder)[0];
    assert_ne!(bureau, "demo-community", "it has gone on, the other has not");
    let reviewer = office.person("reviewer", bureau).await;
    let seen = platform.seen(&reviewer, &benefit).await.unwrap();
    assert_eq!(seen["bundle"]["bundle_no"], bundle.bundle_no);
    assert_eq!(seen["bundle"]["name"], "失业帮扶一件事");
    let others = seen["bundle"]["others"].as_array().unwrap();
    let told: Vec<_> = others.iter().map(|other| (other["case_no"].clone(), other["seen"].clone())).collect();
    let expected = [(json!(bundle.cases[0].case_no), json!(false)), (json!(hardship), json!(false))];
    assert_eq!(told, expected, "where they are not this desk's they are named, and cannot be opened");
    let page = platform.page(Some(&reviewer), &format!("/console/cases/{benefit}")).await.body;
    assert!(page.contains("同一件事：失业帮扶一件事") && page.contains("就业困难人员认定"), "{page}");
    assert!(!page.contains(&format!("href=\"/console/cases/{hardship}\"")), "no link that leads nowhere");
    assert!(platform.seen(&reviewer, &hardship).await.is_none());
    // A case that was filed alone has no others.
    let alone = platform.file(&pension()).await;
    assert!(platform.seen(&clerk, &alone.case_no).await.unwrap().get("bundle").is_none());
}

#[tokio::test]
async fn a_bundle_that_does_not_fit_what_an_office_has_published_is_not_offered() {
    let platform = TestPlatform::new().await;
    let directory = platform.directory.path();
    assert_eq!(platform.get("/api/v1/bundles/card-lost").await.status, StatusCode::OK);
    // What an editor publishes: `reason` has other answers from now on.
    let body = &texts(directory, "SELECT body FROM item WHERE id = 'social-security-card-replacement'")[0];
    let mut item: Value = serde_json::from_str(body).unwrap();
    item["version"] = json!(7);
    let changed = item.to_string().replace("\"lost\"", "\"gone\"").replace('\'', "''");
    let truth = if crate::ON == crate::database::Kind::Sqlite { "1" } else { "TRUE" };
    tamper(
        directory,
        &format!(
            "INSERT INTO item (id, version, body, published_at, by_office)
             VALUES ('social-security-card-replacement', 7, '{changed}', '{NOW}', {truth})"
        ),
    );
    platform.platform.run_jobs().await.unwrap();
    platform.get("/api/v1/bundles/card-lost").await.problem(404, "bundle-not-found");
    let bundles: Vec<Bundle> = serde_json::from_str(&platform.get("/api/v1/bundles").await.body).unwrap();
    let left: Vec<_> = bundles.iter().map(|bundle| bundle.id.as_str()).collect();
    assert_eq!(left, ["flexible-work", "job-loss", "retirement", "old-age", "disability"]);
    let retirement = bundles.iter().find(|bundle| bundle.id == "retirement").unwrap();
    assert!(retirement.items.iter().any(|item| item.item.version == 7), "which asks for it as it is now");
}
