//! What must work, and one test for each attack that must not.

use super::common::*;
use config_trust::{
    Head, MAX_DOCUMENT, Role, Snapshot, TargetMeta, Targets, TrustError, Trusted, sha256, target_name, update,
};

#[test]
fn a_new_kiosk_gets_its_document() {
    let (_, mut server, mut trusted) = fleet();
    let document = server.ask(&mut trusted).unwrap();
    assert_eq!((document.terminal_id.as_str(), document.version), (KIOSK, 1));
    assert_eq!(document.sha256, sha256(&body(KIOSK, 1)));
    assert_eq!(document.settings["session"]["idle"], 60);
}

#[test]
fn what_is_trusted_survives_a_restart_and_unchanged_files_are_not_fetched_again() {
    let (keys, mut server, mut trusted) = fleet();
    server.ask(&mut trusted).unwrap();
    let mut restarted: Trusted = serde_json::from_str(&serde_json::to_string(&trusted).unwrap()).unwrap();
    assert_eq!(restarted, trusted);
    server.asked.clear();
    server.ask(&mut restarted).unwrap();
    assert!(!server.asked.iter().any(|name| name.contains("snapshot") || name.contains("targets")));
    server.publish(&keys, 2, &[(KIOSK, body(KIOSK, 2))]);
    assert_eq!(server.ask(&mut restarted).unwrap().version, 2);
}

#[test]
fn a_folder_without_versions_in_its_names_works_too() {
    let mut keys = fresh_keys();
    let mut root = root_of(1, &keys);
    root.consistent_snapshot = false;
    let root = signed(&root, &keys.remove(&Role::Root).unwrap());
    let mut server = Server::default();
    keys.insert(Role::Root, vec![]);
    server.publish(&keys, 1, &[(KIOSK, body(KIOSK, 1))]);
    for role in ["snapshot", "targets"] {
        let file = server.files.remove(&format!("1.{role}.json")).unwrap();
        server.files.insert(format!("{role}.json"), file);
    }
    server.files.insert(target_name(KIOSK), body(KIOSK, 1));
    assert_eq!(server.ask(&mut Trusted::begin(&root).unwrap()).unwrap().version, 1);
}

#[test]
fn arbitrary_software_signed_by_a_stranger() {
    let (_, mut server, mut trusted) = fleet();
    server.publish(&fresh_keys(), 2, &[(KIOSK, body(KIOSK, 66))]);
    let refused = server.ask(&mut trusted).unwrap_err();
    assert_eq!(refused, TrustError::Signatures { role: Role::Timestamp, found: 0, needed: 1 });
}

#[test]
fn arbitrary_software_under_honest_metadata() {
    let (_, mut server, mut trusted) = fleet();
    let path = target_name(KIOSK).replace("kiosks/", &format!("kiosks/{}.", sha256(&body(KIOSK, 1))));
    let forged = String::from_utf8(body(KIOSK, 1)).unwrap().replace("60", "61").into_bytes();
    server.files.insert(path.clone(), forged);
    assert_eq!(server.ask(&mut trusted).unwrap_err(), TrustError::NotPromised { file: path, what: "hash" });
}

#[test]
fn rollback_of_the_whole_set() {
    let (keys, mut server, mut trusted) = fleet();
    let mut old = server.clone();
    server.publish(&keys, 2, &[(KIOSK, body(KIOSK, 2))]);
    server.ask(&mut trusted).unwrap();
    let refused = old.ask(&mut trusted).unwrap_err();
    assert_eq!(refused, TrustError::Rollback { role: Role::Timestamp, offered: 1, trusted: 2 });
    assert_eq!(server.ask(&mut trusted).unwrap().version, 2, "the honest server is still heard");
}

#[test]
fn rollback_of_snapshot_under_a_new_timestamp() {
    let (keys, mut server, mut trusted) = fleet();
    let old = server.files["1.snapshot.json"].clone();
    server.publish(&keys, 2, &[(KIOSK, body(KIOSK, 2))]);
    server.ask(&mut trusted).unwrap();
    // Whoever holds the timestamp key alone puts an old snapshot under it.
    let timestamp = config_trust::Timestamp {
        head: Head::new(Role::Timestamp, 3, at("2026-03-03T00:00:00Z")),
        meta: [("snapshot.json".to_owned(), promise(1, &old))].into(),
    };
    server.files.insert("timestamp.json".into(), signed(&timestamp, &keys[&Role::Timestamp]));
    let refused = server.ask(&mut trusted).unwrap_err();
    assert_eq!(refused, TrustError::Rollback { role: Role::Snapshot, offered: 1, trusted: 2 });
}

#[test]
fn rollback_of_targets_under_a_new_snapshot() {
    let (keys, mut server, mut trusted) = fleet();
    let old = server.files["1.targets.json"].clone();
    server.publish(&keys, 2, &[(KIOSK, body(KIOSK, 2))]);
    server.ask(&mut trusted).unwrap();
    // Whoever holds the keys of timestamp and snapshot, but not those of targets.
    let snapshot = Snapshot {
        head: Head::new(Role::Snapshot, 3, at("2026-03-09T00:00:00Z")),
        meta: [("targets.json".to_owned(), promise(1, &old))].into(),
    };
    server.publish_snapshot(&keys, 3, signed(&snapshot, &keys[&Role::Snapshot]));
    let refused = server.ask(&mut trusted).unwrap_err();
    assert_eq!(refused, TrustError::Rollback { role: Role::Targets, offered: 1, trusted: 2 });
}

#[test]
fn freeze_by_a_server_that_keeps_the_news_back() {
    let (_, mut server, mut trusted) = fleet();
    server.ask(&mut trusted).unwrap();
    let expires = at("2026-03-03T00:00:00Z");
    let just_before = expires - jiff::SignedDuration::from_nanos(1);
    update(&mut trusted, &mut server, KIOSK, just_before).unwrap();
    let refused = update(&mut trusted, &mut server, KIOSK, expires).unwrap_err();
    assert_eq!(refused, TrustError::Expired { role: Role::Timestamp, at: expires });
}

#[test]
fn freeze_with_an_expired_file_of_any_role() {
    let late = |days: i64| today() + jiff::SignedDuration::from_hours(24 * days);
    for (role, now) in [(Role::Snapshot, late(8)), (Role::Targets, late(100)), (Role::Root, late(400))] {
        let (keys, mut server, mut trusted) = fleet();
        // Everything below the role of this turn is made anew.
        if role != Role::Root {
            let mut snapshot: Snapshot = read_signed(&server.files["1.snapshot.json"]);
            if role == Role::Targets {
                snapshot.head.expires = late(500);
            }
            let file = signed(&snapshot, &keys[&Role::Snapshot]);
            let timestamp = config_trust::Timestamp {
                head: Head::new(Role::Timestamp, 1, late(500)),
                meta: [("snapshot.json".to_owned(), promise(1, &file))].into(),
            };
            server.files.insert("1.snapshot.json".into(), file);
            server.files.insert("timestamp.json".into(), signed(&timestamp, &keys[&Role::Timestamp]));
        }
        let refused = update(&mut trusted, &mut server, KIOSK, now).unwrap_err();
        assert!(matches!(refused, TrustError::Expired { role: r, .. } if r == role), "{refused}");
    }
}

fn read_signed<T: serde::de::DeserializeOwned>(file: &[u8]) -> T {
    let file: serde_json::Value = serde_json::from_slice(file).unwrap();
    serde_json::from_value(file["signed"].clone()).unwrap()
}

#[test]
fn mix_and_match_of_files_that_never_were_together() {
    let (keys, mut server, mut trusted) = fleet();
    let old = server.files["1.targets.json"].clone();
    server.publish(&keys, 2, &[(KIOSK, body(KIOSK, 2)), (OTHER, body(OTHER, 2))]);
    server.files.insert("2.targets.json".to_owned(), old);
    let refused = server.ask(&mut trusted).unwrap_err();
    assert_eq!(refused, TrustError::NotPromised { file: "targets".into(), what: "hash" });
}

#[test]
fn mix_and_match_where_only_the_version_tells() {
    let (keys, mut server, mut trusted) = fleet();
    let old = server.files["1.targets.json"].clone();
    let mut meta = promise(2, &old);
    (meta.length, meta.hashes) = (None, [].into());
    let snapshot = Snapshot {
        head: Head::new(Role::Snapshot, 2, at("2026-03-09T00:00:00Z")),
        meta: [("targets.json".to_owned(), meta)].into(),
    };
    server.files.insert("2.targets.json".to_owned(), old);
    server.publish_snapshot(&keys, 2, signed(&snapshot, &keys[&Role::Snapshot]));
    let refused = server.ask(&mut trusted).unwrap_err();
    assert_eq!(refused, TrustError::NotPromised { file: "targets".into(), what: "version" });
}

#[test]
fn endless_data_in_place_of_any_file() {
    let (_, server, trusted) = fleet();
    let document = target_name(KIOSK).replace("kiosks/", &format!("kiosks/{}.", sha256(&body(KIOSK, 1))));
    for name in ["2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json", &document] {
        let (mut server, mut trusted) = (server.clone(), trusted.clone());
        server.endless = Some(name.to_owned());
        let refused = server.ask(&mut trusted).unwrap_err();
        assert!(matches!(&refused, TrustError::TooLong { file, .. } if file == name), "{refused}");
    }
}

#[test]
fn endless_data_that_signed_metadata_promises() {
    let (keys, mut server, mut trusted) = fleet();
    let huge = TargetMeta { length: MAX_DOCUMENT + 1, hashes: [("sha256".into(), sha256(b""))].into() };
    let targets = plain(2, [(target_name(KIOSK), huge)].into());
    server.publish_targets(&keys, 2, signed(&targets, &keys[&Role::Targets][..2]));
    let refused = server.ask(&mut trusted).unwrap_err();
    assert_eq!(refused, TrustError::TooLong { file: target_name(KIOSK), limit: MAX_DOCUMENT });
}

#[test]
fn fast_forward_is_recovered_from_by_new_keys() {
    let (mut keys, mut server, mut trusted) = fleet();
    let honest = server.clone();
    server.publish(&keys, u64::MAX, &[(KIOSK, body(KIOSK, 1))]);
    server.ask(&mut trusted).unwrap();
    assert!(matches!(honest.clone().ask(&mut trusted), Err(TrustError::Rollback { .. })));
    // The operators give timestamp and snapshot new keys; the kiosk finds its way back by itself.
    for role in [Role::Timestamp, Role::Snapshot] {
        keys.insert(role, vec![key()]);
    }
    let mut server = honest;
    let root = signed(&root_of(2, &keys), &keys[&Role::Root][..2]);
    server.files.insert("2.root.json".to_owned(), root);
    server.publish(&keys, 2, &[(KIOSK, body(KIOSK, 2))]);
    assert_eq!(server.ask(&mut trusted).unwrap().version, 2);
    assert_eq!(trusted.root_version().unwrap(), 2);
}

#[test]
fn a_new_root_that_withdraws_no_key_forgets_no_version() {
    let (mut keys, mut server, mut trusted) = fleet();
    let old = server.clone();
    server.publish(&keys, 5, &[(KIOSK, body(KIOSK, 5))]);
    server.ask(&mut trusted).unwrap();
    keys.get_mut(&Role::Timestamp).unwrap().push(key());
    let mut server = old;
    server.files.insert("2.root.json".into(), signed(&root_of(2, &keys), &keys[&Role::Root][..2]));
    let refused = server.ask(&mut trusted).unwrap_err();
    assert_eq!(refused, TrustError::Rollback { role: Role::Timestamp, offered: 1, trusted: 5 });
}

/// Targets by whoever holds everything but one of the two keys of targets.
fn targets_signed_by(keys: &Keys, sign: impl Fn(&Targets) -> Vec<u8>) -> TrustError {
    let (_, mut server, _) = fleet();
    let root = signed(&root_of(1, keys), &keys[&Role::Root][..2]);
    let targets = plain(2, [].into());
    server.publish_targets(keys, 2, sign(&targets));
    server.ask(&mut Trusted::begin(&root).unwrap()).unwrap_err()
}

#[test]
fn key_compromise_below_the_threshold() {
    let keys = fresh_keys();
    let refused = targets_signed_by(&keys, |targets| signed(targets, &keys[&Role::Targets][..1]));
    assert_eq!(refused, TrustError::Signatures { role: Role::Targets, found: 1, needed: 2 });
}

#[test]
fn key_compromise_below_the_threshold_with_its_signature_twice() {
    let keys = fresh_keys();
    let refused = targets_signed_by(&keys, |targets| {
        let file = signed(targets, &keys[&Role::Targets][..1]);
        let mut file: serde_json::Value = serde_json::from_slice(&file).unwrap();
        let again = file["signatures"][0].clone();
        file["signatures"].as_array_mut().unwrap().push(again);
        file.to_string().into_bytes()
    });
    assert_eq!(refused, TrustError::Signatures { role: Role::Targets, found: 1, needed: 2 });
}

#[test]
fn key_compromise_below_the_threshold_with_the_key_of_another_role() {
    let mut keys = fresh_keys();
    let mut both = keys.remove(&Role::Targets).unwrap();
    let third = both.split_off(1);
    keys.insert(Role::Targets, third);
    let refused = targets_signed_by(&keys, |targets| {
        let file = signed(targets, &keys[&Role::Targets][..1]);
        config_trust::sign(&file, &keys[&Role::Snapshot][0]).unwrap()
    });
    assert_eq!(refused, TrustError::Signatures { role: Role::Targets, found: 1, needed: 2 });
}

#[test]
fn one_key_under_two_names_makes_no_root() {
    let keys = fresh_keys();
    let mut root = root_of(1, &keys);
    let first = root.keys.values().next().unwrap().clone();
    root.keys.insert("ab".repeat(32), first);
    let refused = config_trust::draft(&root).unwrap_err();
    assert!(matches!(refused, TrustError::Malformed { .. }), "{refused}");
}

#[test]
fn signed_for_another_kiosk() {
    let (keys, mut server, mut trusted) = fleet();
    server.publish(&keys, 2, &[(OTHER, body(OTHER, 2))]);
    let refused = server.ask(&mut trusted).unwrap_err();
    assert_eq!(refused, TrustError::NoDocument { terminal_id: KIOSK.into() });
    // The server hands out the other one's document under this one's name.
    server.publish(&keys, 3, &[(KIOSK, body(KIOSK, 3))]);
    let own = target_name(KIOSK).replace("kiosks/", &format!("kiosks/{}.", sha256(&body(KIOSK, 3))));
    server.files.insert(own.clone(), body(OTHER, 2));
    let refused = server.ask(&mut trusted).unwrap_err();
    assert_eq!(refused, TrustError::NotPromised { file: own, what: "hash" });
    // An operator signs it there by mistake.
    server.publish(&keys, 4, &[(KIOSK, body(OTHER, 4))]);
    let refused = server.ask(&mut trusted).unwrap_err();
    assert_eq!(refused, TrustError::OtherKiosk { expected: KIOSK.into(), found: OTHER.into() });
}

#[test]
fn wrong_root_chain() {
    let (keys, server, trusted) = fleet();
    let theirs = fresh_keys();
    let offer = |root: Vec<u8>| {
        let (mut server, mut trusted) = (server.clone(), trusted.clone());
        server.files.insert("2.root.json".to_owned(), root);
        let refused = server.ask(&mut trusted).unwrap_err();
        assert_eq!(trusted.root_version().unwrap(), 1);
        refused
    };
    let missing = |found| TrustError::Signatures { role: Role::Root, found, needed: 2 };
    // Signed by itself only; by the old keys only; by one old key; a version left out; a version repeated.
    assert_eq!(offer(signed(&root_of(2, &theirs), &theirs[&Role::Root])), missing(0));
    assert_eq!(offer(signed(&root_of(2, &theirs), &keys[&Role::Root])), missing(0));
    assert_eq!(offer(signed(&root_of(2, &keys), &keys[&Role::Root][..1])), missing(1));
    let order = |found| TrustError::RootOrder { expected: 2, found };
    assert_eq!(offer(signed(&root_of(3, &keys), &keys[&Role::Root])), order(3));
    assert_eq!(offer(signed(&root_of(1, &keys), &keys[&Role::Root])), order(1));
}

#[test]
fn a_chain_of_honest_roots_is_followed_to_its_end() {
    let (keys, mut server, mut trusted) = fleet();
    let (second, third) = (fresh_keys(), fresh_keys());
    for (version, new, old) in [(2, &second, &keys), (3, &third, &second)] {
        let file = signed(&root_of(version, new), &old[&Role::Root]);
        let file = new[&Role::Root].iter().fold(file, |file, key| config_trust::sign(&file, key).unwrap());
        server.files.insert(format!("{version}.root.json"), file);
    }
    server.publish(&third, 2, &[(KIOSK, body(KIOSK, 2))]);
    assert_eq!(server.ask(&mut trusted).unwrap().version, 2);
    assert_eq!(trusted.root_version().unwrap(), 3);
}

#[test]
fn a_root_that_nobody_signed_is_no_beginning() {
    let keys = fresh_keys();
    let root = signed(&root_of(1, &keys), &keys[&Role::Root][..1]);
    assert_eq!(
        Trusted::begin(&root).unwrap_err(),
        TrustError::Signatures { role: Role::Root, found: 1, needed: 2 }
    );
}
