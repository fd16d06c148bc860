use std::sync::Arc;

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
