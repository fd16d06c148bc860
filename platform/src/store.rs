//! The database: `SQLite` in a file, with one thread that writes and one that reads, or `PostgreSQL` for several
//! nodes, with a thread for each of its connections.
//!
//! A write behaves as if it were alone with the database, and is on the disk before its caller hears of it. Nothing
//! above this module knows which database it is, and nothing in it knows HTTP.

pub(crate) mod answers;
pub(crate) mod bundles;
pub(crate) mod calendars;
pub(crate) mod cases;
pub(crate) mod casework;
pub(crate) mod columns;
pub(crate) mod documents;
pub(crate) mod drafts;
pub(crate) mod exchange;
pub(crate) mod exports;
pub(crate) mod item_drafts;
pub(crate) mod materials;
mod migrations;
mod open;
pub(crate) mod own;
mod postgresql;
pub(crate) mod published;
pub(crate) mod ratings;
pub(crate) mod residents;
pub(crate) mod sealing;
pub(crate) mod sql;

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::TransactionBehavior;
use sql::Behind;
use tokio::sync::{mpsc, oneshot};

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
}

/// A handle to the database.
#[derive(Clone)]
pub(crate) struct Store {
    writer: mpsc::Sender<Job>,
    reader: mpsc::Sender<Job>,
}

impl Store {
    /// Opens the database, makes the file if there is none, and brings the schema up to date.
    pub(crate) async fn open(url: DatabaseUrl) -> Result<Self, OpenFault> {
        // The blocking client of PostgreSQL must not be called from a thread that runs futures.
        let opened = tokio::task::spawn_blocking(move || -> Result<_, OpenFault> {
            match url {
                DatabaseUrl::Sqlite(path) => {
                    let writer = Connection::Sqlite(open::writer(&path)?);
                    Ok((vec![writer], vec![Connection::Sqlite(open::reader(&path)?)]))
                }
                DatabaseUrl::Postgres(server) => {
                    postgresql::prepare(&server)?;
                    let links = || {
                        (0..CONNECTIONS)
                            .map(|_| Connection::Postgres(Box::new(postgresql::Link::new(&server))))
                    };
                    Ok((links().collect(), links().collect()))
                }
            }
        });
        let (writers, readers) = opened.await.map_err(|error| OpenFault::Thread(error.to_string()))??;
        Ok(Self { writer: spawn("store-writer", writers)?, reader: spawn("store-reader", readers)? })
    }

    /// Runs `work` in a transaction, and commits it where it succeeds. Another node can come in between: then nothing
    /// has happened, and `work` runs again.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        ask(&self.writer, move |connection| connection.write(&work)).await
    }

    /// Runs `work` on a consistent view.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        ask(&self.reader, move |connection| connection.read(&work)).await
    }

    /// How many requests wait for the database.
    pub(crate) fn waiting(&self) -> i64 {
        let waiting = |jobs: &mpsc::Sender<Job>| jobs.max_capacity() - jobs.capacity();
        i64::try_from(waiting(&self.writer) + waiting(&self.reader)).unwrap_or(i64::MAX)
    }

    /// Whether the database answers.
    pub(crate) async fn is_well(&self) -> bool {
        !self.writer.is_closed()
            && self.read(|view| view.row("SELECT key_id FROM sealing_key", &[])).await.is_ok()
    }
}

enum Connection {
    Sqlite(rusqlite::Connection),
    Postgres(Box<postgresql::Link>),
}

type Work<'w, T> = &'w dyn Fn(&Transaction<'_>) -> Result<T, StoreError>;

impl Connection {
    fn write<T>(&mut self, work: Work<'_, T>) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(connection) => {
                let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let transaction = Transaction(Behind::Sqlite(begun));
                let done = work(&transaction)?;
                transaction.commit()?;
                Ok(done)
            }
            Self::Postgres(link) => link.write(work),
        }
    }

    fn read<T>(&mut self, work: Work<'_, T>) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(connection) => work(&Transaction(Behind::Sqlite(connection.transaction()?))),
            Self::Postgres(link) => link.read(work),
        }
    }
}

/// A thread for each connection; they take their jobs from one queue.
fn spawn(name: &str, connections: Vec<Connection>) -> Result<mpsc::Sender<Job>, OpenFault> {
    let (sender, jobs) = mpsc::channel::<Job>(QUEUE);
    let jobs = Arc::new(Mutex::new(jobs));
    for mut connection in connections {
        let jobs = jobs.clone();
        let next = move || jobs.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        let run = move || {
            while let Some(job) = next() {
                job(&mut connection);
            }
        };
        let started = std::thread::Builder::new().name(name.to_owned()).spawn(run);
        started.map_err(|error| OpenFault::Thread(error.to_string()))?;
    }
    Ok(sender)
}

async fn ask<T: Send + 'static>(
    thread: &mpsc::Sender<Job>,
    work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let (answer, answered) = oneshot::channel();
    // Nobody listening any more is no reason to stop halfway: the work is done, and a retry finds it.
    let job: Job = Box::new(move |connection| drop(answer.send(work(connection))));
    thread.send(job).await.map_err(|_| StoreError::Closed)?;
    answered.await.map_err(|_| StoreError::Closed)?
}
