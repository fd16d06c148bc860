//! 事项: the list of what one's offices carry out, each with its versions, and the way of a draft to the residents.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use maud::{Markup, html};
use protocol::ServiceItem;

use super::{
    drafting::{
        At, draft_card, history, new_card, number, standing, stands, steps, tag, versions, waiting,
        withdrawal,
    },
    editor::{self, Paged},
    forms::{Fields, Visitor},
    item_form,
    layout::{csrf, page as whole, refusal},
    making::NEW_ITEM,
    preview,
};
use crate::{
    app::App,
    fleet::catalogue,
    offer::Offer,
    people::session::Session,
    staff::{
        items::{self, ItemStanding, ItemSummary, ItemView},
        making,
    },
};

pub(super) const HERE: &str = "/console/items";

impl Paged for ServiceItem {
    const LIST: &'static str = HERE;
    const HINT: &'static str = "id 和实施单位不能改，版本号由平台给。";

    fn inputs(&self, _: &Offer) -> Markup {
        item_form::inputs(self)
    }

    fn with(&self, fields: &Fields) -> Self {
        item_form::read(fields, self)
    }
}

fn at(id: &str) -> At<'_> {
    editor::at::<ServiceItem>(id)
}

pub(super) async fn page(State(app): State<Arc<App>>, Visitor(session): Visitor) -> Response {
    let found = async {
        let makes = !making::makings(&app, &session).await?.offices.is_empty();
        Ok((items::list(&app, &session).await?, makes, catalogue::behind(&app).await?))
    };
    match found.await {
        Ok((found, makes, behind)) => whole(&session, HERE, "事项", &list(&found, makes, behind)),
        Err(denied) => refusal(denied, "/console"),
    }
}

fn list(found: &[ItemSummary], makes: bool, behind: usize) -> Markup {
    html! {
        div class="head" {
            div {
                h1 { "事项" }
                p class="sub" { "您单位实施的事项。改动先起草、送审，由另一个人发布；已收的办件仍按原来的版本办。" }
            }
            @if makes { a class="button" href=(NEW_ITEM) { "新建事项" } }
        }
        (waiting(behind))
        @if found.is_empty() {
            div class="card empty" { b { "没有归您编辑的事项" } "事项由实施单位的审核人、审批人编辑。" }
        } @else {
            div class="card table" {
                table {
                    thead { tr { th { "事项" } th { "实施单位" } th class="num" { "现行版本" } th { "状态" } th { "草稿" } } }
                    tbody {
                        @for item in found {
                            tr {
                                td class="what" { a href=(at(&item.id).page()) { (item.name) } div class="no" { (item.id) } }
                                td data-label="实施单位" { (item.organisation) }
                                td class="num" data-label="现行版本" { (number(item.version)) }
                                td data-label="状态" { (standing(item.standing.word(), item.standing == ItemStanding::Offered)) }
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
            p class="no" {
                (view.item.id) "，" (stands(view.item.version))
                @if view.standing == ItemStanding::Withdrawn { "，" (view.standing.word()) }
            }
        } }
        @if view.standing == ItemStanding::Withdrawn {
            div class="note warn" role="status" { "已停办，网页上不能再开始办；已经开始填的仍可以交，收了的照常办。发布新版本后恢复办理，内容可以不改。" }
        }
        (waiting(behind))
        div class="cols" {
            div {
                @match &view.draft {
                    Some(draft) if view.versions.is_empty() => (new_card(&draft.way(), &preview::item(&draft.item))),
                    Some(draft) => (draft_card(view.item.version, &draft.way())),
                    None => div class="card empty" { b { "没有草稿" } "起草后可以修改名称、指南、条件、材料、时限和电话。" },
                }
                (versions::<ServiceItem>(&view.versions, view.item.version))
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
                    @if !view.needed_by.is_empty() {
                        p class="sub" { "“" (view.needed_by.join("”、“")) "”里有它，先下架才能停办。" }
                    }
                    @if view.may_withdraw { (withdrawal::<ServiceItem>(session, at(&view.item.id), view.item.version)) }
                }
                @if let Some(draft) = &view.draft { (history(&draft.steps)) }
            }
        }
    }
}
