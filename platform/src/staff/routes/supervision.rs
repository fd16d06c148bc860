use std::sync::Arc;

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::HeaderMap,
    response::Response,
};
use protocol::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    body,
    cases::{After, TaskList, cursor, known},
    done, private,
};
use crate::{
    app::App,
    error::Refusal,
    idempotency::{self, Fingerprint, Operation},
    routes::{Body, refused},
    staff::{
        access::{Ask, require},
        auth::Signed,
        service,
    },
    store::{
        StoreError, Transaction,
        answers::{self, Known},
        casework::statistics::Statistics,
    },
};

/// 监察: the open cases of one's area by urgency, and those that were late.
#[utoipa::path(get, path = "/api/v1/staff/supervision", tag = "staff",
    params(("cursor" = Option<String>, Query, description = "上一页给出的 next")),
    responses(
        (status = 200, body = TaskList, description = "办件，最急的在前"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "翻页标记不对"),
        refused::NotSignedIn,
        refused::NotAllowed,
    ))]
pub(crate) async fn watched(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    query: Result<Query<After>, QueryRejection>,
) -> Result<Response, Refusal> {
    let tasks = service::watched(&app, &session, cursor(query)?.as_deref()).await?;
    Ok(private(&TaskList { cases: tasks.cases, next: tasks.next })?)
}

/// 统计 of one's area: each number is a count over the cases.
#[utoipa::path(get, path = "/api/v1/staff/statistics", tag = "staff", responses(
    (status = 200, body = Statistics, description = "统计"),
    refused::NotSignedIn,
    refused::NotAllowed,
))]
pub(crate) async fn statistics(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
) -> Result<Response, Refusal> {
    Ok(private(&service::count(&app, &session).await?)?)
}

/// What a 督办单 says, or its answer.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Content {
    /// 500 字以内.
    content: String,
}

/// A 督办单 that was issued.
#[derive(Serialize, ToSchema)]
pub(crate) struct Issued {
    id: String,
}

/// Issues a 督办单 to whoever holds the case.
#[utoipa::path(post, path = "/api/v1/staff/cases/{case_no}/orders", tag = "staff",
    params(
        ("case_no" = String, Path, description = "办件编号"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
        ("Idempotency-Key" = uuid::Uuid, Header, description = "督办单的 UUID"),
    ),
    request_body(content = Content, content_type = "application/json"),
    responses(
        (status = 200, body = Issued, description = "已发出"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "不是 JSON，或缺少 Idempotency-Key"),
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有查到，或不归您管"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "同一请求正在处理"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "内容有误"),
    ))]
pub(crate) async fn order(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(case_no): Path<String>,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::Supervise)?;
    let key = idempotency::key(&headers)?;
    let Content { content } = body(&headers, bytes)?;
    let fingerprint = Fingerprint::of(&(&case_no, &session.staff.id, &content))?;
    let now = app.clock.now();
    let write = move |transaction: &Transaction<'_>| {
        if let Some(known) = answers::begin(transaction, Operation::Order, key, &fingerprint)? {
            return Ok(Ok(known));
        }
        let id = match service::order(transaction, &session, (&case_no, &content), now)? {
            Ok(id) => id,
            Err(problem) => return Ok(Err(problem)),
        };
        let body = serde_json::to_string(&Issued { id }).map_err(|_| StoreError::Damaged("answer"))?;
        answers::keep(transaction, Operation::Order, key, &fingerprint, &body)?;
        Ok(Ok(Known::Answered(body)))
    };
    known(app.store.write(write).await??)
}

/// Answers a 督办单, for the organisation that it asks.
#[utoipa::path(post, path = "/api/v1/staff/orders/{id}/reply", tag = "staff",
    params(
        ("id" = String, Path, description = "督办单"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    request_body(content = Content, content_type = "application/json"),
    responses(
        (status = 200, body = super::Done, description = "已回复"),
        refused::NotJson,
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有查到，或不归您办"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "已经回复"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "内容有误"),
    ))]
pub(crate) async fn reply(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(id): Path<String>,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::Handle)?;
    let Content { content } = body(&headers, bytes)?;
    service::reply(&app, &session, &id, &content).await?;
    Ok(done()?)
}

/// Closes a 督办单 that has been answered.
#[utoipa::path(post, path = "/api/v1/staff/orders/{id}/close", tag = "staff",
    params(
        ("id" = String, Path, description = "督办单"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    responses(
        (status = 200, body = super::Done, description = "已办结"),
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有查到，或不归您管"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "还没有回复，或已办结"),
    ))]
pub(crate) async fn close(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    service::close(&app, &session, &id).await?;
    Ok(done()?)
}
