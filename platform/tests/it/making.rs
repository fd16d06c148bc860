//! 新建: an item and a bundle that no program brings, from nothing to a decided case, by two people.

use axum::http::{Method, StatusCode};
use platform::catalogue::Catalogue;
use protocol::{AppRegistry, BundleCase, CaseStatus, ServiceItem};
use serde_json::{Value, json};

use crate::{
    database::number,
    every_item::found_at_a_kiosk,
    fixture::{Answer, TestPlatform},
    items::{filled, set},
    office::{Office, Person, pass},
    web::{self, Browser, agree, fill_in},
};

const CENTRE: &str = "demo-insurance-centre";
const USCC: &str = "11519999MB00000028";
const ITEMS: &str = "/api/v1/staff/items";
const BUNDLES: &str = "/api/v1/staff/bundles";
pub(crate) const ITEM: &str = "card-photo";
const BUNDLE: &str = "card-ready";

fn ok(answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// A reviewer and an approver of the office.
pub(crate) async fn people(office: &Office) -> (Person, Person) {
    (office.person("reviewer", CENTRE).await, office.person("approver", CENTRE).await)
}

fn new_item() -> Value {
    json!({ "id": ITEM, "catalog_code": "512B0070200099", "office": USCC,
        "name": { "zh-CN": "社保卡换照片" }, "from": "social-security-card-replacement" })
}

fn new_bundle() -> Value {
    json!({ "id": BUNDLE, "code": "YJS021",
        "name": { "zh-CN": "社保卡备好一件事", "zh-TW": "社保卡備好一件事", "en": "A card that is ready" },
        "from": { "item": ITEM } })
}

async fn make(platform: &TestPlatform, person: &Person, path: &str, body: &Value) -> Answer {
    platform.as_person(person, Method::POST, path, body).await
}

/// Writes what `change` makes of the draft of an item or a bundle as it stands.
async fn write(
    platform: &TestPlatform,
    person: &Person,
    (path, what): (&str, &str),
    change: impl Fn(&mut Value),
) -> Answer {
    let mut draft = platform.read(person, path).await["draft"].clone();
    change(&mut draft[what]);
    let body = json!({ "revision": draft["revision"], what: draft[what] });
    platform.as_person(person, Method::PUT, &format!("{path}/draft"), &body).await
}

async fn take(platform: &TestPlatform, person: &Person, path: &str, act: &str) -> Answer {
    let revision = platform.read(person, path).await["draft"]["revision"].clone();
    let body = json!({ "revision": revision, "act": act });
    platform.as_person(person, Method::POST, &format!("{path}/draft/steps"), &body).await
}

/// What the copy says that is not true of the new item.
fn own_words(item: &mut Value) {
    item["name"] =
        json!({ "zh-CN": "社保卡换照片", "zh-TW": "社保卡換照片", "en": "A new photo on the card" });
    item["summary"] = json!({ "zh-CN": "卡上的照片旧了，换一张", "zh-TW": "卡上的照片舊了，換一張", "en": "An old photo? Get a new one" });
    item["promised"]["n"] = json!(5);
}

pub(crate) async fn publish_item(platform: &TestPlatform, author: &Person, publisher: &Person) {
    let path = format!("{ITEMS}/{ITEM}");
    ok(&make(platform, author, ITEMS, &new_item()).await);
    ok(&write(platform, author, (&path, "item"), own_words).await);
    ok(&take(platform, author, &path, "submit").await);
    ok(&take(platform, publisher, &path, "publish").await);
}

async fn registry(platform: &TestPlatform) -> AppRegistry {
    serde_json::from_str(&platform.get("/api/v1/registry").await.body).unwrap()
}

#[tokio::test]
async fn a_new_item_goes_from_nothing_to_a_decided_case() {
    let office = Office::on(web::platform().await).await;
    let platform = &office.platform;
    let (author, publisher) = people(&office).await;
    let path = format!("{ITEMS}/{ITEM}");
    let view = ok(&make(platform, &author, ITEMS, &new_item()).await);
    assert_eq!(
        (&view["item"]["version"], &view["draft"]["base_version"], &view["versions"]),
        (&json!(0), &json!(0), &json!([]))
    );
    let item = &view["draft"]["item"];
    assert_eq!(item["task_code"], "11519999MB000000284512B0070200099");
    assert_eq!(item["organisation"]["name"]["en"], "Sample District Social Insurance Centre");
    let reason = view["draft"]["steps"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("social-security-card-replacement"), "{reason}");
    let told = platform.read(&author, ITEMS).await;
    let listed = told["items"].as_array().unwrap().iter().find(|item| item["id"] == ITEM).unwrap();
    assert_eq!((&listed["version"], &listed["draft"]), (&json!(0), &json!("draft")));

    // Nothing of it is out, and what is incomplete does not get out.
    assert_eq!(platform.get(&format!("/items/{ITEM}")).await.status, StatusCode::NOT_FOUND);
    assert!(registry(platform).await.item(ITEM).is_none());
    let problem = take(platform, &author, &path, "submit").await.problem(422, "item-invalid");
    assert!(problem.detail.as_ref().unwrap().contains("card-photo：name：no words in en"), "{problem:?}");
    let wrong: [(fn(&mut Value), &str); 3] = [
        (|item| item["promised"]["n"] = json!(21), "card-photo：promised："),
        (|item| item["id"] = json!("another"), "card-photo：id："),
        (
            |item| item["organisation"]["uscc"] = json!("11519999MB00000015"),
            "card-photo：organisation.uscc：",
        ),
    ];
    for (change, told) in wrong {
        let both = |item: &mut Value| {
            own_words(item);
            change(item);
        };
        let problem = write(platform, &author, (&path, "item"), both).await.problem(422, "item-invalid");
        assert!(problem.detail.as_ref().unwrap().contains(told), "{told}: {problem:?}");
    }
    let view = ok(&write(platform, &author, (&path, "item"), own_words).await);
    let all = view["draft"]["changes"].as_array().unwrap();
    assert!(
        all.iter().any(|change| change["field"] == "fee.zh-CN") && all.iter().all(|one| one["was"].is_null())
    );
    ok(&take(platform, &author, &path, "submit").await);
    take(platform, &author, &path, "publish").await.problem(403, "forbidden");
    let view = ok(&take(platform, &publisher, &path, "publish").await);
    assert_eq!((&view["item"]["version"], &view["draft"]), (&json!(1), &Value::Null));
    assert_eq!(view["versions"][0]["by_office"], true);

    // On all screens.
    let offered = registry(platform).await;
    assert_eq!(offered.items.len(), 38);
    let guide = platform.get(&format!("/items/{ITEM}")).await.body;
    assert!(guide.contains("社保卡换照片") && guide.contains("5 个工作日"), "{guide}");
    let link = format!("href=\"/items/{ITEM}\"");
    for page in ["/areas/social-insurance", "/search?q=%E6%8D%A2%E7%85%A7%E7%89%87"] {
        assert!(platform.get(page).await.body.contains(&link), "{page}");
    }
    let mut browser = Browser::new(platform);
    browser.sign_in().await;
    agree(&mut browser, &format!("/apply/{ITEM}")).await;
    let item: ServiceItem =
        serde_json::from_str(&platform.get(&format!("/api/v1/items/{ITEM}")).await.body).unwrap();
    fill_in(&mut browser, (ITEM, &item.fields), 1).await;
    let check = browser.path.clone();
    browser.post(&check, &[]).await;
    assert!(browser.page.contains("提交成功") && browser.page.contains("社保卡换照片"), "{}", browser.page);

    // From a kiosk, to an end.
    let submission = found_at_a_kiosk(&offered, ITEM);
    assert_eq!((submission.item.as_str(), submission.item_version), (ITEM, 1));
    let case = platform.file(&serde_json::to_value(submission).unwrap()).await;
    assert!(case.case_no.starts_with("11519999MB000000284512B0070200099"), "{}", case.case_no);
    let clerk = office.person("clerk", "demo-community").await;
    let window = office.person("clerk", CENTRE).await;
    platform.act(&clerk, &case.case_no, &crate::office::accept()).await;
    platform.act(&author, &case.case_no, &pass()).await;
    platform.act(&publisher, &case.case_no, &json!({ "act": "grant", "opinion": "准予" })).await;
    platform.act(&window, &case.case_no, &json!({ "act": "complete" })).await;
    let told = platform.get(&format!("/api/v1/cases/{}", case.case_no)).await;
    let told: protocol::Case = serde_json::from_str(&told.body).unwrap();
    assert_eq!((told.status, told.item.name.simplified.as_str()), (CaseStatus::Completed, "社保卡换照片"));
    assert_eq!(platform.read(&author, &path).await["versions"][0]["cases"], 2);

    let told = platform.read(&office.auditor, "/api/v1/staff/audit").await;
    let rows = told["rows"].as_array().unwrap().iter().rev();
    let rows = rows.filter(|row| row["subject"].as_str().unwrap().starts_with(ITEM));
    let actions: Vec<_> = rows.map(|row| (&row["action"], &row["subject"], &row["login"])).collect();
    let (one, two) = (json!(author.login), json!(publisher.login));
    assert_eq!(
        actions,
        [
            (&json!("begin-item-draft"), &json!("card-photo"), &one),
            (&json!("save-item-draft"), &json!("card-photo v1"), &one),
            (&json!("submit-item-draft"), &json!("card-photo v1"), &one),
            (&json!("publish-item"), &json!("card-photo v1"), &two),
        ]
    );
}

#[tokio::test]
async fn it_outlives_restarts_and_is_edited_like_any_other() {
    let office = Office::new().await;
    let (author, publisher) = people(&office).await;
    publish_item(&office.platform, &author, &publisher).await;
    let before = registry(&office.platform).await;
    let platform = office.platform.restarted(Catalogue::embedded().unwrap()).await;
    let after = registry(&platform).await;
    assert_eq!(after, before);
    let case = platform.file(&serde_json::to_value(found_at_a_kiosk(&after, ITEM)).unwrap()).await;
    assert_eq!(platform.get(&format!("/api/v1/cases/{}", case.case_no)).await.status, StatusCode::OK);
    let path = format!("{ITEMS}/{ITEM}");
    ok(&make(&platform, &author, &format!("{path}/draft"), &json!({})).await);
    let change = |item: &mut Value| item["promised"]["n"] = json!(4);
    let view = ok(&write(&platform, &author, (&path, "item"), change).await);
    assert_eq!(view["draft"]["changes"][0]["field"], "promised.n");
    ok(&take(&platform, &author, &path, "submit").await);
    ok(&take(&platform, &publisher, &path, "publish").await);
    let item = registry(&platform).await.item(ITEM).unwrap().item.clone();
    assert_eq!((item.version, item.promised.n), (2, 4));
}

/// A file of the catalogue that the program brings.
fn shipped(path: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/catalogue");
    std::fs::read_to_string(folder.join(path)).unwrap()
}

/// What a later program brings: all items of this one and those of `more`, each the text of a file.
fn later(more: &[String]) -> Catalogue {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/catalogue/items");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
    let texts = files.map(|name| shipped(&format!("items/{}", name.to_str().unwrap())));
    let texts: Vec<String> = texts.chain(more.iter().cloned()).collect();
    let items: Vec<_> = texts.iter().map(|text| (ITEM, text.as_str())).collect();
    Catalogue::parse(("registry.toml", &shipped("registry.toml")), &items).unwrap()
}

/// An item of the name that an office has taken.
fn of_that_name() -> [String; 1] {
    let base = shipped("items/social-security-card-replacement.toml");
    [base.replace("social-security-card-replacement", ITEM).replace("512B0070200006", "512B0070200098")]
}

#[tokio::test]
async fn a_later_program_with_the_same_name_takes_nothing_away() {
    let office = Office::new().await;
    let (author, publisher) = people(&office).await;
    publish_item(&office.platform, &author, &publisher).await;
    let before = registry(&office.platform).await.item(ITEM).unwrap().item.clone();
    let platform = office.platform.restarted(later(&of_that_name())).await;
    let after = registry(&platform).await;
    assert_eq!((after.items.len(), &after.item(ITEM).unwrap().item), (38, &before));
    let path = format!("{ITEMS}/{ITEM}");
    ok(&make(&platform, &author, &format!("{path}/draft"), &json!({})).await);
}

#[tokio::test]
async fn a_draft_of_what_a_later_program_brings_is_given_up_and_nothing_else() {
    let office = Office::new().await;
    let (author, publisher) = people(&office).await;
    let path = format!("{ITEMS}/{ITEM}");
    ok(&make(&office.platform, &author, ITEMS, &new_item()).await);
    ok(&write(&office.platform, &author, (&path, "item"), own_words).await);
    let platform = office.platform.restarted(later(&of_that_name())).await;
    let problem = take(&platform, &author, &path, "submit").await.problem(409, "item-draft-has-moved");
    assert!(problem.detail.as_ref().unwrap().contains("新建"), "{problem:?}");
    let page = platform.page(Some(&publisher), &format!("/console/items/{ITEM}")).await.body;
    assert!(page.contains("草稿是新建的，现行的已是第 1 版"), "{page}");
    let view = ok(&take(&platform, &author, &path, "discard").await);
    assert_eq!((&view["item"]["version"], &view["draft"]), (&json!(1), &Value::Null));
}

/// What a later program brings with another bundle whose numbers begin so, and which stands before by its name.
fn with_another(id: &str, code: &str) -> Catalogue {
    let other = shipped("bundles/card-lost.toml").replace("card-lost", id).replace("YJS006", code);
    later(&[]).with_bundles(&[(id, &other)]).unwrap()
}

#[tokio::test]
async fn numbers_that_a_later_program_begins_so_are_not_begun_twice() {
    let office = Office::new().await;
    let (author, publisher) = people(&office).await;
    let mut new = new_bundle();
    new["from"] = json!({ "bundle": "card-lost" });
    ok(&make(&office.platform, &author, BUNDLES, &new).await);
    let path = format!("{BUNDLES}/{BUNDLE}");
    let platform = office.platform.restarted(with_another("another", "YJS021")).await;
    let problem = take(&platform, &author, &path, "submit").await.problem(422, "bundle-invalid");
    assert!(problem.detail.as_ref().unwrap().contains("bundles/card-ready：code："), "{problem:?}");
    ok(&take(&platform, &author, &path, "discard").await);

    // One that is published has them, whoever came later.
    let platform = platform.restarted(Catalogue::embedded().unwrap()).await;
    new["id"] = json!("card-found");
    new["code"] = json!("YJS022");
    ok(&make(&platform, &author, BUNDLES, &new).await);
    let path = format!("{BUNDLES}/card-found");
    ok(&take(&platform, &author, &path, "submit").await);
    ok(&take(&platform, &publisher, &path, "publish").await);
    let platform = platform.restarted(with_another("a-third", "YJS022")).await;
    ok(&make(&platform, &author, &format!("{path}/draft"), &json!({})).await);
    let change = |bundle: &mut Value| bundle["summary"]["zh-CN"] = json!("找到了也要说");
    ok(&write(&platform, &author, (&path, "bundle"), change).await);
    ok(&take(&platform, &author, &path, "submit").await);
}

#[tokio::test]
async fn a_name_is_somebodys_until_its_draft_is_given_up() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (author, publisher) = people(&office).await;
    let path = format!("{ITEMS}/{ITEM}");
    let new = new_item();
    let (one, two) =
        tokio::join!(make(platform, &author, ITEMS, &new), make(platform, &publisher, ITEMS, &new));
    let (first, second) = if one.status == StatusCode::OK { (one, two) } else { (two, one) };
    ok(&first);
    let problem = second.problem(409, "item-exists");
    assert!(problem.detail.as_ref().unwrap().contains("已经有人在起草"), "{problem:?}");
    assert_eq!(problem.pointer.as_deref(), Some("/id"));
    let begun = "SELECT count(*) FROM item_draft WHERE base_version IS NULL";
    assert_eq!(number(platform.directory.path(), begun), 1);
    make(platform, &author, &format!("{path}/draft"), &json!({})).await.problem(409, "item-draft-has-moved");

    // Another office neither sees it nor gets its name.
    let far = office.person("approver", "demo-civil-affairs-bureau").await;
    platform.as_person(&far, Method::GET, &path, &Value::Null).await.problem(404, "item-not-found");
    let told = platform.read(&far, ITEMS).await;
    assert!(told["items"].as_array().unwrap().iter().all(|item| item["id"] != ITEM));
    let discard = json!({ "revision": 1, "act": "discard" });
    let answer = platform.as_person(&far, Method::POST, &format!("{path}/draft/steps"), &discard).await;
    answer.problem(404, "item-not-found");
    let theirs = |office: &str| {
        let mut body = new_item();
        body["office"] = json!(office);
        body
    };
    make(platform, &far, ITEMS, &theirs("11519999MB0000004E")).await.problem(409, "item-exists");
    make(platform, &far, ITEMS, &new_item()).await.problem(403, "forbidden");

    let gone = ok(&take(platform, &author, &path, "discard").await);
    assert_eq!((&gone["item"]["id"], &gone["draft"]), (&json!(ITEM), &Value::Null));
    platform.as_person(&author, Method::GET, &path, &Value::Null).await.problem(404, "item-not-found");
    publish_item(platform, &author, &publisher).await;
    let problem = make(platform, &author, ITEMS, &new_item()).await.problem(409, "item-exists");
    assert!(problem.detail.as_ref().unwrap().contains("已经用过"), "{problem:?}");
}

#[tokio::test]
async fn what_cannot_be_begun_says_why() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (author, _) = people(&office).await;
    let wrong: [(&str, Value, &str, &str); 8] = [
        ("id", json!("Card Photo"), "/id", "小写字母"),
        ("id", json!("x".repeat(41)), "/id", "40 个字以内"),
        ("id", json!(""), "/id", "小写字母"),
        ("catalog_code", json!("512b0070200099"), "/catalog_code", "不是基本编码"),
        ("catalog_code", json!("512B0070200006"), "/catalog_code", "social-security-card-replacement"),
        ("name", json!({ "zh-CN": " ", "en": "A name" }), "/name", "请写名称"),
        ("name", json!({ "zh-CN": "示".repeat(201) }), "/name", "200 字以内"),
        ("from", json!("no-such-item"), "/from", "底本"),
    ];
    for (field, value, at, told) in wrong {
        let mut body = new_item();
        body[field] = value;
        let problem = make(platform, &author, ITEMS, &body).await.problem(422, "not-begun");
        assert_eq!(problem.pointer.as_deref(), Some(at));
        assert!(problem.detail.as_ref().unwrap().contains(told), "{told}: {problem:?}");
    }
    let mut taken = new_item();
    taken["id"] = json!("temporary-relief");
    make(platform, &author, ITEMS, &taken).await.problem(409, "item-exists");
    let mut more = new_item();
    more["version"] = json!(7);
    make(platform, &author, ITEMS, &more).await.problem(422, "invalid-field");
    assert_eq!(number(platform.directory.path(), "SELECT count(*) FROM item_draft"), 0);

    let wrong: [(&str, Value, u16, &str); 5] = [
        ("code", json!("YJS21"), 422, "not-begun"),
        ("code", json!("YJS006"), 422, "not-begun"),
        ("from", json!({ "item": "no-such-item" }), 422, "not-begun"),
        ("from", json!({ "item": "temporary-relief" }), 403, "forbidden"),
        ("id", json!("card-lost"), 409, "bundle-exists"),
    ];
    for (field, value, status, name) in wrong {
        let mut body = new_bundle();
        body["from"] = json!({ "bundle": "card-lost" });
        body[field] = value;
        make(platform, &author, BUNDLES, &body).await.problem(status, name);
    }
    let clerk = office.person("clerk", CENTRE).await;
    make(platform, &clerk, ITEMS, &new_item()).await.problem(403, "forbidden");
    make(platform, &clerk, BUNDLES, &new_bundle()).await.problem(403, "forbidden");
}

#[tokio::test]
async fn a_new_bundle_of_a_new_item_becomes_its_cases() {
    let office = Office::on(web::platform().await).await;
    let platform = &office.platform;
    let (author, publisher) = people(&office).await;
    make(platform, &author, BUNDLES, &new_bundle()).await.problem(422, "not-begun");
    publish_item(platform, &author, &publisher).await;
    let path = format!("{BUNDLES}/{BUNDLE}");
    let view = ok(&make(platform, &author, BUNDLES, &new_bundle()).await);
    assert_eq!((&view["standing"], &view["bundle"]["version"]), (&json!("new"), &json!(0)));
    assert_eq!(view["may_withdraw"], false);
    make(platform, &publisher, BUNDLES, &new_bundle()).await.problem(409, "bundle-exists");
    let mut other = new_bundle();
    other["id"] = json!("another");
    make(platform, &publisher, BUNDLES, &other).await.problem(422, "not-begun");

    let problem = take(platform, &author, &path, "submit").await.problem(422, "bundle-invalid");
    let told = problem.detail.unwrap();
    for part in ["bundles/card-ready：summary：no words in en", "bundles/card-ready：items：fewer than two"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    let whole = |bundle: &mut Value| {
        bundle["summary"] =
            json!({ "zh-CN": "换照片，查记录", "zh-TW": "換照片，查紀錄", "en": "Photo and record at once" });
        bundle["items"].as_array_mut().unwrap().push(json!({ "item": "insurance-record-certificate" }));
    };
    ok(&write(platform, &author, (&path, "bundle"), whole).await);
    // Who leads is settled by the first item.
    let led = |bundle: &mut Value| bundle["items"][0]["item"] = json!("temporary-relief");
    write(platform, &author, (&path, "bundle"), led).await.problem(422, "bundle-invalid");
    ok(&take(platform, &author, &path, "submit").await);
    let view = ok(&take(platform, &publisher, &path, "publish").await);
    assert_eq!((&view["standing"], &view["bundle"]["version"]), (&json!("offered"), &json!(1)));

    let offered = registry(platform).await;
    let bundle = offered.bundles.iter().find(|bundle| bundle.id == BUNDLE).unwrap();
    assert_eq!((bundle.version, bundle.items.len()), (1, 2));
    let mut browser = Browser::new(platform);
    browser.sign_in().await;
    agree(&mut browser, &format!("/bundles/{BUNDLE}/apply")).await;
    fill_in(&mut browser, (BUNDLE, &bundle.fields), 1).await;
    let check = browser.path.clone();
    browser.post(&check, &[]).await;
    let number = browser.path.strip_prefix("/my/bundles/").unwrap().trim_end_matches("?new=1").to_owned();
    assert!(number.starts_with("YJS021"), "{number}");
    let filed: BundleCase =
        serde_json::from_str(&platform.get(&format!("/api/v1/bundle-cases/{number}")).await.body).unwrap();
    let items: Vec<&str> = filed.cases.iter().map(|case| case.item.id.as_str()).collect();
    assert_eq!(items, [ITEM, "insurance-record-certificate"]);

    // Given up, its name and its beginning are free again.
    let mut second = new_bundle();
    (second["id"], second["code"], second["from"]) =
        (json!("another"), json!("YJS022"), json!({ "bundle": BUNDLE }));
    ok(&make(platform, &author, BUNDLES, &second).await);
    let gone = ok(&take(platform, &author, &format!("{BUNDLES}/another"), "discard").await);
    assert_eq!((&gone["bundle"]["id"], &gone["standing"]), (&json!("another"), &json!("new")));
    ok(&make(platform, &publisher, BUNDLES, &second).await);
}

#[tokio::test]
async fn an_item_and_a_bundle_are_made_on_the_pages_alone() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (author, publisher) = people(&office).await;
    let nobody = office.person("reviewer", "demo-subdistrict").await;
    for (list, new) in [("/console/items", "/console/new-item"), ("/console/bundles", "/console/new-bundle")]
    {
        let link = format!("href=\"{new}\"");
        assert!(platform.page(Some(&author), list).await.body.contains(&link));
        assert!(!platform.page(Some(&nobody), list).await.body.contains(&link), "no office of theirs");
    }
    let send = async |person: &Person, path: &str, fields: &[(String, String)]| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        platform.form(person, path, &fields).await
    };
    let revision = async |person: &Person, here: &str| {
        let page = platform.page(Some(person), here).await.body;
        page.split("name=\"revision\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let step = async |person: &Person, here: &str, act: &str| {
        let revision = revision(person, here).await;
        platform.form(person, &format!("{here}/steps"), &[("revision", &revision), ("act", act)]).await
    };

    let typed = [
        ("id", ITEM),
        ("catalog_code", "512B0070200006"),
        ("office", USCC),
        ("name.zh-CN", "社保卡换照片"),
        ("name.zh-TW", "社保卡換照片"),
        ("name.en", ""),
        ("from", "social-security-card-replacement"),
    ];
    let mut fields: Vec<_> = typed.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let wrong = send(&author, "/console/new-item", &fields).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for told in ["没有新建：", "已有用这个基本编码的事项", "value=\"社保卡换照片\"", "value=\"card-photo\""]
    {
        assert!(wrong.body.contains(told), "{told} in {}", wrong.body);
    }
    set(&mut fields, "catalog_code", "512B0070200099");
    let here = format!("/console/items/{ITEM}");
    let made = send(&author, "/console/new-item", &fields).await;
    assert_eq!(made.headers["location"], here.as_str());
    let again = send(&publisher, "/console/new-item", &fields).await;
    assert!(again.status == StatusCode::CONFLICT && again.body.contains("已经有人在起草"), "{}", again.body);
    let page = platform.page(Some(&publisher), &here).await.body;
    assert!(
        page.contains("还没有发布") && page.contains("底本") && page.contains("512B0070200099"),
        "{page}"
    );
    assert!(platform.page(Some(&author), "/console/items").await.body.contains("未发布"));

    // What is missing is told with the form; then it goes its way.
    let edit = format!("{here}/edit");
    let mut fields = filled(&platform.page(Some(&author), &edit).await.body);
    let wrong = send(&author, &edit, &fields).await;
    assert!(wrong.body.contains("card-photo name") && wrong.body.contains("没有英文"), "{}", wrong.body);
    set(&mut fields, "name.en", "A new photo on the card");
    set(&mut fields, "area", "healthcare");
    assert!(send(&author, &edit, &fields).await.status.is_redirection());
    let mut text = filled(&platform.page(Some(&author), &format!("{here}/text")).await.body);
    set(&mut text, "text", "id = \"card-photo\"");
    let wrong = send(&author, &format!("{here}/text"), &text).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(step(&author, &here, "submit").await.status.is_redirection());
    let page = platform.page(Some(&publisher), &here).await.body;
    assert!(page.contains("全部内容都要核对") && page.contains("A new photo on the card"), "{page}");
    assert!(step(&publisher, &here, "publish").await.status.is_redirection());
    assert!(platform.page(Some(&author), &here).await.body.contains("现行第 1 版"));
    let item = registry(platform).await.item(ITEM).unwrap().item.clone();
    assert_eq!((item.version, item.area), (1, Some(protocol::Area::Healthcare)));

    let page = platform.page(Some(&author), "/console/new-bundle").await.body;
    assert!(page.contains("value=\"YJS007\"") && page.contains("item:card-photo"), "{page}");
    let typed = [
        ("id", BUNDLE),
        ("code", "YJS007"),
        ("name.zh-CN", "社保卡备好一件事"),
        ("name.zh-TW", "社保卡備好一件事"),
        ("name.en", "A card that is ready"),
        ("from", "item:card-photo"),
    ];
    let fields: Vec<_> = typed.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let here = format!("/console/bundles/{BUNDLE}");
    assert_eq!(send(&author, "/console/new-bundle", &fields).await.headers["location"], here.as_str());
    let again = send(&author, "/console/new-bundle", &fields).await;
    assert!(again.status == StatusCode::CONFLICT && again.body.contains("已经有人在起草"), "{}", again.body);
    assert!(platform.page(Some(&author), "/console/new-bundle").await.body.contains("value=\"YJS008\""));
    let edit = format!("{here}/edit");
    let mut fields = filled(&platform.page(Some(&author), &edit).await.body);
    for (name, words) in
        [("zh-CN", "换照片，查记录"), ("zh-TW", "換照片，查紀錄"), ("en", "Photo and record")]
    {
        set(&mut fields, &format!("summary.{name}"), words);
    }
    set(&mut fields, "items.1.item", "insurance-record-certificate");
    assert!(send(&author, &edit, &fields).await.status.is_redirection());
    assert!(step(&author, &here, "submit").await.status.is_redirection());
    assert!(step(&publisher, &here, "publish").await.status.is_redirection());
    let page = platform.page(Some(&author), &here).await.body;
    assert!(page.contains("现行第 1 版，办理中"), "{page}");

    // What is given up has no page any more.
    let mut fields: Vec<_> = typed.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    set(&mut fields, "id", "another");
    set(&mut fields, "code", "YJS008");
    set(&mut fields, "from", "bundle:card-ready");
    assert!(send(&author, "/console/new-bundle", &fields).await.status.is_redirection());
    let discarded = step(&author, "/console/bundles/another", "discard").await;
    assert_eq!(discarded.headers["location"], "/console/bundles");
}
