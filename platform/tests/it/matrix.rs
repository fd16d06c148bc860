//! Every role on every staff route, in its own area and in another: what is allowed is written down here, and everything
//! else is a 401, a 403 or a 404.

use axum::http::Method;
use serde_json::{Value, json};

use crate::office::{HERE, Office, Person, accept, relief};

/// A role at the organisations that handle the case of the test, and at one that does not.
const ROLES: [(&str, &str, &str); 9] = [
    ("community_worker", "demo-community", "demo-far-community"),
    ("clerk", "demo-subdistrict", "demo-far-subdistrict"),
    ("reviewer", "demo-subdistrict", "demo-far-subdistrict"),
    ("approver", "demo-civil-affairs-bureau", "demo-insurance-centre"),
    ("supervisor", "demo-subdistrict", "demo-far-subdistrict"),
    ("system_administrator", "demo-district", "demo-district"),
    ("security_administrator", "demo-district", "demo-district"),
    ("auditor", "demo-district", "demo-district"),
    ("fleet_operator", "demo-subdistrict", "demo-far-subdistrict"),
];

/// Who may: nobody else. `own` is a role in its own area only, `any` in every area.
struct Route {
    method: Method,
    path: &'static str,
    body: fn() -> Value,
    own: &'static [&'static str],
    any: &'static [&'static str],
}

const HANDLERS: &[&str] = &["community_worker", "clerk", "reviewer", "approver"];
const EVERYBODY: &[&str] = &[
    "community_worker",
    "clerk",
    "reviewer",
    "approver",
    "supervisor",
    "system_administrator",
    "security_administrator",
    "auditor",
    "fleet_operator",
];
const NOBODY: &[&str] = &[];
/// The administrator has all kiosks, an operator those of its area.
const FLEET: &[&str] = &["system_administrator", "fleet_operator"];

fn nothing() -> Value {
    json!({})
}

/// `{case}` is a case that lies on the desk of the subdistrict's clerk and was received in the community; `{order}` asks
/// that subdistrict; `{export}` is about its area, and somebody else has asked for it; the item is the bureau's, who has to
/// call about `{rated}`.
#[rustfmt::skip]
fn routes() -> Vec<Route> {
    let route = |method, path, body, own, any| Route { method, path, body, own, any };
    vec![
        route(Method::GET, "/api/v1/staff/session", nothing as fn() -> Value, NOBODY, EVERYBODY),
        route(Method::GET, "/api/v1/staff/organisations", nothing, NOBODY, EVERYBODY),
        route(Method::GET, "/api/v1/staff/calendars", nothing, NOBODY, EVERYBODY),
        route(Method::GET, "/api/v1/staff/tasks", nothing, NOBODY, HANDLERS),
        // At its own organisation a role sees what lies there or was received there.
        route(Method::GET, "/api/v1/staff/cases/{case}", nothing, &["community_worker", "clerk", "reviewer", "supervisor"], NOBODY),
        route(Method::POST, "/api/v1/staff/cases/{case}/reveal", || json!({ "purpose": "核对申请材料" }), &["community_worker", "clerk", "reviewer"], NOBODY),
        route(Method::POST, "/api/v1/staff/cases/{case}/acts", || json!({ "version": 2, "todo": accept() }), &["clerk"], NOBODY),
        route(Method::POST, "/api/v1/staff/cases/{case}/orders", || json!({ "content": "请尽快办理" }), &["supervisor"], NOBODY),
        route(Method::POST, "/api/v1/staff/orders/{order}/reply", || json!({ "content": "今天办" }), &["clerk", "reviewer"], NOBODY),
        route(Method::POST, "/api/v1/staff/orders/{order}/close", nothing, &["supervisor"], NOBODY),
        route(Method::GET, "/api/v1/staff/supervision", nothing, NOBODY, &["supervisor"]),
        route(Method::GET, "/api/v1/staff/statistics", nothing, NOBODY, &["supervisor", "approver"]),
        route(Method::GET, "/api/v1/staff/call-backs", nothing, NOBODY, &["community_worker", "clerk", "reviewer", "approver", "supervisor"]),
        route(Method::POST, "/api/v1/staff/call-backs/{rated}/contact", || json!({ "note": "已致电" }), &["approver"], NOBODY),
        route(Method::POST, "/api/v1/staff/call-backs/{rated}/settle", || json!({ "settlement": "fixed", "note": "已整改" }), &["approver"], NOBODY),
        route(Method::GET, "/api/v1/staff/exports", nothing, NOBODY, &["supervisor", "approver"]),
        route(Method::POST, "/api/v1/staff/exports", export, &["supervisor"], NOBODY),
        route(Method::POST, "/api/v1/staff/exports/{export}/release", nothing, &["supervisor"], NOBODY),
        route(Method::POST, "/api/v1/staff/exports/{export}/refuse", || json!({ "reason": "用途不清" }), &["supervisor"], NOBODY),
        route(Method::POST, "/api/v1/staff/exports/{export}/fetch", nothing, NOBODY, NOBODY),
        route(Method::GET, "/api/v1/staff/items", nothing, NOBODY, &["reviewer", "approver"]),
        route(Method::POST, "/api/v1/staff/items", new_item, &["approver"], NOBODY),
        route(Method::GET, "/api/v1/staff/items/temporary-relief", nothing, &["approver"], NOBODY),
        route(Method::POST, "/api/v1/staff/items/temporary-relief/draft", nothing, &["approver"], NOBODY),
        route(Method::PUT, "/api/v1/staff/items/temporary-relief/draft", || json!({ "revision": 1, "item": item() }), &["approver"], NOBODY),
        route(Method::POST, "/api/v1/staff/items/temporary-relief/draft/steps", || json!({ "revision": 1, "act": "submit" }), &["approver"], NOBODY),
        route(Method::POST, "/api/v1/staff/items/temporary-relief/withdrawal", || json!({ "version": 7, "reason": "暂停" }), &["approver"], NOBODY),
        // The bureau leads it: it carries out the first item.
        route(Method::GET, "/api/v1/staff/bundles", nothing, NOBODY, &["reviewer", "approver"]),
        route(Method::POST, "/api/v1/staff/bundles", new_bundle, &["approver"], NOBODY),
        route(Method::GET, "/api/v1/staff/bundles/old-age", nothing, &["approver"], NOBODY),
        route(Method::POST, "/api/v1/staff/bundles/old-age/draft", nothing, &["approver"], NOBODY),
        route(Method::PUT, "/api/v1/staff/bundles/old-age/draft", || json!({ "revision": 1, "bundle": bundle() }), &["approver"], NOBODY),
        route(Method::POST, "/api/v1/staff/bundles/old-age/draft/steps", || json!({ "revision": 1, "act": "submit" }), &["approver"], NOBODY),
        route(Method::POST, "/api/v1/staff/bundles/old-age/withdrawal", || json!({ "version": 7, "reason": "暂停" }), &["approver"], NOBODY),
        route(Method::GET, "/api/v1/staff/accounts", nothing, NOBODY, &["system_administrator", "security_administrator"]),
        route(Method::POST, "/api/v1/staff/accounts", || json!({ "login": "one-more", "name": "示例" }), NOBODY, &["system_administrator"]),
        route(Method::POST, "/api/v1/staff/accounts/target/disable", nothing, NOBODY, &["system_administrator"]),
        route(Method::POST, "/api/v1/staff/accounts/target/enable", nothing, NOBODY, &["system_administrator"]),
        route(Method::POST, "/api/v1/staff/accounts/target/reset", nothing, NOBODY, &["security_administrator"]),
        route(Method::POST, "/api/v1/staff/accounts/target/grants", || json!({ "role": "clerk", "org": "demo-community" }), NOBODY, &["security_administrator"]),
        route(Method::POST, "/api/v1/staff/accounts/target/revocations", || json!({ "role": "clerk", "org": "demo-community" }), NOBODY, &["security_administrator"]),
        route(Method::GET, "/api/v1/staff/audit", nothing, NOBODY, &["auditor"]),
        route(Method::GET, "/api/v1/staff/kiosks", nothing, NOBODY, FLEET),
        // LZ-0001 stands in a community of the subdistrict.
        route(Method::GET, "/api/v1/staff/kiosks/LZ-0001", nothing, &["fleet_operator"], &["system_administrator"]),
        route(Method::POST, "/api/v1/staff/kiosks/LZ-0001/invitation", nothing, &["fleet_operator"], &["system_administrator"]),
        route(Method::POST, "/api/v1/staff/kiosks/LZ-0001/revocation", || json!({ "reason": "机器报废", "code": "000000" }), NOBODY, &["system_administrator"]),
        route(Method::POST, "/api/v1/staff/drafts", || json!({ "kiosks": [{ "name": "LZ-0001", "version": 7 }], "settings": {} }), &["fleet_operator"], NOBODY),
        route(Method::GET, "/api/v1/staff/drafts/to-sign", nothing, NOBODY, &["fleet_operator"]),
        route(Method::GET, "/api/v1/staff/rollout", nothing, NOBODY, FLEET),
        route(Method::POST, "/api/v1/staff/rollout", || json!({ "batch": "{}", "soak_minutes": 30 }), NOBODY, &["fleet_operator"]),
        // With a roll-out under way the area matters as well: the tests of roll-outs look at that.
        route(Method::POST, "/api/v1/staff/rollout/acts", || json!({ "rollout": 1, "act": "halt", "reason": "先停一停" }), NOBODY, FLEET),
        route(Method::POST, "/api/v1/staff/calendars", || json!({ "text": "{}" }), NOBODY, &["system_administrator"]),
    ]
}

/// Routes of the document that the table leaves out: signing in and out and the own password are for whoever has them.
const LEFT_OUT: [&str; 3] =
    ["post /api/v1/staff/session", "delete /api/v1/staff/session", "post /api/v1/staff/password"];

/// What a question is about.
struct Things {
    case: String,
    order: String,
    export: String,
    rated: String,
}

async fn send(office: &Office, person: Option<&Person>, route: &Route, things: &Things) -> u16 {
    let Things { case, order, export, rated } = things;
    let path = route.path.replace("{case}", case).replace("{order}", order);
    let path = path.replace("{export}", export).replace("{rated}", rated);
    let nobody =
        Person { login: String::new(), cookie: String::new(), csrf: String::new(), secret: String::new() };
    let person = person.unwrap_or(&nobody);
    let answer = office.platform.as_person(person, route.method.clone(), &path, &(route.body)()).await;
    answer.status.as_u16()
}

/// A bundle, whole.
fn bundle() -> Value {
    toml::from_str(include_str!("../../../assets/catalogue/bundles/old-age.toml")).unwrap()
}

/// An item, whole.
fn item() -> Value {
    toml::from_str(include_str!("../../../assets/catalogue/items/temporary-relief.toml")).unwrap()
}

/// An item of the bureau that is not there yet.
fn new_item() -> Value {
    json!({ "id": "heating-relief", "catalog_code": "512B0003600099", "office": "11519999MB0000004E",
        "name": { "zh-CN": "取暖救助" }, "from": "temporary-relief" })
}

/// A bundle that the bureau would lead.
fn new_bundle() -> Value {
    json!({ "id": "winter", "code": "YJS099", "name": { "zh-CN": "过冬一件事" }, "from": { "item": "temporary-relief" } })
}

/// An export of the subdistrict's area.
fn export() -> Value {
    json!({ "list": "cases", "org": "demo-subdistrict", "from": "2026-11-01", "to": "2026-11-24", "purpose": "核对办件台账" })
}

/// Things of its own for each question, so that no answer spoils the next.
async fn fresh(office: &Office, supervisor: &Person) -> Things {
    let case = office.platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    let made = async |path: &str, body: &Value, name: &str| {
        let made = office.platform.as_person(supervisor, Method::POST, path, body).await;
        serde_json::from_str::<Value>(&made.body).unwrap()[name].as_str().unwrap().to_owned()
    };
    let content = json!({ "content": "请尽快办理" });
    let order = made(&format!("/api/v1/staff/cases/{case}/orders"), &content, "id").await;
    let export = made("/api/v1/staff/exports", &export(), "number").await;
    let rated = office.platform.file(&relief(HERE, "LZ-0001")).await;
    let bad = json!({ "case_key": rated.case_key, "level": 5, "rated_at": crate::fixture::NOW, "channel": "kiosk" });
    office.platform.post("/api/v1/ratings", uuid::Uuid::new_v4(), &bad).await;
    Things { case, order, export, rated: rated.case_no }
}

#[tokio::test]
async fn what_is_not_written_down_is_refused() {
    let (office, called) = Office::new().await.called().await;
    called.invite("LZ-0001").await;
    office.create("target").await;
    let helper = office.person("supervisor", "demo-district").await;
    let mut people = Vec::new();
    for (role, own, foreign) in ROLES {
        people.push((role, true, office.person(role, own).await));
        if own != foreign {
            people.push((role, false, office.person(role, foreign).await));
        }
    }
    let (mut asked, mut allowed) = (0, 0);
    for route in routes() {
        let things = fresh(&office, &helper).await;
        assert_eq!(send(&office, None, &route, &things).await, 401, "{} without signing in", route.path);
        for (role, own, person) in &people {
            let may = route.any.contains(role) || *own && route.own.contains(role);
            // Who is refused leaves the case as it was.
            let own_things =
                if may && route.path.contains('{') { Some(fresh(&office, &helper).await) } else { None };
            let status = send(&office, Some(person), &route, own_things.as_ref().unwrap_or(&things)).await;
            let who = format!("{role}, own area {own}: {} {} says {status}", route.method, route.path);
            // Who may is heard: the answer is about what was asked, and no 401, 403 or 404.
            assert_eq!(matches!(status, 200 | 409 | 422), may, "{who}");
            assert!(may || matches!(status, 403 | 404), "{who}");
            asked += 1;
            allowed += usize::from(may);
        }
    }
    assert_eq!((asked, allowed), (780, 139), "roles, areas and routes are all there");
}

#[tokio::test]
async fn every_staff_route_stands_in_the_table() {
    let platform = crate::fixture::TestPlatform::new().await;
    let document: Value = serde_json::from_str(&platform.get("/openapi.json").await.body).unwrap();
    let mut table: Vec<String> = routes()
        .iter()
        .map(|route| {
            let path = route
                .path
                .replace("{case}", "{case_no}")
                .replace("{rated}", "{case_no}")
                .replace("{order}", "{id}")
                .replace("{export}", "{number}")
                .replace("temporary-relief", "{id}")
                .replace("old-age", "{id}")
                .replace("target", "{login}")
                .replace("LZ-0001", "{name}");
            format!("{} {path}", route.method.as_str().to_lowercase())
        })
        .chain(LEFT_OUT.map(str::to_owned))
        .collect();
    let mut served: Vec<String> = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        if path.starts_with("/api/v1/staff/") {
            served.extend(methods.as_object().unwrap().keys().map(|method| format!("{method} {path}")));
        }
    }
    table.sort();
    served.sort();
    assert_eq!(table, served);
}
