use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use protocol::{Problem, ServiceItem};

use crate::{app::App, error::Refusal, problems};

/// The items that are offered today.
#[utoipa::path(get, path = "/api/v1/items", tag = "catalogue", responses(
    (status = 200, body = Vec<ServiceItem>, description = "事项"),
))]
pub(crate) async fn items(State(app): State<Arc<App>>) -> Json<Vec<ServiceItem>> {
    Json(app.catalogue.items.clone())
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/items/{id}", tag = "catalogue",
    params(("id" = String, Path, description = "事项的名字")),
    responses(
        (status = 200, body = ServiceItem, description = "事项"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个事项"),
    ))]
pub(crate) async fn item(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<ServiceItem>, Refusal> {
    let found = app.catalogue.items.iter().find(|item| item.id == id);
    Ok(Json(found.ok_or_else(problems::item_not_found)?.clone()))
}
