//! Importing a year of the 工作日历.

use std::sync::Arc;

use super::{
    access::{Ask, require},
    accounts, jobs,
};
use crate::{
    app::App,
    calendar::WorkCalendar,
    error::Refusal,
    people::session::Session,
    problems,
    store::{Transaction, calendars},
};

/// What an import has done.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub(crate) struct Imported {
    pub(crate) year: i16,
    /// Open cases whose due date is another day now.
    pub(crate) moved: usize,
}

/// The longest file of a year.
const LONGEST: usize = 64 * 1024;

/// Verifies a year, keeps it, and reckons again every open case that leans on it: all of it or nothing.
pub(crate) async fn import(app: &App, session: &Session, text: String) -> Result<Imported, Refusal> {
    require(session, Ask::Administer)?;
    if text.len() > LONGEST {
        return Err(problems::calendar_refused("文件太大").into());
    }
    let known = WorkCalendar::clone(&app.calendar());
    let (year, calendar) =
        known.with("导入的日历", &text).map_err(|fault| problems::calendar_refused(fault.to_string()))?;
    let (session, now, reckoned) = (session.clone(), app.clock.now(), Arc::new(calendar.clone()));
    let write = move |transaction: &Transaction<'_>| {
        calendars::keep(transaction, year, &text, now)?;
        accounts::note(transaction, &session, "import-calendar", &year.to_string(), now)?;
        jobs::all_again(transaction, &reckoned, now)
    };
    let moved = app.store.write(write).await?;
    app.set_calendar(calendar);
    tracing::info!(year, cases = moved, "calendar.imported");
    Ok(Imported { year, moved })
}
