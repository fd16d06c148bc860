//! The executor: does what the state machine wants, and tells what came of it. The only code that waits.

mod audit;
mod backlight;
mod camera;
mod catalogue;
mod content;
mod courier;
mod devices;
mod drafts;
mod export;
mod finder;
mod fleet;
mod health;
mod heartbeat;
mod held;
mod kept;
mod link;
mod maintenance;
mod metrics;
mod posters;
mod printer;
mod reader;
mod readiness;
mod recordings;
mod registry;
mod scanner;
mod screen;
mod sound;
mod speaker;
mod store;
mod wish;

use std::sync::Arc;

use ::health::Condition;
use anyhow::Context as _;
use flow::{
    Effect,
    effect::{DraftIntake, Find},
    voice::Saying,
};
use platform_client::Client;
use tokio::{runtime::Runtime, sync::mpsc};

pub(crate) use export::DRIVE;
pub(crate) use readiness::identity;

use crate::{Config, inbox::Inbox, panel::Panel, standing::Standing};

/// More than any visit wants at once; when it is full the executor hangs, and a restart is the honest way out.
const WANTS: usize = 256;

/// The hands of a kiosk: a thread for each device, and a runtime for the rest.
pub struct Effects {
    wants: mpsc::Sender<Effect>,
    config: Config,
    sound: Arc<sound::Sound>,
    // Dropped last: ends the tasks.
    _runtime: Runtime,
}

/// The executor does not take any more effects.
#[derive(Debug, thiserror::Error)]
#[error("the executor hangs: an effect could not be handed over")]
pub struct Hanging;

impl Effects {
    /// Opens store and client, starts the device threads and the tasks.
    pub(crate) fn start(
        file: &Config,
        inbox: &Inbox,
        standing: &Standing,
        panel: &Panel,
    ) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            // A task may have had somebody's case in hand, and may go on on another thread.
            .on_thread_park(wipe::wipe_stack)
            .build()?;
        let store = store::SharedStore::open(&file.store.path, file.limits())?;
        let health = health::Health::new(store.clone(), file.store.path.clone(), inbox.clone());
        let inside = runtime.enter();
        let sound = Arc::new(sound::Sound::find(&file.store.path));
        let means = fleet::Means {
            signed: catalogue::Signed::default(),
            recordings: recordings::Recordings::default(),
            sound: sound.clone(),
        };
        let member = fleet::join(file, standing, &store, &health, inbox, &means)?;
        let config = member.as_ref().map_or_else(|| file.clone(), fleet::Member::config);
        let client = Arc::new(match &member {
            Some(member) => member.client.clone(),
            None => stranger(file)?,
        });
        // Asked once a wipe that was cut short has been taken to its end.
        let revoked = fleet::was_revoked(file)?;
        health.set(Condition::TerminalRevoked, revoked);
        let lights = std::path::Path::new(backlight::CLASS);
        let screen = screen::Screen::find(panel.clone(), &file.store.path, lights);
        let set = Set { screen, sound: sound.clone() };
        let hands = Hands::new(&config, inbox, store.clone(), client.clone(), health.clone(), set, means)?;
        if let Some(member) = member {
            if let Some(key) = audit::device_key(&file.store.path) {
                runtime.spawn(audit::report(store, client.clone(), key));
            }
            runtime.spawn(fleet::serve(member.steward));
            runtime.spawn(heartbeat::beat(health.clone(), client));
        }
        let spans = match &config.telemetry {
            Some(told) => Some(telemetry::start(&told.otlp, "kiosk", &config.terminal_id())?),
            None => None,
        };
        if let Some(metrics) = &config.metrics {
            metrics::serve(metrics.listen, health.clone(), spans)?;
        }
        runtime.spawn(health.watch());
        let (wants, wanted) = mpsc::channel(WANTS);
        // What waits on a machine that was revoked waits for a new enrolment, and nothing is cached again.
        if !revoked {
            runtime.spawn(registry::keep_fresh(hands.registry.clone()));
            runtime.spawn(hands.courier.clone().run());
        }
        runtime.spawn(hands.work(wanted));
        drop(inside);
        Ok(Self { wants, config, sound, _runtime: runtime })
    }

    /// The machine's own file, as the kiosk that it is: whom it calls, as whom, and how its panel hangs. Time-outs and language
    /// that its platform has set come as an event.
    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// How loud a technician has set the machine to speak, in hundredths.
    pub(crate) fn volume(&self) -> Option<u8> {
        self.sound.volume()
    }

    /// Hands an effect over without waiting.
    pub fn want(&self, effect: Effect) -> Result<(), Hanging> {
        self.wants.try_send(effect).map_err(|_| Hanging)
    }
}

/// The platform, as a machine calls it that is not enrolled.
fn stranger(config: &Config) -> anyhow::Result<Client> {
    Client::new(&config.platform.url, &config.terminal_id(), platform_client::Deadlines::default())
        .with_context(|| format!("platform.url {:?} is of no use", config.platform.url))
}

/// What a technician sets on the machine.
struct Set {
    screen: screen::Screen,
    sound: Arc<sound::Sound>,
}

struct Hands {
    reader: reader::ReaderThread,
    printer: printer::PrinterThread,
    camera: Option<camera::CameraThread>,
    scanner: Option<scanner::ScannerThread>,
    speaker: Option<speaker::SpeakerThread>,
    courier: Arc<courier::Courier>,
    registry: Arc<registry::Registry>,
    maintenance: Arc<maintenance::Maintenance>,
    client: Arc<Client>,
    inbox: Inbox,
}

impl Hands {
    #[expect(clippy::too_many_lines, reason = "whoever there is, one after the other")]
    fn new(
        config: &Config,
        inbox: &Inbox,
        store: store::SharedStore,
        client: Arc<Client>,
        health: Arc<health::Health>,
        set: Set,
        means: fleet::Means,
    ) -> anyhow::Result<Self> {
        let devices::Opened { reader, printer, scanner, speaker } = devices::open(&config.devices)?;
        let courier = Arc::new(courier::Courier::new(store.clone(), client.clone(), inbox.clone()));
        let registry = registry::Registry::new(
            store.clone(),
            client.clone(),
            inbox.clone(),
            courier.clone(),
            health.clone(),
            means.signed,
        );
        let registry = Arc::new(registry);
        let links = maintenance::Links {
            reader: link::Link::new(&config.devices.id_card_reader.url),
            printer: link::Link::new(&config.devices.receipt_printer.url),
            camera: config.devices.camera.as_ref().map(|camera| link::Link::new(&camera.url)),
            scanner: config.devices.code_scanner.as_ref().map(|scanner| link::Link::new(&scanner.url)),
            speaker: config.devices.speaker.as_ref().map(|_| link::Link::by_name()),
        };
        let speaker = speaker.zip(links.speaker.clone()).map(|(speaker, link)| {
            speaker::SpeakerThread::start(speaker, link, means.recordings, health.clone(), inbox.clone())
        });
        let camera = match (&config.devices.camera, &links.camera) {
            (Some(told), Some(link)) => {
                let camera = ::camera::open(&told.url)?;
                // A scanner sees better, and does not look at anything else.
                let reads_codes = scanner.is_none();
                Some(camera::CameraThread::start(camera, link.clone(), inbox.clone(), reads_codes))
            }
            _ => None,
        };
        let scanner = scanner.zip(links.scanner.clone());
        let scanner =
            scanner.map(|(scanner, link)| scanner::ScannerThread::start(scanner, link, inbox.clone()));
        let reader = reader::ReaderThread::start(reader, links.reader.clone(), health.clone(), inbox.clone());
        let about = printer::About { terminal_id: config.terminal_id(), registry: registry.clone() };
        let printer = printer::PrinterThread::start(
            printer,
            links.printer.clone(),
            store.clone(),
            about,
            health.clone(),
            inbox.clone(),
        );
        let (look_at_reader, look_at_printer) = (reader.looker(), printer.looker());
        let look_at_scanner = scanner.as_ref().map(scanner::ScannerThread::looker);
        let look_at_speaker = speaker.as_ref().map(speaker::SpeakerThread::looker);
        let look_at_camera = camera.as_ref().map(camera::CameraThread::looker);
        link::watch_plugs(move || {
            look_at_reader();
            look_at_printer();
            look_at_scanner.iter().for_each(|look| look());
            look_at_camera.iter().for_each(|look| look());
            look_at_speaker.iter().for_each(|look| look());
        });
        let maintenance = maintenance::Maintenance::new(config, store, health, links, set, inbox.clone())?;
        Ok(Self {
            reader,
            printer,
            camera,
            scanner,
            speaker,
            courier,
            registry,
            maintenance: Arc::new(maintenance),
            client,
            inbox: inbox.clone(),
        })
    }

    async fn work(self, mut wanted: mpsc::Receiver<Effect>) {
        let hands = Arc::new(self);
        while let Some(effect) = wanted.recv().await {
            hands.clone().begin(effect);
        }
    }

    /// Nothing here waits: what takes time becomes a task of its own, so that no effect holds up another.
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn begin(self: Arc<Self>, effect: Effect) {
        match effect {
            Effect::ReadCard => self.reader.want_card(),
            Effect::StopReading => self.reader.stop(),
            Effect::Print(slip) => self.printer.print(*slip),
            Effect::Record(intake) => {
                tokio::spawn(async move { self.courier.clone().file(*intake, self.registry.clone()).await });
            }
            Effect::Rate(rating) => {
                tokio::spawn(async move { self.courier.rate(rating).await });
            }
            Effect::Find(find) => {
                tokio::spawn(async move { self.find(find).await });
            }
            Effect::KeepDraft(left) => {
                tokio::spawn(async move { self.keep_draft(*left).await });
            }
            Effect::FindDrafts { asked, query } => {
                tokio::spawn(async move { self.inbox.post(drafts::find(&self.client, asked, query).await) });
            }
            Effect::PrintTest => self.printer.print_test(),
            Effect::WatchCamera(on) => self.watch_camera(on),
            Effect::Photograph => self.photograph(),
            Effect::Scan(on) => self.scan(on),
            Effect::Admit(credentials) => {
                tokio::spawn(async move { self.maintenance.clone().admit(credentials).await });
            }
            Effect::Inspect => {
                tokio::spawn(async move { self.maintenance.inspect().await });
            }
            Effect::Note(check) => {
                tokio::spawn(async move { self.maintenance.note(check).await });
            }
            Effect::Serve { serve, technician } => {
                tokio::spawn(async move { self.maintenance.serve(serve, technician).await });
            }
            Effect::Report { technician } => {
                tokio::spawn(async move { self.maintenance.report(technician).await });
            }
            Effect::Enrol { technician, invitation } => {
                tokio::spawn(async move { self.maintenance.enrol(technician, invitation).await });
            }
            Effect::ExportLog { technician } => {
                tokio::spawn(async move { self.maintenance.export(technician).await });
            }
            Effect::SetBrightness(percent) => {
                tokio::spawn(async move { self.maintenance.clone().set_brightness(percent).await });
            }
            Effect::Say(saying) => self.say(Some(saying)),
            Effect::Silence => self.say(None),
            Effect::SetVolume(percent) => {
                tokio::spawn(async move { self.maintenance.clone().set_volume(percent).await });
            }
            Effect::TryCalibration(fit) => self.maintenance.screen.panel().try_out(fit),
            Effect::EndTrial => self.maintenance.screen.panel().end_trial(),
            Effect::KeepCalibration { technician } => {
                tokio::spawn(async move { self.maintenance.clone().keep_calibration(technician).await });
            }
            Effect::Restart { technician } => {
                tokio::spawn(async move { self.maintenance.restart(technician).await });
            }
            Effect::EndVisit => {
                self.reader.stop();
                self.printer.end_visit();
                self.watch_camera(false);
                self.scan(false);
                self.say(None);
            }
        }
    }

    /// Silence where there is nothing to say.
    fn say(&self, saying: Option<Saying>) {
        match (&self.speaker, saying) {
            (Some(speaker), Some(saying)) => speaker.say(saying),
            (Some(speaker), None) => speaker.silence(),
            (None, _) => {}
        }
    }

    fn watch_camera(&self, on: bool) {
        if let Some(camera) = &self.camera {
            camera.watch(on);
        }
    }

    fn photograph(&self) {
        match &self.camera {
            Some(camera) => camera.photograph(),
            None => self.inbox.post(flow::Event::CameraFailed),
        }
    }

    fn scan(&self, on: bool) {
        match (&self.scanner, &self.camera) {
            (Some(scanner), _) => scanner.want(on),
            (None, Some(camera)) => camera.seek(on),
            (None, None) => {}
        }
    }

    async fn keep_draft(&self, left: DraftIntake) {
        let sealer = self.registry.sealer();
        self.inbox.post(drafts::keep(&self.client, sealer.as_deref(), left).await);
    }

    async fn find(&self, find: Find) {
        self.inbox.post(finder::find(&self.client, find).await);
    }
}
