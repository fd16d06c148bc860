//! 好差评.

use protocol::RatingLevel;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fixture::{NOW, TestPlatform, pension};

const PATH: &str = "/api/v1/ratings";

fn rating(case_key: Uuid, level: u8) -> Value {
    json!({ "case_key": case_key, "level": level, "rated_at": NOW, "channel": "kiosk" })
}

#[tokio::test]
async fn a_rating_is_kept_and_shown_with_its_case() {
    let platform = TestPlatform::new().await;
    let case = platform.file(&pension()).await;
    assert_eq!(case.rating, None);
    let answer = platform.post(PATH, Uuid::new_v4(), &rating(case.case_key, 2)).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    let found = platform.get("/api/v1/cases?pickup_code=123456782").await.cases();
    assert_eq!(found[0].rating, Some(RatingLevel::Satisfied));
}

#[tokio::test]
async fn a_rating_that_is_sent_again_counts_once() {
    let platform = TestPlatform::new().await;
    let case = platform.file(&pension()).await;
    let key = Uuid::new_v4();
    let first = platform.post(PATH, key, &rating(case.case_key, 1)).await;
    let again = platform.post(PATH, key, &rating(case.case_key, 1)).await;
    assert_eq!((first.status, first.body), (again.status, again.body));
    let other = platform.post(PATH, key, &rating(case.case_key, 5)).await;
    other.problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn a_second_rating_of_a_case_is_refused() {
    let platform = TestPlatform::new().await;
    let case = platform.file(&pension()).await;
    platform.post(PATH, Uuid::new_v4(), &rating(case.case_key, 1)).await;
    let second = platform.post(PATH, Uuid::new_v4(), &rating(case.case_key, 5)).await;
    second.problem(409, "already-rated");
    let found = platform.get("/api/v1/cases?pickup_code=123456782").await.cases();
    assert_eq!(found[0].rating, Some(RatingLevel::VerySatisfied));
}

#[tokio::test]
async fn a_rating_waits_for_its_case() {
    let platform = TestPlatform::new().await;
    let (case_key, rating_key) = (Uuid::new_v4(), Uuid::new_v4());
    let early = platform.post(PATH, rating_key, &rating(case_key, 1)).await;
    early.problem(404, "case-not-found");
    platform.post("/api/v1/cases", case_key, &pension()).await.case();
    let answer = platform.post(PATH, rating_key, &rating(case_key, 1)).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
}

#[tokio::test]
async fn a_rating_has_five_levels_and_a_time() {
    let platform = TestPlatform::new().await;
    let case = platform.file(&pension()).await;
    for level in [0, 6] {
        let answer = platform.post(PATH, Uuid::new_v4(), &rating(case.case_key, level)).await;
        assert_eq!(answer.problem(422, "invalid-field").pointer.as_deref(), Some("/level"));
    }
    let mut ahead = rating(case.case_key, 1);
    ahead["rated_at"] = json!("2026-11-25T02:00:00Z");
    let answer = platform.post(PATH, Uuid::new_v4(), &ahead).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    assert!(!answer.body.contains("11-25"), "nobody rates tomorrow: {}", answer.body);
}
