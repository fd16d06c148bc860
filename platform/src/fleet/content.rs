//! The files that a document may name by their hash, whatever they are: a kiosk fetches them all by the same road.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use protocol::Problem;
use serde_json::{Map, Value};
use settings::Content;

use super::{
    catalogue,
    gate::{Member, member},
    posters, problems, recordings,
};
use crate::{
    app::App,
    error::Refusal,
    routes::refused,
    store::{StoreError, Transaction},
};

/// The first that settings name and that is not here, or has another length.
pub(super) fn missing(
    view: &Transaction<'_>,
    settings: &Map<String, Value>,
) -> Result<Option<String>, StoreError> {
    for Content { sha256, length } in settings::content(settings) {
        let sql = "SELECT bytes FROM poster WHERE sha256 = ?1
                   UNION ALL SELECT bytes FROM catalogue_file WHERE sha256 = ?1
                   UNION ALL SELECT bytes FROM recording WHERE sha256 = ?1 LIMIT 1";
        let row = view.row(sql, &[(&sha256).into()])?;
        let known = row.map(|row| row.integer("bytes")).transpose()?;
        if known.and_then(|known| u64::try_from(known).ok()) != Some(length) {
            return Ok(Some(sha256));
        }
    }
    Ok(None)
}

/// What a kiosk's document names by its hash.
#[utoipa::path(get, path = "/api/v1/fleet/content/{sha256}", tag = "fleet",
    params(("sha256" = String, Path, description = "配置里写的 SHA-256")),
    responses(
        (status = 200, description = "海报、办事目录，或语音",
            content((String = "image/jpeg"), (String = "application/json"), (String = "audio/ogg"))),
        refused::NoCertificate,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个文件"),
    ))]
pub(super) async fn content(
    State(app): State<Arc<App>>,
    caller: Option<Extension<Member>>,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    member(caller)?;
    let read = move |view: &Transaction<'_>| {
        let kinds: [(_, fn(&Transaction<'_>, &str) -> _); 3] = [
            ("image/jpeg", posters::file),
            ("application/json", catalogue::file),
            (recordings::MEDIA_TYPE, recordings::file),
        ];
        for (kind, file) in kinds {
            if let Some(content) = file(view, &name)? {
                return Ok(Some((kind, content)));
            }
        }
        Ok(None)
    };
    let (kind, content) = app.store.read(read).await?.ok_or_else(problems::no_file)?;
    Ok(([(header::CONTENT_TYPE, kind)], content).into_response())
}
