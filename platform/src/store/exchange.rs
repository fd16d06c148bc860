//! The queue to the platform above, and the record of every attempt.

use jiff::Timestamp;
use uuid::Uuid;

use super::{StoreError, Transaction, columns::parsed, sql::Row};

/// A message that somebody has taken is somebody else's again after so long, in seconds.
const LEASE: i64 = 60;

/// Messages that one listing shows at most.
const LISTED: i64 = 1000;

/// One message about one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) id: Uuid,
    pub(crate) case_key: Uuid,
    pub(crate) tries: i64,
    /// What it says; an older platform kept nothing.
    pub(crate) body: Option<String>,
}

/// Keeps what the platform above has to hear of a case. Part of the transaction that changes the case.
pub(crate) fn enqueue(
    transaction: &Transaction<'_>,
    case_key: Uuid,
    body: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let insert = "INSERT INTO exchange (message_id, case_key, state, tries, next_at, created_at, body)
                  VALUES (?1, ?2, 'waiting', 0, ?3, ?4, ?5)";
    let row = [
        Uuid::new_v4().to_string().into(),
        case_key.to_string().into(),
        now.as_second().into(),
        now.to_string().into(),
        body.into(),
    ];
    transaction.execute(insert, &row)?;
    Ok(())
}

/// Takes the first message that is due, for a while. Messages about one case go in their order: one that is stuck
/// holds back those behind it.
pub(crate) fn take(transaction: &Transaction<'_>, now: i64) -> Result<Option<Message>, StoreError> {
    let query = "SELECT message_id, case_key, tries, body FROM exchange
         WHERE state = 'waiting' AND next_at <= ?1 AND NOT EXISTS
             (SELECT 1 FROM exchange AS before
              WHERE before.case_key = exchange.case_key AND before.id < exchange.id AND before.state <> 'delivered')
         ORDER BY id LIMIT 1";
    let Some(row) = transaction.row(query, &[now.into()])? else { return Ok(None) };
    let message = message(&row)?;
    let update = "UPDATE exchange SET next_at = ?2, tries = tries + 1 WHERE message_id = ?1";
    transaction.execute(update, &[message.id.to_string().into(), (now + LEASE).into()])?;
    Ok(Some(message))
}

fn message(row: &Row) -> Result<Message, StoreError> {
    Ok(Message {
        id: parsed(row, "message_id")?,
        case_key: parsed(row, "case_key")?,
        tries: row.integer("tries")?,
        body: row.text_option("body")?.map(str::to_owned),
    })
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The other side has it, and said so under this number.
    Delivered { receipt: String },
    /// Not now; at that second again.
    Later { next_at: i64, why: String },
    /// Never, as it is: a dead letter, until somebody sends it again.
    Dead { why: String },
}

/// Keeps what came of an attempt, in the queue and in the record. What has arrived is kept here no longer.
pub(crate) fn settle(
    transaction: &Transaction<'_>,
    message: &Message,
    sha256: &str,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (state, next_at, receipt, why) = match outcome {
        Outcome::Delivered { receipt } => ("delivered", 0, Some(receipt.as_str()), None),
        Outcome::Later { next_at, why } => ("waiting", *next_at, None, Some(why.as_str())),
        Outcome::Dead { why } => ("dead", 0, None, Some(why.as_str())),
    };
    let id = message.id.to_string();
    transaction.execute(
        "UPDATE exchange SET state = ?2, next_at = ?3, receipt = ?4, reason = ?5,
                body = CASE WHEN ?2 = 'delivered' THEN NULL ELSE body END WHERE message_id = ?1",
        &[(&id).into(), state.into(), next_at.into(), receipt.into(), why.into()],
    )?;
    let detail = receipt.or(why).unwrap_or_default();
    record(transaction, &id, state, sha256, detail, now)
}

fn record(
    transaction: &Transaction<'_>,
    id: &str,
    outcome: &str,
    sha256: &str,
    detail: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let insert =
        "INSERT INTO exchange_audit (message_id, at, outcome, sha256, detail) VALUES (?1, ?2, ?3, ?4, ?5)";
    let row = [id.into(), now.to_string().into(), outcome.into(), sha256.into(), detail.into()];
    transaction.execute(insert, &row)?;
    Ok(())
}

/// A dead letter, as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Which message.
    pub id: Uuid,
    /// How often it was tried.
    pub tries: i64,
    /// What the other side said.
    pub reason: String,
}

pub(crate) fn dead(view: &Transaction<'_>) -> Result<Vec<DeadLetter>, StoreError> {
    let query = "SELECT message_id, tries, reason FROM exchange WHERE state = 'dead' ORDER BY id LIMIT ?1";
    let letter = |row: &Row| {
        let reason = row.text_option("reason")?.unwrap_or_default().to_owned();
        Ok(DeadLetter { id: parsed(row, "message_id")?, tries: row.integer("tries")?, reason })
    };
    view.rows(query, &[LISTED.into()])?.iter().map(letter).collect()
}

/// Sends dead letters again, all or one; tells which.
pub(crate) fn replay(
    transaction: &Transaction<'_>,
    one: Option<Uuid>,
    now: Timestamp,
) -> Result<Vec<Uuid>, StoreError> {
    let dead = dead(transaction)?.into_iter().map(|letter| letter.id);
    let wanted: Vec<Uuid> = dead.filter(|id| one.is_none_or(|one| one == *id)).collect();
    for id in &wanted {
        let id = id.to_string();
        let update = "UPDATE exchange SET state = 'waiting', next_at = ?2 WHERE message_id = ?1";
        transaction.execute(update, &[(&id).into(), now.as_second().into()])?;
        record(transaction, &id, "replayed", "", "", now)?;
    }
    Ok(wanted)
}

/// How many messages there are in each state.
pub(crate) fn counts(view: &Transaction<'_>) -> Result<Vec<(String, i64)>, StoreError> {
    let rows = view.rows("SELECT state, count(*) AS n FROM exchange GROUP BY state ORDER BY state", &[])?;
    rows.iter().map(|row| Ok((row.text("state")?.to_owned(), row.integer("n")?))).collect()
}
