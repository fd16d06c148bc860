//! All routes, and what lies around every one of them: a limit on time and size, and one line in the log.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderMap, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
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
        let (router, document) = api();
        let limit = self.request_limit;
        let pages = web::router(Web { app: self.app.clone(), settings: self.web.clone() });
        let router = router
            .layer(middleware::from_fn(conditional))
            .with_state(self.app.clone())
            .merge(pages)
            .merge(console::pages(self.web.clone()).with_state(self.app.clone()))
            .fallback(nothing_here)
            .method_not_allowed_fallback(async || Refusal::from(problems::method_not_allowed()));
        let router = fleet::guarded(router, self.app.clone(), self.fleet())
            .layer(axum::Extension(routes::openapi::Document::new(&document)))
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .layer(middleware::from_fn(move |request, next| within(limit, request, next)))
            .layer(middleware::from_fn_with_state(self.app.clone(), log));
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
        .merge(fleet::routes())
        .merge(staff::routes::all())
        .split_for_parts();
    routes::openapi::complete(&mut document);
    (router, document)
}

/// The document that describes the API, as `docs/openapi.json` has it.
#[must_use]
pub fn openapi() -> String {
    api().1.to_pretty_json().unwrap_or_default()
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
const SLOW: [&str; 2] = ["/api/v1/materials", web::MATERIAL];
const SLOWER: u32 = 12;

async fn within(limit: Duration, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let limit = if SLOW.contains(&path) { limit * SLOWER } else { limit };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::from(problems::timed_out()).into_response(),
    }
}

/// One line for a request. The path as written, the query, headers and bodies are never in it: they can name people.
async fn log(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = matched.as_ref().map_or("-", MatchedPath::as_str);
    let problem = response.extensions().get::<ProblemKind>().map(|kind| kind.0.as_str());
    let status = response.status().as_u16();
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    app.metrics.answered(method.as_str(), route, status, begun.elapsed());
    tracing::info!(%method, route, status, ms, problem, "http.answered");
    response
}
