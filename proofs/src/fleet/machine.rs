//! A kiosk but for its screen and its devices: enrolment and steward are the real ones.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use config_apply::{
    Health, Session,
    medium::{Cut, Medium},
};
use enrolment::{Folder, Invitation};
use jiff::Timestamp;
use platform_client::{Deadlines, EnrolError, Now};
use serde_json::{Map, Value, json};
use steward::{Ended, Kiosk, Places, Steward};
use tokio::time::Instant;

/// So long a configuration is on trial here.
pub const WINDOW: Duration = Duration::from_secs(1);
const PATIENT: Deadlines = Deadlines { connect: Duration::from_secs(10), total: Duration::from_secs(20) };

/// Settings that say which version they are; a kiosk does not get well with the `bad` ones.
#[must_use]
pub fn settings(version: u32, bad: bool) -> Value {
    if bad {
        json!({"session": {"result": version, "end": 3600}})
    } else {
        json!({"session": {"result": version}})
    }
}

/// What has been seen of a kiosk.
#[derive(Debug, Default)]
pub struct Seen {
    /// What came into force, and when: the version, 0 for the built-in settings.
    pub applied: Vec<(Instant, u32)>,
    /// Settings in force that nobody published.
    pub unsigned: u32,
    /// A version in force that is below the one that was confirmed.
    pub below: u32,
    /// A change under somebody's hands.
    pub under_hands: u32,
    /// How often it was started.
    pub starts: u32,
    /// It has wiped itself.
    pub wiped: bool,
}

struct Inside {
    chance: fastrand::Rng,
    session: Session,
    starting: bool,
    running: Option<Map<String, Value>>,
    seen: Seen,
}

/// One machine. Clones are the same.
#[derive(Clone)]
pub struct Machine {
    /// 终端编号.
    pub name: String,
    invitation: Invitation,
    /// The disk of the enrolment.
    pub identity: Medium,
    /// The disk of the configurations.
    pub configuration: Medium,
    /// The disk of the files that configurations name.
    pub content: Medium,
    published: Arc<Mutex<Vec<Value>>>,
    confirmed: Arc<AtomicU32>,
    inside: Arc<Mutex<Inside>>,
}

impl Machine {
    /// A machine that has never been switched on. `published` is all that anybody ever signed.
    #[must_use]
    pub fn new(invitation: Invitation, published: Arc<Mutex<Vec<Value>>>, seed: u64) -> Self {
        let inside = Inside {
            chance: fastrand::Rng::with_seed(seed),
            session: Session::None,
            starting: true,
            running: None,
            seen: Seen::default(),
        };
        Self {
            name: invitation.name.to_string(),
            invitation,
            identity: Medium::default(),
            configuration: Medium::default(),
            content: Medium::default(),
            published,
            confirmed: Arc::default(),
            inside: Arc::new(Mutex::new(inside)),
        }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at what has been seen.
    pub fn look<T>(&self, at: impl FnOnce(&Seen) -> T) -> T {
        at(&self.inside().seen)
    }

    /// From now on nothing below this version may come into force.
    pub fn is_confirmed(&self, version: u32) {
        self.confirmed.store(version, Ordering::Relaxed);
    }

    /// When `version` came into force first, after `since`.
    #[must_use]
    pub fn reached(&self, version: u32, since: Instant) -> Option<Duration> {
        self.look(|seen| {
            let at = seen.applied.iter().find(|(at, applied)| *applied == version && *at >= since);
            at.map(|(at, _)| *at - since)
        })
    }

    /// Power for so many more steps of its disks.
    pub fn power_for(&self, steps: usize) {
        self.identity.power_for(Some(steps));
        self.configuration.power_for(Some(steps));
    }

    /// Lives through any number of deaths, until it is revoked. What cannot be is an error.
    pub async fn live(self) -> anyhow::Result<()> {
        loop {
            // A task of its own: looking for its death does not wake it.
            let mut life = tokio::spawn(self.clone().one_life());
            tokio::select! {
                ended = &mut life => if ended?? { return Ok(()) },
                () = self.death() => {
                    life.abort();
                    let _ = life.await;
                }
            }
            let how = {
                let mut inside = self.inside();
                match inside.chance.u8(..3) {
                    0 => Cut::Lost,
                    1 => Cut::Torn,
                    _ => Cut::Some(inside.chance.u64(..)),
                }
            };
            self.identity.cut(how);
            self.configuration.cut(how);
        }
    }

    async fn death(&self) {
        let disks = [&self.identity, &self.configuration];
        while !disks.iter().any(|disk| disk.is_out_of_power()) {
            let safe = disks.iter().all(|disk| disk.is_powered());
            tokio::time::sleep(Duration::from_millis(if safe { 100 } else { 5 })).await;
        }
    }

    /// From switching on to a death, or to the end as a kiosk.
    async fn one_life(self) -> anyhow::Result<bool> {
        {
            let mut inside = self.inside();
            inside.seen.starts += 1;
            inside.starting = true;
        }
        loop {
            let places = Places {
                identity: Folder::new(self.identity.clone()),
                configuration: self.configuration.clone(),
                content: self.content.clone(),
            };
            match Steward::start(self.clone(), places, WINDOW, PATIENT) {
                Ok(Some(steward)) => {
                    self.inside().starting = false;
                    let Ended::Revoked = steward.run().await;
                    return Ok(true);
                }
                Ok(None) => self.enrol().await?,
                Err(_) if self.identity.is_out_of_power() => std::future::pending().await,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// What a technician does, again and again.
    async fn enrol(&self) -> anyhow::Result<()> {
        let mut folder = Folder::new(self.identity.clone());
        let Ok(key) = folder.key_or_make() else { std::future::pending().await };
        let now: Now = Arc::new(Timestamp::now);
        match platform_client::enrol(&self.invitation, &key, PATIENT, &now).await {
            Ok(membership) => match folder.join(&membership, &key) {
                Ok(()) => Ok(()),
                Err(_) => std::future::pending().await,
            },
            Err(EnrolError::Call(_)) => {
                tokio::time::sleep(Duration::from_millis(200)).await;
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl Kiosk for Machine {
    /// Residents come and go.
    fn session(&self) -> Session {
        let mut inside = self.inside();
        inside.session = if inside.chance.u8(..4) == 0 { Session::Running } else { Session::None };
        inside.session
    }

    fn wrong(&self) -> Vec<String> {
        Vec::new()
    }

    fn health(&self, _: &[String]) -> Health {
        let inside = self.inside();
        let bad = inside
            .running
            .as_ref()
            .is_some_and(|settings| settings.get("session").and_then(|session| session.get("end")).is_some());
        if bad { Health::Failing("示例".to_owned()) } else { Health::Good }
    }

    fn apply(&self, settings: Option<&Map<String, Value>>) {
        let result = |settings: &Map<String, Value>| settings.get("session")?.get("result")?.as_u64();
        let version = settings.map_or(0, |settings| result(settings).unwrap_or(u64::MAX));
        let version = u32::try_from(version).unwrap_or(u32::MAX);
        let published = self.published.lock().unwrap_or_else(PoisonError::into_inner);
        let signed = settings.is_none_or(|settings| published.contains(&Value::Object(settings.clone())));
        drop(published);
        let below = version < self.confirmed.load(Ordering::Relaxed);
        let mut inside = self.inside();
        inside.seen.unsigned += u32::from(!signed);
        inside.seen.below += u32::from(below);
        inside.seen.under_hands += u32::from(!inside.starting && inside.session == Session::Running);
        inside.seen.applied.push((Instant::now(), version));
        inside.running = settings.cloned();
    }

    fn waiting(&self) -> u32 {
        2
    }

    fn wipe(&self) {
        self.inside().seen.wiped = true;
    }
}
