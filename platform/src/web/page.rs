//! The frame around every page, and the pages that say no.

use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Web, session::Visit};
use crate::store::StoreError;

/// A line icon of the kiosk's family.
pub(super) fn icon(svg: &'static str) -> Markup {
    html! { span.icon aria-hidden="true" { (PreEscaped(svg)) } }
}

macro_rules! icons {
    ($($name:ident = $file:literal),* $(,)?) => {
        $(pub(super) const $name: &str = include_str!(concat!("../../../assets/icons/", $file, ".svg"));)*
    };
}

icons! {
    EMPLOYMENT = "users",
    INSURANCE = "id-card",
    HEALTH = "heart-pulse",
    CIVIL = "hand-helping",
    FORWARD = "chevron-right",
    SEARCH = "search",
    TYPE = "a-large-small",
    PERSON = "user-check",
    GOOD = "circle-check",
    WARN = "triangle-alert",
    BAD = "octagon-alert",
    INFO = "info",
    VERIFY = "file-badge",
    PAPER = "file-text",
    BOARD = "list-checks",
    BUNDLE = "layout-grid",
}

/// What one page is about.
pub(super) struct Page<'a> {
    /// What the tab and the heading say.
    pub(super) title: &'a str,
    /// A line above the heading: where in a longer journey this is.
    pub(super) above: Option<String>,
    /// Where one level up is, and what it is called.
    pub(super) up: Option<(String, &'a str)>,
    /// Whether something has to be put right first; the tab says so too.
    pub(super) wrong: bool,
    /// Whether what was at this address is not offered any more.
    pub(super) gone: bool,
}

impl<'a> Page<'a> {
    pub(super) fn new(title: &'a str) -> Self {
        Self { title, above: None, up: None, wrong: false, gone: false }
    }

    pub(super) fn above(mut self, words: impl Into<String>) -> Self {
        self.above = Some(words.into());
        self
    }

    pub(super) fn up(mut self, path: impl Into<String>, words: &'a str) -> Self {
        self.up = Some((path.into(), words));
        self
    }

    pub(super) fn wrong(mut self, wrong: bool) -> Self {
        self.wrong = wrong;
        self
    }

    pub(super) fn gone(self) -> Self {
        Self { gone: true, ..self }
    }

    /// The whole page.
    pub(super) fn show(&self, web: &Web, visit: &Visit, body: Markup) -> Response {
        let status = match (self.wrong, self.gone) {
            (true, _) => StatusCode::UNPROCESSABLE_ENTITY,
            (_, true) => StatusCode::NOT_FOUND,
            _ => StatusCode::OK,
        };
        let main = html! {
            @if let Some((path, words)) = &self.up { a.up href=(path) { "‹ " (words) } }
            @if let Some(above) = &self.above { p.above { (above) } }
            h1 { (self.title) }
            (body)
        };
        let title = if self.wrong { format!("请改正：{}", self.title) } else { self.title.to_owned() };
        (status, Html(whole(web, Some(visit), &title, &main).into_string())).into_response()
    }
}

fn whole(web: &Web, visit: Option<&Visit>, title: &str, main: &Markup) -> Markup {
    let community = &web.app.shipped.community;
    let phones = &web.app.shipped.phones;
    let large = visit.is_some_and(|visit| visit.large);
    html! {
        (DOCTYPE)
        html lang="zh-CN" class=[large.then_some("large")] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="format-detection" content="telephone=no";
                meta name="color-scheme" content="light dark";
                title { (title) " · " (community.name.simplified) }
                link rel="stylesheet" href="/site.css";
                link rel="icon" href="data:,";
            }
            body {
                a.skip href="#main" { "跳到正文" }
                header.top {
                    div.bar {
                        a.brand href="/" {
                            strong { (community.name.simplified) "网上办事" }
                            small { (community.subdistrict.simplified) }
                        }
                        @if let Some(visit) = visit { (controls(visit)) }
                    }
                    (navigation(visit))
                }
                main #main tabindex="-1" { (main) }
                footer {
                    p { "咨询电话 " (phone(&phones.consult)) }
                    p { "监督投诉电话 " (phone(&phones.complain)) }
                    p.quiet { "不方便上网？请到社区自助一体机或窗口办理，办件编号和进度都是同一个。" }
                }
            }
        }
    }
}

/// A number to be called.
pub(super) fn phone(number: &str) -> Markup {
    html! { a href={ "tel:" (number) } { (number) } }
}

fn controls(visit: &Visit) -> Markup {
    let (size, words) = if visit.large { ("normal", "标准字号") } else { ("large", "大字版") };
    html! {
        div.controls {
            form method="post" action="/display" {
                (token(visit))
                input type="hidden" name="back" value=(visit.path);
                button.plain name="size" value=(size) { (icon(TYPE)) (words) }
            }
            @if visit.resident.is_some() {
                form method="post" action="/sign-out" {
                    (token(visit))
                    button.plain { "退出登录" }
                }
            } @else {
                a.plain href="/sign-in" { (icon(PERSON)) "登录" }
            }
        }
    }
}

fn navigation(visit: Option<&Visit>) -> Markup {
    let path = visit.map_or("", |visit| visit.path.as_str());
    let here = |target: &str| {
        let below = match target {
            "/" => {
                path == "/"
                    || ["/areas", "/items", "/bundles", "/search", "/apply"]
                        .iter()
                        .any(|at| path.starts_with(at))
            }
            target => path.starts_with(target),
        };
        below.then_some("page")
    };
    html! {
        nav aria-label="主要栏目" {
            @for (target, words) in [("/", "办事"), ("/progress", "查进度"), ("/my", "我的办件"), ("/verify", "验真伪")] {
                a href=(target) aria-current=[here(target)] { (words) }
            }
        }
    }
}

/// The hidden field that proves a form was shown to this visit.
pub(super) fn token(visit: &Visit) -> Markup {
    html! { input type="hidden" name="token" value=(visit.form_token()); }
}

/// A box with an icon: news of one of four kinds.
pub(super) fn notice(kind: Notice, title: &str, body: &Markup) -> Markup {
    let (class, svg) = match kind {
        Notice::Good => ("notice good", GOOD),
        Notice::Warn => ("notice warn", WARN),
        Notice::Bad => ("notice bad", BAD),
        Notice::Info => ("notice info", INFO),
    };
    html! {
        div class=(class) role=[(kind == Notice::Bad).then_some("alert")] {
            (icon(svg))
            div { @if !title.is_empty() { strong { (title) } } (body) }
        }
    }
}

/// What a [`notice`] is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    Good,
    Warn,
    Bad,
    Info,
}

/// A page that cannot be shown, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// There is no such thing, or not for this visitor.
    NotFound,
    /// The form was not shown to this visit: an old page, or somebody else's.
    Strange,
    /// The form cannot be read.
    Unreadable,
    /// Our own fault.
    Broken,
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "store.failed");
        Self::Broken
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        tracing::error!(class = ?error.classify(), "page.unwritable");
        Self::Broken
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let (status, title, words) = match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "没有找到", "地址可能输错了，或者内容已经不在。"),
            Self::Strange => {
                (StatusCode::FORBIDDEN, "这一页放得太久了", "什么都没有提交。请返回上一页，刷新后再试一次。")
            }
            Self::Unreadable => {
                (StatusCode::BAD_REQUEST, "内容没有收全", "什么都没有提交。请返回上一页再试一次。")
            }
            Self::Broken => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "现在办不了",
                "平台出了问题，已经提交的办件不受影响。请稍后再试，急事请打页面上的咨询电话或到窗口。",
            ),
        };
        (status, Html(bare(title, words).into_string())).into_response()
    }
}

/// A page that needs nothing of the platform, so that it can be shown whatever is wrong.
fn bare(title: &str, words: &str) -> Markup {
    html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="stylesheet" href="/site.css";
            }
            body {
                main #main {
                    h1 { (title) }
                    p.lead { (words) }
                    p { a.button href="/" { "回首页" } }
                }
            }
        }
    }
}

/// The page for an address that is none.
pub(crate) fn not_found() -> Response {
    Fault::NotFound.into_response()
}

/// Leads to signing in, and from there back to `path`.
pub(super) fn sign_in_first(path: &str) -> Response {
    let mut response = Redirect::to(&format!("/sign-in?next={}", super::visit::local(path))).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}
