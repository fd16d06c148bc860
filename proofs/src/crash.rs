//! Chooses the points at which the kiosk dies, and gives the verdict.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::Path,
};

use outbox::audit::Entry;
use uuid::Uuid;

use crate::{
    kiosk::{self, Broken, Deaths, Kiosk, Sabotage, Told, World},
    platform::Effect,
    script::{self, Act},
    vfs,
};

/// Acts of a day.
const ACTS: usize = 24;
/// So many points are spread over the same day.
const POINTS_A_DAY: u64 = 25;

/// What is to be proved.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many points.
    pub points: u64,
    /// The same seed gives the same run.
    pub seed: u64,
    /// This point alone, to look into it.
    pub only: Option<u64>,
    /// What is broken on purpose.
    pub sabotage: Sabotage,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Points that were tried.
    pub points: u64,
    /// What was broken.
    pub broken: Broken,
    /// Calls to the platform.
    pub sends: u64,
    /// Changes of files and sends that could be died in, in all days together.
    pub steps: u64,
    /// Confirmed, and nowhere.
    pub lost: u64,
    /// Done twice.
    pub doubled: u64,
    /// Out of its order.
    pub reordered: u64,
    /// Anything else that must not be.
    pub wrong: u64,
    /// The first point that failed, and why.
    pub first: Option<(u64, String)>,
    /// Two runs that share it went the same way.
    pub trace: u64,
}

impl Tally {
    /// Whether nothing went wrong, and something was tried.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.points > 0 && self.lost + self.doubled + self.reordered + self.wrong == 0
    }

    fn add(&mut self, point: u64, day: Day) {
        let Day { broken, sends, verdict, trace, .. } = day;
        self.points += 1;
        self.broken.killed += broken.killed;
        self.broken.power += broken.power;
        self.broken.network += broken.network;
        self.sends += u64::from(sends);
        self.lost += verdict.lost;
        self.doubled += verdict.doubled;
        self.reordered += verdict.reordered;
        self.wrong += u64::from(!verdict.wrong.is_empty());
        if self.first.is_none() && !verdict.is_good() {
            self.first = Some((point, verdict.to_string()));
        }
        let mut all = DefaultHasher::new();
        (self.trace, trace).hash(&mut all);
        self.trace = all.finish();
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { points, steps, sends, broken: Broken { killed, power, network }, .. } = self;
        writeln!(
            f,
            "points={points} over {steps} steps: killed={killed} power-cut={power} network={network} sends={sends}"
        )?;
        let Self { lost, doubled, reordered, wrong, trace, .. } = self;
        write!(f, "lost={lost} doubled={doubled} reordered={reordered} wrong={wrong} run={trace:016x}")
    }
}

/// One day, with its deaths.
struct Day {
    steps: u64,
    broken: Broken,
    sends: u32,
    send_steps: Vec<u64>,
    verdict: Verdict,
    trace: u64,
}

/// Runs the plan.
pub fn run(plan: &Plan) -> anyhow::Result<Tally> {
    let world = World::new()?;
    let mut tally = Tally::default();
    for day in 0..plan.points.div_ceil(POINTS_A_DAY) {
        let first = day * POINTS_A_DAY;
        let points = first..(first + POINTS_A_DAY).min(plan.points);
        if plan.only.is_some_and(|only| !points.contains(&only)) {
            continue;
        }
        let mut chance = fastrand::Rng::with_seed(plan.seed ^ day.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let (seed, script) = (chance.u64(..), script::draw(ACTS, &mut chance));
        // Without a death, to learn how many steps there are to die in.
        let whole = one_day(&world, &script, seed, Deaths::default(), Sabotage::None)?;
        tally.steps += whole.steps;
        if !whole.verdict.is_good() {
            tally.add(first, whole);
            return Ok(tally);
        }
        for point in points.clone() {
            let deaths = deaths((point - first, points.end - first), &whole, &mut chance);
            if plan.only.is_none_or(|only| only == point) {
                tally.add(point, one_day(&world, &script, seed, deaths, plan.sabotage)?);
            }
        }
    }
    Ok(tally)
}

/// The points of a day lie all over it, each somewhere in its own part, and one in four at a send, of which there are
/// far fewer than changes of files. Some deaths are followed by others.
fn deaths((part, parts): (u64, u64), day: &Day, chance: &mut fastrand::Rng) -> Deaths {
    let from = part * day.steps / parts;
    let to = ((part + 1) * day.steps / parts).max(from + 1);
    let anywhere = chance.u64(from + 1..=to);
    let send = chance.choice(&day.send_steps).copied().filter(|_| chance.u8(0..4) == 0);
    let more = chance.usize(0..3).saturating_sub(chance.usize(0..2));
    Deaths {
        first: Some(send.unwrap_or(anywhere)),
        next: (0..more).map(|_| chance.u64(1..80)).collect(),
        seed: chance.u64(..),
    }
}

fn one_day(
    world: &World,
    script: &[Act],
    seed: u64,
    deaths: Deaths,
    sabotage: Sabotage,
) -> anyhow::Result<Day> {
    let folder = tempfile::tempdir()?;
    let mut kiosk = Kiosk::new(world, folder.path(), seed, deaths, sabotage);
    let played = kiosk.play(script);
    let mut verdict = judge(world, &kiosk, folder.path())?;
    verdict.wrong.extend(played.err());
    Ok(Day {
        steps: vfs::steps(),
        broken: kiosk.broken,
        sends: kiosk.sends,
        send_steps: std::mem::take(&mut kiosk.send_steps),
        trace: kiosk.trace(),
        verdict,
    })
}

/// What was told, against what was done.
#[derive(Debug, Default)]
struct Verdict {
    lost: u64,
    doubled: u64,
    reordered: u64,
    wrong: Vec<String>,
}

impl Verdict {
    fn is_good(&self) -> bool {
        self.lost + self.doubled + self.reordered == 0 && self.wrong.is_empty()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lost, doubled, reordered, wrong } = self;
        write!(f, "lost={lost} doubled={doubled} reordered={reordered} {}", wrong.join("; "))
    }
}

fn judge(world: &World, kiosk: &Kiosk<'_>, folder: &Path) -> anyhow::Result<Verdict> {
    let ledger = world.platform.ledger();
    let told = &kiosk.told;
    let mut verdict = Verdict { wrong: ledger.wrong.iter().cloned().collect(), ..Verdict::default() };
    let ended: BTreeSet<Uuid> = match kiosk.store().map(outbox::Store::tombstones) {
        Some(tombstones) => tombstones?.into_iter().map(|tombstone| tombstone.case_key).collect(),
        None => BTreeSet::new(),
    };
    let mut times: BTreeMap<(Option<Uuid>, Effect), u64> = BTreeMap::new();
    for (case, effects) in &ledger.effects {
        for effect in effects {
            // A case is known by its number: under two keys it is there twice.
            let of = (!matches!(effect, Effect::Filed(_))).then_some(*case);
            *times.entry((of, *effect)).or_default() += 1;
        }
        verdict.reordered += u64::from(!in_order(effects));
    }
    verdict.doubled = times.values().map(|count| count - 1).sum();
    for (number, case) in &told.filed {
        let done = times.contains_key(&(None, Effect::Filed(*number)));
        let closed = told.perhaps_closed.contains(case) && ended.contains(case);
        verdict.lost += u64::from(!done && !closed);
        // What was told of the case was told of its pages.
        for page in 1..=kiosk::pages(*number) {
            let done = times.contains_key(&(Some(*case), Effect::Paged(page)));
            verdict.lost += u64::from(!done && !closed);
        }
    }
    for (case, at) in &told.rated {
        let done = times.contains_key(&(Some(*case), Effect::Rated(*at)));
        verdict.lost += u64::from(!done && !told.perhaps_closed.contains(case));
    }
    if let Some(case) = told.closed.iter().find(|case| !ended.contains(case)) {
        verdict.wrong.push(format!("{case} was closed and left no tombstone"));
    }
    if let Some(store) = kiosk.store() {
        verdict.wrong.extend(wrong_log(&store.audit_log(0, u32::MAX)?, told));
    }
    if kiosk::leaks(folder)? {
        verdict.wrong.push("something personal is on the disk".to_owned());
    }
    Ok(verdict)
}

/// The audit log is one whole chain, and every case that somebody closed is in it.
fn wrong_log(log: &[Entry], told: &Told) -> Option<String> {
    let is_told = |case: &Uuid| {
        log.iter().any(|entry| entry.event == "call-closed" && entry.details.contains(&case.to_string()))
    };
    let untold =
        told.closed.iter().find(|case| !is_told(case)).map(|case| format!("{case} was closed unseen"));
    outbox::audit::verify(log).err().map(|broken| broken.to_string()).or(untold)
}

/// The case first, then its pages, then its ratings as they were given.
fn in_order(effects: &[Effect]) -> bool {
    matches!(effects.first(), Some(Effect::Filed(_))) && effects.is_sorted()
}
