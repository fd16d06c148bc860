//! What the platform costs next to the same bare: the program itself over real HTTP, next to the same INSERTs without it,
//! to a handler that only gives bytes, and to itself with few cases.
//!
//! - [`caller`] is the side that asks, as thin as it can be, so that little of what is measured is its own;
//! - [`bare`] is the other side: the same rows, the same bytes, and nothing around them;
//! - [`town`] is a platform with as many cases as are wanted.

pub mod bare;
mod caller;
mod idle;
mod town;

use std::net::SocketAddr;

use anyhow::Context as _;

use crate::speed::Line;
use bare::Rows;
use caller::{Caller, Request, get};
use town::{Known, Town};

/// Every goal is the most that ours may take of the other: half of a speed is twice the time.
const FILING: f64 = 1.0 / 0.5;
const READING: f64 = 1.0 / 0.7;
const AMONG_MANY: f64 = 1.3;
/// The most of the server's memory, in KiB, that an idle kiosk may take.
const IDLE: f64 = 30.0;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// How often each side is measured, by turns.
    pub rounds: usize,
    /// Cases filed in one round.
    pub cases: usize,
    /// Reads in one round.
    pub reads: usize,
    /// Kiosks that wait for a hint.
    pub kiosks: usize,
    /// How many cases are few, and how many are many.
    pub few: usize,
    /// See above.
    pub many: usize,
}

/// Everything, one after the other, each told as soon as it is measured: the last takes far longer than all others.
pub fn measure(extent: Extent, tell: impl Fn(Line)) -> anyhow::Result<()> {
    let few = Town::of(extent.few)?;
    tell(filing(extent, &few)?);
    reading(extent, &few)?.into_iter().for_each(&tell);
    tell(idle::measure(extent.kiosks, IDLE)?);
    among_many(extent, &few)?.into_iter().for_each(&tell);
    Ok(())
}

/// Sealed cases over some connections at once, against the rows that they came to, a transaction for each case.
fn filing(extent: Extent, town: &Town) -> anyhow::Result<Line> {
    let (mut ours, mut other) = (Vec::new(), Vec::new());
    for _ in 0..extent.rounds {
        let requests = town.sealed(extent.cases)?;
        let before = Rows::mark(&town.database())?;
        ours.push(caller::all(town.http, &requests, 201)?);
        other.push(before.insert_again(extent.cases)?);
    }
    Ok(Line { name: "filing", unit: "µs", goal: FILING, ours, other })
}

/// A case and the registry, against a bare handler with the same bytes in a process of its own.
fn reading(extent: Extent, town: &Town) -> anyhow::Result<Vec<Line>> {
    let case = format!("/api/v1/cases/{}", town.cases.first().context("no case")?.case_no);
    let wanted = [("read-case", case.as_str()), ("read-registry", "/api/v1/registry")];
    wanted.into_iter().map(|(name, path)| read(name, extent, town.http, path)).collect()
}

fn read(name: &'static str, extent: Extent, http: SocketAddr, path: &str) -> anyhow::Result<Line> {
    let body = Caller::connect(http)?.ask(&get(path), 200)?.to_vec();
    let bare = bare::Handler::start(&body)?;
    let requests = vec![get(path); extent.reads];
    let (mut ours, mut other) = (Vec::new(), Vec::new());
    for _ in 0..extent.rounds {
        other.push(caller::all(bare.http, &requests, 200)?);
        ours.push(caller::all(http, &requests, 200)?);
    }
    let bytes = Caller::connect(bare.http)?.ask(&get(path), 200)?.to_vec();
    anyhow::ensure!(bytes == body, "the other side gives other bytes");
    Ok(Line { name, unit: "µs", goal: READING, ours, other })
}

/// One request after the other: filing a case, reading one by its number and finding one by its 取件码.
fn among_many(extent: Extent, few: &Town) -> anyhow::Result<Vec<Line>> {
    let many = Town::of(extent.many)?;
    let towns = [&many, few];
    let read = |case: &Known| get(&format!("/api/v1/cases/{}", case.case_no));
    let find = |case: &Known| get(&format!("/api/v1/cases?pickup_code={}", case.pickup_code));
    Ok(vec![
        side_by_side("file-among-many", extent.rounds, towns, 201, |town| town.sealed(extent.cases))?,
        side_by_side(
            "read-among-many",
            extent.rounds,
            towns,
            200,
            |town| Ok(town.drawn(extent.reads, read)),
        )?,
        side_by_side(
            "find-among-many",
            extent.rounds,
            towns,
            200,
            |town| Ok(town.drawn(extent.reads, find)),
        )?,
    ])
}

/// The medians where there are many cases and where there are few, a request here and a request there: whatever else goes
/// on meets both. The first round does not count, in which a program that was just started reads everything for the first time.
fn side_by_side(
    name: &'static str,
    rounds: usize,
    [many, few]: [&Town; 2],
    status: u16,
    requests: impl Fn(&Town) -> anyhow::Result<Vec<Request>>,
) -> anyhow::Result<Line> {
    let (mut here, mut there) = (Caller::connect(many.http)?, Caller::connect(few.http)?);
    let (mut ours, mut other) = (Vec::new(), Vec::new());
    for round in 0..=rounds {
        let (mut among_many, mut among_few) = (Vec::new(), Vec::new());
        for (one, other) in requests(many)?.iter().zip(&requests(few)?) {
            among_many.push(here.latency(one, status)?);
            among_few.push(there.latency(other, status)?);
        }
        if round > 0 {
            ours.push(caller::median(among_many)?);
            other.push(caller::median(among_few)?);
        }
    }
    Ok(Line { name, unit: "µs", goal: AMONG_MANY, ours, other })
}
