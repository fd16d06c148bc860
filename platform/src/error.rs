//! How a handler says no: a problem document, and what is logged of it.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::Problem;

use crate::{problems, store::StoreError};

/// A refusal. Whatever is not the caller's fault is logged here, at the boundary, and told without detail.
#[derive(Debug)]
pub(crate) struct Refusal(Box<Problem>);

impl Refusal {
    /// What is told of it.
    pub(crate) fn problem(&self) -> &Problem {
        &self.0
    }
}

/// The kind of problem that a response carries, for the log.
#[derive(Clone)]
pub(crate) struct ProblemKind(pub(crate) String);

impl Refusal {
    /// What is told, for whoever tells it in another way.
    pub(crate) fn into_problem(self) -> Problem {
        *self.0
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "store.failed");
        let problem = if error.is_full() { problems::storage_full() } else { problems::internal() };
        problem.into()
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        // The text of such an error can quote what it stumbled over; its class cannot.
        tracing::error!(class = ?error.classify(), "answer.unwritable");
        problems::internal().into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(problem) = self;
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&problem).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, Problem::MEDIA_TYPE)], body).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE || problem.name() == problems::still_running().name() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response.extensions_mut().insert(ProblemKind(problem.name().to_owned()));
        response
    }
}
