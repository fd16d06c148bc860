use std::{collections::BTreeSet, sync::Arc, time::Duration};

use config_apply::{Applier, ApplyError, Disk, Reported as Told, Running, Slot};
use config_trust::{Document, Trusted};
use convergence::{Action, Event, Follower, Version};
use enrolment::{
    Certificate, DeviceKey, Folder, FolderError, Membership,
    renewal::{self, Standing},
};
use jiff::Timestamp;
use platform_client::{BadUrl, Client, Deadlines, Now, Sign};
use protocol::{ConfigPhase, Desired, Reported};
use tokio::{sync::mpsc, time::Instant};

use crate::{
    Kiosk, content_of,
    contents::Contents,
    fetch::{Answer, Outcome, PATIENCE, Place, Question},
    settings_of, understood, window_of,
};

/// Between two looks at session and health.
const LOOK: Duration = Duration::from_millis(500);
/// However much seems to be due, it is not looked at more often.
const SHORTEST: Duration = Duration::from_millis(20);
/// Between two looks at the certificate's age.
const AGES: Duration = Duration::from_mins(10);
/// The signatures are looked at so often, though nothing is new: then an expiry shows.
const REFRESH: Duration = Duration::from_hours(1);
/// After a report or a renewal that did not get through.
const AGAIN: Duration = Duration::from_secs(5);
/// The platform says that it is alive every 15 seconds.
const SILENCE: Duration = Duration::from_secs(45);
/// What the trust remembers, in the enrolment's folder.
const TRUSTED: &str = "trusted.json";

/// Where a steward keeps things.
#[derive(Debug)]
pub struct Places<D> {
    /// The enrolment: key, membership, trust.
    pub identity: Folder<D>,
    /// The configurations.
    pub configuration: D,
    /// The files that they name.
    pub content: D,
}

/// Why a steward is done.
#[derive(Debug)]
pub enum Ended {
    /// The kiosk is revoked, and wiped.
    Revoked,
}

/// One kiosk's steward.
pub struct Steward<K, D> {
    kiosk: K,
    identity: Folder<D>,
    membership: Membership,
    key: Arc<DeviceKey>,
    client: Client,
    clock: Now,
    applier: Applier<D>,
    contents: Contents<D>,
    /// A file of what is in force is here again.
    mended: bool,
    /// How the configurations were when files were taken away last.
    swept: Option<Told>,
    follower: Follower,
    trusted: Option<Trusted>,
    window: Duration,
    started: Instant,
    look_due: Instant,
    renew_at: Instant,
    renewing: bool,
    report_at: Instant,
    reporting: bool,
    /// Why what the platform offers is not taken.
    trouble: Option<String>,
    told: Option<Reported>,
    news: mpsc::Receiver<Heard>,
    tell: mpsc::Sender<Heard>,
}

enum Heard {
    Line(Event),
    Answer(Answer),
    Renewed(Option<Certificate>),
    Told(Option<Reported>),
}

impl<K: Kiosk + Clone, D: Disk + Send + 'static> Steward<K, D> {
    /// The steward of an enrolled machine, or `None` of one that is not. Puts in force what was in force.
    pub fn start(
        kiosk: K,
        mut places: Places<D>,
        window: Duration,
        deadlines: Deadlines,
    ) -> Result<Option<Self>, FolderError> {
        if places.identity.is_leaving()? {
            kiosk.wipe();
            enrolment::wipe(&mut places.configuration, &[], "")?;
            enrolment::wipe(&mut places.content, &[], "")?;
            places.identity.wipe()?;
        }
        let Some((membership, key)) = places.identity.load()? else { return Ok(None) };
        let now = kiosk.clone();
        let clock: Now = Arc::new(move || now.now());
        let unusable = |error: BadUrl| FolderError::Malformed(error.to_string());
        let client = Client::member(&membership, &key, deadlines, &clock).map_err(unusable)?;
        let (mut applier, wrong) = Applier::start(places.configuration, Box::new(understood), window);
        if let Some(error) = wrong {
            tracing::error!(%error, "configuration not kept");
        }
        let contents = Contents::open(places.content);
        applier.set_window(window_of(applier.running(), window));
        kiosk.apply(settings_of(applier.running()).as_ref());
        let trusted = places.identity.recall(TRUSTED)?;
        let trusted = trusted.and_then(|kept| serde_json::from_slice(&kept).ok());
        let (tell, news) = mpsc::channel(16);
        let started = Instant::now();
        let follower = Follower::new(newest(&applier.reported()), seed(membership.name()), Duration::ZERO);
        Ok(Some(Self {
            kiosk,
            identity: places.identity,
            membership,
            key: Arc::new(key),
            client,
            clock,
            applier,
            contents,
            mended: false,
            swept: None,
            follower,
            trusted,
            window,
            started,
            look_due: started,
            renew_at: started,
            renewing: false,
            report_at: started,
            reporting: false,
            trouble: None,
            told: None,
            news,
            tell,
        }))
    }

    /// The platform, as this kiosk calls it.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Runs as long as the kiosk is one.
    pub async fn run(mut self) -> Ended {
        let client = self.client.clone();
        let revoked = client.revoked();
        tokio::pin!(revoked);
        loop {
            self.renew();
            self.follow();
            self.look();
            self.report();
            let wait = self.pause();
            tokio::select! {
                biased;
                () = &mut revoked => return self.end().await,
                Some(heard) = self.news.recv() => self.hear(heard),
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Until something may be due. A kiosk with nothing to decide sleeps.
    fn pause(&self) -> Duration {
        let now = Instant::now();
        let phase = self.applier.reported().phase;
        let deciding = matches!(phase, config_apply::Phase::Staged | config_apply::Phase::Active);
        let look = if deciding { LOOK } else { self.window };
        let asks = self.follower.next().map_or(look, |at| at.saturating_sub(self.up()));
        let renewal = self.renew_at.saturating_duration_since(now);
        let report = if self.reporting || self.is_told() {
            look
        } else {
            self.report_at.saturating_duration_since(now)
        };
        [look, asks, renewal, report].into_iter().min().unwrap_or(LOOK).max(SHORTEST)
    }

    fn up(&self) -> Duration {
        self.started.elapsed()
    }

    fn now(&self) -> Timestamp {
        renewal::at_least(&self.membership.certificate, (self.clock)())
    }

    /// Starts what the follower wants.
    fn follow(&mut self) {
        while let Some(action) = self.follower.act(self.up()) {
            let tell = self.tell.clone();
            match action {
                Action::Subscribe => drop(tokio::spawn(listen(self.client.clone(), tell))),
                Action::Fetch { unless } => {
                    let question = Question {
                        client: self.client.clone(),
                        unless,
                        look: self.look_due <= Instant::now(),
                        trusted: self.trusted.clone(),
                        now: self.now(),
                        patience: PATIENCE,
                        place: self.place(),
                    };
                    tokio::spawn(async move { drop(tell.send(Heard::Answer(question.ask().await)).await) });
                }
            }
        }
    }

    /// What is here, for whoever asks for more.
    fn place(&self) -> Place {
        let documents = self.applier.documents();
        Place {
            have: self.follower.have().map_or(0, |have| have.number),
            here: self.contents.here().clone(),
            wanted: documents.iter().flat_map(|bytes| content_of(bytes)).collect(),
        }
    }

    fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Line(event) => drop(self.follower.handle(event, self.up())),
            Heard::Answer(answer) => self.take(answer),
            Heard::Renewed(certificate) => {
                self.renewing = false;
                if let Some(certificate) = certificate {
                    self.renewed(certificate);
                }
            }
            Heard::Told(Some(told)) => (self.reporting, self.told) = (false, Some(told)),
            Heard::Told(None) => (self.reporting, self.report_at) = (false, Instant::now() + AGAIN),
        }
    }

    fn take(&mut self, answer: Answer) {
        if answer.looked {
            self.look_due = Instant::now() + REFRESH;
        }
        if answer.trusted != self.trusted {
            self.trusted = answer.trusted;
            self.remember_trust();
        }
        let up = self.up();
        match answer.outcome {
            Outcome::Unchanged => drop(self.follower.handle(Event::NotModified, up)),
            Outcome::Unreachable => drop(self.follower.handle(Event::FetchFailed, up)),
            Outcome::Failed(why) => {
                self.is_troubled(Some(why));
                self.follower.handle(Event::FetchFailed, up);
            }
            Outcome::Document(document, files) => match self.keep(&files) {
                Ok(()) => self.stage(&document),
                // They come again: the disk may have room by then.
                Err(error) => {
                    self.is_troubled(Some(format!("content: {error}")));
                    self.follower.handle(Event::FetchFailed, up);
                }
            },
        }
    }

    /// Files that a document names, before the document is.
    fn keep(&mut self, files: &[(settings::Content, Vec<u8>)]) -> std::io::Result<()> {
        for (content, bytes) in files {
            self.contents.keep(content, bytes)?;
            let running = match self.applier.running() {
                Running::Document { bytes, .. } => content_of(bytes),
                Running::Safe(_) => Vec::new(),
            };
            self.mended |= running.contains(content);
        }
        Ok(())
    }

    fn stage(&mut self, document: &Document) {
        let staged = self.applier.stage(document.version, &document.bytes);
        let event = match &staged {
            // It comes again: the disk may have room by then.
            Err(ApplyError::Disk(_)) => Event::FetchFailed,
            _ => Event::Fetched(Version { number: document.version, hash: document.sha256.clone() }),
        };
        self.is_troubled(staged.err().map(|error| error.to_string()));
        self.follower.handle(event, self.up());
    }

    fn is_troubled(&mut self, why: Option<String>) {
        if let Some(why) = &why
            && self.trouble != Some(why.clone())
        {
            tracing::warn!(why, "configuration not taken");
        }
        self.trouble = why;
    }

    fn remember_trust(&mut self) {
        let kept = serde_json::to_vec(&self.trusted).map_err(std::io::Error::other);
        if let Err(error) = kept.and_then(|kept| self.identity.remember(TRUSTED, &kept)) {
            tracing::error!(%error, "trust not kept");
        }
    }

    /// Brings what is staged into force, and judges what is on trial.
    fn look(&mut self) {
        let (session, up) = (self.kiosk.session(), self.up());
        let step = match self.applier.activate(session, up, || self.kiosk.wrong()) {
            Ok(false) => {
                let health = self.kiosk.health(self.applier.wrong_before());
                self.applier.observe(session, up, health)
            }
            done => done,
        };
        match step {
            Ok(true) => self.put_in_force(),
            Ok(false) if self.mended && session == config_apply::Session::None => self.put_in_force(),
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "configuration step not taken"),
        }
        self.sweep();
    }

    /// Takes away the files that nothing names any more, once after each step. What was confirmed keeps its own while another is
    /// on trial.
    fn sweep(&mut self) {
        let now = self.applier.reported();
        if self.swept.as_ref() == Some(&now) {
            return;
        }
        let documents = self.applier.documents();
        let named: BTreeSet<String> =
            documents.iter().flat_map(|bytes| content_of(bytes)).map(|content| content.sha256).collect();
        if let Err(error) = self.contents.sweep(&named) {
            tracing::error!(%error, "content not taken away");
        }
        self.swept = Some(now);
    }

    fn put_in_force(&mut self) {
        self.mended = false;
        let running = self.applier.running();
        let (settings, window) = (settings_of(running), window_of(running, self.window));
        self.applier.set_window(window);
        self.kiosk.apply(settings.as_ref());
    }

    /// Starts to renew the certificate, if it is time.
    fn renew(&mut self) {
        if self.renew_at > Instant::now() {
            return;
        }
        self.renew_at = Instant::now() + AGAIN;
        match renewal::standing(&self.membership.certificate, self.now()) {
            Standing::Fresh => self.renew_at = Instant::now() + AGES,
            Standing::Lapsed => tracing::error!("the certificate has lapsed: enrol this machine again"),
            Standing::Due | Standing::Expired if self.renewing => {}
            Standing::Due | Standing::Expired => {
                self.renewing = true;
                let (client, key, tell) = (self.client.clone(), self.key.clone(), self.tell.clone());
                tokio::spawn(async move {
                    let renewed = client.renew(&key).await;
                    let renewed =
                        renewed.inspect_err(|error| tracing::warn!(%error, "certificate not renewed"));
                    drop(tell.send(Heard::Renewed(renewed.ok())).await);
                });
            }
        }
    }

    fn renewed(&mut self, certificate: Certificate) {
        let membership = Membership { certificate, ..self.membership.clone() };
        if let Err(error) = self.identity.join(&membership, &self.key) {
            // The old one still counts, and the platform gives another one.
            return tracing::error!(%error, "new certificate not kept");
        }
        self.membership = membership;
        if let Err(error) = self.client.renewed(&self.membership, &self.key, &self.clock) {
            tracing::error!(%error, "new certificate not used before the next start");
        }
        self.follower.handle(Event::Hint, self.up());
    }

    /// Starts to tell the platform, if there is something that it has not heard.
    fn report(&mut self) {
        if self.reporting || self.is_told() || self.report_at > Instant::now() {
            return;
        }
        let now = self.reported();
        self.kiosk.tell(&now);
        self.reporting = true;
        let (client, tell) = (self.client.clone(), self.tell.clone());
        tokio::spawn(async move {
            let told = client.report(&now).await.is_ok().then_some(now);
            drop(tell.send(Heard::Told(told)).await);
        });
    }

    fn is_told(&self) -> bool {
        let now = self.reported();
        self.told.as_ref().is_some_and(|told| Reported { at: now.at, ..told.clone() } == now)
    }

    fn reported(&self) -> Reported {
        let told = self.applier.reported();
        let desired = |slot: Slot| Desired { version: slot.version, sha256: slot.sha256 };
        let running = match self.applier.running() {
            Running::Document { slot, .. } => Some(desired(slot.clone())),
            Running::Safe(_) => None,
        };
        Reported {
            phase: phase(told.phase),
            newest: told.newest.map(desired),
            confirmed: told.confirmed.map(desired),
            running,
            why: self.trouble.clone().or(told.why),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            at: self.now(),
        }
    }

    /// Everything goes but what residents have a receipt for.
    async fn end(mut self) -> Ended {
        let waiting = self.kiosk.waiting();
        tracing::error!(waiting, "this kiosk is revoked: it wipes itself");
        // First the step that cannot be taken back: after it every start goes on with the rest.
        let left = self.identity.leave();
        self.kiosk.wipe();
        let wiped = left
            .and(enrolment::wipe(self.applier.disk(), &[], ""))
            .and_then(|()| enrolment::wipe(self.contents.disk(), &[], ""))
            .and_then(|()| self.identity.wipe());
        if let Err(error) = wiped {
            tracing::error!(%error, "not all is wiped: the next start goes on");
        }
        // From memory, and whether or not it gets through.
        let _ = self.client.wiped(waiting).await;
        Ended::Revoked
    }
}

async fn listen(client: Client, tell: mpsc::Sender<Heard>) {
    if let Ok(mut hints) = client.hints().await {
        let mut gone = tell.send(Heard::Line(Event::Subscribed)).await.is_err();
        while !gone {
            match tokio::time::timeout(SILENCE, hints.next()).await {
                Ok(Ok(Sign::Hint)) => gone = tell.send(Heard::Line(Event::Hint)).await.is_err(),
                Ok(Ok(Sign::Alive)) => {}
                Ok(Err(_)) | Err(_) => break,
            }
        }
    }
    let _ = tell.send(Heard::Line(Event::Unsubscribed)).await;
}

fn newest(told: &Told) -> Option<Version> {
    let slot = told.newest.clone()?;
    Some(Version { number: slot.version, hash: slot.sha256 })
}

fn phase(phase: config_apply::Phase) -> ConfigPhase {
    match phase {
        config_apply::Phase::None => ConfigPhase::None,
        config_apply::Phase::Staged => ConfigPhase::Staged,
        config_apply::Phase::Active => ConfigPhase::Active,
        config_apply::Phase::Confirmed => ConfigPhase::Confirmed,
        config_apply::Phase::Reverted => ConfigPhase::Reverted,
    }
}

/// Differs from kiosk to kiosk.
fn seed(name: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}
