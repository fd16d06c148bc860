//! The cache and the print jobs.

use kiosk_outbox::{CACHE_BYTES, Cached, PrintOutcome, Store, StoreError};

use crate::support::{Disk, at};

#[test]
fn a_page_is_there_after_a_restart_with_its_age() {
    let disk = Disk::new();
    let mut store = disk.open();
    assert_eq!(store.cache_get("registry"), Ok(None));
    store.cache_put("registry", Some("\"1\""), b"old", at(0)).unwrap();
    store.cache_put("registry", None, b"new", at(60)).unwrap();
    store.cache_put("notice", Some("\"2\""), b"other", at(1)).unwrap();
    drop(store);
    let mut store = disk.open();
    let found = store.cache_get("registry").unwrap();
    assert_eq!(found, Some(Cached { etag: None, body: b"new".to_vec(), stored_at: at(60) }));
    assert_eq!(store.cache_confirm("registry", at(3_600)), Ok(true));
    assert_eq!(store.cache_confirm("guide", at(3_600)), Ok(false));
    drop(store);
    let store = disk.open();
    assert_eq!(
        store.cache_get("registry").unwrap(),
        found.map(|page| Cached { stored_at: at(3_600), ..page })
    );
    assert_eq!(store.cache_get("notice").unwrap().unwrap().stored_at, at(1), "of the other nothing was said");
}

#[test]
fn the_cache_does_not_grow_for_ever() {
    let mut store = Disk::new().open();
    let half = vec![7; CACHE_BYTES / 2];
    for (name, second) in [("old", 0), ("middle", 1), ("new", 2)] {
        store.cache_put(name, None, &half, at(second)).unwrap();
    }
    let there =
        |store: &Store| ["old", "middle", "new", "late"].map(|name| store.cache_get(name).unwrap().is_some());
    assert_eq!(there(&store), [false, true, true, false]);
    store.cache_put("late", None, &half, at(-9_999)).unwrap();
    assert_eq!(
        there(&store),
        [false, false, true, true],
        "what was just fetched stays, though the clock was set back"
    );
    let large = vec![7; CACHE_BYTES + 1];
    assert_eq!(store.cache_put("late", None, &large, at(3)), Err(StoreError::TooLarge(CACHE_BYTES + 1)));
    assert_eq!(there(&store), [false, false, true, true]);
    store.cache_put("late", None, &large[1..], at(4)).unwrap();
    assert_eq!(there(&store), [false, false, false, true], "the largest that there can be");
    store.cache_clear().unwrap();
    assert_eq!(there(&store), [false; 4]);
}

#[test]
fn the_power_fails_while_the_printer_runs() {
    let disk = Disk::new();
    let mut store = disk.open();
    let (done, cut) = (store.print_job_begin(at(0)).unwrap(), store.print_job_begin(at(1)).unwrap());
    store.print_job_end(done, PrintOutcome::Printed).unwrap();
    drop(store);
    let mut store = disk.open();
    assert_eq!(store.print_jobs_unfinished(), Ok(vec![cut]));
    assert_eq!(store.print_jobs_unfinished(), Ok(vec![]), "each is told once");
    assert_eq!(store.print_job_end(cut, PrintOutcome::Printed), Err(StoreError::NotPrinting(cut)));
    assert!(store.print_job_begin(at(2)).unwrap() > cut);
    let outcomes: Vec<Option<String>> = disk
        .sql()
        .prepare("SELECT outcome FROM print_jobs ORDER BY number")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(outcomes, [Some("printed".to_owned()), Some("unknown".to_owned()), None]);
}

#[test]
fn a_job_ends_once_and_must_have_begun() {
    let mut store = Disk::new().open();
    let job = store.print_job_begin(at(0)).unwrap();
    store.print_job_end(job, PrintOutcome::NotPrinted).unwrap();
    assert_eq!(store.print_job_end(job, PrintOutcome::Unknown), Err(StoreError::NotPrinting(job)));
    assert_eq!(store.print_job_end(77, PrintOutcome::Printed), Err(StoreError::NotPrinting(77)));
}
