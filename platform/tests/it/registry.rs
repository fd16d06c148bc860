//! What a kiosk fetches before anybody comes.

use axum::http::{Method, StatusCode};
use platform::{Clock, Platform, catalogue::Catalogue};
use protocol::{AppRegistry, ServiceItem};

use crate::{
    database::database,
    fixture::{NOW, TestPlatform, pension},
    office::Office,
};

const PATH: &str = "/api/v1/registry";

#[tokio::test]
async fn the_registry_promises_todays_due_dates_in_china() {
    let platform = TestPlatform::new().await;
    let read = async || serde_json::from_str::<AppRegistry>(&platform.get(PATH).await.body).unwrap();
    let registry = read().await;
    assert_eq!((registry.tiles().len(), registry.items.len()), (8, 37));
    let due = registry.item("resident-pension-enrolment").unwrap().due;
    assert_eq!((due.filed_on, due.due_on), ("2026-11-24".parse().unwrap(), "2026-11-27".parse().unwrap()));
    let due = registry.item("pension-eligibility").unwrap().due;
    assert_eq!((due.due_on, due.provisional), (due.filed_on, false));
    platform.set_clock("2026-11-24T16:00:00Z");
    assert_eq!(read().await.items[0].due.filed_on, "2026-11-25".parse().unwrap());
}

#[tokio::test]
async fn an_unchanged_registry_is_not_sent_twice() {
    let platform = TestPlatform::new().await;
    let first = platform.get(PATH).await;
    let etag = first.headers["etag"].to_str().unwrap().to_owned();
    assert!(etag.starts_with('"') && etag.ends_with('"'), "a strong tag: {etag}");
    let ask = async |tags: &str| platform.send(Method::GET, PATH, &[("if-none-match", tags)], "").await;
    for tags in [etag.clone(), format!("\"other\", {etag}"), format!("W/{etag}"), "*".to_owned()] {
        let answer = ask(&tags).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{tags}");
        assert_eq!(answer.headers["etag"], etag.as_str());
    }
    assert_eq!(ask("\"other\"").await.status, StatusCode::OK);
    platform.set_clock("2026-11-25T02:00:00Z");
    assert_eq!(ask(&etag).await.status, StatusCode::OK, "tomorrow's due dates are others");
}

#[tokio::test]
async fn what_the_registry_says_changes_at_once_with_what_it_leans_on() {
    let office = Office::new().await;
    let (platform, directory) = (&office.platform, office.platform.directory.path());
    let read = async || {
        let answer = platform.get(PATH).await;
        let registry = serde_json::from_str::<AppRegistry>(&answer.body).unwrap();
        (answer.headers["etag"].to_str().unwrap().to_owned(), registry)
    };
    let (first, before) = read().await;
    assert_eq!(read().await, (first.clone(), before.clone()));
    let rotated = Platform::rotate_sealing_key(database(directory), Clock::new(|| NOW.parse().unwrap()));
    let rotated = rotated.await.unwrap();
    let (second, after) = read().await;
    assert_ne!(first, second);
    assert_eq!(after.sealing_key.key_id, rotated.key_id, "another process has rotated it");
    assert_ne!(before.sealing_key, after.sealing_key);

    platform.later("2026-12-30");
    let due = |registry: &AppRegistry| registry.item("resident-pension-enrolment").unwrap().due;
    let (guessed, registry) = read().await;
    assert!(due(&registry).provisional && guessed != second);
    let system = platform.sign_in_again(&office.system).await;
    let year = r#"{"year":2027,"papers":["示例"],"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true},
        {"name":"元旦","date":"2027-01-04","isOffDay":true}]}"#;
    let import = serde_json::json!({ "text": year });
    let import = platform.as_person(&system, Method::POST, "/api/v1/staff/calendars", &import).await;
    assert_eq!(import.status, StatusCode::OK, "{}", import.body);
    let (certain, registry) = read().await;
    assert!(!due(&registry).provisional && certain != guessed);
    assert_eq!(due(&registry).due_on, "2027-01-06".parse().unwrap());
}

#[tokio::test]
async fn the_sealing_key_outlives_a_restart() {
    let platform = TestPlatform::new().await;
    let key = async |platform: &TestPlatform| {
        serde_json::from_str::<AppRegistry>(&platform.get(PATH).await.body).unwrap().sealing_key
    };
    let before = key(&platform).await;
    let platform = platform.restarted(Catalogue::embedded().unwrap()).await;
    assert_eq!(key(&platform).await, before);
}

/// A kiosk takes nothing that would outlive the key, so the end has to hold whatever the platform does next.
#[tokio::test]
async fn a_served_key_opens_until_the_end_that_was_served_with_it_though_it_is_rotated_at_once() {
    let platform = TestPlatform::new().await;
    let served = async || {
        serde_json::from_str::<AppRegistry>(&platform.get(PATH).await.body)
            .unwrap()
            .sealing_key
            .expires_at
            .unwrap()
    };
    let end = served().await;
    assert_eq!(end.to_string(), "2027-05-23T00:00:00Z", "180 days after the day began");
    platform.set_clock("2026-11-24T23:59:59Z");
    assert_eq!(served().await, end, "the registry of a day does not change by it");
    platform.set_clock("2026-11-25T00:00:00Z");
    assert!(served().await > end);
    let clock = platform::Clock::new(|| crate::fixture::NOW.parse().unwrap());
    let rotated =
        platform::Platform::rotate_sealing_key(crate::database::database(platform.directory.path()), clock);
    assert!(rotated.await.unwrap().overlap_ends >= end);
}

#[tokio::test]
async fn items_are_served_whole() {
    let platform = TestPlatform::new().await;
    let items: Vec<ServiceItem> = serde_json::from_str(&platform.get("/api/v1/items").await.body).unwrap();
    assert_eq!(items.len(), 37);
    for item in &items {
        let one = platform.get(&format!("/api/v1/items/{}", item.id)).await;
        assert_eq!(&serde_json::from_str::<ServiceItem>(&one.body).unwrap(), item);
    }
    platform.get("/api/v1/items/nothing").await.problem(404, "item-not-found");
}

#[tokio::test]
async fn the_platform_tells_its_time_and_its_health() {
    let platform = TestPlatform::new().await;
    assert_eq!(platform.get("/api/v1/time").await.body, r#"{"now":"2026-11-24T02:00:00Z"}"#);
    assert_eq!(platform.get("/healthz").await.body, r#"{"status":"ok"}"#);
    platform.file(&pension()).await;
    assert_eq!(platform.get("/healthz").await.status, StatusCode::OK);
}
