//! 一件事编辑: from a draft to the residents by two people, back again by one, and nobody who has begun is left standing.

use axum::http::{Method, StatusCode};
use platform::catalogue::Catalogue;
use protocol::{Bundle, BundleCase};
use serde_json::{Value, json};

use crate::{
    fixture::{Answer, TestPlatform},
    items::{filled, set},
    office::{Office, Person},
    web::{self, Browser, agree, fill_in},
};

const BUNDLE: &str = "card-lost";
const PATH: &str = "/api/v1/staff/bundles/card-lost";
const HERE: &str = "/console/bundles/card-lost";
/// It carries out the first item.
pub(crate) const LEADS: &str = "demo-insurance-centre";

fn ok(answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

async fn begin(platform: &TestPlatform, person: &Person) -> Answer {
    platform.as_person(person, Method::POST, &format!("{PATH}/draft"), &json!({})).await
}

async fn draft(platform: &TestPlatform, person: &Person) -> Value {
    platform.read(person, PATH).await["draft"].clone()
}

async fn write(platform: &TestPlatform, person: &Person, change: impl Fn(&mut Value)) -> Answer {
    let mut draft = draft(platform, person).await;
    change(&mut draft["bundle"]);
    let body = json!({ "revision": draft["revision"], "bundle": draft["bundle"] });
    platform.as_person(person, Method::PUT, &format!("{PATH}/draft"), &body).await
}

async fn take(platform: &TestPlatform, person: &Person, act: &str) -> Answer {
    let revision = draft(platform, person).await["revision"].clone();
    let body = json!({ "revision": if revision.is_null() { json!(1) } else { revision }, "act": act });
    platform.as_person(person, Method::POST, &format!("{PATH}/draft/steps"), &body).await
}

pub(crate) async fn withdraw(platform: &TestPlatform, person: &Person, version: u32, reason: &str) -> Answer {
    let body = json!({ "version": version, "reason": reason });
    platform.as_person(person, Method::POST, &format!("{PATH}/withdrawal"), &body).await
}

/// Says something else, and why a card is replaced is asked instead of known.
pub(crate) fn new_words(bundle: &mut Value) {
    bundle["summary"]["zh-CN"] = json!("先挂失，再补卡，一次办完");
    bundle["items"][1]["answers"].as_object_mut().unwrap().remove("reason");
}

pub(crate) async fn publish(
    platform: &TestPlatform,
    author: &Person,
    publisher: &Person,
    change: impl Fn(&mut Value),
) {
    ok(&begin(platform, author).await);
    ok(&write(platform, author, change).await);
    ok(&take(platform, author, "submit").await);
    ok(&take(platform, publisher, "publish").await);
}

pub(crate) async fn offered(platform: &TestPlatform) -> Option<Bundle> {
    let all: Vec<Bundle> = serde_json::from_str(&platform.get("/api/v1/bundles").await.body).unwrap();
    let one = platform.get(&format!("/api/v1/bundles/{BUNDLE}")).await;
    let found = all.into_iter().find(|bundle| bundle.id == BUNDLE);
    assert_eq!(one.status.is_success(), found.is_some());
    found
}

/// Finishes the form that the browser is at, and gives what was filed.
pub(crate) async fn finish(
    platform: &TestPlatform,
    browser: &mut Browser<'_>,
    bundle: &Bundle,
) -> BundleCase {
    fill_in(browser, (BUNDLE, &bundle.fields), 0).await;
    let check = browser.path.clone();
    browser.post(&check, &[]).await;
    assert!(browser.page.contains("提交成功"), "{}", browser.page);
    let number = browser.path.strip_prefix("/my/bundles/").unwrap().trim_end_matches("?new=1").to_owned();
    serde_json::from_str(&platform.get(&format!("/api/v1/bundle-cases/{number}")).await.body).unwrap()
}

#[tokio::test]
async fn a_bundle_reaches_residents_by_two_people_and_who_has_begun_goes_on_as_before() {
    let office = Office::on(web::platform().await).await;
    let platform = &office.platform;
    let (reviewer, author, other) = (
        office.person("reviewer", LEADS).await,
        office.person("approver", LEADS).await,
        office.person("approver", LEADS).await,
    );
    let one = offered(platform).await.unwrap();
    let mut early = Browser::new(platform);
    early.sign_in().await;
    agree(&mut early, &format!("/bundles/{BUNDLE}/apply")).await;

    ok(&begin(platform, &author).await);
    begin(platform, &reviewer).await.problem(409, "item-draft-has-moved");
    take(platform, &author, "submit").await.problem(422, "act-refused");
    let view = ok(&write(platform, &author, new_words).await);
    let changes = view["draft"]["changes"].as_array().unwrap().iter();
    let changes: Vec<&str> = changes.map(|change| change["field"].as_str().unwrap()).collect();
    assert_eq!(changes, ["items.1.answers.reason.is", "summary.zh-CN"]);
    ok(&take(platform, &author, "submit").await);
    take(platform, &author, "publish").await.problem(403, "four-eyes");
    take(platform, &reviewer, "publish").await.problem(403, "forbidden");
    assert_eq!(offered(platform).await.unwrap(), one, "nothing is out yet");
    ok(&take(platform, &other, "publish").await);

    let two = offered(platform).await.unwrap();
    assert_eq!((one.version, two.version), (1, 2));
    assert!(two.fields.len() > one.fields.len(), "why is asked now");
    assert!(platform.get(&format!("/bundles/{BUNDLE}")).await.body.contains("先挂失，再补卡，一次办完"));
    assert_eq!(finish(platform, &mut early, &one).await.bundle.version, 1, "as it was begun");
    agree(&mut early, &format!("/bundles/{BUNDLE}/apply")).await;
    assert_eq!(finish(platform, &mut early, &two).await.bundle.version, 2);

    // Taken back: nobody begins, and who has begun is not left standing.
    agree(&mut early, &format!("/bundles/{BUNDLE}/apply")).await;
    withdraw(platform, &reviewer, 2, "示例").await.problem(403, "forbidden");
    withdraw(platform, &author, 2, " ").await.problem(422, "act-refused");
    withdraw(platform, &author, 1, "示例").await.problem(409, "act-not-now");
    let view = ok(&withdraw(platform, &author, 2, "补卡窗口搬家，暂停一次办").await);
    assert_eq!((&view["standing"], &view["may_withdraw"]), (&json!("withdrawn"), &json!(false)));
    withdraw(platform, &author, 2, "示例").await.problem(409, "act-not-now");
    assert_eq!(offered(platform).await, None);
    assert!(!platform.get("/bundles").await.body.contains(&format!("/bundles/{BUNDLE}\"")));
    assert_eq!(finish(platform, &mut early, &two).await.bundle.version, 2, "begun before");
    early.get(&format!("/bundles/{BUNDLE}/apply")).await;
    assert_eq!(early.status, StatusCode::NOT_FOUND);
    let versions = platform.read(&author, PATH).await["versions"].clone();
    let told: Vec<_> = versions.as_array().unwrap().iter().collect();
    assert_eq!((&told[0]["cases"], &told[1]["cases"]), (&json!(2), &json!(1)));
    assert!(told[0]["withdrawn_at"].is_string() && told[1].get("withdrawn_at").is_none());

    let rows = platform.read(&office.auditor, "/api/v1/staff/audit").await;
    let rows = rows["rows"].as_array().unwrap().iter().rev();
    let rows = rows.filter(|row| row["subject"].as_str().unwrap().starts_with(BUNDLE));
    let (one, two) = (author.login.as_str(), other.login.as_str());
    let actions: Vec<_> =
        rows.map(|row| (row["action"].as_str().unwrap(), row["login"].as_str().unwrap())).collect();
    assert_eq!(
        actions,
        [
            ("begin-bundle-draft", one),
            ("save-bundle-draft", one),
            ("submit-bundle-draft", one),
            ("publish-bundle-refused", one),
            ("publish-bundle", two),
            ("withdraw-bundle", one),
        ]
    );
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_bundle_item_and_field() {
    let office = Office::new().await;
    let platform = &office.platform;
    let author = office.person("approver", LEADS).await;
    ok(&begin(platform, &author).await);
    let wrong: [(fn(&mut Value), &str); 7] = [
        (|it| it["name"]["en"] = json!(""), "bundles/card-lost：name："),
        (|it| it["items"][1]["item"] = json!("no-such-item"), "bundles/card-lost：items.no-such-item："),
        (
            |it| it["items"][1]["answers"]["reason"]["is"] = json!("eaten"),
            "bundles/card-lost：items.social-security-card-replacement.answers.reason：",
        ),
        (|it| it["items"].as_array_mut().unwrap().truncate(1), "bundles/card-lost：items："),
        (|it| it["items"].as_array_mut().unwrap().clear(), "bundles/card-lost：items："),
        (|it| it["code"] = json!("YJS009"), "bundles/card-lost：code："),
        (|it| it["id"] = json!("another"), "bundles/card-lost：id："),
    ];
    for (change, told) in wrong {
        let problem = write(platform, &author, change).await.problem(422, "bundle-invalid");
        assert!(problem.detail.as_ref().unwrap().contains(told), "{told}: {problem:?}");
    }
    assert_eq!(draft(platform, &author).await["revision"], 1, "nothing of it was kept");
}

#[tokio::test]
async fn only_the_office_that_leads_edits_a_bundle() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (near, far, above) = (
        office.person("approver", LEADS).await,
        office.person("approver", "demo-civil-affairs-bureau").await,
        office.person("approver", "demo-district").await,
    );
    let bundles = async |person: &Person| {
        let told = platform.read(person, "/api/v1/staff/bundles").await;
        told["bundles"].as_array().unwrap().len()
    };
    assert_eq!(bundles(&above).await, 6);
    assert!((1..6).contains(&bundles(&near).await) && (1..6).contains(&bundles(&far).await));
    begin(platform, &far).await.problem(404, "bundle-not-found");
    withdraw(platform, &far, 1, "示例").await.problem(404, "bundle-not-found");
    ok(&begin(platform, &near).await);
    begin(platform, &office.person("clerk", LEADS).await).await.problem(403, "forbidden");
}

#[tokio::test]
async fn what_an_office_has_published_and_withdrawn_outlives_restarts() {
    let office = Office::new().await;
    let (author, other) = (office.person("approver", LEADS).await, office.person("approver", LEADS).await);
    publish(&office.platform, &author, &other, new_words).await;
    let platform = office.platform.restarted(Catalogue::embedded().unwrap()).await;
    assert_eq!(offered(&platform).await.unwrap().version, 2, "the program has the first one still");
    ok(&withdraw(&platform, &author, 2, "暂停").await);
    let platform = platform.restarted(Catalogue::embedded().unwrap()).await;
    assert_eq!(offered(&platform).await, None);
    // A new version brings it back.
    ok(&begin(&platform, &author).await);
    ok(&write(&platform, &author, |it| it["summary"]["zh-CN"] = json!("又能一次办了")).await);
    ok(&take(&platform, &author, "submit").await);
    ok(&take(&platform, &other, "publish").await);
    assert_eq!(offered(&platform).await.unwrap().version, 3);
}

#[tokio::test]
async fn a_bundle_is_edited_published_and_withdrawn_on_the_pages_alone() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (reviewer, approver) =
        (office.person("reviewer", LEADS).await, office.person("approver", LEADS).await);
    let list = platform.page(Some(&reviewer), "/console/bundles").await.body;
    assert!(list.contains(HERE) && list.contains("社保卡丢失一件事") && list.contains("办理中"), "{list}");
    assert!(platform.form(&reviewer, &format!("{HERE}/draft"), &[]).await.status.is_redirection());
    let send = async |person: &Person, way: &str, fields: &[(String, String)]| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        platform.form(person, &format!("{HERE}/{way}"), &fields).await
    };

    // As it stands the form says what the bundle says.
    let mut fields = filled(&platform.page(Some(&reviewer), &format!("{HERE}/edit")).await.body);
    assert!(send(&reviewer, "edit", &fields).await.status.is_redirection());
    assert_eq!(draft(platform, &reviewer).await["changes"], json!([]), "nothing was lost on the way");
    set(&mut fields, "revision", "2");
    set(&mut fields, "items.1.answers.phone", "is:lost");
    let wrong = send(&reviewer, "edit", &fields).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let told = "items.social-security-card-replacement.answers.phone";
    assert!(wrong.body.contains("bundles/card-lost") && wrong.body.contains(told), "{}", wrong.body);
    set(&mut fields, "items.1.answers.phone", "from:phone");
    set(&mut fields, "items.1.answers.reason", "");
    set(&mut fields, "summary.zh-CN", "先挂失，再补卡");
    set(&mut fields, "items.2.item", "insurance-record-certificate");
    assert!(send(&reviewer, "edit", &fields).await.status.is_redirection());
    let bundle = draft(platform, &reviewer).await["bundle"].clone();
    assert_eq!(bundle["items"].as_array().unwrap().len(), 3);
    assert!(bundle["items"][1]["answers"].get("reason").is_none());

    let mut fields = filled(&platform.page(Some(&reviewer), &format!("{HERE}/text")).await.body);
    let written = fields.iter().find(|(name, _)| name == "text").unwrap().1.clone();
    set(&mut fields, "text", &written.replacen("demo = true", "demo = true\ndemmo = true", 1));
    let wrong = send(&reviewer, "text", &fields).await;
    assert!(
        wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("demmo"),
        "{}",
        wrong.body
    );
    set(&mut fields, "text", &written.replacen("required = true", "required = false", 1));
    let wrong = send(&reviewer, "text", &fields).await;
    assert!(wrong.body.contains("事项必须有，共同的问题却可以不答"), "{}", wrong.body);

    let step = async |person: &Person, act: &str| {
        let revision = draft(platform, &reviewer).await["revision"].to_string();
        platform.form(person, &format!("{HERE}/steps"), &[("revision", &revision), ("act", act)]).await
    };
    assert!(step(&reviewer, "submit").await.status.is_redirection());
    let page = platform.page(Some(&approver), HERE).await.body;
    assert!(page.contains("待审核") && page.contains(">发布<") && page.contains("先挂失，再补卡"), "{page}");
    assert!(step(&approver, "publish").await.status.is_redirection());
    assert_eq!(offered(platform).await.unwrap().items.len(), 3);
    let why = [("version", "2"), ("reason", "暂停一次办")];
    assert!(platform.form(&approver, &format!("{HERE}/withdrawal"), &why).await.status.is_redirection());
    let page = platform.page(Some(&reviewer), HERE).await.body;
    assert!(page.contains("已下架") && !page.contains("下架的理由"), "{page}");
    assert_eq!(offered(platform).await, None);
}
