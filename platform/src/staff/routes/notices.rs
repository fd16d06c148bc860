use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::App,
    clock::china_date,
    error::Refusal,
    store::casework::board::{self, Notice},
};

/// What hangs on the board.
#[derive(Serialize, ToSchema)]
pub(crate) struct Board {
    notices: Vec<Notice>,
}

/// Of which community.
#[derive(Deserialize)]
pub(crate) struct Of {
    community: Option<String>,
}

/// 公示: what hangs on the board today. A surname, an item, a community, an amount in words and two days; it cannot be
/// searched by name, and a notice is gone on the day after its last.
#[utoipa::path(get, path = "/api/v1/notices", tag = "cases",
    params(("community" = Option<String>, Query, description = "社区；不填为全部")),
    responses((status = 200, body = Board, description = "正在公示")))]
pub(crate) async fn board(
    State(app): State<Arc<App>>,
    query: Result<Query<Of>, QueryRejection>,
) -> Result<Json<Board>, Refusal> {
    let community = query.ok().and_then(|Query(of)| of.community);
    let today = china_date(app.clock.now());
    let read = move |view: &crate::store::Transaction<'_>| board::hanging(view, community.as_deref(), today);
    Ok(Json(Board { notices: app.store.read(read).await? }))
}
