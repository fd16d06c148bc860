//! The short mode of `cargo xtask crash`, and that it notices what it is there for.
#![allow(clippy::unwrap_used, reason = "tests")]

use proofs::{
    crash::{Plan, Tally, run},
    kiosk::Sabotage,
};

fn sabotaged(sabotage: Sabotage) -> Tally {
    run(&Plan { points: 75, seed: 11, only: None, sabotage }).unwrap()
}

#[test]
fn two_hundred_deaths_lose_double_and_reorder_nothing() {
    let plan = Plan { points: 200, seed: 20_261_124, only: None, sabotage: Sabotage::None };
    let tally = run(&plan).unwrap();
    assert!(tally.is_good(), "{tally}: {:?}", tally.first);
    let broken = tally.broken;
    assert!(broken.killed > 50 && broken.power > 50 && broken.network > 10, "{tally}");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let plan = |seed| Plan { points: 50, seed, only: None, sabotage: Sabotage::None };
    let first = run(&plan(3)).unwrap();
    assert_eq!(run(&plan(3)).unwrap(), first);
    assert_ne!(run(&plan(4)).unwrap().trace, first.trace);
}

#[test]
fn a_point_that_failed_can_be_looked_at_alone() {
    let all = Plan { points: 75, seed: 11, only: None, sabotage: Sabotage::LyingDisk };
    let (point, why) = run(&all).unwrap().first.unwrap();
    let alone = run(&Plan { only: Some(point), ..all }).unwrap();
    assert_eq!((alone.points, alone.first), (1, Some((point, why))));
}

#[test]
fn a_disk_that_lies_about_syncing_is_noticed() {
    let tally = sabotaged(Sabotage::LyingDisk);
    assert!(tally.lost > 0, "{tally}");
}

#[test]
fn a_call_that_is_crossed_off_before_it_is_sent_is_noticed() {
    let tally = sabotaged(Sabotage::SettledBeforeSent);
    assert!(tally.lost > 0, "{tally}");
}

#[test]
fn a_platform_that_forgets_keys_is_noticed() {
    let tally = sabotaged(Sabotage::ForgetfulPlatform);
    assert!(tally.doubled > 0 && tally.lost == 0, "{tally}");
}

#[test]
fn ratings_that_go_past_the_outbox_are_noticed() {
    let tally = sabotaged(Sabotage::RatingsPastOutbox);
    assert!(tally.reordered > 0, "{tally}");
}
