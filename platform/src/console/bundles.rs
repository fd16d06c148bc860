//! 一件事: the list of what one's offices lead, each with its versions, and the way of a draft to the residents and back.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use maud::{Markup, html};
use protocol::ServiceItem;

use super::{
    bundle_form,
    drafting::{At, Editor, after, asked, draft_card, editor, history, revision, steps, tag, text, versions},
    forms::{Sent, Visitor},
    layout::{csrf, page as whole, refusal},
};
use crate::{
    app::App,
    catalogue::{Fault, bundle::LifeEventBundle, read_one},
    error::Refusal,
    people::session::Session,
    problems,
    staff::{
        bundles::{self, BundleDraftView, BundleStanding, BundleSummary, LedBundle, WithdrawBundle},
        editing::{self, Edited as _},
    },
    store::content_drafts::DraftState,
};

const HERE: &str = "/console/bundles";
const HINT: &str = "id、编号前缀和牵头单位不能改，版本号由平台给。";

fn at(id: &str) -> At<'_> {
    At { list: HERE, id }
}

pub(super) async fn page(State(app): State<Arc<App>>, Visitor(session): Visitor) -> Response {
    match bundles::list(&app, &session).await {
        Ok(found) => whole(&session, HERE, "一件事", &list(&found)),
        Err(denied) => refusal(denied, "/console"),
    }
}

fn list(found: &[BundleSummary]) -> Markup {
    html! {
        div class="head" { div {
            h1 { "一件事" }
            p class="sub" { "您单位牵头的一件事：第一件事项由您单位实施。改动先起草、送审，由另一个人发布；已经开始填的仍按原来的版本办。" }
        } }
        @if found.is_empty() {
            div class="card empty" { b { "没有归您编辑的一件事" } "一件事由牵头单位的审核人、审批人编辑。" }
        } @else {
            div class="card table" {
                table {
                    thead { tr { th { "一件事" } th { "牵头单位" } th class="num" { "现行版本" } th { "状态" } th { "草稿" } } }
                    tbody {
                        @for bundle in found {
                            tr {
                                td class="what" { a href=(at(&bundle.id).page()) { (bundle.name) } div class="no" { (bundle.id) } }
                                td data-label="牵头单位" { (bundle.organisation) }
                                td class="num" data-label="现行版本" { (bundle.version) }
                                td data-label="状态" { (standing(bundle.standing)) }
                                td data-label="草稿" {
                                    @match bundle.draft { Some(state) => (tag(state)), None => span class="hidden" { "—" } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn standing(standing: BundleStanding) -> Markup {
    let class = if standing == BundleStanding::Offered { "tag" } else { "tag ask" };
    html! { span class=(class) { (standing.word()) } }
}

pub(super) async fn bundle(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    Path(id): Path<String>,
) -> Response {
    match bundles::bundle(&app, &session, &id).await {
        Ok(view) => whole(&session, HERE, &view.bundle.name.simplified, &content(&session, &view)),
        Err(denied) => refusal(denied, HERE),
    }
}

fn content(session: &Session, view: &LedBundle) -> Markup {
    let at = at(&view.bundle.id);
    html! {
        div class="head" { div {
            h1 { (view.bundle.name.simplified) }
            p class="no" { (view.bundle.id) "，现行第 " (view.bundle.version) " 版，" (view.standing.word()) }
        } }
        @if view.standing == BundleStanding::Withdrawn {
            div class="note warn" role="status" { "已下架，居民不能再开始办；已经开始填的仍可以交。发布新版本后重新提供。" }
        }
        @if !view.faults.is_empty() {
            div class="note bad" role="alert" {
                p { b { "与事项现在的版本不合，没有提供给居民：" } }
                ul { @for fault in &view.faults { li { (fault) } } }
            }
        }
        div class="cols" {
            div {
                @match &view.draft {
                    Some(draft) => (draft_card(view.bundle.version, &draft.way())),
                    None => div class="card empty" { b { "没有草稿" } "起草后可以修改名称、共同的问题、一次办哪些事项、什么情况下办、哪些回答共用。" },
                }
                (versions(&view.versions, view.bundle.version))
            }
            div class="side" {
                section class="card" {
                    h2 { "办理" }
                    @match &view.draft {
                        Some(draft) => (steps(session, at, &draft.way())),
                        None => form method="post" action=(at.below("draft")) {
                            (csrf(session))
                            button type="submit" { "起草新版本" }
                        },
                    }
                    @if view.may_withdraw { (withdrawal(session, at, view.bundle.version)) }
                }
                @if let Some(draft) = &view.draft { (history(&draft.steps)) }
            }
        }
    }
}

fn withdrawal(session: &Session, at: At<'_>, version: u32) -> Markup {
    html! {
        details class="act against" {
            summary { "下架" }
            form method="post" action=(at.below("withdrawal")) {
                (csrf(session))
                input type="hidden" name="version" value=(version);
                div class="field" {
                    label for="why" { "下架的理由" }
                    textarea id="why" name="reason" maxlength="200" required {}
                    p class="hint" { "居民和自助机不能再开始办，已经开始填的仍可以交。" }
                }
                button type="submit" class="danger" { "下架" }
            }
        }
    }
}

pub(super) async fn withdraw(State(app): State<Arc<App>>, Path(id): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let done = match fields.text("version").parse() {
        Ok(version) => {
            let asked = WithdrawBundle { version, reason: fields.text("reason").to_owned() };
            bundles::withdraw(&app, &session, &id, asked).await
        }
        Err(_) => Err(problems::body_unreadable().into()),
    };
    after(done, at(&id))
}

pub(super) async fn begin(State(app): State<Arc<App>>, Path(id): Path<String>, sent: Sent) -> Response {
    after(editing::begin::<LifeEventBundle>(&app, &sent.session, &id).await, at(&id))
}

pub(super) async fn step(State(app): State<Arc<App>>, Path(id): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let done = match asked(&fields) {
        Ok(step) => editing::act::<LifeEventBundle>(&app, &session, &id, step).await,
        Err(denied) => Err(denied),
    };
    after(done, at(&id))
}

/// The draft that somebody is about to write in.
async fn opened(app: &App, session: &Session, id: &str) -> Result<BundleDraftView, Refusal> {
    let view = bundles::bundle(app, session, id).await?;
    let draft = view.draft.filter(|draft| draft.state == DraftState::Draft);
    Ok(draft.ok_or_else(|| problems::item_draft_has_moved("没有在起草的草稿"))?)
}

fn form(
    session: &Session,
    (bundle, items): (&LifeEventBundle, &[ServiceItem]),
    revision: i64,
    told: Vec<Fault>,
) -> Response {
    let inputs = bundle_form::inputs(bundle, items);
    editor(session, at(&bundle.id), &Editor { revision, told, inputs, title: "编辑草稿", way: "edit" })
}

pub(super) async fn edit_page(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    Path(id): Path<String>,
) -> Response {
    match opened(&app, &session, &id).await {
        Ok(draft) => {
            let offer = app.offer();
            form(&session, (&draft.bundle, &offer.catalogue.items), draft.revision, Vec::new())
        }
        Err(denied) => refusal(denied, &at(&id).page()),
    }
}

pub(super) async fn text_page(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    Path(id): Path<String>,
) -> Response {
    match opened(&app, &session, &id).await {
        Ok(draft) => match toml::to_string_pretty(&draft.bundle) {
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
    let bundle = bundle_form::read(&fields, &draft.bundle);
    let told = told(&app, &id, &bundle);
    if !told.is_empty() {
        return form(&session, (&bundle, &app.offer().catalogue.items), revision, told);
    }
    after(editing::save(&app, &session, &id, (revision, bundle)).await, at(&id))
}

pub(super) async fn edit_text(State(app): State<Arc<App>>, Path(id): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let revision = match (opened(&app, &session, &id).await, revision(&fields)) {
        (Ok(_), Ok(revision)) => revision,
        (Err(denied), _) | (_, Err(denied)) => return refusal(denied, &at(&id).page()),
    };
    let written = fields.raw("text").replace("\r\n", "\n");
    let read = read_one(&id, &written).and_then(|bundle: LifeEventBundle| {
        let told = told(&app, &id, &bundle);
        if told.is_empty() { Ok(bundle) } else { Err(told) }
    });
    match read {
        Ok(bundle) => after(editing::save(&app, &session, &id, (revision, bundle)).await, at(&id)),
        Err(told) => text(&session, at(&id), (&written, HINT, revision), told),
    }
}

/// What is wrong with the words, so that they can be shown with it.
fn told(app: &App, id: &str, bundle: &LifeEventBundle) -> Vec<Fault> {
    let offer = app.offer();
    offer.standing(id).map_or_else(Vec::new, |was| bundle.faults(&offer, &was.bundle))
}
