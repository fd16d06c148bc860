//! Enrol, configure, break, attack, heal: with network and power cut at seeded moments of every step.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use config_apply::Disk as _;
use serde_json::Value;
use tokio::task::JoinHandle;

use super::{
    machine::{Machine, settings},
    network::Line,
    operator::Operator,
    until,
};

/// How long everything may take to settle once nothing is broken any more.
const SETTLED: Duration = Duration::from_mins(1);
/// How long things are broken in each phase, in milliseconds.
const TROUBLE: u64 = 2_400;

/// The verdict.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Kiosks.
    pub kiosks: usize,
    /// Kiosks that did not end in a confirmed or reverted configuration, in some phase.
    pub stuck: usize,
    /// Configurations in force that nobody signed.
    pub unsigned: u32,
    /// Configurations in force below the confirmed one.
    pub below: u32,
    /// Changes while a resident was there.
    pub under_hands: u32,
    /// Times that a power cut ended a life.
    pub power_cuts: u32,
    /// Times that a line was cut.
    pub line_cuts: u32,
    /// What is stuck first, in the platform's words.
    pub first: Option<String>,
}

impl Verdict {
    /// Whether all is as it should be.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.stuck == 0 && self.unsigned == 0 && self.below == 0 && self.under_hands == 0
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kiosks, stuck, unsigned, below, under_hands, power_cuts, line_cuts, .. } = self;
        write!(
            f,
            "stuck={stuck} unsigned={unsigned} rolled-back-below={below} under-hands={under_hands} \
             kiosks={kiosks} power-cuts={power_cuts} line-cuts={line_cuts}"
        )
    }
}

struct City {
    operator: Operator,
    names: Vec<String>,
    machines: Vec<Machine>,
    lines: Vec<Arc<Line>>,
    lives: Vec<JoinHandle<anyhow::Result<()>>>,
    published: Arc<Mutex<Vec<Value>>>,
    chance: fastrand::Rng,
    verdict: Verdict,
}

/// Plays it with so many kiosks.
pub async fn run(kiosks: usize, seed: u64) -> anyhow::Result<Verdict> {
    let mut city = City::new(kiosks, seed).await?;
    city.phase("enrol", |told| told.contains("enrolled") && told.contains("runs 0")).await?;
    city.publish(1, false)?;
    city.phase("configure", |told| told.contains("runs 1, 1 is confirmed")).await?;
    city.confirmed(1);
    let old = city.timestamp()?;
    city.publish(2, true)?;
    city.phase("break", |told| told.contains("runs 1, 2 is reverted")).await?;
    city.publish(3, false)?;
    city.phase("heal", |told| told.contains("runs 3, 3 is confirmed")).await?;
    city.confirmed(3);
    city.attack(&old).await?;
    city.publish(4, false)?;
    city.phase("after the attack", |told| told.contains("runs 4, 4 is confirmed")).await?;
    city.revoke().await?;
    Ok(city.end())
}

impl City {
    async fn new(kiosks: usize, seed: u64) -> anyhow::Result<Self> {
        let mut operator = Operator::new()?;
        operator.start()?;
        operator.make_trust()?;
        let names: Vec<String> = (1..=kiosks).map(|number| format!("LZ-{number:04}")).collect();
        let published = Arc::new(Mutex::new(Vec::new()));
        let mut chance = fastrand::Rng::with_seed(seed);
        let (mut machines, mut lines) = (Vec::new(), Vec::new());
        for mut invitation in operator.invite(&names)? {
            let line = Line::to(operator.address).await?;
            invitation.url = format!("https://{}/", line.address);
            machines.push(Machine::new(invitation, published.clone(), chance.u64(..)));
            lines.push(Arc::new(line));
        }
        let lives = machines.iter().map(|machine| tokio::spawn(machine.clone().live())).collect();
        let verdict = Verdict { kiosks, ..Verdict::default() };
        Ok(Self { operator, names, machines, lines, lives, published, chance, verdict })
    }

    fn publish(&self, version: u32, bad: bool) -> anyhow::Result<()> {
        let settings = settings(version, bad);
        self.published.lock().unwrap_or_else(PoisonError::into_inner).push(settings.clone());
        self.operator.publish(&self.names, &settings)
    }

    /// Breaks things for a while, and then waits until every kiosk is as it should be.
    async fn phase(&mut self, name: &str, good: impl Fn(&str) -> bool) -> anyhow::Result<()> {
        self.trouble().await?;
        self.settle(name, good).await
    }

    async fn settle(&mut self, name: &str, good: impl Fn(&str) -> bool) -> anyhow::Result<()> {
        let mut left = Vec::new();
        until(SETTLED, async || {
            let list = self.operator.list()?;
            left = self
                .names
                .iter()
                .filter(|name| !list.get(*name).is_some_and(|told| good(told)))
                .cloned()
                .collect();
            left.sort();
            tokio::time::sleep(Duration::from_millis(200)).await;
            Ok(left.is_empty())
        })
        .await?;
        self.verdict.stuck += left.len();
        if let Some(kiosk) = left.first() {
            let told = self.operator.list()?.remove(kiosk).unwrap_or_default();
            self.verdict.first.get_or_insert(format!("{name}: {kiosk} {told}"));
        }
        Ok(())
    }

    /// Every kiosk loses its power at some step, most lose their line, and sometimes the platform dies.
    async fn trouble(&mut self) -> anyhow::Result<()> {
        for (machine, line) in self.machines.iter().zip(&self.lines) {
            machine.power_for(self.chance.usize(0..24));
            if self.chance.u8(..3) > 0 {
                self.verdict.line_cuts += 1;
                let (line, begin, length) =
                    (line.clone(), self.chance.u64(..TROUBLE / 2), self.chance.u64(20..TROUBLE / 2));
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(begin)).await;
                    line.set(false);
                    tokio::time::sleep(Duration::from_millis(length)).await;
                    line.set(true);
                });
            }
        }
        let moment = self.chance.u64(..TROUBLE / 2);
        tokio::time::sleep(Duration::from_millis(moment)).await;
        if self.chance.bool() {
            self.operator.kill();
            tokio::time::sleep(Duration::from_millis(200)).await;
            self.operator.start()?;
        }
        tokio::time::sleep(Duration::from_millis(TROUBLE - moment)).await;
        // A machine that did not come to its cut gets no other one in this phase.
        for machine in &self.machines {
            machine.identity.power_for(None);
            machine.configuration.power_for(None);
        }
        Ok(())
    }

    fn confirmed(&self, version: u32) {
        self.machines.iter().for_each(|machine| machine.is_confirmed(version));
    }

    fn database(&self) -> anyhow::Result<rusqlite::Connection> {
        let database = rusqlite::Connection::open(self.operator.database())?;
        database.busy_timeout(Duration::from_secs(10))?;
        Ok(database)
    }

    /// What the platform says now is the newest. An attacker keeps it for later.
    fn timestamp(&self) -> anyhow::Result<Vec<u8>> {
        let sql = "SELECT body FROM trust_file WHERE name = 'timestamp.json'";
        Ok(self.database()?.query_row(sql, [], |row| row.get(0))?)
    }

    /// Somebody owns the platform's database, and all that is served out of it: other settings than were signed, and
    /// then the set as it was before. No kiosk may fall for it, and all say what is wrong.
    async fn attack(&mut self, old: &[u8]) -> anyhow::Result<()> {
        let database = self.database()?;
        database.execute_batch(
            "CREATE TEMP TABLE d AS SELECT * FROM configuration;
             CREATE TEMP TABLE t AS SELECT * FROM trust_file;
             UPDATE configuration SET body = CAST(replace(CAST(body AS TEXT), '\"result\":3', '\"result\":9') AS BLOB)
             WHERE version = 3;
             INSERT INTO configuration SELECT name, version + 1, 'ab' || substr(sha256, 3), body, drafted_at, published_at, NULL
             FROM configuration WHERE version = 3;
             UPDATE fleet_news SET number = number + 1;",
        )?;
        self.withstand("other settings").await?;
        database.execute("UPDATE trust_file SET body = ?1 WHERE name = 'timestamp.json'", [old])?;
        database.execute_batch(
            "UPDATE configuration SET sha256 = 'cd' || substr(sha256, 3) WHERE version = 4;
             UPDATE fleet_news SET number = number + 1;",
        )?;
        self.withstand("an old set").await?;
        database.execute_batch(
            "DELETE FROM configuration; INSERT INTO configuration SELECT * FROM d;
             DELETE FROM trust_file; INSERT INTO trust_file SELECT * FROM t;
             UPDATE fleet_news SET number = number + 1;",
        )?;
        Ok(())
    }

    /// Gives the kiosks time to fall for something: all of them go on with what is confirmed, and complain.
    async fn withstand(&mut self, what: &str) -> anyhow::Result<()> {
        let upright = |told: &str| told.contains("runs 3,") && told.contains('(');
        self.settle(what, upright).await
    }

    /// One kiosk is taken out, and nothing is left of it but what waits.
    async fn revoke(&mut self) -> anyhow::Result<()> {
        let (Some(machine), Some(life)) = (self.machines.first().cloned(), self.lives.first()) else {
            return Ok(());
        };
        self.operator.revoke(&machine.name)?;
        let gone = until(SETTLED, async || {
            let told = self.operator.list()?.remove(&machine.name).unwrap_or_default();
            Ok(life.is_finished() && machine.look(|seen| seen.wiped) && told.contains("2 sealed calls"))
        });
        let gone = gone.await?;
        let left =
            [&machine.identity, &machine.configuration].map(|disk| disk.list().unwrap_or_default()).concat();
        // What stays says that it was revoked.
        if !gone || left != ["revoked"] {
            self.verdict.stuck += 1;
            self.verdict.first.get_or_insert(format!("revoke: {left:?} are left"));
        }
        Ok(())
    }

    fn end(mut self) -> Verdict {
        for machine in &self.machines {
            machine.look(|seen| {
                self.verdict.unsigned += seen.unsigned;
                self.verdict.below += seen.below;
                self.verdict.under_hands += seen.under_hands;
                self.verdict.power_cuts += seen.starts.saturating_sub(1);
            });
        }
        self.lives.iter().for_each(JoinHandle::abort);
        self.verdict
    }
}
