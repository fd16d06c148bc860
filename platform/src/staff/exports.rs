//! 导出: somebody asks for a list with a purpose, another person releases it, and the asker fetches it once and soon.
//!
//! What would be personal in it is masked, and there is no way to have it otherwise. Every step, and every step that was
//! refused for what the export is, stands in the access audit.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::Offset};
use protocol::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    access::{Ask, require},
    accounts::note_why,
    csv::Sheet,
    service::{Asked, areas, flatten, purpose},
};
use crate::{
    app::App,
    clock::china_date,
    error::Refusal,
    people::{
        organisation::{self, Organisation},
        session::Session,
    },
    problems,
    store::{
        StoreError, Transaction,
        casework::extract::{self, CaseLine, ItemLine, Span},
        exports::{self, Export, ExportList, ExportState, Wanted},
    },
};

/// How long a request waits for somebody to release it.
const DECIDE_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long it may be fetched afterwards.
const FETCH_WITHIN: SignedDuration = SignedDuration::from_hours(24);
/// The most cases that one export may be about.
const MOST: i64 = 20_000;
/// The most days.
const MOST_DAYS: i32 = 366;

/// What is asked for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportRequest {
    /// 哪张表.
    pub(crate) list: ExportList,
    /// 哪个机构的辖区.
    pub(crate) org: String,
    /// 收件日期从哪天, 含当天.
    #[schema(value_type = String, format = Date)]
    pub(crate) from: Date,
    /// 到哪天, 含当天.
    #[schema(value_type = String, format = Date)]
    pub(crate) to: Date,
    /// 用途, 4 到 100 个字.
    pub(crate) purpose: String,
}

/// An export, for those who have to do with it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ExportView {
    /// 导出编号.
    pub(crate) number: String,
    pub(crate) list: ExportList,
    /// 辖区.
    pub(crate) org: String,
    #[schema(value_type = String, format = Date)]
    pub(crate) from: Date,
    #[schema(value_type = String, format = Date)]
    pub(crate) to: Date,
    pub(crate) purpose: String,
    pub(crate) state: ExportState,
    /// Until when it may be released or fetched.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) ends_at: Timestamp,
    /// The account that asked.
    pub(crate) asker: String,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) asked_at: Timestamp,
    /// The account that released or refused it.
    pub(crate) decider: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) decided_at: Option<Timestamp>,
    /// Why it was refused.
    pub(crate) reason: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) fetched_at: Option<Timestamp>,
    /// How many lines were fetched.
    pub(crate) lines: Option<i64>,
    /// Whether this person may decide now.
    pub(crate) may_decide: bool,
    /// Whether this person may fetch now.
    pub(crate) may_fetch: bool,
}

fn view(export: Export, session: &Session, released: &[Organisation]) -> ExportView {
    let own = export.asked_by == session.staff.id;
    let near = released.iter().any(|area| area.reaches(&export.wanted.org));
    ExportView {
        may_decide: export.state == ExportState::Asked && near && !own,
        may_fetch: export.state == ExportState::Released && own,
        number: export.number,
        list: export.wanted.list,
        org: export.wanted.org.name,
        from: export.wanted.from,
        to: export.wanted.to,
        purpose: export.wanted.purpose,
        state: export.state,
        ends_at: export.ends_at,
        asker: export.asker,
        asked_at: export.asked_at,
        decider: export.decider,
        decided_at: export.decided_at,
        reason: export.reason,
        fetched_at: export.fetched_at,
        lines: export.lines,
    }
}

/// Own exports, and those that one may release.
pub(crate) async fn list(app: &App, session: &Session) -> Result<Vec<ExportView>, Refusal> {
    require(session, Ask::Count)?;
    let (session, now) = (session.clone(), app.clock.now());
    let read = move |transaction: &Transaction<'_>| {
        let released = areas(transaction, &session.grants, Ask::Release)?;
        let found = exports::list(transaction, &session.staff.id, &released, now)?;
        Ok(found.into_iter().map(|export| view(export, &session, &released)).collect())
    };
    Ok(app.store.read(read).await?)
}

/// The organisations whose area one may ask for.
pub(crate) async fn reachable(app: &App, session: &Session) -> Result<Vec<Organisation>, Refusal> {
    require(session, Ask::Count)?;
    let grants = session.grants.clone();
    let read = move |transaction: &Transaction<'_>| {
        let own = areas(transaction, &grants, Ask::Count)?;
        let all = organisation::all(transaction)?.into_iter();
        Ok(all.filter(|place| own.iter().any(|area| area.reaches(place))).collect())
    };
    Ok(app.store.read(read).await?)
}

/// Asks for one, inside a transaction. Its number.
pub(crate) fn ask(
    transaction: &Transaction<'_>,
    session: &Session,
    request: &ExportRequest,
    now: Timestamp,
) -> Asked<String> {
    let purpose = match purpose(&request.purpose) {
        Ok(purpose) => purpose,
        Err(problem) => return Ok(Err(problem)),
    };
    let Some(org) = organisation(transaction, session, &request.org)? else {
        return Ok(Err(problems::forbidden()));
    };
    let ExportRequest { list, from, to, .. } = *request;
    if let Err(problem) = period(from, to, china_date(now)) {
        return Ok(Err(problem));
    }
    let wanted = Wanted { list, org, from, to, purpose };
    if let Err(problem) = size(transaction, &wanted)? {
        return Ok(Err(problem));
    }
    let number = exports::add(transaction, &wanted, &session.staff.id, (now, now + DECIDE_WITHIN))?;
    note_why(transaction, session, "ask-export", (&number, &wanted.purpose), now)?;
    Ok(Ok(number))
}

fn organisation(
    view: &Transaction<'_>,
    session: &Session,
    id: &str,
) -> Result<Option<Organisation>, StoreError> {
    if id.contains('\0') {
        return Ok(None);
    }
    let found = organisation::by_id(view, id)?;
    let own = areas(view, &session.grants, Ask::Count)?;
    Ok(found.filter(|org| own.iter().any(|area| area.reaches(org))))
}

fn period(from: Date, to: Date, today: Date) -> Result<(), Problem> {
    let days = from.until(to).map_or(i32::MAX, |span| span.get_days());
    match () {
        () if days < 0 => Err(problems::export_refused("开始日期在结束日期之后")),
        () if to > today => Err(problems::export_refused("结束日期还没有到")),
        () if days >= MOST_DAYS => Err(problems::export_refused("一次最多导出 366 天")),
        () => Ok(()),
    }
}

fn span(wanted: &Wanted) -> Span<'_> {
    Span { area: &wanted.org, from: wanted.from, to: wanted.to }
}

fn size(view: &Transaction<'_>, wanted: &Wanted) -> Asked<()> {
    let count = span(wanted).count(view)?;
    let most = format!("这个辖区和期间有 {count} 件，一次最多 {MOST} 件，请缩短期间");
    Ok(if count > MOST { Err(problems::export_refused(most)) } else { Ok(()) })
}

/// The same from the console.
pub(crate) async fn ask_once(
    app: &App,
    session: &Session,
    request: ExportRequest,
) -> Result<String, Refusal> {
    require(session, Ask::Count)?;
    let (session, now) = (session.clone(), app.clock.now());
    flatten(app.store.write(move |transaction| ask(transaction, &session, &request, now)).await)
}

/// Releases an export, or refuses it with a reason. Not one's own.
pub(crate) async fn decide(
    app: &App,
    session: &Session,
    number: &str,
    reason: Option<&str>,
) -> Result<(), Refusal> {
    require(session, Ask::Release)?;
    let reason = reason.map(|reason| reason.trim().to_owned());
    if reason.as_ref().is_some_and(|reason| !(1..=200).contains(&reason.chars().count())) {
        return Err(problems::act_refused("请写明不批准的理由，200 字以内").into());
    }
    let (session, number, now) = (session.clone(), number.to_owned(), app.clock.now());
    let write = move |transaction: &Transaction<'_>| -> Asked<()> {
        let Some(export) = exports::by_number(transaction, &number, now)? else {
            return Ok(Err(problems::export_not_found()));
        };
        let near = areas(transaction, &session.grants, Ask::Release)?;
        if !near.iter().any(|area| area.reaches(&export.wanted.org)) {
            return Ok(Err(problems::export_not_found()));
        }
        let refused = match export.state {
            _ if export.asked_by == session.staff.id => Some(problems::four_eyes()),
            ExportState::Asked => None,
            state => Some(problems::export_has_moved(state.word())),
        };
        let (action, decision) = match (&refused, &reason) {
            (Some(_), _) => ("release-export-refused", None),
            (None, Some(reason)) => ("refuse-export", Some(Err(reason.as_str()))),
            (None, None) => ("release-export", Some(Ok(now + FETCH_WITHIN))),
        };
        if let Some(decision) = decision {
            exports::decide(transaction, &number, &session.staff.id, decision, now)?;
        }
        note_why(transaction, &session, action, (&number, &export.wanted.purpose), now)?;
        Ok(refused.map_or(Ok(()), Err))
    };
    flatten(app.store.write(write).await)
}

/// A file, and its name.
pub(crate) struct Fetched {
    pub(crate) name: String,
    pub(crate) csv: String,
}

/// The file, once, for whoever asked for it.
pub(crate) async fn fetch(app: &App, session: &Session, number: &str) -> Result<Fetched, Refusal> {
    require(session, Ask::Count)?;
    let (session, number, now) = (session.clone(), number.to_owned(), app.clock.now());
    let write = move |transaction: &Transaction<'_>| -> Asked<Fetched> {
        let export = exports::by_number(transaction, &number, now)?;
        let Some(export) = export.filter(|export| export.asked_by == session.staff.id) else {
            return Ok(Err(problems::export_not_found()));
        };
        let subject = (number.as_str(), export.wanted.purpose.as_str());
        if let Err(problem) = fetchable(transaction, &session, &export)? {
            note_why(transaction, &session, "fetch-export-refused", subject, now)?;
            return Ok(Err(problem));
        }
        let (csv, lines) = content(transaction, &export, now)?;
        exports::fetched(transaction, &number, lines, now)?;
        note_why(transaction, &session, "fetch-export", subject, now)?;
        Ok(Ok(Fetched { name: format!("{number}.csv"), csv }))
    };
    flatten(app.store.write(write).await)
}

/// Whether it may be fetched now: rights may have been taken since, and cases may have come.
fn fetchable(view: &Transaction<'_>, session: &Session, export: &Export) -> Asked<()> {
    if organisation(view, session, &export.wanted.org.id)?.is_none() {
        return Ok(Err(problems::forbidden()));
    }
    let told = match export.state {
        ExportState::Released => return size(view, &export.wanted),
        ExportState::Asked => "还没有批准",
        ExportState::Refused => "没有批准",
        ExportState::Fetched => "已经下载过，只能下载一次；还要用请重新申请",
        ExportState::Lapsed => "已过期，请重新申请",
    };
    Ok(Err(problems::export_has_moved(told)))
}

fn content(view: &Transaction<'_>, export: &Export, now: Timestamp) -> Result<(String, i64), StoreError> {
    let Export { number, wanted, asker, .. } = export;
    let at = moment(now);
    let watermark = format!(
        "{}｜{}｜{} 至 {}｜导出编号 {number}｜导出人 {asker}｜{at}｜用途：{}｜内部资料，不得外传",
        wanted.list.word(),
        wanted.org.name,
        wanted.from,
        wanted.to,
        wanted.purpose
    );
    let (headings, rows): (Vec<&str>, Vec<Vec<String>>) = match wanted.list {
        ExportList::Cases => {
            let cases = extract::cases(view, &span(wanted))?;
            (CASE_HEADINGS.to_vec(), cases.into_iter().map(case_row).collect())
        }
        ExportList::Items => {
            let items = extract::items(view, &span(wanted))?;
            ([&["事项"], ItemLine::HEADINGS.as_slice()].concat(), item_rows(&items))
        }
    };
    let csv = Sheet { watermark, number, headings: &headings, rows: &rows }.text();
    Ok((csv, i64::try_from(rows.len()).unwrap_or(i64::MAX)))
}

fn moment(at: Timestamp) -> String {
    Offset::constant(8).to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string()
}

const CASE_HEADINGS: [&str; 13] = [
    "办件编号",
    "事项",
    "状态",
    "结果",
    "收件时间",
    "受理日期",
    "承诺办结日期",
    "红牌日期",
    "收件单位",
    "归属社区",
    "申请人",
    "证件号码",
    "评价",
];

fn case_row(case: CaseLine) -> Vec<String> {
    let day = |day: Option<Date>| day.map_or_else(String::new, |day| day.to_string());
    vec![
        case.case_no,
        case.item,
        case.state.word().to_owned(),
        case.outcome.map_or("", |outcome| outcome.word()).to_owned(),
        moment(case.received_at),
        day(case.accepted_on),
        day(case.due_on),
        day(case.red_since),
        case.received_org.unwrap_or_default(),
        case.area_org.unwrap_or_default(),
        case.applicant,
        case.id_number,
        case.rating.map_or_else(String::new, |level| level.to_string()),
    ]
}

/// A row for each item, and the sum of them.
fn item_rows(items: &[ItemLine]) -> Vec<Vec<String>> {
    let row = |name: &str, counts: [i64; 8]| {
        std::iter::once(name.to_owned()).chain(counts.iter().map(ToString::to_string)).collect::<Vec<_>>()
    };
    let mut sum = [0; 8];
    for item in items {
        sum.iter_mut().zip(item.counts).for_each(|(sum, count)| *sum += count);
    }
    items.iter().map(|item| row(&item.item, item.counts)).chain([row("合计", sum)]).collect()
}
