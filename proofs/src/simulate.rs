//! A town of kiosks in virtual time: the real flow, store, courier, client and platform, with residents, cards, paper,
//! network, power and clocks that fail as a seed draws it. After every step what must always hold is looked at.

mod hands;
mod machine;
mod mail;
#[cfg(test)]
mod pages;
mod resident;

use std::{
    collections::VecDeque,
    fmt,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use flow::{
    View,
    view::{ReceiptState, Screen, Settings},
};
use jiff::{SignedDuration, Timestamp};
use platform::{Clock, Platform, catalogue::Catalogue, config::DatabaseUrl};
use platform_client::{Client, Deadlines, Fetched};
use protocol::SealingKey;
use rusqlite::Connection;
use tempfile::TempDir;

use machine::{Happening, Machine};

/// 08:00 of a Monday in China.
const START: i64 = 1_795_392_000;
const DAY: Duration = Duration::from_hours(24);
/// Residents come for so long after the start of a day.
const OPEN: u64 = 12 * 3600;
/// Visits to one kiosk on one day.
const VISITS: u64 = 40;
/// What happened last, for whoever looks into a failure.
const TRAIL: usize = 25;
/// Nothing on this machine takes so long: a time-out would make the run another one.
const PATIENT: Deadlines = Deadlines { connect: Duration::from_secs(20), total: Duration::from_secs(20) };

/// What is to be simulated.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many kiosks.
    pub kiosks: u64,
    /// For how many days.
    pub days: u64,
    /// The same seed gives the same run.
    pub seed: u64,
    /// What is broken on purpose.
    pub sabotage: Sabotage,
}

/// Breaks the kiosk on purpose, to see that the simulation notices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sabotage {
    /// Nothing is broken.
    #[default]
    None,
    /// With the power goes the store.
    ForgetsAtPowerCut,
    /// Some calls are crossed off before they are sent.
    SettledBeforeSent,
    /// Every receipt comes out twice.
    PrintsTwice,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Visits that ended, in whatever way.
    pub visits: u64,
    /// Steps after which everything was looked at.
    pub steps: u64,
    /// Cases that a screen has confirmed.
    pub filed: u64,
    /// Power cuts, outages of the network, ends of the paper, clocks that went wrong.
    pub faults: [u64; 4],
    /// Confirmed, and not at the platform.
    pub lost: u64,
    /// At the platform twice.
    pub doubled: u64,
    /// Ratings that came before their case.
    pub reordered: u64,
    /// Refused, and to be seen by a technician: only such as were taken while the kiosk's clock was wrong may be.
    pub refused: u64,
    /// The first that was lost, and what the kiosk has of it.
    pub first_lost: Option<String>,
    /// What must not be, and what led to it.
    pub wrong: Option<String>,
}

impl Tally {
    /// Whether nothing went wrong, and something happened.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.steps > 0 && self.lost + self.doubled + self.reordered == 0 && self.wrong.is_none()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { visits, steps, filed, faults: [power, network, paper, clock], refused, .. } = self;
        writeln!(f, "visits={visits} steps={steps} filed={filed} refused={refused}")?;
        writeln!(f, "power-cuts={power} outages={network} paper-ends={paper} wrong-clocks={clock}")?;
        let Self { lost, doubled, reordered, wrong, .. } = self;
        write!(f, "lost={lost} doubled={doubled} reordered={reordered} wrong={}", u8::from(wrong.is_some()))
    }
}

/// The platform and what all kiosks share.
pub(crate) struct World {
    folder: TempDir,
    runtime: tokio::runtime::Runtime,
    client: Client,
    time: Arc<Mutex<Timestamp>>,
}

/// The world's time, so long after it began.
fn time(since_start: Duration) -> Timestamp {
    Timestamp::from_second(START).unwrap_or_default().saturating_add(since_start).unwrap_or(Timestamp::MAX)
}

impl World {
    /// In memory: on a disk most of the time would go into waiting for it. What a disk may do to a store is proved by
    /// [`crate::crash`].
    fn new() -> anyhow::Result<Self> {
        Self::on(folder_in_memory()?)
    }

    pub(crate) fn on(folder: TempDir) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let time = Arc::new(Mutex::new(Timestamp::from_second(START)?));
        let theirs = time.clone();
        let clock = Clock::new(move || *theirs.lock().unwrap_or_else(PoisonError::into_inner));
        let database = DatabaseUrl::Sqlite(folder.path().join("platform.db"));
        let platform = runtime.block_on(Platform::open(database, Catalogue::embedded()?, clock))?;
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let client = Client::new(&format!("http://{}", listener.local_addr()?), "simulation", PATIENT)?;
        runtime.spawn(async move { platform::serve(listener, &platform, std::future::pending()).await });
        Ok(Self { folder, runtime, client, time })
    }

    pub(crate) fn sealing_key(&self) -> anyhow::Result<SealingKey> {
        match self.run(async |client| client.registry(None).await)? {
            Fetched::New { value, .. } => Ok(value.sealing_key),
            Fetched::NotModified => anyhow::bail!("nothing was asked about"),
        }
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn set_time(&self, since_start: Duration) {
        self.set(time(since_start));
    }

    pub(crate) fn set(&self, time: Timestamp) {
        *self.time.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }

    pub(crate) fn run<T>(&self, call: impl AsyncFnOnce(&Client) -> T) -> T {
        self.runtime.block_on(call(&self.client))
    }
}

/// A folder that no disk has to be waited for, where there is such a thing.
pub(crate) fn folder_in_memory() -> std::io::Result<TempDir> {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }
}

/// Runs the plan.
pub fn run(plan: &Plan) -> anyhow::Result<Tally> {
    let world = World::new()?;
    let mut machines = Vec::new();
    for number in 0..plan.kiosks {
        let mut machine = Machine::new(&world, number, plan.seed, plan.sabotage);
        let mut chance = fastrand::Rng::with_seed(plan.seed ^ (number << 32));
        (0..plan.days).for_each(|day| draw_day(&mut machine, day, &mut chance));
        machine.switch_on().map_err(anyhow::Error::msg)?;
        machines.push(machine);
    }
    let mut tally = Tally::default();
    let end = DAY * u32::try_from(plan.days).context("so many days")?;
    play(&mut machines, end, &mut tally);
    if tally.wrong.is_none() {
        mend(&mut machines, end);
        play(&mut machines, Duration::MAX, &mut tally);
    }
    judge(&world, &machines, &mut tally)?;
    Ok(tally)
}

/// The whole day is drawn before it begins: who comes, and what breaks.
fn draw_day(machine: &mut Machine<'_>, day: u64, chance: &mut fastrand::Rng) {
    let morning = DAY * u32::try_from(day).unwrap_or(u32::MAX);
    let any = |chance: &mut fastrand::Rng| morning + Duration::from_millis(chance.u64(0..OPEN * 1_000));
    for _ in 0..VISITS {
        let time = any(chance);
        machine.at(time, Happening::Arrive);
    }
    // Most are short; now and then one lasts into the next day, or the one after.
    let mut lasts = |chance: &mut fastrand::Rng, begin: Happening, end: Happening| {
        let hours = [(0, 1), (0, 1), (1, 4), (4, 40)];
        let (from, to) = chance.choice(hours).unwrap_or_default();
        let time = any(chance);
        machine.at(time, begin);
        machine.at(time + Duration::from_secs(chance.u64(from * 3600 + 20..to * 3600)), end);
    };
    if chance.u8(0..3) == 0 {
        lasts(chance, Happening::Network(false), Happening::Network(true));
    }
    if chance.u8(0..3) == 0 {
        lasts(chance, Happening::Paper(false), Happening::Paper(true));
    }
    if chance.u8(0..12) == 0 {
        let year = SignedDuration::from_hours(365 * 24);
        let dead = SignedDuration::from_secs(-START);
        let offsets = [year, -year, dead, SignedDuration::from_hours(-2), SignedDuration::from_mins(40)];
        let offset = chance.choice(offsets).unwrap_or_default();
        lasts(chance, Happening::Clock(offset), Happening::Clock(SignedDuration::ZERO));
    }
    for _ in 0..chance.u8(0..3) {
        let time = any(chance);
        machine.at(time, Happening::Power(false));
        machine.at(time + Duration::from_secs(chance.u64(5..1_200)), Happening::Power(true));
    }
}

/// Everything is repaired, and a night passes.
fn mend(machines: &mut [Machine<'_>], end: Duration) {
    for machine in machines {
        machine.mend(end);
    }
}

/// Lets all machines go on, always the one whose turn it is, until nothing happens before `end`.
fn play(machines: &mut [Machine<'_>], end: Duration, tally: &mut Tally) {
    let mut trail = VecDeque::new();
    loop {
        let next = machines.iter_mut().filter_map(|machine| Some((machine.next()?, machine)));
        let Some((_, machine)) = next.min_by_key(|(time, _)| *time).filter(|(time, _)| *time < end) else {
            return;
        };
        tally.steps += 1;
        match machine.step().and_then(|()| look(machine)) {
            Ok(None) => {}
            Ok(Some(screen)) => {
                trail.push_back(format!("{} {:.3?}: {screen}", machine.name, machine.now));
                trail.drain(..trail.len().saturating_sub(TRAIL));
            }
            Err(wrong) => {
                let trail: Vec<String> = trail.into();
                let now = machine.now;
                tally.wrong = Some(format!("{} after {now:?}: {wrong}\n{}", machine.name, trail.join("\n")));
                return;
            }
        }
        if machine.is_done() {
            machine.rest_for_ever();
        }
    }
}

/// Looks at the screen where it may be another one, and names it.
fn look(machine: &Machine<'_>) -> Result<Option<&'static str>, String> {
    let Some(view) = machine.changed.then(|| machine.view()).flatten() else { return Ok(None) };
    always(machine, &view)?;
    Ok(Some(name(&view.screen)))
}

fn name(screen: &Screen) -> &'static str {
    match screen {
        Screen::Starting => "starting",
        Screen::Attract(_) => "attract",
        Screen::Home(_) => "home",
        Screen::Notices(_) => "notices",
        Screen::Items(_) => "items",
        Screen::Guide(_) => "guide",
        Screen::BundleGuide(_) => "bundle-guide",
        Screen::Consent(_) => "consent",
        Screen::Identify(_) => "identify",
        Screen::Form(_) => "form",
        Screen::Drafts(_) => "drafts",
        Screen::Draft(_) => "draft",
        Screen::Photograph(_) => "photograph",
        Screen::Confirm(_) => "confirm",
        Screen::Submitting => "submitting",
        Screen::Result(_) => "result",
        Screen::Rate(_) => "rate",
        Screen::ProgressQuery(_) => "query",
        Screen::Progress(_) => "progress",
        Screen::End(_) => "end",
        Screen::Admit(_) => "admit",
        Screen::Maintenance(_) => "maintenance",
        Screen::OutOfService => "out-of-service",
    }
}

/// What holds after every step, whatever happened.
fn always(machine: &Machine<'_>, view: &View) -> Result<(), String> {
    let Some(flow) = machine.flow() else { return Ok(()) };
    let ensure = |holds: bool, what: &str| if holds { Ok(()) } else { Err(what.to_owned()) };
    let public =
        matches!(view.screen, Screen::Attract(_) | Screen::Home(_) | Screen::End(_) | Screen::Starting);
    ensure(!(public && flow.holds_personal_data()), "personal data behind a public screen")?;
    let rests = matches!(view.screen, Screen::Attract(_) | Screen::Starting);
    ensure(rests || flow.next_deadline().is_some(), "a screen that stays for ever")?;
    let busy = match &view.screen {
        Screen::Submitting | Screen::Home(_) => true,
        Screen::Result(outcome) => outcome.receipt == Some(ReceiptState::Printing),
        _ => false,
    };
    ensure(rests || busy || view.frame.can_go_home, "a screen without a way home")?;
    let fresh = view.frame.settings == Settings::default() && view.overlay.is_none();
    ensure(!matches!(view.screen, Screen::Attract(_)) || fresh, "something of the resident before")
}

/// What was told, against what the platform has.
fn judge(world: &World, machines: &[Machine<'_>], tally: &mut Tally) -> anyhow::Result<()> {
    let platform = Connection::open(world.folder().join("platform.db"))?;
    let mut has_it = platform.prepare(
        "SELECT 1 FROM cases WHERE case_key = ?1 AND pickup_code = ?2
         UNION ALL SELECT 1 FROM bundle_case WHERE bundle_key = ?1 AND pickup_code = ?2",
    )?;
    let mut has_rating = platform.prepare("SELECT 1 FROM rating WHERE case_key = ?1")?;
    for machine in machines {
        let told = &machine.told;
        tally.visits += told.visits;
        tally.filed += told.filed.len() as u64;
        let faults = [told.power_cuts, told.offline, told.jams, told.clock_faults];
        tally.faults.iter_mut().zip(faults).for_each(|(sum, more)| *sum += more);
        let parked = machine.store().map(outbox::Store::parked).transpose()?.unwrap_or_default();
        tally.refused += parked.len() as u64;
        tally.reordered +=
            parked.iter().filter(|call| call.reason.ends_with("case-not-found")).count() as u64;
        let tombstones = machine.store().map(outbox::Store::tombstones).transpose()?.unwrap_or_default();
        let given_up = |key| tombstones.iter().any(|call| call.case_key == key);
        let is_refused = |key| parked.iter().any(|call| call.case_key == key);
        for (case, code) in &told.filed {
            let there = has_it.exists((case.to_string(), code.as_str()))?;
            // Answers may be wrong in the eyes of a platform that knows the day; and a clock that is set right while the
            // machine is off looks like a year without power. Either leaves a trace that somebody sees.
            let excused = is_refused(*case) && told.by_wrong_clock.contains(case)
                || given_up(*case) && told.off_while_wrong.contains(case);
            if !there && !excused {
                let reason = parked.iter().find(|call| call.case_key == *case).map(|call| &call.reason);
                let ended = tombstones.iter().find(|call| call.case_key == *case).map(|call| &call.reason);
                let clock = told.by_wrong_clock.contains(case);
                let what = format!(
                    "{} {case}: parked {reason:?}, ended {ended:?}, wrong clock {clock}",
                    machine.name
                );
                tally.first_lost.get_or_insert(what);
                tally.lost += 1;
            }
        }
        for case in &told.rated {
            let there = has_rating.exists([case.to_string()])?;
            tally.lost += u64::from(!there && !is_refused(*case) && !given_up(*case));
        }
    }
    let twice =
        "SELECT count(*) FROM (SELECT 1 FROM cases GROUP BY terminal_id, pickup_code, id_number, received_at, item_id
                                       HAVING count(*) > 1)";
    tally.doubled = platform.query_row(twice, [], |row| row.get::<_, i64>(0))?.unsigned_abs();
    Ok(())
}
