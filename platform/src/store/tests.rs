//! Writes in company, and reads without a thread.

use std::{
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use super::{Store, StoreError, Transaction};
use crate::config::DatabaseUrl;

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

fn whose(_: &Transaction<'_>) -> Result<String, StoreError> {
    Ok(thread::current().name().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_look_needs_no_thread_until_one_was_slow_and_then_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    assert_ne!(store.look(whose).await.unwrap(), "store-reader");
    assert_eq!(store.read(whose).await.unwrap(), "store-reader");
    let slow = |_: &Transaction<'_>| {
        thread::sleep(Duration::from_millis(21));
        Ok(())
    };
    store.look(slow).await.unwrap();
    assert_eq!(store.look(whose).await.unwrap(), "store-reader", "the disk is slow");
    let begun = Instant::now();
    while store.look(whose).await.unwrap() == "store-reader" {
        assert!(begun.elapsed() < Duration::from_mins(1));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
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
