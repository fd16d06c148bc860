//! What only the inside can see: settings, the steps of the schema, a disk that is full.

use std::path::PathBuf;

use protocol::{Channel, PickupCode, Rating, RatingLevel};
use uuid::Uuid;

use super::*;

/// What a kiosk of version n left behind, n from 1. A new step of the schema comes with a new file here.
const FILLED: &[&str] = &[
    include_str!("tests/filled-0001.sql"),
    include_str!("tests/filled-0002.sql"),
    include_str!("tests/filled-0003.sql"),
    include_str!("tests/filled-0004.sql"),
    include_str!("tests/filled-0005.sql"),
    include_str!("tests/filled-0006.sql"),
    // Version 7 counts otherwise, and its rows are those of 6.
    include_str!("tests/filled-0006.sql"),
    // Version 8 knows one kind of call more.
    include_str!("tests/filled-0006.sql"),
];

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap()
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kiosk.db");
    (folder, path)
}

fn rating(n: u128) -> Rating {
    let case_key = Uuid::from_u128(n);
    Rating { case_key, level: RatingLevel::Satisfied, rated_at: at(0), channel: Channel::Kiosk }
}

#[test]
fn times_that_no_calendar_has_become_the_nearest() {
    let read = [i64::MIN, -1, 0, i64::MAX].map(crate::queue::from_ms);
    assert_eq!(read, [Timestamp::MIN, at(-1), at(0), Timestamp::MAX]);
}

#[test]
fn a_store_and_a_row_show_nothing_personal() {
    let (_folder, path) = folder();
    let mut store = Store::open(path, at(0)).unwrap().0;
    assert_eq!(store.record_rating(&rating(1), at(0)).unwrap().to_string(), "1");
    assert!(format!("{store:?}").starts_with("Store { db: "), "{store:?}");
}

#[test]
fn every_setting_that_durability_rests_on_is_in_force() {
    let (_folder, path) = folder();
    let mut store = Store::open(path, at(0)).unwrap().0;
    store.record_rating(&rating(1), at(0)).unwrap();
    let due = store.next_due(at(0)).unwrap().unwrap();
    store.settle_delivered(due.id, at(0)).unwrap();
    assert!(store.settle_delivered(due.id, at(0)).is_err(), "what is not synced leaves nothing behind");
    let setting = |name: &str| -> String {
        store
            .db
            .query_row(&format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}"), [], |row| row.get(0))
            .unwrap()
    };
    let found = ["journal_mode", "synchronous", "foreign_keys", "secure_delete", "temp_store"].map(setting);
    assert_eq!(found, ["wal", "2", "1", "1", "2"]);
}

#[test]
fn a_kiosk_of_every_earlier_version_comes_up_to_date() {
    assert_eq!(FILLED.len(), migrations::ALL.len(), "a version without its file");
    for (version, filled) in (1..).zip(FILLED) {
        let (_folder, path) = folder();
        let mut old = file::open(&path).unwrap();
        migrations::bring_up_to_date(&mut old, &migrations::ALL[..version]).unwrap();
        old.execute_batch(filled).unwrap();
        file::trust(&old, true).unwrap();
        drop(old);
        let (mut store, report) = Store::open(&path, at(9000)).unwrap();
        assert_eq!((report.waiting, report.parked, report.created), (2, 1, false));
        assert_eq!(report.migrated_from.is_some(), version < migrations::ALL.len());
        assert_everything_is_there(&mut store);
        assert_tally(&store);
        let ended = store.tombstones().unwrap().len();
        assert_eq!(ended, if version < 2 { 0 } else { 2 });
        assert_eq!(store.next_expiry(), Ok(Some(at(2_592_001_000))), "thirty days after it was recorded");
    }
}

fn assert_everything_is_there(store: &mut Store) {
    let case = store.next_due(at(9000)).unwrap().unwrap();
    assert_eq!((case.case_key, case.body.as_slice(), case.attempt), (Uuid::from_u128(1), &b"abc"[..], 4));
    store.settle_delivered(case.id, at(9000)).unwrap();
    assert_eq!(store.next_due(at(9000)).unwrap().unwrap().idempotency_key, Uuid::from_u128(2));
    assert_eq!(store.parked().unwrap()[0].reason, "urn:x");
    assert_eq!(store.cache_get("registry").unwrap().unwrap().body, b"{}");
    assert_eq!(store.print_jobs_unfinished(), Ok(vec![2]));
}

/// What is kept as it changes is what counting finds.
fn assert_tally(store: &Store) {
    let three = |sql: &str| -> (u64, u64, u64) {
        store.db.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap()
    };
    let counted = three(
        "SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'parked'),
                ifnull(sum(body_bytes) FILTER (WHERE body IS NOT NULL), 0) FROM outbox",
    );
    assert_eq!(three("SELECT waiting, parked, bytes FROM load"), counted);
}

#[test]
fn the_tally_is_right_whatever_happens_to_a_call() {
    let (_folder, path) = folder();
    let mut store = Store::open(path, at(0)).unwrap().0;
    // Sixteen are counted in the tally's row, four come after it.
    let ids: Vec<_> = (0..20).map(|n| store.record_rating(&rating(n), at(0)).unwrap()).collect();
    assert_tally(&store);
    for (id, of) in ids.iter().zip(0..) {
        match of % 4 {
            0 => store.settle_delivered(*id, at(1)).unwrap(),
            1 => drop(store.settle_retry(*id, None, "unreachable", at(1)).unwrap()),
            _ => store.settle_refused(*id, "urn:x", 410, at(1)).unwrap(),
        }
        assert_tally(&store);
    }
    for id in [ids[2], ids[18]] {
        store.replay(id, at(2)).unwrap();
        assert_tally(&store);
    }
    for id in [ids[3], ids[19]] {
        store.close(id, at(2)).unwrap();
        assert_tally(&store);
    }
    assert_eq!((store.waiting_count(), store.parked_count(), store.undelivered()), (Ok(7), Ok(6), Ok(13)));
    for n in 20..40 {
        store.record_rating(&rating(n), at(3)).unwrap();
        assert_tally(&store);
    }
    assert_eq!(store.expire(at(i64::from(u32::MAX))), Ok(33));
    assert_tally(&store);
    assert_eq!(store.undelivered(), Ok(0));
}

#[test]
fn the_tally_itself_is_written_with_one_call_in_sixteen() {
    let (_folder, path) = folder();
    let mut store = Store::open(path, at(0)).unwrap().0;
    let kept = |store: &Store| -> (u64, u64) {
        store
            .db
            .query_row("SELECT waiting, counted FROM tally", [], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
    };
    for (n, expected) in (1..=33).map(|n| (n, n / 16 * 16)) {
        store.record_rating(&rating(n.into()), at(0)).unwrap();
        assert_eq!(kept(&store), (expected, expected), "after {n}");
    }
}

#[test]
fn a_step_of_the_schema_that_fails_leaves_the_file_as_it_was() {
    let (_folder, path) = folder();
    let mut store = Store::open(&path, at(0)).unwrap().0;
    store.record_rating(&rating(1), at(0)).unwrap();
    let steps = [migrations::ALL, &["CREATE TABLE half (x); INSERT INTO nowhere VALUES (1);"]].concat();
    assert!(migrations::bring_up_to_date(&mut store.db, &steps).is_err());
    let half: u32 = store
        .db
        .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'half'", [], |row| row.get(0))
        .unwrap();
    assert_eq!((half, store.waiting_count()), (0, Ok(1)));
    drop(store);
    assert_eq!(Store::open(&path, at(0)).unwrap().1.waiting, 1);
}

#[test]
fn a_later_step_is_taken_alone_and_once() {
    let (_folder, path) = folder();
    let mut store = Store::open(&path, at(0)).unwrap().0;
    let found = migrations::version_after(migrations::ALL);
    let steps = [migrations::ALL, &["CREATE TABLE later (x);"]].concat();
    assert_eq!(migrations::bring_up_to_date(&mut store.db, &steps), Ok(found));
    assert_eq!(migrations::bring_up_to_date(&mut store.db, &steps), Ok(found + 1));
    assert!(store.db.execute("INSERT INTO later VALUES (1)", []).is_ok());
}

#[test]
fn the_disk_is_full() {
    let (_folder, path) = folder();
    let mut store = Store::open(path, at(0)).unwrap().0;
    store.record_rating(&rating(0), at(0)).unwrap();
    let pages: u32 = store.db.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.db.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
    let refused = (1..500).find_map(|n| store.record_rating(&rating(n), at(1)).err());
    assert_eq!(refused, Some(StoreError::DiskFull));
    let kept = store.waiting_count().unwrap();
    let first = store.next_due(at(1)).unwrap().unwrap();
    store.settle_delivered(first.id, at(1)).unwrap();
    assert_eq!(store.waiting_count(), Ok(kept - 1), "what was kept can still be sent");
}

#[test]
fn a_pickup_code_that_is_taken_is_not_given_again() {
    let (_folder, path) = folder();
    let store = Store::open(path, at(0)).unwrap().0;
    store.db.execute_batch(FILLED[FILLED.len() - 1]).unwrap();
    let taken = PickupCode::from_random(0);
    assert_eq!(taken.as_str(), "000000000", "the one that is in the file, delivered long ago");
    let mut draws = [0, 0, 5].into_iter();
    let mut store = store.with_keys(move || Uuid::from_u64_pair(9, draws.next().unwrap_or(0)));
    assert_eq!(store.free_pickup_code(), Ok(PickupCode::from_random(5)));
    assert_eq!(store.free_pickup_code(), Err(StoreError::NoFreePickupCode));
}

#[test]
fn keys_are_each_another_one_and_in_the_order_of_time() {
    let draw = || std::iter::repeat_with(new_key).take(1_000).collect::<std::collections::BTreeSet<_>>();
    let earlier = draw();
    std::thread::sleep(std::time::Duration::from_millis(2));
    let later = draw();
    assert_eq!((earlier.len(), later.len()), (1_000, 1_000));
    assert!(earlier.last() < later.first());
    assert!(later.iter().all(|key| key.get_version_num() == 7));
    let spread = |byte: usize| {
        later.iter().map(|key| key.as_bytes()[byte]).collect::<std::collections::BTreeSet<_>>().len()
    };
    // Of the bytes that are random, those of version and variant are so in part.
    assert!(
        (7..16).all(|byte| spread(byte) > if byte == 8 { 50 } else { 200 }),
        "{:?}",
        (7..16).map(spread).collect::<Vec<_>>()
    );
}
