//! The short mode of `cargo xtask simulate`, and that it notices what it is there for.
#![allow(clippy::unwrap_used, reason = "tests")]

use proofs::simulate::{Plan, Sabotage, Tally, run};

fn simulated(seed: u64, sabotage: Sabotage) -> Tally {
    run(&Plan { kiosks: 3, days: 3, seed, sabotage }).unwrap()
}

#[test]
fn three_days_of_three_kiosks_break_nothing() {
    let tally = simulated(20_261_125, Sabotage::None);
    assert!(tally.is_good(), "{tally}\n{}", tally.wrong.clone().unwrap_or_default());
    assert!(tally.visits > 250 && tally.filed > 100, "{tally}");
    assert!(tally.faults.iter().take(3).all(|faults| *faults > 0), "{tally}");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let first = simulated(3, Sabotage::None);
    assert_eq!(simulated(3, Sabotage::None), first);
    assert_ne!(simulated(4, Sabotage::None).steps, first.steps);
}

#[test]
fn a_kiosk_that_forgets_at_a_power_cut_is_noticed() {
    let tally = simulated(5, Sabotage::ForgetsAtPowerCut);
    assert!(tally.lost > 0, "{tally}");
}

#[test]
fn a_call_that_is_crossed_off_before_it_is_sent_is_noticed() {
    let tally = simulated(5, Sabotage::SettledBeforeSent);
    assert!(tally.lost > 0, "{tally}");
}

#[test]
fn a_receipt_that_comes_out_twice_is_noticed() {
    let tally = simulated(5, Sabotage::PrintsTwice);
    assert!(tally.wrong.clone().unwrap_or_default().contains("twice"), "{tally}");
}
