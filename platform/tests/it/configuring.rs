//! From settings to what a kiosk fetches, with every way in which it must not get there.

use std::{fs, io, io::Read, path::PathBuf, time::Duration};

use config_trust::{
    FileMeta, Head, Role, SigningKey, Snapshot, Source, TargetMeta, Targets, TrustError, Trusted,
};
use enrolment::{DeviceKey, Membership, statement};
use jiff::SignedDuration;
use platform_client::{CallError, Client, Fetched, Sign};
use protocol::{
    Ailment, ConfigPhase, Desired, Heartbeat, PaperLeft, PartTested, READINESS, Readiness, Reported,
    TrustBundle,
};

use crate::{
    database::{self, Kind},
    enrolling::Called,
};

/// A platform with signed roots, of whose keys two people hold three.
pub(crate) struct Signed {
    pub(crate) platform: Called,
}

impl Signed {
    pub(crate) async fn new() -> Self {
        Self::of(Called::new().await).await
    }

    pub(crate) async fn of(platform: Called) -> Self {
        let this = Self { platform };
        for key in ["a", "b", "c"] {
            this.sign(&format!("key --out {}", this.path(key))).unwrap();
        }
        this.operator(&format!("configure key --out {}", this.path("online.pub"))).await.unwrap();
        this.sign(&this.root_words("1.root.json", "")).unwrap();
        for key in ["a", "b"] {
            this.sign(&format!("add --key {} {}", this.path(key), this.path("1.root.json"))).unwrap();
        }
        this.operator(&format!("configure root {}", this.path("1.root.json"))).await.unwrap();
        this
    }

    fn root_words(&self, out: &str, more: &str) -> String {
        let [a, b, c] = ["a.pub", "b.pub", "c.pub"].map(|key| self.path(key));
        let online = self.path("online.pub");
        let out = self.path(out);
        format!("root --out {out} --root 2:{a},{b},{c} --targets 2:{a},{b},{c} --online {online} {more}")
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.file(name).to_str().unwrap().to_owned()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.platform.here.directory.path().join(name)
    }

    /// What a person with a key types, away from any network.
    pub(crate) fn sign(&self, words: &str) -> Result<String, String> {
        let words: Vec<&str> = std::iter::once("sign").chain(words.split_whitespace()).collect();
        let command = platform::fleet::command::parse(&words).unwrap()?;
        let now = *self.platform.here.now.lock().unwrap();
        futures(platform::fleet::command::run(command, now)).map_err(|error| error.to_string())
    }

    pub(crate) async fn operator(&self, words: &str) -> Result<String, String> {
        self.platform.operator(words).await
    }

    pub(crate) async fn set(&self, kiosk: &str, settings: &str, more: &str) -> Result<String, String> {
        fs::write(self.file("settings.json"), settings).unwrap();
        let words = format!("configure set --kiosk {kiosk} --settings {} {more}", self.path("settings.json"));
        self.operator(&words).await
    }

    pub(crate) async fn publish(&self, signers: &[&str]) -> Result<String, String> {
        let targets = self.path("targets.json");
        self.operator(&format!("configure draft --out {targets}")).await?;
        for key in signers {
            self.sign(&format!("add --key {} {targets}", self.path(key)))?;
        }
        self.operator(&format!("configure publish {targets}")).await
    }
}

/// Signing waits for nothing.
pub(crate) fn futures<T>(work: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(work))
}

/// The platform's files as a kiosk gets them.
struct Files<'a>(&'a Client);

impl Source for Files<'_> {
    fn open(&mut self, name: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        let body = futures(async {
            let Some(mut file) = self.0.trust_file(name).await? else { return Ok::<_, CallError>(None) };
            let mut body = Vec::new();
            while let Some(chunk) = file.chunk().await? {
                body.extend(chunk);
            }
            Ok(Some(body))
        });
        let body = body.map_err(|error| io::Error::other(error.to_string()))?;
        Ok(body.map(|body| Box::new(io::Cursor::new(body)) as Box<dyn Read>))
    }
}

pub(crate) fn fetch(
    signed: &Signed,
    client: &Client,
    trusted: &mut Option<Trusted>,
) -> Result<config_trust::Document, TrustError> {
    if trusted.is_none() {
        let mut root = Vec::new();
        Files(client).open("1.root.json").unwrap().unwrap().read_to_end(&mut root).unwrap();
        *trusted = Some(Trusted::begin(&root)?);
    }
    let now = *signed.platform.here.now.lock().unwrap();
    config_trust::update(trusted.as_mut().unwrap(), &mut Files(client), client.terminal_id(), now)
}

pub(crate) async fn kiosk(signed: &Signed, name: &str) -> Client {
    let (membership, key): (Membership, DeviceKey) = signed.platform.kiosk(name).await;
    signed.platform.client(&membership, &key)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_people_have_signed_a_kiosk_fetches_and_trusts() {
    let signed = Signed::new().await;
    let client = kiosk(&signed, "LZ-0001").await;
    signed.set("LZ-0001", r#"{"session": {"idle": 90}}"#, "").await.unwrap();
    assert!(client.desired(None).await.unwrap().is_none(), "drafted is not published");
    assert!(signed.publish(&["a", "c"]).await.unwrap().contains("1 documents are new"));
    let Some(Fetched::New { value: desired, etag }) = client.desired(None).await.unwrap() else { panic!() };
    let mut trusted = None;
    let document = fetch(&signed, &client, &mut trusted).unwrap();
    assert_eq!((document.version, &document.sha256), (1, &desired.sha256));
    assert_eq!(document.settings["session"]["idle"], 90);
    assert_eq!(client.desired(etag.as_deref()).await.unwrap(), Some(Fetched::NotModified));
    signed.set("LZ-0001", r#"{"session": {"idle": 45}}"#, "").await.unwrap();
    signed.publish(&["b", "c"]).await.unwrap();
    assert_eq!(fetch(&signed, &client, &mut trusted).unwrap().version, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_person_alone_has_signed_is_not_published() {
    let signed = Signed::new().await;
    let client = kiosk(&signed, "LZ-0001").await;
    signed.set("LZ-0001", "{}", "").await.unwrap();
    for signers in [&[] as &[&str], &["a"], &["a", "a"]] {
        let refused = signed.publish(signers).await.unwrap_err();
        assert!(refused.contains("needs 2"), "{refused}");
    }
    signed.sign(&format!("key --out {}", signed.path("stranger"))).unwrap();
    assert!(signed.publish(&["a", "stranger"]).await.unwrap_err().contains("needs 2"));
    assert!(client.desired(None).await.unwrap().is_none());
    assert!(client.trust_file("timestamp.json").await.unwrap().is_none(), "not a part of it is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_no_kiosk_could_run_with_are_refused_with_key_and_reason() {
    let signed = Signed::new().await;
    kiosk(&signed, "LZ-0001").await;
    let refused = signed.set("LZ-0001", r#"{"session": {"idle": 0}, "store": {}}"#, "").await.unwrap_err();
    assert!(
        refused.contains("session.idle: 0 is less than the minimum of 1") && refused.contains("store"),
        "{refused}"
    );
    let tiles = signed.set("LZ-0001", r#"{"home": {"tiles": ["progress", "pensions"]}}"#, "").await;
    let refused = tiles.unwrap_err();
    assert!(
        refused.contains("home.tiles.1: no tile is called pensions; there are pension-eligibility, "),
        "{refused}"
    );
    assert!(signed.set("LZ-0001", "[]", "").await.unwrap_err().contains("settings as JSON"));
    assert!(signed.set("LZ-0009", "{}", "").await.unwrap_err().contains("LZ-0009"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_operators_at_once_the_second_is_told() {
    let signed = Signed::new().await;
    kiosk(&signed, "LZ-0001").await;
    signed.set("LZ-0001", "{}", "--base 0").await.unwrap();
    let refused = signed.set("LZ-0001", r#"{"session": {}}"#, "--base 0").await.unwrap_err();
    assert!(refused.contains("--base 1"), "{refused}");
    assert!(signed.set("LZ-0001", r#"{"session": {}}"#, "").await.is_err(), "a draft waits");
    signed.set("LZ-0001", r#"{"session": {}}"#, "--base 1").await.unwrap();
    let (first, second) = (signed.path("first.json"), signed.path("second.json"));
    for file in [&first, &second] {
        signed.operator(&format!("configure draft --out {file}")).await.unwrap();
        for key in ["a", "b"] {
            signed.sign(&format!("add --key {} {file}", signed.path(key))).unwrap();
        }
    }
    signed.operator(&format!("configure publish {first}")).await.unwrap();
    let refused = signed.operator(&format!("configure publish {second}")).await.unwrap_err();
    assert!(refused.contains("somebody else has published"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_gets_no_document_of_another_and_another_gets_its_own() {
    let signed = Signed::new().await;
    let (first, second) = (kiosk(&signed, "LZ-0001").await, kiosk(&signed, "LZ-0002").await);
    signed.set("LZ-0001", "{}", "").await.unwrap();
    signed.publish(&["a", "b"]).await.unwrap();
    let Some(Fetched::New { value: desired, .. }) = first.desired(None).await.unwrap() else { panic!() };
    let name =
        config_trust::target_name("LZ-0001").replace("kiosks/", &format!("kiosks/{}.", desired.sha256));
    assert!(first.trust_file(&name).await.unwrap().is_some());
    assert!(second.trust_file(&name).await.unwrap().is_none());
    assert!(second.desired(None).await.unwrap().is_none());
    let error = fetch(&signed, &second, &mut None).unwrap_err();
    assert!(matches!(error, TrustError::NoDocument { .. }), "{error}");
}

/// The one answer, and nothing beside it.
struct One(TrustBundle);

impl Source for One {
    fn open(&mut self, name: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        let file = self.0.files.get(name).ok_or_else(|| io::Error::other(format!("{name} is not in it")))?;
        Ok(file.as_ref().map(|text| Box::new(text.as_bytes()) as Box<dyn Read>))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_a_kiosk_needs_comes_in_one_answer_and_nothing_of_another() {
    let signed = Signed::new().await;
    let (first, second) = (kiosk(&signed, "LZ-0001").await, kiosk(&signed, "LZ-0002").await);
    signed.set("LZ-0001 --kiosk LZ-0002", "{}", "").await.unwrap();
    signed.publish(&["a", "b"]).await.unwrap();
    let now = *signed.platform.here.now.lock().unwrap();
    let bundle = first.trust_bundle(0, 0).await.unwrap();
    let root = bundle.files["1.root.json"].clone().unwrap();
    let mut trusted = Trusted::begin(root.as_bytes()).unwrap();
    let own = config_trust::bin_of(&config_trust::target_name("LZ-0001"));
    let kinds = |bundle: &TrustBundle| {
        let first = |name: &String| name.split('/').next().unwrap().to_owned();
        bundle.files.keys().map(first).collect::<Vec<_>>().join(" ")
    };
    let all =
        format!("1.{own}.json 1.root.json 1.snapshot.json 1.targets.json 2.root.json kiosks timestamp.json");
    assert_eq!((kinds(&bundle), &bundle.files["2.root.json"]), (all, &None));
    let document = config_trust::update(&mut trusted, &mut One(bundle), "LZ-0001", now).unwrap();
    assert_eq!(document.version, 1);
    // With what the kiosk has kept the next one is smaller, and does as well.
    signed.set("LZ-0001", r#"{"session": {"idle": 45}}"#, "").await.unwrap();
    signed.publish(&["a", "b"]).await.unwrap();
    let kept = (trusted.root_version().unwrap(), trusted.targets_version().unwrap());
    let bundle = first.trust_bundle(kept.0, kept.1).await.unwrap();
    assert_eq!(kinds(&bundle), format!("2.{own}.json 2.root.json 2.snapshot.json kiosks timestamp.json"));
    let document = config_trust::update(&mut trusted, &mut One(bundle), "LZ-0001", now).unwrap();
    assert_eq!(document.version, 2);
    let other = second.trust_bundle(0, 0).await.unwrap();
    assert!(config_trust::update(&mut trusted, &mut One(other), "LZ-0001", now).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_for_one_kiosk_is_one_bin_to_be_signed() {
    let signed = Signed::new().await;
    for name in ["LZ-0001", "LZ-0002", "LZ-0003"] {
        kiosk(&signed, name).await;
    }
    let draft = format!("configure draft --out {}", signed.path("targets.json"));
    signed.set("LZ-0001 --kiosk LZ-0002 --kiosk LZ-0003", "{}", "").await.unwrap();
    let told = signed.operator(&draft).await.unwrap();
    assert!(told.contains("65 files of the set, which name 3 documents"), "{told}");
    signed.publish(&["a", "b"]).await.unwrap();
    assert!(signed.operator(&draft).await.unwrap_err().contains("nothing new"));
    signed.set("LZ-0002", r#"{"session": {"idle": 45}}"#, "").await.unwrap();
    let told = signed.operator(&draft).await.unwrap();
    assert!(told.contains("1 files of the set"), "{told}");
    assert!(signed.publish(&["b", "c"]).await.unwrap().contains("1 documents are new"));
    // Past half of its life a file is signed anew, though nothing has changed.
    signed.platform.pass(SignedDuration::from_hours(24 * 46));
    let told = signed.operator(&draft).await.unwrap();
    assert!(told.contains("65 files of the set"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_what_has_to_be_signed_and_a_bin_of_nobody_are_not_published() {
    let signed = Signed::new().await;
    let client = kiosk(&signed, "LZ-0001").await;
    signed.set("LZ-0001", "{}", "").await.unwrap();
    signed.operator(&format!("configure draft --out {}", signed.path("all.json"))).await.unwrap();
    for key in ["a", "b"] {
        signed.sign(&format!("add --key {} {}", signed.path(key), signed.path("all.json"))).unwrap();
    }
    let all: serde_json::Value = serde_json::from_slice(&fs::read(signed.file("all.json")).unwrap()).unwrap();
    let own = config_trust::bin_of(&config_trust::target_name("LZ-0001"));
    let with = |change: &dyn Fn(&mut serde_json::Map<String, serde_json::Value>)| {
        let mut some = all.clone();
        change(some["files"].as_object_mut().unwrap());
        fs::write(signed.file("some.json"), some.to_string()).unwrap();
        format!("configure publish {}", signed.path("some.json"))
    };
    let refused = signed.operator(&with(&|files| drop(files.remove(&own)))).await.unwrap_err();
    assert!(refused.contains("other signers"), "without a bin: {refused}");
    let refused = signed.operator(&with(&|files| drop(files.remove("targets")))).await.unwrap_err();
    assert!(refused.contains("other signers"), "bins alone: {refused}");
    let stranger = |files: &mut serde_json::Map<String, serde_json::Value>| {
        let bin = files[&own].clone();
        files.insert("bin-99".to_owned(), bin);
    };
    assert!(signed.operator(&with(&stranger)).await.unwrap_err().contains("bin-99"));
    let other = |files: &mut serde_json::Map<String, serde_json::Value>| {
        let name = files.keys().find(|name| name.starts_with("bin-") && **name != own).unwrap().clone();
        files[&own] = files[&name].clone();
    };
    let refused = signed.operator(&with(&other)).await.unwrap_err();
    assert!(refused.contains("another file of targets"), "{refused}");
    assert!(client.trust_file("timestamp.json").await.unwrap().is_none(), "not a part of it is there");
    signed.operator(&with(&|_| ())).await.unwrap();
    assert_eq!(fetch(&signed, &client, &mut None).unwrap().version, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_from_before_there_were_bins_stands_until_the_next_publication() {
    let signed = Signed::new().await;
    let client = kiosk(&signed, "LZ-0001").await;
    signed.set("LZ-0001", "{}", "").await.unwrap();
    set_from_before(&signed, "LZ-0001");
    let mut trusted = None;
    assert_eq!(fetch(&signed, &client, &mut trusted).unwrap().version, 1);
    let now = *signed.platform.here.now.lock().unwrap();
    let bundle = client.trust_bundle(1, 0).await.unwrap();
    config_trust::update(&mut trusted.clone().unwrap(), &mut One(bundle), "LZ-0001", now).unwrap();
    signed.set("LZ-0001", r#"{"session": {"idle": 45}}"#, "").await.unwrap();
    signed.publish(&["a", "b"]).await.unwrap();
    assert_eq!(fetch(&signed, &client, &mut trusted).unwrap().version, 2);
    assert_eq!(trusted.unwrap().targets_version(), Some(8));
}

/// Publishes what is drafted as it was done before there were bins, as targets 7.
fn set_from_before(signed: &Signed, kiosk: &str) {
    let directory = signed.platform.here.directory.path();
    let sha256 = database::texts(directory, "SELECT sha256 FROM configuration").remove(0);
    let length = database::number(directory, "SELECT CAST(length(body) AS BIGINT) FROM configuration");
    let expires = *signed.platform.here.now.lock().unwrap() + SignedDuration::from_hours(24 * 30);
    let key = |path: &str| SigningKey::from_pkcs8(&fs::read(signed.file(path)).unwrap()).unwrap();
    let seal = |draft: Result<Vec<u8>, TrustError>, keys: &[&str]| {
        keys.iter().fold(draft.unwrap(), |file, path| config_trust::sign(&file, &key(path)).unwrap())
    };
    let promise = |file: &str, version, body: &[u8]| {
        let hashes = [("sha256".to_owned(), config_trust::sha256(body))].into();
        [(file.to_owned(), FileMeta { version, length: Some(body.len() as u64), hashes })].into()
    };
    let document =
        TargetMeta { length: length.unsigned_abs(), hashes: [("sha256".to_owned(), sha256)].into() };
    let targets = Targets {
        head: Head::new(Role::Targets, 7, expires),
        bin: None,
        targets: [(config_trust::target_name(kiosk), document)].into(),
        delegations: None,
    };
    let targets = seal(config_trust::draft(&targets), &["a", "b"]);
    let (head, meta) = (Head::new(Role::Snapshot, 9, expires), promise("targets.json", 7, &targets));
    let snapshot = seal(config_trust::draft(&Snapshot { head, meta }), &["authority/online.key"]);
    let (head, meta) = (Head::new(Role::Timestamp, 9, expires), promise("snapshot.json", 9, &snapshot));
    let timestamp =
        seal(config_trust::draft(&config_trust::Timestamp { head, meta }), &["authority/online.key"]);
    let files = [
        ("7.targets.json", "targets", 7, targets),
        ("9.snapshot.json", "snapshot", 9, snapshot),
        ("timestamp.json", "timestamp", 9, timestamp),
    ];
    let mut sql = "UPDATE configuration SET published_at = drafted_at;".to_owned();
    for (name, role, version, body) in files {
        let hex: String = body.iter().map(|byte| format!("{byte:02x}")).collect();
        let bytes =
            if crate::ON == Kind::Sqlite { format!("x'{hex}'") } else { format!("decode('{hex}', 'hex')") };
        sql += &format!(
            "INSERT INTO trust_file (name, role, version, body) VALUES ('{name}', '{role}', {version}, {bytes});"
        );
    }
    database::tamper(directory, &sql);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_that_signs_no_more_is_found_out_and_one_that_runs_signs_in_time() {
    let signed = Signed::new().await;
    let client = kiosk(&signed, "LZ-0001").await;
    signed.set("LZ-0001", "{}", "").await.unwrap();
    signed.publish(&["a", "b"]).await.unwrap();
    let mut trusted = None;
    fetch(&signed, &client, &mut trusted).unwrap();
    signed.platform.pass(SignedDuration::from_hours(25));
    let error = fetch(&signed, &client, &mut trusted).unwrap_err();
    assert!(matches!(error, TrustError::Expired { .. }), "{error}");
    signed.platform.freshen().await;
    assert_eq!(fetch(&signed, &client, &mut trusted).unwrap().version, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn roots_follow_each_other_and_a_key_that_leaked_goes() {
    let signed = Signed::new().await;
    let client = kiosk(&signed, "LZ-0001").await;
    signed.set("LZ-0001", "{}", "").await.unwrap();
    signed.publish(&["a", "b"]).await.unwrap();
    let mut trusted = None;
    fetch(&signed, &client, &mut trusted).unwrap();
    let file = signed.path("2.root.json");
    let [b, c, online] = ["b.pub", "c.pub", "online.pub"].map(|key| signed.path(key));
    let after = signed.path("1.root.json");
    signed
        .sign(&format!(
            "root --out {file} --root 2:{b},{c} --targets 2:{b},{c} --online {online} --after {after}"
        ))
        .unwrap();
    signed.sign(&format!("add --key {} {file}", signed.path("b"))).unwrap();
    assert!(signed.operator(&format!("configure root {file}")).await.is_err(), "one of two");
    signed.sign(&format!("add --key {} {file}", signed.path("c"))).unwrap();
    signed.operator(&format!("configure root {file}")).await.unwrap();
    signed.set("LZ-0001", r#"{"ui": {"language": "en"}}"#, "").await.unwrap();
    assert!(signed.publish(&["a", "b"]).await.unwrap_err().contains("needs 2"), "a is out");
    signed.publish(&["b", "c"]).await.unwrap();
    assert_eq!(fetch(&signed, &client, &mut trusted).unwrap().version, 2);
    assert_eq!(trusted.unwrap().root_version(), Ok(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hint_comes_when_something_is_published_and_when_a_kiosk_is_revoked() {
    let signed = Signed::new().await;
    let client = kiosk(&signed, "LZ-0001").await;
    let mut hints = client.hints().await.unwrap();
    // What is new from now on is hinted at; what was before is fetched.
    signed.set("LZ-0001", "{}", "").await.unwrap();
    signed.publish(&["a", "b"]).await.unwrap();
    let hint = async { while hints.next().await.unwrap() != Sign::Hint {} };
    tokio::time::timeout(Duration::from_secs(5), hint).await.unwrap();
    signed.operator("revoke --kiosk LZ-0001").await.unwrap();
    let hint = async { while hints.next().await.unwrap() != Sign::Hint {} };
    tokio::time::timeout(Duration::from_secs(5), hint).await.unwrap();
    assert_eq!(client.desired(None).await, Err(CallError::Revoked));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_shows_what_a_kiosk_said_last() {
    let signed = Signed::new().await;
    let client = kiosk(&signed, "LZ-0001").await;
    let desired = Desired { version: 7, sha256: "00".repeat(32) };
    let reported = Reported {
        phase: ConfigPhase::Reverted,
        newest: Some(desired),
        confirmed: None,
        running: None,
        why: Some("示例".to_owned()),
        program: "0.1.0".to_owned(),
        at: crate::fixture::NOW.parse().unwrap(),
    };
    client.report(&reported).await.unwrap();
    client.report(&reported).await.unwrap();
    let list = signed.operator("fleet").await.unwrap();
    assert!(list.contains("7 is reverted (示例)"), "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_shows_how_a_kiosk_is() {
    let signed = Signed::new().await;
    let client = kiosk(&signed, "LZ-0001").await;
    let now = crate::fixture::NOW.parse().unwrap();
    let mut heartbeat = Heartbeat {
        at: now,
        program: "0.1.0".to_owned(),
        started_at: now,
        ailments: vec![Ailment { code: "P11".to_owned(), since: now }],
        reader: None,
        paper: Some(PaperLeft::Out),
        waiting: 3,
        parked: 0,
        oldest_waiting: Some(now),
        disk_free: Some(1 << 30),
        temperature: None,
    };
    client.heartbeat(&heartbeat).await.unwrap();
    let list = signed.operator("fleet").await.unwrap();
    assert!(list.contains("P11 printer-paper-out since") && list.contains("3 calls wait"), "{list}");
    heartbeat.ailments.clear();
    client.heartbeat(&heartbeat).await.unwrap();
    let list = signed.operator("fleet").await.unwrap();
    assert!(!list.contains("P11"), "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_checked_with_the_root_certificate_alone() {
    let signed = Signed::new().await;
    let (membership, key) = signed.platform.kiosk("LZ-0001").await;
    let now = *signed.platform.here.now.lock().unwrap();
    let readiness = Readiness {
        program: "0.1.0".to_owned(),
        configuration: None,
        technician: 7,
        parts: vec![PartTested { part: "printer".to_owned(), passed: true, at: now }],
        ailments: vec!["P17".to_owned()],
    };
    let says = serde_json::to_value(readiness).unwrap().as_object().unwrap().clone();
    let text = statement::sign(READINESS, says, now, &key, &membership.certificate).unwrap();
    let der = enrolment::est::to_base64(membership.root.der());
    let pem = format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n");
    fs::write(signed.file("ca.pem"), pem).unwrap();
    let check = |text: &str| {
        fs::write(signed.file("report"), text).unwrap();
        let (root, report) = (signed.path("ca.pem"), signed.path("report"));
        let command = platform::fleet::command::parse(&["readiness", "--root", &root, &report]).unwrap()?;
        futures(platform::fleet::command::run(command, now)).map_err(|error| error.to_string())
    };
    let shown = check(&text).unwrap();
    assert!(shown.contains("LZ-0001 at ") && shown.contains("printer      passed"), "{shown}");
    assert!(shown.contains("P17          printer-paper-near-end"), "{shown}");
    let (front, back) = text.split_at(text.len() / 2);
    assert!(check(&format!("{front}A{back}")).is_err());
}
