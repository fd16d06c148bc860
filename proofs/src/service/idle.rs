//! What a kiosk that waits for a hint takes of the platform's memory.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use config_apply::medium::Medium;
use enrolment::Folder;
use jiff::Timestamp;
use platform_client::{Client, Deadlines, Hints, Now};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::task::JoinSet;

use super::town::UNLIMITED;
use crate::{fleet::operator::Operator, speed::Line};

const PATIENT: Deadlines = Deadlines { connect: Duration::from_mins(1), total: Duration::from_mins(1) };
/// The platform shows every fifteen seconds that it is alive: after so long each has heard it.
const ALIVE: Duration = Duration::from_secs(40);
/// Connections that are opened at the same time.
const AT_ONCE: usize = 32;
/// Files that each side needs besides its connections.
const OTHER_FILES: u64 = 200;

/// Opens so many streams over mutual TLS, each on a connection of its own, waits until each has shown that it lives, and
/// looks at the server's memory.
pub(super) fn measure(kiosks: usize, goal: f64) -> anyhow::Result<Line> {
    may_open(kiosks)?;
    let mut operator = Operator::with(UNLIMITED)?;
    operator.start()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let client = runtime.block_on(member(&operator))?;
    let before = operator.memory()?;
    let hints = runtime.block_on(wait_for_hints(&client, kiosks))?;
    let after = operator.memory()?;
    anyhow::ensure!(hints.len() == kiosks, "{} of {kiosks} streams stand", hints.len());
    let each = (after - before) / f64::from(u32::try_from(kiosks)?);
    Ok(Line { name: "idle-kiosk", unit: "KiB", goal: 1.0, ours: vec![each], other: vec![goal] })
}

/// One file for each connection, on either side; the platform inherits what we may.
fn may_open(kiosks: usize) -> anyhow::Result<()> {
    let needed = u64::try_from(kiosks)? + OTHER_FILES;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= needed) {
        return Ok(());
    }
    let enough = maximum.is_none_or(|maximum| maximum >= needed);
    anyhow::ensure!(enough, "{needed} open files are needed, and {maximum:?} are allowed: see ulimit -n");
    Ok(setrlimit(Resource::Nofile, Rlimit { current: Some(needed), maximum })?)
}

async fn member(operator: &Operator) -> anyhow::Result<Client> {
    let invitation = operator.invite(&["LZ-0001".to_owned()])?.pop().context("not invited")?;
    let key = Folder::new(Medium::default()).key_or_make()?;
    let now: Now = Arc::new(Timestamp::now);
    let membership = platform_client::enrol(&invitation, &key, PATIENT, &now).await?;
    Ok(Client::member(&membership, &key, PATIENT, &now)?)
}

/// The streams that have shown that they live. All of them wait at once, as kiosks do.
async fn wait_for_hints(client: &Client, kiosks: usize) -> anyhow::Result<Vec<Hints>> {
    let (mut opening, mut open, mut left) = (JoinSet::new(), Vec::new(), kiosks);
    while left > 0 || !opening.is_empty() {
        while left > 0 && opening.len() < AT_ONCE {
            let client = client.clone();
            opening.spawn(async move { client.hints().await });
            left -= 1;
        }
        if let Some(opened) = opening.join_next().await {
            open.push(opened??);
        }
    }
    let mut waiting = JoinSet::new();
    for mut hints in open {
        waiting.spawn(async move {
            let sign = tokio::time::timeout(ALIVE, hints.next()).await??;
            anyhow::Ok((sign, hints))
        });
    }
    let mut living = Vec::new();
    while let Some(heard) = waiting.join_next().await {
        living.push(heard??.1);
    }
    Ok(living)
}
