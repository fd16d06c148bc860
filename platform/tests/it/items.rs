//! 事项编辑: from a draft to the residents by two people, and no case changes under anybody's hands.

use std::path::Path;

use axum::http::{Method, StatusCode};
use platform::catalogue::Catalogue;
use protocol::{AppRegistry, ServiceItem};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    database::texts,
    fixture::{Answer, TestPlatform},
    office::{HERE, Office, Person, relief},
};

const ITEM: &str = "temporary-relief";
const PATH: &str = "/api/v1/staff/items/temporary-relief";
/// The version that comes with the program, and the one after it.
pub(crate) const SHIPPED: u32 = 2;
pub(crate) const NEXT: u32 = 3;
const BUREAU: &str = "demo-civil-affairs-bureau";

impl TestPlatform {
    async fn draft(&self, person: &Person) -> Value {
        self.read(person, PATH).await["draft"].clone()
    }

    async fn begin(&self, person: &Person) -> Answer {
        self.as_person(person, Method::POST, &format!("{PATH}/draft"), &json!({})).await
    }

    /// Writes what `change` makes of the draft as it stands.
    async fn write(&self, person: &Person, change: impl Fn(&mut Value)) -> Answer {
        let draft = self.draft(person).await;
        let mut item = draft["item"].clone();
        change(&mut item);
        self.put(person, &draft["revision"], &item).await
    }

    async fn put(&self, person: &Person, revision: &Value, item: &Value) -> Answer {
        let body = json!({ "revision": revision, "item": item });
        self.as_person(person, Method::PUT, &format!("{PATH}/draft"), &body).await
    }

    async fn take(&self, person: &Person, act: &str, reason: Option<&str>) -> Answer {
        let revision = self.draft(person).await["revision"].clone();
        let body = json!({ "revision": if revision.is_null() { json!(1) } else { revision }, "act": act, "reason": reason });
        self.as_person(person, Method::POST, &format!("{PATH}/draft/steps"), &body).await
    }

    pub(crate) async fn offered(&self) -> (String, ServiceItem) {
        let answer = self.get("/api/v1/registry").await;
        let registry: AppRegistry = serde_json::from_str(&answer.body).unwrap();
        (answer.headers["etag"].to_str().unwrap().to_owned(), registry.item(ITEM).unwrap().item.clone())
    }
}

/// A reviewer and two approvers of the office that carries the item out.
pub(crate) async fn people(office: &Office) -> (Person, Person, Person) {
    (
        office.person("reviewer", BUREAU).await,
        office.person("approver", BUREAU).await,
        office.person("approver", BUREAU).await,
    )
}

fn ok(answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

pub(crate) fn new_words(item: &mut Value) {
    item["summary"]["zh-CN"] = json!("遇到大困难，先来说一声");
    item["materials"][3]["picture"] = json!(false);
    item["promised"]["n"] = json!(10);
}

pub(crate) async fn publish(
    platform: &TestPlatform,
    author: &Person,
    publisher: &Person,
    change: impl Fn(&mut Value),
) {
    ok(&platform.begin(author).await);
    ok(&platform.write(author, change).await);
    ok(&platform.take(author, "submit", None).await);
    ok(&platform.take(publisher, "publish", None).await);
}

pub(crate) fn under(version: u32) -> Value {
    let mut filed = relief(HERE, "LZ-0001");
    filed["item_version"] = json!(version);
    filed
}

#[tokio::test]
async fn a_draft_reaches_the_residents_by_two_people_and_old_cases_keep_theirs() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (reviewer, author, other) = people(&office).await;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let old = platform.file(&under(SHIPPED)).await.case_no;
    let due = |case: &Value| case["task"]["due_on"].clone();
    let before = platform.offered().await;
    let one = platform.get(&format!("/api/v1/items/{ITEM}")).await;
    platform.post("/api/v1/cases", Uuid::new_v4(), &under(NEXT)).await.problem(422, "item-version-unknown");

    ok(&platform.begin(&author).await);
    platform.begin(&reviewer).await.problem(409, "item-draft-has-moved");
    platform.take(&author, "submit", None).await.problem(422, "act-refused");
    let view = ok(&platform.write(&author, new_words).await);
    let changes: Vec<&str> = view["draft"]["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["field"].as_str().unwrap())
        .collect();
    assert_eq!(changes, ["materials.3.picture", "promised.n", "summary.zh-CN"]);
    platform.take(&other, "publish", None).await.problem(409, "act-not-now");
    ok(&platform.take(&author, "submit", None).await);
    platform.write(&author, new_words).await.problem(409, "act-not-now");
    assert_eq!(platform.draft(&author).await["acts"], json!(["return"]));
    platform.take(&author, "publish", None).await.problem(403, "four-eyes");
    platform.take(&reviewer, "publish", None).await.problem(403, "forbidden");
    assert_eq!(platform.offered().await, before, "nothing is out yet");

    ok(&platform.take(&other, "publish", None).await);
    let (etag, item) = platform.offered().await;
    assert_ne!(etag, before.0);
    assert_eq!((item.version, item.promised.n, item.materials[3].picture), (NEXT, 10, false));
    let two = platform.get(&format!("/api/v1/items/{ITEM}")).await;
    assert_ne!(one.headers["etag"], two.headers["etag"]);
    let guide = platform.get(&format!("/items/{ITEM}")).await;
    assert!(guide.body.contains("遇到大困难，先来说一声"), "the residents' pages say it too");

    let new = platform.file(&under(NEXT)).await.case_no;
    let still = platform.file(&under(SHIPPED)).await.case_no;
    let act = json!({ "act": "accept", "materials_complete": true });
    for case_no in [&old, &new, &still] {
        platform.act(&clerk, case_no, &act).await;
    }
    let days = [&old, &new, &still].map(std::clone::Clone::clone);
    let mut dues = Vec::new();
    for case_no in &days {
        dues.push(due(&platform.seen(&clerk, case_no).await.unwrap()));
    }
    // 15 working days as they were promised, and 10 under the new version.
    assert_eq!(dues, [json!("2026-12-15"), json!("2026-12-08"), json!("2026-12-15")]);
    let versions = platform.read(&author, PATH).await["versions"].clone();
    assert_eq!(
        versions
            .as_array()
            .unwrap()
            .iter()
            .map(|version| (&version["version"], &version["by_office"], &version["cases"]))
            .collect::<Vec<_>>(),
        [(&json!(NEXT), &json!(true), &json!(1)), (&json!(SHIPPED), &json!(false), &json!(2))]
    );

    let told = platform.read(&office.auditor, "/api/v1/staff/audit").await;
    let rows = told["rows"].as_array().unwrap().iter().rev();
    let actions: Vec<(&str, &str)> = rows
        .filter(|row| row["subject"].as_str().unwrap().starts_with(ITEM))
        .map(|row| (row["action"].as_str().unwrap(), row["login"].as_str().unwrap()))
        .collect();
    let (one, two) = (author.login.as_str(), other.login.as_str());
    let expected = [
        ("begin-item-draft", one),
        ("save-item-draft", one),
        ("submit-item-draft", one),
        ("publish-item-refused", one),
        ("publish-item", two),
    ];
    assert_eq!(actions, expected);
}

#[tokio::test]
async fn who_writes_over_an_older_screen_is_refused_and_nothing_is_lost() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (reviewer, author, other) = people(&office).await;
    ok(&platform.begin(&author).await);
    let screen = platform.draft(&reviewer).await;
    ok(&platform.write(&author, new_words).await);
    let mut late = screen["item"].clone();
    late["fee"]["zh-CN"] = json!("不要钱");
    platform.put(&reviewer, &screen["revision"], &late).await.problem(409, "item-draft-has-moved");
    let kept = platform.draft(&author).await["item"].clone();
    assert_eq!((&kept["promised"]["n"], &kept["fee"]["zh-CN"]), (&json!(10), &json!("不收费")));
    ok(&platform.write(&reviewer, |item| item["fee"]["zh-CN"] = json!("不要钱")).await);
    // A publisher publishes what was on the screen, or nothing.
    let seen = platform.draft(&other).await["revision"].clone();
    ok(&platform.take(&author, "submit", None).await);
    ok(&platform.take(&other, "return", Some("请写全时限")).await);
    ok(&platform.write(&author, |item| item["promised"]["n"] = json!(12)).await);
    ok(&platform.take(&author, "submit", None).await);
    let stale = json!({ "revision": seen, "act": "publish" });
    let answer = platform.as_person(&other, Method::POST, &format!("{PATH}/draft/steps"), &stale).await;
    answer.problem(409, "item-draft-has-moved");
    assert_eq!(platform.offered().await.1.version, SHIPPED);
    let steps = platform.draft(&author).await["steps"].clone();
    let back = steps.as_array().unwrap().iter().find(|step| step["act"] == "return").unwrap();
    assert_eq!((&back["reason"], &back["login"]), (&json!("请写全时限"), &json!(other.login)));
}

#[tokio::test]
async fn what_contradicts_itself_is_refused_with_item_and_field() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (_, author, other) = people(&office).await;
    ok(&platform.begin(&author).await);
    let wrong: [(fn(&mut Value), &str); 6] = [
        (|item| item["promised"]["n"] = json!(16), "temporary-relief：promised："),
        (|item| item["summary"]["en"] = json!(""), "temporary-relief：summary："),
        (|item| item["consult_phone"] = json!("0830-2345678"), "temporary-relief：consult_phone："),
        (|item| item["materials"] = json!([]), "temporary-relief：materials："),
        (|item| item["id"] = json!("another"), "temporary-relief：id："),
        (
            |item| item["organisation"]["uscc"] = json!("11519999MB00000028"),
            "temporary-relief：organisation.uscc：",
        ),
    ];
    for (change, told) in wrong {
        let problem = platform.write(&author, change).await.problem(422, "item-invalid");
        assert!(problem.detail.as_ref().unwrap().contains(told), "{told}: {problem:?}");
    }
    assert_eq!(platform.draft(&author).await["revision"], 1, "nothing of it was kept");
    ok(&platform.write(&author, new_words).await);
    ok(&platform.take(&author, "submit", None).await);
    platform.take(&other, "return", Some(" ")).await.problem(422, "act-refused");
    platform.take(&other, "save", None).await.problem(409, "act-not-now");
    ok(&platform.take(&other, "return", Some("请再想想")).await);
    ok(&platform.take(&author, "discard", None).await);
    assert_eq!(platform.draft(&author).await, Value::Null);
    ok(&platform.begin(&other).await);
}

#[tokio::test]
async fn only_the_office_that_carries_an_item_out_edits_it() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (near, far, above) = (
        office.person("approver", BUREAU).await,
        office.person("approver", "demo-insurance-centre").await,
        office.person("approver", "demo-district").await,
    );
    let items = async |person: &Person| {
        let told = platform.read(person, "/api/v1/staff/items").await;
        told["items"].as_array().unwrap().len()
    };
    assert!(items(&near).await < items(&above).await && items(&above).await == 37);
    assert!(items(&far).await > 0);
    platform.begin(&far).await.problem(404, "item-not-found");
    platform.as_person(&far, Method::GET, PATH, &Value::Null).await.problem(404, "item-not-found");
    ok(&platform.begin(&near).await);
    let discard = json!({ "revision": 1, "act": "discard" });
    let theirs = platform.as_person(&far, Method::POST, &format!("{PATH}/draft/steps"), &discard).await;
    theirs.problem(404, "item-not-found");
    let clerk = office.person("clerk", BUREAU).await;
    platform.begin(&clerk).await.problem(403, "forbidden");
}

#[tokio::test]
async fn what_an_office_has_published_outlives_restarts_and_newer_programs() {
    let office = Office::new().await;
    let (_, author, other) = people(&office).await;
    publish(&office.platform, &author, &other, new_words).await;
    let before = office.platform.offered().await.1;
    let platform = office.platform.restarted(Catalogue::embedded().unwrap()).await;
    assert_eq!(platform.offered().await.1, before);
    // A later program has words of its own under the number that the office has taken.
    let catalogue = of_a_later_program(platform.directory.path(), ITEM, (SHIPPED, NEXT));
    let platform = platform.restarted(catalogue).await;
    assert_eq!(platform.offered().await.1, before, "the office's words stand");
    platform.file(&under(NEXT)).await;
    platform.file(&under(SHIPPED)).await;
}

/// What the program ships, with another number on one item.
pub(crate) fn of_a_later_program(directory: &Path, item: &str, (from, to): (u32, u32)) -> Catalogue {
    let shipped = "../../../assets/catalogue";
    let read = |path: &str| {
        std::fs::read_to_string(format!("{}/tests/it/{shipped}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    };
    let names = texts(directory, "SELECT DISTINCT id FROM item ORDER BY id");
    let later = |id: &String| {
        let text = read(&format!("items/{id}.toml"));
        let (old, new) = (format!("version = {from}"), format!("version = {to}"));
        (format!("items/{id}.toml"), if id == item { text.replacen(&old, &new, 1) } else { text })
    };
    let later: Vec<(String, String)> = names.iter().map(later).collect();
    let items: Vec<(&str, &str)> = later.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let registry = read("registry.toml");
    Catalogue::parse(("registry.toml", &registry), &items).unwrap()
}

/// What a browser would send back of the form on a page, as it stands.
pub(crate) fn filled(page: &str) -> Vec<(String, String)> {
    let form = page.split("<form").find(|form| form.contains("name=\"revision\"")).unwrap();
    let form = form.split("</form>").next().unwrap();
    let attribute = |tag: &str, name: &str| {
        let rest = tag.split_once(&format!(" {name}=\""))?.1;
        Some(plain(rest.split('"').next()?))
    };
    let mut sent = Vec::new();
    let mut selects: Option<String> = None;
    for tag in form.split('<').skip(1) {
        let (inside, behind) = tag.split_once('>').unwrap_or((tag, ""));
        if let Some(rest) = inside.strip_prefix("input") {
            let checked = rest.contains("type=\"checkbox\"").then(|| rest.ends_with(" checked"));
            let value = attribute(inside, "value").unwrap_or_default();
            match (attribute(inside, "name"), checked) {
                (Some(name), None) => sent.push((name, value)),
                (Some(name), Some(true)) => {
                    sent.push((name, if value.is_empty() { "on".to_owned() } else { value }));
                }
                _ => {}
            }
        } else if inside.starts_with("select") {
            selects = attribute(inside, "name");
        } else if inside.starts_with("option") {
            let name = selects.clone().unwrap();
            let first = !sent.iter().any(|(known, _)| *known == name);
            if first || inside.ends_with(" selected") {
                sent.retain(|(known, _)| *known != name);
                sent.push((name, attribute(inside, "value").unwrap()));
            }
        } else if inside.starts_with("textarea") {
            sent.push((attribute(inside, "name").unwrap(), plain(behind)));
        }
    }
    sent.retain(|(name, _)| name != "csrf");
    sent
}

fn plain(html: &str) -> String {
    html.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

async fn send(platform: &TestPlatform, person: &Person, path: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    platform.form(person, path, &fields).await
}

pub(crate) fn set(fields: &mut Vec<(String, String)>, name: &str, value: &str) {
    fields.retain(|(known, _)| known != name);
    fields.push((name.to_owned(), value.to_owned()));
}

#[tokio::test]
async fn an_item_is_edited_and_published_on_the_pages_alone() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (reviewer, _, approver) = people(&office).await;
    let here = format!("/console/items/{ITEM}");
    let list = platform.page(Some(&reviewer), "/console/items").await.body;
    assert!(list.contains(&here) && list.contains("临时救助"), "{list}");
    assert!(platform.form(&reviewer, &format!("{here}/draft"), &[]).await.status.is_redirection());

    // As it stands the form says what the item says.
    let edit = format!("{here}/edit");
    let mut fields = filled(&platform.page(Some(&reviewer), &edit).await.body);
    assert!(send(platform, &reviewer, &edit, &fields).await.status.is_redirection());
    assert_eq!(platform.draft(&reviewer).await["changes"], json!([]), "nothing was lost on the way");

    set(&mut fields, "revision", "2");
    set(&mut fields, "promised.n", "16");
    set(&mut fields, "conditions.2.zh-CN", "有示例情形的");
    let wrong = send(platform, &reviewer, &edit, &fields).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for told in [
        "temporary-relief promised",
        "比法定时限长",
        "temporary-relief conditions.2",
        "没有英文",
        "value=\"16\"",
        "有示例情形的",
    ] {
        assert!(wrong.body.contains(told), "{told} in {}", wrong.body);
    }
    set(&mut fields, "promised.n", "10");
    set(&mut fields, "conditions.2.zh-TW", "有示例情形的");
    set(&mut fields, "conditions.2.en", "An example");
    set(&mut fields, "materials.3.picture", "on");
    set(&mut fields, "materials.2.name.zh-CN", "");
    set(&mut fields, "materials.2.name.zh-TW", "");
    set(&mut fields, "materials.2.name.en", "");
    assert!(send(platform, &reviewer, &edit, &fields).await.status.is_redirection());
    let late = send(platform, &reviewer, &edit, &fields).await;
    assert!(late.status == StatusCode::CONFLICT && late.body.contains("别人刚改过"), "{}", late.body);
    let item = platform.draft(&reviewer).await["item"].clone();
    assert_eq!(
        (item["materials"].as_array().unwrap().len(), item["conditions"].as_array().unwrap().len()),
        (3, 3)
    );
    assert_eq!(item["materials"][2]["picture"], true);

    // The rest as text.
    let way = format!("{here}/text");
    let mut fields = filled(&platform.page(Some(&reviewer), &way).await.body);
    let written = fields.iter().find(|(name, _)| name == "text").unwrap().1.clone();
    for (from, to, told) in [
        ("auto_accept = false", "auto_accept = maybe", "第"),
        ("auto_accept = false", "auto_accept = false\nautoaccept = true", "temporary-relief autoaccept"),
        ("auto_accept = false", "auto_accept = true", "temporary-relief materials.2.source"),
        ("max_chars = 100", "max_chars = 0", "temporary-relief fields.name.max_chars"),
    ] {
        assert!(written.contains(from), "{from} in {written}");
        set(&mut fields, "text", &written.replacen(from, to, 1));
        let wrong = send(platform, &reviewer, &way, &fields).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{to}");
        assert!(wrong.body.contains(told) && wrong.body.contains("没有保存"), "{told} in {}", wrong.body);
    }
    set(&mut fields, "text", &written.replacen("max_chars = 100", "max_chars = 90", 1));
    assert!(send(platform, &reviewer, &way, &fields).await.status.is_redirection());

    let step = async |person: &Person, act: &str| {
        let page = platform.page(Some(person), &here).await.body;
        let revision =
            page.split("name=\"revision\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let fields = [("revision", revision.as_str()), ("act", act)];
        platform.form(person, &format!("{here}/steps"), &fields).await
    };
    assert!(step(&reviewer, "submit").await.status.is_redirection());
    let page = platform.page(Some(&reviewer), &here).await.body;
    assert!(page.contains("待审核") && !page.contains(">发布<"), "{page}");
    let page = platform.page(Some(&approver), &here).await.body;
    assert!(
        page.contains(">发布<") && page.contains("fields.0.max_chars") && page.contains("<ins>90</ins>"),
        "{page}"
    );
    assert!(step(&approver, "publish").await.status.is_redirection());
    let (_, item) = platform.offered().await;
    assert_eq!(
        (item.version, item.promised.n, item.conditions.len(), item.materials.len()),
        (NEXT, 10, 3, 3)
    );
    assert!(platform.page(Some(&reviewer), &here).await.body.contains("本单位编辑"));
}
