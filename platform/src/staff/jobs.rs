//! The clock's own work. Each case is a transaction of its own: one that cannot be done does not hold up the others, and
//! two nodes that come to the same case at once do it once.

use std::sync::Arc;

use jiff::Timestamp;

use crate::{
    app::{self, App},
    calendar::WorkCalendar,
    clock::china_date,
    lifecycle::{act::Act, clock, facts::World, state::State},
    store::{
        StoreError, Transaction, case_answers, cases,
        casework::{self, By, Moment, Work, lists, told},
        drafts,
    },
};

/// Does what is due.
pub(crate) async fn run(app: &App) -> Result<(), StoreError> {
    // Another node may have imported a year.
    let calendar = app::calendar(&app.store).await?;
    app.set_calendar(calendar);
    // And published an item.
    app.renew_offer().await?;
    reckon_again(app).await?;
    let (now, calendar) = (app.clock.now(), app.calendar());
    let forget = move |transaction: &Transaction<'_>| {
        Ok(drafts::forget_filed(transaction)? + drafts::forget_old(transaction, now)?)
    };
    let forgotten = app.store.write(forget).await?;
    if forgotten > 0 {
        tracing::info!(drafts = forgotten, "drafts.forgotten");
    }
    let today = china_date(now);
    for case_no in app.store.read(move |view| lists::overdue(view, today)).await? {
        let (calendar, exchanges) = (calendar.clone(), app.exchanges());
        let write = move |transaction: &Transaction<'_>| {
            overdue(transaction, &case_no, &Moment { calendar: &calendar, now, exchanges })
        };
        let done = app.store.write(write).await?;
        if let Some(what) = done {
            tracing::info!(what, "clock.acted");
        }
    }
    Ok(())
}

/// What the clock does to a case whose time is over.
fn overdue(
    transaction: &Transaction<'_>,
    case_no: &str,
    moment: &Moment<'_>,
) -> Result<Option<&'static str>, StoreError> {
    let Some(work) = casework::load(transaction, case_no)? else { return Ok(None) };
    let today = china_date(moment.now);
    let act = match work.facts.state {
        State::Received => Act::DeemAccepted,
        State::CorrectionRequired => Act::Lapse,
        _ => {
            if casework::is_late(&work.facts, today) {
                lists::redden(transaction, &work.key, today)?;
                return Ok(Some("red-card"));
            }
            return Ok(None);
        }
    };
    let saved = casework::perform(transaction, &work, &act, &By::SYSTEM, moment)?;
    match saved {
        casework::Saved::Done(_) if act == Act::Lapse => Ok(Some("lapsed")),
        casework::Saved::Done(_) => Ok(Some("deemed-accepted")),
        _ if work.facts.state == State::Received => {
            // An item that knows no 视为受理 is late all the same.
            lists::redden(transaction, &work.key, today)?;
            Ok(None)
        }
        _ => Ok(None),
    }
}

/// Reckons again what leans on a year that was not published, and what stands still today.
pub(crate) async fn reckon_again(app: &App) -> Result<(), StoreError> {
    let (calendar, now) = (app.calendar(), app.clock.now());
    let moved = app.store.write(move |transaction| all_again(transaction, &calendar, now)).await?;
    if moved > 0 {
        tracing::info!(cases = moved, "due-dates.moved");
    }
    Ok(())
}

/// The same in a transaction. Tells how many days have moved.
pub(crate) fn all_again(
    transaction: &Transaction<'_>,
    calendar: &Arc<WorkCalendar>,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let mut moved = 0;
    for case_no in lists::moving(transaction)? {
        let Some(work) = casework::load(transaction, &case_no)? else { continue };
        moved += usize::from(again(transaction, &work, calendar, now)?);
    }
    Ok(moved)
}

fn again(
    transaction: &Transaction<'_>,
    work: &Work,
    calendar: &WorkCalendar,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let world = World { item: &work.item, workflow: &work.workflow, calendar, today: china_date(now) };
    let (Some(due), Some(was)) = (clock::due(&work.facts, &world), work.facts.due) else { return Ok(false) };
    if due == was {
        return Ok(false);
    }
    cases::set_due(transaction, &work.key, due)?;
    // While the clock stands still the day moves every day, which is told once, when it runs again.
    if due.on != was.on && work.facts.state != State::Suspended {
        told::keep_calendar_change(transaction, &work.key, (was, due), now)?;
    }
    case_answers::keep(transaction, &work.key)?;
    Ok(true)
}
