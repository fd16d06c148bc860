//! 督办单: a supervisor asks, the organisation that holds the case answers, the supervisor closes.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Work;
use crate::store::{
    StoreError, Transaction,
    columns::{parsed, parsed_option},
    sql::{Row, Value},
};

/// One order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) case_no: String,
    /// Whom it asks.
    pub(crate) org: String,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) issued_at: Timestamp,
    pub(crate) issued_by: String,
    pub(crate) content: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) replied_at: Option<Timestamp>,
    pub(crate) reply: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) closed_at: Option<Timestamp>,
}

/// Issues one to whoever holds the case. `None` where nobody does.
pub(crate) fn issue(
    transaction: &Transaction<'_>,
    work: &Work,
    (by, content): (&str, &str),
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    let Some(org) = &work.holder_org else { return Ok(None) };
    let id = Uuid::new_v4().to_string();
    let row: [Value; 6] =
        [(&id).into(), (&work.key).into(), org.into(), now.to_string().into(), by.into(), content.into()];
    transaction.execute(
        "INSERT INTO supervise_order (id, case_key, org_id, issued_at, issued_by, content)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        &row,
    )?;
    Ok(Some(id))
}

/// Answers an order that has no answer yet.
pub(crate) fn reply(
    transaction: &Transaction<'_>,
    id: &str,
    (by, reply): (&str, &str),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let update = "UPDATE supervise_order SET replied_at = ?2, replied_by = ?3, reply = ?4
                  WHERE id = ?1 AND replied_at IS NULL";
    let row = [id.into(), now.to_string().into(), by.into(), reply.into()];
    Ok(transaction.execute(update, &row)? == 1)
}

/// Closes an order that has been answered.
pub(crate) fn close(transaction: &Transaction<'_>, id: &str, now: Timestamp) -> Result<bool, StoreError> {
    let update = "UPDATE supervise_order SET closed_at = ?2
                  WHERE id = ?1 AND replied_at IS NOT NULL AND closed_at IS NULL";
    Ok(transaction.execute(update, &[id.into(), now.to_string().into()])? == 1)
}

const SELECT: &str = "SELECT supervise_order.*, case_no FROM supervise_order
                      JOIN cases ON cases.case_key = supervise_order.case_key";

/// The orders about a case, oldest first.
pub(crate) fn of_case(view: &Transaction<'_>, key: &str) -> Result<Vec<Order>, StoreError> {
    let query =
        format!("{SELECT} WHERE supervise_order.case_key = ?1 ORDER BY issued_at, supervise_order.id");
    view.rows(&query, &[key.into()])?.iter().map(order).collect()
}

/// The order with that id.
pub(crate) fn by_id(view: &Transaction<'_>, id: &str) -> Result<Option<Order>, StoreError> {
    if id.contains('\0') {
        return Ok(None);
    }
    let query = format!("{SELECT} WHERE supervise_order.id = ?1");
    view.row(&query, &[id.into()])?.as_ref().map(order).transpose()
}

fn order(row: &Row) -> Result<Order, StoreError> {
    let text = |name| row.text(name).map(str::to_owned);
    Ok(Order {
        id: text("id")?,
        case_no: text("case_no")?,
        org: text("org_id")?,
        issued_at: parsed(row, "issued_at")?,
        issued_by: text("issued_by")?,
        content: text("content")?,
        replied_at: parsed_option(row, "replied_at")?,
        reply: row.text_option("reply")?.map(str::to_owned),
        closed_at: parsed_option(row, "closed_at")?,
    })
}
