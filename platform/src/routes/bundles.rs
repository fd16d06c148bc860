//! 一件事: one form, and as many cases as its answers call for, filed all at once.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::HeaderMap,
    response::Response,
};
use protocol::{Bundle, BundleCase, BundleSubmission, CaseSubmission, Problem, ServiceItem};
use seal::Sealed;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    Body,
    cases::{Intake, NewCase, answer},
    paging::{Paging, with_next},
    received,
};
use crate::{
    app::App,
    catalogue::bundle::{LifeEventBundle, MergedForm, Part, section},
    clock::china_date,
    error::Refusal,
    idempotency::{self, Fingerprint, Operation},
    lifecycle::Filing,
    problems,
    routes::refused,
    store::{
        StoreError, Transaction,
        answers::{self, Known},
        bundles, case_answers, cases,
        casework::told::Words,
    },
    submission::{self, Envelope},
};

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(all))
        .routes(routes!(one))
        .routes(routes!(submit))
        .routes(routes!(by_number))
}

/// The bundles that are offered today, by their names.
#[utoipa::path(get, path = "/api/v1/bundles", tag = "catalogue",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "每页条数，不填是 50"),
        ("cursor" = Option<String>, Query, description = "翻页标记，取自上一页的 Link"),
    ),
    responses(
        (status = 200, body = Vec<Bundle>, description = "一件事",
            headers(("Link" = String, description = "rel=next 是下一页"))),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "翻页参数不对"),
    ))]
pub(crate) async fn all(
    State(app): State<Arc<App>>,
    paging: Result<Query<Paging>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(paging) = paging.map_err(|_| problems::cursor_malformed())?;
    let offer = app.offer();
    let bundles = &offer.catalogue.bundles;
    let page = paging.page(|id: &str| bundles.iter().position(|bundle| bundle.id == id))?;
    let first = page.after.map_or(0, |after| after + 1);
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let ids: Vec<&str> = bundles.iter().skip(first).take(limit).map(|bundle| bundle.id.as_str()).collect();
    let more = first + ids.len() < bundles.len();
    let next = ids.last().filter(|_| more).map(|id| format!("/api/v1/bundles?limit={limit}&cursor={id}"));
    let shown: Vec<Bundle> = ids.iter().filter_map(|id| Some(offer.bundle(id)?.offered())).collect();
    Ok(with_next(Json(shown), next))
}

/// One of them, with its form.
#[utoipa::path(get, path = "/api/v1/bundles/{id}", tag = "catalogue",
    params(("id" = String, Path, description = "一件事的名字")),
    responses(
        (status = 200, body = Bundle, description = "一件事"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个一件事"),
    ))]
pub(crate) async fn one(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<Bundle>, Refusal> {
    let offer = app.offer_that(|offer| offer.offers_bundle(&id)).await?;
    Ok(Json(offer.bundle(&id).ok_or_else(problems::bundle_not_found)?.offered()))
}

/// Files a bundle: a case of each item that the answers call for, all of them or none. Sent again under the same
/// `Idempotency-Key` it gets the same answer with the same numbers.
#[utoipa::path(post, path = "/api/v1/bundle-cases", tag = "cases",
    params(
        ("Idempotency-Key" = Uuid, Header, description = "这一件事的 UUID，可以加引号"),
        ("Terminal-Id" = Option<String>, Header, description = "终端编号，密封的内容必须有"),
    ),
    request_body(content(
        (BundleSubmission = "application/json"),
        (Sealed = "application/vnd.community-kiosk.sealed+json"),
    )),
    responses(
        (status = 201, body = BundleCase, description = "已收件，每个事项各是一个办件"),
        (status = 400, body = Problem, content_type = "application/problem+json",
            description = "缺少 Idempotency-Key、Terminal-Id，或不是 JSON"),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "同一请求正在处理", headers(("Retry-After" = u32, description = "秒"))),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "内容太大"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json",
            description = "内容有误（pointer 指出哪一项），或 Idempotency-Key 已用于另一个请求"),
    ))]
pub(crate) async fn submit(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let key = idempotency::key(&headers)?;
    let keys = app.keys().await?;
    let envelope = Envelope { headers: &headers, key, keys: &keys.ring };
    let submission = submission::bundle(&envelope, &received(body)?)?;
    answer(file_bundle(&app, key, submission).await?)
}

/// Files what a channel or a page has gathered.
pub(crate) async fn file_bundle(
    app: &App,
    key: Uuid,
    submission: BundleSubmission,
) -> Result<Known, Refusal> {
    let _ticket = app.running.enter(Operation::FileBundle, key)?;
    let fingerprint = Fingerprint::of(&submission)?;
    // Before any check, as with a single case.
    let known =
        app.store.read(move |view| answers::find(view, Operation::FileBundle, key, &fingerprint)).await?;
    if let Some(known) = known {
        return Ok(known);
    }
    let request = checked(app, (key, fingerprint), submission).await?;
    let intake = Intake::of(app);
    Ok(app.store.write(move |transaction| request.write(transaction, &intake)).await?)
}

/// A bundle on its way into the store.
struct NewBundle {
    key: Uuid,
    fingerprint: Fingerprint,
    bundle: LifeEventBundle,
    submission: BundleSubmission,
    parts: Vec<NewPart>,
}

/// One of its cases.
struct NewPart {
    case: NewCase,
    task_code: String,
    filing: Filing,
}

async fn checked(
    app: &App,
    (key, fingerprint): (Uuid, Fingerprint),
    mut submission: BundleSubmission,
) -> Result<NewBundle, Refusal> {
    let form = form(app, (&submission.bundle, submission.bundle_version), &submission.item_versions).await?;
    let (offer, now) = (app.offer(), app.clock.now());
    submission::check_bundle(&submission, &form, &offer.fileable, now)
        .map_err(|problem| about_its_item(problem, &form.items))?;
    submission.received_at = submission::believed(submission.received_at, now);
    let parts = form.split(&submission.fields, &submission.applicant);
    let part = |part: Part<'_>| {
        let part_of = part.item;
        let case = case(&submission, part);
        let item = submission::check(&case, &offer.fileable, now).map_err(|wrong| about(wrong, part_of))?;
        let filing = app.file(item, case.received_at);
        let case = NewCase { key: Uuid::new_v4(), submission: case, exchanges: app.exchanges() };
        Ok(NewPart { task_code: item.task_code.clone(), case, filing })
    };
    let parts = parts.into_iter().map(part).collect::<Result<Vec<_>, Refusal>>()?;
    Ok(NewBundle { key, fingerprint, bundle: form.bundle, submission, parts })
}

/// Says which of its items stands in the way: what is wrong with one keeps all of them from being filed.
fn about(problem: Problem, item: &ServiceItem) -> Problem {
    let detail = problem.detail.as_deref().unwrap_or(&problem.title);
    let detail = format!("{}：{detail}", item.name.simplified);
    problem.detail(detail)
}

/// The same where that follows from the question at fault.
pub(super) fn about_its_item(problem: Problem, items: &[ServiceItem]) -> Problem {
    let question = problem.pointer.as_deref().and_then(|at| at.strip_prefix("/fields/"));
    let id = question.and_then(section);
    match items.iter().find(|item| Some(item.id.as_str()) == id) {
        Some(item) => about(problem, item),
        None => problem,
    }
}

/// The form that the applicant saw. What was begun before a newer version, or before it was withdrawn, is still taken.
pub(super) async fn form(
    app: &App,
    (id, version): (&str, u32),
    items: &BTreeMap<String, u32>,
) -> Result<MergedForm, Refusal> {
    let offer = app.offer_with_bundle((id, version), items).await?;
    if !offer.knows_bundle(id) {
        return Err(problems::bundle_unknown().into());
    }
    Ok(offer.bundle_of((id, version), items).ok_or_else(problems::bundle_version_unknown)?)
}

/// The case that a part of a bundle is, as if it had been filed alone.
fn case(submission: &BundleSubmission, part: Part<'_>) -> CaseSubmission {
    CaseSubmission {
        item: part.item.id.clone(),
        item_version: part.item.version,
        pickup_code: submission.pickup_code.clone(),
        channel: submission.channel,
        terminal_id: submission.terminal_id.clone(),
        received_at: submission.received_at,
        applicant: submission.applicant.clone(),
        fields: part.answers,
        consent: submission.consent.clone(),
    }
}

impl NewBundle {
    /// All its cases, what holds them together, and the answer: all of it or nothing.
    fn write(&self, transaction: &Transaction<'_>, intake: &Intake) -> Result<Known, StoreError> {
        let Self { key, fingerprint, bundle, submission, parts } = self;
        if let Some(known) = answers::begin(transaction, Operation::FileBundle, *key, fingerprint)? {
            return Ok(known);
        }
        // Numbers are taken in one order everywhere, so that two bundles never wait for one another.
        let mut in_order: Vec<&NewPart> = parts.iter().collect();
        in_order.sort_by(|one, other| one.task_code.cmp(&other.task_code));
        for part in in_order {
            part.case.write(transaction, &part.task_code, &part.filing, intake)?;
        }
        let first = parts.first().ok_or(StoreError::Damaged("bundle"))?;
        let day = china_date(first.filing.recorded_at);
        let number = cases::next_case_no(transaction, &bundle.code, day)?;
        let members: Vec<Uuid> = parts.iter().map(|part| part.case.key).collect();
        bundles::insert(transaction, (*key, &number), bundle, submission, &members)?;
        // Each of them tells what it is part of.
        for case in &members {
            case_answers::keep(transaction, &case.to_string())?;
        }
        let filed = bundles::by_number(transaction, &number, Words::Hidden)?;
        let body = serde_json::to_string(&filed.ok_or(StoreError::Damaged("bundle_case"))?);
        let body = body.map_err(|_| StoreError::Damaged("bundle_case"))?;
        answers::keep(transaction, Operation::FileBundle, *key, fingerprint, &body)?;
        Ok(Known::Answered(body))
    }
}

/// A bundle by its number, with each of its cases as it stands now.
#[utoipa::path(get, path = "/api/v1/bundle-cases/{bundle_no}", tag = "cases",
    params(("bundle_no" = String, Path, description = "一件事编号")),
    responses(
        (status = 200, body = BundleCase, description = "一件事和它的办件"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有查到"),
    ))]
pub(crate) async fn by_number(
    State(app): State<Arc<App>>,
    Path(bundle_no): Path<String>,
) -> Result<Json<BundleCase>, Refusal> {
    let found = app.store.read(move |view| bundles::by_number(view, &bundle_no, Words::Hidden)).await?;
    Ok(Json(found.ok_or_else(problems::bundle_case_not_found)?))
}
