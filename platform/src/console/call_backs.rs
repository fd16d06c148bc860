//! 差评回访: whom to call by when, what was said, and what came of it.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};

use super::{
    forms::{Sent, Visitor},
    layout::{csrf, day, light, moment, page as whole, refusal},
};
use crate::{
    app::App,
    error::Refusal,
    lifecycle::call_back::Settlement,
    people::session::Session,
    problems,
    staff::call_backs::{self, CallBackView, Contacted, Settled},
    store::columns::name_of,
};

const HERE: &str = "/console/call-backs";

pub(super) async fn page(State(app): State<Arc<App>>, Visitor(session): Visitor) -> Response {
    match call_backs::list(&app, &session).await {
        Ok(found) => whole(&session, HERE, "差评回访", &content(&session, &found)),
        Err(denied) => refusal(denied, "/console"),
    }
}

fn content(session: &Session, found: &[CallBackView]) -> Markup {
    html! {
        div class="head" { div {
            h1 { "差评回访" }
            p class="sub" { "评了不满意的，下一个工作日前要联系本人，五个工作日内整改或说明，并写明结果。" }
        } }
        @if found.is_empty() {
            div class="card empty" { b { "没有要回访的" } "有不满意的评价时，会出现在负责单位这里。" }
        } @else {
            div class="card table" {
                table {
                    thead { tr { th { "办件" } th { "评价" } th { "监察灯" } th { "期限" } th { "负责单位" } th { "处理" } } }
                    tbody { @for one in found { (row(session, one)) } }
                }
            }
        }
    }
}

fn row(session: &Session, one: &CallBackView) -> Markup {
    html! {
        tr {
            td class="what" {
                a href={ "/console/cases/" (one.case_no) } { (one.item) } " " (one.applicant)
                div class="no" { (one.case_no) }
            }
            td data-label="评价" {
                (if one.level == 5 { "非常不满意" } else { "不满意" })
                div class="small" { (moment(one.opened_at)) }
            }
            td { (light(one.light)) }
            td data-label="期限" {
                @if one.contacted_on.is_none() { "联系 " (day(one.contact_due_on)) br; }
                "办结 " (day(one.settle_due_on))
            }
            td data-label="负责单位" { (one.org) }
            td { (steps(session, one)) }
        }
    }
}

fn steps(session: &Session, one: &CallBackView) -> Markup {
    html! {
        @if let Some(on) = one.contacted_on {
            div class="small" { (day(on)) " 已联系：" (one.contact.as_deref().unwrap_or_default()) }
        }
        @if let (Some(on), Some(end)) = (one.settled_on, one.settlement) {
            div class="small" { (day(on)) " " b { (end.word()) } "：" (one.note.as_deref().unwrap_or_default()) }
        }
        @if one.ours && one.settled_on.is_none() {
            @if one.contacted_on.is_none() { (form(session, one, "contact", "记录联系", &html! {})) }
            @else { (form(session, one, "settle", "办结", &results(one))) }
        }
    }
}

fn results(one: &CallBackView) -> Markup {
    html! {
        div class="field" {
            label for={ "settlement-" (one.case_no) } { "结果" }
            select id={ "settlement-" (one.case_no) } name="settlement" {
                @for end in Settlement::ALL { option value=(name_of(end).unwrap_or_default()) { (end.word()) } }
            }
        }
    }
}

fn form(session: &Session, one: &CallBackView, way: &str, word: &str, more: &Markup) -> Markup {
    html! {
        details class="act" {
            summary { (word) }
            form method="post" action={ (HERE) "/" (one.case_no) "/" (way) } {
                (csrf(session))
                (more)
                div class="field" {
                    label for={ "note-" (one.case_no) } { "情况" }
                    textarea id={ "note-" (one.case_no) } name="note" maxlength="500" required {}
                }
                button type="submit" class="small" { (word) }
            }
        }
    }
}

pub(super) async fn contact(
    State(app): State<Arc<App>>,
    Path(case_no): Path<String>,
    sent: Sent,
) -> Response {
    let Sent { session, fields } = sent;
    let call = Contacted { note: fields.text("note").to_owned() };
    after(call_backs::contact(&app, &session, &case_no, call).await)
}

pub(super) async fn settle(State(app): State<Arc<App>>, Path(case_no): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let Ok(settlement) = serde_json::from_value(fields.text("settlement").into()) else {
        return refusal(problems::body_unreadable().into(), HERE);
    };
    let end = Settled { settlement, note: fields.text("note").to_owned() };
    after(call_backs::settle(&app, &session, &case_no, end).await)
}

fn after(done: Result<(), Refusal>) -> Response {
    match done {
        Ok(()) => Redirect::to(HERE).into_response(),
        Err(denied) => refusal(denied, HERE),
    }
}
