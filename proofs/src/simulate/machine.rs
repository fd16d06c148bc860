//! One kiosk in virtual time: the real flow, store and courier; what devices, disk and network do is drawn from a seed.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Duration,
};

use courier::ClockWatch;
use flow::{
    Deadlines, Effect, Event, Flow, Now, View,
    effect::{Find, Intake, Slip},
    event::IntakeTrouble,
    view::{PrinterTrouble, Settings},
};
use jiff::{SignedDuration, Timestamp};
use outbox::{Due, RowId, Store, StoreError};
use platform_client::{CallError, Delivered};
use protocol::{AppRegistry, PickupCode, Rating};
use uuid::Uuid;

use super::{Sabotage, World, resident::Resident};

pub(super) const CACHE: &str = "registry";

/// Something that happens at its time. What is ours ends with the power; the rest of the world goes on.
pub(crate) enum Happening {
    /// Somebody comes.
    Arrive,
    /// The network goes or comes back.
    Network(bool),
    /// The paper ends, or somebody puts some in.
    Paper(bool),
    Power(bool),
    /// The clock on the wall is so far off from now on.
    Clock(SignedDuration),
    Ours(u32, Ours),
}

/// What a kiosk has begun.
pub(crate) enum Ours {
    Act,
    News(Box<Event>),
    Recording(Box<Intake>),
    Rating(Rating),
    Finding(Find),
    Printing(u64, Box<Slip>),
    Send(RowId),
    Settle(Box<Due>, Result<Delivered, CallError>),
    Carry,
    Poll,
}

/// What was told to residents, and what was counted.
#[derive(Default)]
pub(crate) struct Told {
    /// Cases that a screen has confirmed.
    pub(crate) filed: BTreeMap<Uuid, PickupCode>,
    /// Ratings that are on the disk.
    pub(crate) rated: BTreeSet<Uuid>,
    /// Cases that were taken by a clock that was wrong.
    pub(crate) by_wrong_clock: BTreeSet<Uuid>,
    /// Those of them that still waited when the power failed, so that nobody saw the clock jump.
    pub(crate) off_while_wrong: BTreeSet<Uuid>,
    pub(crate) visits: u64,
    pub(crate) power_cuts: u64,
    pub(crate) offline: u64,
    pub(crate) jams: u64,
    pub(crate) clock_faults: u64,
}

/// A kiosk that runs, or one without power.
pub(super) struct Running {
    pub(super) flow: Flow,
    pub(super) store: Store,
    pub(super) registry: Option<AppRegistry>,
    pub(super) etag: Option<String>,
    pub(super) resident: Option<Resident>,
    pub(super) reading: bool,
    pub(super) under_way: BTreeSet<RowId>,
    pub(super) carry_at: Option<Duration>,
    pub(super) clock: ClockWatch,
    pub(super) online: bool,
    pub(super) intake: Option<IntakeTrouble>,
    /// Receipts of this visit that came out or may have, and those that somebody asked for again.
    pub(super) papers: u32,
    pub(super) asked_again: u32,
}

pub(crate) struct Machine<'a> {
    pub(super) world: &'a World,
    pub(crate) name: String,
    path: PathBuf,
    pub(super) sabotage: Sabotage,
    pub(super) chance: fastrand::Rng,
    keys: fastrand::Rng,
    agenda: BTreeMap<(Duration, u64), Happening>,
    order: u64,
    pub(super) life: u32,
    pub(crate) now: Duration,
    pub(super) offset: SignedDuration,
    pub(super) network: bool,
    pub(super) paper: bool,
    residents: u64,
    /// So long after everything was mended it has come to rest.
    mended: Option<Duration>,
    resting: bool,
    /// Whether the flow was told anything in this step: otherwise nothing about it is to be looked at.
    pub(crate) changed: bool,
    pub(super) running: Option<Running>,
    pub(crate) told: Told,
}

pub(super) type Outcome = Result<(), String>;

impl<'a> Machine<'a> {
    pub(crate) fn new(world: &'a World, number: u64, seed: u64, sabotage: Sabotage) -> Self {
        let mut chance = fastrand::Rng::with_seed(seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let name = format!("LZ-{number:04}");
        Self {
            world,
            path: world.folder().join(format!("{name}.db")),
            name,
            sabotage,
            keys: chance.fork(),
            chance,
            agenda: BTreeMap::new(),
            order: 0,
            life: 0,
            now: Duration::ZERO,
            offset: SignedDuration::ZERO,
            network: true,
            paper: true,
            residents: number * 100_000,
            mended: None,
            resting: false,
            changed: false,
            running: None,
            told: Told::default(),
        }
    }

    pub(crate) fn at(&mut self, time: Duration, what: Happening) {
        self.order += 1;
        self.agenda.insert((time.max(self.now), self.order), what);
    }

    pub(super) fn after(&mut self, milliseconds: u64, what: Ours) {
        self.at(self.now + Duration::from_millis(milliseconds), Happening::Ours(self.life, what));
    }

    pub(super) fn within(&mut self, from: u64, to: u64, what: Ours) {
        let wait = self.chance.u64(from..to);
        self.after(wait, what);
    }

    /// When something happens next.
    pub(crate) fn next(&self) -> Option<Duration> {
        if self.resting {
            return None;
        }
        let agenda = self.agenda.first_key_value().map(|((time, _), _)| *time);
        agenda.into_iter().chain(self.deadline()).min()
    }

    fn deadline(&self) -> Option<Duration> {
        let deadline = self.running.as_ref()?.flow.next_deadline()?;
        Some((deadline + Duration::from_millis(1)).max(self.now))
    }

    pub(super) fn wall(&self) -> Timestamp {
        let now = super::time(self.now);
        now.saturating_add(self.offset).unwrap_or(now)
    }

    /// Lets the next thing happen.
    pub(crate) fn step(&mut self) -> Outcome {
        let Some(next) = self.next() else { return Ok(()) };
        self.now = next;
        self.changed = false;
        self.world.set_time(next);
        if self.agenda.first_key_value().is_none_or(|((time, _), _)| *time > next) {
            return self.handle(Event::Tick);
        }
        let Some((_, happening)) = self.agenda.pop_first() else { return Ok(()) };
        match happening {
            Happening::Arrive => self.arrive(),
            Happening::Network(up) => self.network_turns(up),
            Happening::Paper(there) => self.paper_turns(there)?,
            Happening::Power(on) => return if on { self.switch_on() } else { self.lose_power() },
            Happening::Clock(offset) => {
                self.told.clock_faults += u64::from(!offset.is_zero());
                self.offset = offset;
            }
            Happening::Ours(life, ours) if life == self.life => return self.goes_on(ours),
            Happening::Ours(..) => {}
        }
        Ok(())
    }

    /// Everything is repaired at `end`: the rest of the agenda is dropped, and what waits goes out.
    pub(crate) fn mend(&mut self, end: Duration) {
        self.agenda.retain(|_, happening| matches!(happening, Happening::Ours(..)));
        (self.offset, self.network, self.paper) = (SignedDuration::ZERO, true, true);
        if self.running.is_none() {
            self.at(end, Happening::Power(true));
        }
        let poll = Happening::Ours(self.life, Ours::Poll);
        self.at(end + Duration::from_secs(3), poll);
        self.mended = Some(end + Duration::from_mins(30));
    }

    /// Whether everything is mended, and nothing is left to be done.
    pub(crate) fn is_done(&self) -> bool {
        let late = self.mended.is_some_and(|at| self.now >= at);
        let idle = |running: &Running| {
            running.under_way.is_empty() && matches!(running.store.next_due_at(), Ok(None))
        };
        late && self.running.as_ref().is_some_and(idle)
    }

    /// Nobody comes any more.
    pub(crate) fn rest_for_ever(&mut self) {
        self.agenda.clear();
        self.mended = None;
        self.resting = true;
    }

    /// What is on the screen; for whoever finds out what happened before something went wrong.
    pub(crate) fn view(&self) -> Option<View> {
        self.running.as_ref().map(|running| running.flow.view())
    }

    pub(crate) fn flow(&self) -> Option<&Flow> {
        self.running.as_ref().map(|running| &running.flow)
    }

    pub(crate) fn store(&self) -> Option<&Store> {
        self.running.as_ref().map(|running| &running.store)
    }

    fn arrive(&mut self) {
        let today = flow_day(super::time(self.now));
        self.residents += 1;
        let resident = Resident::draw(self.residents, today, &mut self.chance);
        let Some(running) = self.running.as_mut().filter(|running| running.resident.is_none()) else {
            return;
        };
        running.resident = Some(resident);
        self.after(800, Ours::Act);
    }

    fn network_turns(&mut self, up: bool) {
        self.network = up;
        self.told.offline += u64::from(!up);
        self.after(3_000, Ours::Poll);
    }

    fn paper_turns(&mut self, there: bool) -> Outcome {
        self.paper = there;
        self.told.jams += u64::from(!there);
        self.handle(Event::Printer((!there).then_some(PrinterTrouble::PaperOut)))
    }

    #[expect(clippy::unnecessary_wraps, reason = "as everything that happens to a machine")]
    fn lose_power(&mut self) -> Outcome {
        self.life += 1;
        self.told.power_cuts += 1;
        if !self.offset.is_zero() {
            self.told.off_while_wrong.extend(&self.told.by_wrong_clock);
        }
        self.running = None;
        if self.sabotage == Sabotage::ForgetsAtPowerCut {
            for ending in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{ending}", self.path.display()));
            }
        }
        Ok(())
    }

    /// As the kiosk starts: the store, the cached registry, and then the network.
    pub(crate) fn switch_on(&mut self) -> Outcome {
        let wall = self.wall();
        let (mut store, report) = Store::open(&self.path, wall).map_err(told)?;
        let looked = store.verify(wall).map_err(told)?;
        if let Some(set_aside) = report.set_aside.or(looked) {
            return Err(format!("the store was set aside: {}", set_aside.reason));
        }
        store.print_jobs_unfinished().map_err(told)?;
        let mut keys = self.keys.fork();
        let store = store
            .with_keys(move || uuid::Builder::from_random_bytes(keys.u128(..).to_be_bytes()).into_uuid());
        let cached = store.cache_get(CACHE).map_err(told)?;
        let now = Now { mono: self.now, wall };
        self.running = Some(Running {
            flow: Flow::new(Deadlines::default(), Settings::default(), now),
            store,
            registry: None,
            etag: None,
            resident: None,
            reading: false,
            under_way: BTreeSet::new(),
            carry_at: None,
            clock: ClockWatch::default(),
            online: false,
            intake: None,
            papers: 0,
            asked_again: 0,
        });
        if let Some(page) = cached {
            let registry = serde_json::from_slice(&page.body).map_err(|_| "the cached registry is broken")?;
            self.learn(registry, page.etag)?;
        }
        self.handle(Event::Printer((!self.paper).then_some(PrinterTrouble::PaperOut)))?;
        self.after(1, Ours::Poll);
        self.carry_in(Duration::from_millis(2));
        Ok(())
    }

    pub(super) fn learn(&mut self, registry: AppRegistry, etag: Option<String>) -> Outcome {
        if let Some(running) = &mut self.running {
            running.registry = Some(registry.clone());
            running.etag = etag;
        }
        self.handle(Event::Registry(Box::new(registry)))
    }

    pub(super) fn handle(&mut self, event: Event) -> Outcome {
        let now = Now { mono: self.now, wall: self.wall() };
        if let Event::Recorded { case_key, pickup_code } = &event {
            self.told.filed.insert(*case_key, pickup_code.clone());
        }
        let Some(running) = &mut self.running else { return Ok(()) };
        self.changed = true;
        for effect in running.flow.handle(event, now) {
            self.want(effect)?;
        }
        Ok(())
    }

    fn want(&mut self, effect: Effect) -> Outcome {
        let Some(running) = &mut self.running else { return Ok(()) };
        match effect {
            Effect::ReadCard => running.reading = true,
            Effect::StopReading => running.reading = false,
            Effect::Record(_) if running.intake.is_some() => {
                return Err("a case was taken though there was no room".to_owned());
            }
            Effect::Record(intake) => self.within(20, 80, Ours::Recording(intake)),
            Effect::Rate(rating) => self.within(10, 40, Ours::Rating(rating)),
            Effect::Find(find) => self.within(80, 900, Ours::Finding(find)),
            // Nobody in this town leaves a form behind.
            Effect::FindDrafts { asked, .. } => {
                let none = Event::Drafts { asked, drafts: Vec::new() };
                self.within(80, 900, Ours::News(Box::new(none)));
            }
            Effect::KeepDraft(_) => return Err("a draft that nobody asked to be kept".to_owned()),
            // No machine of this town has a scanner.
            Effect::Scan(_) => {}
            Effect::Say(_) | Effect::Silence => return Err("a voice without a loudspeaker".to_owned()),
            Effect::Print(slip) => {
                running.asked_again += u32::from(slip.again);
                self.print(slip)?;
            }
            // No technician comes to this town.
            Effect::PrintTest
            | Effect::Admit(_)
            | Effect::Inspect
            | Effect::Note(_)
            | Effect::Serve { .. }
            | Effect::WatchCamera(_)
            | Effect::Photograph
            | Effect::Report { .. }
            | Effect::SetBrightness(_)
            | Effect::SetVolume(_)
            | Effect::TryCalibration(_)
            | Effect::EndTrial
            | Effect::KeepCalibration { .. }
            | Effect::Enrol { .. }
            | Effect::ExportLog { .. }
            | Effect::Restart { .. } => return Err("a technician's deed without a technician".to_owned()),
            Effect::EndVisit => {
                (running.reading, running.papers, running.asked_again) = (false, 0, 0);
                self.told.visits += 1;
            }
        }
        Ok(())
    }

    pub(super) fn disk<T>(
        &mut self,
        what: impl FnOnce(&mut Store) -> Result<T, StoreError>,
    ) -> Result<T, String> {
        let running = self.running.as_mut().ok_or("no power")?;
        what(&mut running.store).map_err(told)
    }

    fn goes_on(&mut self, ours: Ours) -> Outcome {
        match ours {
            Ours::Act => self.act(),
            Ours::News(event) => self.handle(*event),
            Ours::Recording(intake) => self.record(*intake),
            Ours::Rating(rating) => self.rate(&rating),
            Ours::Finding(find) => {
                let found = self.find(find);
                self.handle(found)
            }
            Ours::Printing(number, slip) => self.printed(number, &slip),
            Ours::Send(id) => self.send_now(id),
            Ours::Settle(due, outcome) => self.settle(&due, outcome),
            Ours::Carry => self.carry(),
            Ours::Poll => self.poll(),
        }
    }
}

pub(super) fn told(error: StoreError) -> String {
    format!("the store failed: {error}")
}

fn flow_day(now: Timestamp) -> jiff::civil::Date {
    flow::now::day_in_china(now)
}
