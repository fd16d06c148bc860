//! 我的办件: what became of what was filed, on whichever screen.

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use protocol::{Case, CaseStatus, EndingKind, Rating, RatingLevel};
use serde::Deserialize;

use super::{
    Web, apply, browse, bundles as bundle_pages, materials,
    page::{self, Fault, Notice, Page, icon, notice, token},
    review::channel,
    session::{Posted, SignedIn, Visit},
    told, words,
};
use crate::{
    clock::china_date,
    documents::file,
    exchange,
    store::{
        StoreError, Transaction, bundles,
        cases::{self, By},
        documents::{self, Listed},
        drafts, own,
        ratings::{self, Rated},
        residents::Resident,
    },
};

pub(super) async fn mine(
    State(web): State<Web>,
    SignedIn { visit, resident }: SignedIn,
) -> Result<Response, Fault> {
    let owner = resident.id_number.clone();
    let read = move |view: &Transaction<'_>| {
        let cases = cases::find(view, &By::IdNumber(owner.clone()))?;
        Ok((cases, bundles::of_person(view, &owner)?, drafts::of(view, &owner)?))
    };
    let (cases, bundles, drafts) = web.app.store.read(read).await?;
    let offer = web.app.offer_with_drafts(&drafts).await?;
    let body = html! {
        p.lead { (protocol::mask::name(&resident.name)) "，在自助机、窗口和网上办的都在这里。" }
        (apply::unfinished(&web, &visit, &drafts, &offer))
        (bundle_pages::filed(&bundles))
        h2 { "已提交的" }
        @if cases.is_empty() {
            p.quiet { "还没有办件。" }
            p { a.button href="/" { "去办事" } }
        }
        ul.list {
            @for case in &cases {
                li { a href={ "/my/" (case.case_no) } {
                    span.words {
                        strong { (case.item.name.simplified) }
                        small { (words::moment(case.received_at)) " 提交" }
                    }
                    (badge(case))
                    (icon(page::FORWARD))
                } }
            }
        }
    };
    Ok(Page::new("我的办件").show(&web, &visit, body))
}

/// The word for where a case stands, with a colour that says the same.
pub(super) fn badge(case: &Case) -> Markup {
    let class = match case.status {
        _ if case.told.ending.is_some() => "badge plain",
        CaseStatus::Completed => "badge good",
        CaseStatus::CorrectionRequired => "badge warn",
        CaseStatus::NotAccepted | CaseStatus::Withdrawn => "badge plain",
        _ => "badge info",
    };
    html! { span class=(class) { (case.status_text) } }
}

#[derive(Deserialize)]
pub(super) struct New {
    new: Option<String>,
}

impl New {
    /// Whether it was filed a moment ago.
    pub(super) fn is_new(&self) -> bool {
        self.new.is_some()
    }
}

/// A case of the resident's own, or none.
async fn own_case(web: &Web, resident: &Resident, case_no: &str) -> Result<Case, Fault> {
    let (owner, number) = (resident.id_number.clone(), case_no.to_owned());
    let found = web
        .app
        .store
        .read(move |view| {
            if own::is_own(view, &number, &owner)? { cases::for_applicant(view, &number) } else { Ok(None) }
        })
        .await?;
    found.ok_or(Fault::NotFound)
}

pub(super) async fn one(
    State(web): State<Web>,
    SignedIn { visit, resident }: SignedIn,
    Path(case_no): Path<String>,
    query: Result<Query<New>, QueryRejection>,
) -> Result<Response, Fault> {
    let case = own_case(&web, &resident, &case_no).await?;
    let papers_of_it = materials::papers(&web, &resident, &case_no).await?;
    let read = move |view: &Transaction<'_>| {
        Ok((documents::of_case(view, &case_no)?, bundles::of_case(view, &case_no)?))
    };
    let (documents, bundle) = web.app.store.read(read).await?;
    let new = query.is_ok_and(|Query(query)| query.is_new());
    let body = html! {
        @if new { (filed(&case)) }
        @if let Some(bundle) = &bundle { (bundle_pages::part_of(bundle)) }
        (shown(&web, &case, &materials::first(&papers_of_it)))
        (materials::list(&case, &papers_of_it))
        (papers(&case, &documents))
        (rating(&visit, &case))
    };
    Ok(Page::new(&case.item.name.simplified).up("/my", "我的办件").show(&web, &visit, body))
}

fn filed(case: &Case) -> Markup {
    let next = match case.status {
        CaseStatus::Completed => "已经当场办结，下面可以下载办结通知。",
        CaseStatus::Accepted => "已经受理，到期前办结。",
        _ => "请按下面的要求到窗口交材料，交齐才受理。",
    };
    notice(Notice::Good, "提交成功", &html! { p { (next) } p { "请记下取件码，或者截图。" } })
}

/// 文书 that were written to the applicant.
fn papers(case: &Case, documents: &[Listed]) -> Markup {
    html! {
        h2 { "文书" }
        ul.list {
            @for document in documents.iter().filter(|document| document.kind.is_to_applicant()) {
                li { a href={ "/my/" (case.case_no) "/documents/" (document.number) } {
                    (icon(page::PAPER))
                    span.words {
                        strong { (document.kind.title()) }
                        small { (words::moment(document.issued_at)) "，PDF，可以打印" }
                    }
                    (icon(page::FORWARD))
                } }
            }
        }
    }
}

/// A case as everybody may see it who has shown that it is theirs; `todo` comes behind what has to be done at once.
pub(super) fn shown(web: &Web, case: &Case, todo: &Markup) -> Markup {
    let today = china_date(web.app.clock.now());
    html! {
        @if case.demo { (browse::demo()) }
        div.ticket {
            p.label { "取件码" }
            p.code { (case.pickup_code.grouped()) }
            p.label { "办件编号" }
            p.number { (words::grouped(&case.case_no)) }
        }
        (told::first(case, today))
        (todo)
        dl.facts {
            div { dt { "现在" } dd { (badge(case)) } }
            @if let (Some(due), false) = (case.due_on, is_over(case)) {
                div { dt { "承诺办结" } dd {
                    @if case.told.stopped().is_some() { "停止计算，现在顺延到 " }
                    @else if case.due_provisional { "预计 " }
                    (words::day(due, today)) "前"
                } }
            }
            @if let Some(result) = &case.result {
                div { dt { "办理结果" } dd {
                    (result.name.simplified)
                    @if let Some(until) = result.valid_until { "，有效期至 " (words::day(until, today)) }
                } }
            }
            div { dt { "申请人" } dd { (case.applicant_name) } }
            div { dt { "谁在办" } dd { (case.organisation) } }
            div { dt { "咨询" } dd { (page::phone(&case.consult_phone)) } }
            div { dt { "投诉" } dd { (page::phone(&case.complain_phone)) } }
        }
        h2 { "办到哪一步了" }
        ol.steps {
            @for step in &case.steps {
                li { strong { (step_words(case, step.status)) } small { (words::moment(step.at)) } }
            }
        }
        (told::due_changes(case, today))
        (to_bring(web, case))
    }
}

/// Whether nothing is promised any more.
pub(super) fn is_over(case: &Case) -> bool {
    matches!(case.status, CaseStatus::Completed | CaseStatus::Withdrawn) || case.told.ending.is_some()
}

/// What a step is called; who let the time go by has withdrawn nothing.
fn step_words(case: &Case, status: CaseStatus) -> &'static str {
    let lapsed = case.told.ending.as_ref().is_some_and(|ending| ending.kind == EndingKind::Lapsed);
    if lapsed && status == CaseStatus::Withdrawn {
        "逾期未补正，已终止"
    } else {
        words::step(status)
    }
}

/// What still has to come to the counter, while nobody has accepted the case.
fn to_bring(web: &Web, case: &Case) -> Markup {
    let offer = web.app.offer();
    let item = offer.version(&case.item.id, case.item.version);
    let waiting = case.status == CaseStatus::Received;
    let counter = |material: &&protocol::Material| material.source == protocol::MaterialSource::Counter;
    let papers: Vec<_> = item
        .filter(|_| waiting)
        .map(|item| item.materials.iter().filter(counter).collect())
        .unwrap_or_default();
    if papers.is_empty() {
        return html! {};
    }
    notice(
        Notice::Warn,
        "还要到窗口交材料",
        &html! { ul { @for paper in papers { li { (paper.name.simplified) "：" (words::material(paper)) } } } },
    )
}

const LEVELS: [(u8, &str); 5] =
    [(1, "非常满意"), (2, "满意"), (3, "基本满意"), (4, "不满意"), (5, "非常不满意")];

fn rating(visit: &Visit, case: &Case) -> Markup {
    if let Some(level) = case.rating {
        let words = LEVELS.iter().find(|(code, _)| *code == u8::from(level)).map_or("", |(_, words)| words);
        return html! { h2 { "评价" } p.quiet { "您的评价：" (words) "。谢谢。" } };
    }
    html! {
        h2 { "这次办得怎么样？" }
        p.quiet { "自愿评价，一件评一次，不影响办理。" }
        form.ratings method="post" action={ "/my/" (case.case_no) "/rating" } {
            (token(visit))
            @for (code, words) in LEVELS { button.second name="level" value=(code) { (words) } }
        }
    }
}

/// Rates a case; pressed twice it is rated once.
pub(super) async fn rate(
    State(web): State<Web>,
    SignedIn { resident, .. }: SignedIn,
    Path(case_no): Path<String>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Fault> {
    let case = own_case(&web, &resident, &case_no).await?;
    let level: Option<RatingLevel> =
        posted.get("level").parse().ok().and_then(|code: u8| code.try_into().ok());
    let level = level.ok_or(Fault::Unreadable)?;
    let rating =
        Rating { case_key: case.case_key, level, rated_at: web.app.clock.now(), channel: channel(&headers) };
    let (exchanges, calendar) = (web.app.exchanges(), web.app.calendar());
    let write = move |transaction: &Transaction<'_>| {
        let now = rating.rated_at;
        if ratings::keep(transaction, &rating, &calendar, now)? == Rated::Kept && exchanges {
            exchange::tell(transaction, rating.case_key, now)?;
        }
        Ok(())
    };
    web.app.store.write(write).await?;
    Ok(Redirect::to(&format!("/my/{case_no}")).into_response())
}

/// A document of an own case, as a file.
pub(super) async fn document(
    State(web): State<Web>,
    SignedIn { resident, .. }: SignedIn,
    Path((case_no, number)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let (owner, now) = (resident.id_number.clone(), web.app.clock.now());
    let write = move |transaction: &Transaction<'_>| {
        if !own::is_own(transaction, &case_no, &owner)? {
            return Ok(None);
        }
        let issued = documents::printed(transaction, &case_no, &number, now)?;
        let Some(issued) = issued.filter(|issued| issued.kind.is_to_applicant()) else { return Ok(None) };
        let key = cases::key(transaction, &case_no)?.ok_or(StoreError::Damaged("case"))?;
        Ok(Some((issued, cases::party(transaction, key)?)))
    };
    let (issued, party) = web.app.store.write(write).await?.ok_or(Fault::NotFound)?;
    file(issued, party, web.settings.public_url.clone()).await.ok_or(Fault::Broken)
}
