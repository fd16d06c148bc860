//! The staff API, one file for a resource.

mod accounts;
mod bundles;
mod calendars;
mod call_backs;
mod cases;
pub(crate) mod exports;
pub(crate) mod fleet;
mod items;
mod notices;
mod session;
mod supervision;

use std::sync::Arc;

use axum::{
    extract::DefaultBodyLimit,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

/// All of them, with what the document says of them.
pub(crate) fn all() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(notices::board))
        .routes(routes!(session::sign_in, session::whoami, session::sign_out))
        .routes(routes!(session::change_password))
        .routes(routes!(cases::tasks))
        .routes(routes!(cases::case))
        .routes(routes!(cases::act))
        .routes(routes!(cases::reveal))
        .routes(routes!(supervision::order))
        .routes(routes!(supervision::reply))
        .routes(routes!(supervision::close))
        .routes(routes!(supervision::watched))
        .routes(routes!(supervision::statistics))
        .routes(routes!(call_backs::list))
        .routes(routes!(call_backs::contact))
        .routes(routes!(call_backs::settle))
        .routes(routes!(exports::list, exports::ask))
        .routes(routes!(exports::release))
        .routes(routes!(exports::refuse))
        .routes(routes!(exports::fetch))
        .routes(routes!(items::list, items::make))
        .routes(routes!(items::item))
        .routes(routes!(items::begin, items::save))
        .routes(routes!(items::step))
        .routes(routes!(items::withdraw))
        .routes(routes!(bundles::list, bundles::make))
        .routes(routes!(bundles::bundle))
        .routes(routes!(bundles::begin, bundles::save))
        .routes(routes!(bundles::step))
        .routes(routes!(bundles::withdraw))
        .routes(routes!(accounts::organisations))
        .routes(routes!(accounts::list))
        .routes(routes!(accounts::create))
        .routes(routes!(accounts::reset))
        .routes(routes!(accounts::disable))
        .routes(routes!(accounts::enable))
        .routes(routes!(accounts::grant))
        .routes(routes!(accounts::revoke))
        .routes(routes!(accounts::audit))
        .routes(routes!(calendars::years, calendars::import))
        .routes(routes!(fleet::kiosks))
        .routes(routes!(fleet::kiosk))
        .routes(routes!(fleet::invite))
        .routes(routes!(fleet::revoke))
        .routes(routes!(fleet::draft))
        .routes(routes!(fleet::to_sign))
        .routes(routes!(fleet::act))
        .merge(
            OpenApiRouter::new()
                .routes(routes!(fleet::rollout, fleet::start))
                .layer(DefaultBodyLimit::max(fleet::BATCH_LIMIT)),
        )
}

/// An answer about people is nobody's to keep.
fn private<T: serde::Serialize>(body: &T) -> Result<Response, serde_json::Error> {
    let body = serde_json::to_string(body)?;
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::OK, headers, body).into_response())
}

/// Reads a JSON body.
fn body<T: serde::de::DeserializeOwned>(
    headers: &HeaderMap,
    body: crate::routes::Body,
) -> Result<T, protocol::Problem> {
    crate::submission::json_body(headers, &crate::routes::received(body)?)
}

/// One word that says that it is done.
#[derive(serde::Serialize, utoipa::ToSchema)]
struct Done {
    done: bool,
}

fn done() -> Result<Response, serde_json::Error> {
    private(&Done { done: true })
}
