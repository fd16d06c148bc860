//! The pictures of a case, as staff look at them: behind a purpose, beside the answers, and written down.

use std::collections::BTreeSet;

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    fixture::{TERMINAL, TestPlatform},
    materials::{page, photograph, with_place},
    office::{HERE, Office, Person, relief},
};

async fn fetch(
    platform: &TestPlatform,
    person: Option<&Person>,
    path: &str,
) -> (StatusCode, HeaderMap, Vec<u8>) {
    let cookie = person.map_or("", |person| person.cookie.as_str());
    let request = Request::builder().uri(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
    let (parts, body) = platform.router().oneshot(request).await.unwrap().into_parts();
    (parts.status, parts.headers, to_bytes(body, usize::MAX).await.unwrap().to_vec())
}

/// The addresses of pictures and files on a page.
fn addresses(page: &str) -> BTreeSet<String> {
    let quoted =
        page.split('"').filter(|text| text.starts_with("/console/cases/") && text.contains("/materials/"));
    quoted.map(str::to_owned).collect()
}

async fn reveal(platform: &TestPlatform, person: &Person, case_no: &str) -> String {
    let path = format!("/console/cases/{case_no}/reveal");
    platform.form(person, &path, &[("purpose", "核对申请材料")]).await.body
}

#[tokio::test]
async fn pictures_are_seen_behind_a_purpose_and_every_look_is_written_down() {
    let office = Office::new().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let case = platform.file(&relief(HERE, TERMINAL)).await;
    let here = format!("/console/cases/{}", case.case_no);
    let empty = platform.page(Some(&clerk), &here).await.body;
    assert_eq!(empty.matches("还没有图片").count(), 1, "{empty}");

    let clean = photograph(1);
    platform.add_page(&page(case.case_key, (1, 3), &photograph(5))).await;
    platform.add_page(&page(case.case_key, (1, 3), &with_place(&clean))).await;
    let mut document = page(case.case_key, (2, 3), b"%PDF-1.7\nx\n%%EOF\n");
    document["media_type"] = json!("application/pdf");
    platform.add_page(&document).await;
    let masked = platform.page(Some(&clerk), &here).await.body;
    for words in ["图片 2 页", "另有 1 页还没有传到", "被替换 1 页", "先在“查看个人信息”里写明目的"]
    {
        assert!(masked.contains(words), "{words}: {masked}");
    }
    assert!(!masked.contains("<img") && addresses(&masked).is_empty() && !masked.contains("还没有图片"));

    let pages = platform.seen(&clerk, &case.case_no).await.unwrap()["materials"][3]["pages"].clone();
    let key = |at: usize| pages[at]["page_key"].as_str().unwrap().to_owned();
    let address = |at: usize| format!("{here}/materials/{}", key(at));
    // Nobody has said what for.
    assert_eq!(fetch(platform, Some(&clerk), &address(1)).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(fetch(platform, None, &address(1)).await.0, StatusCode::SEE_OTHER);

    let shown = reveal(platform, &clerk, &case.case_no).await;
    assert_eq!(addresses(&shown), (0..3).map(address).collect());
    assert!(shown.contains(&format!("<img src=\"{}\"", address(1))), "{shown}");
    assert!(!shown.contains(&format!("<img src=\"{}\"", address(0))), "it was replaced");
    assert!(shown.contains("519999195201010013"), "the answers stand beside it");

    let (status, headers, file) = fetch(platform, Some(&clerk), &address(1)).await;
    assert_eq!((status, &file), (StatusCode::OK, &clean));
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; sandbox;"), "{policy}");
    for (name, value) in [
        ("content-type", "image/jpeg"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(headers[name], value);
    }
    let (_, headers, _) = fetch(platform, Some(&clerk), &address(2)).await;
    assert_eq!(headers["content-type"], "application/pdf");
    assert!(headers["content-disposition"].to_str().unwrap().starts_with("attachment; "));

    let told = platform.read(&office.auditor, "/api/v1/staff/audit").await;
    let rows = told["rows"].as_array().unwrap();
    let subject = |number: u8| format!("{} 4-{number}", case.case_no);
    for (row, number) in rows.iter().zip([2, 1]) {
        let of = |name: &str| row[name].as_str().unwrap().to_owned();
        let expected = ["view-material", &subject(number), "核对申请材料", &clerk.login];
        assert_eq!(["action", "subject", "purpose", "login"].map(of), expected);
    }
    assert_eq!(rows[2]["action"], "reveal-applicant", "what was refused is no look");
}

#[tokio::test]
async fn a_purpose_is_one_person_s_for_one_case_and_for_a_while() {
    let office = Office::new().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let worker = office.person("community_worker", "demo-community").await;
    let supervisor = office.person("supervisor", "demo-subdistrict").await;
    let stranger = office.person("clerk", "demo-far-subdistrict").await;
    let mut addresses = Vec::new();
    for seed in [1, 2] {
        let case = platform.file(&relief(HERE, TERMINAL)).await;
        platform.add_page(&page(case.case_key, (1, 1), &photograph(seed))).await;
        let seen: Value = platform.seen(&clerk, &case.case_no).await.unwrap();
        let key = seen["materials"][3]["pages"][0]["page_key"].as_str().unwrap().to_owned();
        addresses.push((case.case_no.clone(), key));
    }
    let address = |case: usize, page: usize| {
        format!("/console/cases/{}/materials/{}", addresses[case].0, addresses[page].1)
    };
    reveal(platform, &clerk, &addresses[0].0).await;
    let status = async |person: &Person, path: String| fetch(platform, Some(person), &path).await.0.as_u16();
    assert_eq!(status(&clerk, address(0, 0)).await, 200);
    assert_eq!(status(&clerk, address(1, 1)).await, 422, "of the other case nobody said anything");
    assert_eq!(status(&clerk, address(0, 1)).await, 404, "a page of the other case");
    assert_eq!(status(&clerk, format!("/console/cases/{}/materials/x", addresses[0].0)).await, 404);
    assert_eq!(status(&worker, address(0, 0)).await, 422, "somebody else's purpose");
    assert_eq!(status(&supervisor, address(0, 0)).await, 403);
    assert_eq!(status(&stranger, address(0, 0)).await, 404);
    for now in ["2026-11-24T02:14:00Z", "2026-11-24T02:28:00Z", "2026-11-24T02:29:59Z"] {
        platform.set_clock(now);
        assert_eq!(status(&clerk, address(0, 0)).await, 200, "{now}");
    }
    platform.set_clock("2026-11-24T02:30:00Z");
    assert_eq!(status(&clerk, address(0, 0)).await, 422, "it was said a while ago");
}
