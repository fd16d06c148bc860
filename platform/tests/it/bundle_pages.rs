//! 一件事 on the residents' pages, and a form that goes on at another screen.

use axum::http::StatusCode;
use protocol::{Bundle, BundleCase, Channel};
use uuid::Uuid;

use crate::{
    bundles::job_loss,
    database,
    fixture::TestPlatform,
    web::{Browser, agree, fill_in, platform},
};

async fn bundles(platform: &TestPlatform) -> Vec<Bundle> {
    serde_json::from_str(&platform.get("/api/v1/bundles").await.body).unwrap()
}

async fn begin(browser: &mut Browser<'_>, id: &str) {
    agree(browser, &format!("/bundles/{id}/apply")).await;
}

#[tokio::test]
async fn every_bundle_is_filled_in_on_pages_and_becomes_its_cases() {
    let platform = platform().await;
    let mut browser = Browser::new(&platform);
    browser.sign_in().await;
    let bundles = bundles(&platform).await;
    browser.get("/bundles").await;
    for bundle in &bundles {
        assert!(browser.page.contains(&format!("href=\"/bundles/{}\"", bundle.id)), "{}", bundle.id);
    }
    let mut filed = 0;
    for bundle in &bundles {
        browser.get(&format!("/bundles/{}", bundle.id)).await;
        assert!(bundle.items.iter().all(|item| browser.page.contains(&item.item.name.simplified)));
        assert_eq!(browser.page.matches("居民身份证").count(), 1, "each paper once");
        // The first answer to every choice calls for the most.
        for way in 0..2 {
            begin(&mut browser, &bundle.id).await;
            fill_in(&mut browser, (&bundle.id, &bundle.fields), way).await;
            assert!(browser.page.contains("个办件"), "what it becomes is said before");
            let check = browser.path.clone();
            browser.post(&check, &[]).await;
            assert!(browser.page.contains("提交成功"), "{}: {}", bundle.id, browser.page);
            let number =
                browser.path.strip_prefix("/my/bundles/").unwrap().trim_end_matches("?new=1").to_owned();
            let told = platform.get(&format!("/api/v1/bundle-cases/{number}")).await;
            let told: BundleCase = serde_json::from_str(&told.body).unwrap();
            assert!(told.cases.iter().all(|case| case.channel == Channel::Pc));
            for case in &told.cases {
                assert!(browser.page.contains(&format!("href=\"/my/{}\"", case.case_no)));
            }
            filed += told.cases.len();
        }
    }
    browser.get("/my").await;
    assert_eq!(browser.page.matches("href=\"/my/bundles/").count(), 2 * bundles.len());
    assert!(!browser.page.contains("没填完的"), "a draft goes when it is filed");
    assert!(filed > 2 * bundles.len(), "{filed}");
}

#[tokio::test]
async fn a_button_that_is_pressed_again_leads_to_the_same_number() {
    let platform = platform().await;
    let mut browser = Browser::new(&platform);
    browser.sign_in().await;
    let bundles = bundles(&platform).await;
    let bundle = bundles.iter().find(|bundle| bundle.id == "card-lost").unwrap();
    begin(&mut browser, "card-lost").await;
    fill_in(&mut browser, ("card-lost", &bundle.fields), 0).await;
    let check = browser.path.clone();
    let token = browser.token();
    browser.post(&check, &[]).await;
    let first = browser.path.trim_end_matches("?new=1").to_owned();
    browser.request(axum::http::Method::POST, &check, format!("token={token}")).await;
    assert_eq!(browser.headers["location"].to_str().unwrap(), first);
    assert_eq!(database::number(platform.directory.path(), "SELECT count(*) FROM cases"), 2);
    // From one of its cases there is a way to all of them.
    browser.get(&first).await;
    let case = browser.page.split("href=\"/my/1").nth(1).unwrap().split('"').next().unwrap().to_owned();
    browser.get(&format!("/my/1{case}")).await;
    assert!(browser.page.contains(&format!("href=\"{first}\"")), "{}", browser.page);
    // And by its number, for who holds the receipt.
    let number = first.rsplit('/').next().unwrap();
    let mut anybody = Browser::new(&platform);
    anybody.get("/progress").await;
    anybody.post("/progress", &[("number", number), ("last", "0013")]).await;
    assert_eq!(anybody.page.matches("class=\"case\"").count(), 2, "{}", anybody.page);
    anybody.get("/progress").await;
    anybody.post("/progress", &[("number", number), ("last", "0014")]).await;
    assert!(anybody.page.contains("没有查到"));
}

#[tokio::test]
async fn nobody_else_sees_it_and_nobody_without_signing_in() {
    let platform = platform().await;
    let filed = platform.post("/api/v1/bundle-cases", Uuid::new_v4(), &job_loss()).await;
    let filed: BundleCase = serde_json::from_str(&filed.body).unwrap();
    let path = format!("/my/bundles/{}", filed.bundle_no);
    let (mut own, mut other, mut anybody) =
        (Browser::new(&platform), Browser::new(&platform), Browser::new(&platform));
    own.sign_in().await;
    other.sign_in_as("示例", "519999199003074022", "13900000002").await;
    own.get(&path).await;
    assert!(own.page.contains("失业帮扶一件事") && own.page.contains("办完 1/3"), "{}", own.page);
    assert!(!own.page.contains("欧阳示例"));
    other.get(&path).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    other.get("/my").await;
    assert!(!other.page.contains("/my/bundles/"));
    anybody.get(&path).await;
    assert!(anybody.path.starts_with("/sign-in"), "{}", anybody.path);
    own.get("/my/bundles/%00").await;
    assert_eq!(own.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_form_begun_on_one_screen_goes_on_on_another_and_only_for_its_owner() {
    let platform = platform().await;
    let (mut computer, mut phone, mut other) =
        (Browser::new(&platform), Browser::new(&platform), Browser::new(&platform));
    computer.sign_in().await;
    begin(&mut computer, "card-lost").await;
    let first = computer.path.clone();
    computer.post(&first, &[("f.phone", "139 0000 0001")]).await;
    assert_ne!(computer.path, first);
    let here = computer.path.clone();
    platform.set_clock("2026-11-24T02:02:00Z");
    phone.sign_in().await;
    assert!(phone.page.contains("没填完的") && phone.page.contains("社保卡丢失一件事"), "{}", phone.page);
    let check = format!("{}check", first.trim_end_matches('1'));
    phone.get(&check).await;
    assert_eq!(phone.path, here, "where the computer was left");
    phone.get(&first).await;
    assert!(phone.page.contains("value=\"13900000001\""), "{}", phone.page);
    other.sign_in_as("示例", "519999199003074022", "13900000002").await;
    for path in [&first, &here, &check] {
        other.get(path).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND, "{path}");
    }
    let discard = format!("{}discard", first.trim_end_matches('1'));
    other.get("/my").await;
    other.post(&discard, &[]).await;
    phone.get(&first).await;
    assert_eq!(phone.status, StatusCode::OK, "nobody else discards it");
    phone.get("/my").await;
    phone.post(&discard, &[]).await;
    computer.get(&first).await;
    assert_eq!(computer.status, StatusCode::NOT_FOUND, "gone on every screen");
    assert_eq!(database::number(platform.directory.path(), "SELECT count(*) FROM draft"), 0);
}

#[tokio::test]
async fn a_form_that_nobody_goes_on_with_is_deleted_after_thirty_days() {
    let platform = platform().await;
    let mut browser = Browser::new(&platform);
    browser.sign_in().await;
    begin(&mut browser, "card-lost").await;
    agree(&mut browser, "/apply/pension-eligibility").await;
    let left = || database::number(platform.directory.path(), "SELECT count(*) FROM draft");
    platform.set_clock("2026-12-24T01:59:00Z");
    platform.platform.run_jobs().await.unwrap();
    assert_eq!(left(), 2);
    platform.set_clock("2026-12-24T02:00:01Z");
    platform.platform.run_jobs().await.unwrap();
    assert_eq!(left(), 0, "without anybody coming by");
}

#[tokio::test]
async fn a_search_finds_what_can_be_done_at_once() {
    let platform = platform().await;
    let mut browser = Browser::new(&platform);
    browser.get("/search?q=%E9%80%80%E4%BC%91").await;
    assert!(browser.page.contains("href=\"/bundles/retirement\""), "{}", browser.page);
    browser.get("/").await;
    assert!(browser.page.contains("href=\"/bundles\""));
    browser.get("/bundles/x").await;
    assert_eq!(browser.status, StatusCode::NOT_FOUND);
}
