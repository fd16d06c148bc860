//! 统计: each number is one count over the rows themselves, so that anybody can count again.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::lists::scope;
use crate::{
    lifecycle::state::State,
    people::organisation::Organisation,
    store::{
        StoreError, Transaction,
        columns::named,
        sql::{Row, Value},
    },
};

/// What an area has done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Statistics {
    /// All cases of the area.
    pub(crate) cases: i64,
    /// How many are in each state; those that are in none are left out.
    pub(crate) by_state: Vec<StateCount>,
    /// How many there are of each item, the most first.
    pub(crate) by_item: Vec<ItemCount>,
    /// Those that were late at any time (红牌).
    pub(crate) red: i64,
    /// 视为受理.
    pub(crate) deemed: i64,
    /// 异地收件.
    pub(crate) from_elsewhere: i64,
    /// Decided, and never late.
    pub(crate) on_time: i64,
    /// Decided.
    pub(crate) decided: i64,
    /// Rated, and how many of these 4 or 5.
    pub(crate) rated: i64,
    /// Of the rated, those that were not satisfied.
    pub(crate) negative: i64,
    /// 差评回访: all, those that are settled, and those that were late at either of their days.
    pub(crate) call_backs: i64,
    pub(crate) call_backs_settled: i64,
    pub(crate) call_backs_late: i64,
}

/// How many cases are in a state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct StateCount {
    pub(crate) state: State,
    pub(crate) cases: i64,
}

/// How many cases there are of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ItemCount {
    pub(crate) item: String,
    pub(crate) cases: i64,
    pub(crate) red: i64,
}

/// Counts what lies below `areas`.
pub(crate) fn count(
    view: &Transaction<'_>,
    areas: &[Organisation],
    today: Date,
) -> Result<Statistics, StoreError> {
    if areas.is_empty() {
        return Ok(Statistics::default());
    }
    let (scope, values) = scope(areas);
    let one = |condition: &str| one(view, &scope, &values, condition);
    let decided = "outcome IS NOT NULL";
    let rating = "EXISTS (SELECT 1 FROM rating WHERE rating.case_key = cases.case_key";
    let call_back = "EXISTS (SELECT 1 FROM call_back WHERE call_back.case_key = cases.case_key";
    // A day is ten digits and dashes, of our own making.
    let late = format!(
        "(coalesce(contacted_on, '{today}') > contact_due_on OR coalesce(settled_on, '{today}') > settle_due_on)"
    );
    Ok(Statistics {
        call_backs: one(&format!("{call_back})"))?,
        call_backs_settled: one(&format!("{call_back} AND settled_on IS NOT NULL)"))?,
        call_backs_late: one(&format!("{call_back} AND {late})"))?,
        cases: one("TRUE")?,
        by_state: by_state(view, &scope, &values)?,
        by_item: by_item(view, &scope, &values)?,
        red: one("red_since IS NOT NULL")?,
        deemed: one("deemed")?,
        from_elsewhere: one("received_org <> area_org")?,
        decided: one(decided)?,
        on_time: one(&format!("{decided} AND red_since IS NULL"))?,
        rated: one(&format!("{rating})"))?,
        negative: one(&format!("{rating} AND level >= 4)"))?,
    })
}

fn one(view: &Transaction<'_>, scope: &str, values: &[Value], condition: &str) -> Result<i64, StoreError> {
    let query = format!("SELECT count(*) AS n FROM cases WHERE ({scope}) AND {condition}");
    view.row(&query, values)?.ok_or(StoreError::Damaged("count"))?.integer("n")
}

fn by_state(view: &Transaction<'_>, scope: &str, values: &[Value]) -> Result<Vec<StateCount>, StoreError> {
    let query = format!("SELECT status, count(*) AS n FROM cases WHERE ({scope}) GROUP BY status");
    let count = |row: &Row| Ok(StateCount { state: named(row, "status")?, cases: row.integer("n")? });
    let mut counts = view.rows(&query, values)?.iter().map(count).collect::<Result<Vec<_>, StoreError>>()?;
    counts.sort_by_key(|count| count.state);
    Ok(counts)
}

fn by_item(view: &Transaction<'_>, scope: &str, values: &[Value]) -> Result<Vec<ItemCount>, StoreError> {
    let query = format!(
        "SELECT item_id, count(*) AS n, count(red_since) AS red FROM cases WHERE ({scope})
         GROUP BY item_id ORDER BY n DESC, item_id"
    );
    let count = |row: &Row| {
        Ok(ItemCount {
            item: row.text("item_id")?.to_owned(),
            cases: row.integer("n")?,
            red: row.integer("red")?,
        })
    };
    view.rows(&query, values)?.iter().map(count).collect()
}
