//! Every condition is raised by a fact, and cleared by it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use kiosk_health::{Board, Condition, Facts, Limits, Severity, markdown};
use proptest::prelude::*;

fn noon() -> Timestamp {
    "2026-11-25T04:00:00Z".parse().unwrap()
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

#[test]
fn codes_and_names_are_used_once_and_say_something() {
    let codes: HashSet<_> = Condition::ALL.iter().map(|condition| condition.code()).collect();
    let ids: HashSet<_> = Condition::ALL.iter().map(|condition| condition.id()).collect();
    assert_eq!((codes.len(), ids.len()), (Condition::ALL.len(), Condition::ALL.len()));
    assert!(Condition::ALL.len() >= 25);
    for condition in Condition::ALL {
        let code = condition.code().as_bytes();
        assert!(code.len() == 3 && code[0].is_ascii_uppercase() && code[1..].iter().all(u8::is_ascii_digit));
        let said = [condition.cause(), condition.action(), condition.clears()];
        assert!(said.iter().all(|text| text.ends_with('。') && !text.contains('|')), "{condition:?}");
        assert_eq!(Condition::of_code(&condition.code().to_lowercase()), Some(*condition));
    }
    assert_eq!(Condition::of_code("Z99"), None);
}

#[test]
fn a_configuration_is_blamed_for_devices_alone_and_not_for_hands() {
    let blamed: Vec<_> = Condition::ALL.iter().filter(|condition| condition.may_be_configured()).collect();
    assert_eq!(blamed.len(), 19, "{blamed:?}");
    assert!(blamed.iter().all(|condition| condition.code().starts_with(['R', 'P'])));
    for hands in [Condition::PrinterPaperOut, Condition::PrinterCoverOpen, Condition::PrinterPaperNearEnd] {
        assert!(!blamed.contains(&&hands), "{hands:?}");
    }
}

#[test]
fn the_catalogue_is_documented() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/health.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, markdown()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), markdown(), "UPDATE_DOCS=1 writes it anew");
}

/// A fact, the one that comes after it and changes nothing, and the one that ends it.
fn measured(raise: Facts, still: Facts, end: Facts, condition: Condition) {
    let (mut board, limits) = (Board::default(), Limits::default());
    assert!(!board.judge(&Facts::default(), &limits, noon()), "nothing measured says nothing");
    assert!(board.judge(&raise, &limits, noon()), "{condition:?}");
    let standing: Vec<_> = board.standing().collect();
    assert_eq!(standing, [(condition, noon())]);
    assert!(!board.judge(&still, &limits, noon() + hours(0)), "{condition:?} flickers");
    assert!(board.judge(&end, &limits, noon()), "{condition:?} does not end");
    assert_eq!(board, Board::default());
}

#[test]
fn quantities_are_raised_and_cleared_at_different_values() {
    let disk = |mebibytes: u64| Facts { disk_free: Some(mebibytes << 20), ..Facts::default() };
    measured(disk(511), disk(600), disk(769), Condition::DiskNearlyFull);
    let heat = |degrees: i64| Facts { temperature: Some(degrees * 1_000), ..Facts::default() };
    measured(heat(86), heat(82), heat(79), Condition::MachineHot);
    let skew = |seconds| Facts { clock_skew: Some(SignedDuration::from_secs(seconds)), ..Facts::default() };
    measured(skew(-61), skew(40), skew(29), Condition::ClockSkewed);
}

#[test]
fn ages_and_states_are_raised_and_cleared() {
    let none = Facts::default;
    let waits = |since| Facts { oldest_waiting: Some(noon() - hours(since)), ..none() };
    measured(waits(25), waits(26), none(), Condition::QueueOld);
    let catalogue = |since| Facts { catalogue_at: Some(noon() - hours(since)), ..none() };
    measured(catalogue(169), none(), catalogue(0), Condition::CatalogueStale);
    let full = |queue_full| Facts { queue_full, ..none() };
    measured(full(true), full(true), full(false), Condition::QueueFull);
    let parked = |parked| Facts { parked, ..none() };
    measured(parked(1), parked(2), parked(0), Condition::CallsParked);
    let lost = |clock_lost| Facts { clock_lost, ..none() };
    measured(lost(true), lost(true), lost(false), Condition::ClockLost);
    let ends = |hours_left| Facts { certificate_until: Some(noon() + hours(hours_left)), ..none() };
    measured(ends(300), ends(1), ends(2_000), Condition::CertificateExpiring);
    measured(ends(0), ends(-1), ends(2_000), Condition::CertificateExpired);
}

#[test]
fn what_a_device_says_replaces_what_it_said_before() {
    let mut board = Board::default();
    board.set(Condition::PlatformUnreachable, true, noon());
    assert!(board.replace('P', &[Condition::PrinterJam, Condition::PrinterPaperNearEnd], noon()));
    assert!(!board.replace('P', &[Condition::PrinterJam, Condition::PrinterPaperNearEnd], noon() + hours(1)));
    assert!(board.replace('P', &[Condition::PrinterJam], noon() + hours(2)));
    let standing: Vec<_> = board.standing().collect();
    assert_eq!(standing, [(Condition::PrinterJam, noon()), (Condition::PlatformUnreachable, noon())]);
}

#[test]
fn only_what_stops_the_machine_stops_it() {
    for condition in Condition::ALL {
        let mut board = Board::default();
        board.set(*condition, true, noon());
        let stops = condition.severity() == Severity::Stopped;
        assert_eq!(board.stop(), stops.then_some(*condition));
        assert_eq!(board.worst(), Some(condition.severity()));
    }
}

proptest! {
    /// Whatever was told in whatever order, the board is what was said of each condition last.
    #[test]
    fn the_last_word_counts(told in proptest::collection::vec((0..Condition::ALL.len(), any::<bool>()), 0..60)) {
        let (mut board, mut last) = (Board::default(), std::collections::BTreeMap::new());
        for (which, stands) in told {
            let news = board.set(Condition::ALL[which], stands, noon());
            prop_assert_eq!(news, last.insert(which, stands).unwrap_or(false) != stands);
        }
        let stand: Vec<_> = last.iter().filter(|(_, stands)| **stands).map(|(which, _)| Condition::ALL[*which]).collect();
        prop_assert_eq!(board.standing().map(|(condition, _)| condition).collect::<Vec<_>>(), stand);
    }
}
