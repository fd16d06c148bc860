//! What technicians do, and who is let in.

use std::time::Duration;

use crate::support::{Disk, at, record};

#[test]
fn out_of_service_outlives_the_power_and_is_in_the_audit_log() {
    let disk = Disk::new();
    let mut store = disk.open();
    assert_eq!(store.is_out_of_service(), Ok(false));
    store.set_out_of_service(true, 7, at(1)).unwrap();
    drop(store);
    let mut store = disk.open();
    assert_eq!(store.is_out_of_service(), Ok(true));
    store.set_out_of_service(false, 8, at(2)).unwrap();
    assert_eq!(store.is_out_of_service(), Ok(false));
    let log: Vec<_> = store.audit_log(1, 10).unwrap().into_iter().map(|entry| entry.event).collect();
    assert_eq!(log, ["store-created", "service-stopped", "service-resumed"]);
}

#[test]
fn a_pulled_plug_gives_no_free_try() {
    let disk = Disk::new();
    for _ in 0..5 {
        assert_eq!(disk.open().begin_admission(at(0)), Ok(Ok(())), "each time the plug is pulled here");
    }
    let mut store = disk.open();
    assert_eq!(store.begin_admission(at(59)), Ok(Err(Duration::from_secs(1))));
    assert_eq!(store.begin_admission(at(60)), Ok(Ok(())), "the sixth");
    assert_eq!(store.begin_admission(at(61)), Ok(Err(Duration::from_secs(119))));
    // A lock that ends in a future that is none is no longer than the longest.
    assert_eq!(store.begin_admission(at(-1_000_000)), Ok(Err(kiosk_outbox::LONGEST_LOCK)));
}

#[test]
fn the_right_person_starts_anew() {
    let disk = Disk::new();
    let mut store = disk.open();
    for _ in 0..4 {
        store.begin_admission(at(0)).unwrap().unwrap();
        store.refuse_admission(at(0)).unwrap();
    }
    store.begin_admission(at(0)).unwrap().unwrap();
    store.grant_admission(7, at(0)).unwrap();
    for _ in 0..5 {
        assert_eq!(store.begin_admission(at(1)), Ok(Ok(())));
    }
    store.record_check("printer", true, 7, at(2)).unwrap();
    store.record_calibration(false, 7, at(3)).unwrap();
    let log: Vec<_> = store.audit_log(5, 10).unwrap().into_iter().map(|entry| entry.event).collect();
    assert_eq!(log, ["technician-refused", "technician-admitted", "part-tested", "touch-calibrated"]);
}

#[test]
fn the_oldest_that_waits_is_told_and_what_is_delivered_waits_no_more() {
    let disk = Disk::new();
    let mut store = disk.open();
    assert_eq!(store.oldest_waiting(), Ok(None));
    let (first, _) = (record(&mut store, 3), record(&mut store, 5));
    assert_eq!(store.oldest_waiting(), Ok(Some(at(3))));
    store.settle_delivered(first.id, at(6)).unwrap();
    assert_eq!(store.oldest_waiting(), Ok(Some(at(5))));
}

#[test]
fn what_was_done_at_the_machine_is_in_the_audit_log_with_its_person() {
    let disk = Disk::new();
    let mut store = disk.open();
    store.record_report(7, at(1)).unwrap();
    store.record_enrolment(7, at(2)).unwrap();
    store.record_export(8, at(3)).unwrap();
    store.record_restart(8, at(4)).unwrap();
    let log: Vec<_> = store.audit_log(2, 10).unwrap();
    let log: Vec<_> = log.iter().map(|entry| (entry.event.as_str(), entry.details.as_str())).collect();
    let (seven, eight) = (r#"{"technician":7}"#, r#"{"technician":8}"#);
    assert_eq!(
        log,
        [
            ("readiness-signed", seven),
            ("machine-enrolled", seven),
            ("log-exported", eight),
            ("restart-ordered", eight)
        ]
    );
}

#[test]
fn of_every_part_the_last_test_counts() {
    let disk = Disk::new();
    let mut store = disk.open();
    assert_eq!(store.last_checks(), Ok(vec![]));
    store.record_check("printer", true, 7, at(1)).unwrap();
    store.record_check("reader", false, 7, at(2)).unwrap();
    store.record_check("reader", true, 7, at(3)).unwrap();
    store.record_check("printer", false, 8, at(4)).unwrap();
    let last = [("printer", false, at(4)), ("reader", true, at(3))];
    let last = last.map(|(part, passed, at)| (part.to_owned(), passed, at)).to_vec();
    assert_eq!(store.last_checks(), Ok(last));
}
