use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::{AppRegistry, DuePreview, ItemEntry, Problem, ServiceItem};
use sha2::{Digest, Sha256};

use super::json;
use crate::{app::App, clock::china_date, error::Refusal};

/// Everything a kiosk needs to serve residents, with today's due date of every item.
#[utoipa::path(get, path = "/api/v1/registry", tag = "catalogue",
    params(("If-None-Match" = Option<String>, Header, description = "上次得到的 ETag")),
    responses(
        (status = 200, body = AppRegistry, description = "社区、应用和事项",
            headers(("ETag" = String, description = "内容的强标签"))),
        (status = 304, description = "没有变化"),
        (status = 500, body = Problem, content_type = "application/problem+json", description = "平台出错"),
    ))]
pub(crate) async fn registry(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Refusal> {
    let body = serde_json::to_string(&today(&app))?;
    let etag = etag(&body);
    let unchanged = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|tags| names(tags, &etag));
    let response =
        if unchanged { StatusCode::NOT_MODIFIED.into_response() } else { json(StatusCode::OK, body) };
    // Every morning's due dates are others, so a copy is asked about before it is used.
    Ok(([(header::ETAG, etag), (header::CACHE_CONTROL, "no-cache".to_owned())], response).into_response())
}

fn today(app: &App) -> AppRegistry {
    let catalogue = app.catalogue.clone();
    AppRegistry {
        community: catalogue.community,
        phones: catalogue.phones,
        consent: catalogue.consent,
        apps: catalogue.apps,
        items: catalogue.items.into_iter().map(|item| entry(app, item)).collect(),
        sealing_key: app.secret.public(),
    }
}

fn entry(app: &App, item: ServiceItem) -> ItemEntry {
    let filed_on = china_date(app.clock.now());
    let due = app.calendar().due(filed_on, item.promised);
    ItemEntry { item, due: DuePreview { filed_on, due_on: due.on, provisional: due.provisional } }
}

fn etag(body: &str) -> String {
    let first = Sha256::digest(body).first_chunk().copied().map_or(0, u128::from_be_bytes);
    format!("\"{first:032x}\"")
}

/// Whether `If-None-Match` names the tag. Its comparison is the weak one (RFC 9110, 13.1.2).
fn names(tags: &str, etag: &str) -> bool {
    tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}
