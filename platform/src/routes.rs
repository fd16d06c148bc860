//! The handlers, one file for a resource.

pub(crate) mod bundles;
pub(crate) mod cases;
pub(crate) mod drafts;
pub(crate) mod health;
pub(crate) mod items;
pub(crate) mod materials;
pub(crate) mod openapi;
pub(crate) mod paging;
pub(crate) mod ratings;
pub(crate) mod refused;
pub(crate) mod registry;
pub(crate) mod time;

use axum::{
    body::Bytes,
    extract::rejection::BytesRejection,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::Problem;
use serde::Serialize;

use crate::{conditional::Tag, problems};

/// A body as received, or why it was not.
pub(crate) type Body = Result<Bytes, BytesRejection>;

pub(crate) fn received(body: Body) -> Result<Bytes, Problem> {
    body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => problems::payload_too_large(),
        _ => problems::body_unreadable(),
    })
}

/// Room for most answers, so that it is not made bit by bit.
const USUAL: usize = 2048;

/// An answer in JSON, and its tag.
#[derive(Clone)]
pub(crate) struct Written {
    body: Bytes,
    tag: Tag,
}

impl Written {
    /// An answer that is JSON already.
    pub(crate) fn as_it_is(body: String) -> Self {
        Self { tag: Tag::of(body.as_bytes()), body: body.into() }
    }

    pub(crate) fn of<T: Serialize>(answer: &T) -> Result<Self, serde_json::Error> {
        let mut body = Vec::with_capacity(USUAL);
        serde_json::to_writer(&mut body, answer)?;
        Ok(Self { tag: Tag::of(&body), body: body.into() })
    }
}

impl IntoResponse for Written {
    fn into_response(self) -> Response {
        let mut response = ([(header::CONTENT_TYPE, "application/json")], self.body).into_response();
        response.extensions_mut().insert(self.tag);
        response
    }
}

/// An answer that has been written as JSON before.
pub(crate) fn json(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
