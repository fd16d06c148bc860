//! Lists in pages, and answers that need not be sent again.

use std::collections::BTreeSet;

use axum::http::{Method, header};
use protocol::{Case, ServiceItem};
use serde_json::json;
use uuid::Uuid;

use crate::fixture::{Answer, NOW, TestPlatform, pension};

fn next(answer: &Answer) -> Option<String> {
    let link = answer.headers.get(header::LINK)?.to_str().unwrap();
    Some(link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned())
}

#[tokio::test]
async fn a_list_is_walked_through_page_by_page_and_shows_each_entry_once() {
    let platform = TestPlatform::new().await;
    let mut filed = BTreeSet::new();
    for _ in 0..7 {
        filed.insert(platform.file(&pension()).await.case_no);
    }
    let mut path = "/api/v1/cases?pickup_code=123456782&limit=3".to_owned();
    let mut seen = Vec::new();
    for expected in [3, 3, 1] {
        let page = platform.get(&path).await;
        assert_eq!(page.cases().len(), expected);
        seen.extend(page.cases().into_iter().map(|case| case.case_no));
        // Who files meanwhile does not move the pages.
        platform.file(&pension()).await;
        path = next(&page).unwrap_or_default();
    }
    assert_eq!(path, "", "behind the last page there is none");
    assert_eq!((seen.len(), seen.iter().cloned().collect()), (7, filed));

    let body = json!({ "id_number": "519999195201010013" }).to_string();
    let json = [("content-type", "application/json")];
    let page = platform.send(Method::POST, "/api/v1/cases/search?limit=9", &json, &body).await;
    let rest = platform.send(Method::POST, &next(&page).unwrap(), &json, &body).await;
    assert_eq!((page.cases().len(), rest.cases().len()), (9, 1));

    let mut path = "/api/v1/items?limit=20".to_owned();
    let mut items = Vec::new();
    while !path.is_empty() {
        let page = platform.get(&path).await;
        items.extend(serde_json::from_str::<Vec<ServiceItem>>(&page.body).unwrap());
        path = next(&page).unwrap_or_default();
    }
    assert_eq!(items.len(), 37);
}

#[tokio::test]
async fn a_page_that_cannot_be_is_refused() {
    let platform = TestPlatform::new().await;
    for (query, name) in [
        ("limit=0", "limit-malformed"),
        ("limit=101", "limit-malformed"),
        ("limit=x", "limit-malformed"),
        ("cursor=x", "cursor-malformed"),
    ] {
        platform.get(&format!("/api/v1/items?{query}")).await.problem(400, name);
        platform.get(&format!("/api/v1/cases?pickup_code=123456782&{query}")).await.problem(400, name);
    }
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let platform = TestPlatform::new().await;
    let case = platform.file(&pension()).await;
    for path in ["/api/v1/items/pension-eligibility", &format!("/api/v1/cases/{}", case.case_no)] {
        let first = platform.get(path).await;
        let tag = first.headers[header::ETAG].to_str().unwrap().to_owned();
        let again = platform.send(Method::GET, path, &[("if-none-match", &tag)], "").await;
        assert_eq!((again.status.as_u16(), again.body.as_str()), (304, ""));
        let weak = format!("\"x\", W/{tag}");
        let again = platform.send(Method::GET, path, &[("if-none-match", &weak)], "").await;
        assert_eq!(again.status.as_u16(), 304);
        let other = platform.send(Method::GET, path, &[("if-none-match", "\"x\"")], "").await;
        assert_eq!((other.status.as_u16(), other.body), (200, first.body));
    }
    let missing = platform.get("/api/v1/items/x").await;
    assert!(!missing.headers.contains_key(header::ETAG), "a refusal has no tag");
}

#[tokio::test]
async fn what_has_changed_is_sent_at_once_whoever_had_the_old_one() {
    let platform = TestPlatform::new().await;
    let case = platform.file(&pension()).await;
    let path = format!("/api/v1/cases/{}", case.case_no);
    let first = platform.get(&path).await;
    let known = [("if-none-match", first.headers[header::ETAG].to_str().unwrap())];
    assert_eq!(platform.send(Method::GET, &path, &known, "").await.status, 304);
    let rating = json!({ "case_key": case.case_key, "level": 4, "rated_at": NOW, "channel": "kiosk" });
    assert_eq!(platform.post("/api/v1/ratings", Uuid::new_v4(), &rating).await.status, 201);
    let changed = platform.send(Method::GET, &path, &known, "").await;
    let told: Case = serde_json::from_str(&changed.body).unwrap();
    assert_eq!((changed.status.as_u16(), told.rating.map(u8::from)), (200, Some(4)));
    assert_ne!(changed.headers[header::ETAG], first.headers[header::ETAG]);
}
