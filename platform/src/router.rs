//! All routes, and what lies around every one of them: a limit on time and size, and one line in the log.

use std::time::{Duration, Instant};

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::Platform,
    console,
    error::{ProblemKind, Refusal},
    problems, routes, staff,
};

/// The longest body that is read.
const BODY_LIMIT: usize = 256 * 1024;

impl Platform {
    /// The service.
    pub fn router(&self) -> Router {
        let (router, document) = OpenApiRouter::with_openapi(routes::openapi::base())
            .routes(routes!(routes::health::healthz))
            .routes(routes!(routes::openapi::openapi))
            .routes(routes!(routes::time::time))
            .routes(routes!(routes::registry::registry))
            .routes(routes!(routes::items::items))
            .routes(routes!(routes::items::item))
            .routes(routes!(routes::cases::file, routes::cases::by_pickup_code))
            .routes(routes!(routes::cases::search))
            .routes(routes!(routes::cases::by_case_no))
            .routes(routes!(routes::ratings::rate))
            .merge(staff::routes::all())
            .split_for_parts();
        let limit = self.request_limit;
        router
            .merge(console::pages())
            .fallback(async || Refusal::from(problems::not_found()))
            .method_not_allowed_fallback(async || Refusal::from(problems::method_not_allowed()))
            .layer(axum::Extension(routes::openapi::Document::new(&document)))
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .layer(middleware::from_fn(move |request, next| within(limit, request, next)))
            .layer(middleware::from_fn(log))
            .with_state(self.app.clone())
    }
}

async fn within(limit: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::from(problems::timed_out()).into_response(),
    }
}

/// One line for a request. The path as written, the query, headers and bodies are never in it: they can name people.
async fn log(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = matched.as_ref().map_or("-", MatchedPath::as_str);
    let problem = response.extensions().get::<ProblemKind>().map(|kind| kind.0.as_str());
    let status = response.status().as_u16();
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(%method, route, status, ms, problem, "http.answered");
    response
}
