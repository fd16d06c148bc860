//! What a kiosk fetches and tells: what it shall have, the signed set, and how it is.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream::{self, Stream};
use protocol::{Desired, Problem, Reported, TrustBundle};

use super::{
    configuring,
    gate::{Member, member},
    problems, required,
    serving::{self, Kept},
};
use crate::{
    app::App,
    error::Refusal,
    routes::{Body, json, received, refused},
    submission,
};

/// So often a stream without news shows that it is alive; kiosks give up after three times that.
const ALIVE: Duration = Duration::from_secs(15);

/// What this kiosk shall have. The document comes with its signatures, from the signed set.
#[utoipa::path(get, path = "/api/v1/fleet/desired", tag = "fleet",
    params(("If-None-Match" = Option<String>, Header, description = "上次得到的 ETag")),
    responses(
        (status = 200, body = Desired, description = "应有的配置", headers(("ETag" = String, description = "内容的强标签"))),
        (status = 204, description = "没有给这台终端的配置"),
        (status = 304, description = "没有变化"),
        refused::NoCertificate,
    ))]
pub(super) async fn desired(
    State(app): State<Arc<App>>,
    caller: Option<Extension<Member>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let name = member(caller)?.name.to_string();
    let desired = app.store.read(move |view| configuring::desired(view, &name)).await?;
    let Some(desired) = desired else { return Ok(StatusCode::NO_CONTENT.into_response()) };
    let etag = format!("\"{}\"", desired.sha256);
    let known = headers.get_all(header::IF_NONE_MATCH).iter().any(|tags| tags.as_bytes() == etag.as_bytes());
    let response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        json(StatusCode::OK, serde_json::to_string(&desired)?)
    };
    Ok(([(header::ETAG, etag)], response).into_response())
}

/// What this kiosk needs of the signed set, in one answer. It believes none of it before it has looked at the signatures.
#[utoipa::path(get, path = "/api/v1/fleet/bundle", tag = "fleet",
    params(
        ("root" = Option<u64>, Query, description = "已有的 root 版本"),
        ("targets" = Option<u64>, Query, description = "已有的 targets 版本"),
    ),
    responses(
        (status = 200, body = TrustBundle, description = "签名的元数据和本终端的配置"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "版本有误"),
        refused::NoCertificate,
    ))]
pub(super) async fn bundle(
    State(app): State<Arc<App>>,
    caller: Option<Extension<Member>>,
    kept: Result<Query<Kept>, QueryRejection>,
) -> Result<Response, Refusal> {
    let kiosk = member(caller)?.name.to_string();
    let Query(kept) = kept.map_err(|_| problems::versions_malformed())?;
    let files = app.store.read(move |view| serving::bundle(view, &kiosk, kept)).await?;
    Ok(json(StatusCode::OK, serde_json::to_string(&TrustBundle { files })?))
}

/// A file of the signed set (The Update Framework).
#[utoipa::path(get, path = "/api/v1/fleet/trust/{name}", tag = "fleet",
    params(("name" = String, Path, description = "1.root.json、timestamp.json、3.bin-07.json")),
    responses(
        (status = 200, body = serde_json::Value, description = "签名的元数据"),
        refused::NoCertificate,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个文件"),
    ))]
pub(super) async fn trust(
    State(app): State<Arc<App>>,
    caller: Option<Extension<Member>>,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    open(&app, &member(caller)?, name).await
}

/// This kiosk's document, by its hash.
#[utoipa::path(get, path = "/api/v1/fleet/trust/kiosks/{name}", tag = "fleet",
    params(("name" = String, Path, description = "SHA-256.终端编号的十六进制.json")),
    responses(
        (status = 200, body = serde_json::Value, description = "本终端的配置"),
        refused::NoCertificate,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个文件"),
    ))]
pub(super) async fn document(
    State(app): State<Arc<App>>,
    caller: Option<Extension<Member>>,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    open(&app, &member(caller)?, format!("kiosks/{name}")).await
}

async fn open(app: &App, caller: &Member, name: String) -> Result<Response, Refusal> {
    let kiosk = caller.name.to_string();
    let found = app.store.read(move |view| serving::open(view, &kiosk, &name)).await?;
    let body = found.ok_or_else(problems::no_file)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// How this kiosk's configuration is.
#[utoipa::path(put, path = "/api/v1/fleet/reported", tag = "fleet",
    request_body(content = Reported, content_type = "application/json"),
    responses(
        (status = 204, description = "已登记"),
        refused::NoCertificate,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "内容有误"),
    ))]
pub(super) async fn reported(
    State(app): State<Arc<App>>,
    caller: Option<Extension<Member>>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Refusal> {
    let name = member(caller)?.name.to_string();
    let reported: Reported = submission::json_body(&headers, &received(body)?)?;
    let now = app.clock.now();
    app.store.write(move |transaction| configuring::report(transaction, &name, &reported, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What may be set on a kiosk, as JSON Schema.
#[utoipa::path(get, path = "/api/v1/fleet/settings-schema", tag = "fleet", responses(
    (status = 200, body = serde_json::Value, content_type = "application/schema+json", description = "JSON Schema 2020-12"),
))]
pub(super) async fn schema() -> Response {
    ([(header::CONTENT_TYPE, "application/schema+json")], settings::SCHEMA).into_response()
}

/// Server-sent events: each says that there may be something new. It says no more, for the document is the truth.
#[utoipa::path(get, path = "/api/v1/fleet/hints", tag = "fleet", responses(
    (status = 200, body = String, content_type = "text/event-stream", description = "有新配置时发一个事件"),
    refused::NoCertificate,
    (status = 404, body = Problem, content_type = "application/problem+json", description = "没有启用终端接入"),
))]
pub(super) async fn hints(
    State(app): State<Arc<App>>,
    caller: Option<Extension<Member>>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    member(caller)?;
    let mut news = required(&app)?.news.subscribe();
    news.mark_unchanged();
    let stream = stream::unfold(news, |mut news| async move {
        news.changed().await.ok()?;
        let number = (*news.borrow_and_update())?;
        Some((Ok(Event::default().event("desired").data(number.to_string())), news))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(ALIVE)))
}
