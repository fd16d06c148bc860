//! `ETag` and `If-None-Match` (RFC 9110, 8.8.3 and 13.1.2) for every answer of the API that can be fetched again.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

/// The tag of a body. An answer that is kept has it with it as an extension, so that it is not reckoned again.
#[derive(Clone)]
pub(crate) struct Tag(String);

impl Tag {
    pub(crate) fn of(body: &[u8]) -> Self {
        let first = Sha256::digest(body).first_chunk().copied().map_or(0, u128::from_be_bytes);
        Self(format!("\"{first:032x}\""))
    }
}

/// Gives a fetched answer its tag, and leaves the body out where the caller has it.
pub(crate) async fn conditional(request: Request, next: Next) -> Response {
    let fetched = request.method() == Method::GET;
    let known = request.headers().clone();
    let response = next.run(request).await;
    // What has a tag of its own keeps it, and a stream of hints never ends.
    let streams =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
    if !fetched
        || response.status() != StatusCode::OK
        || streams
        || response.headers().contains_key(header::ETAG)
    {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // Every other answer of the API is in memory before it is sent.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let Tag(etag) = parts.extensions.remove().unwrap_or_else(|| Tag::of(&body));
    if let Ok(value) = etag.parse() {
        parts.headers.insert(header::ETAG, value);
    }
    // Every morning's due dates are others, so a copy is asked about before it is used.
    parts.headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-cache"));
    if is_known(&known, &etag) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(body))
}

fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values.into_iter().any(|tags| names(tags, etag))
}

/// Whether `If-None-Match` names the tag. Its comparison is the weak one (RFC 9110, 13.1.2).
fn names(tags: &str, etag: &str) -> bool {
    tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}
