//! What can be done here: headings, items, guides, and a search over their words.

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    response::Response,
};
use maud::{Markup, html};
use protocol::{Area, ServiceItem, Text};
use serde::Deserialize;

use super::{
    Web, bundles,
    page::{self, Fault, Notice, Page, icon, notice},
    session::Visit,
    words,
};
use crate::{
    clock::china_date,
    offer::{Named, Offer},
};

pub(super) async fn home(State(web): State<Web>, visit: Visit) -> Response {
    let offer = web.app.offer();
    let items = &offer.catalogue.items;
    let body = html! {
        (search_box(""))
        ul.tiles {
            @for area in words::AREAS {
                @let (name, what) = words::area(area);
                @let count = items.iter().filter(|item| item.area == Some(area)).count();
                li { a.tile href={ "/areas/" (words::slug(area)) } {
                    (icon(picture(area)))
                    span.words { strong { (name) } small { (what) } }
                    span.count { (count) " 项" }
                    (icon(page::FORWARD))
                } }
            }
            @if !offer.catalogue.bundles.is_empty() {
                li { a.tile href="/bundles" {
                    (icon(page::BUNDLE))
                    span.words { strong { "一件事一次办" } small { "几件事一张表，一次提交" } }
                    span.count { (offer.catalogue.bundles.len()) " 件" }
                    (icon(page::FORWARD))
                } }
            }
        }
        h2 { "常用" }
        ul.tiles {
            li { a.tile href="/progress" {
                (icon(page::SEARCH))
                span.words { strong { "查进度" } small { "看看办到哪一步了" } }
                (icon(page::FORWARD))
            } }
            li { a.tile href="/verify" {
                (icon(page::VERIFY))
                span.words { strong { "验真伪" } small { "核对回执、通知书上的验证码" } }
                (icon(page::FORWARD))
            } }
            li { a.tile href="/board" {
                (icon(page::BOARD))
                span.words { strong { "公示栏" } small { "正在公示的救助和认定" } }
                (icon(page::FORWARD))
            } }
        }
    };
    Page::new("您要办什么事？").show(&web, &visit, body)
}

fn picture(area: Area) -> &'static str {
    match area {
        Area::Employment => page::EMPLOYMENT,
        Area::SocialInsurance => page::INSURANCE,
        Area::Healthcare => page::HEALTH,
        Area::CivilAffairs => page::CIVIL,
    }
}

fn search_box(typed: &str) -> Markup {
    html! {
        form.search role="search" action="/search" {
            label for="q" { "找事项" }
            div.row {
                input #q name="q" value=(typed) maxlength="30" enterkeyhint="search" autocomplete="off";
                button { (icon(page::SEARCH)) "查找" }
            }
        }
    }
}

fn list<'a>(items: impl Iterator<Item = &'a ServiceItem>) -> Markup {
    html! {
        ul.list {
            @for item in items {
                li { a href={ "/items/" (item.id) } {
                    span.words {
                        strong { (item.name.simplified) }
                        small { (item.summary.simplified) " · " (words::promise(item)) }
                    }
                    (icon(page::FORWARD))
                } }
            }
        }
    }
}

pub(super) async fn area(
    State(web): State<Web>,
    visit: Visit,
    Path(slug): Path<String>,
) -> Result<Response, Fault> {
    let area = words::AREAS.into_iter().find(|area| words::slug(*area) == slug).ok_or(Fault::NotFound)?;
    let (name, what) = words::area(area);
    let offer = web.app.offer();
    let items = offer.catalogue.items.iter().filter(|item| item.area == Some(area));
    let body = html! { p.lead { (what) } (list(items)) };
    Ok(Page::new(name).up("/", "全部事项").show(&web, &visit, body))
}

#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    q: String,
}

pub(super) async fn search(
    State(web): State<Web>,
    visit: Visit,
    query: Result<Query<Search>, QueryRejection>,
) -> Response {
    let typed: String = query.map(|Query(search)| search.q).unwrap_or_default().chars().take(30).collect();
    let typed = typed.trim();
    let offer = web.app.offer();
    let found: Vec<_> = offer.catalogue.items.iter().filter(|item| speaks_of(item, typed)).collect();
    let at_once: Vec<_> = offer
        .catalogue
        .bundles
        .iter()
        .filter(|bundle| speak(&[&bundle.name, &bundle.summary], typed))
        .collect();
    let body = html! {
        (search_box(typed))
        @if !at_once.is_empty() {
            p.lead { "一件事一次办" }
            (bundles::list(&at_once))
        }
        @if found.is_empty() && at_once.is_empty() {
            (notice(Notice::Info, "没有找到", &html! {
                p { "换个说法再试，例如“社保卡”“低保”“报销”，或者到首页按类别找。" }
            }))
        } @else if !found.is_empty() {
            p.lead { "找到 " (found.len()) " 项" }
            (list(found.into_iter()))
        }
    };
    Page::new("找事项").up("/", "全部事项").show(&web, &visit, body)
}

/// Whether every word typed is somewhere in what the item says of itself.
fn speaks_of(item: &ServiceItem, typed: &str) -> bool {
    speak(&[&item.name, &item.summary, &item.result.name, &item.organisation.name], typed)
}

fn speak(texts: &[&Text], typed: &str) -> bool {
    let mut words = typed.split_whitespace().peekable();
    if words.peek().is_none() {
        return false;
    }
    words.all(|word| texts.iter().any(|text| text.simplified.contains(word)))
}

pub(super) async fn guide(
    State(web): State<Web>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let offer = web.app.offer_of(&id).await?;
    let Some(item) = offer.item(&id) else { return not_offered(&web, &visit, &offer, Named::Item(&id)) };
    let area = item.area.map_or(("/".to_owned(), "全部事项"), |area| {
        (format!("/areas/{}", words::slug(area)), words::area(area).0)
    });
    let title = item.name.simplified.clone();
    let page = Page::new(&title).up(area.0, area.1);
    let body = html! {
        p.lead { (item.summary.simplified) }
        @if item.demo { (demo()) }
        (facts(&web, item))
        h2 { "什么人能办" }
        ul.plain { @for condition in &item.conditions { li { (condition.simplified) } } }
        h2 { "要准备什么" }
        ul.papers {
            @for material in &item.materials {
                li { (icon(page::PAPER)) span.words {
                    strong { (material.name.simplified) } small { (words::material(material)) }
                } }
            }
        }
        (start(&web, &format!("/apply/{}", item.id)))
        p.quiet { "咨询 " (page::phone(&item.consult_phone)) "　投诉 " (page::phone(&item.complain_phone)) }
    };
    Ok(page.show(&web, &visit, body))
}

/// What stood at an address that somebody has kept, and is not offered any more: who can be asked about it.
pub(super) fn not_offered(
    web: &Web,
    visit: &Visit,
    offer: &Offer,
    named: Named<'_>,
) -> Result<Response, Fault> {
    let (name, phone) = offer.not_offered(named).ok_or(Fault::NotFound)?;
    let body = notice(
        Notice::Info,
        "现在不在这里办理",
        &html! {
            p { "要办或者要问，请打咨询电话 " (page::phone(phone)) "，或者到窗口。" }
            p { "已经提交的办件照常办，可以" a href="/progress" { "查进度" } "。没有填完的在“" a href="/my" { "我的办件" } "”里，还可以接着填、提交。" }
        },
    );
    Ok(Page::new(&name.simplified).up("/", "全部事项").gone().show(web, visit, body))
}

/// 示例: what is not signed off by a real department says so.
pub(super) fn demo() -> Markup {
    html! { p.demo { span { "示例" } "示例数据，未经真实部门确认" } }
}

fn facts(web: &Web, item: &ServiceItem) -> Markup {
    let today = china_date(web.app.clock.now());
    let due = web.app.calendar().due(today, item.promised);
    html! {
        dl.facts {
            div { dt { "多久办好" } dd {
                (words::limit(item.promised))
                @if item.auto_accept && due.on > today {
                    "，今天提交，" (if due.provisional { "预计 " } else { "" }) (words::day(due.on, today)) "前办结"
                }
            } }
            div { dt { "收费" } dd { (item.fee.simplified) } }
            div { dt { "办完拿到" } dd { (item.result.name.simplified) } }
            div { dt { "谁来办" } dd { (item.organisation.name.simplified) } }
        }
    }
}

/// The button that begins, where anybody can sign in.
pub(super) fn start(web: &Web, path: &str) -> Markup {
    if web.settings.gateways.is_some() {
        return html! { p.actions { a.button href=(path) { "开始办理" } } };
    }
    notice(
        Notice::Info,
        "网上还不能办理",
        &html! { p { "这里还没有开通网上登录。请到社区自助一体机或窗口办理，进度可以在这里查。" } },
    )
}
