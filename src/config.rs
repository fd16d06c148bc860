//! `kiosk.toml`: parsed once into types, refused with the key at fault.

mod pushed;
mod speaking;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use driver_api::DeviceUrl;
use flow::{Deadlines, home::Arrangement, view::Settings, voice::Voice};
use outbox::Limits;
use protocol::{IDEMPOTENCY_KEY_LIFE, Language};
use serde::{Deserialize, Deserializer, de};

use crate::secret::Digest;

pub use speaking::{SpeakerName, Speaking};

/// All that a kiosk is told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `[platform]`.
    pub platform: Platform,
    /// `[devices]`.
    pub devices: Devices,
    /// `[store]`.
    pub store: StoreFile,
    /// `[outbox]`.
    #[serde(default, deserialize_with = "outbox_limits")]
    pub outbox: Outbox,
    /// `[ui]`.
    #[serde(default)]
    pub ui: Ui,
    /// `[session]`.
    #[serde(default)]
    pub session: Session,
    /// `[metrics]`.
    #[serde(default)]
    pub metrics: Option<Metrics>,
    /// `[telemetry]`.
    #[serde(default)]
    pub telemetry: Option<Telemetry>,
    /// `[[technicians]]`.
    #[serde(default)]
    pub technicians: Vec<Technician>,
    /// How it speaks: the platform's to set, and not the file's.
    #[serde(skip)]
    pub voice: Speaking,
    /// What the home screen offers: the platform's to set, and not the file's.
    #[serde(skip)]
    pub arrangement: Arrangement,
}

/// `[platform]`: whom to call, and as whom.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Where the platform is: `https://…`, or `http://…` inside a closed network.
    #[serde(deserialize_with = "platform_url")]
    pub url: String,
    /// 终端编号; the host's name unless told.
    #[serde(default)]
    pub terminal_id: Option<String>,
}

/// `[devices.*]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Devices {
    /// `[devices.id_card_reader]`.
    pub id_card_reader: Reader,
    /// `[devices.receipt_printer]`.
    pub receipt_printer: Printer,
    /// `[devices.camera]`, where the machine has one. Without a code scanner it reads the codes.
    #[serde(default)]
    pub camera: Option<CameraNode>,
    /// `[devices.code_scanner]`, where the machine has one.
    #[serde(default)]
    pub code_scanner: Option<Scanner>,
    /// `[devices.speaker]`, where the machine has one: without it nothing is said.
    #[serde(default)]
    pub speaker: Option<SpeakerName>,
    /// `record = "/folder"`: wire sessions are written there, without what is personal in them. In a build for
    /// development alone.
    #[serde(default, deserialize_with = "record_folder")]
    pub record: Option<PathBuf>,
    /// Where a drive is mounted that a technician puts in, to take the log along.
    #[serde(default = "drive")]
    pub drive: PathBuf,
}

/// `[devices.id_card_reader]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reader {
    /// `serial:///dev/ttyS0?baud=115200`, `usb://0400:c35a`.
    #[serde(deserialize_with = "reader_url")]
    pub url: DeviceUrl,
}

/// `[devices.camera]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CameraNode {
    /// `file:///dev/v4l/by-id/…-video-index0`, `http://192.0.2.8:8080/?action=stream`.
    #[serde(deserialize_with = "camera_url")]
    pub url: DeviceUrl,
}

/// `[devices.code_scanner]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scanner {
    /// `serial:///dev/serial/by-id/…`, or `usb://1eab:0c10` for one that poses as a keyboard.
    #[serde(deserialize_with = "scanner_url")]
    pub url: DeviceUrl,
}

/// `[devices.receipt_printer]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Printer {
    /// `file:///dev/usb/lp0`, `serial:///dev/ttyS1?baud=115200`, `tcp://192.0.2.7:9100`.
    #[serde(deserialize_with = "printer_url")]
    pub url: DeviceUrl,
    /// The printer's profile, e.g. `escpos-80`.
    #[serde(deserialize_with = "printer_profile")]
    pub profile: String,
}

/// `[store]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreFile {
    /// The file in which the kiosk remembers.
    pub path: PathBuf,
}

/// `[outbox]`: how much may wait for the network, and for how long; what is not told keeps its default.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outbox {
    /// Calls that are not delivered.
    pub calls: Option<u64>,
    /// Their bodies together, in MiB.
    pub mebibytes: Option<u32>,
    /// After so many days without a delivery no case is taken any more.
    pub intake_days: Option<u16>,
    /// After so many days a call is given up.
    pub life_days: Option<u16>,
}

impl Outbox {
    fn limits(&self) -> Limits {
        let usual = Limits::default();
        let days =
            |told: Option<u16>, usual| told.map_or(usual, |days| Duration::from_hours(24 * u64::from(days)));
        Limits {
            count: self.calls.unwrap_or(usual.count),
            bytes: self.mebibytes.map_or(usual.bytes, |mebibytes| u64::from(mebibytes) << 20),
            age: days(self.intake_days, usual.age),
            life: days(self.life_days, usual.life),
        }
    }
}

/// `[ui]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ui {
    /// How the panel hangs.
    pub orientation: Orientation,
    /// The language a visit begins with.
    pub language: Language,
    /// Whether the window fills the screen.
    pub fullscreen: bool,
}

/// How the panel hangs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Orientation {
    /// 1080 × 1920.
    #[default]
    Portrait,
    /// 1920 × 1080.
    Landscape,
}

impl Orientation {
    /// The reference panel in pixels.
    #[must_use]
    pub fn size(self) -> (u16, u16) {
        match self {
            Self::Portrait => (1080, 1920),
            Self::Landscape => (1920, 1080),
        }
    }
}

/// `[session]`: time-outs in seconds; what is not told keeps its default.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Session {
    /// Without a touch, nothing personal shown.
    pub idle: Option<Seconds>,
    /// Without a touch, something personal shown.
    pub idle_personal: Option<Seconds>,
    /// Without a touch on a question of the form.
    pub idle_form: Option<Seconds>,
    /// The countdown with 继续办理.
    pub countdown: Option<Seconds>,
    /// How long the result stays.
    pub result: Option<Seconds>,
    /// How long the question for a rating stays.
    pub rating: Option<Seconds>,
    /// How long 请取走 stays.
    pub end: Option<Seconds>,
    /// How long a resident waits for the platform.
    pub submit: Option<Seconds>,
}

fn drive() -> PathBuf {
    crate::effects::DRIVE.into()
}

/// `[metrics]`: numbers for Prometheus.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// An address of this machine alone.
    #[serde(deserialize_with = "loopback")]
    pub listen: SocketAddr,
}

/// `[telemetry]`: traces for a collector.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// An OpenTelemetry collector, over HTTP: `http://127.0.0.1:4318`.
    #[serde(deserialize_with = "collector_url")]
    pub otlp: String,
}

/// `[[technicians]]`: who may open 运维模式. `kiosk technician` makes an entry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Technician {
    /// 工号: what the audit log says.
    pub number: u64,
    /// What the screen says.
    pub name: String,
    /// Argon2id of the number on the card that the technician puts down.
    pub card: Digest,
    /// Argon2id of the PIN.
    pub pin: Digest,
}

impl Session {
    /// What is told here, and for the rest what is told there.
    fn over(self, there: &Self) -> Self {
        Self {
            idle: self.idle.or(there.idle),
            idle_personal: self.idle_personal.or(there.idle_personal),
            idle_form: self.idle_form.or(there.idle_form),
            countdown: self.countdown.or(there.countdown),
            result: self.result.or(there.result),
            rating: self.rating.or(there.rating),
            end: self.end.or(there.end),
            submit: self.submit.or(there.submit),
        }
    }
}

impl Ui {
    /// Whether a window of both would be placed the same.
    fn hangs_as(&self, other: &Self) -> bool {
        (self.orientation, self.fullscreen) == (other.orientation, other.fullscreen)
    }
}

/// A whole number of seconds from 1 to 3,600.
#[derive(Clone, Copy, Debug)]
pub struct Seconds(Duration);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = u64::deserialize(deserializer)?;
        let told = de::Unexpected::Unsigned(seconds);
        (1..=3_600)
            .contains(&seconds)
            .then(|| Self(Duration::from_secs(seconds)))
            .ok_or_else(|| de::Error::invalid_value(told, &"seconds from 1 to 3600"))
    }
}

impl Config {
    /// Reads `path`.
    pub fn load(path: &Path) -> Result<Self, config::ConfigError> {
        config::load(path)
    }

    /// Whether a kiosk that was started with the other would go on with this one: a window is placed and devices are opened at
    /// the start.
    pub(crate) fn starts_as(&self, other: &Self) -> bool {
        self.ui.hangs_as(&other.ui) && self.devices == other.devices
    }

    /// As the kiosk that it is by its certificate, of the platform that gave it.
    #[must_use]
    pub(crate) fn of_member(&self, url: &str, name: &str) -> Self {
        let platform = Platform { url: url.to_owned(), terminal_id: Some(name.to_owned()) };
        Self { platform, ..self.clone() }
    }

    /// 终端编号.
    #[must_use]
    pub fn terminal_id(&self) -> String {
        self.platform.terminal_id.clone().unwrap_or_else(host_name)
    }

    /// Every time-out, told or by default.
    #[must_use]
    pub fn deadlines(&self) -> Deadlines {
        let usual = Deadlines::default();
        let told = |seconds: Option<Seconds>, usual| seconds.map_or(usual, |Seconds(told)| told);
        let session = &self.session;
        Deadlines {
            idle: told(session.idle, usual.idle),
            idle_personal: told(session.idle_personal, usual.idle_personal),
            idle_form: told(session.idle_form, usual.idle_form),
            countdown: told(session.countdown, usual.countdown),
            result: told(session.result, usual.result),
            rating: told(session.rating, usual.rating),
            end: told(session.end, usual.end),
            submit: told(session.submit, usual.submit),
            ..usual
        }
    }

    /// How much may wait.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.outbox.limits()
    }

    /// What a visit begins with, on a machine that a technician has set to speak so loud.
    #[must_use]
    pub fn settings(&self, volume: Option<u8>) -> Settings {
        let speaks = self.devices.speaker.is_some() && self.voice.enabled;
        let voice = speaks.then(|| Voice::at(self.voice.percent(volume)));
        Settings { language: self.ui.language, voice, ..Settings::default() }
    }
}

/// Whoever else is on the network has no business with a kiosk.
fn loopback<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(deserializer)?;
    let known = "an address of this machine alone, 127.0.0.1:9101 or [::1]:9101";
    let address = text.parse::<SocketAddr>().ok().filter(|address| address.ip().is_loopback());
    address.ok_or_else(|| de::Error::invalid_value(de::Unexpected::Str(&text), &known))
}

fn collector_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let url = String::deserialize(deserializer)?;
    usable(&url, telemetry::is_address(&url), &"http://127.0.0.1:4318, or https://host:4318")?;
    Ok(url)
}

fn device_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DeviceUrl, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|why: driver_api::DeviceUrlError| {
        // As serde would say it, so that it is taken apart and told like every other mistake.
        de::Error::custom(format!(
            "string {text:?}, {}",
            why.to_string().replacen(": expected", ", expected", 1)
        ))
    })
}

/// What contradicts itself, or the platform's promise, would lose cases or file them twice.
fn outbox_limits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Outbox, D::Error> {
    let outbox = Outbox::deserialize(deserializer)?;
    let most = IDEMPOTENCY_KEY_LIFE.as_secs() / 86_400;
    let expected = format!("calls, mebibytes and intake_days above 0, and intake_days < life_days < {most}");
    match outbox.limits().check() {
        Ok(()) => Ok(outbox),
        Err(why) => {
            Err(de::Error::invalid_value(de::Unexpected::Other(&why.to_string()), &expected.as_str()))
        }
    }
}

/// A kiosk as it is shipped records nothing.
fn record_folder<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    let folder = String::deserialize(deserializer)?;
    usable(
        &folder,
        cfg!(debug_assertions),
        &"no such key in a kiosk as it is shipped: wire sessions are recorded by a debug build",
    )?;
    usable(&folder, Path::new(&folder).is_dir(), &"a folder that exists")?;
    Ok(Some(folder.into()))
}

fn reader_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DeviceUrl, D::Error> {
    let url = device_url(deserializer)?;
    let known = "serial:///dev/ttyS0?baud=115200 or usb://0400:c35a";
    usable(&url.to_string(), id_card_reader::open(&url).is_ok(), &known)?;
    Ok(url)
}

fn camera_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DeviceUrl, D::Error> {
    let url = device_url(deserializer)?;
    let known = "file:///dev/v4l/by-id/…-video-index0 or http://host:port/stream";
    usable(&url.to_string(), camera::open(&url).is_ok(), &known)?;
    Ok(url)
}

fn scanner_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DeviceUrl, D::Error> {
    let url = device_url(deserializer)?;
    let known = "serial:///dev/ttyS0, or usb://1eab:0c10 for one that poses as a keyboard";
    usable(&url.to_string(), code_scanner::open(&url).is_ok(), &known)?;
    Ok(url)
}

fn printer_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DeviceUrl, D::Error> {
    let url = device_url(deserializer)?;
    let known = "serial:///dev/ttyS0, file:///dev/usb/lp0 or tcp://host:9100";
    usable(&url.to_string(), receipt_printer::transport::to(&url).is_some(), &known)?;
    Ok(url)
}

fn printer_profile<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    let known = format!("one of {}", receipt_printer::profile::names());
    usable(&name, receipt_printer::Profile::named(&name).is_ok(), &known.as_str())?;
    Ok(name)
}

fn platform_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let url = String::deserialize(deserializer)?;
    let known = "https://host[:port], or http://host:port inside a closed network";
    usable(&url, platform_client::base_url(&url).is_ok(), &known)?;
    Ok(url)
}

fn usable<E: de::Error>(found: &str, usable: bool, expected: &dyn de::Expected) -> Result<(), E> {
    if usable { Ok(()) } else { Err(E::invalid_value(de::Unexpected::Str(found), expected)) }
}

fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn file() -> Config {
        let text = "[platform]\nurl = \"http://127.0.0.1:9\"\n[devices.id_card_reader]\nurl = \"serial:///dev/ttyS0\"\n\
                    [devices.receipt_printer]\nurl = \"file:///dev/usb/lp0\"\nprofile = \"escpos-80\"\n\
                    [store]\npath = \"kiosk.db\"\n[ui]\nlanguage = \"zh-TW\"\nfullscreen = true\n\
                    [session]\nidle = 61\nend = 9\n";
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Config::load(file.path()).unwrap()
    }

    fn set(settings: Value) -> Result<Config, serde_json::Error> {
        file().with_settings(settings.as_object().unwrap())
    }

    #[test]
    fn what_is_set_covers_the_file_key_by_key() {
        let config = set(json!({"ui": {"language": "en"}, "session": {"idle": 70}})).unwrap();
        assert_eq!(config.settings(None).language, Language::English);
        assert!(config.ui.fullscreen, "the file's");
        let deadlines = config.deadlines();
        assert_eq!((deadlines.idle.as_secs(), deadlines.end.as_secs()), (70, 9));
    }

    #[test]
    fn the_first_language_that_is_offered_is_the_one_a_visit_begins_with() {
        let config = set(json!({"ui": {"languages": ["en", "zh-CN"]}})).unwrap();
        assert_eq!(config.settings(None).language, Language::English);
        assert_eq!(config.arrangement.languages, [Language::English, Language::Simplified]);
        let config = set(json!({"ui": {"language": "en"}})).unwrap();
        assert_eq!(config.settings(None).language, Language::English);
        assert_eq!(config.arrangement.languages, Language::ALL);
        let config = set(json!({})).unwrap();
        assert_eq!(config.settings(None).language, Language::Traditional, "the file's");
        assert_eq!(config.arrangement, Arrangement::default());
    }

    #[test]
    fn what_the_home_screen_offers_is_set_and_not_in_the_file() {
        let words = json!({"zh-CN": "示例", "en": "Sample"});
        let notice = json!({"title": words, "text": words, "from": "2026-11-26", "until": "2026-12-31"});
        let home = json!({"tiles": ["progress", "civil-affairs"], "notices": [notice]});
        let arrangement = set(json!({"home": home})).unwrap().arrangement;
        assert_eq!(arrangement.tiles, ["progress", "civil-affairs"]);
        let notice = arrangement.notices.first().unwrap();
        assert_eq!(notice.title.get(Language::English), "Sample");
        assert_eq!(
            (notice.from.to_string(), notice.until.to_string()),
            ("2026-11-26".into(), "2026-12-31".into())
        );
        assert!(set(json!({"home": home})).unwrap().starts_as(&file()), "no new start for that");
    }

    #[test]
    fn what_is_opened_or_placed_at_the_start_wants_a_new_one() {
        let reader = json!({"id_card_reader": {"url": "usb://0400:c35a"}});
        for anew in [
            json!({"ui": {"orientation": "landscape"}}),
            json!({"devices": reader}),
            json!({"devices": {"receipt_printer": {"profile": "escpos-58"}}}),
        ] {
            assert!(!set(anew.clone()).unwrap().starts_as(&file()), "{anew}");
        }
        let printer = json!({"url": "file:///dev/usb/lp0"});
        for goes_on in [
            json!({}),
            json!({"session": {"idle": 70}, "trial": {"seconds": 30}}),
            json!({"devices": {"receipt_printer": printer}}),
        ] {
            assert!(set(goes_on.clone()).unwrap().starts_as(&file()), "{goes_on}");
        }
        let devices = set(json!({"devices": reader})).unwrap().devices;
        assert_eq!(devices.id_card_reader.url.to_string(), "usb://0400:c35a");
        assert_eq!(devices.receipt_printer, file().devices.receipt_printer, "the file's");
    }

    #[test]
    fn the_schema_knows_every_printer_that_the_program_knows() {
        let schema: Value = serde_json::from_str(settings::SCHEMA).unwrap();
        let profile = "/properties/devices/properties/receipt_printer/properties/profile/enum";
        let known: Vec<String> = serde_json::from_value(schema.pointer(profile).unwrap().clone()).unwrap();
        assert_eq!(known.join(", "), receipt_printer::profile::names());
    }

    #[test]
    fn the_platform_has_the_last_word_of_how_it_speaks_and_a_kiosk_without_a_loudspeaker_says_nothing() {
        let speaker = SpeakerName { device: "default".to_owned() };
        let speaking = |settings: Value, on_the_machine| {
            let mut config = set(settings).unwrap();
            config.devices.speaker = Some(speaker.clone());
            config.settings(on_the_machine).voice
        };
        assert_eq!(file().settings(Some(80)).voice, None);
        assert_eq!(speaking(json!({}), None), Some(Voice::at(60)));
        assert_eq!(speaking(json!({}), Some(80)), Some(Voice::at(80)));
        assert_eq!(speaking(json!({"voice": {"volume": 40}}), Some(80)), Some(Voice::at(40)));
        assert_eq!(speaking(json!({"voice": {"enabled": false}}), Some(80)), None);
        let silent = speaking(json!({"voice": {"volume": 0}}), None).unwrap();
        assert!(!silent.on && silent.percent > 0, "whoever wants it can turn it on: {silent:?}");
    }

    #[test]
    fn what_cannot_be_set_is_refused() {
        for bad in [
            json!({"platform": {"url": "http://elsewhere"}}),
            json!({"ui": {"language": "fr"}}),
            json!({"session": {"idle": 0}}),
            json!({"home": {"tiles": [7]}}),
            json!({"home": {"notices": [{"title": {"zh-CN": "示例"}}]}}),
            json!({"session": {"idel": 60}}),
            json!({"voice": {"loudness": 60}}),
            json!({"devices": {"camera": {"url": "file:///dev/video0"}}}),
            json!({"devices": {"id_card_reader": {"url": "serial:///dev/ttyS0?baud=fast"}}}),
            json!({"devices": {"receipt_printer": {"url": "usb://0400:c35a"}}}),
            json!({"devices": {"receipt_printer": {"profile": "laser"}}}),
        ] {
            assert!(set(bad.clone()).is_err(), "{bad}");
        }
    }
}
