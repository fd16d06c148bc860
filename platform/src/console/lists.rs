//! 我的待办, 监察督办 and 统计.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::Response,
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    forms::Visitor,
    layout::{day, light, page, refusal},
};
use crate::{
    app::App,
    lifecycle::light::Light,
    staff::{
        service::{self, Tasks},
        view::TaskView,
    },
    store::casework::statistics::Statistics,
};

/// Which page of a list, and which light.
#[derive(Default, Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    cursor: Option<String>,
    #[serde(default)]
    light: Option<Light>,
}

fn which(asked: Result<Query<Which>, axum::extract::rejection::QueryRejection>) -> Which {
    asked.map(|Query(which)| which).unwrap_or_default()
}

pub(super) async fn tasks(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    query: Result<Query<Which>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let which = which(query);
    match service::tasks(&app, &session, which.cursor.as_deref()).await {
        Ok(found) => {
            let intro = "落在您岗位上的办件，最急的排在前面。";
            page(
                &session,
                "/console/tasks",
                "我的待办",
                &list("我的待办", intro, "/console/tasks", &found, &which),
            )
        }
        Err(denied) => refusal(denied, "/console"),
    }
}

pub(super) async fn supervision(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    query: Result<Query<Which>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let which = which(query);
    match service::watched(&app, &session, which.cursor.as_deref()).await {
        Ok(found) => {
            let intro = "辖区内在办的办件，以及曾经超期的办件。红牌办结后也保留。";
            let here = "/console/supervision";
            page(&session, here, "监察督办", &list("监察督办", intro, here, &found, &which))
        }
        Err(denied) => refusal(denied, "/console"),
    }
}

fn list(title: &str, intro: &str, here: &str, found: &Tasks, which: &Which) -> Markup {
    let shown: Vec<&TaskView> =
        found.cases.iter().filter(|task| which.light.is_none_or(|light| task.light == light)).collect();
    html! {
        div class="head" { div { h1 { (title) } p class="sub" { (intro) } } }
        (tabs(here, found, which))
        @if shown.is_empty() {
            div class="card empty" { b { "这里没有办件" } "有新的办件到您的岗位，会出现在这里。" }
        } @else {
            div class="card table" {
                table {
                    thead { tr { th { "事项" } th { "环节" } th { "监察灯" } th { "截止" } th { "申请人" } th { "收件" } } }
                    tbody { @for task in shown { (row(task)) } }
                }
            }
        }
        @if let Some(next) = &found.next {
            p { a class="button" href={ (here) "?cursor=" (next) } { "下一页" } }
        }
    }
}

fn tabs(here: &str, found: &Tasks, which: &Which) -> Markup {
    let names = [
        (Light::Red, "red", "红灯"),
        (Light::Yellow, "yellow", "黄灯"),
        (Light::Green, "green", "绿灯"),
        (Light::Grey, "grey", "停钟"),
    ];
    let count = |light: Light| found.cases.iter().filter(|task| task.light == light).count();
    html! {
        nav class="tabs" aria-label="按监察灯筛选" {
            a href=(here) aria-current=[which.light.is_none().then_some("true")] { "本页全部 " (found.cases.len()) }
            @for (light, id, name) in names {
                a href={ (here) "?light=" (id) } aria-current=[(which.light == Some(light)).then_some("true")] {
                    (name) " " (count(light))
                }
            }
        }
    }
}

fn row(task: &TaskView) -> Markup {
    html! {
        tr {
            td class="what" {
                a href={ "/console/cases/" (task.case_no) } { (task.item) }
                " "
                @if task.from_elsewhere { span class="tag far" { "异地收件" } " " }
                @if task.proposal { span class="tag ask" { "待批特别程序" } " " }
                @if task.demo { span class="tag demo" { "示例" } }
                div class="no" { (task.case_no) }
            }
            td data-label="环节" { (task.step) div class="small" { (task.state.word()) } }
            td { (light(task.light)) }
            td data-label="截止" {
                @match task.due_on {
                    Some(on) => { (day(on)) @if task.due_provisional { " " span class="tag" { "预计" } } }
                    None => { "—" }
                }
            }
            td data-label="申请人" { (task.applicant) }
            td data-label="收件" {
                (super::layout::moment(task.received_at))
                @if let Some(org) = &task.received_org { div class="small" { (org) } }
            }
        }
    }
}

pub(super) async fn statistics(State(app): State<Arc<App>>, Visitor(session): Visitor) -> Response {
    match service::count(&app, &session).await {
        Ok(counted) => {
            let offer = app.offer();
            let names = |id: &str| {
                offer.standing_item(id).map_or_else(|| id.to_owned(), |item| item.name.simplified.clone())
            };
            page(&session, "/console/statistics", "统计", &numbers(&counted, &names))
        }
        Err(denied) => refusal(denied, "/console"),
    }
}

fn numbers(counted: &Statistics, name: &dyn Fn(&str) -> String) -> Markup {
    let most = counted.by_item.iter().map(|item| item.cases).max().unwrap_or(1);
    let share = |part: i64, whole: i64| {
        if whole == 0 {
            "—".to_owned()
        } else {
            format!("{}.{}%", part * 100 / whole, part * 1000 / whole % 10)
        }
    };
    html! {
        div class="head" {
            div {
                h1 { "统计" }
                p class="sub" { "您辖区内的全部办件。每个数字都是对办件逐条计数，可以复核。" }
            }
            a class="button" href="/console/exports" { "导出" }
        }
        div class="figures" {
            (figure("办件总数", &counted.cases.to_string(), ""))
            (figure("已决定", &counted.decided.to_string(), ""))
            (figure("按时率", &share(counted.on_time, counted.decided), ""))
            (figure("红牌", &counted.red.to_string(), if counted.red > 0 { " red" } else { "" }))
            (figure("视为受理", &counted.deemed.to_string(), ""))
            (figure("异地收件", &counted.from_elsewhere.to_string(), ""))
            (figure("已评价", &counted.rated.to_string(), ""))
            (figure("差评", &counted.negative.to_string(), if counted.negative > 0 { " red" } else { "" }))
            (figure("差评回访", &counted.call_backs.to_string(), ""))
            (figure("回访办结", &counted.call_backs_settled.to_string(), ""))
            (figure("回访办结率", &share(counted.call_backs_settled, counted.call_backs), ""))
            (figure("回访超期", &counted.call_backs_late.to_string(), if counted.call_backs_late > 0 { " red" } else { "" }))
        }
        div class="two" {
            section class="card table" {
                table {
                    thead { tr { th { "状态" } th class="num" { "办件" } } }
                    tbody {
                        @for count in &counted.by_state {
                            tr { td { (count.state.word()) } td class="num" data-label="办件" { (count.cases) } }
                        }
                    }
                }
            }
            section class="card table" {
                table {
                    thead { tr { th { "事项" } th { "数量" } th class="num" { "办件" } th class="num" { "红牌" } } }
                    tbody {
                        @for count in &counted.by_item {
                            tr {
                                td { (name(&count.item)) }
                                td { meter min="0" max=(most) value=(count.cases) { (count.cases) } }
                                td class="num" data-label="办件" { (count.cases) }
                                td class="num" data-label="红牌" { (count.red) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn figure(name: &str, number: &str, more: &str) -> Markup {
    html! { div class={ "figure" (more) } { span class="small" { (name) } b { (number) } } }
}
