use std::sync::Arc;

use axum::{Json, extract::State};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;

/// The platform's time.
#[derive(Serialize, ToSchema)]
pub(crate) struct ServerTime {
    #[schema(value_type = String, format = DateTime)]
    now: Timestamp,
}

/// The platform's time, against which a terminal checks its own clock.
#[utoipa::path(get, path = "/api/v1/time", tag = "platform", responses(
    (status = 200, body = ServerTime, description = "平台时间"),
))]
pub(crate) async fn time(State(app): State<Arc<App>>) -> Json<ServerTime> {
    Json(ServerTime { now: app.clock.now() })
}
