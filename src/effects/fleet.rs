//! What a kiosk of a fleet does besides serving: it stays one, takes its configuration, and ends as one. Its steward decides;
//! here is what the steward sees of the kiosk, and what it may do to it.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use config_apply::{Folder as Disk, Session};
use enrolment::Folder;
use flow::{Event, event::Configured};
use health::Condition;
use jiff::Timestamp;
use platform_client::{Client, Deadlines};
use protocol::{ConfigPhase, Reported};
use serde_json::{Map, Value};
use steward::{HEALTH_WINDOW, Kiosk, Places, Steward};

use super::{
    catalogue::Signed, health::Health, posters, readiness::identity, recordings::Recordings, sound::Sound,
    store::SharedStore,
};
use crate::{Config, clock, inbox::Inbox, service, standing::Standing};

/// The kiosk, as its steward sees it.
#[derive(Clone)]
pub(super) struct Hand(Arc<Inner>);

struct Inner {
    /// The machine's own file.
    file: Config,
    /// What the program was started with.
    started: Mutex<Option<Config>>,
    /// Why the settings that came last are not in force.
    refused: Mutex<Option<String>>,
    standing: Standing,
    store: SharedStore,
    health: Arc<Health>,
    inbox: Inbox,
    /// Where the files are that settings name.
    content: PathBuf,
    means: Means,
}

/// What settings reach beside the configuration: whoever puts them in force shares it with whoever uses it.
#[derive(Clone)]
pub(super) struct Means {
    pub(super) signed: Signed,
    pub(super) recordings: Recordings,
    pub(super) sound: Arc<Sound>,
}

/// An enrolled kiosk: what calls its platform, and its steward, to be run.
pub(super) struct Member {
    pub(super) client: Client,
    pub(super) steward: Steward<Hand, Disk>,
    url: String,
    /// The machine's own file with what was in force over it.
    config: Config,
}

impl Member {
    /// What this kiosk starts with, as the kiosk that it is.
    pub(super) fn config(&self) -> Config {
        self.config.of_member(&self.url, self.client.terminal_id())
    }
}

/// Whether this machine was a kiosk of a fleet, and is none any more.
pub(super) fn was_revoked(file: &Config) -> anyhow::Result<bool> {
    let identity = identity(&file.store.path);
    Ok(identity.is_dir() && Folder::new(Disk::open(&identity)?).is_revoked()?)
}

/// Whether this machine is a kiosk of a fleet; what was in force is in force again when this returns. A machine that was
/// revoked does not serve as one that was never enrolled.
pub(super) fn join(
    file: &Config,
    standing: &Standing,
    store: &SharedStore,
    health: &Arc<Health>,
    inbox: &Inbox,
    means: &Means,
) -> anyhow::Result<Option<Member>> {
    let identity = identity(&file.store.path);
    if !identity.is_dir() {
        return Ok(None);
    }
    let places = Places {
        identity: Folder::new(Disk::open(&identity)?),
        configuration: Disk::open(&identity.with_file_name("configuration"))?,
        content: Disk::open(&content(&identity))?,
    };
    let hand = Hand(Arc::new(Inner {
        file: file.clone(),
        started: Mutex::default(),
        refused: Mutex::default(),
        standing: standing.clone(),
        store: store.clone(),
        health: health.clone(),
        inbox: inbox.clone(),
        content: content(&identity),
        means: means.clone(),
    }));
    let url = places.identity.load()?.map(|(membership, _)| membership.url).unwrap_or_default();
    let steward = Steward::start(hand.clone(), places, HEALTH_WINDOW, Deadlines::default())?;
    let config = hand.started().get_or_insert_with(|| file.clone()).clone();
    Ok(steward.map(|steward| Member { client: steward.client().clone(), steward, url, config }))
}

fn content(identity: &Path) -> PathBuf {
    identity.with_file_name("content")
}

/// Runs as long as the kiosk is one.
pub(super) async fn serve(steward: Steward<Hand, Disk>) {
    let ended = steward.run().await;
    tracing::error!(?ended, "no kiosk any more");
}

impl Hand {
    fn started(&self) -> MutexGuard<'_, Option<Config>> {
        self.0.started.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refused(&self) -> MutexGuard<'_, Option<String>> {
        self.0.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kiosk for Hand {
    fn session(&self) -> Session {
        if self.0.standing.is_at_rest() { Session::None } else { Session::Running }
    }

    fn wrong(&self) -> Vec<String> {
        self.0.health.configured().map(|condition| condition.code().to_owned()).collect()
    }

    fn health(&self, before: &[String]) -> config_apply::Health {
        // That nobody has left yet, or that the screen has not begun, is no ill health: settings wait for that.
        if let Some(why) = &*self.refused() {
            return config_apply::Health::Failing(why.clone());
        }
        // A device that was broken before is no news, whatever is wrong with it now.
        let before: Vec<_> = before.iter().filter_map(|code| Condition::of_code(code)?.device()).collect();
        let news = |condition: &Condition| condition.device().is_none_or(|device| !before.contains(&device));
        match self.0.health.configured().find(news) {
            None => config_apply::Health::Good,
            Some(wrong) => config_apply::Health::Doubtful(format!("{} {}", wrong.code(), wrong.cause())),
        }
    }

    /// Settings that the schema took and this program does not read change nothing, and go.
    fn apply(&self, settings: Option<&Map<String, Value>>) {
        let none = Map::new();
        let settings = settings.unwrap_or(&none);
        let config = match self.0.file.with_settings(settings) {
            Ok(config) => config,
            Err(error) => {
                tracing::error!(%error, "settings not understood, so not applied");
                *self.refused() = Some(error.to_string());
                return;
            }
        };
        let (content, means) = (&self.0.content, &self.0.means);
        let (posters, unshown) = posters::load(content, settings);
        let unsigned = means.signed.take(content, settings);
        let unheard = means.recordings.take(content, settings);
        *self.refused() = unshown.or(unsigned).or(unheard);
        means.sound.push(config.voice);
        let (limits, defaults) = (config.deadlines(), config.settings(means.sound.volume()));
        let arrangement = config.arrangement.clone();
        self.0.inbox.post(Event::Configured(Box::new(Configured { limits, defaults, posters, arrangement })));
        let begun = self.started().get_or_insert_with(|| config.clone()).clone();
        if !config.starts_as(&begun) && service::is_there() {
            tracing::info!("ending, to be started anew: the panel hangs another way, or a device is another");
            self.0.inbox.end();
        }
    }

    fn waiting(&self) -> u32 {
        let waiting = self.0.store.with(|store| store.undelivered());
        u32::try_from(waiting.unwrap_or_default()).unwrap_or(u32::MAX)
    }

    fn wipe(&self) {
        if let Err(error) = self.0.store.with(outbox::Store::cache_clear) {
            tracing::error!(%error, "what is cached is not wiped");
        }
        self.0.health.set(Condition::TerminalRevoked, true);
    }

    fn tell(&self, reported: &Reported) {
        self.0.health.configuration(reported);
        self.0.health.set(Condition::ConfigurationReverted, reported.phase == ConfigPhase::Reverted);
    }

    fn now(&self) -> Timestamp {
        clock::now()
    }
}
