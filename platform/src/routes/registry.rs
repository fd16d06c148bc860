use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use protocol::{AppRegistry, DuePreview, ItemEntry, Problem, SealingKey, ServiceItem};

use super::json;
use crate::{app::App, clock::china_date, error::Refusal, store::sealing};

/// Everything a kiosk needs to serve residents, with today's due date of every item.
#[utoipa::path(get, path = "/api/v1/registry", tag = "catalogue",
    params(("If-None-Match" = Option<String>, Header, description = "上次得到的 ETag")),
    responses(
        (status = 200, body = AppRegistry, description = "社区、应用和事项",
            headers(("ETag" = String, description = "内容的强标签"))),
        (status = 304, description = "没有变化"),
        (status = 500, body = Problem, content_type = "application/problem+json", description = "平台出错"),
    ))]
pub(crate) async fn registry(State(app): State<Arc<App>>) -> Result<Response, Refusal> {
    Ok(json(StatusCode::OK, serde_json::to_string(&today(&app, app.keyring().await?.public()))?))
}

fn today(app: &App, sealing_key: SealingKey) -> AppRegistry {
    let catalogue = app.catalogue.clone();
    AppRegistry {
        community: catalogue.community,
        phones: catalogue.phones,
        consent: catalogue.consent,
        apps: catalogue.apps,
        items: catalogue.items.into_iter().map(|item| entry(app, item)).collect(),
        sealing_key: SealingKey { expires_at: Some(sealing::served_until(app.clock.now())), ..sealing_key },
    }
}

fn entry(app: &App, item: ServiceItem) -> ItemEntry {
    let filed_on = china_date(app.clock.now());
    let due = app.calendar().due(filed_on, item.promised);
    ItemEntry { item, due: DuePreview { filed_on, due_on: due.on, provisional: due.provisional } }
}
