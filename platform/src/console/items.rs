//! 事项: the list of what one's offices carry out, each with its versions, and the way of a draft to the residents.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use protocol::ServiceItem;

use super::{
    faults,
    forms::{Fields, Sent, Visitor},
    item_form,
    layout::{csrf, moment, page as whole, refusal},
};
use crate::{
    app::App,
    catalogue::{Fault, read_item},
    error::Refusal,
    fleet::catalogue,
    people::session::Session,
    problems,
    staff::items::{self, Change, DraftStep, DraftView, ItemSummary, ItemView, SaveDraft, StepTaken},
    store::item_drafts::{DraftAct, DraftState},
};

const HERE: &str = "/console/items";

fn at(id: &str) -> String {
    format!("{HERE}/{id}")
}

pub(super) async fn page(State(app): State<Arc<App>>, Visitor(session): Visitor) -> Response {
    let found = async { Ok((items::list(&app, &session).await?, catalogue::behind(&app).await?)) };
    match found.await {
        Ok((found, behind)) => whole(&session, HERE, "事项", &list(&found, behind)),
        Err(denied) => refusal(denied, "/console"),
    }
}

/// What was published, and is not on the kiosks yet.
fn waiting(behind: usize) -> Markup {
    html! {
        @if behind > 0 {
            div class="note warn" role="status" {
                "网页上已经生效；" (behind) " 台终端显示的还是以前签名的办事目录，要等新目录签名、发布。请告诉终端运维员：在“终端配置”里勾选办事目录。"
            }
        }
    }
}

fn list(found: &[ItemSummary], behind: usize) -> Markup {
    html! {
        div class="head" { div {
            h1 { "事项" }
            p class="sub" { "您单位实施的事项。改动先起草、送审，由另一个人发布；已收的办件仍按原来的版本办。" }
        } }
        (waiting(behind))
        @if found.is_empty() {
            div class="card empty" { b { "没有归您编辑的事项" } "事项由实施单位的审核人、审批人编辑。" }
        } @else {
            div class="card table" {
                table {
                    thead { tr { th { "事项" } th { "实施单位" } th class="num" { "现行版本" } th { "草稿" } } }
                    tbody {
                        @for item in found {
                            tr {
                                td class="what" { a href=(at(&item.id)) { (item.name) } div class="no" { (item.id) } }
                                td data-label="实施单位" { (item.organisation) }
                                td class="num" data-label="现行版本" { (item.version) }
                                td data-label="草稿" {
                                    @match item.draft { Some(state) => (tag(state)), None => span class="hidden" { "—" } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn tag(state: DraftState) -> Markup {
    let class = if state == DraftState::Review { "tag ask" } else { "tag" };
    html! { span class=(class) { (state.word()) } }
}

pub(super) async fn item(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    Path(id): Path<String>,
) -> Response {
    let found = async { Ok((items::item(&app, &session, &id).await?, catalogue::behind(&app).await?)) };
    match found.await {
        Ok((view, behind)) => {
            whole(&session, HERE, &view.item.name.simplified, &content(&session, &view, behind))
        }
        Err(denied) => refusal(denied, HERE),
    }
}

fn content(session: &Session, view: &ItemView, behind: usize) -> Markup {
    html! {
        div class="head" { div {
            h1 { (view.item.name.simplified) }
            p class="no" { (view.item.id) "，现行第 " (view.item.version) " 版" }
        } }
        (waiting(behind))
        div class="cols" {
            div {
                @match &view.draft {
                    Some(draft) => (draft_card(&view.item, draft)),
                    None => div class="card empty" { b { "没有草稿" } "起草后可以修改名称、指南、条件、材料、时限和电话。" },
                }
                (versions(view))
            }
            div class="side" {
                section class="card" {
                    h2 { "办理" }
                    @match &view.draft {
                        Some(draft) => (steps(session, &view.item.id, draft)),
                        None => form method="post" action={ (at(&view.item.id)) "/draft" } {
                            (csrf(session))
                            button type="submit" { "起草新版本" }
                        },
                    }
                }
                @if let Some(draft) = &view.draft { (history(&draft.steps)) }
            }
        }
    }
}

fn draft_card(item: &ServiceItem, draft: &DraftView) -> Markup {
    html! {
        section class="card" {
            h2 { "草稿 " (tag(draft.state)) }
            @if draft.base_version != item.version {
                div class="note warn" { "草稿从第 " (draft.base_version) " 版来，现行的已是第 " (item.version) " 版，请放弃后重新起草。" }
            }
            @if draft.changes.is_empty() { p class="sub" { "和现行版本一样。" } }
            @else { p class="sub" { "和现行版本有 " (draft.changes.len()) " 处不同：" } (changes(&draft.changes)) }
        }
    }
}

fn changes(changes: &[Change]) -> Markup {
    let side = |text: Option<&String>| html! { @match text { Some(text) => (text), None => span class="hidden" { "没有" } } };
    html! {
        dl class="rows" {
            @for change in changes {
                div {
                    dt { span class="no" { (change.field) } }
                    dd { del { (side(change.was.as_ref())) } br; ins { (side(change.is.as_ref())) } }
                }
            }
        }
    }
}

fn versions(view: &ItemView) -> Markup {
    html! {
        section class="card table" {
            table {
                thead { tr { th { "版本" } th { "发布时间" } th { "来源" } th class="num" { "办件" } } }
                tbody {
                    @for version in &view.versions {
                        tr {
                            td { "第 " (version.version) " 版" @if version.version == view.item.version { " " span class="tag" { "现行" } } }
                            td data-label="发布时间" { (moment(version.published_at)) }
                            td data-label="来源" { (if version.by_office { "本单位编辑" } else { "随程序" }) }
                            td class="num" data-label="办件" { (version.cases) }
                        }
                    }
                }
            }
        }
    }
}

fn history(taken: &[StepTaken]) -> Markup {
    html! {
        section class="card" {
            h2 { "经过" }
            ol class="time" {
                @for step in taken.iter().rev() {
                    li {
                        b { (step.act.word()) } (step.login)
                        div class="small" { (moment(step.at)) }
                        @if let Some(reason) = &step.reason { div class="said" { (reason) } }
                    }
                }
            }
        }
    }
}

fn steps(session: &Session, id: &str, draft: &DraftView) -> Markup {
    html! {
        @if draft.acts.is_empty() { p class="sub" { "正在等实施单位的审批人审核。" } }
        @if draft.acts == [DraftAct::Return] {
            div class="note warn" { "您写过这份草稿，要由另一个人发布。" }
        }
        @for act in &draft.acts {
            @match act {
                DraftAct::Save => {
                    p { a class="button" href={ (at(id)) "/edit" } { "编辑" } }
                    p { a href={ (at(id)) "/text" } { "编辑全文（TOML）" } }
                }
                DraftAct::Return => (details(session, id, draft, *act)),
                _ => (button(session, id, draft, *act)),
            }
        }
    }
}

fn hidden(session: &Session, draft: &DraftView, act: DraftAct) -> Markup {
    html! {
        (csrf(session))
        input type="hidden" name="revision" value=(draft.revision);
        input type="hidden" name="act" value=(crate::store::columns::name_of(act).unwrap_or_default());
    }
}

fn button(session: &Session, id: &str, draft: &DraftView, act: DraftAct) -> Markup {
    let class = if act == DraftAct::Discard { "danger" } else { "" };
    html! {
        form class="step" method="post" action={ (at(id)) "/steps" } {
            (hidden(session, draft, act))
            button type="submit" class=(class) { (act.word()) }
        }
    }
}

fn details(session: &Session, id: &str, draft: &DraftView, act: DraftAct) -> Markup {
    html! {
        details class="act against" {
            summary { (act.word()) }
            form method="post" action={ (at(id)) "/steps" } {
                (hidden(session, draft, act))
                div class="field" {
                    label for="reason" { "理由" }
                    textarea id="reason" name="reason" maxlength="200" required {}
                }
                button type="submit" class="danger" { (act.word()) }
            }
        }
    }
}

pub(super) async fn begin(State(app): State<Arc<App>>, Path(id): Path<String>, sent: Sent) -> Response {
    after(items::begin(&app, &sent.session, &id).await, &id)
}

fn after(done: Result<(), Refusal>, id: &str) -> Response {
    match done {
        Ok(()) => Redirect::to(&at(id)).into_response(),
        Err(denied) => refusal(denied, &at(id)),
    }
}

/// What a form of the page of an item says.
fn asked(fields: &Fields) -> Result<DraftStep, Refusal> {
    let act = serde_json::from_value(fields.text("act").into());
    let reason = Some(fields.text("reason").to_owned()).filter(|reason| !reason.is_empty());
    Ok(DraftStep { revision: revision(fields)?, act: act.map_err(|_| problems::body_unreadable())?, reason })
}

fn revision(fields: &Fields) -> Result<i64, Refusal> {
    Ok(fields.text("revision").parse().map_err(|_| problems::body_unreadable())?)
}

pub(super) async fn step(State(app): State<Arc<App>>, Path(id): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let done = match asked(&fields) {
        Ok(step) => items::act(&app, &session, &id, step).await,
        Err(denied) => Err(denied),
    };
    after(done, &id)
}

/// The draft that somebody is about to write in.
async fn opened(app: &App, session: &Session, id: &str) -> Result<DraftView, Refusal> {
    let view = items::item(app, session, id).await?;
    let draft = view.draft.filter(|draft| draft.state == DraftState::Draft);
    Ok(draft.ok_or_else(|| problems::item_draft_has_moved("没有在起草的草稿"))?)
}

/// What stands in an editor, and what is wrong with it.
struct Edited<'a> {
    revision: i64,
    told: Vec<Fault>,
    inputs: Markup,
    title: &'a str,
    way: &'a str,
}

fn editor(session: &Session, id: &str, edited: &Edited<'_>) -> Response {
    let action = format!("{}/{}", at(id), edited.way);
    let content = html! {
        div class="head" { div {
            h1 { (edited.title) }
            p class="sub" { a href=(at(id)) { "返回，不保存" } }
        } }
        (faults::list(&edited.told))
        form method="post" action=(action) {
            (csrf(session))
            input type="hidden" name="revision" value=(edited.revision);
            (edited.inputs)
            button type="submit" { "保存草稿" }
        }
    };
    let mut response = whole(session, HERE, edited.title, &content);
    if !edited.told.is_empty() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    response
}

fn form(session: &Session, id: &str, (item, revision): (&ServiceItem, i64), told: Vec<Fault>) -> Response {
    let inputs = item_form::inputs(item);
    editor(session, id, &Edited { revision, told, inputs, title: "编辑草稿", way: "edit" })
}

fn text(session: &Session, id: &str, (text, revision): (&str, i64), told: Vec<Fault>) -> Response {
    let inputs = html! {
        section class="card" {
            div class="field" {
                label for="text" { "全文（TOML）" }
                textarea id="text" class="code" name="text" rows="30" spellcheck="false" required { (text) }
                p class="hint" { "id 和实施单位不能改，版本号由平台给。" }
            }
        }
    };
    editor(session, id, &Edited { revision, told, inputs, title: "编辑全文", way: "text" })
}

pub(super) async fn edit_page(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    Path(id): Path<String>,
) -> Response {
    match opened(&app, &session, &id).await {
        Ok(draft) => form(&session, &id, (&draft.item, draft.revision), Vec::new()),
        Err(denied) => refusal(denied, &at(&id)),
    }
}

pub(super) async fn text_page(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    Path(id): Path<String>,
) -> Response {
    match opened(&app, &session, &id).await {
        Ok(draft) => match toml::to_string_pretty(&draft.item) {
            Ok(written) => text(&session, &id, (&written, draft.revision), Vec::new()),
            Err(_) => refusal(problems::internal().into(), &at(&id)),
        },
        Err(denied) => refusal(denied, &at(&id)),
    }
}

pub(super) async fn edit(State(app): State<Arc<App>>, Path(id): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let (draft, revision) = match (opened(&app, &session, &id).await, revision(&fields)) {
        (Ok(draft), Ok(revision)) => (draft, revision),
        (Err(denied), _) | (_, Err(denied)) => return refusal(denied, &at(&id)),
    };
    let item = item_form::read(&fields, &draft.item);
    let told = told(&app, &id, &item);
    if !told.is_empty() {
        return form(&session, &id, (&item, revision), told);
    }
    after(items::save(&app, &session, &id, SaveDraft { revision, item }).await, &id)
}

pub(super) async fn edit_text(State(app): State<Arc<App>>, Path(id): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let revision = match (opened(&app, &session, &id).await, revision(&fields)) {
        (Ok(_), Ok(revision)) => revision,
        (Err(denied), _) | (_, Err(denied)) => return refusal(denied, &at(&id)),
    };
    let written = fields.raw("text").replace("\r\n", "\n");
    let read = read_item(&id, &written).and_then(|item| {
        let told = told(&app, &id, &item);
        if told.is_empty() { Ok(item) } else { Err(told) }
    });
    match read {
        Ok(item) => after(items::save(&app, &session, &id, SaveDraft { revision, item }).await, &id),
        Err(told) => text(&session, &id, (&written, revision), told),
    }
}

/// What is wrong with the words, so that they can be shown with it.
fn told(app: &App, id: &str, item: &ServiceItem) -> Vec<Fault> {
    let offer = app.offer();
    offer.item(id).map_or_else(Vec::new, |was| items::faults(&offer, was, item))
}
