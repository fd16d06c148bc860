//! 一件事一次办: what can be done at once, and how far all of it is.

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    response::Response,
};
use maud::{Markup, html};
use protocol::{BundleCase, Case, Material, MaterialSource, PartOf, ServiceItem};

use super::{
    Web, browse,
    cases::{self as case_page, New},
    page::{self, Fault, Notice, Page, icon, notice},
    session::{SignedIn, Visit},
    words,
};
use crate::{
    catalogue::bundle::{self, LifeEventBundle, MergedForm},
    clock::china_date,
    offer::Named,
    store::{Transaction, bundles, casework::told::Words},
};

pub(super) async fn all(State(web): State<Web>, visit: Visit) -> Response {
    let offer = web.app.offer();
    let bundles: Vec<_> = offer.catalogue.bundles.iter().collect();
    let body = html! {
        p.lead { "几件相关的事，一张表、一次提交。相同的内容只填一遍，材料合在一起。" }
        (list(&bundles))
        @if bundles.is_empty() { p.quiet { "现在没有可以一次办的。" } }
    };
    Page::new("一件事一次办").up("/", "全部事项").show(&web, &visit, body)
}

pub(super) fn list(bundles: &[&LifeEventBundle]) -> Markup {
    html! {
        ul.list {
            @for bundle in bundles {
                li { a href={ "/bundles/" (bundle.id) } {
                    span.words {
                        strong { (bundle.name.simplified) }
                        small { (bundle.summary.simplified) }
                    }
                    (icon(page::FORWARD))
                } }
            }
        }
    }
}

pub(super) async fn guide(
    State(web): State<Web>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let offer = web.app.offer_that(|offer| offer.offers_bundle(&id)).await?;
    let Some(form) = offer.bundle(&id) else {
        return browse::not_offered(&web, &visit, &offer, Named::Bundle(&id));
    };
    let items: Vec<_> = form.items.iter().collect();
    let body = html! {
        p.lead { (form.bundle.summary.simplified) }
        @if form.bundle.demo { (browse::demo()) }
        h2 { "一次办哪些事" }
        ul.list {
            @for (member, item) in form.bundle.items.iter().zip(&items) {
                li { a href={ "/items/" (item.id) } {
                    span.words {
                        strong { (item.name.simplified) }
                        small { (item.organisation.name.simplified) " · " (words::promise(item)) }
                    }
                    @if member.when.is_some() { span class="badge plain" { "按情况" } }
                    (icon(page::FORWARD))
                } }
            }
        }
        p.quiet { "标着“按情况”的，按您的回答决定办不办。什么人能办，点进每件事去看。" }
        h2 { "要准备什么" }
        (papers(&form, &items))
        (browse::start(&web, &format!("/bundles/{}/apply", form.bundle.id)))
    };
    Ok(Page::new(&form.bundle.name.simplified).up("/bundles", "一件事一次办").show(&web, &visit, body))
}

/// Every paper once; which items it is for, where it is not for all of them. Their forms are one form here.
fn papers(form: &MergedForm, items: &[&ServiceItem]) -> Markup {
    let row = |(material, of): &(Material, Vec<&ServiceItem>)| {
        let names: Vec<&str> = of.iter().map(|item| item.name.simplified.as_str()).collect();
        html! {
            li { (icon(page::PAPER)) span.words {
                strong { (material.name.simplified) }
                small { (words::material(material)) }
                @if of.len() < form.items.len() { small { "用于：" (names.join("、")) } }
            } }
        }
    };
    let mut papers = bundle::papers(items);
    papers.retain(|(material, _)| material.source != MaterialSource::OnlineForm);
    html! {
        ul.papers {
            @for paper in &papers { (row(paper)) }
            li { (icon(page::PAPER)) span.words {
                strong { "申请表" } small { "几件事合成一张，在网页上填写" }
            } }
        }
    }
}

/// 我的办件: what was filed at once, each with how far it is.
pub(super) fn filed(bundles: &[BundleCase]) -> Markup {
    html! {
        @if !bundles.is_empty() {
            h2 { "一件事" }
            ul.list {
                @for bundle in bundles {
                    li { a href={ "/my/bundles/" (bundle.bundle_no) } {
                        span.words {
                            strong { (bundle.bundle.name.simplified) }
                            small { (words::moment(bundle.received_at)) " 提交" }
                        }
                        (progress(&bundle.cases))
                        (icon(page::FORWARD))
                    } }
                }
            }
        }
    }
}

/// How many of the cases have ended.
fn progress(cases: &[Case]) -> Markup {
    let over = cases.iter().filter(|case| case_page::is_over(case)).count();
    let class = if over == cases.len() { "badge good" } else { "badge info" };
    html! { span class=(class) { "办完 " (over) "/" (cases.len()) } }
}

/// The way from one of the cases to all of them.
pub(super) fn part_of(bundle: &PartOf) -> Markup {
    html! {
        p.quiet { "和别的事一起办的：" a href={ "/my/bundles/" (bundle.bundle_no) } { (bundle.name.simplified) } }
    }
}

/// A bundle of the resident's own, with each of its cases.
pub(super) async fn one(
    State(web): State<Web>,
    SignedIn { visit, resident }: SignedIn,
    Path(bundle_no): Path<String>,
    query: Result<Query<New>, QueryRejection>,
) -> Result<Response, Fault> {
    let owner = resident.id_number.clone();
    let read = move |view: &Transaction<'_>| {
        let own = bundles::is_own(view, &bundle_no, &owner)?;
        if own { bundles::by_number(view, &bundle_no, Words::Shown) } else { Ok(None) }
    };
    let bundle = web.app.store.read(read).await?.ok_or(Fault::NotFound)?;
    let new = query.is_ok_and(|Query(query)| query.is_new());
    let body = html! {
        @if new {
            (notice(Notice::Good, "提交成功", &html! {
                p { "一次提交了 " (bundle.cases.len()) " 个办件，各办各的。" }
                p { "请记下取件码，或者截图。" }
            }))
        }
        @if bundle.demo { (browse::demo()) }
        div.ticket {
            p.label { "取件码（" (bundle.cases.len()) " 个办件是同一个）" }
            p.code { (bundle.pickup_code.grouped()) }
            p.label { "一件事编号" }
            p.number { (words::grouped(&bundle.bundle_no)) }
        }
        h2 { "办到哪一步了" }
        p { (progress(&bundle.cases)) }
        ul.list { @for case in &bundle.cases { (row(&web, case)) } }
        p.quiet { "点进去看要交的材料、文书和办理过程，也可以评价。" }
    };
    Ok(Page::new(&bundle.bundle.name.simplified).up("/my", "我的办件").show(&web, &visit, body))
}

fn row(web: &Web, case: &Case) -> Markup {
    let today = china_date(web.app.clock.now());
    let due = case.due_on.filter(|_| !case_page::is_over(case));
    html! {
        li { a href={ "/my/" (case.case_no) } {
            span.words {
                strong { (case.item.name.simplified) }
                small {
                    (case.organisation)
                    @if let Some(due) = due {
                        "，" @if case.due_provisional { "预计 " } (words::day(due, today)) "前办结"
                    }
                }
                small.number { (words::grouped(&case.case_no)) }
            }
            (case_page::badge(case))
            (icon(page::FORWARD))
        } }
    }
}
