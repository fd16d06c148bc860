use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use protocol::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use super::{body, private};
use crate::{
    app::App,
    catalogue::bundle::LifeEventBundle,
    error::Refusal,
    routes::{Body, refused},
    staff::{
        access::{Ask, require},
        auth::Signed,
        bundles::{self, BundleSummary, LedBundle, SaveBundleDraft},
        editing::{self, DraftStep, Withdrawal},
        making::{self, NewBundle},
    },
};

/// The bundles that somebody may edit.
#[derive(Serialize, ToSchema)]
pub(crate) struct LedBundles {
    bundles: Vec<BundleSummary>,
}

/// The bundles that one's offices lead, with what becomes of their drafts.
#[utoipa::path(get, path = "/api/v1/staff/bundles", tag = "staff", responses(
    (status = 200, body = LedBundles, description = "归您编辑的一件事"),
    refused::NotSignedIn,
    refused::NotAllowed,
))]
pub(crate) async fn list(State(app): State<Arc<App>>, Signed(session): Signed) -> Result<Response, Refusal> {
    Ok(private(&LedBundles { bundles: bundles::list(&app, &session).await? })?)
}

/// A bundle with its versions, its draft, and what the draft says otherwise.
#[utoipa::path(get, path = "/api/v1/staff/bundles/{id}", tag = "staff",
    params(("id" = String, Path, description = "一件事的名字")),
    responses(
        (status = 200, body = LedBundle, description = "一件事"),
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个一件事，或不归您编辑"),
    ))]
pub(crate) async fn bundle(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    shown(&app, &session, &id).await
}

async fn shown(app: &App, session: &crate::people::session::Session, id: &str) -> Result<Response, Refusal> {
    Ok(private(&bundles::bundle(app, session, id).await?)?)
}

/// Begins a bundle that was never there, as a draft. Its name must be nobody's, published or not.
#[utoipa::path(post, path = "/api/v1/staff/bundles", tag = "staff",
    params(("X-CSRF-Token" = String, Header, description = "登录时得到的令牌")),
    request_body(content = NewBundle, content_type = "application/json"),
    responses(
        (status = 200, body = LedBundle, description = "已起草"),
        refused::NotJson,
        refused::NotSignedIn,
        (status = 403, body = Problem, content_type = "application/problem+json", description = "没有权限，或不是您单位牵头的"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "代号已经有人用"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "代号、编号前缀、名称或底本不对"),
    ))]
pub(crate) async fn make(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::EditItems)?;
    let new: NewBundle = body(&headers, bytes)?;
    let id = new.id.clone();
    making::bundle(&app, &session, new).await?;
    shown(&app, &session, &id).await
}

/// Copies the version that stands into a draft. A bundle has one draft at a time.
#[utoipa::path(post, path = "/api/v1/staff/bundles/{id}/draft", tag = "staff",
    params(
        ("id" = String, Path, description = "一件事的名字"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    responses(
        (status = 200, body = LedBundle, description = "已起草"),
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个一件事，或不归您编辑"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "已经有一份草稿"),
    ))]
pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    editing::begin::<LifeEventBundle>(&app, &session, &id).await?;
    shown(&app, &session, &id).await
}

/// Writes the draft, as it was on the screen. What contradicts itself is refused with bundle, item and field.
#[utoipa::path(put, path = "/api/v1/staff/bundles/{id}/draft", tag = "staff",
    params(
        ("id" = String, Path, description = "一件事的名字"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    request_body(content = SaveBundleDraft, content_type = "application/json"),
    responses(
        (status = 200, body = LedBundle, description = "已保存"),
        refused::NotJson,
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个一件事，或不归您编辑"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "没有草稿，或别人刚改过"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "内容自相矛盾（detail 说明一件事、事项和字段）"),
    ))]
pub(crate) async fn save(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(id): Path<String>,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::EditItems)?;
    let new: SaveBundleDraft = body(&headers, bytes)?;
    editing::save(&app, &session, &id, (new.revision, new.bundle)).await?;
    shown(&app, &session, &id).await
}

/// Sends the draft to review, sends it back with a reason, publishes it or gives it up. Nobody publishes what they have
/// written themselves.
#[utoipa::path(post, path = "/api/v1/staff/bundles/{id}/draft/steps", tag = "staff",
    params(
        ("id" = String, Path, description = "一件事的名字"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    request_body(content = DraftStep, content_type = "application/json"),
    responses(
        (status = 200, body = LedBundle, description = "已办"),
        refused::NotJson,
        refused::NotSignedIn,
        (status = 403, body = Problem, content_type = "application/problem+json", description = "没有权限，或是自己写的"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个一件事，或不归您编辑"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "草稿已有变化，或现在不能这样办"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "没有写理由，没有修改，或内容自相矛盾"),
    ))]
pub(crate) async fn step(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(id): Path<String>,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::EditItems)?;
    let step: DraftStep = body(&headers, bytes)?;
    match editing::act::<LifeEventBundle>(&app, &session, &id, step).await? {
        Some(gone) => Ok(private(&LedBundle::gone(gone))?),
        None => shown(&app, &session, &id).await,
    }
}

/// Takes the bundle back: nothing new is begun under it, what was begun is still taken.
#[utoipa::path(post, path = "/api/v1/staff/bundles/{id}/withdrawal", tag = "staff",
    params(
        ("id" = String, Path, description = "一件事的名字"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    request_body(content = Withdrawal, content_type = "application/json"),
    responses(
        (status = 200, body = LedBundle, description = "已下架"),
        refused::NotJson,
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个一件事，或不归您编辑"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "已经下架，或已有新版本"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "没有写理由"),
    ))]
pub(crate) async fn withdraw(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(id): Path<String>,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::PublishItems)?;
    let asked: Withdrawal = body(&headers, bytes)?;
    editing::withdraw::<LifeEventBundle>(&app, &session, &id, asked).await?;
    shown(&app, &session, &id).await
}
