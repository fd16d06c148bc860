//! 工作日历, month by month, and the import of a year.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::{Query, State},
    response::Response,
};
use jiff::{ToSpan, civil::Date};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    forms::{Sent, Visitor},
    layout::{csrf, page as whole, refusal, said},
};
use crate::{
    app::App,
    calendar::WorkCalendar,
    clock::china_date,
    people::session::Session,
    staff::{
        access::{Ask, require, shows},
        calendars,
    },
};

/// Which year.
#[derive(Default, Deserialize)]
pub(super) struct Which {
    year: Option<i16>,
}

pub(super) async fn page(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    query: Result<Query<Which>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let asked = query.ok().and_then(|Query(which)| which.year);
    shown(&app, &session, asked, None)
}

fn shown(app: &App, session: &Session, asked: Option<i16>, told: Option<&str>) -> Response {
    if let Err(problem) = require(session, Ask::Common) {
        return refusal(problem.into(), "/console");
    }
    let (calendar, this) = (app.calendar(), china_date(app.clock.now()).year());
    let years: BTreeMap<i16, Vec<(Date, bool)>> = calendar.years().collect();
    let year = asked.filter(|year| (2000..=2200).contains(year)).unwrap_or(this);
    let known = years.keys().copied().chain([this, this + 1]);
    let choices: std::collections::BTreeSet<i16> = known.collect();
    let content = html! {
        div class="head" { div {
            h1 { "工作日历" }
            p class="sub" { "办理期限按工作日计算：节假日不算，调休上班的周末算。" }
        } }
        (said(told))
        nav class="tabs" aria-label="年份" {
            @for choice in choices {
                a href={ "/console/calendar?year=" (choice) } aria-current=[(choice == year).then_some("true")] {
                    (choice) " 年" @if !years.contains_key(&choice) { "（未公布）" }
                }
            }
        }
        @if !years.contains_key(&year) {
            div class="note warn" { (year) " 年的放假安排还没有公布，到这一年的期限都是“预计”。导入后会自动重算。" }
        }
        div class="card" {
            div class="months" { @for month in 1..=12 { (self::month(&calendar, year, month, years.get(&year))) } }
            p {}
            div class="legend" { span class="off" data-day="1" { "放假" } span class="work" data-day="9" { "调休上班" } }
        }
        @if shows(session, Ask::Administer) { (import_form(session)) }
    };
    whole(session, "/console/calendar", "工作日历", &content)
}

fn month(calendar: &WorkCalendar, year: i16, month: i8, exceptions: Option<&Vec<(Date, bool)>>) -> Markup {
    let Ok(first) = Date::new(year, month, 1) else { return html! {} };
    let lead = i64::from(first.weekday().to_monday_zero_offset());
    let begin = first.saturating_sub(lead.days());
    let weeks = (lead + i64::from(first.days_in_month()) + 6) / 7;
    let class = |day: Date| {
        let named = exceptions.and_then(|days| days.iter().find(|(is, _)| *is == day));
        match named {
            Some((_, true)) => "work",
            Some((_, false)) => "off",
            None if calendar.is_working_day(day) => "",
            None => "end",
        }
    };
    html! {
        section class="month" {
            h2 { (month) " 月" }
            table {
                thead { tr { @for name in ["一", "二", "三", "四", "五", "六", "日"] { th { (name) } } } }
                tbody {
                    @for week in 0..weeks {
                        tr {
                            @for place in 0..7 {
                                @let day = begin.saturating_add((week * 7 + place).days());
                                @if day.month() == month { td class=(class(day)) { (day.day()) } } @else { td {} }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn import_form(session: &Session) -> Markup {
    html! {
        section class="card" {
            h2 { "导入一年的放假安排" }
            form method="post" action="/console/calendar" {
                (csrf(session))
                div class="field" {
                    label for="text" { "JSON（holiday-cn 格式）" }
                    textarea id="text" name="text" rows="8" required {}
                    p class="hint" { "导入前会核对：有文件出处、日期在当年、不重复、调休日是周末。导入后在办件的期限自动重算。" }
                }
                button type="submit" { "核对并导入" }
            }
        }
    }
}

pub(super) async fn import(State(app): State<Arc<App>>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    match calendars::import(&app, &session, fields.raw("text")).await {
        Ok(done) => {
            let told = format!("{} 年已导入，{} 个在办件的期限有变动。", done.year, done.moved);
            shown(&app, &session, Some(done.year), Some(&told))
        }
        Err(denied) => refusal(denied, "/console/calendar"),
    }
}
