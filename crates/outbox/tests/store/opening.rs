//! What is found on the disk at start.

use std::{fs, os::unix::fs::PermissionsExt as _};

use jiff::SignedDuration;
use kiosk_outbox::{OpenReport, Store, StoreError};

use uuid::Uuid;

use crate::support::{Disk, Turned, at, intake, rating, record};

/// As a kiosk starts.
fn report(disk: &Disk) -> OpenReport {
    let (mut store, report) = Store::open(disk.path(), at(0)).unwrap();
    let set_aside = report.set_aside.or(store.verify(at(0)).unwrap());
    OpenReport { set_aside, ..report }
}

#[test]
fn the_first_start_says_that_the_memory_is_new() {
    let disk = Disk::new();
    let fresh = OpenReport { created: true, migrated_from: None, set_aside: None, waiting: 0, parked: 0 };
    assert_eq!(report(&disk), fresh);
    record(&mut disk.open(), 0);
    assert_eq!(report(&disk), OpenReport { created: false, waiting: 1, ..fresh });
}

#[test]
fn only_the_kiosks_user_may_read_the_files() {
    let disk = Disk::new();
    let mut store = disk.open();
    record(&mut store, 0);
    for ending in ["", "-wal", "-shm"] {
        let mode = fs::metadata(disk.file(ending)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{ending}");
    }
}

#[test]
fn a_file_of_noise_is_set_aside_and_reported() {
    let disk = Disk::new();
    let noise: Vec<u8> = (0..9000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    fs::write(disk.path(), &noise).unwrap();
    let found = report(&disk);
    let kept = found.set_aside.unwrap();
    assert!(!found.created, "a memory lost is not a first start");
    assert_eq!(kept.path, disk.file(".damaged-20261124T020000Z"));
    assert_eq!(fs::read(&kept.path).unwrap(), noise);
    assert!(report(&disk).set_aside.is_none(), "the new file is sound");
}

/// A disk with a queue, and one page of it that is torn.
fn torn() -> (Disk, Vec<u8>) {
    let disk = Disk::new();
    let mut store = disk.open();
    for second in 0..40 {
        record(&mut store, second);
    }
    drop(store);
    let mut bytes = fs::read(disk.path()).unwrap();
    let queue = b"application/x-turned";
    let is_queue = |page: &&mut [u8]| page.windows(queue.len()).any(|window| window == queue);
    bytes.chunks_mut(4096).find(is_queue).unwrap().fill(0xA5);
    fs::write(disk.path(), &bytes).unwrap();
    (disk, bytes)
}

#[test]
fn a_torn_page_is_found_and_the_file_kept_with_its_wal() {
    let (disk, bytes) = torn();
    fs::write(disk.file("-wal"), b"what is left").unwrap();
    let (mut store, found) = Store::open(disk.path(), at(0)).unwrap();
    assert_eq!(found.set_aside, None, "a start does not look at the queue");
    let kept = store.verify(at(0)).unwrap().unwrap();
    assert_eq!(fs::read(&kept.path).unwrap(), bytes, "not a byte of the evidence changes");
    let names = disk.names();
    assert!(names.contains(&"kiosk.db.damaged-20261124T020000Z-wal".to_owned()), "{names:?}");
}

#[test]
fn nothing_is_confirmed_by_a_file_with_a_torn_page_and_the_next_one_is_good() {
    let (disk, _) = torn();
    let mut store = disk.open();
    let damaged = |refused: Option<StoreError>| matches!(refused, Some(StoreError::Damaged(_)));
    assert!(damaged(store.record_case(&intake(), &Turned, at(1)).err()));
    assert!(damaged(store.record_rating(&rating(Uuid::from_u128(1)), at(1)).err()));
    assert!(damaged(store.next_due(at(1)).err()));
    assert!(store.verify(at(1)).unwrap().is_some());
    assert_eq!(store.verify(at(1)), Ok(None), "told once");
    let events: Vec<_> = store.audit_log(1, 9).unwrap().into_iter().map(|entry| entry.event).collect();
    assert_eq!(events, ["store-set-aside"]);
    let case = record(&mut store, 1);
    drop(store);
    let (mut store, found) = Store::open(disk.path(), at(2)).unwrap();
    assert_eq!((found.set_aside, found.created, found.waiting), (None, false, 1));
    assert_eq!(store.next_due(at(2)).unwrap().unwrap().case_key, case.case_key);
}

/// The clock is mended after a file was set aside: what was recorded since then follows it, as in any other start.
#[test]
fn in_a_file_begun_anew_nothing_is_inherited() {
    let (disk, _) = torn();
    let mut store = disk.open();
    assert!(store.verify(at(0)).unwrap().is_some());
    record(&mut store, 0);
    let expiry = store.next_expiry().unwrap().unwrap();
    let hour = SignedDuration::from_hours(1);
    store.follow_clock(-hour, at(-3_600)).unwrap();
    assert_eq!(store.next_expiry(), Ok(Some(expiry - hour)));
}

#[test]
fn a_torn_page_outside_the_queue_is_found_at_start() {
    let disk = Disk::new();
    let mut store = disk.open();
    store.cache_put("registry", None, &vec![7; 40_000], at(0)).unwrap();
    assert_eq!(store.verify(at(0)), Ok(None));
    drop(store);
    let root: usize = disk
        .sql()
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'cache'", [], |row| row.get(0))
        .unwrap();
    let mut bytes = fs::read(disk.path()).unwrap();
    bytes[(root - 1) * 4096..root * 4096].fill(0xA5);
    fs::write(disk.path(), &bytes).unwrap();
    let (_, report) = Store::open(disk.path(), at(0)).unwrap();
    assert!(report.set_aside.is_some(), "at the start: only the queue is looked at later");
}

#[test]
fn nothing_moves_into_a_file_that_nobody_has_looked_through() {
    let disk = Disk::new();
    let put = |look: bool| {
        let mut store = disk.open();
        store.cache_put("registry", None, b"page", at(0)).unwrap();
        if look {
            assert_eq!(store.verify(at(0)), Ok(None));
        }
    };
    put(false);
    assert!(disk.file("-wal").exists(), "closing it has changed it");
    put(true);
    assert!(!disk.file("-wal").exists());
}

#[test]
fn two_damaged_files_in_one_second_are_both_kept() {
    let disk = Disk::new();
    for content in [b"first".repeat(999), b"other".repeat(999)] {
        fs::write(disk.path(), content).unwrap();
        assert!(report(&disk).set_aside.is_some());
    }
    let kept = disk.names().iter().filter(|name| name.contains(".damaged-")).count();
    assert_eq!(kept, 2, "{:?}", disk.names());
}

#[test]
fn the_file_is_gone_but_its_wal_is_not() {
    let disk = Disk::new();
    fs::write(disk.file("-wal"), b"cases that were never moved into the file").unwrap();
    assert!(report(&disk).set_aside.is_some());
    let wal = fs::read(disk.file(".damaged-20261124T020000Z-wal")).unwrap();
    assert_eq!(wal, b"cases that were never moved into the file");
}

#[test]
fn a_file_of_a_later_kiosk_is_left_alone() {
    let disk = Disk::new();
    record(&mut disk.open(), 0);
    let known: u32 = disk.sql().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    disk.sql().pragma_update(None, "user_version", 99).unwrap();
    let refused = Store::open(disk.path(), at(0)).err();
    assert_eq!(refused, Some(StoreError::FromTheFuture { found: 99, known }));
    disk.sql().pragma_update(None, "user_version", known).unwrap();
    assert_eq!(report(&disk).waiting, 1);
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let disk = Disk::new();
    disk.sql().execute_batch("CREATE TABLE theirs (x)").unwrap();
    assert_eq!(Store::open(disk.path(), at(0)).err(), Some(StoreError::NotAStore));
}

#[test]
fn a_folder_that_is_not_there_is_an_error_and_no_damage() {
    let missing = Disk::new().path().join("nowhere").join("kiosk.db");
    assert!(matches!(Store::open(missing, at(0)), Err(StoreError::Io(_))));
}
