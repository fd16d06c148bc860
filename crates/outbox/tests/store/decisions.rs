//! What ends otherwise than by delivery.

use kiosk_outbox::{CASE_ENDED, DAMAGED, DeliveryKind, EXPIRED, Limits, Store, StoreError, Tombstone};
use uuid::Uuid;

use crate::support::{Disk, Turned, at, due, intake, rating, record};

const GONE: &str = "urn:community-kiosk:problem:item-version-gone";
const LIFE: i64 = 30 * 24 * 60 * 60;

fn bodies(disk: &Disk) -> u32 {
    disk.sql().query_row("SELECT count(body) FROM outbox", [], |row| row.get(0)).unwrap()
}

fn told(store: &Store) -> Vec<(Uuid, DeliveryKind, bool, String)> {
    let tell = |t: Tombstone| (t.case_key, t.kind, t.closed, t.reason);
    store.tombstones().unwrap().into_iter().map(tell).collect()
}

#[test]
fn a_parked_case_is_replayed_as_it_was_and_its_rating_follows() {
    let disk = Disk::new();
    let mut store = disk.open();
    let id = record(&mut store, 0).id;
    let first = store.next_due(at(0)).unwrap().unwrap();
    let stars = store.record_rating(&rating(first.case_key), at(1)).unwrap();
    store.settle_refused(id, GONE, 422, at(2)).unwrap();
    assert_eq!(store.replay(stars, at(3)), Err(StoreError::NotParked(stars)), "it only waits");
    store.replay(id, at(3)).unwrap();
    assert_eq!(store.replay(id, at(3)), Err(StoreError::NotParked(id)));
    drop(store);
    let mut store = disk.open();
    let again = store.next_due(at(3)).unwrap().unwrap();
    assert_eq!((&again.delivery, again.attempt), (&first.delivery, 1));
    assert_eq!(store.parked(), Ok(vec![]));
    store.settle_delivered(id, at(4)).unwrap();
    assert_eq!(due(&mut store, 4).unwrap().0, stars);
}

#[test]
fn a_closed_case_leaves_a_tombstone_and_takes_its_rating_along() {
    let disk = Disk::new();
    let mut store = disk.open();
    let (case, other) = (record(&mut store, 0), record(&mut store, 0));
    store.record_rating(&rating(case.case_key), at(1)).unwrap();
    assert_eq!(
        store.close(case.id, at(2)),
        Err(StoreError::NotParked(case.id)),
        "what waits cannot be closed"
    );
    store.settle_refused(case.id, GONE, 422, at(2)).unwrap();
    store.close(case.id, at(3)).unwrap();
    assert_eq!(store.close(case.id, at(4)), Err(StoreError::NotParked(case.id)));
    assert_eq!((bodies(&disk), store.waiting_count()), (1, Ok(1)));
    assert_eq!(
        told(&store),
        [
            (case.case_key, DeliveryKind::Case, true, GONE.to_owned()),
            (case.case_key, DeliveryKind::Rating, true, CASE_ENDED.to_owned()),
        ]
    );
    let first = &store.tombstones().unwrap()[0];
    assert_eq!(first.pickup_code.as_deref(), Some(case.pickup_code.as_str()));
    assert_eq!((first.recorded_at, first.ended_at), (at(0), at(3)));
    assert_eq!(due(&mut store, 5).unwrap().0, other.id, "the other goes its way");
}

#[test]
fn a_closed_rating_is_ended_alone() {
    let mut store = Disk::new().open();
    let case = record(&mut store, 0);
    store.settle_delivered(case.id, at(0)).unwrap();
    let parked = store.record_rating(&rating(case.case_key), at(1)).unwrap();
    store.settle_refused(parked, GONE, 422, at(2)).unwrap();
    let later = store.record_rating(&rating(case.case_key), at(3)).unwrap();
    store.close(parked, at(4)).unwrap();
    assert_eq!(due(&mut store, 4).unwrap().0, later);
}

#[test]
fn what_nobody_delivered_in_its_time_leaves_a_tombstone_without_its_body() {
    let disk = Disk::new();
    let mut store = disk.open();
    let (waits, parked, young) = (record(&mut store, 0), record(&mut store, 0), record(&mut store, 2));
    store.record_rating(&rating(waits.case_key), at(9)).unwrap();
    store.settle_refused(parked.id, GONE, 422, at(3)).unwrap();
    assert_eq!(store.next_expiry(), Ok(Some(at(LIFE))));
    assert_eq!(store.expire(at(LIFE - 1)), Ok(0));
    assert_eq!(store.expire(at(LIFE)), Ok(3));
    assert_eq!(bodies(&disk), 1);
    assert_eq!(
        told(&store),
        [
            (waits.case_key, DeliveryKind::Case, false, EXPIRED.to_owned()),
            (parked.case_key, DeliveryKind::Case, false, EXPIRED.to_owned()),
            (waits.case_key, DeliveryKind::Rating, false, CASE_ENDED.to_owned()),
        ]
    );
    assert_eq!(store.replay(parked.id, at(LIFE)), Err(StoreError::NotParked(parked.id)));
    assert_eq!(store.next_expiry(), Ok(Some(at(LIFE + 2))));
    assert_eq!(due(&mut store, LIFE).unwrap().0, young.id);
}

#[test]
fn every_decision_is_in_the_audit_log_and_nothing_personal_is() {
    let disk = Disk::new();
    let mut store = disk.open();
    let (closed, waits) = (record(&mut store, 0), record(&mut store, 0));
    store.record_rating(&rating(closed.case_key), at(0)).unwrap();
    store.settle_refused(closed.id, GONE, 422, at(1)).unwrap();
    store.replay(closed.id, at(2)).unwrap();
    store.settle_refused(closed.id, "示例甲乙丙", 400, at(3)).unwrap();
    assert!(store.close(waits.id, at(4)).is_err());
    store.close(closed.id, at(4)).unwrap();
    store.expire(at(LIFE)).unwrap();
    drop(store);
    let log = disk.open().audit_log(0, 99).unwrap();
    let told: Vec<&str> = log.iter().map(|entry| entry.event.as_str()).collect();
    let parked = "call-parked";
    assert_eq!(told, ["store-created", parked, "call-replayed", parked, "call-closed", "call-expired"]);
    assert_eq!(
        log[1].details,
        format!(r#"{{"case_key":"{}","reason":"item-version-gone","status":422}}"#, closed.case_key)
    );
    assert!(log[3].details.contains(r#""reason":"other""#) && log[4].details.contains(r#""followers":1"#));
    assert_eq!(kiosk_outbox::audit::verify(&log), Ok(()));
}

#[test]
fn a_clock_alone_ends_nothing() {
    let mut store = Disk::new().open();
    let id = record(&mut store, 0).id;
    assert_eq!(due(&mut store, 12 * LIFE).unwrap().0, id, "still sent, until the platform confirms the time");
    assert_eq!(store.tombstones(), Ok(vec![]));
}

#[test]
fn the_life_of_a_call_is_the_one_that_was_configured() {
    let mut store = Disk::new()
        .open()
        .with_limits(Limits { life: std::time::Duration::from_mins(1), ..Limits::default() });
    record(&mut store, 0);
    assert_eq!(store.next_expiry(), Ok(Some(at(60))));
}

#[test]
fn damaged_bytes_are_parked_again_when_replayed() {
    let disk = Disk::new();
    let mut store = disk.open();
    let id = record(&mut store, 0).id;
    disk.sql().execute("UPDATE outbox SET body = zeroblob(length(body))", []).unwrap();
    assert_eq!(due(&mut store, 1), None);
    store.replay(id, at(2)).unwrap();
    assert_eq!(due(&mut store, 2), None);
    assert_eq!(store.parked().unwrap()[0].reason, DAMAGED);
}

/// A clock that was a year behind and is set right: no case of that time is a year old.
#[test]
fn what_waits_keeps_its_age_when_the_clock_is_set() {
    let year = jiff::SignedDuration::from_hours(365 * 24);
    let disk = Disk::new();
    let mut store = disk.open();
    let case = store.record_case(&intake(), &Turned, at(0)).unwrap();
    store.settle_retry(case.id, None, "unreachable", at(0)).unwrap();
    let (next, expiry) = (store.next_due_at().unwrap().unwrap(), store.next_expiry().unwrap().unwrap());
    store.follow_clock(year, at(10) + year).unwrap();
    assert_eq!(store.next_due_at(), Ok(Some(next + year)));
    assert_eq!(store.next_expiry(), Ok(Some(expiry + year)));
    assert_eq!(store.may_take_case(at(11) + year), Ok(()), "and nothing has grown too old");
    assert_eq!(store.expire(at(11) + year), Ok(0));
    store.follow_clock(-year, at(20)).unwrap();
    assert_eq!((store.next_due_at(), store.next_expiry()), (Ok(Some(next)), Ok(Some(expiry))));
    let log = store.audit_log(0, 100).unwrap();
    let told: Vec<_> =
        log.iter().filter(|entry| entry.event == "clock-set").map(|entry| &entry.details).collect();
    assert_eq!(told, [r#"{"ahead":31536000,"back":0}"#, r#"{"ahead":0,"back":31536000}"#]);
    assert_eq!(store.expire(expiry), Ok(1), "its time comes all the same");
}

/// The clock went a year ahead while the machine was off, and is set right while it runs.
#[test]
fn a_clock_that_is_mended_makes_nothing_older_that_was_there_before() {
    let year = jiff::SignedDuration::from_hours(365 * 24);
    let disk = Disk::new();
    let mut store = disk.open();
    store.record_case(&intake(), &Turned, at(0)).unwrap();
    let expiry = store.next_expiry().unwrap().unwrap();
    drop(store);
    let mut store = disk.open();
    let young = store.record_case(&intake(), &Turned, at(60) + year).unwrap();
    store.follow_clock(-year, at(120)).unwrap();
    assert_eq!(store.next_expiry(), Ok(Some(expiry)), "the old one is as old as it was");
    assert_eq!(store.expire(at(200)), Ok(0));
    store.settle_delivered(young.id, at(200)).unwrap();
    // Ahead once more and back: the old one ends where it was.
    store.follow_clock(year, at(300) + year).unwrap();
    store.follow_clock(year, at(300) + year + year).unwrap();
    assert_eq!(store.next_expiry(), Ok(Some(expiry + year)));
    store.follow_clock(-year, at(300) + year).unwrap();
    assert_eq!(store.next_expiry(), Ok(Some(expiry)));
}
