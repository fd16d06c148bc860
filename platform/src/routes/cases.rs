use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use protocol::{Case, CaseList, CaseQuery, CaseSubmission, PickupCode, Problem};
use seal::Sealed;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Body, Written, json,
    paging::{Paging, with_next},
    received,
};
use crate::{
    app::App,
    calendar::WorkCalendar,
    clock::china_date,
    error::Refusal,
    exchange,
    fleet::Caller,
    idempotency::{self, Fingerprint, Operation},
    lifecycle::Filing,
    problems,
    routes::refused,
    store::{
        StoreError, Transaction,
        answers::{self, Known},
        case_answers,
        cases::{self, By},
        casework::{self, told::Words},
    },
    submission::{self, Envelope},
};

/// Files a case. Sent again under the same `Idempotency-Key` it gets the same answer and files nothing.
///
/// Only final answers are kept: a refusal is reckoned anew, so a corrected case may use its key again.
#[utoipa::path(post, path = "/api/v1/cases", tag = "cases",
    params(
        ("Idempotency-Key" = Uuid, Header, description = "办件的 UUID，可以加引号"),
        ("Terminal-Id" = Option<String>, Header, description = "终端编号，密封的内容必须有"),
    ),
    request_body(content(
        (CaseSubmission = "application/json"),
        (Sealed = "application/vnd.community-kiosk.sealed+json"),
    )),
    responses(
        (status = 201, body = Case, description = "已收件"),
        (status = 400, body = Problem, content_type = "application/problem+json",
            description = "缺少 Idempotency-Key、Terminal-Id，或不是 JSON"),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "同一请求正在处理", headers(("Retry-After" = u32, description = "秒"))),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "内容太大"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json",
            description = "内容有误（pointer 指出哪一项），或 Idempotency-Key 已用于另一个请求"),
        (status = 503, body = Problem, content_type = "application/problem+json",
            description = "平台忙，请重试", headers(("Retry-After" = u32, description = "秒"))),
    ))]
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let key = idempotency::key(&headers)?;
    let _ticket = app.running.enter(Operation::FileCase, key)?;
    let keys = app.keys().await?;
    let envelope = Envelope { headers: &headers, key, keys: &keys.ring };
    let submission = submission::submission(&envelope, &received(body)?)?;
    answer(checked(&app, key, submission).await?)
}

/// Files what a page has gathered, under the same rules.
pub(crate) async fn file_case(app: &App, key: Uuid, submission: CaseSubmission) -> Result<Known, Refusal> {
    let _ticket = app.running.enter(Operation::FileCase, key)?;
    checked(app, key, submission).await
}

async fn checked(app: &App, key: Uuid, submission: CaseSubmission) -> Result<Known, Refusal> {
    let fingerprint = Fingerprint::of(&submission)?;
    let find = move |view: &Transaction<'_>| answers::find_case(view, key, &fingerprint);
    // Before any check: what was accepted once stays accepted, though a check may have become stricter since.
    if let Some(known) = app.store.look(find).await? {
        return Ok(known);
    }
    let mut case = NewCase { key, submission, exchanges: app.exchanges() };
    let now = app.clock.now();
    let offer = app.offer_with(&case.submission.item, case.submission.item_version).await?;
    let item = submission::check(&case.submission, &offer.fileable, now)?;
    case.submission.received_at = submission::believed(case.submission.received_at, now);
    let filing = app.file(item, case.submission.received_at);
    let task_code = item.task_code.clone();
    let intake = Intake::of(app);
    let write = move |transaction: &Transaction<'_>| {
        if let Some(known) = answers::begin(transaction, Operation::FileCase, key, &fingerprint)? {
            return Ok(known);
        }
        case.write(transaction, &task_code, &filing, &intake)?;
        let body = case_answers::keep(transaction, &key.to_string())?;
        answers::keep(transaction, Operation::FileCase, key, &fingerprint, &body)?;
        Ok(Known::Answered(body))
    };
    Ok(app.store.write(write).await?)
}

pub(super) fn answer(known: Known) -> Result<Response, Refusal> {
    match known {
        Known::Answered(body) => Ok(json(StatusCode::CREATED, body)),
        Known::OtherRequest => Err(problems::reused_key().into()),
        Known::StillRunning => Err(problems::still_running().into()),
    }
}

/// A case on its way into the store, alone or in a bundle.
pub(super) struct NewCase {
    pub(super) key: Uuid,
    pub(super) submission: CaseSubmission,
    /// Whether the platform above has to hear of it.
    pub(super) exchanges: bool,
}

/// What finds the first desk of a case.
pub(super) struct Intake {
    /// The community of a machine that stands in none.
    default: String,
    calendar: Arc<WorkCalendar>,
}

impl Intake {
    pub(super) fn of(app: &App) -> Self {
        Self { default: app.shipped.community.id.clone(), calendar: app.calendar() }
    }
}

impl NewCase {
    /// The case, its steps and its number. Whoever filed it is answered after that, in the same transaction.
    pub(super) fn write(
        &self,
        transaction: &Transaction<'_>,
        task_code: &str,
        filing: &Filing,
        intake: &Intake,
    ) -> Result<(), StoreError> {
        let Self { key, submission, .. } = self;
        let case_no = cases::next_case_no(transaction, task_code, china_date(filing.recorded_at))?;
        cases::insert(transaction, *key, &case_no, submission, filing)?;
        casework::take_in(transaction, &case_no, &intake.default, &intake.calendar, filing.recorded_at)?;
        if self.exchanges {
            exchange::tell(transaction, *key, filing.recorded_at)?;
        }
        Ok(())
    }
}

/// One case by its 办件编号.
#[utoipa::path(get, path = "/api/v1/cases/{case_no}", tag = "cases",
    params(("case_no" = String, Path, description = "办件编号")),
    responses(
        (status = 200, body = Case, description = "办件"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有查到"),
    ))]
pub(crate) async fn by_case_no(
    State(app): State<Arc<App>>,
    Path(case_no): Path<String>,
) -> Result<Response, Refusal> {
    let told = case_answers::told(&app.store, case_no).await?;
    Ok(Written::as_it_is(told.ok_or_else(problems::case_not_found)?).into_response())
}

/// The query of [`by_pickup_code`].
#[derive(Deserialize)]
pub(crate) struct ByPickupCode {
    pickup_code: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

/// The cases with a 取件码, newest first; none is an empty list.
#[utoipa::path(get, path = "/api/v1/cases", tag = "cases",
    params(
        ("pickup_code" = String, Query, description = "取件码，9 位数字"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "每页条数，不填是 50"),
        ("cursor" = Option<Uuid>, Query, description = "翻页标记，取自上一页的 Link"),
    ),
    responses(
        (status = 200, body = CaseList, description = "查到的办件",
            headers(("Link" = String, description = "rel=next 是下一页"))),
        (status = 400, body = Problem, content_type = "application/problem+json",
            description = "取件码或翻页参数不对"),
    ))]
pub(crate) async fn by_pickup_code(
    State(app): State<Arc<App>>,
    query: Result<Query<ByPickupCode>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(query) = query.map_err(|_| problems::pickup_code_malformed())?;
    let text = query.pickup_code.ok_or_else(problems::pickup_code_missing)?;
    let code = PickupCode::parse(&text).map_err(|_| problems::pickup_code_malformed())?;
    let path = format!("/api/v1/cases?pickup_code={}&", code.as_str());
    let page = query.paging.page(|text| text.parse().ok())?;
    let limit = page.limit;
    let (body, next) = case_answers::list(&app.store, code.into(), page).await?;
    Ok(with_next(Written::as_it_is(body), next.map(|key| next_page(&path, limit, key))))
}

/// The cases of a person, newest first. The number of the document is in the body, so that it is in no log.
///
/// A kiosk that has read the card is told what only the applicant may know: what is missing, reasons and remedies. Where
/// kiosks have certificates, nobody without one is told that.
#[utoipa::path(post, path = "/api/v1/cases/search", tag = "cases",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "每页条数，不填是 50"),
        ("cursor" = Option<Uuid>, Query, description = "翻页标记，取自上一页的 Link"),
    ),
    request_body(content = CaseQuery, content_type = "application/json"),
    responses(
        (status = 200, body = CaseList, description = "查到的办件",
            headers(("Link" = String, description = "rel=next 是下一页"))),
        (status = 400, body = Problem, content_type = "application/problem+json",
            description = "不是 JSON，或翻页参数不对"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "内容太大"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "内容有误"),
    ))]
pub(crate) async fn search(
    State(app): State<Arc<App>>,
    caller: Caller,
    paging: Result<Query<Paging>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let Query(paging) = paging.map_err(|_| problems::cursor_malformed())?;
    let query: CaseQuery = submission::json_body(&headers, &received(body)?)?;
    if query.id_number.trim().is_empty() {
        return Err(problems::invalid_field("/id_number", "没有读到证件号码").into());
    }
    let words = if caller.is_kiosk() { Words::Shown } else { Words::Hidden };
    list(&app, By::IdNumber(query.id_number.clone()), &paging, "/api/v1/cases/search?", words).await
}

/// A page of cases; `path` is where it was asked for, up to what is about pages.
async fn list(app: &App, by: By, paging: &Paging, path: &str, words: Words) -> Result<Response, Refusal> {
    let page = paging.page(|text| text.parse().ok())?;
    let limit = page.limit;
    let (cases, next) = app.store.look(move |view| cases::page(view, &by, &page, words)).await?;
    Ok(with_next(Json(CaseList { cases }), next.map(|key| next_page(path, limit, key))))
}

fn next_page(path: &str, limit: u32, behind: Uuid) -> String {
    format!("{path}limit={limit}&cursor={behind}")
}
