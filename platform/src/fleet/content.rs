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
    gate::{Member, member},
    problems, recordings,
};
use crate::{
    app::App,
    error::Refusal,
    routes::refused,
    store::{StoreError, Transaction},
};

/// Characters of a title.
const TITLE: usize = 40;

/// What an operator calls a file, where it is a line of some words.
pub(super) fn title(text: &str) -> Option<String> {
    let title = text.trim();
    let plain = (1..=TITLE).contains(&title.chars().count()) && !title.chars().any(char::is_control);
    plain.then(|| title.to_owned())
}

/// The file with that hash in one of the tables that keep such.
pub(super) fn file(
    view: &Transaction<'_>,
    table: &'static str,
    sha256: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let row =
        view.row(&format!("SELECT content FROM {table} WHERE sha256 = ?1 LIMIT 1"), &[sha256.into()])?;
    row.map(|row| row.bytes("content").map(<[u8]>::to_vec)).transpose()
}

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
        let kinds = [
            ("image/jpeg", "poster"),
            ("application/json", "catalogue_file"),
            (recordings::MEDIA_TYPE, "recording"),
        ];
        for (kind, table) in kinds {
            if let Some(content) = file(view, table, &name)? {
                return Ok(Some((kind, content)));
            }
        }
        Ok(None)
    };
    let (kind, content) = app.store.read(read).await?.ok_or_else(problems::no_file)?;
    Ok(([(header::CONTENT_TYPE, kind)], content).into_response())
}
