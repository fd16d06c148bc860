//! The database: `SQLite`, with one thread that writes and one that reads.
//!
//! A write is one immediate transaction and is on the disk (`synchronous = FULL`) before its caller hears of it.
//! Nothing above this module knows SQL, and nothing in it knows HTTP.

pub(crate) mod answers;
pub(crate) mod cases;
mod columns;
mod migrations;
mod open;
pub(crate) mod published;
pub(crate) mod ratings;

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

pub use open::OpenFault;

/// Requests that may wait for a thread before further ones wait to wait.
const QUEUE: usize = 256;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// Why the database did not do what it was asked.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum StoreError {
    /// `SQLite` says no.
    #[error("the database reports: {0}")]
    Sqlite(#[from] rusqlite::Error),
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
        matches!(self, Self::Sqlite(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull))
    }
}

/// A handle to the database.
#[derive(Clone)]
pub(crate) struct Store {
    writer: mpsc::Sender<Job>,
    reader: mpsc::Sender<Job>,
}

impl Store {
    /// Opens the file, makes it if there is none, and brings its schema up to date.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenFault> {
        let writer = open::writer(path)?;
        let reader = open::reader(path)?;
        Ok(Self { writer: spawn("store-writer", writer)?, reader: spawn("store-reader", reader)? })
    }

    /// Runs `work` in a transaction, and commits it where it succeeds.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        ask(&self.writer, move |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        })
        .await
    }

    /// Runs `work` on a consistent view.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        ask(&self.reader, move |connection| work(&connection.transaction()?)).await
    }

    /// Whether both threads answer.
    pub(crate) async fn is_well(&self) -> bool {
        !self.writer.is_closed()
            && self.read(|view| Ok(view.query_row("SELECT 1", [], |_| Ok(()))?)).await.is_ok()
    }
}

fn spawn(name: &str, mut connection: Connection) -> Result<mpsc::Sender<Job>, OpenFault> {
    let (sender, mut jobs) = mpsc::channel::<Job>(QUEUE);
    let run = move || {
        while let Some(job) = jobs.blocking_recv() {
            job(&mut connection);
        }
    };
    let started = std::thread::Builder::new().name(name.to_owned()).spawn(run);
    started.map(|_| sender).map_err(|error| OpenFault::Thread(error.to_string()))
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
