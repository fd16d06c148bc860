//! What technicians do at the machine, and who is let in to do it.

use std::time::Duration;

use audit::{Event, Word};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use crate::{Store, StoreError, queue::from_ms};

const OUT_OF_SERVICE: &str = "out-of-service";
const FAILURES: &str = "admission-failures";
const LOCKED_UNTIL: &str = "admission-locked-until";

/// So many wrong tries in a row are free: a finger slips.
const FREE_TRIES: i64 = 5;
/// The first lock, doubled with every further wrong try.
const FIRST_LOCK: Duration = Duration::from_mins(1);
/// The longest: the right person should not need to come again the next day.
pub const LONGEST_LOCK: Duration = Duration::from_hours(1);

impl Store {
    /// Whether a technician has taken the machine out of service.
    pub fn is_out_of_service(&self) -> Result<bool, StoreError> {
        Ok(recall(&self.db, OUT_OF_SERVICE)? != 0)
    }

    /// Takes the machine out of service, or back into it.
    pub fn set_out_of_service(
        &mut self,
        out: bool,
        technician: u64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let setting = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        remember(&setting, OUT_OF_SERVICE, i64::from(out))?;
        let event =
            if out { Event::ServiceStopped { technician } } else { Event::ServiceResumed { technician } };
        audit::append(&setting, &event, now)?;
        Ok(setting.commit()?)
    }

    /// Counts a try *before* card and PIN are looked at, so that a plug that is pulled gives no free ones. `Err` in
    /// the answer is how long nobody is let in.
    pub fn begin_admission(&mut self, now: Timestamp) -> Result<Result<(), Duration>, StoreError> {
        let trying = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let locked = remaining(recall(&trying, LOCKED_UNTIL)?, now);
        if !locked.is_zero() {
            return Ok(Err(locked));
        }
        let failures = recall(&trying, FAILURES)?.saturating_add(1);
        remember(&trying, FAILURES, failures)?;
        let until = now.saturating_add(lock_after(failures)).unwrap_or(Timestamp::MAX);
        remember(&trying, LOCKED_UNTIL, until.as_millisecond())?;
        trying.commit()?;
        Ok(Ok(()))
    }

    /// It was the right person: the tries are forgotten.
    pub fn grant_admission(&mut self, technician: u64, now: Timestamp) -> Result<(), StoreError> {
        let granting = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        remember(&granting, FAILURES, 0)?;
        remember(&granting, LOCKED_UNTIL, 0)?;
        audit::append(&granting, &Event::TechnicianAdmitted { technician }, now)?;
        Ok(granting.commit()?)
    }

    /// It was not.
    pub fn refuse_admission(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let failures = u64::try_from(recall(&self.db, FAILURES)?).unwrap_or(0);
        Ok(audit::append(&self.db, &Event::TechnicianRefused { failures }, now)?)
    }

    /// Keeps the result of a test of a part.
    pub fn record_check(
        &mut self,
        part: &str,
        passed: bool,
        technician: u64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (part, passed) = (Word::of(part), u64::from(passed));
        Ok(audit::append(&self.db, &Event::PartTested { part, passed, technician }, now)?)
    }

    /// The touch screen is about to be calibrated, or its calibration to be taken back.
    pub fn record_calibration(
        &mut self,
        taken_back: bool,
        technician: u64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let taken_back = u64::from(taken_back);
        Ok(audit::append(&self.db, &Event::TouchCalibrated { taken_back, technician }, now)?)
    }

    /// A report was signed.
    pub fn record_report(&mut self, technician: u64, now: Timestamp) -> Result<(), StoreError> {
        Ok(audit::append(&self.db, &Event::ReadinessSigned { technician }, now)?)
    }

    /// The last test of every part that was ever tested: its name, whether it passed, and when.
    pub fn last_checks(&self) -> Result<Vec<(String, bool, Timestamp)>, StoreError> {
        let mut select = self.db.prepare_cached(
            "SELECT details ->> 'part', details ->> 'passed', max(seq), at FROM audit
             WHERE event = 'part-tested' GROUP BY 1",
        )?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(3)?)))?;
        rows.map(|row| {
            let (part, passed, at) = row?;
            Ok((part, passed, from_ms(at)))
        })
        .collect()
    }

    /// The machine is a kiosk of a platform from its next start on.
    pub fn record_enrolment(&mut self, technician: u64, now: Timestamp) -> Result<(), StoreError> {
        Ok(audit::append(&self.db, &Event::MachineEnrolled { technician }, now)?)
    }

    /// The log is about to leave the machine on a drive.
    pub fn record_export(&mut self, technician: u64, now: Timestamp) -> Result<(), StoreError> {
        Ok(audit::append(&self.db, &Event::LogExported { technician }, now)?)
    }

    /// Somebody has the program started anew.
    pub fn record_restart(&mut self, technician: u64, now: Timestamp) -> Result<(), StoreError> {
        Ok(audit::append(&self.db, &Event::RestartOrdered { technician }, now)?)
    }
}

/// How long nobody is let in after so many wrong tries.
fn lock_after(failures: i64) -> Duration {
    if failures < FREE_TRIES {
        return Duration::ZERO;
    }
    let doublings = u32::try_from(failures - FREE_TRIES).unwrap_or(u32::MAX);
    FIRST_LOCK.saturating_mul(1_u32.checked_shl(doublings).unwrap_or(u32::MAX)).min(LONGEST_LOCK)
}

/// Of a lock by the wall clock; one that was set back makes no lock longer than the longest.
fn remaining(until: i64, now: Timestamp) -> Duration {
    let left = u64::try_from(until.saturating_sub(now.as_millisecond())).unwrap_or(0);
    Duration::from_millis(left).min(LONGEST_LOCK)
}

fn recall(db: &Connection, fact: &str) -> Result<i64, StoreError> {
    let mut select = db.prepare_cached("SELECT value FROM machine WHERE fact = ?1")?;
    Ok(select.query_row([fact], |row| row.get(0)).optional()?.unwrap_or(0))
}

fn remember(db: &Connection, fact: &str, value: i64) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO machine (fact, value) VALUES (?1, ?2) ON CONFLICT (fact) DO UPDATE SET value = excluded.value",
    )?
    .execute(params![fact, value])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_tries_are_free_and_the_lock_doubles_up_to_an_hour() {
        let minutes = |failures| lock_after(failures).as_secs() / 60;
        let locks: Vec<_> = (0..=12).map(minutes).collect();
        assert_eq!(locks, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(minutes(i64::MAX), 60);
    }
}
