//! Every answer that the client can give, and what the store then holds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use jiff::{SignedDuration, Timestamp};
use kiosk_courier::{Settled, audit_report, expire, is_overdue, settle};
use outbox::{Due, Store, audit::DeviceKey};
use platform_client::{CallError, Delivered};
use protocol::{AuditStanding, Channel, Problem, Rating, RatingLevel};
use ring::{rand::SystemRandom, signature::Ed25519KeyPair};
use uuid::Uuid;

fn at(seconds: i64) -> Timestamp {
    "2026-11-24T02:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

/// A store with one rating in it, which is due.
fn waiting() -> (tempfile::TempDir, Store, Due) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path().join("kiosk.db"), at(0)).unwrap().0;
    let rating = Rating {
        case_key: Uuid::from_u128(1),
        level: RatingLevel::Satisfied,
        rated_at: at(0),
        channel: Channel::Kiosk,
    };
    store.record_rating(&rating, at(0)).unwrap();
    let due = store.next_due(at(0)).unwrap().unwrap();
    (folder, store, due)
}

#[test]
fn a_yes_ends_it() {
    let (_folder, mut store, due) = waiting();
    assert_eq!(
        settle(&mut store, &due, Ok(Delivered::Rating), at(1)),
        Ok(Settled::Delivered(Delivered::Rating))
    );
    assert_eq!((store.waiting_count(), store.next_due(at(99)).unwrap()), (Ok(0), None));
}

#[test]
fn a_refusal_parks_it_with_its_reason() {
    let (_folder, mut store, due) = waiting();
    let problem = Problem::new("case-unknown", 422, "没有这个办件");
    let settled = settle(&mut store, &due, Err(CallError::Refused(problem.clone())), at(1)).unwrap();
    assert_eq!(settled, Settled::Parked(problem.clone()));
    let parked = &store.parked().unwrap()[0];
    assert_eq!((parked.id, &parked.reason, parked.status), (due.id, &problem.kind, Some(422)));
}

#[test]
fn everything_else_is_tried_again() {
    let seven = Some(Duration::from_mins(7));
    let errors = [
        (CallError::Unreachable, "unreachable", true),
        (CallError::TimedOut, "timed-out", true),
        (CallError::Overloaded { retry_after: None }, "overloaded", false),
        (CallError::Overloaded { retry_after: seven }, "overloaded", false),
        (CallError::ServerError(500), "server-error", false),
        (CallError::BadAnswer("示例"), "bad-answer", false),
    ];
    for (error, word, away) in errors {
        let (_folder, mut store, due) = waiting();
        let patient = error == CallError::Overloaded { retry_after: seven };
        let settled = settle(&mut store, &due, Err(error), at(0)).unwrap();
        assert_eq!((&settled, settled.network_is_away()), (&Settled::Later { reason: word }, away));
        let again = store.next_due(at(419)).unwrap();
        assert_eq!(again.map(|due| due.attempt), (!patient).then_some(2), "Retry-After is obeyed");
        assert_eq!(store.next_due(at(430)).unwrap().unwrap().attempt, 2);
    }
}

#[test]
fn neither_clock_alone_gives_up_a_call() {
    let year = SignedDuration::from_hours(24 * 365);
    let (_folder, mut store, _) = waiting();
    assert_eq!(is_overdue(&store, at(0)), Ok(false));
    assert_eq!(is_overdue(&store, at(0) + year), Ok(true));
    assert_eq!(expire(&mut store, at(0) + year, at(0)), Ok(0), "the kiosk's clock jumped");
    assert_eq!(expire(&mut store, at(0), at(0) + year), Ok(0), "the platform's clock is wrong");
    assert_eq!(store.waiting_count(), Ok(1));
    assert_eq!(expire(&mut store, at(0) + year, at(0) + year), Ok(1));
    assert_eq!(is_overdue(&store, at(0) + year), Ok(false));
}

#[test]
fn a_clock_that_was_set_is_told_from_time_that_has_passed() {
    use std::time::Duration;
    let mut watch = kiosk_courier::ClockWatch::default();
    let hour = Duration::from_hours(1);
    let start: jiff::Timestamp = "2026-11-25T02:00:00Z".parse().unwrap();
    assert_eq!(watch.jump(start, hour), None, "the first look knows nothing");
    assert_eq!(watch.jump(start + hour, 2 * hour), None);
    assert_eq!(
        watch.jump(start + hour + Duration::from_mins(1), 2 * hour),
        None,
        "a time server corrects it"
    );
    let ahead = start + 3 * hour + Duration::from_mins(1);
    assert_eq!(watch.jump(ahead, 3 * hour), Some(jiff::SignedDuration::from_hours(1)));
    assert_eq!(watch.jump(ahead + hour, 4 * hour), None, "once");
    assert_eq!(watch.jump(start, 4 * hour), Some(jiff::SignedDuration::from_secs(-(4 * 3600 + 60))));
}

fn device_key() -> DeviceKey {
    let made = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    DeviceKey::from_pkcs8(made.as_ref()).unwrap()
}

/// A store whose log has three entries: that it was made, and two starts of the program.
fn logged() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path().join("kiosk.db"), at(0)).unwrap().0;
    store.record_restart(7, at(1)).unwrap();
    store.record_restart(7, at(2)).unwrap();
    (folder, store)
}

#[test]
fn a_platform_that_knows_nothing_is_told_everything_and_nothing_twice() {
    let (_folder, store) = logged();
    let key = device_key();
    let told = |standing: &AuditStanding| audit_report(&store, standing, &key).unwrap();
    let report = told(&AuditStanding { seq: 0, hash: String::new() }).unwrap();
    let numbers: Vec<u64> = report.entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(
        (numbers, report.previous.as_str()),
        (vec![1, 2, 3], BASE64_STANDARD.encode([0; 32]).as_str())
    );
    let hash = |seq| BASE64_STANDARD.encode(store.audit_log(seq, 1).unwrap()[0].hash);
    let rest = told(&AuditStanding { seq: 1, hash: hash(1) }).unwrap();
    let numbers: Vec<u64> = rest.entries.iter().map(|entry| entry.seq).collect();
    assert_eq!((numbers, rest.previous), (vec![2, 3], hash(1)));
    assert_eq!(told(&AuditStanding { seq: 3, hash: hash(3) }), None);
}

#[test]
fn a_platform_that_knows_another_log_is_told_this_one_from_its_begin() {
    let (_folder, store) = logged();
    let key = device_key();
    for standing in [(2, BASE64_STANDARD.encode([9; 32])), (9, BASE64_STANDARD.encode([9; 32]))] {
        let standing = AuditStanding { seq: standing.0, hash: standing.1 };
        let report = audit_report(&store, &standing, &key).unwrap().unwrap();
        assert_eq!(report.entries[0].seq, 1, "{standing:?}");
    }
}
