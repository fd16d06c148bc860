//! `kill -9` at any moment loses nothing that was confirmed.

use std::{
    collections::BTreeMap,
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use kiosk_outbox::{PrintOutcome, Store};

use crate::support::{Disk, Turned, at, intake, photographed, photographed_bundle, rating};

const PATH: &str = "KIOSK_OUTBOX_TEST_PATH";
const CHILD: &str = "kill::the_child_that_is_killed";
const ROUNDS: u64 = 60;

/// Takes cases as fast as it can and confirms each thing on its standard output once the call has returned.
#[test]
#[ignore = "the child of the test below, which gives it a store and kills it"]
fn the_child_that_is_killed() {
    let mut store = Store::open(env::var_os(PATH).unwrap(), at(0)).unwrap().0;
    let say = |word: &str, key| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "CONFIRMED {word} {key}").unwrap();
        out.flush().unwrap();
    };
    for n in 0_u32.. {
        let taken = match n % 3 {
            0 => photographed(),
            1 => photographed_bundle(),
            _ => intake(),
        };
        let case = store.record_case(&taken, &Turned, at(0)).unwrap();
        say("waiting", case.case_key);
        store.record_rating(&rating(case.case_key), at(0)).unwrap();
        match n % 4 {
            0 => {
                store.settle_delivered(case.id, at(0)).unwrap();
                say("delivered", case.case_key);
            }
            1 => {
                store.settle_refused(case.id, "urn:x", 400, at(0)).unwrap();
                say("parked", case.case_key);
            }
            2 => drop(store.settle_retry(case.id, None, "unreachable", at(0)).unwrap()),
            _ => {
                let job = store.print_job_begin(at(0)).unwrap();
                store.print_job_end(job, PrintOutcome::Printed).unwrap();
            }
        }
    }
}

#[test]
fn killed_at_any_moment_it_forgets_nothing_that_it_confirmed() {
    let disk = Disk::new();
    let mut confirmed = BTreeMap::new();
    for round in 0..ROUNDS {
        let told = run_and_kill(&disk.path(), 1 + round % 12, Duration::from_micros(round * 977 % 5_000));
        confirmed.extend(told);
        let report = Store::open(disk.path(), at(0)).unwrap().1;
        assert_eq!((report.set_aside, report.created), (None, false));
        check(&disk, &confirmed, round + 1);
    }
    let count = |kind: &str| -> u64 {
        let count = "SELECT count(*) FROM outbox WHERE kind = ?1";
        disk.sql().query_row(count, [kind], |row| row.get(0)).unwrap()
    };
    assert!(count("material") >= 300, "only {} pages: too few to mean anything", count("material"));
    assert!(count("bundle") >= 50, "only {} bundles: too few to mean anything", count("bundle"));
    assert!(confirmed.len() >= 150, "only {} cases: too few to mean anything", confirmed.len());
}

/// Lets the child confirm so many things and go on for a moment, kills it, and returns its last word on each case.
fn run_and_kill(path: &Path, things: u64, after: Duration) -> BTreeMap<String, String> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--ignored", "--exact", CHILD, "--nocapture"])
        .env(PATH, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut told = Vec::new();
    while (told.len() as u64) < things {
        told.extend(lines.next().map(|line| last_word(&line)).expect("the child ends by itself"));
    }
    thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    told.extend(lines.filter_map(|line| last_word(&line)));
    told.into_iter().collect()
}

/// The key and what was confirmed of it; a line that was cut off confirms nothing.
fn last_word(line: &str) -> Option<(String, String)> {
    let mut words = line.split_once("CONFIRMED ")?.1.split(' ');
    let (word, key) = (words.next()?.to_owned(), words.next()?.replace('-', ""));
    (key.len() == 32).then_some((key, word))
}

/// Every confirmed case is there once and as confirmed, its pages all with it; at most one call of
/// each round was kept but not told.
fn check(disk: &Disk, confirmed: &BTreeMap<String, String>, rounds: u64) {
    let db = disk.sql();
    let mut select = db
        .prepare("SELECT lower(hex(case_key)), state, body IS NOT NULL FROM outbox WHERE kind IN ('case', 'bundle')")
        .unwrap();
    let rows: Vec<(String, String, bool)> = select
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let kept: BTreeMap<&str, (&str, bool)> =
        rows.iter().map(|(key, state, body)| (key.as_str(), (state.as_str(), *body))).collect();
    assert_eq!(kept.len(), rows.len(), "a case is there twice");
    for (key, word) in confirmed {
        let (state, body) = kept.get(key.as_str()).unwrap_or_else(|| panic!("{key} is lost"));
        assert_eq!(*body, *state != "delivered", "{key}");
        assert!(word == "waiting" || word == state, "{key}: {word} was confirmed, {state} is kept");
    }
    // Whatever was told of it: a case that is there is there whole.
    let torn: u64 = db
        .query_row(
            "SELECT count(*) FROM (SELECT count(*) AS pages FROM outbox WHERE kind = 'material' GROUP BY case_key)
             WHERE pages <> 3",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(torn, 0, "cases with some of their pages");
    let lonely: u64 = db
        .query_row(
            "SELECT count(*) FROM outbox AS page WHERE kind = 'material' AND body IS NOT NULL AND NOT EXISTS
             (SELECT 1 FROM outbox AS its WHERE its.case_key = page.case_key AND its.kind IN ('case', 'bundle') AND its.id < page.id)",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(lonely, 0, "pages without their case");
    let untold = kept.len() - confirmed.len();
    assert!(untold as u64 <= rounds, "{untold} cases that nobody was told of in {rounds} rounds");
}
