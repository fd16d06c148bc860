use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use protocol::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{body, done, private};
use crate::{
    app::App,
    error::Refusal,
    people::{session::Session, staff::Grant},
    routes::{Body, refused},
    staff::{
        accounts,
        auth::{self, Signed},
    },
};

/// What is typed to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// 账号.
    login: String,
    /// 密码.
    password: String,
    /// 动态口令, six digits.
    code: String,
}

/// Who has signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct Whoami {
    login: String,
    name: String,
    grants: Vec<Grant>,
    /// Goes into `X-CSRF-Token` with every request that changes something.
    csrf_token: String,
    /// Nothing else can be done before the password is changed.
    password_change_required: bool,
}

impl Whoami {
    fn of(session: &Session) -> Self {
        Self {
            login: session.staff.login.clone(),
            name: session.staff.name.clone(),
            grants: session.grants.clone(),
            csrf_token: session.csrf.clone(),
            password_change_required: session.staff.password_initial,
        }
    }
}

/// What a new session is told.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedIn {
    csrf_token: String,
    password_change_required: bool,
}

/// Signs in with password and 动态口令. The session is a cookie.
#[utoipa::path(post, path = "/api/v1/staff/session", tag = "staff",
    request_body(content = SignIn, content_type = "application/json"),
    responses(
        (status = 200, body = SignedIn, description = "已登录"),
        refused::NotJson,
        (status = 401, body = Problem, content_type = "application/problem+json", description = "账号、密码或口令不对"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "内容有误"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "错误太多，暂时锁定"),
    ))]
pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    let SignIn { login, password, code } = body(&headers, bytes)?;
    let (ticket, password_change_required) = accounts::sign_in(&app, &login, password, &code).await?;
    let answer = private(&SignedIn { csrf_token: ticket.csrf, password_change_required })?;
    Ok(([(header::SET_COOKIE, auth::cookie(&ticket.token))], answer).into_response())
}

/// Who has signed in, and what they may do.
#[utoipa::path(get, path = "/api/v1/staff/session", tag = "staff", responses(
    (status = 200, body = Whoami, description = "当前登录"),
    refused::NotSignedIn,
))]
pub(crate) async fn whoami(Signed(session): Signed) -> Result<Response, Refusal> {
    Ok(private(&Whoami::of(&session))?)
}

/// Signs out.
#[utoipa::path(delete, path = "/api/v1/staff/session", tag = "staff",
    params(("X-CSRF-Token" = String, Header, description = "登录时得到的令牌")),
    responses(
        (status = 200, body = super::Done, description = "已退出"),
        refused::NotSignedIn,
        (status = 403, body = Problem, content_type = "application/problem+json", description = "令牌不对"),
    ))]
pub(crate) async fn sign_out(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
) -> Result<Response, Refusal> {
    accounts::sign_out(&app, &session).await?;
    Ok(([(header::SET_COOKIE, auth::no_cookie())], done()?).into_response())
}

/// A change of one's own password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePassword {
    old: String,
    /// 12 到 128 个字符.
    new: String,
}

/// Changes one's own password; every other session of the same person ends.
#[utoipa::path(post, path = "/api/v1/staff/password", tag = "staff",
    params(("X-CSRF-Token" = String, Header, description = "登录时得到的令牌")),
    request_body(content = ChangePassword, content_type = "application/json"),
    responses(
        (status = 200, body = super::Done, description = "已修改"),
        refused::NotJson,
        refused::NotSignedIn,
        (status = 403, body = Problem, content_type = "application/problem+json", description = "令牌不对"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "密码没有改"),
    ))]
pub(crate) async fn change_password(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    let ChangePassword { old, new } = body(&headers, bytes)?;
    accounts::change_password(&app, &session, old, new).await?;
    Ok(done()?)
}
