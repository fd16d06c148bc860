//! The database: `SQLite` in a file, with one thread that writes and one that reads, or `PostgreSQL` for several
//! nodes, with a thread for each of its connections. [`near`] are reads that need no thread, [`writing`] are writes that
//! share a transaction.
//!
//! A write behaves as if it were alone with the database, and is on the disk before its caller hears of it. Nothing
//! above this module knows which database it is, and nothing in it knows HTTP.

pub(crate) mod answers;
pub(crate) mod bundle_versions;
pub(crate) mod bundles;
pub(crate) mod calendars;
pub(crate) mod case_answers;
pub(crate) mod cases;
pub(crate) mod casework;
pub(crate) mod columns;
pub(crate) mod content_drafts;
pub(crate) mod documents;
pub(crate) mod drafts;
pub(crate) mod exchange;
pub(crate) mod exports;
pub(crate) mod kept;
pub(crate) mod materials;
mod migrations;
mod near;
mod open;
pub(crate) mod own;
mod postgresql;
pub(crate) mod published;
pub(crate) mod ratings;
pub(crate) mod residents;
pub(crate) mod sealing;
pub(crate) mod sql;
mod standing;
#[cfg(test)]
mod tests;
pub(crate) mod versions;
mod writing;

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use kept::Kept;
use near::Near;
use sql::{Behind, Value};
use standing::Standing;
use telemetry::Span;
use tokio::sync::{mpsc, oneshot};
use writing::Pending;

use crate::config::DatabaseUrl;

pub(crate) use migrations::is_ours;
pub use open::OpenFault;
pub(crate) use postgresql::is_empty;
pub use sealing::Rotated;
pub(crate) use sql::{Row, Transaction};

/// Requests that may wait for a thread before further ones wait to wait.
const QUEUE: usize = 256;

/// `PostgreSQL` connections of a node that write, and as many that read.
const CONNECTIONS: usize = 4;

/// The most writes that go to the disk together.
const TOGETHER: usize = 64;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// Why the database did not do what it was asked.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum StoreError {
    /// `SQLite` says no.
    #[error("the database reports: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// `PostgreSQL` says no, or nothing. Its SQLSTATE alone: its words can quote what a row holds.
    #[error("the database reports: SQLSTATE {0}")]
    Postgres(String),
    /// A row holds what this program never wrote.
    #[error("the database holds an unreadable {0}")]
    Damaged(&'static str),
    /// Other words under a version than were published: nothing of them is written.
    #[error("the database holds other words of {what}, version {version}")]
    Republished {
        /// Of what.
        what: String,
        /// The version.
        version: u32,
    },
    /// Its thread has ended.
    #[error("the database has been closed")]
    Closed,
}

impl StoreError {
    /// Whether the disk is full: the one fault that passes when somebody makes room.
    pub(crate) fn is_full(&self) -> bool {
        match self {
            Self::Sqlite(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull),
            Self::Postgres(state) => state == "53100",
            _ => false,
        }
    }

    /// Whether somebody else has `SQLite`'s file just now.
    fn is_busy(&self) -> bool {
        matches!(self, Self::Sqlite(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy))
    }
}

/// A handle to the database.
#[derive(Clone)]
pub(crate) struct Store {
    writer: mpsc::Sender<Box<dyn Pending>>,
    reader: mpsc::Sender<Job>,
    /// None where a read goes over a network.
    near: Option<Arc<Near>>,
}

/// The connections of a database: those that write, those that read on threads, and those that read where they are asked.
type Connections = (Vec<Connection>, Vec<Connection>, Option<Near>);

impl Store {
    /// Opens the database, makes the file if there is none, and brings the schema up to date.
    pub(crate) async fn open(url: DatabaseUrl) -> Result<Self, OpenFault> {
        // The blocking client of PostgreSQL must not be called from a thread that runs futures.
        let opened = tokio::task::spawn_blocking(move || match url {
            DatabaseUrl::Sqlite(path) => sqlite(&path).map(|connections| (connections, TOGETHER)),
            // Its own writes meet each other: none may be made to run again because another did.
            DatabaseUrl::Postgres(server) => postgres(&server).map(|connections| (connections, 1)),
        });
        let opened = opened.await.map_err(|error| OpenFault::Thread(error.to_string()))?;
        let ((writers, readers, near), together) = opened?;
        Ok(Self {
            writer: spawn("store-writer", writers, together, writing::write)?,
            reader: spawn("store-reader", readers, 1, |connection, jobs: Vec<Job>| {
                jobs.into_iter().for_each(|job| job(connection));
            })?,
            near: near.map(Arc::new),
        })
    }

    /// Runs `work` in a transaction, and commits it where it succeeds. Another node can come in between, or a write that
    /// shares the transaction fail: then nothing has happened, and `work` runs again.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let span = Span::part("store.write");
        let write = |answer| -> Box<dyn Pending> { Box::new(writing::Write { work, came: None, answer }) };
        let written = asked(&self.writer, write).await;
        written.inspect_err(|_| span.failed("store-failed"))
    }

    /// Runs `work` on a consistent view.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let span = Span::part("store.read");
        // Nobody listening any more is no reason to stop halfway.
        let job = |answer: oneshot::Sender<_>| -> Job {
            Box::new(move |connection| drop(answer.send(connection.read(&work))))
        };
        asked(&self.reader, job).await.inspect_err(|_| span.failed("store-failed"))
    }

    /// The same for `work` that reads a few rows by their keys, which is done here and now where that takes no time.
    pub(crate) async fn look<T: Send + 'static>(
        &self,
        work: impl Fn(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match self.near.as_ref().and_then(|near| near.look(&work)) {
            Some(looked) => looked,
            None => self.read(work).await,
        }
    }

    /// The one text that a query finds by its key. One query sees one state of the database without a transaction around
    /// it, which would take as long again.
    pub(crate) async fn glance<const N: usize>(
        &self,
        sql: &'static str,
        values: [Value; N],
    ) -> Result<Option<String>, StoreError> {
        match self.near.as_ref().and_then(|near| near.glance(sql, &values)) {
            Some(looked) => looked,
            None => self.read(move |view| view.text(sql, &values)).await,
        }
    }

    /// How many requests wait for the database.
    pub(crate) fn waiting(&self) -> i64 {
        let writes = self.writer.max_capacity() - self.writer.capacity();
        let reads = self.reader.max_capacity() - self.reader.capacity();
        i64::try_from(writes + reads).unwrap_or(i64::MAX)
    }

    /// Whether the database answers.
    pub(crate) async fn is_well(&self) -> bool {
        !self.writer.is_closed()
            && self.read(|view| view.row("SELECT key_id FROM sealing_key", &[])).await.is_ok()
    }
}

fn sqlite(path: &Path) -> Result<Connections, OpenFault> {
    let kept = Arc::<Kept>::default();
    let connection = |file| Connection::Sqlite { file, kept: kept.clone(), standing: None };
    let writer = open::writer(path)?;
    let standing = Arc::new(Standing::new(open::near(path)?));
    let writer = Connection::Sqlite { file: writer, kept: kept.clone(), standing: Some(standing.clone()) };
    let reader = connection(open::reader(path)?);
    // As many as there are threads that can ask at once.
    let most = std::thread::available_parallelism().map_or(1, usize::from);
    let near = (0..most).map(|_| open::near(path).map(connection)).collect::<Result<_, _>>()?;
    let near = Near::new(near, near::read_from_disk, standing);
    Ok((vec![writer], vec![reader], Some(near)))
}

fn postgres(server: &postgres::Config) -> Result<Connections, OpenFault> {
    postgresql::prepare(server)?;
    let kept = Arc::<Kept>::default();
    let links = || (0..CONNECTIONS).map(|_| postgresql::Link::new(server, &kept));
    let connections = || links().map(|link| Connection::Postgres(Box::new(link))).collect();
    Ok((connections(), connections(), None))
}

enum Connection {
    Sqlite {
        file: rusqlite::Connection,
        kept: Arc<Kept>,
        /// Of the one that writes.
        standing: Option<Arc<Standing>>,
    },
    Postgres(Box<postgresql::Link>),
}

/// What is done in a transaction, and can be done again in another.
type Work<'w, T> = &'w dyn Fn(&Transaction<'_>) -> Result<T, StoreError>;
type WorkMut<'w, T> = &'w mut dyn FnMut(&Transaction<'_>) -> Result<T, StoreError>;

impl Connection {
    fn write<T>(&mut self, work: WorkMut<'_, T>) -> Result<T, StoreError> {
        match self {
            Self::Sqlite { file, kept, standing } => {
                let _aside = standing.as_deref().map(Standing::step_aside);
                in_transaction(file, kept, "BEGIN IMMEDIATE", work)
            }
            Self::Postgres(link) => link.write(work),
        }
    }

    fn read<T>(&mut self, work: Work<'_, T>) -> Result<T, StoreError> {
        match self {
            Self::Sqlite { file, kept, .. } => in_transaction(file, kept, "BEGIN", &mut |view| work(view)),
            Self::Postgres(link) => link.read(work),
        }
    }

    fn text(&mut self, sql: &str, values: &[Value]) -> Result<Option<String>, StoreError> {
        match self {
            Self::Sqlite { file, .. } => sql::sqlite_text(file, sql, values),
            Self::Postgres(link) => link.read(&|view| view.text(sql, values)),
        }
    }
}

fn in_transaction<T>(
    file: &rusqlite::Connection,
    kept: &Kept,
    begin: &str,
    work: WorkMut<'_, T>,
) -> Result<T, StoreError> {
    file.prepare_cached(begin)?.execute([])?;
    let _open = Open(file);
    let transaction = Transaction::new(Behind::Sqlite(file), kept);
    let done = work(&transaction)?;
    transaction.commit()?;
    Ok(done)
}

/// A transaction that is rolled back where it does not come to its end.
struct Open<'a>(&'a rusqlite::Connection);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.0.is_autocommit() {
            // What cannot even be rolled back fails at its next use.
            let _ = self.0.execute_batch("ROLLBACK");
        }
    }
}

/// Hands over the job that `job` makes of where to answer, and waits for that.
async fn asked<J, T>(
    jobs: &mpsc::Sender<J>,
    job: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> J,
) -> Result<T, StoreError> {
    let (answer, answered) = oneshot::channel();
    jobs.send(job(answer)).await.map_err(|_| StoreError::Closed)?;
    answered.await.map_err(|_| StoreError::Closed)?
}

/// A thread for each connection; they take their jobs from one queue, as many at once as they may.
fn spawn<J: Send + 'static>(
    name: &str,
    connections: Vec<Connection>,
    most: usize,
    run: fn(&mut Connection, Vec<J>),
) -> Result<mpsc::Sender<J>, OpenFault> {
    let (sender, jobs) = mpsc::channel::<J>(QUEUE);
    let jobs = Arc::new(Mutex::new(jobs));
    for mut connection in connections {
        let jobs = jobs.clone();
        let next = move || {
            let mut taken = Vec::new();
            jobs.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv_many(&mut taken, most);
            taken
        };
        let work = move || {
            loop {
                match next() {
                    none if none.is_empty() => return,
                    taken => run(&mut connection, taken),
                }
            }
        };
        let started = std::thread::Builder::new().name(name.to_owned()).spawn(work);
        started.map_err(|error| OpenFault::Thread(error.to_string()))?;
    }
    Ok(sender)
}
