//! The log from the outside.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use jiff::{SignedDuration, Timestamp};
use kiosk_audit::{
    Broken, Checkpoint, DeviceKey, Entry, Event, KEPT, SCHEMA, Word, append, entries, markdown, prune, verify,
};
use ring::{rand::SystemRandom, signature::Ed25519KeyPair};
use rusqlite::Connection;
use uuid::Uuid;

fn at(days: i64) -> Timestamp {
    "2026-11-24T02:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * days)
}

fn log(days: &[i64]) -> Connection {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(SCHEMA).unwrap();
    for day in days {
        let reason = Word::of("urn:community-kiosk:problem:item-unknown");
        append(&db, &Event::CallParked { case_key: Uuid::from_u128(7), reason, status: 422 }, at(*day))
            .unwrap();
    }
    db
}

fn all(db: &Connection) -> Vec<Entry> {
    entries(db, 0, u32::MAX).unwrap()
}

fn key() -> DeviceKey {
    DeviceKey::from_pkcs8(Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap().as_ref()).unwrap()
}

#[test]
fn entries_are_numbered_chained_and_say_what_happened() {
    let log = all(&log(&[0, 1, 2]));
    assert_eq!(log.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(verify(&log), Ok(()));
    assert_eq!(log[1].event, "call-parked");
    let details =
        r#"{"case_key":"00000000-0000-0000-0000-000000000007","reason":"item-unknown","status":422}"#;
    assert_eq!(log[1].details, details);
}

#[test]
fn whatever_is_changed_left_out_or_put_in_between_is_found() {
    let log = all(&log(&[0, 1, 2, 3]));
    let changes: [fn(&mut Entry); 5] = [
        |entry| entry.at += 1,
        |entry| entry.event = "call-closed".to_owned(),
        |entry| entry.details.push(' '),
        |entry| entry.seq = 9,
        |entry| entry.previous[0] ^= 1,
    ];
    for change in changes {
        let mut changed = log.clone();
        change(&mut changed[1]);
        assert!(matches!(verify(&changed), Err(Broken::Changed(_))));
    }
    assert_eq!(verify(&[&log[..1], &log[2..]].concat()), Err(Broken::Gap(3)));
    let other = all(&self::log(&[9, 9, 9, 9]));
    assert_eq!(verify(&[&log[..2], &other[2..]].concat()), Err(Broken::Chain(3)));
    assert_eq!(verify(&log[2..]), Ok(()), "a piece of a chain is one");
}

#[test]
fn a_checkpoint_is_the_devices_and_under_one_entry() {
    let (log, key) = (all(&log(&[0, 1])), key());
    let signed = Checkpoint::sign(&log[1], &key);
    assert_eq!(signed.verify(&log[1], key.public()), Ok(()));
    assert_eq!(signed.verify(&log[0], key.public()), Err(Broken::Changed(1)));
    assert_eq!(signed.verify(&log[1], self::key().public()), Err(Broken::Signature(2)));
    let moved = Checkpoint { seq: 1, hash: log[0].hash, ..signed };
    assert_eq!(moved.verify(&log[0], key.public()), Err(Broken::Signature(1)));
    assert!(DeviceKey::from_pkcs8(b"no key").is_err());
}

#[test]
fn a_chain_made_anew_does_not_fit_under_an_old_signature() {
    let key = key();
    let signed = Checkpoint::sign(&all(&log(&[0, 1]))[1], &key);
    let forged = all(&log(&[0, 2]));
    assert_eq!(verify(&forged), Ok(()), "a chain alone proves nothing against who can make it anew");
    assert!(signed.verify(&forged[1], key.public()).is_err());
}

#[test]
fn old_entries_go_at_the_cap_and_young_ones_never() {
    assert_eq!(KEPT.as_secs(), 180 * 24 * 60 * 60);
    let db = log(&[0, 1, 179, 180, 181]);
    assert_eq!(prune(&db, u64::MAX, at(999)).unwrap(), 0, "within the cap");
    assert_eq!(prune(&db, 1, at(181)).unwrap(), 2);
    let left = all(&db);
    assert_eq!((left[0].seq, left.len(), verify(&left)), (3, 3, Ok(())));
    append(&db, &Event::StoreCreated {}, at(182)).unwrap();
    let grown = all(&db);
    assert_eq!((grown[3].seq, verify(&grown)), (6, Ok(())), "numbers go on");
}

#[test]
fn an_old_time_behind_a_young_one_makes_no_gap() {
    let db = log(&[0, 200, -300, 200]);
    assert_eq!(prune(&db, 1, at(201)).unwrap(), 1);
    assert_eq!(verify(&all(&db)), Ok(()));
}

#[test]
fn no_name_of_anybody_becomes_a_word() {
    for text in
        ["示例甲乙丙", "519999195201010013", "13900005678", "A-b", "a b", "", "urn:x:", &"x".repeat(65)]
    {
        assert_eq!(Word::of(text), Word::of("other"), "{text}");
    }
    assert_ne!(Word::of("body-damaged"), Word::of("other"));
}

#[test]
fn the_catalogue_is_documented() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/audit-events.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, markdown()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), markdown(), "UPDATE_DOCS=1 writes it anew");
}
