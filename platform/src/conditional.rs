//! `ETag` and `If-None-Match` (RFC 9110, 8.8.3 and 13.1.2) for every answer of the API that can be fetched again.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use twox_hash::XxHash3_128;

/// The tag of a body. An answer that is kept has it with it as an extension, so that it is not reckoned again.
#[derive(Clone)]
pub(crate) struct Tag(HeaderValue);

impl Tag {
    pub(crate) fn of(body: &[u8]) -> Self {
        // It tells one answer from the next at the same address, and nothing is signed by it or kept secret: a quick hash
        // does, which takes a tenth of the time.
        let hash = XxHash3_128::oneshot(body);
        // Figures and quotation marks always are a header's value.
        Self(HeaderValue::try_from(format!("\"{hash:032x}\"")).unwrap_or(HeaderValue::from_static("\"\"")))
    }
}

/// Gives a fetched answer its tag, and leaves the body out where the caller has it.
pub(crate) async fn conditional(request: Request, next: Next) -> Response {
    let fetched = request.method() == Method::GET;
    let known: Vec<_> = request.headers().get_all(header::IF_NONE_MATCH).into_iter().cloned().collect();
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
    let (tag, body) = match parts.extensions.remove::<Tag>() {
        Some(tag) => (tag, body),
        // Every other answer of the API is in memory before it is sent.
        None => match to_bytes(body, usize::MAX).await {
            Ok(body) => (Tag::of(&body), Body::from(body)),
            Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
    };
    let is_known = is_known(&known, &tag);
    parts.headers.insert(header::ETAG, tag.0);
    // Every morning's due dates are others, so a copy is asked about before it is used.
    parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if is_known {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, body)
}

fn is_known(known: &[HeaderValue], Tag(tag): &Tag) -> bool {
    let known = known.iter().filter_map(|value| value.to_str().ok());
    tag.to_str().is_ok_and(|tag| known.into_iter().any(|tags| names(tags, tag)))
}

/// Whether `If-None-Match` names the tag. Its comparison is the weak one (RFC 9110, 13.1.2).
fn names(tags: &str, etag: &str) -> bool {
    tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}
