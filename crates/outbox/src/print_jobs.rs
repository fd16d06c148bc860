//! What went to the printer. A job that the power cut short is unknown, and stays so.

use jiff::Timestamp;
use rusqlite::params;

use crate::{Store, StoreError};

/// What is known of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrintOutcome {
    /// The printer said so.
    Printed,
    /// No paper came out.
    NotPrinted,
    /// Nobody knows. A second one must be marked as a copy.
    Unknown,
}

impl Store {
    /// The number of a new job, on the disk before the first byte goes out. Numbers only rise.
    pub fn print_job_begin(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        let number = self
            .db
            .prepare_cached("INSERT INTO print_jobs (begun_at) VALUES (?1)")?
            .insert([now.as_millisecond()])?;
        u64::try_from(number).map_err(|e| StoreError::Failed(e.to_string()))
    }

    /// How it went.
    pub fn print_job_end(&mut self, number: u64, outcome: PrintOutcome) -> Result<(), StoreError> {
        let changed = self
            .db
            .prepare_cached("UPDATE print_jobs SET outcome = ?2 WHERE number = ?1 AND outcome IS NULL")?
            .execute(params![number, word(outcome)])?;
        if changed == 1 { Ok(()) } else { Err(StoreError::NotPrinting(number)) }
    }

    /// At start: the jobs that began and never ended, from now on unknown.
    pub fn print_jobs_unfinished(&mut self) -> Result<Vec<u64>, StoreError> {
        let marked = self.db.transaction()?;
        let numbers = {
            let mut select =
                marked.prepare("SELECT number FROM print_jobs WHERE outcome IS NULL ORDER BY number")?;
            select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        marked.execute("UPDATE print_jobs SET outcome = 'unknown' WHERE outcome IS NULL", [])?;
        marked.commit()?;
        Ok(numbers)
    }
}

fn word(outcome: PrintOutcome) -> &'static str {
    match outcome {
        PrintOutcome::Printed => "printed",
        PrintOutcome::NotPrinted => "not_printed",
        PrintOutcome::Unknown => "unknown",
    }
}
