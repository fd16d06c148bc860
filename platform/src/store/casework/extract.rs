//! What an export says of the cases of an area and a period, read from the rows themselves.

use std::collections::HashMap;

use jiff::{Timestamp, ToSpan, civil::Date, tz::Offset};

use super::lists::scope;
use crate::{
    lifecycle::state::{Outcome, State},
    people::organisation::Organisation,
    store::{
        StoreError, Transaction,
        columns::{named, parsed, parsed_option},
        published,
        sql::{Row, Value},
    },
};

/// The cases of an area that were received between two days, both included.
pub(crate) struct Span<'a> {
    pub(crate) area: &'a Organisation,
    pub(crate) from: Date,
    pub(crate) to: Date,
}

impl Span<'_> {
    /// As a condition on `cases`.
    fn condition(&self) -> Result<(String, Vec<Value>), StoreError> {
        let (scope, mut values) = scope(std::slice::from_ref(self.area));
        values.push(begin(self.from)?.into());
        values.push(begin(self.to.saturating_add(1.day()))?.into());
        let n = values.len();
        Ok((format!("({scope}) AND received_at >= ?{} AND received_at < ?{n}", n - 1), values))
    }

    /// How many there are.
    pub(crate) fn count(&self, view: &Transaction<'_>) -> Result<i64, StoreError> {
        let (condition, values) = self.condition()?;
        let query = format!("SELECT count(*) AS n FROM cases WHERE {condition}");
        view.row(&query, &values)?.ok_or(StoreError::Damaged("count"))?.integer("n")
    }
}

/// The first moment of a day in China, as moments are written; without the Z it stands before every part of its second.
fn begin(day: Date) -> Result<String, StoreError> {
    let at = Offset::constant(8).to_timestamp(day.at(0, 0, 0, 0)).map_err(|_| StoreError::Damaged("day"))?;
    Ok(at.to_string().trim_end_matches('Z').to_owned())
}

/// One case, with nothing of its applicant but what is masked.
pub(crate) struct CaseLine {
    pub(crate) case_no: String,
    pub(crate) item: String,
    pub(crate) state: State,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) received_at: Timestamp,
    pub(crate) accepted_on: Option<Date>,
    pub(crate) due_on: Option<Date>,
    pub(crate) red_since: Option<Date>,
    pub(crate) received_org: Option<String>,
    pub(crate) area_org: Option<String>,
    pub(crate) applicant: String,
    pub(crate) id_number: String,
    pub(crate) rating: Option<i64>,
}

/// The cases, oldest first.
pub(crate) fn cases(view: &Transaction<'_>, span: &Span<'_>) -> Result<Vec<CaseLine>, StoreError> {
    let (condition, values) = span.condition()?;
    let names: HashMap<(String, i64), String> = published::items(view)?
        .into_iter()
        .map(|item| ((item.id, i64::from(item.version)), item.name.simplified))
        .collect();
    let query = format!(
        "SELECT case_no, item_id, item_version, status, outcome, received_at, accepted_on, due_on, red_since,
         received.name AS received_name, area.name AS area_name, cases.name AS applicant, id_number,
         rating.level AS rated
         FROM cases LEFT JOIN rating ON rating.case_key = cases.case_key
         LEFT JOIN organisation AS received ON received.id = received_org
         LEFT JOIN organisation AS area ON area.id = area_org
         WHERE {condition} ORDER BY received_at, cases.id"
    );
    view.rows(&query, &values)?.iter().map(|row| case(row, &names)).collect()
}

fn case(row: &Row, names: &HashMap<(String, i64), String>) -> Result<CaseLine, StoreError> {
    let item = (row.text("item_id")?.to_owned(), row.integer("item_version")?);
    let text_option = |name| Ok::<_, StoreError>(row.text_option(name)?.map(str::to_owned));
    Ok(CaseLine {
        case_no: row.text("case_no")?.to_owned(),
        item: names.get(&item).cloned().unwrap_or(item.0),
        state: named(row, "status")?,
        outcome: row.text_option("outcome")?.map(|_| named(row, "outcome")).transpose()?,
        received_at: parsed(row, "received_at")?,
        accepted_on: parsed_option(row, "accepted_on")?,
        due_on: parsed_option(row, "due_on")?,
        red_since: parsed_option(row, "red_since")?,
        received_org: text_option("received_name")?,
        area_org: text_option("area_name")?,
        applicant: protocol::mask::name(row.text("applicant")?),
        id_number: protocol::mask::id_number(row.text("id_number")?),
        rating: row.integer_option("rated")?,
    })
}

/// How many cases of an item there are, in each of the ways that [`ItemLine::HEADINGS`] names.
pub(crate) struct ItemLine {
    pub(crate) item: String,
    pub(crate) counts: [i64; 8],
}

impl ItemLine {
    pub(crate) const HEADINGS: [&str; 8] =
        ["办件", "已决定", "按时", "红牌", "视为受理", "异地收件", "已评价", "差评"];
}

/// The items, the most filed first. Each number is a count over the rows, by the same conditions as in the statistics.
pub(crate) fn items(view: &Transaction<'_>, span: &Span<'_>) -> Result<Vec<ItemLine>, StoreError> {
    let (condition, values) = span.condition()?;
    let mut names: HashMap<String, (u32, String)> = HashMap::new();
    for item in published::items(view)? {
        let newer = names.get(&item.id).is_none_or(|(version, _)| *version < item.version);
        if newer {
            names.insert(item.id, (item.version, item.name.simplified));
        }
    }
    let query = format!(
        "SELECT item_id, count(*) AS n, count(outcome) AS decided,
         count(CASE WHEN outcome IS NOT NULL AND red_since IS NULL THEN 1 END) AS on_time,
         count(red_since) AS red, count(CASE WHEN deemed THEN 1 END) AS deemed,
         count(CASE WHEN received_org <> area_org THEN 1 END) AS elsewhere,
         count(rating.level) AS rated, count(CASE WHEN rating.level >= 4 THEN 1 END) AS negative
         FROM cases LEFT JOIN rating ON rating.case_key = cases.case_key
         WHERE {condition} GROUP BY item_id ORDER BY n DESC, item_id"
    );
    let line = |row: &Row| {
        let id = row.text("item_id")?;
        let item = names.get(id).map_or_else(|| id.to_owned(), |(_, name)| name.clone());
        let counts = ["n", "decided", "on_time", "red", "deemed", "elsewhere", "rated", "negative"];
        let [n, decided, on_time, red, deemed, elsewhere, rated, negative] =
            counts.map(|name| row.integer(name));
        Ok(ItemLine { item, counts: [n?, decided?, on_time?, red?, deemed?, elsewhere?, rated?, negative?] })
    };
    view.rows(&query, &values)?.iter().map(line).collect()
}
