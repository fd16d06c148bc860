//! What a kiosk of a fleet does besides serving: it stays one, takes its configuration, and ends as one. Its steward decides;
//! here is what the steward sees of the kiosk, and what it may do to it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use config_apply::{Folder as Disk, Session};
use enrolment::Folder;
use flow::{Event, event::Configured};
use health::Condition;
use jiff::Timestamp;
use platform_client::{Client, Deadlines};
use protocol::{ConfigPhase, Reported};
use serde_json::{Map, Value};
use steward::{HEALTH_WINDOW, Kiosk, Places, Steward};

use super::{health::Health, readiness::identity, store::SharedStore};
use crate::{Config, clock, config::Ui, inbox::Inbox, service, standing::Standing};

/// The kiosk, as its steward sees it.
#[derive(Clone)]
pub(super) struct Hand(Arc<Inner>);

struct Inner {
    /// The machine's own file.
    file: Config,
    /// How the window was placed at the start.
    placed: Mutex<Option<Ui>>,
    /// Why the settings that came last are not in force.
    refused: Mutex<Option<String>>,
    standing: Standing,
    store: SharedStore,
    health: Arc<Health>,
    inbox: Inbox,
}

/// An enrolled kiosk: what calls its platform, and its steward, to be run.
pub(super) struct Member {
    pub(super) client: Client,
    pub(super) steward: Steward<Hand, Disk>,
    url: String,
    ui: Ui,
}

impl Member {
    /// The machine's own file, as the kiosk that it is.
    pub(super) fn config(&self, file: &Config) -> Config {
        let config = file.of_member(&self.url, self.client.terminal_id());
        Config { ui: self.ui.clone(), ..config }
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
) -> anyhow::Result<Option<Member>> {
    let identity = identity(&file.store.path);
    if !identity.is_dir() {
        return Ok(None);
    }
    let places = Places {
        identity: Folder::new(Disk::open(&identity)?),
        configuration: Disk::open(&identity.with_file_name("configuration"))?,
    };
    let hand = Hand(Arc::new(Inner {
        file: file.clone(),
        placed: Mutex::default(),
        refused: Mutex::default(),
        standing: standing.clone(),
        store: store.clone(),
        health: health.clone(),
        inbox: inbox.clone(),
    }));
    let url = places.identity.load()?.map(|(membership, _)| membership.url).unwrap_or_default();
    let steward = Steward::start(hand.clone(), places, HEALTH_WINDOW, Deadlines::default())?;
    let ui = hand.placed().clone().unwrap_or_else(|| file.ui.clone());
    Ok(steward.map(|steward| Member { client: steward.client().clone(), steward, url, ui }))
}

/// Runs as long as the kiosk is one.
pub(super) async fn serve(steward: Steward<Hand, Disk>) {
    let ended = steward.run().await;
    tracing::error!(?ended, "no kiosk any more");
}

impl Hand {
    fn placed(&self) -> MutexGuard<'_, Option<Ui>> {
        self.0.placed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kiosk for Hand {
    fn session(&self) -> Session {
        if self.0.standing.is_at_rest() { Session::None } else { Session::Running }
    }

    fn health(&self) -> config_apply::Health {
        // That nobody has left yet, or that the screen has not begun, is no ill health: settings wait for that.
        match &*self.0.refused.lock().unwrap_or_else(PoisonError::into_inner) {
            None => config_apply::Health::Good,
            Some(why) => config_apply::Health::Failing(why.clone()),
        }
    }

    /// Settings that the schema took and this program does not read change nothing, and go.
    fn apply(&self, settings: Option<&Map<String, Value>>) {
        let none = Map::new();
        let understood = self.0.file.with_settings(settings.unwrap_or(&none));
        let refused = understood.as_ref().err().map(ToString::to_string);
        *self.0.refused.lock().unwrap_or_else(PoisonError::into_inner) = refused;
        let config = match understood {
            Ok(config) => config,
            Err(error) => return tracing::error!(%error, "settings not understood, so not applied"),
        };
        let (limits, defaults) = (config.deadlines(), config.settings());
        self.0.inbox.post(Event::Configured(Box::new(Configured { limits, defaults })));
        let placed = self.placed().replace(config.ui.clone());
        // A window is placed at the start.
        if placed.is_some_and(|placed| !placed.hangs_as(&config.ui)) && service::is_there() {
            tracing::info!("ending, to be started anew: the panel hangs another way");
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
