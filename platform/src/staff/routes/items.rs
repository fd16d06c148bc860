use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use protocol::{Problem, ServiceItem};
use serde::Serialize;
use utoipa::ToSchema;

use super::{body, private};
use crate::{
    app::App,
    error::Refusal,
    routes::{Body, refused},
    staff::{
        access::{Ask, require},
        auth::Signed,
        editing::{self, DraftStep, Withdrawal},
        items::{self, ItemSummary, ItemView, SaveDraft},
        making::{self, NewItem},
    },
};

/// The items that somebody may edit.
#[derive(Serialize, ToSchema)]
pub(crate) struct Items {
    items: Vec<ItemSummary>,
}

/// The items of one's offices, with what becomes of their drafts.
#[utoipa::path(get, path = "/api/v1/staff/items", tag = "staff", responses(
    (status = 200, body = Items, description = "归您编辑的事项"),
    refused::NotSignedIn,
    refused::NotAllowed,
))]
pub(crate) async fn list(State(app): State<Arc<App>>, Signed(session): Signed) -> Result<Response, Refusal> {
    Ok(private(&Items { items: items::list(&app, &session).await? })?)
}

/// An item with its versions, its draft, and what the draft says otherwise.
#[utoipa::path(get, path = "/api/v1/staff/items/{id}", tag = "staff",
    params(("id" = String, Path, description = "事项的名字")),
    responses(
        (status = 200, body = ItemView, description = "事项"),
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个事项，或不归您编辑"),
    ))]
pub(crate) async fn item(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    shown(&app, &session, &id).await
}

async fn shown(app: &App, session: &crate::people::session::Session, id: &str) -> Result<Response, Refusal> {
    Ok(private(&items::item(app, session, id).await?)?)
}

/// Begins an item that was never there, as a draft. Its name must be nobody's, published or not.
#[utoipa::path(post, path = "/api/v1/staff/items", tag = "staff",
    params(("X-CSRF-Token" = String, Header, description = "登录时得到的令牌")),
    request_body(content = NewItem, content_type = "application/json"),
    responses(
        (status = 200, body = ItemView, description = "已起草"),
        refused::NotJson,
        refused::NotSignedIn,
        (status = 403, body = Problem, content_type = "application/problem+json", description = "没有权限，或不是您单位实施的"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "代号已经有人用"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "代号、基本编码、名称或底本不对"),
    ))]
pub(crate) async fn make(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::EditItems)?;
    let new: NewItem = body(&headers, bytes)?;
    let id = new.id.clone();
    making::item(&app, &session, new).await?;
    shown(&app, &session, &id).await
}

/// Copies the version in force into a draft. An item has one draft at a time.
#[utoipa::path(post, path = "/api/v1/staff/items/{id}/draft", tag = "staff",
    params(
        ("id" = String, Path, description = "事项的名字"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    responses(
        (status = 200, body = ItemView, description = "已起草"),
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个事项，或不归您编辑"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "已经有一份草稿"),
    ))]
pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    editing::begin::<ServiceItem>(&app, &session, &id).await?;
    shown(&app, &session, &id).await
}

/// Writes the draft, as it was on the screen. What contradicts itself is refused with item and field.
#[utoipa::path(put, path = "/api/v1/staff/items/{id}/draft", tag = "staff",
    params(
        ("id" = String, Path, description = "事项的名字"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    request_body(content = SaveDraft, content_type = "application/json"),
    responses(
        (status = 200, body = ItemView, description = "已保存"),
        refused::NotJson,
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个事项，或不归您编辑"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "没有草稿，或别人刚改过"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "内容自相矛盾（detail 说明事项和字段）"),
    ))]
pub(crate) async fn save(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(id): Path<String>,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::EditItems)?;
    let new: SaveDraft = body(&headers, bytes)?;
    editing::save(&app, &session, &id, (new.revision, new.item)).await?;
    shown(&app, &session, &id).await
}

/// Sends the draft to review, sends it back with a reason, publishes it or gives it up. Nobody publishes what they have
/// written themselves.
#[utoipa::path(post, path = "/api/v1/staff/items/{id}/draft/steps", tag = "staff",
    params(
        ("id" = String, Path, description = "事项的名字"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    request_body(content = DraftStep, content_type = "application/json"),
    responses(
        (status = 200, body = ItemView, description = "已办"),
        refused::NotJson,
        refused::NotSignedIn,
        (status = 403, body = Problem, content_type = "application/problem+json", description = "没有权限，或是自己写的"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个事项，或不归您编辑"),
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
    match editing::act::<ServiceItem>(&app, &session, &id, step).await? {
        Some(gone) => Ok(private(&ItemView::gone(gone))?),
        None => shown(&app, &session, &id).await,
    }
}

/// Takes the item back: nothing new is begun under it, what was begun is still taken. Bundles that do it are taken back first.
/// A new version brings it back.
#[utoipa::path(post, path = "/api/v1/staff/items/{id}/withdrawal", tag = "staff",
    params(
        ("id" = String, Path, description = "事项的名字"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    request_body(content = Withdrawal, content_type = "application/json"),
    responses(
        (status = 200, body = ItemView, description = "已停办"),
        refused::NotJson,
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个事项，或不归您编辑"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "已经停办，或已有新版本"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "没有写理由，或还有一件事在一起办它"),
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
    editing::withdraw::<ServiceItem>(&app, &session, &id, asked).await?;
    shown(&app, &session, &id).await
}
