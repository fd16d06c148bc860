use std::sync::Arc;

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::HeaderMap,
    response::Response,
};
use jiff::Timestamp;
use protocol::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{body, done, private};
use crate::{
    app::App,
    error::Refusal,
    people::{
        NewStaff, audit,
        organisation::{self, Organisation},
        staff::Grant,
    },
    problems,
    routes::{Body, refused},
    staff::{
        access::{Ask, require},
        accounts::{self, Change},
        auth::Signed,
    },
};

/// 组织机构.
#[derive(Serialize, ToSchema)]
pub(crate) struct Organisations {
    /// Each after the one it is under.
    organisations: Vec<Organisation>,
}

/// 组织机构 of the district.
#[utoipa::path(get, path = "/api/v1/staff/organisations", tag = "staff", responses(
    (status = 200, body = Organisations, description = "组织机构"),
    refused::NotSignedIn,
    refused::NotAllowed,
))]
pub(crate) async fn organisations(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
) -> Result<Response, Refusal> {
    require(&session, Ask::Common)?;
    Ok(private(&Organisations { organisations: app.store.read(organisation::all).await? })?)
}

/// Accounts.
#[derive(Serialize, ToSchema)]
pub(crate) struct Accounts {
    accounts: Vec<Account>,
}

/// One account.
#[derive(Serialize, ToSchema)]
pub(crate) struct Account {
    login: String,
    name: String,
    disabled: bool,
    /// Has not changed the first password yet.
    password_initial: bool,
    grants: Vec<Grant>,
}

/// All accounts with their roles.
#[utoipa::path(get, path = "/api/v1/staff/accounts", tag = "staff", responses(
    (status = 200, body = Accounts, description = "账号"),
    refused::NotSignedIn,
    refused::NotAllowed,
))]
pub(crate) async fn list(State(app): State<Arc<App>>, Signed(session): Signed) -> Result<Response, Refusal> {
    let account = |(staff, grants): (crate::people::staff::Staff, Vec<Grant>)| Account {
        login: staff.login,
        name: staff.name,
        disabled: staff.disabled,
        password_initial: staff.password_initial,
        grants,
    };
    let accounts = accounts::list(&app, &session).await?.into_iter().map(account).collect();
    Ok(private(&Accounts { accounts })?)
}

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Create {
    login: String,
    name: String,
}

/// What is told once and never again.
#[derive(Serialize, ToSchema)]
pub(crate) struct Secrets {
    login: String,
    /// To be changed at the first sign-in.
    password: String,
    /// What an authenticator app scans.
    totp_uri: String,
}

fn secrets(made: Option<NewStaff>) -> Result<Response, Refusal> {
    let made = made.ok_or_else(problems::internal)?;
    Ok(private(&Secrets { login: made.login, password: made.password, totp_uri: made.totp_uri })?)
}

/// Makes an account that may do nothing yet. Its secrets are in this answer and nowhere else.
#[utoipa::path(post, path = "/api/v1/staff/accounts", tag = "staff",
    params(("X-CSRF-Token" = String, Header, description = "登录时得到的令牌")),
    request_body(content = Create, content_type = "application/json"),
    responses(
        (status = 200, body = Secrets, description = "已建立"),
        refused::NotJson,
        refused::NotSignedIn,
        refused::NotAllowed,
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "内容有误"),
    ))]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::Administer)?;
    let Create { login, name } = body(&headers, bytes)?;
    secrets(accounts::change(&app, &session, &login, Change::Create { name }).await?)
}

/// Gives an account a new password and a new TOTP secret, and unlocks it.
#[utoipa::path(post, path = "/api/v1/staff/accounts/{login}/reset", tag = "staff",
    params(
        ("login" = String, Path, description = "账号"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    responses(
        (status = 200, body = Secrets, description = "已重置"),
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个账号"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "不能改自己的账号"),
    ))]
pub(crate) async fn reset(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(login): Path<String>,
) -> Result<Response, Refusal> {
    secrets(accounts::change(&app, &session, &login, Change::Reset).await?)
}

/// Keeps an account out, at once.
#[utoipa::path(post, path = "/api/v1/staff/accounts/{login}/disable", tag = "staff",
    params(
        ("login" = String, Path, description = "账号"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    responses(
        (status = 200, body = super::Done, description = "已停用"),
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个账号"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "不能改自己的账号"),
    ))]
pub(crate) async fn disable(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(login): Path<String>,
) -> Result<Response, Refusal> {
    accounts::change(&app, &session, &login, Change::Disable(true)).await?;
    Ok(done()?)
}

/// Lets an account in again.
#[utoipa::path(post, path = "/api/v1/staff/accounts/{login}/enable", tag = "staff",
    params(
        ("login" = String, Path, description = "账号"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    responses(
        (status = 200, body = super::Done, description = "已启用"),
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个账号"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "不能改自己的账号"),
    ))]
pub(crate) async fn enable(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(login): Path<String>,
) -> Result<Response, Refusal> {
    accounts::change(&app, &session, &login, Change::Disable(false)).await?;
    Ok(done()?)
}

/// Gives a role at an organisation; it holds at the next request.
#[utoipa::path(post, path = "/api/v1/staff/accounts/{login}/grants", tag = "staff",
    params(
        ("login" = String, Path, description = "账号"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    request_body(content = Grant, content_type = "application/json"),
    responses(
        (status = 200, body = super::Done, description = "已授权"),
        refused::NotJson,
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个账号"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "没有这个机构，或两个角色必须是两个人"),
    ))]
pub(crate) async fn grant(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(login): Path<String>,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::Secure)?;
    let grant: Grant = body(&headers, bytes)?;
    accounts::change(&app, &session, &login, Change::Grant(grant)).await?;
    Ok(done()?)
}

/// Takes a role away.
#[utoipa::path(post, path = "/api/v1/staff/accounts/{login}/revocations", tag = "staff",
    params(
        ("login" = String, Path, description = "账号"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    request_body(content = Grant, content_type = "application/json"),
    responses(
        (status = 200, body = super::Done, description = "已收回"),
        refused::NotJson,
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个账号"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "内容有误"),
    ))]
pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(login): Path<String>,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::Secure)?;
    let grant: Grant = body(&headers, bytes)?;
    accounts::change(&app, &session, &login, Change::Revoke(grant)).await?;
    Ok(done()?)
}

/// Rows of the access audit.
#[derive(Serialize, ToSchema)]
pub(crate) struct Audit {
    /// Newest first.
    rows: Vec<AuditRow>,
    /// The `before` of the next page, if there is one.
    next: Option<i64>,
}

/// One row.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditRow {
    place: i64,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    login: String,
    action: String,
    subject: String,
    purpose: String,
}

/// Where a page ends.
#[derive(Deserialize)]
pub(crate) struct Before {
    before: Option<i64>,
}

/// 访问审计, newest first.
#[utoipa::path(get, path = "/api/v1/staff/audit", tag = "staff",
    params(("before" = Option<i64>, Query, description = "上一页给出的 next")),
    responses(
        (status = 200, body = Audit, description = "访问审计"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "翻页标记不对"),
        refused::NotSignedIn,
        refused::NotAllowed,
    ))]
pub(crate) async fn audit(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    query: Result<Query<Before>, QueryRejection>,
) -> Result<Response, Refusal> {
    const PAGE: u32 = 100;
    require(&session, Ask::Audit)?;
    let before = query.map_err(|_| problems::cursor_unknown())?.0.before.unwrap_or(i64::MAX);
    let read = app.store.read(move |view| audit::page(view, before, PAGE)).await?;
    let full = read.len() == usize::try_from(PAGE).unwrap_or_default();
    let next = read.last().map(|row| row.place).filter(|place| full && *place > 1);
    let row = |row: audit::Read| AuditRow {
        place: row.place,
        at: row.at,
        login: row.login,
        action: row.action,
        subject: row.subject,
        purpose: row.purpose,
    };
    Ok(private(&Audit { rows: read.into_iter().map(row).collect(), next })?)
}
