use std::sync::{Arc, atomic::Ordering};

use axum::{Json, extract::State};
use protocol::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{app::App, error::Refusal, problems};

/// How the platform is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`.
    status: &'static str,
}

/// Whether the platform can serve: its database answers.
#[utoipa::path(get, path = "/healthz", tag = "platform", responses(
    (status = 200, body = Health, description = "可以服务"),
    (status = 503, body = Problem, content_type = "application/problem+json", description = "数据库没有应答"),
))]
pub(crate) async fn healthz(State(app): State<Arc<App>>) -> Result<Json<Health>, Refusal> {
    if app.store.is_well().await { Ok(Json(Health { status: "ok" })) } else { Err(problems::unwell().into()) }
}

/// Whether the platform takes new requests: its database answers and nobody has told it to stop.
#[utoipa::path(get, path = "/readyz", tag = "platform", responses(
    (status = 200, body = Health, description = "可以接新请求"),
    (status = 503, body = Problem, content_type = "application/problem+json", description = "数据库没有应答，或正在停止"),
))]
pub(crate) async fn readyz(State(app): State<Arc<App>>) -> Result<Json<Health>, Refusal> {
    if app.stopping.load(Ordering::Relaxed) {
        return Err(problems::stopping().into());
    }
    healthz(State(app)).await
}
