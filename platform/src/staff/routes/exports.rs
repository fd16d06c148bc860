use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use protocol::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{body, cases::known, done, private};
use crate::{
    app::App,
    error::Refusal,
    idempotency::{self, Fingerprint, Operation},
    routes::{Body, refused},
    staff::{
        access::{Ask, require},
        auth::Signed,
        exports::{self, ExportRequest, ExportView, Fetched},
    },
    store::{
        StoreError, Transaction,
        answers::{self, Known},
    },
};

/// Exports, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct Exports {
    exports: Vec<ExportView>,
}

/// The exports that one has asked for, and those that one may release.
#[utoipa::path(get, path = "/api/v1/staff/exports", tag = "staff", responses(
    (status = 200, body = Exports, description = "导出，新的在前"),
    refused::NotSignedIn,
    refused::NotAllowed,
))]
pub(crate) async fn list(State(app): State<Arc<App>>, Signed(session): Signed) -> Result<Response, Refusal> {
    Ok(private(&Exports { exports: exports::list(&app, &session).await? })?)
}

/// An export that was asked for.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExportAsked {
    /// 导出编号.
    number: String,
}

/// Asks for an export. Somebody else has to release it.
#[utoipa::path(post, path = "/api/v1/staff/exports", tag = "staff",
    params(
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
        ("Idempotency-Key" = uuid::Uuid, Header, description = "申请的 UUID"),
    ),
    request_body(content = ExportRequest, content_type = "application/json"),
    responses(
        (status = 200, body = ExportAsked, description = "已申请，等待批准"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "不是 JSON，或缺少 Idempotency-Key"),
        refused::NotSignedIn,
        (status = 403, body = Problem, content_type = "application/problem+json", description = "没有权限，或不是您的辖区"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "同一请求正在处理"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "期间、用途有误，或太多"),
    ))]
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::Count)?;
    let key = idempotency::key(&headers)?;
    let request: ExportRequest = body(&headers, bytes)?;
    let fingerprint = Fingerprint::of(&(&session.staff.id, &request))?;
    let now = app.clock.now();
    let write = move |transaction: &Transaction<'_>| {
        if let Some(known) = answers::begin(transaction, Operation::Export, key, &fingerprint)? {
            return Ok(Ok(known));
        }
        let number = match exports::ask(transaction, &session, &request, now)? {
            Ok(number) => number,
            Err(problem) => return Ok(Err(problem)),
        };
        let body =
            serde_json::to_string(&ExportAsked { number }).map_err(|_| StoreError::Damaged("answer"))?;
        answers::keep(transaction, Operation::Export, key, &fingerprint, &body)?;
        Ok(Ok(Known::Answered(body)))
    };
    known(app.store.write(write).await??)
}

/// Releases an export that somebody else has asked for. It can then be fetched for a day, once.
#[utoipa::path(post, path = "/api/v1/staff/exports/{number}/release", tag = "staff",
    params(
        ("number" = String, Path, description = "导出编号"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    responses(
        (status = 200, body = super::Done, description = "已批准"),
        refused::NotSignedIn,
        (status = 403, body = Problem, content_type = "application/problem+json", description = "没有权限，或是自己申请的"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个导出，或不归您管"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "已经批过，或已过期"),
    ))]
pub(crate) async fn release(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(number): Path<String>,
) -> Result<Response, Refusal> {
    exports::decide(&app, &session, &number, None).await?;
    Ok(done()?)
}

/// Why an export is refused.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    /// 理由, 200 字以内.
    reason: String,
}

/// Refuses an export that somebody else has asked for.
#[utoipa::path(post, path = "/api/v1/staff/exports/{number}/refuse", tag = "staff",
    params(
        ("number" = String, Path, description = "导出编号"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    request_body(content = Reason, content_type = "application/json"),
    responses(
        (status = 200, body = super::Done, description = "未批准"),
        refused::NotJson,
        refused::NotSignedIn,
        (status = 403, body = Problem, content_type = "application/problem+json", description = "没有权限，或是自己申请的"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个导出，或不归您管"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "已经批过，或已过期"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "没有写理由"),
    ))]
pub(crate) async fn refuse(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(number): Path<String>,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::Release)?;
    let Reason { reason } = body(&headers, bytes)?;
    exports::decide(&app, &session, &number, Some(&reason)).await?;
    Ok(done()?)
}

/// The file, once, for whoever asked for it: CSV in UTF-8, with a watermark before each block of rows.
#[utoipa::path(post, path = "/api/v1/staff/exports/{number}/fetch", tag = "staff",
    params(
        ("number" = String, Path, description = "导出编号"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    responses(
        (status = 200, body = String, content_type = "text/csv", description = "CSV"),
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个导出，或不是您申请的"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "没有批准、已过期，或已下载过"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "太多"),
    ))]
pub(crate) async fn fetch(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(number): Path<String>,
) -> Result<Response, Refusal> {
    Ok(file(exports::fetch(&app, &session, &number).await?))
}

/// A file that nobody keeps on the way.
pub(crate) fn file(fetched: Fetched) -> Response {
    let mut response = fetched.csv.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", fetched.name)) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
