//! What an applicant is told of a case besides where it stands, and keeping it where nothing else does.

use jiff::Timestamp;
use protocol::{Correction, DueChange, DueChangeWhy, Ending, EndingKind, MissingPaper, Told};

use super::Work;
use crate::{
    calendar::Due,
    documents,
    lifecycle::{
        act::{Act, Gap, SuspensionKind},
        facts::Facts,
        state::{Outcome, State},
    },
    store::{
        StoreError, Transaction,
        columns::{json, name_of, named, parsed, parsed_option},
        sql::{Row, Value},
    },
};

/// Whether the words that an office has written are told as well: to the applicant, and to nobody else.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    Hidden,
    Shown,
}

/// What there is to tell of the case in `row` of `cases`, which stands at `state`.
pub(crate) fn told(
    view: &Transaction<'_>,
    row: &Row,
    (state, outcome): (State, Option<Outcome>),
    words: Words,
) -> Result<Told, StoreError> {
    let key = row.text("case_key")?;
    Ok(Told {
        correction: match state {
            State::CorrectionRequired => Some(correction(view, row, key, words)?),
            _ => None,
        },
        ending: match ending(state, outcome) {
            Some(kind) => Some(explained(view, key, kind, words)?),
            None => None,
        },
        due_changes: if row.truth("due_changed")? { due_changes(view, key, words)? } else { Vec::new() },
    })
}

fn correction(view: &Transaction<'_>, row: &Row, key: &str, words: Words) -> Result<Correction, StoreError> {
    let missing = match words {
        Words::Shown => last_act(view, key, "'require_correction'")?,
        Words::Hidden => None,
    };
    let missing = match missing {
        Some(Act::RequireCorrection { gaps, .. }) => gaps,
        _ => Vec::new(),
    };
    let paper = |Gap { material, opinion }| MissingPaper { material, opinion };
    Ok(Correction {
        until: parsed_option(row, "correction_due_on")?,
        missing: missing.into_iter().map(paper).collect(),
    })
}

/// All that was ever asked for of a case, first to last.
pub(crate) fn asked_for(view: &Transaction<'_>, key: &str) -> Result<Vec<Gap>, StoreError> {
    let query =
        "SELECT detail FROM case_history WHERE case_key = ?1 AND act = 'require_correction' ORDER BY place";
    let mut all = Vec::new();
    for row in view.rows(query, &[key.into()])? {
        if let Act::RequireCorrection { gaps, .. } = json(&row, "detail")? {
            all.extend(gaps);
        }
    }
    Ok(all)
}

fn ending(state: State, outcome: Option<Outcome>) -> Option<EndingKind> {
    match (state, outcome) {
        (State::NotAccepted, _) => Some(EndingKind::NotAccepted),
        (State::Terminated, _) => Some(EndingKind::Lapsed),
        (_, Some(Outcome::Denied)) => Some(EndingKind::Denied),
        _ => None,
    }
}

/// An end with its reason and what can be done about it.
fn explained(
    view: &Transaction<'_>,
    key: &str,
    kind: EndingKind,
    words: Words,
) -> Result<Ending, StoreError> {
    let act = match (words, kind) {
        (Words::Hidden, _) | (_, EndingKind::Lapsed) => None,
        (Words::Shown, _) => last_act(view, key, "'refuse', 'deny'")?,
    };
    let Some(Act::Refuse { reason, remedy } | Act::Deny { reason, remedy }) = act else {
        return Ok(Ending { kind, reason: None, remedies: Vec::new() });
    };
    let remedies = documents::remedies().iter().cloned().chain([remedy]).collect();
    Ok(Ending { kind, reason: Some(reason), remedies })
}

/// The last of some acts on a case; `acts` are names as SQL has them.
fn last_act(view: &Transaction<'_>, key: &str, acts: &str) -> Result<Option<Act>, StoreError> {
    let query = format!(
        "SELECT detail FROM case_history WHERE case_key = ?1 AND act IN ({acts}) ORDER BY place DESC LIMIT 1"
    );
    view.row(&query, &[key.into()])?.map(|row| json(&row, "detail")).transpose()
}

fn due_changes(view: &Transaction<'_>, key: &str, words: Words) -> Result<Vec<DueChange>, StoreError> {
    let change = |row: &Row| {
        let procedure = row.text_option("procedure")?;
        let kind = procedure.map(|_| named::<SuspensionKind>(row, "procedure")).transpose()?;
        let reason = row.text_option("reason")?.filter(|_| words == Words::Shown);
        Ok(DueChange {
            at: parsed(row, "at")?,
            why: named(row, "why")?,
            procedure: kind.map(|kind| kind.word().to_owned()),
            reason: reason.map(str::to_owned),
            was_on: parsed_option(row, "was_on")?,
            due_on: parsed_option(row, "due_on")?,
            provisional: row.truth("provisional")?,
        })
    };
    let query = "SELECT * FROM case_due_change WHERE case_key = ?1 ORDER BY place";
    view.rows(query, &[key.into()])?.iter().map(change).collect()
}

/// Keeps what an act has done to the promised day.
pub(super) fn keep_change(
    transaction: &Transaction<'_>,
    work: &Work,
    before: &Facts,
    act: &Act,
    now: Timestamp,
) -> Result<(), StoreError> {
    let pause = work.facts.pauses.last();
    let procedure = pause.map(|pause| pause.kind);
    let change = match act {
        Act::Suspend => Change {
            procedure,
            reason: pause.map(|pause| pause.reason.as_str()),
            was: before.due,
            ..Change::new(DueChangeWhy::Stopped)
        },
        Act::Resume { .. } => Change {
            procedure,
            was: stopped_at(transaction, &work.key)?,
            due: work.facts.due,
            ..Change::new(DueChangeWhy::Resumed)
        },
        Act::Extend { reason, .. } => Change {
            reason: Some(reason),
            was: before.due,
            due: work.facts.due,
            ..Change::new(DueChangeWhy::Extended)
        },
        _ => return Ok(()),
    };
    keep(transaction, &work.key, &change, now)
}

/// Keeps that the published holidays of a year have moved the promised day of a case.
pub(crate) fn keep_calendar_change(
    transaction: &Transaction<'_>,
    key: &str,
    (was, due): (Due, Due),
    now: Timestamp,
) -> Result<(), StoreError> {
    let change = Change { was: Some(was), due: Some(due), ..Change::new(DueChangeWhy::Calendar) };
    keep(transaction, key, &change, now)
}

struct Change<'a> {
    why: DueChangeWhy,
    procedure: Option<SuspensionKind>,
    reason: Option<&'a str>,
    was: Option<Due>,
    due: Option<Due>,
}

impl Change<'_> {
    fn new(why: DueChangeWhy) -> Self {
        Self { why, procedure: None, reason: None, was: None, due: None }
    }
}

/// What the day was when the clock stopped last: while it stands still the day of the case moves on.
fn stopped_at(view: &Transaction<'_>, key: &str) -> Result<Option<Due>, StoreError> {
    let query = "SELECT was_on FROM case_due_change WHERE case_key = ?1 AND why = 'stopped'
                 ORDER BY place DESC LIMIT 1";
    let Some(row) = view.row(query, &[key.into()])? else { return Ok(None) };
    Ok(parsed_option(&row, "was_on")?.map(|on| Due { on, provisional: false }))
}

fn keep(
    transaction: &Transaction<'_>,
    key: &str,
    change: &Change<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row: [Value; 9] = [
        key.into(),
        super::save::next(transaction, "case_due_change", key)?.into(),
        now.to_string().into(),
        name_of(change.why)?.into(),
        change.procedure.map(name_of).transpose()?.into(),
        change.reason.into(),
        change.was.map(|due| due.on.to_string()).into(),
        change.due.map(|due| due.on.to_string()).into(),
        change.due.is_some_and(|due| due.provisional).into(),
    ];
    let insert = "INSERT INTO case_due_change VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    transaction.execute(insert, &row).map(drop)
}
