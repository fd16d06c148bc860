//! A platform program with as many cases as are wanted. The first is filed; the others are copies of its rows under names
//! of their own, as if others had filed them: filing a million one after the other would measure patience.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context as _;
use platform_client::{Client, Deadlines, Fetched};
use protocol::{Case, PickupCode, SealingKey};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::caller::{Caller, Request, post};
use crate::{fleet::operator::Operator, speed};

/// Where a case that is filed leaves rows of its own, those first that others refer to.
const TABLES: [&str; 6] = ["cases", "case_step", "case_history", "case_document", "answer", "case_answer"];

/// One address asks for everybody.
pub(super) const UNLIMITED: &str = "[limits]\nper_second = 1000000\nburst = 1000000\n";

/// A case that can be asked about.
pub(super) struct Known {
    pub(super) case_no: String,
    pub(super) pickup_code: String,
}

/// A running platform.
pub(super) struct Town {
    operator: Operator,
    pub(super) http: SocketAddr,
    pub(super) cases: Vec<Known>,
    key: SealingKey,
}

impl Town {
    pub(super) fn of(cases: usize) -> anyhow::Result<Self> {
        let mut operator = Operator::with(UNLIMITED)?;
        let http = operator.start()?;
        let key = sealing_key(http)?;
        let first = sealed(&key, 1)?.pop().context("no case")?;
        let first: Case = serde_json::from_slice(Caller::connect(http)?.ask(&first, 201)?)?;
        operator.kill();
        let known = multiply(&Connection::open(operator.database())?, &first, cases.saturating_sub(1))?;
        let http = operator.start()?;
        Ok(Self { operator, http, cases: known, key })
    }

    pub(super) fn database(&self) -> PathBuf {
        self.operator.database()
    }

    /// So many requests, each about a case that is drawn.
    pub(super) fn drawn(&self, requests: usize, about: impl Fn(&Known) -> Request) -> Vec<Request> {
        (0..requests).filter_map(|_| fastrand::choice(&self.cases)).map(about).collect()
    }

    /// Cases that nobody has sent yet, sealed as kiosks seal them.
    pub(super) fn sealed(&self, cases: usize) -> anyhow::Result<Vec<Request>> {
        sealed(&self.key, cases)
    }
}

fn sealed(key: &SealingKey, cases: usize) -> anyhow::Result<Vec<Request>> {
    let calls = speed::calls(key, cases)?;
    Ok(calls.iter().map(|due| post(&due.delivery)).collect())
}

fn sealing_key(http: SocketAddr) -> anyhow::Result<SealingKey> {
    let client = Client::new(&format!("http://{http}"), "bench", Deadlines::default())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match runtime.block_on(client.registry(None))? {
        Fetched::New { value, .. } => Ok(value.sealing_key),
        Fetched::NotModified => anyhow::bail!("nothing was asked about"),
    }
}

/// Copies every row that `first` left, and names everything in it anew. Durability is of no use for what is lost with
/// the measuring.
fn multiply(database: &Connection, first: &Case, copies: usize) -> anyhow::Result<Vec<Known>> {
    database.execute_batch(
        "PRAGMA journal_mode = off; PRAGMA synchronous = off; PRAGMA cache_size = -1000000;
         PRAGMA temp_store = memory; BEGIN",
    )?;
    let mut known = names(database, first, copies)?;
    let key = first.case_key.to_string();
    let old = [key.as_str(), &first.case_no, first.pickup_code.as_str(), speed::ID_NUMBER];
    for table in TABLES {
        // Out of a table of its own: out of itself everything would be written down twice.
        database.execute_batch(&format!("CREATE TEMP TABLE old AS SELECT * FROM {table}"))?;
        database.execute(&copy(database, table)?, old)?;
        database.execute_batch("DROP TABLE temp.old")?;
    }
    database.execute_batch("COMMIT")?;
    known.push(Known { case_no: first.case_no.clone(), pickup_code: first.pickup_code.as_str().to_owned() });
    Ok(known)
}

/// The names of the copies, in no order: neighbours in a town do not file one after the other.
fn names(database: &Connection, first: &Case, copies: usize) -> anyhow::Result<Vec<Known>> {
    database.execute_batch("CREATE TEMP TABLE copy (case_key, case_no, pickup_code, id_number)")?;
    let mut insert = database.prepare("INSERT INTO temp.copy VALUES (?1, ?2, ?3, ?4)")?;
    let mut known = Vec::new();
    // Longer than a day's own numbers, so that they never meet.
    let front = first.case_no.get(..first.case_no.len().saturating_sub(4)).context("a short number")?;
    for number in 0..copies {
        let case_no = format!("{front}9{number:07}");
        let pickup_code = PickupCode::from_random(fastrand::u64(..)).as_str().to_owned();
        let id_number = format!("519999{:011}X", fastrand::u64(..100_000_000_000));
        insert.execute(params![Uuid::new_v4().to_string(), case_no, pickup_code, id_number])?;
        known.push(Known { case_no, pickup_code });
    }
    Ok(known)
}

/// Copies the rows of `table`; in every text the old names become the new ones. The key of a table is given
/// anew by the database.
fn copy(database: &Connection, table: &str) -> anyhow::Result<String> {
    let mut about = database.prepare(&format!("PRAGMA table_info({table})"))?;
    let columns: Vec<(String, String, i64)> = about
        .query_map([], |row| Ok((row.get("name")?, row.get("type")?, row.get("pk")?)))?
        .collect::<Result<_, _>>()?;
    let given = |kind: &str, key: i64| key == 1 && kind == "INTEGER";
    let columns: Vec<_> = columns.into_iter().filter(|(_, kind, key)| !given(kind, *key)).collect();
    let names: Vec<_> = columns.iter().map(|(name, ..)| name.as_str()).collect();
    let values: Vec<_> = columns
        .iter()
        .map(|(name, kind, _)| match kind.as_str() {
            "TEXT" => format!(
                "replace(replace(replace(replace(old.{name}, ?1, copy.case_key), ?2, copy.case_no), \
                 ?3, copy.pickup_code), ?4, copy.id_number)"
            ),
            _ => format!("old.{name}"),
        })
        .collect();
    Ok(format!(
        "INSERT INTO {table} ({}) SELECT {} FROM temp.copy AS copy, temp.old AS old",
        names.join(", "),
        values.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::get;

    #[test]
    fn a_town_answers_for_every_copy_as_for_the_first() {
        let town = Town::of(5).unwrap();
        assert_eq!(town.cases.len(), 5);
        let mut caller = Caller::connect(town.http).unwrap();
        for case in &town.cases {
            let path = format!("/api/v1/cases/{}", case.case_no);
            let told: Case = serde_json::from_slice(caller.ask(&get(&path), 200).unwrap()).unwrap();
            let names = (told.case_no.as_str(), told.pickup_code.as_str());
            assert_eq!(names, (case.case_no.as_str(), case.pickup_code.as_str()));
        }
    }
}
