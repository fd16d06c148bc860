//! 运维模式: lets technicians in, tells how the machine is, and keeps what they did.

use std::{path::PathBuf, sync::Arc};

use anyhow::Context as _;
use flow::{
    Event,
    calibration::Calibration,
    event::ScannedText,
    maintenance::{Admission, Check, Credentials, Export, Inspection, Part, Technician},
};
use health::Condition;
use jiff::Timestamp;
use outbox::StoreError;

use super::{
    Set, export,
    health::{Health, Vitals},
    link::Link,
    metrics, readiness,
    screen::Screen,
    sound::Sound,
    store::SharedStore,
};
use crate::{Config, clock, config, inbox::Inbox, provision};

pub(super) struct Maintenance {
    store: SharedStore,
    inbox: Inbox,
    config: Config,
    identity: PathBuf,
    health: Arc<Health>,
    started_at: Timestamp,
    links: Links,
    pub(super) screen: Screen,
    sound: Arc<Sound>,
}

/// The ways to the devices.
pub(super) struct Links {
    pub(super) reader: Link,
    pub(super) printer: Link,
    /// Where the machine has one.
    pub(super) camera: Option<Link>,
    /// The same.
    pub(super) scanner: Option<Link>,
    /// The same.
    pub(super) speaker: Option<Link>,
}

impl Links {
    /// What there is to be tested.
    fn parts(&self) -> Vec<Part> {
        let camera = self.camera.is_some().then_some(Part::Camera);
        let scanner = self.scanner.is_some().then_some(Part::Scanner);
        let speaker = self.speaker.is_some().then_some(Part::Speaker);
        [Part::Reader, Part::Printer, Part::Paper, Part::Touch]
            .into_iter()
            .chain(camera)
            .chain(scanner)
            .chain(speaker)
            .collect()
    }
}

impl Maintenance {
    /// Tells at once whether the machine was out of service when it was switched off.
    pub(super) fn new(
        config: &Config,
        store: SharedStore,
        health: Arc<Health>,
        links: Links,
        set: Set,
        inbox: Inbox,
    ) -> Result<Self, StoreError> {
        if store.with(|store| store.is_out_of_service())? {
            health.set(Condition::TakenOutOfService, true);
            inbox.post(Event::OutOfService(true));
        }
        Ok(Self {
            store,
            inbox,
            config: config.clone(),
            identity: readiness::identity(&config.store.path),
            health,
            started_at: clock::now(),
            links,
            screen: set.screen,
            sound: set.sound,
        })
    }

    pub(super) async fn admit(self: Arc<Self>, credentials: Credentials) {
        let inbox = self.inbox.clone();
        // Argon2 is slow on purpose.
        let checked = tokio::task::spawn_blocking(move || self.check(&credentials)).await;
        let admission = checked.unwrap_or(Ok(Admission::Unavailable)).unwrap_or_else(|error| {
            tracing::error!(%error, "tries cannot be counted, so nobody is let in");
            Admission::Unavailable
        });
        inbox.post(Event::Admission(admission));
    }

    fn check(&self, credentials: &Credentials) -> Result<Admission, StoreError> {
        if let Err(left) = self.store.with(|store| store.begin_admission(clock::now()))? {
            let minutes = u32::try_from(left.as_secs().div_ceil(60)).unwrap_or(u32::MAX);
            return Ok(Admission::LockedFor { minutes });
        }
        let Some(technician) = self.config.technicians.iter().find(|technician| is(technician, credentials))
        else {
            tracing::warn!(registered = self.config.technicians.len(), "technician not admitted");
            self.store.with(|store| store.refuse_admission(clock::now()))?;
            return Ok(Admission::Refused);
        };
        self.store.with(|store| store.grant_admission(technician.number, clock::now()))?;
        tracing::info!(technician = technician.number, "technician admitted");
        Ok(Admission::Granted(Technician { number: technician.number, name: technician.name.clone() }))
    }

    pub(super) async fn inspect(&self) {
        self.health.look().await;
        let membership = readiness::membership(&self.identity);
        let is_kiosk = membership.as_ref().is_some_and(|membership| !provision::is_lapsed(membership));
        let Vitals { facts, waiting, running, .. } = self.health.vitals();
        self.inbox.post(Event::Inspected(Box::new(Inspection {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            terminal_id: self.config.terminal_id(),
            platform: self.config.platform.url.clone(),
            started_at: self.started_at,
            catalogue_at: facts.catalogue_at,
            waiting,
            parked: facts.parked,
            oldest_waiting: facts.oldest_waiting,
            disk_free: facts.disk_free,
            reader: self.links.reader.trouble(),
            printer: self.links.printer.trouble(),
            has_camera: self.links.camera.is_some(),
            camera: self.links.camera.as_ref().and_then(Link::trouble),
            has_scanner: self.links.scanner.is_some(),
            scanner: self.links.scanner.as_ref().and_then(Link::trouble),
            sound: self.links.speaker.as_ref().map(|_| self.sound.now()),
            speaker: self.links.speaker.as_ref().and_then(Link::trouble),
            enrolled: membership.is_some(),
            may_enrol: !is_kiosk,
            brightness: self.screen.brightness(),
            calibrated: self.screen.panel().calibrated(),
            certificate_until: membership.map(|membership| membership.certificate.not_after()),
            configuration: running.map(|running| running.version),
            troubles: self.health.troubles(),
        })));
    }

    pub(super) async fn note(&self, check: Check) {
        let Check { technician, part, passed } = check;
        let now = clock::now();
        tracing::info!(technician, ?part, passed, "tested");
        let noted =
            self.store.run(move |store| store.record_check(name(part), passed, technician, now)).await;
        if let Err(error) = noted {
            tracing::error!(%error, "result of a test not kept");
        }
    }

    pub(super) async fn serve(&self, serve: bool, technician: u64) {
        let now = clock::now();
        match self.store.run(move |store| store.set_out_of_service(!serve, technician, now)).await {
            Ok(()) => {
                tracing::info!(technician, serve, "service");
                self.health.set(Condition::TakenOutOfService, !serve);
                self.inbox.post(Event::OutOfService(!serve));
            }
            Err(error) => tracing::error!(%error, "not remembered, so not done"),
        }
    }

    pub(super) async fn report(&self, technician: u64) {
        let (now, identity, vitals) = (clock::now(), self.identity.clone(), self.health.vitals());
        let checks = self.store.run(move |store| {
            store.record_report(technician, now)?;
            store.last_checks()
        });
        let signed = match checks.await {
            Ok(checks) => readiness::sign(&identity, &self.links.parts(), checks, &vitals, technician, now),
            Err(error) => Err(error.into()),
        };
        let report = signed.inspect_err(|error| tracing::error!("report not signed: {error:#}")).ok();
        self.inbox.post(Event::Reported(report.map(Box::new)));
    }

    /// The invitation is a secret until it is spent: nothing tells what it says.
    pub(super) async fn enrol(&self, technician: u64, invitation: ScannedText) {
        let (config, store) = (self.config.clone(), self.store.clone());
        let joining = tokio::task::spawn_blocking(move || {
            provision::provision(&config, &invitation.0)?;
            store.with(|store| store.record_enrolment(technician, clock::now()))?;
            anyhow::Ok(())
        });
        let enrolled = joining.await.unwrap_or_else(|error| Err(error.into()));
        match &enrolled {
            Ok(()) => tracing::info!(technician, "this machine is a kiosk from its next start on"),
            Err(error) => tracing::warn!("not enrolled: {error:#}"),
        }
        self.inbox.post(Event::Enrolled(enrolled.map_err(|error| provision::trouble(&error))));
    }

    /// That it was taken along is noted before, so that it is in what is taken along.
    pub(super) async fn export(&self, technician: u64) {
        let (store, drive, now) = (self.store.clone(), self.config.devices.drive.clone(), clock::now());
        let (terminal_id, state) = (self.config.terminal_id(), metrics::text(&self.health.vitals(), None));
        let writing = tokio::task::spawn_blocking(move || {
            if let Err(error) = store.with(|store| store.record_export(technician, now)) {
                tracing::error!(%error, "export not noted, so not done");
                return Export::Failed;
            }
            let log = export::Log { terminal_id: &terminal_id, state, now };
            export::write(&drive, &log, |from, most| store.with(|store| store.audit_log(from, most)))
        });
        let export = writing.await.unwrap_or(Export::Failed);
        tracing::info!(technician, ?export, "log exported");
        self.inbox.post(Event::Exported(export));
    }

    /// It is on the disk, and in the audit log, before anybody hears so.
    pub(super) async fn keep_calibration(self: Arc<Self>, technician: u64) {
        let inbox = self.inbox.clone();
        let keeping = tokio::task::spawn_blocking(move || self.calibrate(technician)).await;
        let kept = keeping.unwrap_or_else(|error| Err(error.into()));
        if let Err(error) = &kept {
            tracing::error!("calibration not kept: {error:#}");
        }
        inbox.post(Event::CalibrationKept(kept.is_ok()));
    }

    fn calibrate(&self, technician: u64) -> anyhow::Result<()> {
        let tried = self.screen.panel().tried().context("nothing is on trial any more")?;
        let taken_back = tried == Calibration::NONE;
        self.store.with(|store| store.record_calibration(taken_back, technician, clock::now()))?;
        self.screen.keep(tried)?;
        tracing::info!(technician, numbers = ?tried.0, "touch screen calibrated");
        Ok(())
    }

    pub(super) async fn set_brightness(self: Arc<Self>, percent: u8) {
        let inbox = self.inbox.clone();
        let setting = tokio::task::spawn_blocking(move || self.screen.set_brightness(percent)).await;
        let set = setting.unwrap_or_else(|error| Err(error.into()));
        if let Err(error) = &set {
            tracing::warn!(%error, percent, "the panel cannot be made so bright, or it is not remembered");
        }
        inbox.post(Event::Brightness(set.is_ok().then_some(percent)));
    }

    pub(super) async fn set_volume(self: Arc<Self>, percent: u8) {
        let inbox = self.inbox.clone();
        let setting = tokio::task::spawn_blocking(move || self.sound.set(percent)).await;
        let set = setting.unwrap_or_else(|error| Err(error.into()));
        if let Err(error) = &set {
            tracing::warn!(%error, percent, "how loud the machine speaks is not remembered");
        }
        inbox.post(Event::Volume(set.ok()));
    }

    pub(super) async fn restart(&self, technician: u64) {
        let now = clock::now();
        if let Err(error) = self.store.run(move |store| store.record_restart(technician, now)).await {
            tracing::error!(%error, "restart not kept");
        }
        tracing::info!(technician, "ending, to be started anew");
        self.inbox.end();
    }
}

/// Both are compared whatever the first one gives, so that the time tells nothing.
fn is(technician: &config::Technician, credentials: &Credentials) -> bool {
    let card = technician.card.is_of(&credentials.card);
    let pin = technician.pin.is_of(&credentials.pin);
    card & pin
}

/// What the audit log calls it.
pub(super) fn name(part: Part) -> &'static str {
    match part {
        Part::Reader => "reader",
        Part::Printer => "printer",
        Part::Paper => "paper",
        Part::Touch => "touch",
        Part::Camera => "camera",
        Part::Scanner => "scanner",
        Part::Speaker => "speaker",
    }
}
