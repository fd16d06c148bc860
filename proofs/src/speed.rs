//! What durability and secrecy cost, each next to the same without them, on the same disk in the same minute.

use std::{
    cell::Cell,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use jiff::{Timestamp, civil::Date};
use outbox::{Due, Intake, Limits, Store};
use platform_client::HpkeSealer;
use protocol::{
    Applicant, Belongs, Consent, IdKind, PickupCode, SealFault, SealedBody, Sealer, SealingKey, Sex, Subject,
};
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::simulate::{World, folder_in_memory};

/// Every goal is the most that ours may take of the other: 0.85 of a speed is 1/0.85 of a time. That one is against the same
/// row inserted bare.
const ENQUEUE: f64 = 1.0 / 0.85;
/// What it may cost on top that a call is found again by its case, its time and its code: half as much again, on a disk that
/// syncs in no time. On any other it disappears.
const AS_BYTES: f64 = 1.5;
const DRAIN: f64 = 1.0 / 0.8;
const LOADED: f64 = 1.2;
const SEALING: f64 = 0.1;
const TERMINAL: &str = "kiosk-1";
pub(crate) const ID_NUMBER: &str = "519999195201010013";

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// How often each side is measured, by turns.
    pub rounds: usize,
    /// Cases in one round.
    pub cases: usize,
    /// Cases in a queue that is called long.
    pub queue: usize,
}

/// One line for `cargo xtask bench`.
pub struct Line {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) goal: f64,
    pub(crate) ours: Vec<f64>,
    pub(crate) other: Vec<f64>,
}

impl Line {
    /// As the bench reads it.
    #[must_use]
    pub fn json(&self) -> Value {
        let Self { name, unit, goal, ours, other } = self;
        json!({"name": name, "unit": unit, "goal": goal, "ours": ours, "other": other})
    }
}

/// Everything, one after the other.
pub fn measure(extent: Extent) -> anyhow::Result<Vec<Line>> {
    let (secret, key) = seal::generate();
    drop(secret);
    let mut lines = enqueue(extent, &key)?;
    lines.push(drain(extent)?);
    lines.extend(loaded(extent, &key)?);
    Ok(lines)
}

/// A durable case against the same row inserted bare, against its bytes alone, and how long of it the sealing is waited for.
fn enqueue(extent: Extent, key: &SealingKey) -> anyhow::Result<Vec<Line>> {
    let folder = tempfile::tempdir()?;
    let (mut store, _) = Store::open(folder.path().join("kiosk.db"), Timestamp::now())?;
    let row = Row::open(folder.path().join("row.db"))?;
    let bare = Bare::open(folder.path().join("bare.db"))?;
    let sealer = Timed { sealer: HpkeSealer::working_ahead(key.clone()), took: Cell::default() };
    let sealed = store_one(&mut store, &sealer)?;
    let (mut ours, mut sealing) = (Vec::new(), Vec::new());
    let (mut rows, mut bytes) = (Vec::new(), Vec::new());
    for _ in 0..extent.rounds {
        sealer.took.take();
        let mut record =
            || store.record_case(&intake(), &sealer, Timestamp::now()).map(drop).context("not recorded");
        let took =
            by_turns(extent.cases, [&mut || row.insert(&sealed), &mut || bare.insert(&sealed), &mut record])?;
        for (list, took) in [&mut rows, &mut bytes, &mut ours].into_iter().zip(took) {
            list.push(took);
        }
        sealing.push(micros(sealer.took.take()) / f64::from(u32::try_from(extent.cases)?));
    }
    Ok(vec![
        Line { name: "enqueue", unit: "µs", goal: ENQUEUE, ours: ours.clone(), other: rows },
        Line { name: "enqueue-as-bytes", unit: "µs", goal: AS_BYTES, ours: ours.clone(), other: bytes },
        Line { name: "sealing", unit: "µs", goal: SEALING, ours: sealing, other: ours },
    ])
}

/// A sealer, and how long it has kept its caller waiting.
struct Timed {
    sealer: HpkeSealer,
    took: Cell<Duration>,
}

impl Sealer for Timed {
    fn seal(&self, belongs: &Belongs<'_>, plaintext: &[u8]) -> Result<SealedBody, SealFault> {
        let begun = Instant::now();
        let sealed = self.sealer.seal(belongs, plaintext);
        self.took.set(self.took.get() + begun.elapsed());
        sealed
    }
}

/// The outbox on its way out against the same requests sent one after the other on the same connection.
fn drain(extent: Extent) -> anyhow::Result<Line> {
    let world = World::on(tempfile::tempdir()?)?;
    world.set(Timestamp::now());
    let key = world.sealing_key()?;
    let (mut ours, mut other) = (Vec::new(), Vec::new());
    for _ in 0..extent.rounds {
        let mut bare = calls(&key, extent.cases)?;
        other.push(each(extent.cases, || {
            let due = bare.pop().context("nothing left to send")?;
            world.run(async |client| client.send(&due).await).map(drop).context("not sent")
        })?);
        let folder = tempfile::tempdir()?;
        let mut store = filled(folder.path(), &key, extent.cases)?;
        ours.push(each(extent.cases, || {
            let now = Timestamp::now();
            let due = store.next_due(now)?.context("nothing is due")?;
            let outcome = world.run(async |client| client.send(&due).await);
            anyhow::ensure!(outcome.is_ok(), "not sent: {outcome:?}");
            courier::settle(&mut store, &due, outcome, now).map(drop).context("not settled")
        })?);
    }
    Ok(Line { name: "drain", unit: "µs", goal: DRAIN, ours, other })
}

/// A start, and a case, with a long queue against the same with none.
fn loaded(extent: Extent, key: &SealingKey) -> anyhow::Result<Vec<Line>> {
    let (long, empty) = (tempfile::tempdir()?, tempfile::tempdir()?);
    crowded(long.path(), key, extent.queue)?;
    let sealer = HpkeSealer::working_ahead(key.clone());
    let mut starts = [Vec::new(), Vec::new()];
    let mut cases = [Vec::new(), Vec::new()];
    for _ in 0..extent.rounds {
        let open = |folder: &TempDir, starts: &mut Vec<f64>| {
            let begun = Instant::now();
            let mut store =
                roomy(Store::open(folder.path().join("kiosk.db"), Timestamp::now())?.0, extent.queue);
            starts.push(micros(begun.elapsed()));
            // As the kiosk does behind the first screen, before anything is confirmed.
            anyhow::ensure!(store.verify(Timestamp::now())?.is_none(), "damaged");
            Ok(store)
        };
        let record = |store: &mut Store| {
            store.may_take_case(Timestamp::now())?;
            store.record_case(&intake(), &sealer, Timestamp::now()).map(drop).context("not recorded")
        };
        let [ours, other] = &mut starts;
        let (mut ours, mut other) = (open(&long, ours)?, open(&empty, other)?);
        let took = by_turns(extent.cases, [&mut || record(&mut ours), &mut || record(&mut other)])?;
        for (list, took) in cases.iter_mut().zip(took) {
            list.push(took);
        }
    }
    let ([ours_start, other_start], [ours_case, other_case]) = (starts, cases);
    Ok(vec![
        Line { name: "start-with-queue", unit: "µs", goal: LOADED, ours: ours_start, other: other_start },
        Line { name: "enqueue-with-queue", unit: "µs", goal: LOADED, ours: ours_case, other: other_case },
    ])
}

/// One thing to be timed.
type Deed<'a> = &'a mut dyn FnMut() -> anyhow::Result<()>;

/// Microseconds that each of `times` takes, one of each by turns: a disk that is slow for a second is so for all of them.
fn by_turns<const N: usize>(times: usize, mut deeds: [Deed<'_>; N]) -> anyhow::Result<[f64; N]> {
    let mut took = [Duration::ZERO; N];
    for turn in 0..times {
        let mut order: Vec<_> = deeds.iter_mut().zip(&mut took).collect();
        // Nobody comes after the same one every time.
        if turn % 2 == 1 {
            order.reverse();
        }
        for (deed, took) in order {
            let begun = Instant::now();
            deed()?;
            *took += begun.elapsed();
        }
    }
    let count = f64::from(u32::try_from(times)?);
    Ok(took.map(|took| micros(took) / count))
}

/// Microseconds that each of `times` takes.
fn each(times: usize, mut what: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let begun = Instant::now();
    for _ in 0..times {
        what()?;
    }
    let count = u32::try_from(times)?;
    Ok(micros(begun.elapsed()) / f64::from(count))
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// A queue's row with all that finds it again, in the same tables and as durably, by nobody but `SQLite`.
struct Row(Connection);

impl Row {
    fn open(path: PathBuf) -> anyhow::Result<Self> {
        drop(Store::open(&path, Timestamp::now())?);
        Ok(Self(durable(path)?))
    }

    fn insert(&self, body: &[u8]) -> anyhow::Result<()> {
        let (key, random) = (outbox::new_key(), outbox::new_key());
        let mut insert = self.0.prepare_cached(
            "INSERT INTO outbox (kind, case_key, idempotency_key, pickup_code, terminal_id, media_type, body, body_bytes,
                                 body_sha256, recorded_at, scheduled_at, next_at, expires_at)
             VALUES ('case', ?1, ?1, ?2, ?3, ?4, ?5, length(?5), zeroblob(32), ?6, ?6, ?6, ?7)",
        )?;
        let code = PickupCode::from_random(random.as_u64_pair().1);
        let now = Timestamp::now().as_millisecond();
        let end = now + 2_592_000_000;
        insert.execute((key.as_bytes(), code.as_str(), TERMINAL, seal::MEDIA_TYPE, body, now, end))?;
        Ok(())
    }
}

/// What somebody would write who only wanted to keep the bytes, as durably: no order, no time, no way to find what is due.
struct Bare(Connection);

impl Bare {
    fn open(path: PathBuf) -> anyhow::Result<Self> {
        let db = durable(path)?;
        db.execute_batch("CREATE TABLE waiting (key BLOB PRIMARY KEY, body BLOB NOT NULL)")?;
        Ok(Self(db))
    }

    fn insert(&self, body: &[u8]) -> anyhow::Result<()> {
        let key = Uuid::new_v4();
        let mut insert = self.0.prepare_cached("INSERT INTO waiting VALUES (?1, ?2)")?;
        insert.execute((key.as_bytes(), body))?;
        Ok(())
    }
}

fn durable(path: PathBuf) -> anyhow::Result<Connection> {
    let db = Connection::open(path)?;
    db.pragma_update(None, "journal_mode", "wal")?;
    db.pragma_update(None, "synchronous", "full")?;
    Ok(db)
}

/// The bytes of a case as they come to lie in the store; it has looked through its file by then.
fn store_one(store: &mut Store, sealer: &dyn Sealer) -> anyhow::Result<Vec<u8>> {
    let recorded = store.record_case(&intake(), sealer, Timestamp::now())?;
    let due = store.due_now(recorded.id, Timestamp::now())?.context("nothing is due")?;
    Ok(due.delivery.body)
}

fn roomy(store: Store, queue: usize) -> Store {
    let room = u64::try_from(queue).unwrap_or(u64::MAX).saturating_mul(1 << 16).max(1 << 30);
    store.with_limits(Limits { count: room, bytes: room, ..Limits::default() })
}

/// A store in `folder` in which so many cases wait.
fn filled(folder: &Path, key: &SealingKey, cases: usize) -> anyhow::Result<Store> {
    let (store, _) = Store::open(folder.join("kiosk.db"), Timestamp::now())?;
    let mut store = roomy(store, cases);
    let sealer = HpkeSealer::new(key.clone());
    for _ in 0..cases {
        store.record_case(&intake(), &sealer, Timestamp::now())?;
    }
    Ok(store)
}

/// The same for very many: copies of one case under keys of their own, past the store. Taking them one by one would
/// measure nothing but the disk for minutes.
fn crowded(folder: &Path, key: &SealingKey, cases: usize) -> anyhow::Result<()> {
    drop(filled(folder, key, 1)?);
    let db = Connection::open(folder.join("kiosk.db"))?;
    let copies = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
         INSERT INTO outbox (kind, case_key, idempotency_key, terminal_id, media_type, body, body_bytes, body_sha256,
                             recorded_at, expires_at, scheduled_at, next_at)
         SELECT kind, randomblob(16), randomblob(16), terminal_id, media_type, body, body_bytes, body_sha256,
                recorded_at, expires_at, scheduled_at, next_at FROM outbox, n";
    db.execute(copies, [i64::try_from(cases)?])?;
    Ok(())
}

/// Calls as they would have waited. Nothing of their making is measured.
pub(crate) fn calls(key: &SealingKey, cases: usize) -> anyhow::Result<Vec<Due>> {
    let folder = folder_in_memory()?;
    let mut store = filled(folder.path(), key, cases)?;
    let mut calls = Vec::new();
    while let Some(due) = store.next_due(Timestamp::now())? {
        store.settle_delivered(due.id, Timestamp::now())?;
        calls.push(due);
    }
    Ok(calls)
}

/// 养老待遇资格认证 of an invented pensioner.
fn intake() -> Intake {
    let now = Timestamp::now();
    Intake {
        subject: Subject::Item { item: "pension-eligibility".to_owned(), version: 2 },
        terminal_id: TERMINAL.to_owned(),
        received_at: now,
        applicant: Applicant {
            name: "欧阳示例".to_owned(),
            id_kind: IdKind::ResidentIdCard,
            id_number: ID_NUMBER.to_owned(),
            sex: Sex::Male,
            birth: Date::constant(1952, 1, 1),
            nation: Some("01".to_owned()),
            address: Some("示例省示例市示例区示例路1号".to_owned()),
        },
        fields: [("residence".to_owned(), "local".into())].into(),
        consent: Consent { notice_version: 1, given_at: now },
        pages: Vec::new(),
        draft: None,
    }
}
