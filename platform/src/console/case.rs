//! 办件: what it is about, where it lies, what happened, and what may be done now.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};

use super::{
    case_forms,
    forms::{Sent, Visitor},
    layout::{csrf, day, light, moment, page as whole, refusal},
    materials, papers,
};
use crate::{
    app::App,
    people::session::Session,
    staff::{
        access::{Ask, shows},
        service,
        view::{AnswerView, BundleView, CaseView, PersonalView},
    },
    store::{Transaction, casework::orders::Order},
};

pub(super) async fn page(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    Path(case_no): Path<String>,
) -> Response {
    shown(&app, &session, &case_no, None).await
}

/// The applicant in the clear, and what for.
#[derive(Clone, Copy)]
struct Revealed<'a> {
    person: &'a PersonalView,
    why: &'a str,
}

async fn shown(app: &App, session: &Session, case_no: &str, revealed: Option<Revealed<'_>>) -> Response {
    match service::case(app, session, case_no).await {
        Ok(case) => {
            let communities = communities(app, &case).await;
            whole(session, "", &case.task.item, &content(app, session, &case, revealed, &communities))
        }
        Err(denied) => refusal(denied, "/console"),
    }
}

/// The communities to choose from, where the case still has to be routed.
async fn communities(app: &App, case: &CaseView) -> Vec<(String, String)> {
    if !case.acts.contains(&crate::lifecycle::act::ActKind::Route) {
        return Vec::new();
    }
    let all = app.store.read(crate::people::organisation::all).await.unwrap_or_default();
    let communities = all.into_iter().filter(|place| place.level == crate::people::Level::Community);
    communities.map(|place| (place.id, place.name)).collect()
}

fn content(
    app: &App,
    session: &Session,
    case: &CaseView,
    revealed: Option<Revealed<'_>>,
    communities: &[(String, String)],
) -> Markup {
    html! {
        @if revealed.is_some() { (watermark(app, session)) }
        div class="head" {
            div {
                h1 {
                    (case.task.item) " "
                    @if case.task.from_elsewhere { span class="tag far" { "异地收件" } " " }
                    @if case.deemed { span class="tag ask" { "视为受理" } " " }
                    @if case.task.demo { span class="tag demo" { "示例" } }
                }
                p class="no" { "办件编号 " (case.task.case_no) }
            }
            div { (light(case.task.light)) }
        }
        section class="card" aria-label="环节" {
            ol class="steps" {
                @for step in &case.steps {
                    li class=(if step.here { "here" } else if step.done { "done" } else { "" })
                        aria-current=[step.here.then_some("step")] { (step.name) }
                }
            }
        }
        div class="cols" {
            div {
                (summary(case))
                @if let Some(bundle) = &case.bundle { (siblings(bundle)) }
                div class=(if revealed.is_some() { "two looking" } else { "two" }) {
                    (applicant(session, case, revealed.map(|revealed| revealed.person)))
                    (materials::list(case, revealed.is_some()))
                }
                (timeline(case))
                (papers::list(session, case, revealed.map(|revealed| revealed.why)))
            }
            div class="side" {
                (case_forms::all(session, case, communities, app.clock.now()))
                (orders(session, case))
            }
        }
    }
}

/// Who looks, and when: a photograph of the screen tells whose screen it was.
fn watermark(app: &App, session: &Session) -> Markup {
    let mark = format!("{} {}", session.staff.login, moment(app.clock.now()));
    html! {
        svg class="watermark" aria-hidden="true" {
            defs {
                pattern id="mark" width="330" height="130" patternUnits="userSpaceOnUse" patternTransform="rotate(-22)" {
                    text x="20" y="70" { (mark) }
                }
            }
            rect width="100%" height="100%" fill="url(#mark)" {}
        }
    }
}

fn summary(case: &CaseView) -> Markup {
    let task = &case.task;
    html! {
        section class="card" {
            dl class="facts" {
                (fact("状态", &match case.outcome {
                    Some(outcome) => format!("{}（{}）", task.state.word(), outcome.word()),
                    None => task.state.word().to_owned(),
                }))
                (fact("截止", &task.due_on.map_or_else(|| "—".to_owned(), |on| {
                    format!("{}{}", day(on), if task.due_provisional { "（预计）" } else { "" })
                })))
                (fact("收件", &moment(task.received_at)))
                (fact("收件点", task.received_org.as_deref().unwrap_or("—")))
                (fact("归属社区", case.area_org.as_deref().unwrap_or("待转派")))
                @if let Some(on) = case.accepted_on { (fact("受理日", &day(on))) }
                @if case.extended_days > 0 { (fact("延长", &format!("{} 个工作日", case.extended_days))) }
                @if let Some(on) = case.red_since { (fact("红牌自", &day(on))) }
                @if let Some(on) = case.notice_until { (fact("公示至", &day(on))) }
            }
        }
    }
}

/// 同一件事: the resident filed these at once, and each goes its own way.
fn siblings(bundle: &BundleView) -> Markup {
    html! {
        section class="card" {
            h2 { "同一件事：" (bundle.name) }
            p class="no" { "一件事编号 " (bundle.bundle_no) }
            ul class="siblings" {
                @for other in &bundle.others {
                    li {
                        @if other.seen {
                            a href={ "/console/cases/" (other.case_no) } { (other.item) }
                        } @else {
                            span { (other.item) } " " span class="small" { "（不归您办）" }
                        }
                        div class="small" {
                            (other.state.word()) " · " (other.step)
                            @if let Some(on) = other.due_on { " · 截止 " (day(on)) }
                        }
                        div class="no" { (other.case_no) }
                    }
                }
            }
        }
    }
}

fn fact(name: &str, value: &str) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

fn applicant(session: &Session, case: &CaseView, personal: Option<&PersonalView>) -> Markup {
    html! {
        section class="card" {
            h2 { "申请人与填报" }
            @match personal {
                Some(person) => {
                    dl class="rows" {
                        (line("姓名", &person.name))
                        (line("证件号码", &person.id_number))
                        (line("性别", person.sex))
                        (line("出生日期", &person.birth.to_string()))
                        (line("住址", person.address.as_deref().unwrap_or("—")))
                        (answers(&person.answers))
                    }
                    a href={ "/console/cases/" (case.task.case_no) } { "重新隐藏" }
                }
                None => {
                    dl class="rows" {
                        (line("姓名", &case.task.applicant))
                        (answers(&case.answers))
                    }
                    @if shows(session, Ask::Reveal) { (reveal_form(session, case)) }
                }
            }
        }
    }
}

fn answers(answers: &[AnswerView]) -> Markup {
    html! { @for answer in answers { (line(&answer.label, &answer.shown)) } }
}

fn line(name: &str, value: &str) -> Markup {
    html! { div { dt { (name) } dd class=[(value == "已隐藏").then_some("hidden")] { (value) } } }
}

fn reveal_form(session: &Session, case: &CaseView) -> Markup {
    html! {
        details class="act" {
            summary { "查看个人信息" }
            form method="post" action={ "/console/cases/" (case.task.case_no) "/reveal" } {
                (csrf(session))
                div class="field" {
                    label for="purpose" { "查阅目的" }
                    input id="purpose" name="purpose" list="purposes" minlength="4" maxlength="100" required;
                    datalist id="purposes" {
                        option value="核对申请材料" {}
                        option value="联系申请人" {}
                        option value="入户调查" {}
                        option value="办理决定" {}
                    }
                    p class="hint" { "每次查看都会连同目的记入访问审计" }
                }
                button type="submit" class="plain" { "查看" }
            }
        }
    }
}

fn timeline(case: &CaseView) -> Markup {
    html! {
        section class="card" {
            h2 { "办理过程" }
            ol class="time" {
                @for step in case.history.iter().rev() {
                    li {
                        b { (step.act.word()) }
                        span class="small" { (moment(step.at)) }
                        div class="small" {
                            @if let Some(org) = &step.org { (org) " · " }
                            (step.role)
                            @if step.actor != step.role { " " (step.actor) }
                            @if step.step != "已结束" { " · " (step.step) }
                            " → " (step.to.word())
                        }
                        @if !step.said.is_empty() { div class="said" { (step.said) } }
                        @if let Some(number) = &step.document_no { div class="no" { "文书 " (number) } }
                    }
                }
            }
        }
    }
}

fn orders(session: &Session, case: &CaseView) -> Markup {
    let supervises = shows(session, Ask::Supervise);
    // Where the case lies nowhere any more there is nobody to hurry.
    let open = case.steps.iter().any(|step| step.here);
    html! {
        @if supervises && open || !case.orders.is_empty() {
            section class="card" {
                h2 { "督办单" }
                @for order in &case.orders { (order_view(session, order, supervises)) }
                @if supervises && open {
                    form method="post" action={ "/console/cases/" (case.task.case_no) "/orders" } {
                        (csrf(session))
                        div class="field" {
                            label for="content" { "督办内容" }
                            textarea id="content" name="content" maxlength="500" required {}
                        }
                        button type="submit" { "发出督办单" }
                    }
                }
            }
        }
    }
}

fn order_view(session: &Session, order: &Order, supervises: bool) -> Markup {
    html! {
        div class="field" {
            span class="small" { (moment(order.issued_at)) " " (order.issued_by) }
            @if order.closed_at.is_some() { " " span class="tag" { "已办结" } }
            div class="said" { (order.content) }
            @if let Some(reply) = &order.reply { div class="said" { "回复：" (reply) } }
        }
        @if order.reply.is_none() && shows(session, Ask::Handle) {
            form method="post" action={ "/console/orders/" (order.id) "/reply" } {
                (csrf(session))
                input type="hidden" name="case_no" value=(order.case_no);
                div class="field" {
                    label for={ "reply-" (order.id) } { "回复督办" }
                    textarea id={ "reply-" (order.id) } name="content" maxlength="500" required {}
                }
                button type="submit" { "回复" }
            }
        }
        @if supervises && order.reply.is_some() && order.closed_at.is_none() {
            form method="post" action={ "/console/orders/" (order.id) "/close" } {
                (csrf(session))
                input type="hidden" name="case_no" value=(order.case_no);
                button type="submit" class="plain small" { "办结督办" }
            }
        }
    }
}

fn back(case_no: &str) -> String {
    format!("/console/cases/{case_no}")
}

/// Goes back to the case, or to the list where it is no longer this person's.
async fn then(app: &App, session: &Session, case_no: &str) -> Response {
    match service::case(app, session, case_no).await {
        Ok(_) => Redirect::to(&back(case_no)).into_response(),
        Err(_) => Redirect::to("/console").into_response(),
    }
}

pub(super) async fn act(State(app): State<Arc<App>>, Path(case_no): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let version = fields.text("version").parse().unwrap_or_default();
    let Some(act) = case_forms::read(&fields) else {
        return refusal(crate::problems::act_not_now().into(), &back(&case_no));
    };
    match service::act_once(&app, &session, &case_no, version, act).await {
        Ok(()) => then(&app, &session, &case_no).await,
        Err(denied) => refusal(denied, &back(&case_no)),
    }
}

pub(super) async fn reveal(State(app): State<Arc<App>>, Path(case_no): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let why = fields.text("purpose");
    match service::reveal(&app, &session, &case_no, why).await {
        Ok(person) => shown(&app, &session, &case_no, Some(Revealed { person: &person, why })).await,
        Err(denied) => refusal(denied, &back(&case_no)),
    }
}

pub(super) async fn order(State(app): State<Arc<App>>, Path(case_no): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    if let Err(problem) = crate::staff::access::require(&session, Ask::Supervise) {
        return refusal(problem.into(), "/console");
    }
    let (own, to, now) = (session.clone(), case_no.clone(), app.clock.now());
    let content = fields.text("content").to_owned();
    let write = move |transaction: &Transaction<'_>| service::order(transaction, &own, (&to, &content), now);
    match app.store.write(write).await {
        Ok(Ok(_)) => Redirect::to(&back(&case_no)).into_response(),
        Ok(Err(problem)) => refusal(problem.into(), &back(&case_no)),
        Err(error) => refusal(error.into(), &back(&case_no)),
    }
}

pub(super) async fn reply(State(app): State<Arc<App>>, Path(id): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let case_no = fields.text("case_no");
    match service::reply(&app, &session, &id, fields.text("content")).await {
        Ok(()) => then(&app, &session, case_no).await,
        Err(denied) => refusal(denied, &back(case_no)),
    }
}

pub(super) async fn close(State(app): State<Arc<App>>, Path(id): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let case_no = fields.text("case_no");
    match service::close(&app, &session, &id).await {
        Ok(()) => then(&app, &session, case_no).await,
        Err(denied) => refusal(denied, &back(case_no)),
    }
}
