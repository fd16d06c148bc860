//! One kiosk without a screen: the real store, outbox, courier and client play a script through any number of deaths.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use jiff::{SignedDuration, Timestamp};
use outbox::{Due, Intake, Page, PrintOutcome, Store, StoreError};
use platform_client::{Client, Deadlines, HpkeSealer};
use protocol::{
    Applicant, Channel, Consent, Delivery, DeliveryKind, IdKind, Rating, RatingLevel, SealingKey, Sex,
    Subject,
};
use uuid::Uuid;

use crate::{
    platform::{NUMBER, Platform, WAYS, Way},
    script::{Act, Nature},
    vfs::{self, Step},
};

const TERMINAL: &str = "kiosk-1";
/// Nothing on this machine takes so long: a time-out would make the run another one.
const PATIENT: Deadlines = Deadlines { connect: Duration::from_secs(20), total: Duration::from_secs(20) };
/// With everything mended no call needs so many attempts.
const ENOUGH: u32 = 200;
const PAGE: &str = "registry";
/// What stands in every picture; as many bytes as its Base64 repeats after.
const PICTURE: &[u8] = "示例户口簿".as_bytes();

/// Breaks the kiosk on purpose, to see that the proof notices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sabotage {
    /// Nothing is broken.
    #[default]
    None,
    /// The disk says that it has synced, and has not.
    LyingDisk,
    /// A call is crossed off before it is sent.
    SettledBeforeSent,
    /// The platform does not know a key again.
    ForgetfulPlatform,
    /// Ratings go out by themselves, past the outbox.
    RatingsPastOutbox,
}

/// When the kiosk dies, and of what.
#[derive(Clone, Debug, Default)]
pub struct Deaths {
    /// The step of the first death; none in a run that only counts the steps.
    pub first: Option<u64>,
    /// How many steps after a death the next one comes.
    pub next: Vec<u64>,
    /// For the causes, and for what the disk makes of them.
    pub seed: u64,
}

/// What was broken how often.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Broken {
    /// `kill -9`.
    pub killed: u32,
    /// The power failed.
    pub power: u32,
    /// The network broke.
    pub network: u32,
}

/// What the kiosk told a resident, or somebody at the machine: from then on it must be true.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Case by number: it is kept.
    pub(crate) filed: BTreeMap<u32, Uuid>,
    /// Ratings by case and time.
    pub(crate) rated: BTreeSet<(Uuid, Timestamp)>,
    /// Cases that somebody closed.
    pub(crate) closed: BTreeSet<Uuid>,
    /// Cases that somebody wanted to close when the kiosk died: either is right.
    pub(crate) perhaps_closed: BTreeSet<Uuid>,
    published: u32,
    perhaps_published: u32,
    print_job: u64,
}

/// Why an act was not finished.
enum Stop {
    Died,
    Wrong(String),
}

/// What all kiosks share, one after the other: making them anew takes longer than a whole day.
pub struct World {
    pub(crate) platform: Platform,
    client: Client,
    runtime: tokio::runtime::Runtime,
}

impl World {
    /// A platform that runs, and a client that finds it.
    pub fn new() -> anyhow::Result<Self> {
        let platform = Platform::start()?;
        let client = Client::new(&platform.url, TERMINAL, PATIENT)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { platform, client, runtime })
    }
}

/// The kiosk.
pub(crate) struct Kiosk<'a> {
    world: &'a World,
    path: PathBuf,
    store: Option<Store>,
    sabotage: Sabotage,
    deaths: Deaths,
    chance: fastrand::Rng,
    noise: fastrand::Rng,
    keys: Arc<Mutex<fastrand::Rng>>,
    sealing_key: SealingKey,
    now: Timestamp,
    number: u32,
    pub(crate) told: Told,
    pub(crate) broken: Broken,
    pub(crate) sends: u32,
    /// The steps that were sends.
    pub(crate) send_steps: Vec<u64>,
    trace: DefaultHasher,
}

impl<'a> Kiosk<'a> {
    /// A kiosk that has never been switched on. `day` seeds the keys and the usual trouble on the network.
    pub(crate) fn new(world: &'a World, folder: &Path, day: u64, deaths: Deaths, sabotage: Sabotage) -> Self {
        let mut seeds = fastrand::Rng::with_seed(day);
        vfs::power_on(folder, sabotage == Sabotage::LyingDisk);
        vfs::die_at(deaths.first);
        world.platform.reset(sabotage == Sabotage::ForgetfulPlatform);
        Self {
            world,
            path: folder.join("kiosk.db"),
            store: None,
            sabotage,
            chance: fastrand::Rng::with_seed(deaths.seed),
            deaths,
            noise: seeds.fork(),
            keys: Arc::new(Mutex::new(seeds.fork())),
            sealing_key: world.platform.sealing_key(),
            now: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 56),
            number: 0,
            told: Told::default(),
            broken: Broken::default(),
            sends: 0,
            send_steps: Vec::new(),
            trace: DefaultHasher::new(),
        }
    }

    /// Plays the day, mends everything, and lets the rest go out.
    pub(crate) fn play(&mut self, script: &[Act]) -> Result<(), String> {
        self.survive(Self::open)?;
        for act in script {
            let result = self.act(*act);
            self.outlive(result)?;
        }
        self.world.platform.mend();
        self.survive(Self::finish)
    }

    /// A number that two runs share only if they went the same way.
    pub(crate) fn trace(&self) -> u64 {
        self.trace.finish()
    }

    /// What the store holds at the end.
    pub(crate) fn store(&self) -> Option<&Store> {
        self.store.as_ref()
    }

    /// Again and again, until it is done in one life.
    fn survive(&mut self, what: impl Fn(&mut Self) -> Result<(), Stop>) -> Result<(), String> {
        loop {
            match what(self) {
                Ok(()) => return Ok(()),
                died => self.outlive(died)?,
            }
        }
    }

    /// After a death the kiosk is started again, as often as it takes.
    fn outlive(&mut self, mut result: Result<(), Stop>) -> Result<(), String> {
        loop {
            match result {
                Ok(()) => return Ok(()),
                Err(Stop::Wrong(what)) => return Err(what),
                Err(Stop::Died) => result = self.start_again(),
            }
        }
    }

    fn start_again(&mut self) -> Result<(), Stop> {
        self.store = None;
        if self.chance.bool() {
            self.broken.power += 1;
            vfs::restart_machine(&mut self.chance).map_err(|error| Stop::Wrong(error.to_string()))?;
        } else {
            self.broken.killed += 1;
            vfs::restart_process();
        }
        self.burn_next_fuse();
        self.open()
    }

    fn burn_next_fuse(&mut self) {
        vfs::die_at(self.deaths.next.pop().map(|steps| vfs::steps() + steps));
    }

    fn open(&mut self) -> Result<(), Stop> {
        self.store = None;
        let opened = Store::open(&self.path, self.now);
        if vfs::is_dead() {
            return Err(Stop::Died);
        }
        let (store, report) = opened.map_err(|error| Stop::Wrong(format!("not opened: {error}")))?;
        if let Some(set_aside) = report.set_aside {
            return Err(Stop::Wrong(format!("set aside: {}", set_aside.reason)));
        }
        let keys = Arc::clone(&self.keys);
        self.store = Some(store.with_keys(move || {
            let mut keys = keys.lock().unwrap_or_else(PoisonError::into_inner);
            uuid::Builder::from_random_bytes(keys.u128(..).to_be_bytes()).into_uuid()
        }));
        self.disk(Store::print_jobs_unfinished)?;
        let now = self.now;
        if let Some(set_aside) = self.disk(|store| store.verify(now))? {
            return Err(Stop::Wrong(format!("set aside: {}", set_aside.reason)));
        }
        self.check_page()
    }

    /// Every use of the store. What it answers counts only if the kiosk lived to hear it.
    fn disk<T>(&mut self, what: impl FnOnce(&mut Store) -> Result<T, StoreError>) -> Result<T, Stop> {
        let store = self.store.as_mut().ok_or_else(|| Stop::Wrong("no store".to_owned()))?;
        let answer = what(store);
        if vfs::is_dead() {
            return Err(Stop::Died);
        }
        answer.map_err(|error| Stop::Wrong(error.to_string()))
    }

    fn act(&mut self, act: Act) -> Result<(), Stop> {
        match act {
            Act::File { nature, waits } => self.file(nature, waits),
            Act::Rate(back) => self.rate(back),
            Act::Carry(calls) => self.carry(calls),
            Act::Pass(seconds) => {
                self.now += SignedDuration::from_secs(seconds);
                Ok(())
            }
            Act::NetworkBack => {
                let now = self.now;
                self.disk(|store| store.retry_now(courier::NETWORK_REASONS, now)).map(drop)
            }
            Act::Publish => self.publish(),
            Act::Print => self.print(),
            Act::Decide { close } => self.decide(close),
            Act::Restart => {
                self.store = None;
                if vfs::is_dead() { Err(Stop::Died) } else { self.open() }
            }
            Act::Rotate => {
                self.world.platform.rotate_key();
                Ok(())
            }
        }
    }

    fn file(&mut self, nature: Nature, waits: bool) -> Result<(), Stop> {
        self.number += 1;
        let (number, now) = (self.number, self.now);
        self.world.platform.expect(number, nature);
        let sealer = HpkeSealer::new(self.sealing_key.clone());
        let recorded = self.disk(|store| store.record_case(&intake(number, now), &sealer, now))?;
        self.told.filed.insert(number, recorded.case_key);
        if waits && let Some(due) = self.disk(|store| store.due_now(recorded.id, now))? {
            self.deliver(&due)?;
        }
        Ok(())
    }

    fn rate(&mut self, back: usize) -> Result<(), Stop> {
        let Some(case_key) = self.told.filed.values().rev().nth(back).copied() else { return Ok(()) };
        if self.told.perhaps_closed.contains(&case_key) {
            return Ok(());
        }
        self.now += SignedDuration::from_millis(1);
        let now = self.now;
        let rating =
            Rating { case_key, level: RatingLevel::Satisfied, rated_at: now, channel: Channel::Kiosk };
        if self.sabotage == Sabotage::RatingsPastOutbox {
            return self.send_past_outbox(&rating);
        }
        self.disk(|store| store.record_rating(&rating, now))?;
        self.told.rated.insert((case_key, now));
        Ok(())
    }

    fn carry(&mut self, calls: usize) -> Result<(), Stop> {
        let now = self.now;
        for _ in 0..calls {
            let Some(due) = self.disk(|store| store.next_due(now))? else { return Ok(()) };
            self.deliver(&due)?;
        }
        Ok(())
    }

    fn publish(&mut self) -> Result<(), Stop> {
        self.told.perhaps_published += 1;
        self.sealing_key = self.world.platform.sealing_key();
        let (version, now) = (self.told.perhaps_published, self.now);
        self.disk(|store| store.cache_put(PAGE, Some(&version.to_string()), &page(version), now))?;
        self.told.published = version;
        Ok(())
    }

    /// The last page that is known to be kept is there, or a later one, and it is whole.
    fn check_page(&mut self) -> Result<(), Stop> {
        let cached = self.disk(|store| store.cache_get(PAGE))?;
        let version = cached
            .as_ref()
            .map_or(0, |page| page.etag.as_ref().and_then(|etag| etag.parse().ok()).unwrap_or(u32::MAX));
        let known = self.told.published..=self.told.perhaps_published;
        let whole = cached.is_none_or(|found| found.body == page(version));
        if known.contains(&version) && whole {
            Ok(())
        } else {
            Err(Stop::Wrong(format!(
                "the cached page is {version}, expected one of {known:?}, whole: {whole}"
            )))
        }
    }

    fn print(&mut self) -> Result<(), Stop> {
        let (now, before) = (self.now, self.told.print_job);
        let job = self.disk(|store| store.print_job_begin(now))?;
        if job <= before {
            return Err(Stop::Wrong(format!("print job {job} after {before}")));
        }
        self.told.print_job = job;
        self.disk(|store| store.print_job_end(job, PrintOutcome::Printed))
    }

    fn decide(&mut self, close: bool) -> Result<(), Stop> {
        let now = self.now;
        let Some(parked) = self.disk(|store| store.parked())?.into_iter().next() else { return Ok(()) };
        if close {
            self.told.perhaps_closed.insert(parked.case_key);
            self.disk(|store| store.close(parked.id, now))?;
            self.told.closed.insert(parked.case_key);
        } else {
            self.world.platform.mend_item_of(parked.case_key, &self.told.filed);
            self.disk(|store| store.replay(parked.id, now))?;
        }
        Ok(())
    }

    /// Everything that is mended by now goes out.
    fn finish(&mut self) -> Result<(), Stop> {
        for parked in self.disk(|store| store.parked())? {
            let now = self.now;
            self.disk(|store| store.replay(parked.id, now))?;
        }
        while let Some(next) = self.disk(|store| store.next_due_at())? {
            self.now = self.now.max(next);
            let now = self.now;
            while let Some(due) = self.disk(|store| store.next_due(now))? {
                if due.attempt > ENOUGH {
                    return Err(Stop::Wrong(format!("{due:?} is never taken, though nothing is in its way")));
                }
                self.send_and_settle(&due, Way::Clear)?;
            }
        }
        Ok(())
    }

    /// As the kiosk does it, on a network that fails now and then.
    fn deliver(&mut self, due: &Due) -> Result<(), Stop> {
        let troubled = self.noise.u8(0..3) == 0;
        let way = if troubled { self.noise.choice(WAYS).unwrap_or_default() } else { Way::Clear };
        self.send_and_settle(due, way)
    }

    fn send_and_settle(&mut self, due: &Due, usual: Way) -> Result<(), Stop> {
        let now = self.now;
        if self.sabotage == Sabotage::SettledBeforeSent {
            self.disk(|store| store.settle_delivered(due.id, now))?;
        }
        let step = vfs::step();
        self.send_steps.push(vfs::steps());
        let way = match step {
            Step::Goes => usual,
            Step::Dead => return Err(Stop::Died),
            Step::Dies => self.die_sending(due)?,
        };
        let outcome = self.send(due, way);
        if self.sabotage == Sabotage::SettledBeforeSent {
            return Ok(());
        }
        self.disk(|store| courier::settle(store, due, outcome, now)).map(drop)
    }

    /// The point of a send: the kiosk dies before it or after it, or only the network breaks.
    fn die_sending(&mut self, due: &Due) -> Result<Way, Stop> {
        match self.chance.u8(0..4) {
            0 => Err(Stop::Died),
            1 => {
                let _ = self.send(due, Way::LostBack);
                Err(Stop::Died)
            }
            _ => {
                vfs::restart_process();
                self.burn_next_fuse();
                self.broken.network += 1;
                Ok(self.chance.choice(WAYS.into_iter().skip(1)).unwrap_or(Way::LostBack))
            }
        }
    }

    fn send(
        &mut self,
        delivery: &Delivery,
        way: Way,
    ) -> Result<platform_client::Delivered, platform_client::CallError> {
        self.world.platform.ledger().way = way;
        self.sends += 1;
        let World { client, runtime, .. } = self.world;
        let outcome = runtime.block_on(client.send(delivery));
        (delivery.idempotency_key, way, format!("{outcome:?}"), vfs::steps()).hash(&mut self.trace);
        outcome
    }

    fn send_past_outbox(&mut self, rating: &Rating) -> Result<(), Stop> {
        let body = serde_json::to_vec(rating).map_err(|error| Stop::Wrong(error.to_string()))?;
        let delivery = Delivery {
            kind: DeliveryKind::Rating,
            case_key: rating.case_key,
            idempotency_key: Uuid::from_u128(self.noise.u128(..)),
            terminal_id: None,
            media_type: "application/json".to_owned(),
            body,
        };
        let _ = self.send(&delivery, Way::Clear);
        Ok(())
    }
}

impl Drop for Kiosk<'_> {
    fn drop(&mut self) {
        self.store = None;
        vfs::scrap();
    }
}

fn page(version: u32) -> Vec<u8> {
    version.to_string().repeat(3_000).into_bytes()
}

fn intake(number: u32, now: Timestamp) -> Intake {
    Intake {
        subject: Subject::Item { item: "example".to_owned(), version: 1 },
        terminal_id: TERMINAL.to_owned(),
        received_at: now,
        applicant: Applicant {
            name: "示例甲乙丙".to_owned(),
            id_kind: IdKind::ResidentIdCard,
            id_number: "519999195201010013".to_owned(),
            sex: Sex::Male,
            birth: jiff::civil::date(1952, 1, 1),
            nation: None,
            address: Some("示例市示例区示例路二十七号".to_owned()),
        },
        fields: [(NUMBER.to_owned(), format!("{number:>6}").into())].into(),
        consent: Consent { notice_version: 1, given_at: now },
        pages: (1..=pages(number)).map(|page| photograph(page, number, now)).collect(),
        draft: None,
    }
}

/// How many pages of a material come with a case: none, one or two.
pub(crate) fn pages(number: u32) -> u16 {
    u16::try_from(number % 3).unwrap_or_default()
}

fn photograph(page: u16, number: u32, now: Timestamp) -> Page {
    let content = PICTURE.repeat(400).into();
    Page {
        item: None,
        material: 2,
        page,
        pages: pages(number),
        media_type: "image/jpeg".to_owned(),
        content,
        made_at: now,
    }
}

/// Whether a canary of [`intake`] is in a file of the kiosk.
pub(crate) fn leaks(folder: &Path) -> std::io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let bytes = fs::read(entry?.path())?;
        let sent = BASE64_STANDARD.encode(PICTURE.repeat(3));
        let said = ["示例甲乙丙", "519999195201010013", "示例市示例区示例路二十七号", &sent];
        for canary in said.map(str::as_bytes).into_iter().chain([PICTURE]) {
            if bytes.windows(canary.len()).any(|window| window == canary) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
