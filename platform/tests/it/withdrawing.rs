//! 停办: an item that an office takes back is offered nowhere, what was begun or filed under it goes on, and a new version
//! brings it back.

use axum::http::{Method, StatusCode};
use platform::catalogue::Catalogue;
use protocol::{AppRegistry, ServiceItem};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    bundle_editing::{self, LEADS},
    drafts::{OWNER, begun},
    fixture::{Answer, TestPlatform, enrolment},
    items::{self, NEXT, SHIPPED, of_a_later_program, people},
    office::{HERE, Office, Person, relief},
    web::{self, Browser, agree, fill_in},
};

/// It has a tile of its own, and no bundle does it.
const ITEM: &str = "resident-pension-enrolment";
/// A bundle does it, and its office leads.
const IN_A_BUNDLE: &str = "social-security-card-loss";
const BUNDLE: &str = "card-lost";

fn ok(answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

fn of_item(id: &str) -> String {
    format!("/api/v1/staff/items/{id}")
}

fn of_bundle(id: &str) -> String {
    format!("/api/v1/staff/bundles/{id}")
}

pub(crate) async fn withdraw(platform: &TestPlatform, person: &Person, id: &str, version: u32) -> Answer {
    let body = json!({ "version": version, "reason": "政策调整，暂停办理" });
    platform.as_person(person, Method::POST, &format!("{}/withdrawal", of_item(id)), &body).await
}

async fn begin(platform: &TestPlatform, person: &Person, path: &str) -> Answer {
    platform.as_person(person, Method::POST, &format!("{path}/draft"), &json!({})).await
}

async fn take(platform: &TestPlatform, person: &Person, path: &str, act: &str) -> Answer {
    let revision = platform.read(person, path).await["draft"]["revision"].clone();
    let body = json!({ "revision": revision, "act": act });
    platform.as_person(person, Method::POST, &format!("{path}/draft/steps"), &body).await
}

/// Offers something again, as it was.
async fn offer_again(platform: &TestPlatform, author: &Person, publisher: &Person, path: &str) {
    ok(&begin(platform, author, path).await);
    ok(&take(platform, author, path, "submit").await);
    ok(&take(platform, publisher, path, "publish").await);
}

async fn registry(platform: &TestPlatform) -> AppRegistry {
    serde_json::from_str(&platform.get("/api/v1/registry").await.body).unwrap()
}

async fn version(platform: &TestPlatform, id: &str) -> Option<u32> {
    registry(platform).await.item(id).map(|entry| entry.item.version)
}

async fn approvers(office: &Office) -> (Person, Person) {
    (office.person("approver", LEADS).await, office.person("approver", LEADS).await)
}

#[tokio::test]
async fn what_was_taken_back_is_offered_nowhere_and_comes_back_as_it_was() {
    let office = Office::on(web::platform().await).await;
    let platform = &office.platform;
    let (author, other) = approvers(&office).await;
    let reviewer = office.person("reviewer", LEADS).await;
    let far = office.person("approver", "demo-civil-affairs-bureau").await;
    let before = registry(platform).await;
    assert!(platform.get("/areas/social-insurance").await.body.contains(&format!("/items/{ITEM}\"")));

    let view = platform.read(&author, &of_item(ITEM)).await;
    assert_eq!((&view["standing"], &view["may_withdraw"]), (&json!("offered"), &json!(true)));
    assert_eq!(platform.read(&reviewer, &of_item(ITEM)).await["may_withdraw"], false);
    withdraw(platform, &reviewer, ITEM, 2).await.problem(403, "forbidden");
    withdraw(platform, &far, ITEM, 2).await.problem(404, "item-not-found");
    withdraw(platform, &author, ITEM, 1).await.problem(409, "act-not-now");
    let silent = json!({ "version": 2, "reason": " " });
    let path = format!("{}/withdrawal", of_item(ITEM));
    let problem = platform.as_person(&author, Method::POST, &path, &silent).await.problem(422, "act-refused");
    assert!(problem.detail.unwrap().contains("停办的理由"));
    assert_eq!(version(platform, ITEM).await, Some(2), "nothing has happened yet");

    let view = ok(&withdraw(platform, &author, ITEM, 2).await);
    assert_eq!((&view["standing"], &view["may_withdraw"]), (&json!("withdrawn"), &json!(false)));
    assert!(view["versions"][0]["withdrawn_at"].is_string());
    withdraw(platform, &author, ITEM, 2).await.problem(409, "act-not-now");
    let list = platform.read(&author, "/api/v1/staff/items").await;
    let listed = list["items"].as_array().unwrap().iter().find(|item| item["id"] == ITEM).unwrap();
    assert_eq!((&listed["standing"], &listed["version"]), (&json!("withdrawn"), &json!(2)));

    let after = registry(platform).await;
    assert!(after.item(ITEM).is_none() && after.items.len() == before.items.len() - 1);
    assert_eq!(after.apps, before.apps, "its tile keeps its place");
    platform.get(&format!("/api/v1/items/{ITEM}")).await.problem(404, "item-not-found");
    let all = platform.get("/api/v1/items?limit=100").await.body;
    assert!(!serde_json::from_str::<Vec<ServiceItem>>(&all).unwrap().iter().any(|item| item.id == ITEM));
    for page in ["/areas/social-insurance", "/search?q=%E5%8F%82%E4%BF%9D"] {
        let shown = platform.get(page).await;
        assert_eq!(shown.status, StatusCode::OK);
        assert!(!shown.body.contains(&format!("/items/{ITEM}\"")), "{page}");
    }
    let kept = platform.get(&format!("/items/{ITEM}")).await;
    assert_eq!(kept.status, StatusCode::NOT_FOUND);
    let phone = before.item(ITEM).unwrap().item.consult_phone.clone();
    for told in ["城乡居民基本养老保险参保登记", "现在不在这里办理", &format!("tel:{phone}"), "/progress"]
    {
        assert!(kept.body.contains(told), "{told}: {}", kept.body);
    }
    assert!(platform.get("/items/no-such-item").await.body.contains("没有找到"));

    offer_again(platform, &author, &other, &of_item(ITEM)).await;
    assert_eq!(version(platform, ITEM).await, Some(3));
    let again = registry(platform).await.item(ITEM).unwrap().item.clone();
    assert_eq!(ServiceItem { version: 2, ..again }, before.item(ITEM).unwrap().item, "and as it was");
    assert_eq!(platform.get(&format!("/items/{ITEM}")).await.status, StatusCode::OK);
    let view = platform.read(&author, &of_item(ITEM)).await;
    assert_eq!((&view["standing"], &view["may_withdraw"]), (&json!("offered"), &json!(true)));

    let rows = platform.read(&office.auditor, "/api/v1/staff/audit").await;
    let rows = rows["rows"].as_array().unwrap().iter().rev();
    let rows: Vec<_> = rows.filter(|row| row["subject"].as_str().unwrap().starts_with(ITEM)).collect();
    let actions: Vec<_> = rows.iter().map(|row| row["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["withdraw-item", "begin-item-draft", "submit-item-draft", "publish-item"]);
    let row = rows[0];
    assert_eq!((&row["login"], &row["subject"]), (&json!(author.login), &json!(format!("{ITEM} v2"))));
    assert!(row.to_string().contains("政策调整，暂停办理"), "{row}");
}

#[tokio::test]
async fn who_has_begun_or_filed_is_not_left_standing() {
    let office = Office::on(web::platform().await).await;
    let platform = &office.platform;
    let (author, _) = approvers(&office).await;
    let form = registry(platform).await.item(ITEM).unwrap().item.fields.clone();
    let filed = platform.file(&enrolment()).await.case_no;
    let left = Uuid::new_v4();
    assert_eq!(platform.keep(left, &begun()).await.status, StatusCode::OK);
    let mut browser = Browser::new(platform);
    browser.sign_in().await;
    agree(&mut browser, &format!("/apply/{ITEM}")).await;
    let begun_here = browser.path.clone();
    let mut late = Browser::new(platform);
    late.sign_in_as("示例", "519999199003074022", "13900000002").await;
    late.get(&format!("/apply/{ITEM}")).await;
    let (key, notice) = (late.hidden("key"), late.hidden("notice"));
    ok(&withdraw(platform, &author, ITEM, 2).await);

    // What was filed is found, and what had waited at a kiosk for the network is taken.
    assert_eq!(platform.get(&format!("/api/v1/cases/{filed}")).await.status, StatusCode::OK);
    assert_eq!(platform.file(&enrolment()).await.item.version, 2);
    // A machine offers what is offered today. On the pages both forms go on.
    assert!(platform.drafts(OWNER).await.is_empty());
    browser.get("/my").await;
    assert!(browser.page.contains(&format!("/drafts/{left}/check")), "{}", browser.page);
    assert!(browser.page.contains("在手机和电脑上都能接着填"), "{}", browser.page);
    browser.get(&begun_here).await;
    fill_in(&mut browser, (ITEM, &form), 0).await;
    let check = browser.path.clone();
    browser.post(&check, &[]).await;
    assert!(browser.page.contains("提交成功"), "{}", browser.page);

    // Nobody begins any more, also not who was just about to.
    late.post(&format!("/apply/{ITEM}"), &[("key", &key), ("notice", &notice)]).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND);
    assert!(late.page.contains("现在不在这里办理"), "{}", late.page);
    late.get(&format!("/apply/{ITEM}")).await;
    assert!(late.page.contains("现在不在这里办理") && late.status == StatusCode::NOT_FOUND);
    late.get("/my").await;
    assert!(!late.page.contains("/drafts/"), "{}", late.page);
    assert_eq!(platform.read(&author, &of_item(ITEM)).await["versions"][0]["cases"], 3);
}

#[tokio::test]
async fn an_item_that_a_bundle_does_is_taken_back_after_the_bundle_and_comes_back_before_it() {
    let office = Office::on(web::platform().await).await;
    let platform = &office.platform;
    let (author, other) = approvers(&office).await;
    let view = platform.read(&author, &of_item(IN_A_BUNDLE)).await;
    assert_eq!((&view["needed_by"], &view["may_withdraw"]), (&json!(["社保卡丢失一件事"]), &json!(false)));
    let shipped = u32::try_from(view["item"]["version"].as_u64().unwrap()).unwrap();
    let problem = withdraw(platform, &author, IN_A_BUNDLE, shipped).await.problem(422, "act-refused");
    assert!(problem.detail.unwrap().contains("“社保卡丢失一件事”"));
    assert_eq!(version(platform, IN_A_BUNDLE).await, Some(shipped));

    ok(&bundle_editing::withdraw(platform, &author, 1, "示例").await);
    let kept = platform.get(&format!("/bundles/{BUNDLE}")).await;
    assert!(kept.body.contains("现在不在这里办理") && kept.status == StatusCode::NOT_FOUND, "{}", kept.body);
    ok(&withdraw(platform, &author, IN_A_BUNDLE, shipped).await);

    // Its office leads still, and is told what is missing.
    ok(&begin(platform, &author, &of_bundle(BUNDLE)).await);
    let refused = take(platform, &author, &of_bundle(BUNDLE), "submit").await;
    let told = refused.problem(422, "bundle-invalid").detail.unwrap();
    assert!(told.contains("“社会保障卡挂失”已停办"), "{told}");
    let page = platform.page(Some(&author), &format!("/console/bundles/{BUNDLE}")).await.body;
    assert!(page.contains("“社会保障卡挂失”已停办"), "{page}");
    offer_again(platform, &author, &other, &of_item(IN_A_BUNDLE)).await;
    ok(&take(platform, &author, &of_bundle(BUNDLE), "submit").await);
    ok(&take(platform, &other, &of_bundle(BUNDLE), "publish").await);
    assert_eq!(bundle_editing::offered(platform).await.unwrap().version, 2);
}

#[tokio::test]
async fn neither_a_restart_nor_a_newer_program_offers_again_what_an_office_has_taken_back() {
    let office = Office::new().await;
    let (author, other) = approvers(&office).await;
    ok(&withdraw(&office.platform, &author, ITEM, 2).await);
    let platform = office.platform.restarted(Catalogue::embedded().unwrap()).await;
    assert_eq!(version(&platform, ITEM).await, None);
    let later = of_a_later_program(platform.directory.path(), ITEM, (2, 3));
    let platform = platform.restarted(later.clone()).await;
    assert_eq!(version(&platform, ITEM).await, None, "the office has the last word");
    assert_eq!(platform.file(&enrolment()).await.item.version, 2);
    offer_again(&platform, &author, &other, &of_item(ITEM)).await;
    assert_eq!(version(&platform, ITEM).await, Some(4));
    let platform = platform.restarted(later).await;
    assert_eq!(version(&platform, ITEM).await, Some(4));
}

#[tokio::test]
async fn nothing_new_takes_the_name_or_the_code_of_what_was_taken_back() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (author, _) = approvers(&office).await;
    let item = platform.read(&author, &of_item(ITEM)).await["item"].clone();
    ok(&withdraw(platform, &author, ITEM, 2).await);
    let new = |id: &str, code: &Value| {
        json!({ "id": id, "catalog_code": code, "office": item["organisation"]["uscc"],
            "name": { "zh-CN": "示例" }, "from": "pension-eligibility" })
    };
    let make =
        async |body: &Value| platform.as_person(&author, Method::POST, "/api/v1/staff/items", body).await;
    make(&new(ITEM, &json!("512B0070200099"))).await.problem(409, "item-exists");
    let problem = make(&new("another", &item["catalog_code"])).await.problem(422, "not-begun");
    assert!(problem.detail.unwrap().contains(ITEM));
}

#[tokio::test]
async fn an_item_is_taken_back_and_offered_again_on_the_pages_alone_and_its_cases_are_handled() {
    let office = Office::on(web::platform().await).await;
    let platform = &office.platform;
    let (reviewer, approver, other) = people(&office).await;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let case_no = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    let here = "/console/items/temporary-relief";
    let way = |way: &str| format!("{here}/{way}");
    let list = async || platform.page(Some(&reviewer), "/console/items").await.body;
    assert!(list().await.contains("办理中") && !list().await.contains("已停办"));
    assert!(!platform.page(Some(&reviewer), here).await.body.contains("停办的理由"));
    assert!(platform.page(Some(&approver), here).await.body.contains("停办的理由"));

    let (version, next) = (SHIPPED.to_string(), NEXT.to_string());
    let why = [("version", version.as_str()), ("reason", "暂停办理")];
    let late = [("version", next.as_str()), ("reason", "暂停办理")];
    let refused = platform.form(&approver, &way("withdrawal"), &late).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(platform.form(&approver, &way("withdrawal"), &why).await.status.is_redirection());
    let page = platform.page(Some(&approver), here).await.body;
    assert!(page.contains("已停办") && !page.contains("停办的理由"), "{page}");
    assert!(list().await.contains("已停办"));
    let statistics = office.person("supervisor", "demo-district").await;
    let counted = platform.page(Some(&statistics), "/console/statistics").await.body;
    assert!(counted.contains("临时救助"), "it has its name still: {counted}");
    platform.act(&clerk, &case_no, &json!({ "act": "accept", "materials_complete": true })).await;

    assert!(platform.form(&reviewer, &way("draft"), &[]).await.status.is_redirection());
    for (person, act) in [(&reviewer, "submit"), (&other, "publish")] {
        let page = platform.page(Some(person), here).await.body;
        let revision = page.split("name=\"revision\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let step = platform.form(person, &way("steps"), &[("revision", revision), ("act", act)]).await;
        assert!(step.status.is_redirection(), "{}", step.body);
    }
    assert_eq!(platform.offered().await.1.version, NEXT);
    assert_eq!(platform.file(&items::under(NEXT)).await.item.version, NEXT);
    assert!(!list().await.contains("已停办"));
}
