//! The `OpenAPI` document says what the platform does.

use std::collections::BTreeSet;

use axum::http::Method;
use jsonschema::Validator;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fixture::{Answer, NOW, TestPlatform, enrolment, pension, submission};

/// What every call may answer, and what a call that fetches may answer besides.
const ALWAYS: [u16; 4] = [405, 429, 500, 503];
const FETCHED: u16 = 304;

const ROUTES: [(&str, &str, &[u16]); 90] = [
    ("get", "/healthz", &[200]),
    ("get", "/readyz", &[200]),
    ("get", "/openapi.json", &[200]),
    ("get", "/api/v1/time", &[200]),
    ("get", "/api/v1/registry", &[200]),
    ("get", "/api/v1/items", &[200, 400]),
    ("get", "/api/v1/items/{id}", &[200, 404]),
    ("post", "/api/v1/cases", &[201, 400, 409, 413, 415, 422]),
    ("get", "/api/v1/cases", &[200, 400]),
    ("get", "/api/v1/cases/{case_no}", &[200, 404]),
    ("post", "/api/v1/cases/search", &[200, 400, 413, 415, 422]),
    ("get", "/api/v1/bundles", &[200, 400]),
    ("get", "/api/v1/bundles/{id}", &[200, 404]),
    ("post", "/api/v1/bundle-cases", &[201, 400, 409, 413, 415, 422]),
    ("get", "/api/v1/bundle-cases/{bundle_no}", &[200, 404]),
    ("post", "/api/v1/ratings", &[201, 400, 404, 409, 413, 415, 422]),
    ("post", "/api/v1/materials", &[201, 400, 401, 403, 404, 409, 413, 415, 422]),
    ("put", "/api/v1/drafts/{key}", &[200, 400, 401, 403, 409, 413, 415, 422]),
    ("post", "/api/v1/drafts/search", &[200, 400, 401, 413, 415, 422]),
    ("get", "/.well-known/est/cacerts", &[200, 404]),
    ("post", "/.well-known/est/simpleenroll", &[200, 400, 401, 403, 404, 422]),
    ("post", "/.well-known/est/simplereenroll", &[200, 400, 401, 403, 404, 422]),
    ("get", "/api/v1/fleet/audit", &[200, 401]),
    ("post", "/api/v1/fleet/audit", &[200, 401, 422]),
    ("get", "/api/v1/fleet/bundle", &[200, 400, 401]),
    ("get", "/api/v1/fleet/content/{sha256}", &[200, 401, 404]),
    ("get", "/api/v1/fleet/desired", &[200, 204, 401]),
    ("get", "/api/v1/fleet/hints", &[200, 401, 404]),
    ("put", "/api/v1/fleet/reported", &[204, 401, 422]),
    ("put", "/api/v1/fleet/heartbeat", &[204, 401, 422]),
    ("get", "/api/v1/fleet/settings-schema", &[200]),
    ("get", "/api/v1/fleet/trust/{name}", &[200, 401, 404]),
    ("get", "/api/v1/fleet/trust/kiosks/{name}", &[200, 401, 404]),
    ("post", "/api/v1/fleet/wiped", &[204, 401, 409, 422]),
    ("get", "/api/v1/notices", &[200]),
    ("post", "/api/v1/staff/session", &[200, 400, 401, 415, 422]),
    ("get", "/api/v1/staff/session", &[200, 401]),
    ("delete", "/api/v1/staff/session", &[200, 401, 403]),
    ("post", "/api/v1/staff/password", &[200, 400, 401, 403, 415, 422]),
    ("get", "/api/v1/staff/tasks", &[200, 400, 401, 403]),
    ("get", "/api/v1/staff/cases/{case_no}", &[200, 401, 403, 404]),
    ("post", "/api/v1/staff/cases/{case_no}/acts", &[200, 400, 401, 403, 404, 409, 415, 422]),
    ("post", "/api/v1/staff/cases/{case_no}/reveal", &[200, 400, 401, 403, 404, 415, 422]),
    ("get", "/api/v1/staff/supervision", &[200, 400, 401, 403]),
    ("get", "/api/v1/staff/statistics", &[200, 401, 403]),
    ("post", "/api/v1/staff/cases/{case_no}/orders", &[200, 400, 401, 403, 404, 409, 415, 422]),
    ("post", "/api/v1/staff/orders/{id}/reply", &[200, 400, 401, 403, 404, 409, 415, 422]),
    ("post", "/api/v1/staff/orders/{id}/close", &[200, 401, 403, 404, 409]),
    ("get", "/api/v1/staff/call-backs", &[200, 401, 403]),
    ("post", "/api/v1/staff/call-backs/{case_no}/contact", &[200, 400, 401, 403, 404, 409, 415, 422]),
    ("post", "/api/v1/staff/call-backs/{case_no}/settle", &[200, 400, 401, 403, 404, 409, 415, 422]),
    ("get", "/api/v1/staff/exports", &[200, 401, 403]),
    ("post", "/api/v1/staff/exports", &[200, 400, 401, 403, 409, 415, 422]),
    ("post", "/api/v1/staff/exports/{number}/release", &[200, 401, 403, 404, 409]),
    ("post", "/api/v1/staff/exports/{number}/refuse", &[200, 400, 401, 403, 404, 409, 415, 422]),
    ("post", "/api/v1/staff/exports/{number}/fetch", &[200, 401, 403, 404, 409, 422]),
    ("get", "/api/v1/staff/bundles", &[200, 401, 403]),
    ("post", "/api/v1/staff/bundles", &[200, 400, 401, 403, 409, 415, 422]),
    ("get", "/api/v1/staff/bundles/{id}", &[200, 401, 403, 404]),
    ("post", "/api/v1/staff/bundles/{id}/draft", &[200, 401, 403, 404, 409]),
    ("put", "/api/v1/staff/bundles/{id}/draft", &[200, 400, 401, 403, 404, 409, 415, 422]),
    ("post", "/api/v1/staff/bundles/{id}/draft/steps", &[200, 400, 401, 403, 404, 409, 415, 422]),
    ("post", "/api/v1/staff/bundles/{id}/withdrawal", &[200, 400, 401, 403, 404, 409, 415, 422]),
    ("get", "/api/v1/staff/items", &[200, 401, 403]),
    ("post", "/api/v1/staff/items", &[200, 400, 401, 403, 409, 415, 422]),
    ("get", "/api/v1/staff/items/{id}", &[200, 401, 403, 404]),
    ("post", "/api/v1/staff/items/{id}/draft", &[200, 401, 403, 404, 409]),
    ("put", "/api/v1/staff/items/{id}/draft", &[200, 400, 401, 403, 404, 409, 415, 422]),
    ("post", "/api/v1/staff/items/{id}/draft/steps", &[200, 400, 401, 403, 404, 409, 415, 422]),
    ("post", "/api/v1/staff/items/{id}/withdrawal", &[200, 400, 401, 403, 404, 409, 415, 422]),
    ("get", "/api/v1/staff/organisations", &[200, 401, 403]),
    ("get", "/api/v1/staff/accounts", &[200, 401, 403]),
    ("post", "/api/v1/staff/accounts", &[200, 400, 401, 403, 415, 422]),
    ("post", "/api/v1/staff/accounts/{login}/reset", &[200, 401, 403, 404, 422]),
    ("post", "/api/v1/staff/accounts/{login}/disable", &[200, 401, 403, 404, 422]),
    ("post", "/api/v1/staff/accounts/{login}/enable", &[200, 401, 403, 404, 422]),
    ("post", "/api/v1/staff/accounts/{login}/grants", &[200, 400, 401, 403, 404, 415, 422]),
    ("post", "/api/v1/staff/accounts/{login}/revocations", &[200, 400, 401, 403, 404, 415, 422]),
    ("get", "/api/v1/staff/audit", &[200, 400, 401, 403]),
    ("get", "/api/v1/staff/kiosks", &[200, 401, 403]),
    ("get", "/api/v1/staff/kiosks/{name}", &[200, 401, 403, 404]),
    ("post", "/api/v1/staff/kiosks/{name}/invitation", &[200, 401, 403, 404, 422]),
    ("post", "/api/v1/staff/kiosks/{name}/revocation", &[200, 400, 401, 403, 404, 409, 415, 422]),
    ("post", "/api/v1/staff/drafts", &[200, 400, 401, 403, 404, 409, 415, 422]),
    ("get", "/api/v1/staff/drafts/to-sign", &[200, 401, 403, 409]),
    ("get", "/api/v1/staff/rollout", &[200, 401, 403]),
    ("post", "/api/v1/staff/rollout", &[200, 400, 401, 403, 404, 409, 413, 415, 422]),
    ("post", "/api/v1/staff/rollout/acts", &[200, 400, 401, 403, 404, 409, 415, 422]),
    ("get", "/api/v1/staff/calendars", &[200, 401, 403]),
    ("post", "/api/v1/staff/calendars", &[200, 400, 401, 403, 415, 422]),
];

struct Document(Value);

impl Document {
    async fn of(platform: &TestPlatform) -> Self {
        Self(serde_json::from_str(&platform.get("/openapi.json").await.body).unwrap())
    }

    /// Holds `answer` against what the document says of it.
    fn check(&self, method: &str, path: &str, answer: &Answer) {
        let media = answer.headers["content-type"].to_str().unwrap();
        let response = &self.0["paths"][path][method]["responses"][answer.status.as_str()];
        let schema = &response["content"][media]["schema"];
        assert!(schema.is_object(), "{method} {path} {} {media}", answer.status);
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        self.validate(schema, &body, &format!("{method} {path} {}", answer.status));
    }

    fn validate(&self, schema: &Value, body: &Value, what: &str) {
        let validator = self.validator(schema);
        let faults: Vec<_> = validator.iter_errors(body).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{what}: {faults:#?}");
    }

    fn validator(&self, schema: &Value) -> Validator {
        let mut schema = schema.clone();
        schema["components"] = self.0["components"].clone();
        jsonschema::draft202012::new(&schema).unwrap()
    }
}

#[tokio::test]
async fn every_route_and_every_status_is_in_the_document() {
    let platform = TestPlatform::new().await;
    let Document(document) = Document::of(&platform).await;
    assert_eq!(document["openapi"].as_str().unwrap().split('.').take(2).collect::<Vec<_>>(), ["3", "1"]);
    let mut listed = 0;
    for (method, path, statuses) in ROUTES {
        let responses = document["paths"][path][method]["responses"].as_object().unwrap();
        let told: BTreeSet<u16> = responses.keys().map(|status| status.parse().unwrap()).collect();
        let fetched = (method == "get").then_some(FETCHED);
        let expected: BTreeSet<u16> = statuses.iter().copied().chain(ALWAYS).chain(fetched).collect();
        assert_eq!(told, expected, "{method} {path}");
        listed += 1;
    }
    let all = document["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len());
    assert_eq!(all.sum::<usize>(), listed, "no route beside these");
    let sealed = &document["paths"]["/api/v1/cases"]["post"]["requestBody"]["content"][seal::MEDIA_TYPE];
    assert!(sealed.is_object());
}

#[tokio::test]
async fn real_answers_are_as_the_document_says() {
    let platform = TestPlatform::new().await;
    let document = Document::of(&platform).await;
    for path in ["/healthz", "/openapi.json", "/api/v1/time", "/api/v1/registry", "/api/v1/items"] {
        document.check("get", path, &platform.get(path).await);
    }
    let item = platform.get("/api/v1/items/pension-eligibility").await;
    document.check("get", "/api/v1/items/{id}", &item);
    document.check("get", "/api/v1/items/{id}", &platform.get("/api/v1/items/x").await);

    let filed = platform.post("/api/v1/cases", Uuid::new_v4(), &pension()).await;
    document.check("post", "/api/v1/cases", &filed);
    let filed = platform.post("/api/v1/cases", Uuid::new_v4(), &enrolment()).await;
    document.check("post", "/api/v1/cases", &filed);
    let case = filed.case();
    let refused = platform.post("/api/v1/cases", Uuid::new_v4(), &json!({})).await;
    document.check("post", "/api/v1/cases", &refused);

    for path in ["/api/v1/bundles", "/api/v1/bundles/job-loss"] {
        let documented = path.replace("job-loss", "{id}");
        document.check("get", &documented, &platform.get(path).await);
    }
    let bundle = crate::bundles::registers_alone();
    let sent = &document.0["paths"]["/api/v1/bundle-cases"]["post"]["requestBody"]["content"];
    document.validate(&sent["application/json"]["schema"], &bundle, "a bundle");
    let filed = platform.post("/api/v1/bundle-cases", Uuid::new_v4(), &bundle).await;
    document.check("post", "/api/v1/bundle-cases", &filed);
    let filed: Value = serde_json::from_str(&filed.body).unwrap();
    let path = format!("/api/v1/bundle-cases/{}", filed["bundle_no"].as_str().unwrap());
    document.check("get", "/api/v1/bundle-cases/{bundle_no}", &platform.get(&path).await);

    let found = platform.get(&format!("/api/v1/cases/{}", case.case_no)).await;
    document.check("get", "/api/v1/cases/{case_no}", &found);
    let found = platform.get("/api/v1/cases?pickup_code=123456782").await;
    document.check("get", "/api/v1/cases", &found);
    let headers = [("content-type", "application/json")];
    let body = json!({ "id_number": "519999195201010013" }).to_string();
    let found = platform.send(Method::POST, "/api/v1/cases/search", &headers, &body).await;
    document.check("post", "/api/v1/cases/search", &found);
    let draft = crate::drafts::begun();
    let path = format!("/api/v1/drafts/{}", Uuid::new_v4());
    let kept = platform.send(Method::PUT, &path, &crate::drafts::HEADERS, &draft.to_string()).await;
    document.check("put", "/api/v1/drafts/{key}", &kept);
    let found = platform.send(Method::POST, "/api/v1/drafts/search", &headers, &body).await;
    document.check("post", "/api/v1/drafts/search", &found);
    let rating = json!({ "case_key": case.case_key, "level": 1, "rated_at": NOW, "channel": "kiosk" });
    let rated = platform.post("/api/v1/ratings", Uuid::new_v4(), &rating).await;
    document.check("post", "/api/v1/ratings", &rated);
    let again = platform.post("/api/v1/ratings", Uuid::new_v4(), &rating).await;
    document.check("post", "/api/v1/ratings", &again);
}

#[tokio::test]
async fn the_document_describes_the_submission_and_would_notice_a_wrong_one() {
    let platform = TestPlatform::new().await;
    let document = Document::of(&platform).await;
    let body = &document.0["paths"]["/api/v1/cases"]["post"]["requestBody"]["content"];
    let schema = &body["application/json"]["schema"];
    document.validate(schema, &enrolment(), "a submission");
    let mut wrong = enrolment();
    wrong["applicant"]["sex"] = json!("x");
    assert!(!document.validator(schema).is_valid(&wrong));
}

/// 零就业家庭认定, about a household.
fn household(family: &Value) -> Value {
    let answers = json!({
        "family": family, "family_income": "0", "phone": "13900000001", "home": "示例市示例区示例路8号"
    });
    let mut filed = submission("zero-employment-family", &answers);
    filed["item_version"] = json!(1);
    filed
}

#[tokio::test]
async fn the_document_and_the_platform_take_a_list_of_people_and_refuse_the_same_shapes() {
    let platform = TestPlatform::new().await;
    let document = Document::of(&platform).await;
    let body = &document.0["paths"]["/api/v1/cases"]["post"]["requestBody"]["content"];
    let validator = document.validator(&body["application/json"]["schema"]);
    let person = json!({ "name": "示例甲", "relation": "spouse", "id_number": "519999199003074022", "work": "unemployed" });
    let taken = household(&json!([person]));
    assert!(validator.is_valid(&taken));
    let filed = platform.post("/api/v1/cases", Uuid::new_v4(), &taken).await;
    assert_eq!(filed.status, 201, "{}", filed.body);
    let mut aged = person.clone();
    aged["work"] = json!(1);
    for shape in [json!(7), json!(null), json!(["示例甲"]), json!([aged]), json!([[person]]), person] {
        let wrong = household(&shape);
        assert!(!validator.is_valid(&wrong), "{shape}");
        let refused = platform.post("/api/v1/cases", Uuid::new_v4(), &wrong).await;
        assert_eq!(refused.status, 422, "{shape}: {}", refused.body);
    }
}
