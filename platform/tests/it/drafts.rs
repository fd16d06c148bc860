//! A form that was begun at a machine and is gone on with on another screen.

use axum::http::{Method, StatusCode};
use jiff::SignedDuration;
use platform_client::{CallError, HpkeSealer};
use protocol::{
    AppRegistry, BundleCase, DraftKept, DraftList, DraftQuery, DraftSubmission, OpenDraft, draft_code,
};
use seal::Context;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    bundles::job_loss,
    database,
    enrolling::Called,
    fixture::{Answer, NOW, TERMINAL, TestPlatform, enrolment},
    web::{self, Browser},
};

pub(crate) const HEADERS: [(&str, &str); 2] =
    [("terminal-id", TERMINAL), ("content-type", "application/json")];
pub(crate) const OWNER: &str = "519999195201010013";

/// 居保参保登记, of which two of four questions are answered.
pub(crate) fn begun() -> Value {
    with(json!({ "contribution_level": "200", "special_group": "none" }))
}

fn with(fields: Value) -> Value {
    let whole = enrolment();
    let mut draft = json!({ "terminal_id": TERMINAL, "fields": fields });
    for part in ["item", "item_version", "applicant", "consent"] {
        draft[part] = whole[part].clone();
    }
    draft
}

impl TestPlatform {
    pub(crate) async fn keep(&self, key: Uuid, draft: &Value) -> Answer {
        self.send(Method::PUT, &format!("/api/v1/drafts/{key}"), &HEADERS, &draft.to_string()).await
    }

    /// What the owner of a card is told at a machine.
    pub(crate) async fn drafts(&self, id_number: &str) -> Vec<OpenDraft> {
        self.all_drafts(id_number).await.drafts
    }

    async fn all_drafts(&self, id_number: &str) -> DraftList {
        let found = self.search_drafts(id_number).await;
        assert_eq!(found.status, StatusCode::OK, "{}", found.body);
        serde_json::from_str(&found.body).unwrap()
    }

    async fn search_drafts(&self, id_number: &str) -> Answer {
        let query = json!({ "id_number": id_number }).to_string();
        let headers = [("content-type", "application/json")];
        self.send(Method::POST, "/api/v1/drafts/search", &headers, &query).await
    }

    fn held_drafts(&self) -> i64 {
        database::number(self.directory.path(), "SELECT count(*) FROM draft")
    }
}

/// 失业帮扶一件事, of which some questions are answered.
fn begun_bundle() -> Value {
    let whole = job_loss();
    let said =
        json!({ "unemployed_on": "2026-11-02", "hardship": "yes", "employment-hardship:group": "older" });
    let mut draft = json!({ "terminal_id": TERMINAL, "fields": said });
    for part in ["bundle", "bundle_version", "item_versions", "applicant", "consent"] {
        draft[part] = whole[part].clone();
    }
    draft
}

fn kept(answer: &Answer) -> DraftKept {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn a_form_that_was_begun_at_a_machine_is_found_at_another_by_its_owner_alone() {
    let platform = TestPlatform::new().await;
    let key = Uuid::new_v4();
    let told = kept(&platform.keep(key, &begun()).await);
    assert_eq!((told.code, told.until.to_string().as_str()), (draft_code(key), "2026-12-24"));
    assert_eq!(told.url, None, "nobody can sign in at this platform");

    let mine = platform.drafts(OWNER).await;
    let [draft] = mine.as_slice() else { panic!("one") };
    assert_eq!(
        (draft.key, &draft.code, draft.item.as_str(), draft.item_version),
        (key, &draft_code(key), "resident-pension-enrolment", 2)
    );
    assert_eq!(draft.fields["contribution_level"].words(), "200");
    assert_eq!((draft.changed_at, draft.until), (NOW.parse().unwrap(), told.until));
    assert!(platform.drafts("519999199003074022").await.is_empty());
    platform.search_drafts(" ").await.problem(422, "invalid-field");
    platform.search_drafts("5\0").await.problem(422, "invalid-field");

    // Sent again it is the same one, with what was said last.
    kept(&platform.keep(key, &with(json!({ "contribution_level": "500" }))).await);
    let mine = platform.drafts(OWNER).await;
    assert_eq!((mine.len(), mine[0].fields.len()), (1, 1));
    assert_eq!(mine[0].fields["contribution_level"].words(), "500");
}

#[tokio::test]
async fn a_sealed_draft_opens_for_its_own_key_and_machine() {
    let platform = TestPlatform::new().await;
    let registry: AppRegistry = serde_json::from_str(&platform.get("/api/v1/registry").await.body).unwrap();
    let key = Uuid::new_v4();
    let context = Context { terminal_id: TERMINAL, case_key: key };
    let sealed = seal::seal(&registry.sealing_key, &context, begun().to_string().as_bytes()).unwrap();
    let sealed = serde_json::to_string(&sealed).unwrap();
    assert!(!sealed.contains("示例") && !sealed.contains(OWNER));
    let put = async |key: Uuid, terminal: &str| {
        let headers = [("terminal-id", terminal), ("content-type", seal::MEDIA_TYPE)];
        platform.send(Method::PUT, &format!("/api/v1/drafts/{key}"), &headers, &sealed).await
    };
    put(Uuid::new_v4(), TERMINAL).await.problem(422, "sealed-unreadable");
    put(key, "LZ-0002").await.problem(422, "sealed-unreadable");
    kept(&put(key, TERMINAL).await);
    assert_eq!(platform.drafts(OWNER).await.len(), 1);
}

#[tokio::test]
async fn what_is_no_draft_is_refused_and_says_why() {
    let platform = TestPlatform::new().await;
    let key = Uuid::new_v4();
    for (pointer, value, name) in [
        ("/item", json!("no-such-item"), "item-unknown"),
        ("/item_version", json!(99), "item-version-unknown"),
        ("/consent/notice_version", json!(99), "consent-version-unknown"),
        ("/applicant/id_number", json!("519999195201010014"), "invalid-field"),
        ("/fields/contribution_level", json!("7"), "invalid-field"),
        ("/fields/phone", json!("139"), "invalid-field"),
        ("/fields/stranger", json!("x"), "invalid-field"),
        ("/terminal_id", json!("LZ-0002"), "invalid-field"),
    ] {
        let mut wrong = begun();
        let (parent, name_of) = pointer.rsplit_once('/').unwrap();
        wrong.pointer_mut(parent).unwrap()[name_of] = value;
        platform.keep(key, &wrong).await.problem(422, name);
    }
    let path = "/api/v1/drafts/x";
    let body = begun().to_string();
    platform.send(Method::PUT, path, &HEADERS, &body).await.problem(400, "draft-key-malformed");
    let path = format!("/api/v1/drafts/{key}");
    platform.send(Method::PUT, &path, &HEADERS[1..], &body).await.problem(400, "terminal-id-missing");
    assert_eq!(platform.held_drafts(), 0);

    kept(&platform.keep(key, &begun()).await);
    let mut other = begun();
    other["applicant"]["id_number"] = json!("519999199003074022");
    other["applicant"]["birth"] = json!("1990-03-07");
    platform.keep(key, &other).await.problem(409, "draft-of-another");
    let relief = json!({ "item": "pension-eligibility", "item_version": 2, "fields": {} });
    let mut other = begun();
    relief.as_object().unwrap().iter().for_each(|(part, value)| other[part] = value.clone());
    platform.keep(key, &other).await.problem(409, "draft-of-another");
    for _ in 1..20 {
        kept(&platform.keep(Uuid::new_v4(), &begun()).await);
    }
    platform.keep(Uuid::new_v4(), &begun()).await.problem(409, "drafts-full");
}

#[tokio::test]
async fn a_draft_becomes_one_case_whichever_screen_files_it() {
    let platform = TestPlatform::new().await;
    let key = Uuid::new_v4();
    kept(&platform.keep(key, &begun()).await);
    let filed = platform.post("/api/v1/cases", key, &enrolment()).await.case();
    assert!(platform.drafts(OWNER).await.is_empty(), "it is a case now");
    platform.keep(key, &begun()).await.problem(409, "draft-filed");
    assert_eq!(platform.held_drafts(), 1);
    platform.platform.run_jobs().await.unwrap();
    assert_eq!(platform.held_drafts(), 0, "and nothing of it stays besides");
    let again = platform.post("/api/v1/cases", key, &enrolment()).await.case();
    assert_eq!(again.case_no, filed.case_no);
}

#[tokio::test]
async fn a_bundle_that_was_begun_is_told_apart_and_becomes_one_bundle_whichever_screen_files_it() {
    let platform = TestPlatform::new().await;
    let key = Uuid::new_v4();
    let told = kept(&platform.keep(key, &begun_bundle()).await);
    assert_eq!(told.code, draft_code(key));
    let DraftList { drafts, bundles } = platform.all_drafts(OWNER).await;
    assert!(drafts.is_empty(), "a machine that knows no bundles goes on with none");
    let [draft] = bundles.as_slice() else { panic!("one: {bundles:?}") };
    assert_eq!((draft.key, &draft.code, draft.until), (key, &told.code, told.until));
    assert_eq!((draft.bundle.as_str(), draft.bundle_version, draft.item_versions.len()), ("job-loss", 1, 3));
    assert_eq!(draft.fields["employment-hardship:group"].words(), "older");
    let of_another = platform.all_drafts("519999199003074022").await;
    assert!(of_another.drafts.is_empty() && of_another.bundles.is_empty());

    let filed = platform.post("/api/v1/bundle-cases", key, &job_loss()).await;
    assert_eq!(filed.status, StatusCode::CREATED, "{}", filed.body);
    assert!(platform.all_drafts(OWNER).await.bundles.is_empty(), "it is filed now");
    platform.keep(key, &begun_bundle()).await.problem(409, "draft-filed");
    assert_eq!(platform.held_drafts(), 1);
    platform.platform.run_jobs().await.unwrap();
    assert_eq!(platform.held_drafts(), 0, "and nothing of it stays besides");
}

#[tokio::test]
async fn what_is_no_draft_of_a_bundle_is_refused_and_says_why() {
    let platform = TestPlatform::new().await;
    let key = Uuid::new_v4();
    for (pointer, value, name) in [
        ("/bundle", json!("no-such-bundle"), "bundle-unknown"),
        ("/bundle_version", json!(99), "bundle-version-unknown"),
        ("/item_versions/unemployment-benefit", json!(99), "bundle-version-unknown"),
        ("/fields/unemployed_on", json!("yesterday"), "invalid-field"),
        ("/fields/employment-hardship:stranger", json!("x"), "invalid-field"),
        ("/item", json!("temporary-relief"), "invalid-field"),
        ("/bundle_version", Value::Null, "invalid-field"),
    ] {
        let mut wrong = begun_bundle();
        let (parent, name_of) = pointer.rsplit_once('/').unwrap();
        wrong.pointer_mut(parent).unwrap()[name_of] = value;
        platform.keep(key, &wrong).await.problem(422, name);
    }
    assert_eq!(platform.held_drafts(), 0);
    // One key is one thing.
    kept(&platform.keep(key, &begun_bundle()).await);
    platform.keep(key, &begun()).await.problem(409, "draft-of-another");
}

#[tokio::test]
async fn a_draft_of_a_bundle_is_refused_in_the_words_in_which_the_bundle_would_be() {
    let platform = TestPlatform::new().await;
    for (question, item) in [("employment-hardship:group", Some("就业困难人员认定：")), ("phone", None)]
    {
        let [mut left, mut filed] = [begun_bundle(), job_loss()];
        for sent in [&mut left, &mut filed] {
            sent["fields"][question] = json!("?");
        }
        let left = platform.keep(Uuid::new_v4(), &left).await.problem(422, "invalid-field");
        let filed = platform.post("/api/v1/bundle-cases", Uuid::new_v4(), &filed).await;
        let filed = filed.problem(422, "invalid-field");
        assert_eq!((&left.detail, &left.pointer), (&filed.detail, &filed.pointer));
        let detail = left.detail.unwrap();
        assert!(item.map_or(detail.starts_with('「'), |item| detail.starts_with(item)), "{detail}");
    }
}

#[tokio::test]
async fn on_a_phone_the_code_of_a_bundle_leads_on_and_what_a_machine_has_filed_since_is_shown() {
    let platform = web::platform().await;
    let key = Uuid::new_v4();
    let url = kept(&platform.keep(key, &begun_bundle()).await).url.unwrap();
    let path = url.strip_prefix("http://community.example").unwrap();
    let mut own = Browser::new(&platform);
    own.sign_in().await;
    own.get(path).await;
    assert!(own.path.starts_with(&format!("/drafts/{key}/")), "{}", own.path);
    own.get("/my").await;
    assert!(own.page.contains("自助机上都能接着填"), "{}", own.page);
    let mut other = Browser::new(&platform);
    other.sign_in_as("示例", "519999199003074022", "13900000002").await;
    other.get(path).await;
    assert!(other.page.contains("没有找到这份草稿"), "{}", other.page);
    // A machine offers what is offered today, and nothing else.
    database::tamper(
        platform.directory.path(),
        "INSERT INTO bundle_withdrawal SELECT id, version, published_at FROM bundle",
    );
    platform.platform.run_jobs().await.unwrap();
    own.get("/my").await;
    assert!(own.page.contains("在手机和电脑上都能接着填"), "{}", own.page);

    let filed = platform.post("/api/v1/bundle-cases", key, &job_loss()).await;
    let filed: BundleCase = serde_json::from_str(&filed.body).unwrap();
    own.get(&format!("/drafts/{key}/1")).await;
    assert_eq!(own.path, format!("/my/bundles/{}", filed.bundle_no), "one bundle, and not a second form");
}

#[tokio::test]
async fn after_thirty_days_it_is_told_no_more_and_then_gone() {
    let platform = TestPlatform::new().await;
    kept(&platform.keep(Uuid::new_v4(), &begun()).await);
    let day = SignedDuration::from_hours(24);
    *platform.now.lock().unwrap() += day * 30;
    assert_eq!(platform.drafts(OWNER).await.len(), 1, "the last day counts");
    *platform.now.lock().unwrap() += SignedDuration::from_secs(1);
    assert!(platform.drafts(OWNER).await.is_empty());
    platform.platform.run_jobs().await.unwrap();
    assert_eq!(platform.held_drafts(), 0);
}

#[tokio::test]
async fn on_a_phone_the_code_leads_its_owner_on_and_tells_everybody_else_nothing() {
    let platform = web::platform().await;
    let key = Uuid::new_v4();
    let told = kept(&platform.keep(key, &begun()).await);
    let url = told.url.unwrap();
    let path = url.strip_prefix("http://community.example").unwrap();
    assert_eq!(path, format!("/continue/{}", told.code.as_str()));

    let mut own = Browser::new(&platform);
    own.get(path).await;
    assert!(own.path.starts_with("/sign-in"), "{}", own.path);
    own.sign_in().await;
    own.get(path).await;
    assert_eq!(own.path, format!("/drafts/{key}/1"), "where the first answer lacks");
    let said = [
        ("f.contribution_level", "500"),
        ("f.special_group", "none"),
        ("f.payment_method", "phone"),
        ("f.phone", "13900000001"),
    ];
    own.post(&own.path.clone(), &said).await;
    let at_the_machine = platform.drafts(OWNER).await;
    assert_eq!(at_the_machine[0].fields["contribution_level"].words(), "500", "it is the same draft");
    own.get("/my").await;
    assert!(
        own.page.contains(&told.code.grouped()) && own.page.contains("自助机上都能接着填"),
        "{}",
        own.page
    );

    let mut other = Browser::new(&platform);
    other.sign_in_as("示例", "519999199003074022", "13900000002").await;
    for path in [path, "/continue/123456782", "/continue/x"] {
        other.get(path).await;
        assert!(
            other.page.contains("没有找到这份草稿") && !other.page.contains("每年 500 元"),
            "{}",
            other.page
        );
    }
    // Nobody has touched it for too long.
    *platform.now.lock().unwrap() += SignedDuration::from_hours(24 * 30 + 1);
    own.sign_in().await;
    own.get(path).await;
    assert!(own.page.contains("没有找到这份草稿"), "{}", own.page);
}

#[tokio::test]
async fn where_kiosks_have_certificates_a_draft_is_for_kiosks() {
    let called = Called::with(TestPlatform::new().await).await;
    let (membership, device) = called.kiosk(TERMINAL).await;
    let kiosk = called.client(&membership, &device);
    called.here.keep(Uuid::new_v4(), &begun()).await.problem(401, "client-certificate-missing");
    called.here.search_drafts(OWNER).await.problem(401, "client-certificate-missing");
    let query = DraftQuery { id_number: OWNER.to_owned() };
    assert!(kiosk.drafts(&query).await.unwrap().drafts.is_empty());
    let registry: AppRegistry =
        serde_json::from_str(&called.here.get("/api/v1/registry").await.body).unwrap();
    let (key, sealer, now) = (Uuid::new_v4(), HpkeSealer::new(registry.sealing_key), NOW.parse().unwrap());
    let draft: DraftSubmission = serde_json::from_value(begun()).unwrap();
    let told = kiosk.keep_draft(key, &draft, &sealer, now).await.unwrap();
    assert_eq!(told.code, draft_code(key));
    assert_eq!(kiosk.drafts(&query).await.unwrap().drafts[0].fields, draft.fields);
    let mut of_another = begun();
    of_another["terminal_id"] = json!("LZ-0002");
    let of_another: DraftSubmission = serde_json::from_value(of_another).unwrap();
    let refused = kiosk.keep_draft(key, &of_another, &sealer, now).await;
    let Err(CallError::Refused(problem)) = refused else { panic!("it speaks for itself alone") };
    assert_eq!(problem.name(), "invalid-field");
}
