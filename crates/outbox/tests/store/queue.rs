//! Order, waiting, parking.

use std::time::Duration;

use jiff::SignedDuration;
use kiosk_outbox::{
    Belongs, DAMAGED, DeliveryKind, FIRST_WAIT, LONGEST_RETRY_AFTER, LONGEST_WAIT, SealFault, SealedBody,
    Sealer, StoreError,
};
use protocol::{BundleSubmission, CaseSubmission};
use uuid::Uuid;

use crate::support::{Disk, NAME, Turned, at, bundle, due, intake, rating, record, turned_back};

const UNREACHABLE: &str = "unreachable";

#[test]
fn a_case_is_sent_with_the_bytes_key_and_terminal_it_was_recorded_with() {
    let disk = Disk::new();
    let recorded = record(&mut disk.open(), 0);
    let sent = disk.open().next_due(at(0)).unwrap().unwrap();
    assert_eq!((sent.id, sent.attempt, sent.kind), (recorded.id, 1, DeliveryKind::Case));
    assert_eq!((sent.case_key, sent.idempotency_key), (recorded.case_key, recorded.case_key));
    assert_eq!(sent.terminal_id.as_deref(), Some("kiosk-1"));
    assert_eq!((sent.kind.path(), sent.media_type.as_str()), ("/api/v1/cases", "application/x-turned"));
    let plain: Vec<u8> = sent.body.iter().map(|byte| byte ^ 0x5A).collect();
    let case: CaseSubmission = serde_json::from_slice(&plain).unwrap();
    assert_eq!(case.pickup_code, recorded.pickup_code);
    assert_eq!((case.applicant.name.as_str(), case.terminal_id.as_deref()), (NAME, Some("kiosk-1")));
    assert_eq!((case.received_at, &case.fields), (at(0), &intake().fields));
}

#[test]
fn a_bundle_is_one_call_with_all_that_was_answered() {
    let disk = Disk::new();
    let recorded = disk.open().record_case(&bundle(), &Turned, at(0)).unwrap();
    let mut store = disk.open();
    let sent = store.next_due(at(0)).unwrap().unwrap();
    assert_eq!((sent.kind, sent.kind.path()), (DeliveryKind::Bundle, "/api/v1/bundle-cases"));
    assert_eq!((sent.case_key, sent.idempotency_key), (recorded.case_key, recorded.case_key));
    let filed: BundleSubmission = serde_json::from_slice(&turned_back(&sent.body)).unwrap();
    assert_eq!((filed.bundle.as_str(), filed.bundle_version, filed.item_versions.len()), ("card-lost", 3, 2));
    assert_eq!((&filed.pickup_code, &filed.fields), (&recorded.pickup_code, &intake().fields));
    assert_eq!((filed.applicant.name.as_str(), filed.terminal_id.as_deref()), (NAME, Some("kiosk-1")));
    store.settle_retry(sent.id, None, UNREACHABLE, at(0)).unwrap();
    let again = store.next_due(at(600)).unwrap().unwrap();
    assert_eq!((&again.body, again.idempotency_key), (&sent.body, sent.idempotency_key), "the same bytes");
    store.settle_delivered(again.id, at(600)).unwrap();
    assert_eq!(store.waiting_count(), Ok(0));
}

#[test]
fn a_bundle_that_is_refused_is_parked_as_a_case_is() {
    let mut store = Disk::new().open();
    let recorded = store.record_case(&bundle(), &Turned, at(0)).unwrap();
    store.record_rating(&rating(recorded.case_key), at(1)).unwrap();
    store.settle_refused(recorded.id, "urn:x", 422, at(2)).unwrap();
    let parked = &store.parked().unwrap()[0];
    assert_eq!((parked.kind, parked.held_back), (DeliveryKind::Bundle, 1));
    assert_eq!(
        (store.next_due(at(9)), store.next_due_at(), store.waiting_count()),
        (Ok(None), Ok(None), Ok(0))
    );
    store.close(recorded.id, at(10)).unwrap();
    assert_eq!(store.tombstones().unwrap().len(), 2, "what is about it ends with it");
}

#[test]
fn a_draft_is_filed_under_its_own_key_and_not_a_second_time() {
    let disk = Disk::new();
    let mut store = disk.open();
    let mut intake = intake();
    intake.draft = Some(Uuid::from_u128(7));
    let recorded = store.record_case(&intake, &Turned, at(0)).unwrap();
    assert_eq!(recorded.case_key, Uuid::from_u128(7));
    let sent = store.next_due(at(0)).unwrap().unwrap();
    assert_eq!(sent.idempotency_key, recorded.case_key);
    assert_eq!(store.record_case(&intake, &Turned, at(1)), Err(StoreError::AlreadyRecorded));
    store.settle_delivered(sent.id, at(2)).unwrap();
    assert_eq!(disk.open().record_case(&intake, &Turned, at(3)), Err(StoreError::AlreadyRecorded));
}

#[test]
fn the_same_bytes_are_sent_on_every_attempt() {
    let disk = Disk::new();
    let mut store = disk.open();
    record(&mut store, 0);
    let first = store.next_due(at(0)).unwrap().unwrap();
    store.settle_retry(first.id, None, UNREACHABLE, at(0)).unwrap();
    drop(store);
    let again = disk.open().next_due(at(3)).unwrap().unwrap();
    assert_eq!((&again.delivery, again.attempt), (&first.delivery, 2));
}

#[test]
fn what_cannot_be_sealed_is_not_kept() {
    struct NoKey;
    impl Sealer for NoKey {
        fn seal(&self, _: &Belongs<'_>, _: &[u8]) -> Result<SealedBody, SealFault> {
            Err(SealFault::UnusableKey)
        }
    }
    let mut store = Disk::new().open();
    let refused = store.record_case(&intake(), &NoKey, at(0));
    assert_eq!(refused, Err(StoreError::Seal(SealFault::UnusableKey)));
    assert_eq!(store.waiting_count(), Ok(0));
}

#[test]
fn a_rating_waits_for_its_case_and_other_cases_do_not() {
    let mut store = Disk::new().open();
    let (first, other) = (record(&mut store, 0), record(&mut store, 1));
    let stars = store.record_rating(&rating(first.case_key), at(2)).unwrap();
    store.settle_retry(first.id, None, UNREACHABLE, at(2)).unwrap();
    assert_eq!(due(&mut store, 2), Some((other.id, DeliveryKind::Case, other.case_key)));
    store.settle_delivered(other.id, at(2)).unwrap();
    assert_eq!(due(&mut store, 2), None, "the rating must not overtake its case");
    assert_eq!(due(&mut store, 5).unwrap().0, first.id);
    store.settle_delivered(first.id, at(5)).unwrap();
    assert_eq!(due(&mut store, 5), Some((stars, DeliveryKind::Rating, first.case_key)));
}

#[test]
fn a_rating_goes_as_plain_json_under_a_key_of_its_own() {
    let mut store = Disk::new().open();
    let given = rating(Uuid::from_u128(9));
    store.record_rating(&given, at(1)).unwrap();
    let sent = store.next_due(at(1)).unwrap().unwrap();
    assert_eq!((sent.kind.path(), sent.media_type.as_str()), ("/api/v1/ratings", "application/json"));
    assert_eq!(serde_json::from_slice::<protocol::Rating>(&sent.body).unwrap(), given);
    assert_ne!(sent.idempotency_key, given.case_key);
    assert_eq!(sent.terminal_id, None);
}

#[test]
fn a_poisoned_case_delays_no_other() {
    let mut store = Disk::new().open();
    let poisoned = record(&mut store, 0);
    for second in 0..1000 {
        let fresh = record(&mut store, second);
        while let Some(call) = store.next_due(at(second)).unwrap() {
            if call.id == poisoned.id {
                store.settle_retry(call.id, None, "server-error", at(second)).unwrap();
            } else {
                assert_eq!(call.id, fresh.id);
                store.settle_delivered(call.id, at(second)).unwrap();
            }
        }
    }
    assert_eq!(store.waiting_count(), Ok(1));
}

#[test]
fn the_wait_grows_and_stays_under_its_cap() {
    let mut store = Disk::new().open();
    let id = record(&mut store, 0).id;
    let mut waits = Vec::new();
    for _ in 0..12 {
        let next = store.settle_retry(id, None, UNREACHABLE, at(0)).unwrap();
        assert_eq!(store.next_due_at(), Ok(Some(next)));
        waits.push(Duration::try_from(next - at(0)).unwrap_or_default());
    }
    assert!(waits[0] <= FIRST_WAIT && waits[4] > waits[0] && waits[11] > Duration::from_mins(2));
    assert!(waits.iter().all(|wait| *wait <= LONGEST_WAIT), "{waits:?}");
}

#[test]
fn a_retry_after_is_obeyed_and_an_absurd_one_is_cut() {
    let mut store = Disk::new().open();
    let id = record(&mut store, 0).id;
    let next = store.settle_retry(id, Some(Duration::from_mins(2)), "overloaded", at(0)).unwrap();
    assert!(next >= at(120) && next <= at(123), "{next}");
    assert_eq!(due(&mut store, 119), None);
    assert_eq!(due(&mut store, 123).unwrap().0, id);
    let next = store.settle_retry(id, Some(Duration::MAX), "overloaded", at(0)).unwrap();
    let latest = at(0) + SignedDuration::try_from(LONGEST_RETRY_AFTER + LONGEST_WAIT).unwrap();
    assert!(next <= latest, "{next}");
}

#[test]
fn the_network_is_back_before_the_back_off_is_over() {
    let mut store = Disk::new().open();
    let (lost, told) = (record(&mut store, 0), record(&mut store, 0));
    for _ in 0..9 {
        store.settle_retry(lost.id, None, UNREACHABLE, at(0)).unwrap();
    }
    store.settle_retry(told.id, Some(Duration::from_mins(10)), "overloaded", at(0)).unwrap();
    assert_eq!(due(&mut store, 60), None);
    assert_eq!(store.retry_now(&[UNREACHABLE, "timed-out"], at(60)), Ok(1));
    assert_eq!(due(&mut store, 60).unwrap().0, lost.id);
}

#[test]
fn a_resident_who_stands_there_is_served_before_the_backlog() {
    let mut store = Disk::new().open();
    record(&mut store, 0);
    let fresh = record(&mut store, 10);
    assert_eq!(store.due_now(fresh.id, at(10)).unwrap().unwrap().case_key, fresh.case_key);
    let stars = store.record_rating(&rating(fresh.case_key), at(11)).unwrap();
    assert_eq!(store.due_now(stars, at(11)), Ok(None), "not before its case");
    store.settle_delivered(fresh.id, at(12)).unwrap();
    assert_eq!(store.due_now(stars, at(12)).unwrap().unwrap().id, stars);
    assert_eq!(store.due_now(fresh.id, at(12)), Ok(None), "delivered already");
}

#[test]
fn the_clock_is_set_back_a_year_after_a_failure() {
    let mut store = Disk::new().open();
    let year = 365 * 24 * 60 * 60;
    let id = record(&mut store, year).id;
    store.settle_retry(id, Some(Duration::from_mins(1)), "overloaded", at(year)).unwrap();
    assert_eq!(due(&mut store, 0), None, "the minute that was asked for still holds");
    assert_eq!(due(&mut store, 59), None);
    assert_eq!(due(&mut store, 65).unwrap().0, id);
}

#[test]
fn the_clock_is_set_back_a_year_before_the_first_attempt() {
    let mut store = Disk::new().open();
    let id = record(&mut store, 365 * 24 * 60 * 60).id;
    assert_eq!(due(&mut store, 0).unwrap().0, id);
}

/// While a call is on its way the clock is a year ahead, and it is right again before anything else is asked for.
#[test]
fn the_clock_is_ahead_only_when_an_attempt_fails() {
    let mut store = Disk::new().open();
    let id = record(&mut store, 0).id;
    assert_eq!(due(&mut store, 1).unwrap().0, id);
    store.settle_retry(id, None, UNREACHABLE, at(365 * 24 * 60 * 60)).unwrap();
    assert_eq!(due(&mut store, 2), None, "it waits its own time again");
    assert_eq!(due(&mut store, 2 + 300).unwrap().0, id);
}

#[test]
fn the_clock_jumps_a_year_ahead() {
    let mut store = Disk::new().open();
    let id = record(&mut store, 0).id;
    store.settle_retry(id, None, UNREACHABLE, at(0)).unwrap();
    assert_eq!(due(&mut store, 365 * 24 * 60 * 60).unwrap().0, id);
}

#[test]
fn a_refused_case_is_parked_with_its_reason_and_its_bytes() {
    let disk = Disk::new();
    let mut store = disk.open();
    let (refused, other) = (record(&mut store, 0), record(&mut store, 1));
    store.record_rating(&rating(refused.case_key), at(2)).unwrap();
    let kind = "urn:community-kiosk:problem:item-version-gone";
    store.settle_refused(refused.id, kind, 422, at(3)).unwrap();
    assert_eq!(due(&mut store, 9).unwrap().0, other.id);
    store.settle_delivered(other.id, at(9)).unwrap();
    assert_eq!(due(&mut store, 9), None, "its rating stays behind it");
    assert_eq!(store.waiting_count(), Ok(0));
    drop(store);
    let parked = disk.open().parked().unwrap();
    assert_eq!(parked.len(), 1);
    assert_eq!((parked[0].id, parked[0].case_key, parked[0].held_back), (refused.id, refused.case_key, 1));
    assert_eq!((parked[0].reason.as_str(), parked[0].status), (kind, Some(422)));
    assert_eq!((parked[0].recorded_at, parked[0].parked_at), (at(0), at(3)));
    assert_eq!(parked[0].pickup_code.as_deref(), Some(refused.pickup_code.as_str()));
    let kept: Option<Vec<u8>> =
        disk.sql().query_row("SELECT body FROM outbox WHERE state = 'parked'", [], |row| row.get(0)).unwrap();
    assert!(kept.is_some_and(|body| body.len() > 100));
}

#[test]
fn a_delivered_case_leaves_no_body_and_is_settled_once() {
    let disk = Disk::new();
    let mut store = disk.open();
    let id = record(&mut store, 0).id;
    store.settle_delivered(id, at(1)).unwrap();
    let gone = Err(StoreError::NotWaiting(id));
    assert_eq!(store.settle_delivered(id, at(2)), gone);
    assert_eq!(store.settle_refused(id, "late", 400, at(2)), gone);
    assert_eq!(store.settle_retry(id, None, UNREACHABLE, at(2)), Err(StoreError::NotWaiting(id)));
    let bodies: u32 = disk.sql().query_row("SELECT count(body) FROM outbox", [], |row| row.get(0)).unwrap();
    assert_eq!(bodies, 0);
}

#[test]
fn nor_are_they_while_a_resident_waits_for_them() {
    let disk = Disk::new();
    let mut store = disk.open();
    let first = record(&mut store, 0);
    let flip = "UPDATE outbox SET body = zeroblob(length(body))";
    assert_eq!(disk.sql().execute(flip, []), Ok(1));
    assert_eq!(store.due_now(first.id, at(1)), Ok(None));
    assert_eq!(store.parked().unwrap()[0].reason, DAMAGED);
}

#[test]
fn bytes_that_changed_on_the_disk_are_not_sent() {
    let disk = Disk::new();
    let mut store = disk.open();
    let (first, second) = (record(&mut store, 0), record(&mut store, 1));
    let flip = "UPDATE outbox SET body = zeroblob(length(body)) WHERE kind = 'case' AND id = 1";
    assert_eq!(disk.sql().execute(flip, []), Ok(1));
    assert_eq!(due(&mut store, 1).unwrap().0, second.id);
    let parked = store.parked().unwrap();
    assert_eq!((parked[0].id, parked[0].reason.as_str(), parked[0].status), (first.id, DAMAGED, None));
}

#[test]
fn no_two_cases_get_the_same_pickup_code() {
    let mut store = Disk::new().open();
    let codes: std::collections::BTreeSet<_> = (0..300)
        .map(|second| store.record_case(&intake(), &Turned, at(second)).unwrap().pickup_code)
        .collect();
    assert_eq!(codes.len(), 300);
}
