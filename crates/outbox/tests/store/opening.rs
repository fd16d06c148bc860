//! What is found on the disk at start.

use std::{fs, os::unix::fs::PermissionsExt as _};

use kiosk_outbox::{OpenReport, Store, StoreError};

use crate::support::{Disk, at, record};

fn report(disk: &Disk) -> OpenReport {
    Store::open(disk.path(), at(0)).unwrap().1
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

#[test]
fn a_torn_page_is_found_and_the_file_kept_with_its_wal() {
    let disk = Disk::new();
    let mut store = disk.open();
    for second in 0..40 {
        record(&mut store, second);
    }
    drop(store);
    let mut bytes = fs::read(disk.path()).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xA5);
    fs::write(disk.path(), &bytes).unwrap();
    fs::write(disk.file("-wal"), b"what is left").unwrap();
    let kept = report(&disk).set_aside.unwrap();
    assert_eq!(fs::read(&kept.path).unwrap(), bytes, "not a byte of the evidence changes");
    let names = disk.names();
    assert!(names.contains(&"kiosk.db.damaged-20261124T020000Z-wal".to_owned()), "{names:?}");
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
    disk.sql().pragma_update(None, "user_version", 99).unwrap();
    let refused = Store::open(disk.path(), at(0)).err();
    assert_eq!(refused, Some(StoreError::FromTheFuture { found: 99, known: 4 }));
    disk.sql().pragma_update(None, "user_version", 4).unwrap();
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
