//! 事项: the list of what one's offices carry out, each with its versions, and the way of a draft to the residents.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use maud::{Markup, html};
use protocol::ServiceItem;

use super::{
    drafting::{At, Editor, after, asked, draft_card, editor, history, revision, steps, tag, text, versions},
    forms::{Sent, Visitor},
    item_form,
    layout::{csrf, page as whole, refusal},
};
use crate::{
    app::App,
    catalogue::{Fault, read_one},
    error::Refusal,
    fleet::catalogue,
    people::session::Session,
    problems,
    staff::{
        editing,
        items::{self, DraftView, ItemSummary, ItemView},
    },
    store::content_drafts::DraftState,
};

const HERE: &str = "/console/items";

fn at(id: &str) -> At<'_> {
    At { list: HERE, id }
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
                                td class="what" { a href=(at(&item.id).page()) { (item.name) } div class="no" { (item.id) } }
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
                    Some(draft) => (draft_card(view.item.version, &draft.way())),
                    None => div class="card empty" { b { "没有草稿" } "起草后可以修改名称、指南、条件、材料、时限和电话。" },
                }
                (versions(&view.versions, view.item.version))
            }
            div class="side" {
                section class="card" {
                    h2 { "办理" }
                    @match &view.draft {
                        Some(draft) => (steps(session, at(&view.item.id), &draft.way())),
                        None => form method="post" action=(at(&view.item.id).below("draft")) {
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

pub(super) async fn begin(State(app): State<Arc<App>>, Path(id): Path<String>, sent: Sent) -> Response {
    after(editing::begin::<ServiceItem>(&app, &sent.session, &id).await, at(&id))
}

pub(super) async fn step(State(app): State<Arc<App>>, Path(id): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let done = match asked(&fields) {
        Ok(step) => editing::act::<ServiceItem>(&app, &session, &id, step).await,
        Err(denied) => Err(denied),
    };
    after(done, at(&id))
}

/// The draft that somebody is about to write in.
async fn opened(app: &App, session: &Session, id: &str) -> Result<DraftView, Refusal> {
    let view = items::item(app, session, id).await?;
    let draft = view.draft.filter(|draft| draft.state == DraftState::Draft);
    Ok(draft.ok_or_else(|| problems::item_draft_has_moved("没有在起草的草稿"))?)
}

fn form(session: &Session, id: &str, (item, revision): (&ServiceItem, i64), told: Vec<Fault>) -> Response {
    let inputs = item_form::inputs(item);
    editor(session, at(id), &Editor { revision, told, inputs, title: "编辑草稿", way: "edit" })
}

const HINT: &str = "id 和实施单位不能改，版本号由平台给。";

pub(super) async fn edit_page(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    Path(id): Path<String>,
) -> Response {
    match opened(&app, &session, &id).await {
        Ok(draft) => form(&session, &id, (&draft.item, draft.revision), Vec::new()),
        Err(denied) => refusal(denied, &at(&id).page()),
    }
}

pub(super) async fn text_page(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    Path(id): Path<String>,
) -> Response {
    match opened(&app, &session, &id).await {
        Ok(draft) => match toml::to_string_pretty(&draft.item) {
            Ok(written) => text(&session, at(&id), (&written, HINT, draft.revision), Vec::new()),
            Err(_) => refusal(problems::internal().into(), &at(&id).page()),
        },
        Err(denied) => refusal(denied, &at(&id).page()),
    }
}

pub(super) async fn edit(State(app): State<Arc<App>>, Path(id): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let (draft, revision) = match (opened(&app, &session, &id).await, revision(&fields)) {
        (Ok(draft), Ok(revision)) => (draft, revision),
        (Err(denied), _) | (_, Err(denied)) => return refusal(denied, &at(&id).page()),
    };
    let item = item_form::read(&fields, &draft.item);
    let told = told(&app, &id, &item);
    if !told.is_empty() {
        return form(&session, &id, (&item, revision), told);
    }
    after(editing::save(&app, &session, &id, (revision, item)).await, at(&id))
}

pub(super) async fn edit_text(State(app): State<Arc<App>>, Path(id): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let revision = match (opened(&app, &session, &id).await, revision(&fields)) {
        (Ok(_), Ok(revision)) => revision,
        (Err(denied), _) | (_, Err(denied)) => return refusal(denied, &at(&id).page()),
    };
    let written = fields.raw("text").replace("\r\n", "\n");
    let read = read_one(&id, &written).and_then(|item: ServiceItem| {
        let told = told(&app, &id, &item);
        if told.is_empty() { Ok(item) } else { Err(told) }
    });
    match read {
        Ok(item) => after(editing::save(&app, &session, &id, (revision, item)).await, at(&id)),
        Err(told) => text(&session, at(&id), (&written, HINT, revision), told),
    }
}

/// What is wrong with the words, so that they can be shown with it.
fn told(app: &App, id: &str, item: &ServiceItem) -> Vec<Fault> {
    let offer = app.offer();
    offer.item(id).map_or_else(Vec::new, |was| items::faults(&offer, was, item))
}
