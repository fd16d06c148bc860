//! 一件事: the list of what one's offices lead, each with its versions, and the way of a draft to the residents and back.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use maud::{Markup, html};

use super::{
    bundle_form,
    drafting::{
        At, draft_card, history, new_card, number, standing, stands, steps, tag, versions, waiting,
        withdrawal,
    },
    editor::{self, Paged},
    faults,
    forms::{Fields, Visitor},
    layout::{csrf, page as whole, refusal},
    making::{NEW_BUNDLE, own_items},
    preview,
};
use crate::{
    app::App,
    catalogue::bundle::LifeEventBundle,
    fleet::catalogue,
    offer::Offer,
    people::session::Session,
    staff::{
        bundles::{self, BundleStanding, BundleSummary, LedBundle},
        making,
    },
};

pub(super) const HERE: &str = "/console/bundles";

impl Paged for LifeEventBundle {
    const LIST: &'static str = HERE;
    const HINT: &'static str = "id、编号前缀和牵头单位不能改，版本号由平台给。";

    fn inputs(&self, offer: &Offer) -> Markup {
        bundle_form::inputs(self, &offer.items_for(self))
    }

    fn with(&self, fields: &Fields) -> Self {
        bundle_form::read(fields, self)
    }
}

fn at(id: &str) -> At<'_> {
    editor::at::<LifeEventBundle>(id)
}

pub(super) async fn page(State(app): State<Arc<App>>, Visitor(session): Visitor) -> Response {
    let found = async {
        let makes = own_items(&making::makings(&app, &session).await?, &app.offer()).next().is_some();
        Ok((bundles::list(&app, &session).await?, makes, catalogue::behind(&app).await?))
    };
    match found.await {
        Ok((found, makes, behind)) => whole(&session, HERE, "一件事", &list(&found, makes, behind)),
        Err(denied) => refusal(denied, "/console"),
    }
}

fn list(found: &[BundleSummary], makes: bool, behind: usize) -> Markup {
    html! {
        div class="head" {
            div {
                h1 { "一件事" }
                p class="sub" { "您单位牵头的一件事：第一件事项由您单位实施。改动先起草、送审，由另一个人发布；已经开始填的仍按原来的版本办。" }
            }
            @if makes { a class="button" href=(NEW_BUNDLE) { "新建一件事" } }
        }
        (waiting(behind))
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
                                td class="num" data-label="现行版本" { (number(bundle.version)) }
                                td data-label="状态" { (standing(bundle.standing.word(), bundle.standing == BundleStanding::Offered)) }
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

pub(super) async fn bundle(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    Path(id): Path<String>,
) -> Response {
    let found = async { Ok((bundles::bundle(&app, &session, &id).await?, catalogue::behind(&app).await?)) };
    match found.await {
        Ok((view, behind)) => {
            let content = content(&session, &view, &app.offer(), behind);
            whole(&session, HERE, &view.bundle.name.simplified, &content)
        }
        Err(denied) => refusal(denied, HERE),
    }
}

fn content(session: &Session, view: &LedBundle, offer: &Offer, behind: usize) -> Markup {
    let at = at(&view.bundle.id);
    let unfit = offer.standing(&view.bundle.id).map_or(&[][..], |standing| &standing.faults);
    html! {
        div class="head" { div {
            h1 { (view.bundle.name.simplified) }
            p class="no" {
                (view.bundle.id) "，" (stands(view.bundle.version))
                @if view.standing != BundleStanding::New { "，" (view.standing.word()) }
            }
        } }
        @if view.standing == BundleStanding::Withdrawn {
            div class="note warn" role="status" { "已下架，网页上不能再开始办；已经开始填的仍可以交。发布新版本后重新提供，内容可以不改。" }
        }
        (faults::note("与事项现在的版本不合，没有提供给居民：", unfit))
        (waiting(behind))
        div class="cols" {
            div {
                @match &view.draft {
                    Some(draft) if view.standing == BundleStanding::New => {
                        (new_card(&draft.way(), &preview::bundle(&draft.bundle, &offer.items_for(&draft.bundle))))
                    }
                    Some(draft) => (draft_card(view.bundle.version, &draft.way())),
                    None => div class="card empty" { b { "没有草稿" } "起草后可以修改名称、共同的问题、一次办哪些事项、什么情况下办、哪些回答共用。" },
                }
                (versions::<LifeEventBundle>(&view.versions, view.bundle.version))
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
                    @if view.may_withdraw { (withdrawal::<LifeEventBundle>(session, at, view.bundle.version)) }
                }
                @if let Some(draft) = &view.draft { (history(&draft.steps)) }
            }
        }
    }
}
