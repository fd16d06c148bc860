//! What the platform may set, over the machine's own file.

use driver_api::DeviceUrl;
use protocol::Language;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::{
    Config, Devices, Orientation, Printer, Reader, Seconds, Session, Ui, printer_profile, printer_url,
};

/// What the platform may set.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Pushed {
    ui: PushedUi,
    session: Session,
    devices: PushedDevices,
    #[serde(rename = "idle")]
    _idle: Idle,
    #[serde(rename = "trial")]
    _trial: Trial,
}

/// What is shown while nobody is there comes in files: see `effects::posters`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Idle {
    #[serde(rename = "posters")]
    _posters: Vec<settings::Poster>,
}

/// How long the settings themselves are on trial: the steward's matter.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Trial {
    #[serde(rename = "seconds")]
    _seconds: Option<Seconds>,
}

/// The devices whose health the kiosk knows: it notices what does not work any more, and goes back.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PushedDevices {
    id_card_reader: Option<Reader>,
    receipt_printer: PushedPrinter,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PushedPrinter {
    #[serde(deserialize_with = "pushed_printer_url")]
    url: Option<DeviceUrl>,
    #[serde(deserialize_with = "pushed_printer_profile")]
    profile: Option<String>,
}

impl PushedDevices {
    fn over(self, there: &Devices) -> Devices {
        let printer = Printer {
            url: self.receipt_printer.url.unwrap_or_else(|| there.receipt_printer.url.clone()),
            profile: self.receipt_printer.profile.unwrap_or_else(|| there.receipt_printer.profile.clone()),
        };
        Devices {
            id_card_reader: self.id_card_reader.unwrap_or_else(|| there.id_card_reader.clone()),
            receipt_printer: printer,
            ..there.clone()
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PushedUi {
    orientation: Option<Orientation>,
    language: Option<Language>,
    fullscreen: Option<bool>,
}

impl Config {
    /// The same with what the platform has set over it, key by key.
    pub fn with_settings(&self, settings: &Map<String, Value>) -> Result<Self, serde_json::Error> {
        let pushed: Pushed = serde_json::from_value(Value::Object(settings.clone()))?;
        let ui = Ui {
            orientation: pushed.ui.orientation.unwrap_or(self.ui.orientation),
            language: pushed.ui.language.unwrap_or(self.ui.language),
            fullscreen: pushed.ui.fullscreen.unwrap_or(self.ui.fullscreen),
        };
        let devices = pushed.devices.over(&self.devices);
        Ok(Self { ui, devices, session: pushed.session.over(&self.session), ..self.clone() })
    }
}

fn pushed_printer_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DeviceUrl>, D::Error> {
    printer_url(deserializer).map(Some)
}

fn pushed_printer_profile<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    printer_profile(deserializer).map(Some)
}
