//! Nothing is taken that could not be kept.

use std::time::Duration;

use jiff::SignedDuration;
use kiosk_outbox::{Full, Limits, LimitsError, Store};
use protocol::IDEMPOTENCY_KEY_LIFE;

use crate::support::{Disk, at, record};

fn with(limits: Limits) -> Store {
    Disk::new().open().with_limits(limits)
}

#[test]
fn the_limits_unless_told_otherwise() {
    let Limits { count, bytes, age, life } = Limits::default();
    assert_eq!((count, bytes), (10_000, 512 * 1024 * 1024));
    assert_eq!((age, life), (Duration::from_hours(20 * 24), Duration::from_hours(30 * 24)));
    assert_eq!(Limits::default().check(), Ok(()));
}

#[test]
fn limits_that_lose_or_double_a_case_are_refused() {
    let usual = Limits::default();
    let second = Duration::from_secs(1);
    assert_eq!(Limits { life: usual.age, ..usual }.check(), Err(LimitsError::LifeWithinAge));
    assert_eq!(Limits { life: usual.age + second, ..usual }.check(), Ok(()));
    assert_eq!(Limits { life: IDEMPOTENCY_KEY_LIFE, ..usual }.check(), Err(LimitsError::KeyWithinLife));
    assert_eq!(Limits { life: IDEMPOTENCY_KEY_LIFE.checked_sub(second).unwrap(), ..usual }.check(), Ok(()));
    let nothing =
        [Limits { count: 0, ..usual }, Limits { bytes: 0, ..usual }, Limits { age: Duration::ZERO, ..usual }];
    assert!(nothing.iter().all(|limits| limits.check() == Err(LimitsError::Nothing)));
}

#[test]
fn too_many_wait() {
    let mut store = with(Limits { count: 2, ..Limits::default() });
    let first = record(&mut store, 0);
    assert_eq!(store.may_take_case(at(0)), Ok(()));
    record(&mut store, 0);
    assert_eq!(store.may_take_case(at(0)), Err(Full::Count));
    store.settle_refused(first.id, "gone", 410, at(1)).unwrap();
    assert_eq!(store.may_take_case(at(1)), Err(Full::Count), "a parked case takes its place too");
    let second = store.next_due(at(1)).unwrap().unwrap();
    store.settle_delivered(second.id, at(1)).unwrap();
    assert_eq!(store.may_take_case(at(1)), Ok(()));
}

#[test]
fn too_much_waits() {
    let mut store = with(Limits { bytes: 100, ..Limits::default() });
    assert_eq!(store.may_take_case(at(0)), Ok(()));
    let id = record(&mut store, 0).id;
    assert_eq!(store.may_take_case(at(0)), Err(Full::Bytes));
    store.settle_delivered(id, at(0)).unwrap();
    assert_eq!(store.may_take_case(at(0)), Ok(()));
}

#[test]
fn the_key_would_end_before_the_call() {
    let mut store =
        with(Limits { life: Duration::from_mins(10), age: Duration::from_mins(1), ..Limits::default() });
    assert_eq!(store.may_take_case(at(0)), Ok(()), "of a key whose end is not told nothing is known");
    store.set_key_end(Some(at(700)));
    assert_eq!(store.may_take_case(at(100)), Ok(()));
    assert_eq!(store.may_take_case(at(101)), Err(Full::Key));
    store.follow_clock(SignedDuration::from_hours(1), at(3_701)).unwrap();
    assert_eq!(store.may_take_case(at(3_700)), Ok(()), "a clock that is set makes no key older");
    assert_eq!(store.may_take_case(at(3_701)), Err(Full::Key));
}

#[test]
fn a_life_is_as_long_as_was_set() {
    let life = Duration::from_hours(7 * 24);
    assert_eq!(with(Limits { life, ..Limits::default() }).life(), life);
}

#[test]
fn the_oldest_has_waited_too_long() {
    let mut store = with(Limits { age: Duration::from_mins(1), ..Limits::default() });
    let old = record(&mut store, 0);
    assert_eq!(store.may_take_case(at(59)), Ok(()));
    assert_eq!(store.may_take_case(at(60)), Err(Full::Age));
    assert_eq!(store.may_take_case(at(-9_999)), Ok(()), "a clock set back makes nothing old");
    assert_eq!(store.next_due(at(9_999)).unwrap().unwrap().id, old.id, "and it is still sent");
    store.settle_delivered(old.id, at(60)).unwrap();
    assert_eq!(store.may_take_case(at(60)), Ok(()));
}
