//! Nothing is taken that could not be kept.

use std::time::Duration;

use kiosk_outbox::{Full, Limits, Store};

use crate::support::{Disk, at, record};

fn with(limits: Limits) -> Store {
    Disk::new().open().with_limits(limits)
}

#[test]
fn the_limits_unless_told_otherwise() {
    let Limits { count, bytes, age } = Limits::default();
    assert_eq!((count, bytes, age), (10_000, 64 * 1024 * 1024, Duration::from_hours(20 * 24)));
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
