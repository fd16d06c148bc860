//! Keeps a kiosk a kiosk: its certificate, its configuration, and its end.
//!
//! ```text
//!   platform ──hint──▶ convergence ──fetch──▶ config-trust ──▶ settings ──▶ config-apply ──▶ the rest of the kiosk
//!      ▲                                       signatures      schema       staged, on        (trait Kiosk)
//!      └───────────────── reported ◀────────────────────────────────────── trial, …
//! ```
//!
//! What is decided is decided in those libraries; here is what waits: the calls, the timers, the order. A [`Steward`]
//! runs as one task. It needs no screen and no devices, so the proofs run the same one that a kiosk runs.
//!
//! - What a document names by its hash (posters, the catalogue) is fetched and kept before the document is staged, and goes once nothing that may come
//!   into force names it any more.
//! - A document comes into force only while nobody is in front of the kiosk, and stays on trial for the health window.
//! - What cannot be trusted or understood is not taken, and the platform is told why.
//! - A certificate is renewed in time; one that has expired is renewed before anything else is asked.
//! - Once the platform says that the kiosk is revoked, the steward wipes what is its own, has the kiosk wipe the rest,
//!   says how many sealed calls stay, and ends. See the crate `enrolment` for why they stay.

mod contents;
mod fetch;
mod steward;

use std::{sync::Arc, time::Duration};

use config_apply::{Health, Running, Session};
use jiff::Timestamp;
use protocol::Reported;
use serde_json::{Map, Value};

pub use steward::{Ended, Places, Steward};

/// How long a new configuration has to go well, unless it says otherwise itself.
pub const HEALTH_WINDOW: Duration = Duration::from_mins(2);

/// The rest of the kiosk, as its steward sees it.
pub trait Kiosk: Send + Sync + 'static {
    /// Whether a resident is in front of it.
    fn session(&self) -> Session;

    /// What does not work, each under a name of its own.
    fn wrong(&self) -> Vec<String>;

    /// What the program thinks of itself, where `before` was wrong already when the trial began.
    fn health(&self, before: &[String]) -> Health;

    /// Puts settings in force; `None` means the built-in ones. Called at the start, and then only while nobody is there.
    fn apply(&self, settings: Option<&Map<String, Value>>);

    /// How many sealed calls are on the disk.
    fn waiting(&self) -> u32;

    /// Takes away what is cached, and ends the service: this is no kiosk any more.
    fn wipe(&self);

    /// Hears what the platform is told of the configuration.
    fn tell(&self, _: &Reported) {}

    /// What time it is.
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl<K: Kiosk> Kiosk for Arc<K> {
    fn session(&self) -> Session {
        (**self).session()
    }

    fn wrong(&self) -> Vec<String> {
        (**self).wrong()
    }

    fn health(&self, before: &[String]) -> Health {
        (**self).health(before)
    }

    fn apply(&self, settings: Option<&Map<String, Value>>) {
        (**self).apply(settings);
    }

    fn waiting(&self) -> u32 {
        (**self).waiting()
    }

    fn wipe(&self) {
        (**self).wipe();
    }

    fn tell(&self, reported: &Reported) {
        (**self).tell(reported);
    }

    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

/// The settings of what is in force. A document that cannot be read here would not be in force.
fn settings_of(running: &Running) -> Option<Map<String, Value>> {
    match running {
        Running::Document { bytes, .. } => document_settings(bytes).ok(),
        Running::Safe(_) => None,
    }
}

/// How long it has to go well: as its document says, or else `usual`.
fn window_of(running: &Running, usual: Duration) -> Duration {
    let told = settings_of(running).and_then(|settings| settings.get("trial")?.get("seconds")?.as_u64());
    told.map_or(usual, Duration::from_secs)
}

/// Every file that a document names.
fn content_of(bytes: &[u8]) -> Vec<settings::Content> {
    document_settings(bytes).map(|settings| settings::content(&settings)).unwrap_or_default()
}

fn document_settings(bytes: &[u8]) -> Result<Map<String, Value>, String> {
    let document: config_trust::Document =
        serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    Ok(document.settings)
}

/// Whether this program understands a document.
fn understood(bytes: &[u8]) -> Result<(), String> {
    let settings = Value::Object(document_settings(bytes)?);
    settings::check(&settings).map_err(|refused| refused.to_string())
}
