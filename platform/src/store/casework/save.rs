//! Writing what came of an act: the case, its history, its documents and its clocks, all of it or nothing.

use jiff::{Timestamp, ToSpan, civil::Date};
use uuid::Uuid;

use super::{
    Work, desk,
    issue::{Occasion, issue, slip},
    load, told,
};
use crate::{
    calendar::WorkCalendar,
    lifecycle::{
        act::{Act, ActKind},
        facts::{Actor, Facts, World},
        machine::{self, Denial},
        state::{Outcome, State},
        valid_until,
        workflow::Place,
    },
    people::organisation,
    store::{
        StoreError, Transaction, case_answers,
        columns::{name_of, to_json},
        materials,
        sql::Value,
    },
};

/// Who acts, as the history tells it.
#[derive(Clone, Copy)]
pub(crate) struct By<'a> {
    pub(crate) actor: Actor<'a>,
    pub(crate) name: &'a str,
    /// In which role.
    pub(crate) role: &'a str,
    pub(crate) org: Option<&'a str>,
}

impl By<'static> {
    /// The platform itself.
    pub(crate) const SYSTEM: Self = Self { actor: Actor::System, name: "系统", role: "系统", org: None };
}

/// What became of an act.
#[derive(Debug)]
pub(crate) enum Saved {
    /// It happened; the case is as it is now.
    Done(Box<Work>),
    /// It does not happen.
    Denied(Denial),
    /// No organisation sits where the case would go.
    Nowhere,
    /// There is no such community to route it to.
    NoArea,
}

/// Where and when something happens to a case.
pub(crate) struct Moment<'a> {
    pub(crate) calendar: &'a WorkCalendar,
    pub(crate) now: Timestamp,
    /// Whether the platform above has to hear of it.
    pub(crate) exchanges: bool,
}

/// Acts on a case.
pub(crate) fn perform(
    transaction: &Transaction<'_>,
    work: &Work,
    act: &Act,
    by: &By<'_>,
    moment: &Moment<'_>,
) -> Result<Saved, StoreError> {
    let Moment { calendar, now, exchanges } = *moment;
    let today = crate::clock::china_date(now);
    let world = World { item: &work.item, workflow: &work.workflow, calendar, today };
    let done = match machine::apply(&work.facts, act, by.actor, &world) {
        Ok(done) => done,
        Err(denial) => return Ok(Saved::Denied(denial)),
    };
    let mut work = Work { facts: done.facts, ..work.clone() };
    let before = load(transaction, &work.case_no)?.ok_or(StoreError::Damaged("case"))?;
    if let Act::Route { area } = act {
        match organisation::by_id(transaction, area)? {
            Some(found) if found.level == crate::people::Level::Community => work.places.area = Some(found),
            _ => return Ok(Saved::NoArea),
        }
    }
    if matches!(act, Act::Complete { .. }) && work.facts.outcome == Some(Outcome::Granted) {
        work.valid_until = valid_until(&work.item, today);
    }
    if is_late(&before.facts, today) && work.red_since.is_none() {
        work.red_since = Some(today);
    }
    if !seat(transaction, &mut work)? {
        return Ok(Saved::Nowhere);
    }
    if !write(transaction, &work, now)? {
        return Ok(Saved::Denied(Denial::NotNow));
    }
    let from = before.facts.state;
    let was_due = before.facts.due;
    let occasion = |kind| Occasion { kind, act: Some(act), was_due };
    let number = done.document.map(|kind| issue(transaction, &work, &occasion(kind), by, now)).transpose()?;
    record(
        transaction,
        &work,
        &Line { act: act.kind(), detail: to_json(act)?, from, step: &before.facts.place, number },
        by,
        now,
    )?;
    publicity(transaction, &work, act, now)?;
    pauses(transaction, &work)?;
    told::keep_change(transaction, &work, &before.facts, act, now)?;
    if matches!(act, Act::Archive) {
        materials::forget_replaced(transaction, &work.key)?;
    }
    if matches!(act, Act::Route { .. } | Act::Correct { .. } | Act::Accept { .. }) && work.is_from_elsewhere()
    {
        slip(transaction, &work, by, now)?;
    }
    if exchanges {
        let key = work.key.parse().map_err(|_| StoreError::Damaged("case_key"))?;
        crate::exchange::tell(transaction, key, now)?;
    }
    case_answers::keep(transaction, &work.key)?;
    let saved = load(transaction, &work.case_no)?.ok_or(StoreError::Damaged("case"))?;
    Ok(Saved::Done(Box::new(saved)))
}

/// Whether the clock that runs is over.
pub(crate) fn is_late(facts: &Facts, today: Date) -> bool {
    let until = match facts.state {
        State::Received => facts.notice_due_on,
        State::Accepted | State::InReview => facts.due.map(|due| due.on),
        _ => None,
    };
    until.is_some_and(|until| today > until)
}

/// Finds who sits where the case now lies. `false` where nobody does.
pub(super) fn seat(transaction: &Transaction<'_>, work: &mut Work) -> Result<bool, StoreError> {
    let uscc = work.item.organisation.uscc.clone();
    let find = |place: &Place| desk(transaction, &work.workflow, place, &work.places, &uscc);
    let (holder, decider) = (find(&work.facts.place)?, find(&Place::Decision)?);
    let seated = holder.is_some() || work.facts.place == Place::Nowhere;
    work.decision_org = decider.map(|(organisation, _)| organisation.id);
    work.holder_role = holder.as_ref().map(|(_, role)| *role);
    work.holder_org = holder.map(|(organisation, _)| organisation.id);
    Ok(seated)
}

/// Writes the case over the version that it was read as.
pub(super) fn write(transaction: &Transaction<'_>, work: &Work, now: Timestamp) -> Result<bool, StoreError> {
    let Facts { due, .. } = work.facts;
    let facts = &work.facts;
    let day = |day: Option<Date>| Value::from(day.map(|day| day.to_string()));
    let columns: [(&str, Value); 19] = [
        ("status", name_of(facts.state)?.into()),
        ("outcome", facts.outcome.map(name_of).transpose()?.into()),
        ("step", facts.place.text().into()),
        ("accepted_on", day(facts.accepted_on)),
        ("deemed", facts.deemed.into()),
        ("notice_due_on", day(facts.notice_due_on)),
        ("correction_due_on", day(facts.correction_due_on)),
        ("extended_days", facts.extended_days.into()),
        ("proposal", facts.proposal.as_ref().map(to_json).transpose()?.into()),
        ("due_on", day(due.map(|due| due.on))),
        ("due_provisional", due.is_some_and(|due| due.provisional).into()),
        ("valid_until", day(work.valid_until)),
        ("received_org", work.places.received.as_ref().map(|found| found.id.as_str()).into()),
        ("area_org", work.places.area.as_ref().map(|found| found.id.as_str()).into()),
        ("holder_org", work.holder_org.as_deref().into()),
        ("holder_role", work.holder_role.map(name_of).transpose()?.into()),
        ("decision_org", work.decision_org.as_deref().into()),
        ("red_since", day(work.red_since)),
        ("held_since", now.to_string().into()),
    ];
    let (names, mut values): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    let sets: Vec<_> = names.iter().zip(1..).map(|(name, place)| format!("{name} = ?{place}")).collect();
    let n = values.len();
    values.extend([Value::from(&work.key), work.version.into()]);
    let update = format!(
        "UPDATE cases SET {}, version = version + 1 WHERE case_key = ?{} AND version = ?{}",
        sets.join(", "),
        n + 1,
        n + 2
    );
    Ok(transaction.execute(&update, &values)? == 1)
}

/// What goes into one line of the history.
pub(super) struct Line<'a> {
    pub(super) act: ActKind,
    pub(super) detail: String,
    pub(super) from: State,
    pub(super) step: &'a Place,
    pub(super) number: Option<String>,
}

/// Adds a line to the history, and a step to what residents see where the state is another one.
pub(super) fn record(
    transaction: &Transaction<'_>,
    work: &Work,
    line: &Line<'_>,
    by: &By<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let staff_id = match by.actor {
        Actor::Staff { id, .. } => Some(id),
        Actor::System => None,
    };
    let place = next(transaction, "case_history", &work.key)?;
    let to = work.facts.state;
    let row: [Value; 13] = [
        (&work.key).into(),
        place.into(),
        now.to_string().into(),
        name_of(line.act)?.into(),
        name_of(line.from)?.into(),
        name_of(to)?.into(),
        line.step.text().into(),
        staff_id.into(),
        by.name.into(),
        by.role.into(),
        by.org.into(),
        (&line.detail).into(),
        line.number.as_deref().into(),
    ];
    transaction.execute(
        "INSERT INTO case_history VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        &row,
    )?;
    if to == line.from {
        return Ok(());
    }
    let place = next(transaction, "case_step", &work.key)?;
    let row = [(&work.key).into(), place.into(), name_of(to)?.into(), now.to_string().into()];
    let insert = "INSERT INTO case_step (case_key, place, status, at) VALUES (?1, ?2, ?3, ?4)";
    transaction.execute(insert, &row).map(drop)
}

pub(super) fn next(transaction: &Transaction<'_>, table: &str, key: &str) -> Result<i64, StoreError> {
    let query = format!("SELECT coalesce(max(place) + 1, 0) AS next FROM {table} WHERE case_key = ?1");
    transaction.row(&query, &[key.into()])?.ok_or(StoreError::Damaged("place"))?.integer("next")
}

/// 公示 opens, or gets an objection.
fn publicity(
    transaction: &Transaction<'_>,
    work: &Work,
    act: &Act,
    now: Timestamp,
) -> Result<(), StoreError> {
    match act {
        Act::Publish { amount } => {
            let Some(notice) = &work.facts.publicity else { return Ok(()) };
            let board = work.places.area.as_ref().or(work.places.received.as_ref());
            let row: [Value; 9] = [
                Uuid::new_v4().to_string().into(),
                (&work.key).into(),
                board.ok_or(StoreError::Damaged("board"))?.id.as_str().into(),
                (&notice.step).into(),
                (&work.item.name.simplified).into(),
                (&work.surname).into(),
                amount.trim().into(),
                crate::clock::china_date(now).to_string().into(),
                notice.closes_on.to_string().into(),
            ];
            let insert =
                "INSERT INTO publicity_notice (id, case_key, org_id, step, item_name, surname, amount,
                          opened_on, closes_on) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
            transaction.execute(insert, &row).map(drop)
        }
        // Taken off the board at once: what is doubted must not hang there.
        Act::Object { content } => {
            let today = crate::clock::china_date(now);
            let ended = today.saturating_sub(1.day());
            let update = "UPDATE publicity_notice SET objection = ?2, closes_on = CASE WHEN closes_on > ?3
                          THEN ?3 ELSE closes_on END WHERE case_key = ?1 AND objection IS NULL";
            transaction
                .execute(update, &[(&work.key).into(), content.into(), ended.to_string().into()])
                .map(drop)
        }
        _ => Ok(()),
    }
}

fn pauses(transaction: &Transaction<'_>, work: &Work) -> Result<(), StoreError> {
    for (place, pause) in (0i64..).zip(&work.facts.pauses) {
        let row: [Value; 6] = [
            (&work.key).into(),
            place.into(),
            name_of(pause.kind)?.into(),
            (&pause.reason).into(),
            pause.from.to_string().into(),
            pause.to.map(|to| to.to_string()).into(),
        ];
        transaction.execute(
            "INSERT INTO case_pause VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (case_key, place) DO UPDATE SET to_on = excluded.to_on",
            &row,
        )?;
    }
    Ok(())
}
