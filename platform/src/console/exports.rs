//! 导出: asking for a list, releasing what somebody else asked for, and fetching it once.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use jiff::ToSpan;
use maud::{Markup, html};

use super::{
    forms::{Fields, Sent, Visitor},
    layout::{csrf, moment, page as whole, refusal},
};
use crate::{
    app::App,
    clock::china_date,
    error::Refusal,
    people::{organisation::Organisation, session::Session},
    problems,
    staff::{
        exports::{self, ExportRequest, ExportView},
        routes::exports::file,
    },
    store::{
        columns::name_of,
        exports::{ExportList, ExportState},
    },
};

const HERE: &str = "/console/exports";

pub(super) async fn page(State(app): State<Arc<App>>, Visitor(session): Visitor) -> Response {
    match gathered(&app, &session).await {
        Ok((found, places)) => {
            let today = china_date(app.clock.now());
            let month = today.saturating_sub(30.days());
            let content = html! {
                div class="head" { div {
                    h1 { "导出" }
                    p class="sub" { "写明用途申请，由另一个人批准，批准后 24 小时内下载一次。个人信息一律隐去，每页有水印。" }
                } }
                div class="cols" {
                    (table(&session, &found))
                    div class="side" { (form(&session, &places, &[month.to_string(), today.to_string()])) }
                }
            };
            whole(&session, HERE, "导出", &content)
        }
        Err(denied) => refusal(denied, "/console"),
    }
}

async fn gathered(app: &App, session: &Session) -> Result<(Vec<ExportView>, Vec<Organisation>), Refusal> {
    Ok((exports::list(app, session).await?, exports::reachable(app, session).await?))
}

fn form(session: &Session, places: &[Organisation], days: &[String; 2]) -> Markup {
    let [from, to] = days;
    html! {
        section class="card" {
            h2 { "申请导出" }
            form method="post" action=(HERE) {
                (csrf(session))
                div class="field" {
                    label for="list" { "哪张表" }
                    select id="list" name="list" {
                        @for list in ExportList::ALL {
                            option value=(name_of(list).unwrap_or_default()) { (list.word()) }
                        }
                    }
                }
                div class="field" {
                    label for="org" { "辖区" }
                    select id="org" name="org" {
                        @for place in places { option value=(place.id) { (place.name) } }
                    }
                }
                div class="inline field" {
                    div { label for="from" { "收件日期从" } input id="from" name="from" type="date" value=(from) max=(to) required; }
                    div { label for="to" { "到" } input id="to" name="to" type="date" value=(to) max=(to) required; }
                }
                div class="field" {
                    label for="purpose" { "用途" }
                    input id="purpose" name="purpose" minlength="4" maxlength="100" required;
                    p class="hint" { "4 到 100 个字，会写进水印和访问审计" }
                }
                button type="submit" { "申请" }
            }
        }
    }
}

fn table(session: &Session, found: &[ExportView]) -> Markup {
    html! {
        @if found.is_empty() {
            div class="card empty" { b { "还没有导出" } "您申请的，和等您批准的，会出现在这里。" }
        } @else {
            div class="card table" {
                table {
                    thead { tr { th { "内容" } th { "用途" } th { "申请人" } th { "状态" } th { "操作" } } }
                    tbody { @for export in found { (row(session, export)) } }
                }
            }
        }
    }
}

fn row(session: &Session, export: &ExportView) -> Markup {
    html! {
        tr {
            td class="what" {
                b { (export.list.word()) } " · " (export.org)
                div class="small keep" { (export.from) " 至 " (export.to) }
                div class="no" { (export.number) }
            }
            td data-label="用途" { (export.purpose) }
            td data-label="申请人" { (export.asker) div class="small keep" { (moment(export.asked_at)) } }
            td data-label="状态" { (state(export)) }
            td { (operations(session, export)) }
        }
    }
}

fn state(export: &ExportView) -> Markup {
    let class = match export.state {
        ExportState::Asked | ExportState::Released => "tag ask",
        _ => "tag",
    };
    html! {
        span class=(class) { (export.state.word()) }
        @if matches!(export.state, ExportState::Asked | ExportState::Released) {
            div class="small" { "有效到 " span class="keep" { (moment(export.ends_at)) } }
        }
        @if let Some(decider) = &export.decider { div class="small" { "审批人 " (decider) } }
        @if let Some(reason) = &export.reason { div class="small" { "理由：" (reason) } }
        @if let Some(lines) = export.lines { div class="small" { (lines) " 行" } }
    }
}

fn operations(session: &Session, export: &ExportView) -> Markup {
    let path = |step: &str| format!("{HERE}/{}/{step}", export.number);
    html! {
        @if export.may_decide {
            form class="step" method="post" action=(path("release")) {
                (csrf(session))
                button type="submit" class="small" { "批准" }
            }
            details class="act against" {
                summary { "不批准" }
                form method="post" action=(path("refuse")) {
                    (csrf(session))
                    div class="field" {
                        label for={ "reason-" (export.number) } { "理由" }
                        input id={ "reason-" (export.number) } name="reason" maxlength="200" required;
                    }
                    button type="submit" class="danger small" { "不批准" }
                }
            }
        }
        @if export.may_fetch {
            form method="post" action=(path("fetch")) {
                (csrf(session))
                button type="submit" class="small" { "下载（仅一次）" }
            }
        }
    }
}

/// What the form asks for.
fn wanted(fields: &Fields) -> Result<ExportRequest, Refusal> {
    let list =
        ExportList::ALL.into_iter().find(|list| name_of(*list).is_ok_and(|name| name == fields.text("list")));
    let day =
        |name: &str| fields.text(name).parse().map_err(|_| problems::export_refused("请选择开始和结束日期"));
    Ok(ExportRequest {
        list: list.ok_or_else(problems::body_unreadable)?,
        org: fields.text("org").to_owned(),
        from: day("from")?,
        to: day("to")?,
        purpose: fields.text("purpose").to_owned(),
    })
}

pub(super) async fn ask(State(app): State<Arc<App>>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let asked = match wanted(&fields) {
        Ok(request) => exports::ask_once(&app, &session, request).await.map(drop),
        Err(denied) => Err(denied),
    };
    after(asked)
}

pub(super) async fn release(State(app): State<Arc<App>>, Path(number): Path<String>, sent: Sent) -> Response {
    after(exports::decide(&app, &sent.session, &number, None).await)
}

pub(super) async fn refuse(State(app): State<Arc<App>>, Path(number): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    after(exports::decide(&app, &session, &number, Some(fields.text("reason"))).await)
}

pub(super) async fn fetch(State(app): State<Arc<App>>, Path(number): Path<String>, sent: Sent) -> Response {
    match exports::fetch(&app, &sent.session, &number).await {
        Ok(fetched) => file(fetched),
        Err(denied) => refusal(denied, HERE),
    }
}

fn after(done: Result<(), Refusal>) -> Response {
    match done {
        Ok(()) => Redirect::to(HERE).into_response(),
        Err(denied) => refusal(denied, HERE),
    }
}
