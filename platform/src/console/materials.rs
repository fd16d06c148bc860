//! 申请材料 of a case: which there are, and behind a purpose their pictures beside the answers.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use maud::{Markup, html};
use protocol::Channel;
use uuid::Uuid;

use super::{
    forms::Visitor,
    layout::{moment, refusal},
};
use crate::{
    app::App,
    materials::response,
    problems,
    staff::{
        materials::{MaterialView, PageView, look},
        view::CaseView,
    },
};

/// The list; with `shown`, the pictures as well.
pub(super) fn list(case: &CaseView, shown: bool) -> Markup {
    let any = case.materials.iter().any(|material| !material.pages.is_empty());
    html! {
        section class="card" {
            h2 { "申请材料" }
            dl class="rows materials" {
                @for material in &case.materials {
                    div {
                        dt { span class="tag" { (material.source) } }
                        dd {
                            (material.name)
                            @if !material.note.is_empty() { div class="small" { (material.note) } }
                            (state(material))
                            @if shown { (pages(case, material)) }
                        }
                    }
                }
            }
            @if any && !shown {
                p class="hint" { "图片里有个人信息：先在“查看个人信息”里写明目的，再在这里对照着看。" }
            }
        }
    }
}

/// What there is of a material, in a line.
fn state(material: &MaterialView) -> Markup {
    let (count, waiting) = (material.shown().count(), material.on_their_way());
    let replaced = material.pages.len() - count;
    html! {
        @if material.picture_missing {
            div { span class="tag ask" { "还没有图片" } }
        } @else if count > 0 {
            div class="small" {
                span class="tag has" { "图片 " (count) " 页" }
                @if waiting > 0 { " 另有 " (waiting) " 页还没有传到" }
                @if waiting > 0 && replaced > 0 { "，" }
                @if replaced > 0 { " 被替换 " (replaced) " 页" }
            }
        }
    }
}

fn pages(case: &CaseView, material: &MaterialView) -> Markup {
    html! {
        @for page in material.shown() { (one(case, material, page)) }
        @if material.pages.iter().any(|page| page.replaced) {
            details class="older" {
                summary { "被替换的页" }
                ul {
                    @for page in material.pages.iter().filter(|page| page.replaced) {
                        li {
                            a href=(address(case, page)) { "第 " (page.page) " 页" }
                            " " (moment(page.received_at)) " " (from(page.channel))
                        }
                    }
                }
                p class="hint" { "归档时不再保留文件，只留校验值。" }
            }
        }
    }
}

fn one(case: &CaseView, material: &MaterialView, page: &PageView) -> Markup {
    let address = address(case, page);
    let name = format!("{} 第 {} 页", material.name, page.page);
    html! {
        figure class="page" {
            @if page.media_type == "application/pdf" {
                a class="file" href=(address) { "下载 PDF：" (name) }
            } @else {
                a href=(address) target="_blank" rel="noopener" { img src=(address) alt=(name) loading="lazy"; }
            }
            figcaption class="small" {
                "第 " (page.page) " 页 · " (moment(page.received_at)) " · " (from(page.channel))
                " · " (page.bytes / 1024 + 1) " KiB"
            }
        }
    }
}

fn address(case: &CaseView, page: &PageView) -> String {
    format!("/console/cases/{}/materials/{}", case.task.case_no, page.page_key)
}

fn from(channel: Channel) -> &'static str {
    match channel {
        Channel::Kiosk => "自助机拍摄",
        Channel::Window => "窗口",
        Channel::Pc => "电脑上传",
        Channel::Phone => "手机上传",
    }
}

/// The file of a page.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    Path((case_no, page_key)): Path<(String, String)>,
) -> Response {
    let back = format!("/console/cases/{case_no}");
    let Ok(page_key) = page_key.parse::<Uuid>() else {
        return refusal(problems::page_not_found().into(), &back);
    };
    match look(&app, &session, &case_no, page_key).await {
        Ok((page, file)) => {
            response(&page.media_type, file, &format!("{case_no}-{}-{}", page.material, page.page))
        }
        Err(denied) => refusal(denied, &back),
    }
}
