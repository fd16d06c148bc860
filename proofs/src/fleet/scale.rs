//! A thousand kiosks on one platform, on one machine.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rusqlite::Connection;
use serde_json::Value;
use tokio::{task::JoinHandle, time::Instant};

use super::{
    machine::{Machine, settings},
    operator::{Operator, busy},
    until,
};

/// How long a wave may take before it counts as one that never ended.
const PATIENCE: Duration = Duration::from_secs(90);
/// Between two technicians who hold an invitation before a scanner.
const BETWEEN: Duration = Duration::from_millis(20);
/// Long enough that every kiosk has found out that nobody answers, and waits as long as kiosks wait.
const AWAY: Duration = Duration::from_secs(15);

/// What was measured.
#[derive(Debug)]
pub struct Measured {
    kiosks: usize,
    enrolled: Duration,
    first: Wave,
    one: Wave,
    all: Wave,
    away: Wave,
    unsigned: u32,
}

/// One publication, on its way to the kiosks that it is for.
#[derive(Debug)]
struct Wave {
    /// For how many kiosks.
    kiosks: usize,
    /// The drafting and the signatures of two people, before anything is published.
    signed: Duration,
    /// From the publication, or from the platform's return, until it was in force on each kiosk.
    in_force: Spread,
    /// The same until the platform knew.
    reported: Spread,
    /// Processor time of the platform, and of all kiosks.
    busy: (Duration, Duration),
}

#[derive(Debug)]
struct Spread {
    reached: usize,
    half: Duration,
    p95: Duration,
    last: Duration,
}

impl Measured {
    /// Online p95 within 5 seconds, after a reconnect within 60, and everybody.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let waves = [&self.first, &self.one, &self.all, &self.away];
        let all = waves.iter().all(|wave| wave.reported.reached == wave.kiosks);
        let online = [&self.one, &self.all].iter().all(|wave| wave.reported.p95 <= Duration::from_secs(5));
        all && online && self.away.reported.last <= Duration::from_mins(1) && self.unsigned == 0
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kiosks, enrolled, first, one, all, away, unsigned } = self;
        writeln!(f, "kiosks={kiosks} enrolled in {:.1} s", enrolled.as_secs_f32())?;
        for (name, wave) in [("the first ever", first), ("one kiosk", one), ("online", all)] {
            writeln!(f, "{name:<16} {wave}")?;
        }
        write!(f, "{:<16} {away}\nunsigned={unsigned}", "after reconnect")
    }
}

impl fmt::Display for Wave {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [signed, platform, kiosks] =
            [self.signed, self.busy.0, self.busy.1].map(|time| time.as_secs_f32());
        let (in_force, reported) = (&self.in_force, &self.reported);
        write!(f, "in force {in_force}; reported {reported}; ")?;
        write!(f, "signed in {signed:.2} s; processor platform={platform:.1} s kiosks={kiosks:.1} s")
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [half, p95, last] = [self.half, self.p95, self.last].map(|time| time.as_secs_f32());
        write!(f, "reached={} half={half:.2} s p95={p95:.2} s last={last:.2} s", self.reached)
    }
}

/// Enrols so many, and measures them.
pub async fn run(kiosks: usize, seed: u64) -> anyhow::Result<Measured> {
    let mut city = City::new(kiosks, seed)?;
    let begun = Instant::now();
    city.live().await;
    let heard = "SELECT name FROM reported";
    until(PATIENCE, async || Ok(city.names_of(heard)?.len() == kiosks)).await?;
    let enrolled = begun.elapsed();
    let first = city.online(kiosks, 1).await?;
    let one = city.online(1, 2).await?;
    let all = city.online(kiosks, 3).await?;
    let away = city.away(4).await?;
    let unsigned = city.machines.iter().map(|machine| machine.look(|seen| seen.unsigned)).sum();
    city.lives.iter().for_each(JoinHandle::abort);
    Ok(Measured { kiosks, enrolled, first, one, all, away, unsigned })
}

struct City {
    operator: Operator,
    database: Connection,
    names: Vec<String>,
    machines: Vec<Machine>,
    lives: Vec<JoinHandle<anyhow::Result<()>>>,
    published: Arc<Mutex<Vec<Value>>>,
}

impl City {
    fn new(kiosks: usize, seed: u64) -> anyhow::Result<Self> {
        let mut operator = Operator::new()?;
        operator.start()?;
        operator.make_trust()?;
        let names: Vec<String> = (1..=kiosks).map(|number| format!("LZ-{number:04}")).collect();
        let published = Arc::new(Mutex::new(Vec::<Value>::new()));
        let mut chance = fastrand::Rng::with_seed(seed);
        let invitations = operator.invite(&names)?.into_iter();
        let machine = |invitation| Machine::new(invitation, published.clone(), chance.u64(..));
        let machines = invitations.map(machine).collect();
        let database = Connection::open(operator.database())?;
        database.busy_timeout(Duration::from_secs(10))?;
        Ok(Self { operator, database, names, machines, lives: Vec::new(), published })
    }

    /// Nobody enrols a thousand machines in one moment.
    async fn live(&mut self) {
        for machine in &self.machines {
            self.lives.push(tokio::spawn(machine.clone().live()));
            tokio::time::sleep(BETWEEN).await;
        }
    }

    /// Publishes for the first so many, while all are connected.
    async fn online(&self, kiosks: usize, version: u32) -> anyhow::Result<Wave> {
        let signed = self.prepare(kiosks, version)?;
        let (since, busy) = (Instant::now(), self.busy());
        self.operator.release()?;
        self.wave(kiosks, version, signed, since, busy).await
    }

    /// Publishes for all while nobody reaches the platform, which then comes back.
    async fn away(&mut self, version: u32) -> anyhow::Result<Wave> {
        self.operator.kill();
        let signed = self.prepare(self.names.len(), version)?;
        self.operator.release()?;
        tokio::time::sleep(AWAY).await;
        self.operator.start()?;
        self.wave(self.names.len(), version, signed, Instant::now(), self.busy()).await
    }

    fn prepare(&self, kiosks: usize, version: u32) -> anyhow::Result<Duration> {
        let settings = settings(version, false);
        self.published.lock().unwrap_or_else(PoisonError::into_inner).push(settings.clone());
        let begun = Instant::now();
        self.operator.prepare(self.names.get(..kiosks).unwrap_or(&self.names), &settings)?;
        Ok(begun.elapsed())
    }

    /// Waits until the publication is in force wherever it should be and the platform knows, and until it is confirmed.
    async fn wave(
        &self,
        kiosks: usize,
        version: u32,
        signed: Duration,
        since: Instant,
        before: (Duration, Duration),
    ) -> anyhow::Result<Wave> {
        let mut heard = BTreeMap::new();
        until(PATIENCE, async || {
            let now = since.elapsed();
            for name in self.names_of(&shall_have("running"))? {
                heard.entry(name).or_insert(now);
            }
            Ok(heard.len() == self.names.len())
        })
        .await?;
        let after = self.busy();
        let machines = self.machines.iter().take(kiosks);
        let in_force = machines.clone().filter_map(|machine| machine.reached(version, since)).collect();
        let reported = machines.filter_map(|machine| heard.get(&machine.name).copied()).collect();
        let confirmed = shall_have("confirmed");
        until(PATIENCE, async || Ok(self.names_of(&confirmed)?.len() == self.names.len())).await?;
        let busy = (after.0.saturating_sub(before.0), after.1.saturating_sub(before.1));
        Ok(Wave { kiosks, signed, in_force: Spread::of(in_force), reported: Spread::of(reported), busy })
    }

    fn busy(&self) -> (Duration, Duration) {
        (self.operator.busy(), busy("self"))
    }

    /// Asked of the database: the platform's own list would take processor time from what is measured.
    fn names_of(&self, sql: &str) -> anyhow::Result<Vec<String>> {
        let mut statement = self.database.prepare_cached(sql)?;
        Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }
}

/// The kiosks of which the platform knows that this configuration of theirs is the newest that is published for them.
fn shall_have(which: &str) -> String {
    format!(
        "SELECT r.name FROM reported r
         JOIN configuration c ON c.name = r.name AND c.sha256 = json_extract(r.body, '$.{which}.sha256')
         WHERE c.version = (SELECT max(version) FROM configuration d WHERE d.name = r.name AND published_at IS NOT NULL)"
    )
}

impl Spread {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        let at =
            |part: usize| times.get((times.len() * part / 100).min(times.len().saturating_sub(1))).copied();
        let [half, p95, last] = [at(50), at(95), at(100)].map(|time| time.unwrap_or(Duration::MAX));
        Self { reached: times.len(), half, p95, last }
    }
}
