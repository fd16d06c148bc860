//! All routes, and what lies around every one of them: a limit on time and size, and one line in the log.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderMap, Method, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use telemetry::Span;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::{App, Platform},
    conditional::conditional,
    console,
    error::{ProblemKind, Refusal},
    fleet, limits, problems, routes, staff,
    web::{self, Web},
};

/// The longest body that is read.
const BODY_LIMIT: usize = 256 * 1024;

impl Platform {
    /// The service.
    pub fn router(&self) -> Router {
        let around = Around { app: self.app.clone(), limit: self.request_limit };
        let pages = web::router(Web { app: self.app.clone(), settings: self.web.clone() });
        let router = api()
            .0
            .layer(middleware::from_fn(conditional))
            .layer(Extension(self.web.clone()))
            .with_state(self.app.clone())
            .merge(pages)
            .merge(console::pages(self.web.clone()).with_state(self.app.clone()))
            .fallback(nothing_here)
            .method_not_allowed_fallback(async || Refusal::from(problems::method_not_allowed()));
        let router = fleet::guarded(router, self.app.clone(), self.fleet())
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .layer(middleware::from_fn_with_state(around, log));
        match &self.limiter {
            Some(limiter) => router.layer(middleware::from_fn_with_state(limiter.clone(), limits::limit)),
            None => router,
        }
    }
}

/// All calls, and the document that describes them.
fn api() -> (Router<Arc<App>>, OpenApi) {
    let (router, mut document) = OpenApiRouter::with_openapi(routes::openapi::base())
        .routes(routes!(routes::health::healthz))
        .routes(routes!(routes::health::readyz))
        .routes(routes!(routes::openapi::openapi))
        .routes(routes!(routes::time::time))
        .routes(routes!(routes::registry::registry))
        .routes(routes!(routes::items::items))
        .routes(routes!(routes::items::item))
        .routes(routes!(routes::cases::file, routes::cases::by_pickup_code))
        .routes(routes!(routes::cases::search))
        .merge(routes::bundles::routes())
        .routes(routes!(routes::cases::by_case_no))
        .routes(routes!(routes::ratings::rate))
        .merge(routes::materials::routes())
        .merge(routes::drafts::routes())
        .merge(fleet::routes())
        .merge(staff::routes::all())
        .split_for_parts();
    routes::openapi::complete(&mut document);
    (router, document)
}

/// The document that describes the API, as `docs/openapi.json` has it.
#[must_use]
pub fn openapi() -> String {
    // It is made of our own types, and all of them can be written.
    document().to_pretty_json().unwrap_or_default()
}

pub(crate) fn document() -> OpenApi {
    api().1
}

/// Whoever reads pages is told in a page.
async fn nothing_here(headers: HeaderMap) -> Response {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if accepts.is_some_and(|accepts| accepts.contains("text/html")) {
        return web::not_found();
    }
    Refusal::from(problems::not_found()).into_response()
}

/// What brings pictures, and for how much longer it may: whoever has a slow line must get through with a page at all.
const SLOW: [&str; 3] = ["/api/v1/materials", web::MATERIAL, console::POSTERS];
const SLOWER: u32 = 12;

/// What every request is answered with, and by when.
#[derive(Clone)]
struct Around {
    app: Arc<App>,
    limit: Duration,
}

async fn within(limit: Duration, route: &str, answer: impl Future<Output = Response>) -> Response {
    let limit = if SLOW.contains(&route) { limit * SLOWER } else { limit };
    match tokio::time::timeout(limit, answer).await {
        Ok(response) => response,
        Err(_) => Refusal::from(problems::timed_out()).into_response(),
    }
}

/// One line for a request. The path as written, the query, headers and bodies are never in it: they can name people.
async fn log(State(Around { app, limit }): State<Around>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let parent = request.headers().get(telemetry::TRACEPARENT).and_then(|value| value.to_str().ok());
    let span = Span::answer("answer", parent);
    let route = matched.as_ref().map_or("-", MatchedPath::as_str);
    let response = span.within(within(limit, route, next.run(request))).await;
    let problem = response.extensions().get::<ProblemKind>().map(|kind| kind.0.as_str());
    let status = response.status().as_u16();
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    traced(&span, &method, route, status);
    app.metrics.answered(method.as_str(), route, status, begun.elapsed());
    tracing::info!(%method, route, status, ms, problem, "http.answered");
    response
}

/// What a trace says of a request: no more than a line of the log, and less.
fn traced(span: &Span, method: &Method, route: &str, status: u16) {
    let method = match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "_OTHER",
    };
    span.route(method, route);
    span.number("http.response.status_code", status.into());
    if status >= 500 {
        span.failed("server-error");
    }
}
