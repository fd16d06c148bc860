//! Starting on a database: new, old, strange.

use platform::{Clock, Platform, StartError, catalogue::Catalogue};
use serde_json::json;

use crate::{
    database::{database, number, tamper},
    fixture::{TestPlatform, enrolment},
};

pub(crate) const REGISTRY: &str = include_str!("../../../assets/catalogue/registry.toml");
const PENSION: &str = include_str!("../../../assets/catalogue/items/pension-eligibility.toml");
const UNEMPLOYMENT: &str = include_str!("../../../assets/catalogue/items/unemployment-registration.toml");
const HEALTH: &str = include_str!("../../../assets/catalogue/items/resident-health-enrolment.toml");
const RELIEF: &str = include_str!("../../../assets/catalogue/items/temporary-relief.toml");
pub(crate) const ENROLMENT: &str =
    include_str!("../../../assets/catalogue/items/resident-pension-enrolment.toml");

/// A program that brings five items, and no bundle.
pub(crate) fn catalogue(registry: &str, enrolment: &str) -> Catalogue {
    let items = [("p", PENSION), ("u", UNEMPLOYMENT), ("e", enrolment), ("h", HEALTH), ("r", RELIEF)];
    Catalogue::parse(("registry.toml", registry), &items).unwrap()
}

#[tokio::test]
async fn a_case_is_filed_under_the_version_that_its_applicant_saw() {
    let platform = TestPlatform::with(catalogue(REGISTRY, ENROLMENT)).await;
    let old = platform.file(&enrolment()).await;
    let second = ENROLMENT
        .replace("version = 2", "version = 3")
        .replace("\"城乡居民基本养老保险参保登记\"", "\"城乡居民养老参保\"")
        .replace("promised = { n = 3", "promised = { n = 1");
    let platform = platform.restarted(catalogue(REGISTRY, &second)).await;

    let late = platform.file(&enrolment()).await;
    assert_eq!((late.item.version, late.item.name.simplified.as_str()), (2, "城乡居民基本养老保险参保登记"));
    assert_eq!(late.due_on, old.due_on);
    let mut new = enrolment();
    new["item_version"] = json!(3);
    let new = platform.file(&new).await;
    assert_eq!((new.item.version, new.item.name.simplified.as_str()), (3, "城乡居民养老参保"));
    assert_eq!(new.due_on, Some("2026-11-25".parse().unwrap()));
    assert!(new.case_no.ends_with("0003"), "one row of numbers for all versions");
    let served = platform.get("/api/v1/items/resident-pension-enrolment").await.body;
    assert!(served.contains("\"version\":3"), "the newest one is offered");
}

#[tokio::test]
async fn the_words_of_a_published_version_cannot_change() {
    let platform = TestPlatform::with(catalogue(REGISTRY, ENROLMENT)).await;
    let place = || database(platform.directory.path());
    let start = async |catalogue| Platform::open(place(), catalogue, Clock::system()).await.err();
    let changed = ENROLMENT.replace("每年 200 元", "每年 250 元");
    let refused =
        StartError::Republished { what: "the item `resident-pension-enrolment`".into(), version: 2 };
    assert_eq!(start(catalogue(REGISTRY, &changed)).await, Some(refused));
    let changed = REGISTRY.replace("不同意也可以", "不同意也行");
    let refused = StartError::Republished { what: "the consent notice".into(), version: 1 };
    assert_eq!(start(catalogue(&changed, ENROLMENT)).await, Some(refused));
    assert_eq!(start(catalogue(REGISTRY, ENROLMENT)).await, None);
}

#[tokio::test]
async fn a_program_that_does_not_start_leaves_nothing_behind() {
    let before = REGISTRY.replace("不同意也可以", "不同意也行");
    let platform = TestPlatform::with(catalogue(&before, ENROLMENT)).await;
    let place = database(platform.directory.path());
    let refused = Platform::open(place, Catalogue::embedded().unwrap(), Clock::system()).await.err();
    assert!(matches!(refused, Some(StartError::Republished { .. })), "{refused:?}");
    let count = |table| number(platform.directory.path(), &format!("SELECT count(*) FROM {table}"));
    assert_eq!((count("bundle"), count("item")), (0, 5));
}

#[tokio::test]
async fn a_provisional_due_date_is_reckoned_again_at_the_next_start() {
    let platform = TestPlatform::new().await;
    let case = platform.file(&enrolment()).await;
    // As an older program would have left it, which did not have this year's calendar.
    tamper(platform.directory.path(), "UPDATE cases SET due_on = '2026-12-09', due_provisional = (1 = 1)");
    let platform = platform.restarted(Catalogue::embedded().unwrap()).await;
    let mut found = platform.get("/api/v1/cases?pickup_code=123456782").await.cases().remove(0);
    let moved = found.told.due_changes.remove(0);
    assert_eq!(
        (moved.was_on, moved.due_on),
        (Some("2026-12-09".parse().unwrap()), case.due_on),
        "and it is told"
    );
    assert_eq!(found, case);
}
