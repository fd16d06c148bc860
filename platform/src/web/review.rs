//! 核对 and 提交: everything on one page, and then the case, or the cases of a bundle.

use std::time::Duration;

use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use protocol::{
    BundleSubmission, CaseSubmission, Channel, Field, FieldKind, MaterialSource, PickupCode, Problem,
    ServiceItem, mask,
};
use uuid::Uuid;

use super::{
    Web,
    apply::{self, Opened, Subject},
    form::{said, short},
    page::{Fault, Notice, Page, notice, token},
    persons,
    session::{Posted, SignedIn, Visit},
    steps::{self, Step, steps},
    words,
};
use crate::{
    catalogue::bundle,
    error::Refusal,
    problems,
    routes::{bundles::file_bundle, cases::file_case},
    store::{answers::Known, drafts, own, residents::Resident},
};

pub(super) async fn show(
    State(web): State<Web>,
    SignedIn { visit, resident }: SignedIn,
    Path(key): Path<String>,
) -> Result<Response, Fault> {
    let opened = match apply::open(&web, &resident, &key).await? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let steps = steps(opened.subject.fields(), &opened.draft.fields, &opened.applicant);
    match steps::first_open(&steps, &opened.draft.fields) {
        Some(open) => Ok(Redirect::to(&format!("/drafts/{}/{open}", opened.draft.key)).into_response()),
        None => Ok(page(&web, &visit, (&opened, &resident), None)),
    }
}

fn page(
    web: &Web,
    visit: &Visit,
    (opened, resident): (&Opened, &Resident),
    wrong: Option<&Problem>,
) -> Response {
    let Opened { draft, subject, .. } = opened;
    let steps = steps(subject.fields(), &draft.fields, &opened.applicant);
    let body = html! {
        @if let Some(problem) = wrong { (refused(opened, &steps, problem)) }
        dl.answers {
            div { dt { "姓名" } dd { (mask::name(&resident.name)) } }
            div { dt { "证件号码" } dd { (mask::id_number(&resident.id_number)) } }
            @for (at, step) in (1..).zip(&steps) { (answered(opened, at, step)) }
        }
        (cases_to_be(web, opened))
        (papers(opened))
        form method="post" action={ "/drafts/" (draft.key) "/check" } {
            (token(visit))
            @if let Subject::Item(item) = subject { p.promise { (promise(web, opened, item)) } }
            p.actions { button { "确认提交" } }
        }
        p.quiet { "填写的内容由您本人负责。提交后会得到办件编号和取件码。" }
    };
    let last = (!steps.is_empty()).then(|| format!("/drafts/{}/{}", draft.key, steps.len()));
    let up = last.unwrap_or_else(|| subject.guide());
    let above = format!("{} · 最后一步", subject.name());
    let page = Page::new("请核对，没有错就提交").above(above).up(up, "上一步");
    page.wrong(wrong.is_some()).show(web, visit, body)
}

/// What the platform says no to, with a way to the page where it is.
fn refused(opened: &Opened, steps: &[Step<'_>], problem: &Problem) -> Markup {
    let field = problem.pointer.as_deref().and_then(|pointer| pointer.strip_prefix("/fields/"));
    let place = field.and_then(|path| steps::place(steps, path.split('/').next().unwrap_or(path)));
    let words = problem.detail.as_deref().unwrap_or(&problem.title);
    notice(
        Notice::Bad,
        "没有提交成功",
        &html! {
            p { (words) }
            @if let Some(place) = place {
                p { a href={ "/drafts/" (opened.draft.key) "/" (place) "?back=check" } { "去改这一项" } }
            }
        },
    )
}

fn answered(opened: &Opened, at: usize, step: &Step<'_>) -> Markup {
    let path = format!("/drafts/{}/{at}?back=check", opened.draft.key);
    let row = |field: &Field, words: Markup| {
        html! {
            div {
                dt {
                    (field.label.simplified)
                    @if let Some(section) = opened.subject.section(field) { small { (section) } }
                }
                dd { (words) }
                dd.change { a href=(path) { "修改" span.hidden { (field.label.simplified) } } }
            }
        }
    };
    match step {
        Step::Questions(fields) => html! {
            @for field in fields {
                @let answer = opened.draft.fields.get(&field.id).map_or("", |answer| answer.words());
                (row(field, html! { (said(field, answer)) }))
            }
        },
        Step::People(field) => row(field, people(opened, field)),
    }
}

fn people(opened: &Opened, field: &Field) -> Markup {
    let people = persons::people(field, &opened.draft.fields);
    let FieldKind::PersonList { fields, .. } = &field.kind else { return html! {} };
    html! {
        @if people.is_empty() { "没有填" }
        ol {
            @for person in &people {
                li {
                    @for inner in fields {
                        @if let Some(answer) = person.get(&inner.id) {
                            span.pair { (short(inner)) "：" (said(inner, answer)) }
                        }
                    }
                }
            }
        }
    }
}

/// The items that will be filed.
fn items(opened: &Opened) -> Vec<&ServiceItem> {
    match &opened.subject {
        Subject::Item(item) => vec![&**item],
        Subject::Bundle(form) => form.called_for(&opened.draft.fields),
    }
}

/// What a bundle becomes: each item with its own limit.
fn cases_to_be(web: &Web, opened: &Opened) -> Markup {
    if matches!(opened.subject, Subject::Item(_)) {
        return html! {};
    }
    let items = items(opened);
    html! {
        h2 { "提交后是 " (items.len()) " 个办件" }
        ul.papers {
            @for item in items {
                li { span.words {
                    strong { (item.name.simplified) }
                    small { (item.organisation.name.simplified) "。" (promise(web, opened, item)) }
                } }
            }
        }
        p.quiet { "一次提交，每个办件各有办件编号和期限，取件码是同一个。" }
    }
}

/// The papers that must follow on foot, each once.
fn papers(opened: &Opened) -> Markup {
    let mut counter = bundle::papers(&items(opened));
    counter.retain(|(material, _)| material.source == MaterialSource::Counter);
    if counter.is_empty() {
        return html! {};
    }
    notice(
        Notice::Warn,
        "提交后还要到窗口交材料",
        &html! {
            ul {
                @for (material, _) in &counter {
                    li { (material.name.simplified) "：" (words::material(material)) }
                }
            }
        },
    )
}

fn promise(web: &Web, opened: &Opened, item: &ServiceItem) -> String {
    if !item.auto_accept {
        return format!("材料交齐、受理后 {}内办结。", words::limit(item.promised));
    }
    let due = web.app.calendar().due(opened.today, item.promised);
    if due.on == opened.today {
        return "提交后当场办结。".to_owned();
    }
    let expected = if due.provisional { "预计 " } else { "" };
    format!("今天提交，{expected}{}前办结。", words::day(due.on, opened.today))
}

/// 电脑端 or 移动端, as the browser says of itself.
pub(super) fn channel(headers: &HeaderMap) -> Channel {
    let says = |name: &str, what: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(what))
    };
    if says("sec-ch-ua-mobile", "?1") || says("user-agent", "Mobi") { Channel::Phone } else { Channel::Pc }
}

/// Files the draft, once, however often the button is pressed.
pub(super) async fn submit(
    State(web): State<Web>,
    SignedIn { visit, resident }: SignedIn,
    Path(key): Path<String>,
    headers: HeaderMap,
    _: Posted,
) -> Result<Response, Fault> {
    let opened = match apply::open(&web, &resident, &key).await? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let key = opened.draft.key;
    match file(&web, &opened, channel(&headers)).await {
        Ok(Known::Answered(_) | Known::OtherRequest | Known::StillRunning) => {
            filed(&web, &resident, key).await
        }
        Err(refusal) => {
            let problem = refusal.problem();
            if problem.name() == problems::still_running().name() {
                return filed(&web, &resident, key).await;
            }
            Ok(page(&web, &visit, (&opened, &resident), Some(problem)))
        }
    }
}

async fn file(web: &Web, opened: &Opened, channel: Channel) -> Result<Known, Refusal> {
    let (_, random) = Uuid::new_v4().as_u64_pair();
    let pickup_code = PickupCode::from_random(random % 100_000_000);
    let received_at = web.app.clock.now();
    let Opened { draft, applicant, .. } = opened;
    let (applicant, fields, consent) = (applicant.clone(), draft.fields.clone(), draft.consent.clone());
    match &opened.subject {
        Subject::Item(item) => {
            let submission = CaseSubmission {
                item: item.id.clone(),
                item_version: item.version,
                pickup_code,
                channel,
                terminal_id: None,
                received_at,
                applicant,
                fields,
                consent,
            };
            file_case(&web.app, draft.key, submission).await
        }
        Subject::Bundle(form) => {
            let submission = BundleSubmission {
                bundle: form.bundle.id.clone(),
                bundle_version: form.bundle.version,
                item_versions: form.versions(),
                pickup_code,
                channel,
                terminal_id: None,
                received_at,
                applicant,
                fields,
                consent,
            };
            file_bundle(&web.app, draft.key, submission).await
        }
    }
}

/// How long the second of two presses waits for the first.
const WAITS: u32 = 25;
const WAIT: Duration = Duration::from_millis(200);

/// Leads to what a draft has become.
async fn filed(web: &Web, resident: &Resident, key: Uuid) -> Result<Response, Fault> {
    for _ in 0..WAITS {
        let owner = resident.id_number.clone();
        let filed = web
            .app
            .store
            .write(move |transaction| {
                let filed = own::filed(transaction, key, &owner)?;
                if filed.is_some() {
                    drafts::discard(transaction, &owner, key)?;
                }
                Ok(filed)
            })
            .await?;
        if let Some(filed) = filed {
            return Ok(Redirect::to(&format!("{}?new=1", apply::page_of(&filed))).into_response());
        }
        tokio::time::sleep(WAIT).await;
    }
    Err(Fault::Broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_told_from_a_computer() {
        let of = |name: &'static str, value: &'static str| {
            channel(&[(name.parse().unwrap(), value.parse().unwrap())].into_iter().collect())
        };
        assert_eq!(of("user-agent", "Mozilla/5.0 (Linux; Android 14) Mobile Safari"), Channel::Phone);
        assert_eq!(of("sec-ch-ua-mobile", "?1"), Channel::Phone);
        assert_eq!(of("user-agent", "Mozilla/5.0 (X11; Linux x86_64)"), Channel::Pc);
        assert_eq!(channel(&HeaderMap::new()), Channel::Pc);
    }
}
