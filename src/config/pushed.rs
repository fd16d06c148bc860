//! What the platform may set, over the machine's own file.

use driver_api::DeviceUrl;
use flow::home::{Arrangement, Notice};
use jiff::civil::Date;
use protocol::{Language, Text};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::{
    Config, Devices, Orientation, Printer, Reader, Seconds, Session, Speaking, Ui, printer_profile,
    printer_url,
};

/// What the platform may set.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Pushed {
    ui: PushedUi,
    session: Session,
    devices: PushedDevices,
    home: PushedHome,
    voice: PushedVoice,
    #[serde(rename = "idle")]
    _idle: Idle,
    #[serde(rename = "service")]
    _service: Service,
    #[serde(rename = "trial")]
    _trial: Trial,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PushedVoice {
    enabled: Option<bool>,
    volume: Option<u8>,
    /// Recordings come in files: see `effects::recordings`.
    #[serde(rename = "prompts")]
    _prompts: Vec<settings::Recording>,
}

/// What is shown while nobody is there comes in files: see `effects::posters`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Idle {
    #[serde(rename = "posters")]
    _posters: Vec<settings::Poster>,
}

/// What can be done at the kiosk comes in a file, too: see `effects::catalogue`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Service {
    #[serde(rename = "catalogue")]
    _catalogue: Option<settings::Content>,
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
    languages: Option<Vec<Language>>,
    fullscreen: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PushedHome {
    tiles: Vec<String>,
    notices: Vec<PushedNotice>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PushedNotice {
    title: Text,
    text: Text,
    from: Date,
    until: Date,
}

impl From<PushedNotice> for Notice {
    fn from(PushedNotice { title, text, from, until }: PushedNotice) -> Self {
        Self { title, text, from, until }
    }
}

impl Config {
    /// The same with what the platform has set over it, key by key.
    pub fn with_settings(&self, settings: &Map<String, Value>) -> Result<Self, serde_json::Error> {
        let pushed: Pushed = serde_json::from_value(Value::Object(settings.clone()))?;
        // The first of those that are offered is the one that a resident finds.
        let first = pushed.ui.languages.as_ref().and_then(|offered| offered.first()).copied();
        let ui = Ui {
            orientation: pushed.ui.orientation.unwrap_or(self.ui.orientation),
            language: first.or(pushed.ui.language).unwrap_or(self.ui.language),
            fullscreen: pushed.ui.fullscreen.unwrap_or(self.ui.fullscreen),
        };
        let devices = pushed.devices.over(&self.devices);
        let arrangement = Arrangement {
            tiles: pushed.home.tiles,
            notices: pushed.home.notices.into_iter().map(Notice::from).collect(),
            languages: first.and(pushed.ui.languages).unwrap_or_else(|| Language::ALL.into()),
        };
        let voice = Speaking { enabled: pushed.voice.enabled.unwrap_or(true), volume: pushed.voice.volume };
        let session = pushed.session.over(&self.session);
        Ok(Self { devices, ui, session, voice, arrangement, ..self.clone() })
    }
}

fn pushed_printer_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DeviceUrl>, D::Error> {
    printer_url(deserializer).map(Some)
}

fn pushed_printer_profile<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    printer_profile(deserializer).map(Some)
}
