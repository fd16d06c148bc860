//! What is done from the command line, on the machine of the platform: the first administrators, and files to import.

use std::sync::Arc;

use crate::{
    Platform,
    calendar::{CalendarError, Due, WorkCalendar},
    people::{
        NewStaff, OrganisationError, Role, StaffError, audit,
        organisation::{self, Tree},
        staff::{self, Grant, Made, Secrets},
    },
    staff::jobs,
    store::{StoreError, Transaction, calendars},
};

/// Why a tool has done nothing.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// The database says no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The account cannot be made.
    #[error(transparent)]
    Staff(#[from] StaffError),
    /// The organisations cannot be right.
    #[error(transparent)]
    Organisation(#[from] OrganisationError),
    /// The calendar cannot be right.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
}

/// What the audit looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditState {
    /// How many rows are sound.
    pub sound: u64,
    /// The first row that is missing or is not what was written.
    pub broken_at: Option<i64>,
}

impl Platform {
    /// Makes one of the three administrators. Only this way does the first one come into the world.
    pub async fn create_administrator(
        &self,
        login: &str,
        name: &str,
        role: Role,
    ) -> Result<NewStaff, ToolError> {
        let secrets = tokio::task::spawn_blocking(Secrets::make).await.map_err(|_| StaffError::Hash)??;
        let (login, name, now) = (login.to_owned(), name.to_owned(), self.app.clock.now());
        let write = move |transaction: &Transaction<'_>| -> Made<NewStaff> {
            let top = organisation::all(transaction)?.into_iter().next();
            let Some(top) = top else { return Ok(Err(StaffError::NoOrganisation(String::from("/")))) };
            let made = match staff::create(transaction, (&login, &name), &secrets, now)? {
                Ok(made) => made,
                Err(fault) => return Ok(Err(fault)),
            };
            if let Err(fault) = staff::grant(transaction, &login, &Grant { role, org: top.id })? {
                return Ok(Err(fault));
            }
            audit::add(
                transaction,
                &audit::Entry {
                    at: now,
                    staff_id: None,
                    login: "console-of-the-machine",
                    action: "create-administrator",
                    subject: &login,
                    purpose: "",
                },
            )?;
            Ok(Ok(made))
        };
        Ok(self.app.store.write(write).await??)
    }

    /// Adds or renames organisations.
    pub async fn import_organisations(&self, file: &str, text: &str) -> Result<usize, ToolError> {
        let tree = Tree::parse(file, text)?;
        Ok(self.app.store.write(move |transaction| tree.import(transaction)).await?)
    }

    /// Imports a year of the calendar, and reckons open cases again. The year, and how many have moved.
    pub async fn import_calendar(&self, file: &str, text: &str) -> Result<(i16, usize), ToolError> {
        let (year, calendar) = WorkCalendar::clone(&self.app.calendar()).with(file, text)?;
        let (text, now, reckoned) = (text.to_owned(), self.app.clock.now(), Arc::new(calendar.clone()));
        let write = move |transaction: &Transaction<'_>| {
            calendars::keep(transaction, year, &text, now)?;
            jobs::all_again(transaction, &reckoned, now)
        };
        let moved = self.app.store.write(write).await?;
        self.app.set_calendar(calendar);
        Ok((year, moved))
    }

    /// When a promise of `n` working days is due, by the years that are installed here.
    #[must_use]
    pub fn working_days_after(&self, from: jiff::civil::Date, n: u32) -> Due {
        self.app.calendar().working_days_after(from, n)
    }

    /// The years that are installed here.
    #[must_use]
    pub fn work_calendar(&self) -> WorkCalendar {
        WorkCalendar::clone(&self.app.calendar())
    }

    /// Reads the access audit through and holds each row against the one before it.
    pub async fn check_audit(&self) -> Result<AuditState, StoreError> {
        let (sound, broken_at) = self.app.store.read(audit::verify).await?;
        Ok(AuditState { sound, broken_at })
    }
}
