//! What the pages of items and of bundles have in common: a draft's changes, its way, the versions, and the frame of an
//! editor.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};

use super::{
    faults,
    forms::Fields,
    layout::{csrf, moment, page, refusal},
};
use crate::{
    catalogue::Fault,
    error::Refusal,
    people::session::Session,
    problems,
    staff::editing::{Change, DraftStep, Edited, StepTaken, VersionView, Way},
    store::content_drafts::{DraftAct, DraftState, NEW},
};

/// Where the pages of something are: the list's address, and its own.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) list: &'static str,
    pub(super) id: &'a str,
}

impl At<'_> {
    pub(super) fn page(&self) -> String {
        format!("{}/{}", self.list, self.id)
    }

    pub(super) fn below(&self, way: &str) -> String {
        format!("{}/{}/{way}", self.list, self.id)
    }
}

/// What was published, and is not on the kiosks yet.
pub(super) fn waiting(behind: usize) -> Markup {
    html! {
        @if behind > 0 {
            div class="note warn" role="status" {
                "网页上已经生效；" (behind) " 台终端显示的还是以前签名的办事目录，要等新目录签名、发布。请告诉终端运维员：在“终端配置”里勾选办事目录。"
            }
        }
    }
}

pub(super) fn tag(state: DraftState) -> Markup {
    let class = if state == DraftState::Review { "tag ask" } else { "tag" };
    html! { span class=(class) { (state.word()) } }
}

/// The number of the version that stands, in a list.
pub(super) fn number(version: u32) -> Markup {
    html! { @if version == NEW { span class="hidden" { "未发布" } } @else { (version) } }
}

/// Which version stands.
pub(super) fn stands(version: u32) -> Markup {
    html! { @if version == NEW { "还没有发布" } @else { "现行第 " (version) " 版" } }
}

/// A draft of something new, as residents would read it; `preview` is all of it in their words.
pub(super) fn new_card(draft: &Way<'_>, preview: &Markup) -> Markup {
    html! {
        section class="card" {
            h2 { "草稿 " (tag(draft.state)) }
            p class="sub" { "新建的，还没有发布过，全部内容都要核对。" }
            (preview)
            details class="older" {
                summary { "逐项看，包括繁體和英文（" (draft.changes.len()) " 项）" }
                (whole(draft.changes))
            }
        }
    }
}

/// What a draft says otherwise than the version `now`.
pub(super) fn draft_card(now: u32, draft: &Way<'_>) -> Markup {
    html! {
        section class="card" {
            h2 { "草稿 " (tag(draft.state)) }
            @if draft.base_version != now {
                div class="note warn" {
                    "草稿" @if draft.base_version == NEW { "是新建的" } @else { "从第 " (draft.base_version) " 版来" }
                    "，现行的已是第 " (now) " 版，请放弃后重新起草。"
                }
            }
            @if draft.changes.is_empty() { p class="sub" { "和现行版本一样。" } }
            @else { p class="sub" { "和现行版本有 " (draft.changes.len()) " 处不同：" } (changes(draft.changes)) }
        }
    }
}

fn whole(words: &[Change]) -> Markup {
    html! {
        dl class="rows" {
            @for Change { field, is, .. } in words {
                div { dt { span class="no" { (field) } } dd { (is.as_deref().unwrap_or_default()) } }
            }
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

/// Whether residents can begin it, in a list.
pub(super) fn standing(word: &str, offered: bool) -> Markup {
    html! { span class=(if offered { "tag" } else { "tag ask" }) { (word) } }
}

/// How an office takes back the version that stands.
pub(super) fn withdrawal<T: Edited>(session: &Session, at: At<'_>, version: u32) -> Markup {
    let (_, called) = T::WITHDRAWAL;
    html! {
        details class="act against" {
            summary { (called) }
            form method="post" action=(at.below("withdrawal")) {
                (csrf(session))
                input type="hidden" name="version" value=(version);
                div class="field" {
                    label for="why" { (called) "的理由" }
                    textarea id="why" name="reason" maxlength="200" required {}
                    p class="hint" { "居民不能再开始办；已经开始填的仍可以交，收了的照常办。显示签名目录的自助机，要等新目录签名、发布。" }
                }
                button type="submit" class="danger" { (called) }
            }
        }
    }
}

/// Every version; `now` is the one that stands.
pub(super) fn versions<T: Edited>(versions: &[VersionView], now: u32) -> Markup {
    let (_, called) = T::WITHDRAWAL;
    html! {
        @if !versions.is_empty() { section class="card table" {
            table {
                thead { tr { th { "版本" } th { "发布时间" } th { "来源" } th class="num" { "办件" } } }
                tbody {
                    @for version in versions {
                        tr {
                            td { "第 " (version.version) " 版" @if version.version == now { " " span class="tag" { "现行" } } @if let Some(at) = version.withdrawn_at { div class="small" { (moment(at)) " " (called) } } }
                            td data-label="发布时间" { (moment(version.published_at)) }
                            td data-label="来源" { (if version.by_office { "本单位编辑" } else { "随程序" }) }
                            td class="num" data-label="办件" { (version.cases) }
                        }
                    }
                }
            }
        } }
    }
}

pub(super) fn history(taken: &[StepTaken]) -> Markup {
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

/// What somebody may do with a draft.
pub(super) fn steps(session: &Session, at: At<'_>, draft: &Way<'_>) -> Markup {
    html! {
        @if draft.acts.is_empty() { p class="sub" { "正在等审批人审核。" } }
        @if draft.acts == [DraftAct::Return] {
            div class="note warn" { "您写过这份草稿，要由另一个人发布。" }
        }
        @for act in draft.acts {
            @match act {
                DraftAct::Save => {
                    p { a class="button" href=(at.below("edit")) { "编辑" } }
                    p { a href=(at.below("text")) { "编辑全文（TOML）" } }
                }
                DraftAct::Return => (details(session, at, draft.revision, *act)),
                _ => (button(session, at, draft.revision, *act)),
            }
        }
    }
}

fn hidden(session: &Session, revision: i64, act: DraftAct) -> Markup {
    html! {
        (csrf(session))
        input type="hidden" name="revision" value=(revision);
        input type="hidden" name="act" value=(crate::store::columns::name_of(act).unwrap_or_default());
    }
}

fn button(session: &Session, at: At<'_>, revision: i64, act: DraftAct) -> Markup {
    let class = if act == DraftAct::Discard { "danger" } else { "" };
    html! {
        form class="step" method="post" action=(at.below("steps")) {
            (hidden(session, revision, act))
            button type="submit" class=(class) { (act.word()) }
        }
    }
}

fn details(session: &Session, at: At<'_>, revision: i64, act: DraftAct) -> Markup {
    html! {
        details class="act against" {
            summary { (act.word()) }
            form method="post" action=(at.below("steps")) {
                (hidden(session, revision, act))
                div class="field" {
                    label for="reason" { "理由" }
                    textarea id="reason" name="reason" maxlength="200" required {}
                }
                button type="submit" class="danger" { (act.word()) }
            }
        }
    }
}

/// Back to the page, or what was refused.
pub(super) fn after(done: Result<(), Refusal>, at: At<'_>) -> Response {
    match done {
        Ok(()) => Redirect::to(&at.page()).into_response(),
        Err(denied) => refusal(denied, &at.page()),
    }
}

/// What a form of steps says.
pub(super) fn asked(fields: &Fields) -> Result<DraftStep, Refusal> {
    let act = serde_json::from_value(fields.text("act").into());
    let reason = Some(fields.text("reason").to_owned()).filter(|reason| !reason.is_empty());
    Ok(DraftStep { revision: revision(fields)?, act: act.map_err(|_| problems::body_unreadable())?, reason })
}

pub(super) fn revision(fields: &Fields) -> Result<i64, Refusal> {
    Ok(fields.text("revision").parse().map_err(|_| problems::body_unreadable())?)
}

/// What stands in an editor, and what is wrong with it.
pub(super) struct Editor<'a> {
    pub(super) revision: i64,
    pub(super) told: Vec<Fault>,
    pub(super) inputs: Markup,
    pub(super) title: &'a str,
    pub(super) way: &'a str,
}

pub(super) fn editor(session: &Session, at: At<'_>, edited: &Editor<'_>) -> Response {
    let action = at.below(edited.way);
    let content = html! {
        div class="head" { div {
            h1 { (edited.title) }
            p class="sub" { a href=(at.page()) { "返回，不保存" } }
        } }
        (faults::list(&edited.told))
        form method="post" action=(action) {
            (csrf(session))
            input type="hidden" name="revision" value=(edited.revision);
            (edited.inputs)
            button type="submit" { "保存草稿" }
        }
    };
    let mut response = page(session, at.list, edited.title, &content);
    if !edited.told.is_empty() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    response
}

/// The whole text in an editor.
pub(super) fn text(
    session: &Session,
    at: At<'_>,
    (text, hint, revision): (&str, &str, i64),
    told: Vec<Fault>,
) -> Response {
    let inputs = html! {
        section class="card" {
            div class="field" {
                label for="text" { "全文（TOML）" }
                textarea id="text" class="code" name="text" rows="30" spellcheck="false" required { (text) }
                p class="hint" { (hint) }
            }
        }
    };
    editor(session, at, &Editor { revision, told, inputs, title: "编辑全文", way: "text" })
}
