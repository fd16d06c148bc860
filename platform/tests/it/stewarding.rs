//! The steward that kiosks run, on a platform with a clock of its own: a bad configuration, and every way in which a
//! kiosk stops being one, or does not.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use config_apply::{Disk as _, Health, Session, medium::Medium};
use enrolment::{DeviceKey, Folder, FolderError, Membership, renewal};
use jiff::{SignedDuration, Timestamp};
use platform_client::{Client, Deadlines};
use protocol::Heartbeat;
use serde_json::{Map, Value};
use steward::{Ended, Kiosk, Places, Steward};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{configuring::Signed, enrolling::Called};

/// How long a configuration is on trial here.
const WINDOW: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_secs(20);
const PATIENT: Deadlines = Deadlines { connect: Duration::from_secs(10), total: Duration::from_secs(20) };

/// A kiosk but for screen and devices. It does not get well with an end of an hour.
#[derive(Clone)]
struct Machine {
    now: Arc<Mutex<Timestamp>>,
    /// The idle time of everything that came into force; 0 for the machine's own.
    applied: Arc<Mutex<Vec<u64>>>,
    bad: Arc<Mutex<bool>>,
}

impl Kiosk for Machine {
    fn session(&self) -> Session {
        Session::None
    }

    fn wrong(&self) -> Vec<String> {
        Vec::new()
    }

    fn health(&self, _: &[String]) -> Health {
        if *self.bad.lock().unwrap() {
            Health::Failing("示例：屏幕没有画面".to_owned())
        } else {
            Health::Good
        }
    }

    fn apply(&self, settings: Option<&Map<String, Value>>) {
        let session = settings.and_then(|settings| settings.get("session")).cloned().unwrap_or_default();
        self.applied.lock().unwrap().push(session["idle"].as_u64().unwrap_or(0));
        *self.bad.lock().unwrap() = session["end"].as_u64() == Some(3600);
    }

    fn waiting(&self) -> u32 {
        2
    }

    fn wipe(&self) {}

    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }
}

/// A machine and its two disks.
pub(crate) struct Home {
    machine: Machine,
    identity: Medium,
    pub(crate) configuration: Medium,
    pub(crate) content: Medium,
}

impl Home {
    pub(crate) fn new(platform: &Called) -> Self {
        let now = platform.here.now.clone();
        let machine = Machine { now, applied: Arc::default(), bad: Arc::default() };
        Self {
            machine,
            identity: Medium::default(),
            configuration: Medium::default(),
            content: Medium::default(),
        }
    }

    /// What a technician does.
    pub(crate) async fn enrol(&self, platform: &Called, name: &str) -> (Membership, DeviceKey) {
        self.enrol_by(platform, name, |url| url).await
    }

    async fn enrol_by(
        &self,
        platform: &Called,
        name: &str,
        way: impl FnOnce(String) -> String,
    ) -> (Membership, DeviceKey) {
        let mut folder = Folder::new(self.identity.clone());
        let key = folder.key_or_make().unwrap();
        let mut invitation = platform.invite(name).await;
        invitation.url = way(invitation.url);
        let membership = platform.enrol(&invitation, &key).await.unwrap();
        folder.join(&membership, &key).unwrap();
        (membership, key)
    }

    fn start(&self) -> Result<Option<Steward<Machine, Medium>>, FolderError> {
        let identity = Folder::new(self.identity.clone());
        let places =
            Places { identity, configuration: self.configuration.clone(), content: self.content.clone() };
        Steward::start(self.machine.clone(), places, WINDOW, PATIENT)
    }

    /// Runs the steward; gives what calls its platform, too.
    pub(crate) fn runs(&self) -> (JoinHandle<Ended>, Client) {
        let steward = self.start().unwrap().unwrap();
        let client = steward.client().clone();
        (tokio::spawn(steward.run()), client)
    }

    fn membership(&self) -> Membership {
        Folder::new(self.identity.clone()).load().unwrap().unwrap().0
    }
}

pub(crate) async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let begun = tokio::time::Instant::now();
    while !so().await {
        assert!(begun.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

pub(crate) async fn lists(platform: &Called, words: &str) -> bool {
    platform.operator("fleet").await.unwrap().contains(words)
}

async fn beats(client: &Client, now: Timestamp) {
    let heartbeat = Heartbeat {
        at: now,
        program: "0.1.0".to_owned(),
        started_at: now,
        ailments: Vec::new(),
        reader: None,
        paper: None,
        waiting: 0,
        parked: 0,
        oldest_waiting: None,
        disk_free: None,
        temperature: None,
    };
    client.heartbeat(&heartbeat).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_configuration_is_tried_by_three_kiosks_which_heal_themselves_and_by_no_other() {
    let signed = Signed::new().await;
    let platform = &signed.platform;
    let (mut homes, mut lives, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for number in 1..=9 {
        let (home, name) = (Home::new(platform), format!("LZ-{number:04}"));
        home.enrol(platform, &name).await;
        lives.push(home.runs());
        homes.push(home);
        names.push(name);
    }
    let all = names.join(" --kiosk ");
    let now = *platform.here.now.lock().unwrap();
    for (_, client) in &lives {
        beats(client, now).await;
    }
    let goes_out = async |settings: &str, how: &str| {
        let file = signed.path("targets.json");
        signed.set(&all, settings, "").await.unwrap();
        let rings = if how == "roll-out" { "--in-rings" } else { "" };
        signed.operator(&format!("configure draft {rings} --out {file}")).await.unwrap();
        for key in ["a", "b"] {
            signed.sign(&format!("add --key {} {file}", signed.path(key))).unwrap();
        }
        let more = if how == "roll-out" { "" } else { "--all-at-once" };
        signed.operator(&format!("configure {how} {file} {more}")).await.unwrap();
    };
    goes_out(r#"{"session": {"idle": 90}}"#, "publish").await;
    until("version 1 everywhere", async || {
        let list = platform.operator("fleet").await.unwrap();
        list.matches("runs 1, 1 is confirmed").count() == 9
    })
    .await;
    goes_out(r#"{"session": {"idle": 45, "end": 3600}}"#, "roll-out").await;
    until("three have gone back", async || {
        platform
            .operator("fleet")
            .await
            .unwrap()
            .matches("runs 1, 2 is reverted (示例：屏幕没有画面)")
            .count()
            == 3
    })
    .await;
    let state = "SELECT state || ' ' || reason FROM rollout";
    let directory = platform.here.directory.path();
    until("it stands still", async || {
        let state = crate::database::texts(directory, "SELECT state FROM rollout");
        state == ["halted"]
    })
    .await;
    let told = crate::database::texts(directory, state).remove(0);
    assert!(told.contains("LZ-") && told.contains("示例：屏幕没有画面"), "{told}");
    // Long enough for every kiosk to have asked again.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let tried: Vec<&Home> =
        homes.iter().filter(|home| home.machine.applied.lock().unwrap().contains(&45)).collect();
    assert_eq!(tried.len(), 3);
    for home in &homes {
        let applied = home.machine.applied.lock().unwrap().clone();
        let expected: &[u64] = if applied.contains(&45) { &[0, 90, 45, 90] } else { &[0, 90] };
        assert_eq!(applied, expected);
    }
    assert!(lives.iter().all(|(life, _)| !life.is_finished()));
    lives.iter().for_each(|(life, _)| life.abort());
}

/// A way to the platform that counts who goes it.
async fn counted(platform: &str) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = listener.local_addr().unwrap();
    let there = platform.trim_start_matches("https://").trim_end_matches('/').to_owned();
    let count = Arc::new(AtomicUsize::new(0));
    let counting = count.clone();
    tokio::spawn(async move {
        while let Ok((mut kiosk, _)) = listener.accept().await {
            counting.fetch_add(1, Ordering::Relaxed);
            let there = there.clone();
            tokio::spawn(async move {
                if let Ok(mut platform) = tokio::net::TcpStream::connect(there).await {
                    let _ = tokio::io::copy_bidirectional(&mut kiosk, &mut platform).await;
                }
            });
        }
    });
    (format!("https://{here}/"), count)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_kiosk_wipes_itself_on_first_contact_and_calls_nobody_any_more() {
    let platform = Called::new().await;
    let (way, calls) = counted(&platform.url).await;
    let home = Home::new(&platform);
    home.enrol_by(&platform, "LZ-0001", |_| way).await;
    let (life, client) = home.runs();
    until("it is one", async || lists(&platform, "runs 0").await).await;
    assert!(calls.load(Ordering::Relaxed) > 0, "it goes this way");
    // Away while it is taken out: it hears of it with the first call of all.
    life.abort();
    drop(client);
    platform.operator("revoke --kiosk LZ-0001").await.unwrap();
    let (life, client) = home.runs();
    let ended = tokio::time::timeout(PATIENCE, life).await.unwrap().unwrap();
    assert!(matches!(ended, Ended::Revoked));
    assert!(lists(&platform, "2 sealed calls").await);
    assert_eq!(home.identity.list().unwrap(), ["revoked"]);
    assert!(home.configuration.list().unwrap().is_empty());
    drop(client);
    let before = calls.load(Ordering::Relaxed);
    // Whatever starts from these disks is no kiosk, has nothing to call with, and says so.
    assert!(home.start().unwrap().is_none());
    assert!(Folder::new(home.identity.clone()).is_revoked().unwrap());
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(calls.load(Ordering::Relaxed), before, "nobody is called");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_ends_during_thirty_days_away_is_renewed_before_anything_else() {
    let signed = Signed::new().await;
    let platform = &signed.platform;
    let home = Home::new(platform);
    let (first, _) = home.enrol(platform, "LZ-0001").await;
    let (life, _) = home.runs();
    until("it is one", async || lists(platform, "runs 0").await).await;
    life.abort();
    // On its 89th day it goes away, a day before the end.
    platform.pass(SignedDuration::from_hours(24 * 89));
    assert_eq!(renewal::standing(&first.certificate, home.machine.now()), renewal::Standing::Due);
    platform.pass(SignedDuration::from_hours(24 * 30));
    assert_eq!(renewal::standing(&first.certificate, home.machine.now()), renewal::Standing::Expired);
    signed.set("LZ-0001", r#"{"session": {"idle": 45}}"#, "").await.unwrap();
    signed.publish(&["a", "b"]).await.unwrap();
    let (life, client) = home.runs();
    until("it takes what waited for it", async || lists(platform, "runs 1").await).await;
    let renewed = home.membership().certificate;
    assert!(renewed.not_after() > first.certificate.not_after());
    assert_eq!(renewed.public_key(), first.certificate.public_key(), "for the same key");
    assert!(client.registry(None).await.is_ok());
    life.abort();
    // And after the next start it is a kiosk as before.
    let (life, client) = home.runs();
    assert!(client.registry(None).await.is_ok());
    life.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_takes_nothing_away_and_a_right_one_goes_on() {
    for wrong in [SignedDuration::from_hours(-24 * 365), SignedDuration::from_hours(24 * 365)] {
        let signed = Signed::new().await;
        let platform = &signed.platform;
        // A machine with a clock of its own.
        let mut home = Home::new(platform);
        home.enrol(platform, "LZ-0001").await;
        let right = *platform.here.now.lock().unwrap();
        home.machine.now = Arc::new(Mutex::new(right));
        signed.set("LZ-0001", r#"{"session": {"idle": 90}}"#, "").await.unwrap();
        signed.publish(&["a", "b"]).await.unwrap();
        let (life, _) = home.runs();
        until("it is configured", async || lists(platform, "runs 1, 1 is confirmed").await).await;
        life.abort();
        *home.machine.now.lock().unwrap() = right + wrong;
        signed.set("LZ-0001", r#"{"session": {"idle": 45}}"#, "").await.unwrap();
        signed.publish(&["a", "b"]).await.unwrap();
        home.machine.applied.lock().unwrap().clear();
        let before = home.membership();
        let (life, _) = home.runs();
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert!(!life.is_finished(), "nobody has revoked it");
        assert_eq!(home.machine.applied.lock().unwrap().first(), Some(&90), "what was confirmed is in force");
        assert_eq!(home.membership(), before, "and it is a kiosk as before");
        // Somebody sets it, or the network does.
        *home.machine.now.lock().unwrap() = right;
        until("it takes what waited for it", async || lists(platform, "runs 2, 2 is confirmed").await).await;
        life.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_the_configuration_comes_once_there_is_room() {
    let signed = Signed::new().await;
    let platform = &signed.platform;
    let home = Home::new(platform);
    home.enrol(platform, "LZ-0001").await;
    let (life, _) = home.runs();
    until("it is one", async || lists(platform, "runs 0").await).await;
    home.configuration.full(true);
    signed.set("LZ-0001", r#"{"session": {"idle": 90}}"#, "").await.unwrap();
    signed.publish(&["a", "b"]).await.unwrap();
    until("it says why", async || lists(platform, "runs 0, 0 is none (the disk: ").await).await;
    home.configuration.full(false);
    until("it takes it", async || lists(platform, "runs 1, 1 is confirmed").await).await;
    life.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lapsed_kiosk_goes_on_with_what_it_has_and_is_enrolled_again() {
    let signed = Signed::new().await;
    let platform = &signed.platform;
    let home = Home::new(platform);
    home.enrol(platform, "LZ-0001").await;
    signed.set("LZ-0001", r#"{"session": {"idle": 90}}"#, "").await.unwrap();
    signed.publish(&["a", "b"]).await.unwrap();
    let (life, _) = home.runs();
    until("it is configured", async || lists(platform, "runs 1, 1 is confirmed").await).await;
    life.abort();
    platform.pass(SignedDuration::from_hours(24 * 121));
    let lapsed = home.membership();
    let standing = renewal::standing(&lapsed.certificate, home.machine.now());
    assert_eq!(standing, renewal::Standing::Lapsed);
    home.machine.applied.lock().unwrap().clear();
    let (life, client) = home.runs();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(!life.is_finished(), "nobody has revoked it");
    assert!(client.registry(None).await.is_err());
    assert_eq!(*home.machine.applied.lock().unwrap(), [90], "what was confirmed is in force");
    assert_eq!(home.membership(), lapsed, "and nothing is wiped");
    life.abort();
    let (again, _) = home.enrol(platform, "LZ-0001").await;
    assert!(again.certificate.not_after() > home.machine.now());
    let (life, client) = home.runs();
    until("it is one again", async || client.registry(None).await.is_ok()).await;
    life.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_membership_is_told_and_never_taken_for_a_machine_that_was_none() {
    let platform = Called::new().await;
    let whole = Home::new(&platform);
    whole.enrol(&platform, "LZ-0001").await;
    let good = whole.identity.read("membership.json").unwrap().unwrap();
    let half = good[..good.len() / 2].to_vec();
    let text = String::from_utf8(good.clone()).unwrap();
    let turned = text.replacen("\"certificate\": \"M", "\"certificate\": \"A", 1).into_bytes();
    assert_ne!(turned, good);
    let other = {
        let stranger = Home::new(&platform);
        stranger.enrol(&platform, "LZ-0002").await;
        stranger.identity.read("membership.json").unwrap().unwrap()
    };
    let damages = [("half", half), ("empty", Vec::new()), ("turned", turned), ("another machine's", other)];
    for (what, bytes) in damages {
        let mut disk = whole.identity.clone();
        disk.write("membership.json", &bytes).unwrap();
        match whole.start() {
            Err(_) => {}
            Ok(None) => panic!("{what}: taken for a machine that never was a kiosk"),
            Ok(Some(_)) => panic!("{what}: taken for a kiosk"),
        }
    }
    let mut disk = whole.identity.clone();
    disk.write("membership.json", &good).unwrap();
    assert!(whole.start().unwrap().is_some(), "as it was");
    disk.remove("device.key").unwrap();
    assert!(whole.start().is_err(), "without its key it is none");
    // An invitation heals it, with a new key.
    whole.enrol(&platform, "LZ-0001").await;
    let (life, _) = whole.runs();
    until("it is one again", async || lists(&platform, "runs 0").await).await;
    life.abort();
}
