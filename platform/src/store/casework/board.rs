//! 公示: what hangs on the board today.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::{StoreError, Transaction, columns::parsed, sql::Row};

/// A notice as anybody may read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Notice {
    /// 社区.
    pub(crate) community: String,
    /// 事项.
    pub(crate) item: String,
    /// The surname and stars.
    pub(crate) applicant: String,
    /// 金额档次.
    pub(crate) amount: String,
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub(crate) opened_on: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub(crate) closes_on: Date,
}

/// What hangs on the board on that day, of one community or of all, and of no more than a page.
pub(crate) fn hanging(
    view: &Transaction<'_>,
    community: Option<&str>,
    today: Date,
) -> Result<Vec<Notice>, StoreError> {
    let query = "SELECT publicity_notice.*, organisation.name AS community FROM publicity_notice
                 JOIN organisation ON organisation.id = org_id
                 WHERE opened_on <= ?1 AND closes_on >= ?1 AND objection IS NULL AND (?2 = '' OR org_id = ?2)
                 ORDER BY closes_on, publicity_notice.id LIMIT 500";
    let community = community.unwrap_or_default();
    if community.contains('\0') {
        return Ok(Vec::new());
    }
    let notice = |row: &Row| {
        let text = |name| row.text(name).map(str::to_owned);
        Ok(Notice {
            community: text("community")?,
            item: text("item_name")?,
            applicant: text("surname")?,
            amount: text("amount")?,
            opened_on: parsed(row, "opened_on")?,
            closes_on: parsed(row, "closes_on")?,
        })
    };
    view.rows(query, &[today.to_string().into(), community.into()])?.iter().map(notice).collect()
}
