//! Writes in company, and reads without a thread.

use std::{
    cell::Cell,
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use protocol::ServiceItem;

use super::{Connection, Near, Standing, Store, StoreError, Transaction, near, published};
use crate::{catalogue::Catalogue, config::DatabaseUrl};

async fn open(folder: &tempfile::TempDir) -> Store {
    let store = Store::open(DatabaseUrl::Sqlite(folder.path().join("platform.db"))).await.unwrap();
    let table = "CREATE TABLE line (number INTEGER PRIMARY KEY) STRICT";
    store.write(|transaction| transaction.execute(table, &[])).await.unwrap();
    store
}

fn insert(transaction: &Transaction<'_>, number: i64) -> Result<u64, StoreError> {
    transaction.execute("INSERT INTO line VALUES (?1)", &[number.into()])
}

/// The numbers that anybody else sees.
fn seen(folder: &tempfile::TempDir) -> Vec<i64> {
    let file = rusqlite::Connection::open(folder.path().join("platform.db")).unwrap();
    let mut query = file.prepare("SELECT number FROM line ORDER BY number").unwrap();
    let numbers = query.query_map([], |row| row.get(0)).unwrap();
    numbers.collect::<Result<_, _>>().unwrap()
}

/// Holds the writer until what it gives is dropped, so that whatever is asked meanwhile is done together.
async fn busy(store: &Store) -> mpsc::Sender<()> {
    let (go, gone) = mpsc::channel::<()>();
    let (begin, begun) = tokio::sync::oneshot::channel();
    let (gone, begin) = (Mutex::new(gone), Mutex::new(Some(begin)));
    let store = store.clone();
    tokio::spawn(async move {
        let wait = move |_: &Transaction<'_>| {
            if let Some(begin) = begin.lock().unwrap().take() {
                begin.send(()).unwrap();
            }
            let _ = gone.lock().unwrap().recv();
            Ok(())
        };
        store.write(wait).await
    });
    begun.await.unwrap();
    go
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_that_waited_go_to_the_disk_together_and_one_that_fails_fails_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let held = busy(&store).await;
    let thread = |number: i64| {
        let store = store.clone();
        tokio::spawn(async move {
            // The third has done half of its work when it fails, and the fifth stumbles over the fourth.
            let work = move |transaction: &Transaction<'_>| {
                insert(transaction, if number == 5 { 4 } else { number })?;
                if number == 3 { Err(StoreError::Damaged("example")) } else { Ok(number) }
            };
            store.write(work).await
        })
    };
    let mut waiting = Vec::new();
    for number in 1..=6 {
        waiting.push(thread(number));
        while store.waiting() < number {
            tokio::task::yield_now().await;
        }
    }
    assert!(seen(&folder).is_empty());
    drop(held);
    let mut came = Vec::new();
    for one in waiting {
        came.push(one.await.unwrap().map_err(|error| matches!(error, StoreError::Sqlite(_))));
    }
    assert_eq!(came, [Ok(1), Ok(2), Err(false), Ok(4), Err(true), Ok(6)]);
    assert_eq!(seen(&folder), [1, 2, 4, 6]);
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_in_company_are_one_transaction_and_each_sees_those_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let held = busy(&store).await;
    let looks = Arc::new(Mutex::new(Vec::new()));
    let mut waiting = Vec::new();
    for number in 1..=3 {
        let (own, looks) = (store.clone(), looks.clone());
        let file = folder.path().join("platform.db");
        waiting.push(tokio::spawn(async move {
            let work = move |transaction: &Transaction<'_>| {
                insert(transaction, number)?;
                let inside = transaction.rows("SELECT number FROM line", &[])?.len();
                let file = rusqlite::Connection::open(&file)?;
                let outside: i64 = file.query_row("SELECT count(*) FROM line", [], |row| row.get(0))?;
                looks.lock().unwrap().push((inside, outside));
                Ok(())
            };
            own.write(work).await
        }));
        while store.waiting() < number {
            tokio::task::yield_now().await;
        }
    }
    drop(held);
    for one in waiting {
        one.await.unwrap().unwrap();
    }
    assert_eq!(*looks.lock().unwrap(), [(1, 0), (2, 0), (3, 0)], "nobody else saw any of them before all");
    assert_eq!(seen(&folder), [1, 2, 3]);
}

#[expect(clippy::unnecessary_wraps, reason = "as everything that reads")]
fn whose(_: &Transaction<'_>) -> Result<String, StoreError> {
    Ok(thread::current().name().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_look_needs_no_thread() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    assert_ne!(store.look(whose).await.unwrap(), "store-reader");
    assert_eq!(store.read(whose).await.unwrap(), "store-reader");
}

thread_local! {
    static READ: Cell<Option<u64>> = const { Cell::new(Some(0)) };
}

#[test]
fn whoever_asks_stays_away_after_a_look_that_the_disk_made_slow_and_comes_again() {
    let file = rusqlite::Connection::open_in_memory().unwrap();
    let connection = Connection::Sqlite { file, kept: Arc::default(), standing: None };
    let standing = Standing::new(rusqlite::Connection::open_in_memory().unwrap());
    let near = Near::new(vec![connection], || READ.get(), Arc::new(standing));
    let looked = |read: Option<u64>, ms: u64| {
        let look = near.look(&|_| {
            READ.set(read);
            thread::sleep(Duration::from_millis(ms));
            Ok(())
        });
        look.is_some()
    };
    assert!(looked(Some(0), 21));
    assert!(looked(Some(4096), 0), "only the processor was busy");
    assert!(looked(Some(8192), 21));
    for slow in [None, Some(16384), None] {
        assert!(!looked(Some(8192), 0), "the disk is slow, or nobody says");
        let begun = Instant::now();
        while !looked(slow, 21) {
            assert!(begun.elapsed() < Duration::from_mins(1));
            thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn the_kernel_says_what_a_thread_has_read_from_disks() {
    assert!(near::read_from_disk().is_some());
}

#[tokio::test]
async fn a_look_that_cannot_be_done_at_once_is_done_by_a_thread() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let busy = |view: &Transaction<'_>| {
        let whose = whose(view)?;
        if whose == "store-reader" {
            return Ok(whose);
        }
        let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
        Err(StoreError::Sqlite(rusqlite::Error::SqliteFailure(code, None)))
    };
    assert_eq!(store.look(busy).await.unwrap(), "store-reader");
}

#[tokio::test]
async fn a_look_sees_what_was_written_before_it_and_one_moment_only() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    for number in 1..=20 {
        store.write(move |transaction| insert(transaction, number)).await.unwrap();
        let path = folder.path().join("platform.db");
        let look = move |view: &Transaction<'_>| {
            let before = view.rows("SELECT number FROM line", &[])?.len();
            let other = rusqlite::Connection::open(&path)?;
            other.execute("INSERT INTO line VALUES (?1)", [1000 + number])?;
            let after = view.rows("SELECT number FROM line", &[])?.len();
            other.execute("DELETE FROM line WHERE number > 1000", [])?;
            Ok((before, after))
        };
        let count = usize::try_from(number).unwrap();
        assert_eq!(store.look(look).await.unwrap(), (count, count));
    }
}

#[tokio::test]
async fn a_version_that_was_read_in_a_write_that_came_to_nothing_was_never_there() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let mut draft = Catalogue::embedded().unwrap().items.swap_remove(0);
    let (id, words) = (draft.id.clone(), draft.consult_phone.clone());
    let publish = |draft: ServiceItem, stays: bool| {
        move |transaction: &Transaction<'_>| {
            published::add_by_office(transaction, &draft, Timestamp::UNIX_EPOCH)?;
            let read = || published::item(transaction, &draft.id, draft.version.into());
            assert!(Arc::ptr_eq(&read()?, &read()?), "read once");
            if stays { Ok(()) } else { Err(StoreError::Damaged("example")) }
        }
    };
    let version = i64::from(draft.version);
    let read = async || {
        let id = id.clone();
        store.look(move |view| published::item(view, &id, version)).await
    };
    store.write(publish(draft.clone(), false)).await.unwrap_err();
    assert_eq!(read().await, Err(StoreError::Damaged("item")), "rolled back");
    draft.consult_phone.push('0');
    store.write(publish(draft, true)).await.unwrap();
    assert_eq!(read().await.unwrap().consult_phone, format!("{words}0"));
    assert!(Arc::ptr_eq(&read().await.unwrap(), &read().await.unwrap()), "kept");
}

#[tokio::test]
async fn a_glance_sees_what_anybody_has_committed_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let glance = async |number: i64| {
        let sql = "SELECT 'line ' || number FROM line WHERE number = ?1";
        let found = store.glance(sql, [number.into()]).await.unwrap();
        found.map(|found| found.trim_start_matches("line ").parse::<i64>().unwrap())
    };
    assert_eq!(glance(1).await, None);
    store.write(|transaction| insert(transaction, 1)).await.unwrap();
    assert_eq!(glance(1).await, Some(1), "this program has written");
    let mut other = rusqlite::Connection::open(folder.path().join("platform.db")).unwrap();
    let begun = other.transaction().unwrap();
    begun.execute("INSERT INTO line VALUES (2)", []).unwrap();
    assert_eq!(glance(2).await, None, "it is not on the disk");
    begun.commit().unwrap();
    assert_eq!(glance(2).await, Some(2), "another has written");
    other.execute("DELETE FROM line WHERE number = 1", []).unwrap();
    assert_eq!((glance(1).await, glance(2).await), (None, Some(2)));
}

/// The file that says where in the log everything is.
fn index_of(folder: &tempfile::TempDir) -> u64 {
    let index = std::fs::metadata(folder.path().join("platform.db-shm")).unwrap();
    std::os::unix::fs::MetadataExt::ino(&index)
}

/// The locks of readers on it, by the kernel's list, which tells neighbours as one: in `SQLite`'s file format those are five
/// bytes.
fn reading(inode: u64) -> Vec<u64> {
    let inode = format!(":{inode}");
    let locks = std::fs::read_to_string("/proc/locks").unwrap();
    let words = locks.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let ours = words.filter(|words| words[5].ends_with(&inode));
    let bytes = ours.flat_map(|words| words[6].parse::<u64>().unwrap()..=words[7].parse().unwrap());
    bytes.filter(|byte| (123..128).contains(byte)).collect()
}

#[tokio::test]
async fn the_one_that_stands_finds_the_state_that_another_program_has_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let other = rusqlite::Connection::open(folder.path().join("platform.db")).unwrap();
    other.execute("INSERT INTO line VALUES (1)", []).unwrap();
    let inode = index_of(&folder);
    // By whoever reads itself, and by the one that stands.
    let locks = async || {
        let look = move |view: &Transaction<'_>| {
            view.row("SELECT number FROM line", &[])?;
            Ok(reading(inode).len())
        };
        store.look(look).await.unwrap()
    };
    assert_eq!(locks().await, 2);
    for _ in 0..1000 {
        store.glance("SELECT 'x' FROM line WHERE number = ?1", [1i64.into()]).await.unwrap();
    }
    assert_eq!(locks().await, 1);
}

#[tokio::test]
async fn a_reader_stands_and_the_log_does_not_grow_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let stands = || !reading(index_of(&folder)).is_empty();
    assert!(stands(), "nobody reads anything now");
    store
        .write(|transaction| transaction.execute("CREATE TABLE heap (body BLOB) STRICT", &[]))
        .await
        .unwrap();
    for _ in 0..24 {
        // A hundred pages and some more.
        let fill = "INSERT INTO heap VALUES (zeroblob(450000))";
        store.write(|transaction| transaction.execute(fill, &[])).await.unwrap();
    }
    let log = std::fs::metadata(folder.path().join("platform.db-wal")).unwrap().len();
    assert!(log < 6 << 20, "11 MB were written, and the log has {log} bytes");
    assert!(stands());
}
