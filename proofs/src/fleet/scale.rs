//! A thousand kiosks on one platform, on one machine.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde_json::Value;
use tokio::time::Instant;

use super::{
    machine::{Machine, settings},
    operator::Operator,
    until,
};

/// What was measured.
#[derive(Debug)]
pub struct Measured {
    kiosks: usize,
    enrolled: Duration,
    online: Spread,
    away: Spread,
    unsigned: u32,
}

/// From the publication, or from the platform's return, until the configuration was in force.
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
        let all = [&self.online, &self.away].iter().all(|spread| spread.reached == self.kiosks);
        let fast = self.online.p95 <= Duration::from_secs(5) && self.away.last <= Duration::from_secs(60);
        all && fast && self.unsigned == 0
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "kiosks={} enrolled in {:.1} s", self.kiosks, self.enrolled.as_secs_f32())?;
        writeln!(f, "online:          {}", self.online)?;
        write!(f, "after reconnect: {} unsigned={}", self.away, self.unsigned)
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
    let mut operator = Operator::new()?;
    operator.start()?;
    operator.make_trust()?;
    let names: Vec<String> = (1..=kiosks).map(|number| format!("LZ-{number:04}")).collect();
    let published = Arc::new(Mutex::new(Vec::<Value>::new()));
    let mut chance = fastrand::Rng::with_seed(seed);
    let invitations = operator.invite(&names)?;
    let begun = Instant::now();
    let machines: Vec<Machine> = invitations
        .into_iter()
        .map(|invitation| Machine::new(invitation, published.clone(), chance.u64(..)))
        .collect();
    let lives: Vec<_> = machines.iter().map(|machine| tokio::spawn(machine.clone().live())).collect();
    let told = |what: &'static str| {
        let operator = &operator;
        async move || Ok(operator.list()?.values().filter(|told| told.contains(what)).count() == kiosks)
    };
    until(Duration::from_secs(90), told("runs 0, 0 is none")).await?;
    let enrolled = begun.elapsed();
    let publish = |version: u32| {
        let settings = settings(version, false);
        published.lock().unwrap_or_else(PoisonError::into_inner).push(settings.clone());
        operator.publish(&names, &settings)
    };
    publish(1)?;
    let online = reached(&machines, 1, Instant::now()).await?;
    until(Duration::from_secs(60), told("1 is confirmed")).await?;
    operator.kill();
    let settings = settings(2, false);
    published.lock().unwrap_or_else(PoisonError::into_inner).push(settings.clone());
    operator.publish(&names, &settings)?;
    // Long enough that every kiosk has found out, and waits as long as kiosks wait.
    tokio::time::sleep(Duration::from_secs(15)).await;
    operator.start()?;
    let away = reached(&machines, 2, Instant::now()).await?;
    let unsigned = machines.iter().map(|machine| machine.look(|seen| seen.unsigned)).sum();
    lives.iter().for_each(tokio::task::JoinHandle::abort);
    Ok(Measured { kiosks, enrolled, online, away, unsigned })
}

async fn reached(machines: &[Machine], version: u32, since: Instant) -> anyhow::Result<Spread> {
    let times = || machines.iter().filter_map(|machine| machine.reached(version, since)).collect::<Vec<_>>();
    until(Duration::from_secs(90), async || Ok(times().len() == machines.len())).await?;
    let mut times = times();
    times.sort();
    let at = |part: usize| times.get((times.len() * part / 100).min(times.len().saturating_sub(1))).copied();
    let [half, p95, last] = [at(50), at(95), at(100)].map(|time| time.unwrap_or(Duration::MAX));
    Ok(Spread { reached: times.len(), half, p95, last })
}
