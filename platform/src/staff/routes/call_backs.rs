use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use protocol::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use super::{body, done, private};
use crate::{
    app::App,
    error::Refusal,
    routes::{Body, refused},
    staff::{
        access::{Ask, require},
        auth::Signed,
        call_backs::{self, CallBackView, Contacted, Settled},
    },
};

/// Call-backs, open ones first.
#[derive(Serialize, ToSchema)]
pub(crate) struct CallBacks {
    call_backs: Vec<CallBackView>,
}

/// 差评回访: those that one's organisations have to make, and those of the area that one supervises.
#[utoipa::path(get, path = "/api/v1/staff/call-backs", tag = "staff", responses(
    (status = 200, body = CallBacks, description = "回访，未办结的在前"),
    refused::NotSignedIn,
    refused::NotAllowed,
))]
pub(crate) async fn list(State(app): State<Arc<App>>, Signed(session): Signed) -> Result<Response, Refusal> {
    Ok(private(&CallBacks { call_backs: call_backs::list(&app, &session).await? })?)
}

/// Notes the first call to whoever was not satisfied.
#[utoipa::path(post, path = "/api/v1/staff/call-backs/{case_no}/contact", tag = "staff",
    params(
        ("case_no" = String, Path, description = "办件编号"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    request_body(content = Contacted, content_type = "application/json"),
    responses(
        (status = 200, body = super::Done, description = "已记录"),
        refused::NotJson,
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个回访，或不归您办"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "已经联系过"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "没有写明情况"),
    ))]
pub(crate) async fn contact(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(case_no): Path<String>,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::Handle)?;
    call_backs::contact(&app, &session, &case_no, body(&headers, bytes)?).await?;
    Ok(done()?)
}

/// Settles a call-back after the first call.
#[utoipa::path(post, path = "/api/v1/staff/call-backs/{case_no}/settle", tag = "staff",
    params(
        ("case_no" = String, Path, description = "办件编号"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    request_body(content = Settled, content_type = "application/json"),
    responses(
        (status = 200, body = super::Done, description = "已办结"),
        refused::NotJson,
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个回访，或不归您办"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "还没有联系，或已办结"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "没有写明情况"),
    ))]
pub(crate) async fn settle(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(case_no): Path<String>,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::Handle)?;
    call_backs::settle(&app, &session, &case_no, body(&headers, bytes)?).await?;
    Ok(done()?)
}
