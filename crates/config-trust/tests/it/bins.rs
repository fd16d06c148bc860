//! The same where targets hands the names on to bins, and every way in which a bin is not what it should be.

use std::collections::BTreeMap;

use super::common::*;
use config_trust::{
    BINS, Delegations, FileMeta, Head, Role, RoleKeys, Root, SigningKey, Snapshot, TargetMeta, Targets,
    TrustError, Trusted, batch, bin_of, draft, peek, sha256, sign, target_name, unpack, update,
};

/// Where the documents of the two kiosks belong.
const OWN: &str = "bin-OWN";
const OTHERS: &str = "bin-OTHERS";

/// A fleet with bins, which have signers of their own.
pub(crate) struct City {
    keys: Keys,
    signers: Vec<SigningKey>,
    pub(crate) server: Server,
    pub(crate) trusted: Trusted,
    meta: BTreeMap<String, FileMeta>,
    set: u64,
}

impl City {
    pub(crate) fn new() -> Self {
        let keys = fresh_keys();
        let root = signed(&root_of(1, &keys), &keys[&Role::Root][..2]);
        let mut server = Server::default();
        server.files.insert("1.root.json".to_owned(), root.clone());
        Self::over(keys, server, Trusted::begin(&root).unwrap(), 0)
    }

    /// Puts bins up where `set` sets have been published.
    fn over(keys: Keys, server: Server, trusted: Trusted, set: u64) -> Self {
        let signers = (0..3).map(|_| key()).collect();
        let mut city = Self { keys, signers, server, trusted, meta: BTreeMap::new(), set };
        city.put_targets(set + 1);
        for bin in city.delegations().roles {
            city.put_bin(&bin.name, 1, &[]);
        }
        city.put_bin(OWN, 1, &[(KIOSK, body(KIOSK, set + 1))]);
        city.put_bin(OTHERS, 1, &[(OTHER, body(OTHER, set + 1))]);
        city.bind();
        city
    }

    fn delegations(&self) -> Delegations {
        let keys: BTreeMap<_, _> =
            self.signers.iter().map(|key| (key.public().id().unwrap(), key.public())).collect();
        let signers = RoleKeys { keyids: keys.keys().cloned().collect(), threshold: 2 };
        Delegations::bins(keys, &signers)
    }

    fn put_targets(&mut self, version: u64) {
        let targets = Targets { delegations: Some(self.delegations()), ..plain(version, [].into()) };
        let file = signed(&targets, &self.keys[&Role::Targets][..2]);
        self.put("targets", version, file);
    }

    fn name(&self, bin: &str) -> String {
        let of = |terminal| self.delegations().of(&target_name(terminal)).unwrap().name.clone();
        match bin {
            OWN => of(KIOSK),
            OTHERS => of(OTHER),
            name => name.to_owned(),
        }
    }

    /// A bin's content, not signed yet.
    fn bin(&mut self, bin: &str, version: u64, documents: &[(&str, Vec<u8>)]) -> Targets {
        let listed = documents.iter().map(|(terminal, bytes)| self.server.put(terminal, bytes)).collect();
        Targets { bin: Some(self.name(bin)), ..plain(version, listed) }
    }

    fn put_bin(&mut self, bin: &str, version: u64, documents: &[(&str, Vec<u8>)]) {
        let file = self.bin(bin, version, documents);
        self.put(bin, version, signed(&file, &self.signers[..2]));
    }

    fn put(&mut self, role: &str, version: u64, file: Vec<u8>) {
        let role = self.name(role);
        self.meta.insert(format!("{role}.json"), promise(version, &file));
        self.server.files.insert(format!("{version}.{role}.json"), file);
    }

    /// Whoever has the keys of snapshot and timestamp says that all of this belongs together.
    fn bind(&mut self) {
        self.set += 1;
        let head = Head::new(Role::Snapshot, self.set, at("2026-03-09T00:00:00Z"));
        let snapshot = signed(&Snapshot { head, meta: self.meta.clone() }, &self.keys[&Role::Snapshot]);
        self.server.publish_snapshot(&self.keys, self.set, snapshot);
    }

    fn ask(&mut self) -> Result<config_trust::Document, TrustError> {
        self.server.ask(&mut self.trusted)
    }

    /// What is wrong with the kiosk's own bin.
    fn refused(&mut self) -> TrustError {
        self.bind();
        match self.ask().unwrap_err() {
            TrustError::Bin { bin, error } if bin == self.name(OWN) => *error,
            other => panic!("{other}"),
        }
    }
}

#[test]
fn a_kiosk_gets_its_document_out_of_its_bin_and_fetches_no_other() {
    let mut city = City::new();
    assert_eq!(city.ask().unwrap().version, 1);
    let bins: Vec<_> = city.server.asked.iter().filter(|name| name.contains("bin-")).collect();
    assert_eq!(bins, [&format!("1.{}.json", city.name(OWN))]);
    // News for another kiosk changes nothing that this one would have to fetch again.
    city.put_bin(OTHERS, 2, &[(OTHER, body(OTHER, 2))]);
    city.bind();
    city.server.asked.clear();
    assert_eq!(city.ask().unwrap().version, 1);
    assert!(!city.server.asked.iter().any(|name| name.contains("bin-") || name.contains("targets")));
    city.put_bin(OWN, 2, &[(KIOSK, body(KIOSK, 2))]);
    city.bind();
    assert_eq!(city.ask().unwrap().version, 2);
}

#[test]
fn every_name_falls_into_exactly_one_bin() {
    let city = City::new();
    for kiosk in 0..1_000 {
        let name = target_name(&format!("LZ-{kiosk:04}"));
        assert_eq!(city.delegations().of(&name).unwrap().name, bin_of(&name));
    }
    let bins = city.delegations().roles;
    assert_eq!(bins.len(), usize::from(BINS));
    for first in 0..=255_u8 {
        let prefix = format!("{first:02x}");
        let with = bins.iter().filter(|bin| bin.path_hash_prefixes.contains(&prefix)).count();
        assert_eq!(with, 1, "{prefix}");
    }
    assert!(bins.iter().flat_map(|bin| &bin.path_hash_prefixes).all(|prefix| prefix.len() == 2));
}

/// A kiosk that has kept a set from before there were bins, in the words of the program of that time.
fn from_before() -> (City, Server) {
    let (keys, mut server, mut trusted) = fleet();
    server.publish(&keys, 5, &[(KIOSK, body(KIOSK, 5)), (OTHER, body(OTHER, 5))]);
    server.ask(&mut trusted).unwrap();
    let kept = serde_json::to_string(&trusted).unwrap();
    assert!(!kept.contains("bin"), "{kept}");
    let trusted = serde_json::from_str(&kept).unwrap();
    let old = server.clone();
    (City::over(keys, server, trusted, 5), old)
}

#[test]
fn a_kiosk_from_before_there_were_bins_goes_on_and_never_back() {
    let (mut city, mut old) = from_before();
    assert_eq!(city.ask().unwrap().version, 6);
    let kept: Trusted = serde_json::from_str(&serde_json::to_string(&city.trusted).unwrap()).unwrap();
    assert_eq!(kept, city.trusted);
    let refused = old.ask(&mut city.trusted).unwrap_err();
    assert_eq!(refused, TrustError::Rollback { role: Role::Timestamp, offered: 5, trusted: 6 });
    // Whoever has the keys of snapshot and timestamp binds targets of that time again.
    city.meta = [("targets.json".to_owned(), promise(5, &old.files["5.targets.json"]))].into();
    city.bind();
    let refused = city.ask().unwrap_err();
    assert_eq!(refused, TrustError::Vanished { file: "bin-00.json".into() });
}

#[test]
fn a_kiosk_from_before_there_were_bins_remembers_the_version_of_targets() {
    let (mut city, old) = from_before();
    let first = old.files["1.targets.json"].clone();
    city.meta.insert("targets.json".into(), promise(1, &first));
    city.bind();
    let refused = city.ask().unwrap_err();
    assert_eq!(refused, TrustError::Rollback { role: Role::Targets, offered: 1, trusted: 5 });
}

#[test]
fn a_bin_signed_by_a_wrong_key() {
    let mut city = City::new();
    city.ask().unwrap();
    let bin = city.bin(OWN, 2, &[(KIOSK, body(KIOSK, 66))]);
    let stranger = [key(), key()];
    let own = |n: usize| signed(&bin, &city.signers[..n]);
    let one_twice = {
        let mut file: serde_json::Value = serde_json::from_slice(&own(1)).unwrap();
        let again = file["signatures"][0].clone();
        file["signatures"].as_array_mut().unwrap().push(again);
        file.to_string().into_bytes()
    };
    let files = [
        (signed(&bin, &stranger), 0),
        // Those who sign targets are not those who sign bins here.
        (signed(&bin, &city.keys[&Role::Targets]), 0),
        (own(1), 1),
        (one_twice, 1),
        (sign(&own(1), &stranger[0]).unwrap(), 1),
    ];
    for (file, found) in files {
        city.put(OWN, 2, file);
        assert_eq!(city.refused(), TrustError::Signatures { role: Role::Targets, found, needed: 2 });
    }
    city.put(OWN, 2, signed(&bin, &city.signers[1..]));
    city.bind();
    assert_eq!(city.ask().unwrap().version, 66, "two of three");
}

#[test]
fn a_bin_rolled_back_under_a_new_snapshot() {
    let mut city = City::new();
    let old = city.server.files[&format!("1.{}.json", city.name(OWN))].clone();
    city.put_bin(OWN, 2, &[(KIOSK, body(KIOSK, 2))]);
    city.bind();
    city.ask().unwrap();
    city.put(OWN, 1, old);
    assert_eq!(city.refused(), TrustError::Rollback { role: Role::Targets, offered: 1, trusted: 2 });
}

#[test]
fn a_bin_of_others_rolled_back_is_noticed_too() {
    let mut city = City::new();
    let old = city.server.files[&format!("1.{}.json", city.name(OTHERS))].clone();
    city.put_bin(OTHERS, 2, &[(OTHER, body(OTHER, 2))]);
    city.bind();
    city.ask().unwrap();
    city.put(OTHERS, 1, old);
    city.bind();
    assert!(matches!(city.ask(), Err(TrustError::Bin { bin, .. }) if bin == city.name(OTHERS)));
}

#[test]
fn a_bin_that_is_missing_from_the_snapshot() {
    let mut city = City::new();
    let (newcomer, file) = (city.trusted.clone(), format!("{}.json", city.name(OWN)));
    city.ask().unwrap();
    city.meta.remove(&file);
    city.bind();
    assert_eq!(city.ask().unwrap_err(), TrustError::Vanished { file: file.clone() });
    let refused = city.server.ask(&mut newcomer.clone()).unwrap_err();
    assert!(matches!(&refused, TrustError::Malformed { file: at, .. } if *at == file), "{refused}");
}

#[test]
fn a_document_in_a_bin_that_its_name_does_not_fall_into() {
    let mut city = City::new();
    let newcomer = city.trusted.clone();
    // In another bin the kiosk does not look for it, and whoever looks there refuses all of that bin.
    city.put_bin(OWN, 2, &[]);
    city.put_bin(OTHERS, 2, &[(OTHER, body(OTHER, 2)), (KIOSK, body(KIOSK, 2))]);
    city.bind();
    assert_eq!(city.ask().unwrap_err(), TrustError::NoDocument { terminal_id: KIOSK.into() });
    let refused = update(&mut newcomer.clone(), &mut city.server, OTHER, today()).unwrap_err();
    let TrustError::Bin { bin, error } = refused else { panic!("{refused}") };
    assert_eq!(bin, city.name(OTHERS));
    assert!(error.to_string().contains("belongs into another bin"), "{error}");
}

#[test]
fn a_bin_that_names_the_document_of_another_kiosk() {
    let mut city = City::new();
    // Under the other one's name it is in the wrong bin; under this one's it is the wrong document.
    city.put_bin(OWN, 2, &[(KIOSK, body(KIOSK, 2)), (OTHER, body(OTHER, 2))]);
    let refused = city.refused();
    assert!(refused.to_string().contains("belongs into another bin"), "{refused}");
    city.put_bin(OWN, 3, &[(KIOSK, body(OTHER, 3))]);
    city.bind();
    let refused = city.ask().unwrap_err();
    assert_eq!(refused, TrustError::OtherKiosk { expected: KIOSK.into(), found: OTHER.into() });
}

#[test]
fn one_file_of_targets_in_place_of_another() {
    let mut city = City::new();
    city.ask().unwrap();
    // All are signed by enough of the right people, and the online keys say that they belong there.
    let other = city.server.files[&format!("1.{}.json", city.name(OTHERS))].clone();
    city.put(OWN, 1, other);
    assert!(city.refused().to_string().contains("another file of targets"));
    let unnamed = Targets { bin: None, ..city.bin(OWN, 2, &[(KIOSK, body(KIOSK, 2))]) };
    city.put(OWN, 2, signed(&unnamed, &city.signers));
    assert!(city.refused().to_string().contains("another file of targets"));
    let mut city = City::new();
    city.signers = city.keys.remove(&Role::Targets).unwrap();
    city.keys.insert(Role::Targets, vec![]);
    let own = city.bin(OWN, 7, &[(KIOSK, body(KIOSK, 7))]);
    city.put("targets", 7, signed(&own, &city.signers));
    city.bind();
    let refused = city.ask().unwrap_err();
    assert_eq!(
        refused,
        TrustError::Malformed { file: "targets".into(), why: format!("it is {}", city.name(OWN)) }
    );
}

#[test]
fn mix_and_match_endless_data_and_expiry_of_a_bin() {
    let mut city = City::new();
    let (name, old) = (city.name(OWN), city.server.files[&format!("1.{}.json", city.name(OWN))].clone());
    city.put_bin(OWN, 2, &[(KIOSK, body(KIOSK, 2))]);
    city.bind();
    let honest = city.server.clone();
    city.server.files.insert(format!("2.{name}.json"), old);
    assert_eq!(city.ask().unwrap_err(), TrustError::NotPromised { file: name.clone(), what: "hash" });
    city.server = honest.clone();
    city.server.endless = Some(format!("2.{name}.json"));
    assert!(matches!(city.ask(), Err(TrustError::TooLong { file, .. }) if file == format!("2.{name}.json")));
    city.server = honest;
    let mut bin = city.bin(OWN, 3, &[(KIOSK, body(KIOSK, 3))]);
    bin.head.expires = today();
    city.put(OWN, 3, signed(&bin, &city.signers));
    assert_eq!(city.refused(), TrustError::Expired { role: Role::Targets, at: today() });
}

#[test]
fn a_bin_without_hash_and_length_is_told_by_its_version() {
    let mut city = City::new();
    let (name, old) = (city.name(OWN), city.server.files[&format!("1.{}.json", city.name(OWN))].clone());
    city.put(OWN, 2, old);
    let meta = FileMeta { version: 2, length: None, hashes: [].into() };
    city.meta.insert(format!("{name}.json"), meta);
    city.bind();
    assert_eq!(city.ask().unwrap_err(), TrustError::NotPromised { file: name, what: "version" });
}

#[test]
fn fast_forward_of_a_bin_is_recovered_from_by_a_new_key_of_snapshot() {
    let mut city = City::new();
    city.put_bin(OWN, u64::MAX, &[(KIOSK, body(KIOSK, 1))]);
    city.bind();
    city.ask().unwrap();
    city.put_bin(OWN, 2, &[(KIOSK, body(KIOSK, 2))]);
    assert!(matches!(city.refused(), TrustError::Rollback { .. }));
    for role in [Role::Timestamp, Role::Snapshot] {
        city.keys.insert(role, vec![key()]);
    }
    let root: Root = root_of(2, &city.keys);
    city.server.files.insert("2.root.json".to_owned(), signed(&root, &city.keys[&Role::Root][..2]));
    city.bind();
    assert_eq!(city.ask().unwrap().version, 2);
}

#[test]
fn delegations_that_make_no_sense_are_not_read() {
    let city = City::new();
    let file = |change: &dyn Fn(&mut Delegations)| {
        let mut delegations = city.delegations();
        change(&mut delegations);
        draft(&Targets { delegations: Some(delegations), ..plain(1, [].into()) })
    };
    assert!(file(&|_| ()).is_ok());
    let wrong: [&dyn Fn(&mut Delegations); 9] = [
        &|of| of.roles[3].terminating = false,
        &|of| of.roles[3].path_hash_prefixes.clear(),
        &|of| of.roles[3].path_hash_prefixes[0] = "A0".into(),
        &|of| of.roles[3].path_hash_prefixes[0].clear(),
        &|of| of.roles[3].name = "targets".into(),
        &|of| of.roles[3].name = "../bin-1".into(),
        &|of| of.roles[3].name = of.roles[4].name.clone(),
        &|of| of.roles[3].signers.threshold = 0,
        &|of| of.keys.clear(),
    ];
    for (number, change) in wrong.iter().enumerate() {
        assert!(matches!(file(change), Err(TrustError::Malformed { .. })), "{number}");
    }
    let bin =
        Targets { bin: Some("bin-00".into()), delegations: Some(city.delegations()), ..plain(1, [].into()) };
    assert!(draft(&bin).is_err(), "a bin hands nothing on");
}

#[test]
fn a_batch_is_signed_in_one_go_and_published_as_single_files() {
    let mut city = City::new();
    let (own, others) = (city.name(OWN), city.name(OTHERS));
    let files: BTreeMap<String, Targets> = [
        (own.clone(), city.bin(OWN, 2, &[(KIOSK, body(KIOSK, 2))])),
        (others.clone(), city.bin(OTHERS, 2, &[(OTHER, body(OTHER, 2))])),
    ]
    .into();
    let once = sign(&batch(&files).unwrap(), &city.signers[0]).unwrap();
    let both = sign(&once, &city.signers[2]).unwrap();
    let again = sign(&both, &city.signers[2]).unwrap();
    assert_eq!(unpack(&again).unwrap().len(), 2);
    for (name, file) in unpack(&again).unwrap() {
        assert_eq!(peek::<Targets>(&file).unwrap(), files[&name]);
        assert!(file.len() < both.len() && !file.contains(&b'\n'), "no more than a kiosk needs");
        city.put(&name, 2, file);
    }
    city.bind();
    assert_eq!(city.ask().unwrap().version, 2);
    assert_eq!(update(&mut city.trusted.clone(), &mut city.server, OTHER, today()).unwrap().version, 2);
    let one = unpack(&once).unwrap()[&own].clone();
    let bins = city.delegations();
    let missing = bins.verified(bins.of(&target_name(KIOSK)).unwrap(), &one).unwrap_err();
    assert!(missing.to_string().contains("1 valid signatures"), "{missing}");
    let listed: &TargetMeta = &files[&own].targets[&target_name(KIOSK)];
    assert_eq!(listed.hashes["sha256"], sha256(&body(KIOSK, 2)));
}
