use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State, rejection::QueryRejection},
    response::Response,
};
use protocol::{Problem, ServiceItem};

use super::paging::{Paging, with_next};
use crate::{app::App, error::Refusal, problems};

/// The items that are offered today, by their names.
#[utoipa::path(get, path = "/api/v1/items", tag = "catalogue",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "每页条数，不填是 50"),
        ("cursor" = Option<String>, Query, description = "翻页标记，取自上一页的 Link"),
    ),
    responses(
        (status = 200, body = Vec<ServiceItem>, description = "事项",
            headers(("Link" = String, description = "rel=next 是下一页"))),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "翻页参数不对"),
    ))]
pub(crate) async fn items(
    State(app): State<Arc<App>>,
    paging: Result<Query<Paging>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(paging) = paging.map_err(|_| problems::cursor_malformed())?;
    let offer = app.offer();
    let items = &offer.catalogue.items;
    let place = |id: &str| items.iter().position(|item| item.id == id);
    let page = paging.page(place)?;
    let first = page.after.map_or(0, |after| after + 1);
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let shown: Vec<&ServiceItem> = items.iter().skip(first).take(limit).collect();
    let more = first + shown.len() < items.len();
    let next = shown.last().filter(|_| more);
    let next = next.map(|item| format!("/api/v1/items?limit={limit}&cursor={}", item.id));
    Ok(with_next(Json(shown), next))
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
    let offer = app.offer_of(&id).await?;
    Ok(Json(offer.item(&id).ok_or_else(problems::item_not_found)?.clone()))
}
