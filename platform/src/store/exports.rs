//! 导出: what somebody has asked for, who released it, and whether it has been fetched. What it says is never kept.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    StoreError, Transaction,
    columns::{name_of, named, parsed, parsed_option},
    sql::{Row, Value},
};
use crate::{clock::china_date, people::organisation::Organisation};

/// Which list an export holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExportList {
    /// 办件明细: a line for each case.
    Cases,
    /// 事项统计: a line for each item, and the sum.
    Items,
}

impl ExportList {
    pub(crate) const ALL: [Self; 2] = [Self::Cases, Self::Items];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Cases => "办件明细",
            Self::Items => "事项统计",
        }
    }
}

/// How far an export has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExportState {
    /// 待批准.
    Asked,
    /// 可下载.
    Released,
    /// 未批准.
    Refused,
    /// 已下载.
    Fetched,
    /// 已过期: nobody decided, or nobody fetched it, in time.
    Lapsed,
}

impl ExportState {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Asked => "待批准",
            Self::Released => "可下载",
            Self::Refused => "未批准",
            Self::Fetched => "已下载",
            Self::Lapsed => "已过期",
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) list: ExportList,
    pub(crate) org: Organisation,
    pub(crate) from: Date,
    pub(crate) to: Date,
    pub(crate) purpose: String,
}

/// One export.
#[derive(Clone, Debug)]
pub(crate) struct Export {
    pub(crate) number: String,
    pub(crate) wanted: Wanted,
    pub(crate) state: ExportState,
    pub(crate) ends_at: Timestamp,
    /// The account that asked, and its login.
    pub(crate) asked_by: String,
    pub(crate) asker: String,
    pub(crate) asked_at: Timestamp,
    pub(crate) decider: Option<String>,
    pub(crate) decided_at: Option<Timestamp>,
    pub(crate) reason: Option<String>,
    pub(crate) fetched_at: Option<Timestamp>,
    /// How many lines it had.
    pub(crate) lines: Option<i64>,
}

/// Keeps what was asked for, under the next number of the day.
pub(crate) fn add(
    transaction: &Transaction<'_>,
    wanted: &Wanted,
    asked_by: &str,
    (now, ends_at): (Timestamp, Timestamp),
) -> Result<String, StoreError> {
    let day = china_date(now).strftime("DC%Y%m%d-").to_string();
    let query = "SELECT count(*) AS n FROM export WHERE number LIKE ?1";
    let known = transaction.row(query, &[format!("{day}%").into()])?;
    let next = known.ok_or(StoreError::Damaged("count"))?.integer("n")? + 1;
    let number = format!("{day}{next:04}");
    let row: [Value; 10] = [
        (&number).into(),
        name_of(wanted.list)?.into(),
        (&wanted.org.id).into(),
        wanted.from.to_string().into(),
        wanted.to.to_string().into(),
        (&wanted.purpose).into(),
        name_of(ExportState::Asked)?.into(),
        ends_at.to_string().into(),
        asked_by.into(),
        now.to_string().into(),
    ];
    transaction.execute(
        "INSERT INTO export (number, list, org_id, from_on, to_on, purpose, state, ends_at, asked_by, asked_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        &row,
    )?;
    Ok(number)
}

/// Releases it until `ends_at`, or refuses it with a reason.
pub(crate) fn decide(
    transaction: &Transaction<'_>,
    number: &str,
    by: &str,
    decision: Result<Timestamp, &str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (state, ends_at, reason) = match decision {
        Ok(ends_at) => (ExportState::Released, Some(ends_at.to_string()), None),
        Err(reason) => (ExportState::Refused, None, Some(reason)),
    };
    let row: [Value; 6] = [
        number.into(),
        name_of(state)?.into(),
        by.into(),
        now.to_string().into(),
        ends_at.into(),
        reason.into(),
    ];
    let update = "UPDATE export SET state = ?2, decided_by = ?3, decided_at = ?4,
                  ends_at = coalesce(?5, ends_at), reason = ?6 WHERE number = ?1";
    transaction.execute(update, &row).map(drop)
}

/// Notes that it has been fetched: it is not fetched again.
pub(crate) fn fetched(
    transaction: &Transaction<'_>,
    number: &str,
    lines: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let update = "UPDATE export SET state = ?2, lines = ?3, fetched_at = ?4 WHERE number = ?1";
    let state = name_of(ExportState::Fetched)?;
    transaction
        .execute(update, &[number.into(), state.into(), lines.into(), now.to_string().into()])
        .map(drop)
}

const SELECT: &str = "SELECT export.*, organisation.path, organisation.level, organisation.name,
                      asker.login AS asker, decider.login AS decider
                      FROM export JOIN organisation ON organisation.id = org_id
                      JOIN staff AS asker ON asker.id = asked_by
                      LEFT JOIN staff AS decider ON decider.id = decided_by";

/// The one with that number.
pub(crate) fn by_number(
    view: &Transaction<'_>,
    number: &str,
    now: Timestamp,
) -> Result<Option<Export>, StoreError> {
    if number.contains('\0') {
        return Ok(None);
    }
    let query = format!("{SELECT} WHERE number = ?1");
    view.row(&query, &[number.into()])?.map(|row| export(&row, now)).transpose()
}

/// The newest ones that somebody has asked for, or whose area lies in one of `areas`.
pub(crate) fn list(
    view: &Transaction<'_>,
    asked_by: &str,
    areas: &[Organisation],
    now: Timestamp,
) -> Result<Vec<Export>, StoreError> {
    let mut values: Vec<Value> = vec![asked_by.into()];
    let mut own = String::from("asked_by = ?1");
    for area in areas {
        values.push(format!("{}%", area.path).into());
        own = format!("{own} OR organisation.path LIKE ?{}", values.len());
    }
    let query = format!("{SELECT} WHERE {own} ORDER BY asked_at DESC, number DESC LIMIT 100");
    view.rows(&query, &values)?.iter().map(|row| export(row, now)).collect()
}

fn export(row: &Row, now: Timestamp) -> Result<Export, StoreError> {
    let text = |name| row.text(name).map(str::to_owned);
    let text_option = |name| Ok::<_, StoreError>(row.text_option(name)?.map(str::to_owned));
    let ends_at = parsed(row, "ends_at")?;
    let state = match named(row, "state")? {
        ExportState::Asked | ExportState::Released if now > ends_at => ExportState::Lapsed,
        state => state,
    };
    Ok(Export {
        number: text("number")?,
        wanted: Wanted {
            list: named(row, "list")?,
            org: Organisation {
                id: text("org_id")?,
                path: text("path")?,
                level: named(row, "level")?,
                name: text("name")?,
            },
            from: parsed(row, "from_on")?,
            to: parsed(row, "to_on")?,
            purpose: text("purpose")?,
        },
        state,
        ends_at,
        asked_by: text("asked_by")?,
        asker: text("asker")?,
        asked_at: parsed(row, "asked_at")?,
        decider: text_option("decider")?,
        decided_at: parsed_option(row, "decided_at")?,
        reason: text_option("reason")?,
        fetched_at: parsed_option(row, "fetched_at")?,
        lines: row.integer_option("lines")?,
    })
}
