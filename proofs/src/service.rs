//! What the platform costs next to the same bare: the program itself over real HTTP, next to the same INSERTs without it,
//! to a handler that only gives bytes, and to itself with few cases.
//!
//! - [`caller`] is the side that asks, as thin as it can be, so that little of what is measured is its own;
//! - [`bare`] is the other side: the same rows, the same bytes, and nothing around them;
//! - [`processor`] keeps all of it on one processor where one request goes after the other;
//! - [`town`] is a platform with as many cases as are wanted.

pub mod bare;
mod caller;
mod idle;
mod processor;
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
    processor::one(|| among_many(extent))?.into_iter().for_each(&tell);
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

/// A case and the registry, against a bare handler with the same bytes in a process of its own. A case is asked for over and
/// over, each time another one, and after somebody has written: what was kept for the next who asks helps the first alone.
fn reading(extent: Extent, town: &Town) -> anyhow::Result<Vec<Line>> {
    let first = of_case(town.cases.first().context("no case")?);
    let each: Vec<_> = town.cases.iter().map(of_case).cycle().take(extent.reads).collect();
    Ok(vec![
        read("read-case", extent, town.http, &vec![first; extent.reads])?,
        read("read-case-anew", extent, town.http, &each)?,
        processor::one(|| read_after_write(extent))?,
        read("read-registry", extent, town.http, &vec![get("/api/v1/registry"); extent.reads])?,
    ])
}

fn of_case(case: &Known) -> Request {
    get(&format!("/api/v1/cases/{}", case.case_no))
}

fn read(name: &'static str, extent: Extent, http: SocketAddr, requests: &[Request]) -> anyhow::Result<Line> {
    let first = requests.first().context("nothing to read")?;
    let bare = bare_of(http, first)?;
    let (mut ours, mut other) = (Vec::new(), Vec::new());
    for _ in 0..extent.rounds {
        other.push(caller::all(bare.http, requests, 200)?);
        ours.push(caller::all(http, requests, 200)?);
    }
    Ok(Line { name, unit: "µs", goal: READING, ours, other })
}

/// A handler that gives what the platform answers to a request.
fn bare_of(http: SocketAddr, request: &Request) -> anyhow::Result<bare::Handler> {
    let body = Caller::connect(http)?.ask(request, 200)?.to_vec();
    let bare = bare::Handler::start(&body)?;
    let bytes = Caller::connect(bare.http)?.ask(request, 200)?.to_vec();
    anyhow::ensure!(bytes == body, "the other side gives other bytes");
    Ok(bare)
}

/// One request after the other. Before each of either side a case is filed, so that both meet a machine that has just
/// done so.
fn read_after_write(extent: Extent) -> anyhow::Result<Line> {
    let town = Town::of(extent.few)?;
    let reads: Vec<_> = town.cases.iter().map(of_case).cycle().take(extent.cases).collect();
    let bare = bare_of(town.http, reads.first().context("nothing to read")?)?;
    let mut writer = Caller::connect(town.http)?;
    let (mut here, mut there) = (Caller::connect(town.http)?, Caller::connect(bare.http)?);
    let (mut ours, mut other) = (Vec::new(), Vec::new());
    for _ in 0..extent.rounds {
        let (mut platform, mut handler) = (Vec::new(), Vec::new());
        let filed = town.sealed(2 * extent.cases)?;
        for (two, read) in filed.chunks(2).zip(&reads) {
            let sides = [(&mut here, &mut platform), (&mut there, &mut handler)];
            for (case, (reader, took)) in two.iter().zip(sides) {
                writer.ask(case, 201)?;
                took.push(reader.latency(read, 200)?);
            }
        }
        ours.push(caller::median(platform)?);
        other.push(caller::median(handler)?);
    }
    Ok(Line { name: "read-after-write", unit: "µs", goal: READING, ours, other })
}

/// One request after the other: filing a case, reading one by its number and finding one by its 取件码.
fn among_many(extent: Extent) -> anyhow::Result<Vec<Line>> {
    let (many, few) = (Town::of(extent.many)?, Town::of(extent.few)?);
    let towns = [&many, &few];
    let find = |case: &Known| get(&format!("/api/v1/cases?pickup_code={}", case.pickup_code));
    Ok(vec![
        side_by_side("file-among-many", extent.rounds, towns, 201, |town| town.sealed(extent.cases))?,
        side_by_side("read-among-many", extent.rounds, towns, 200, |town| {
            Ok(town.drawn(extent.reads, of_case))
        })?,
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
