//! All routes, and what lies around every one of them: a limit on how often, on time and size, who may come at all, and
//! one line in the log. All of it is one layer: with every further one a request would copy those within it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
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
    fleet,
    limits::Limiter,
    problems, routes, staff,
    web::{self, Web},
};

/// The longest body that is read.
const BODY_LIMIT: usize = 256 * 1024;

impl Platform {
    /// The service.
    pub fn router(&self) -> Router {
        let around = Arc::new(Around {
            app: self.app.clone(),
            limit: self.request_limit,
            limiter: self.limiter.clone(),
        });
        let calls = api()
            .0
            .with_state(self.app.clone())
            .method_not_allowed_fallback(method_not_allowed)
            .layer(middleware::from_fn_with_state(around.clone(), call));
        web::router(Web { app: self.app.clone(), settings: self.app.web() })
            .merge(console::pages().with_state(self.app.clone()))
            .fallback(nothing_here)
            .method_not_allowed_fallback(method_not_allowed)
            .layer(middleware::from_fn_with_state(around, page))
            .merge(calls)
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

/// What brings pictures or recordings, and for how much longer it may: whoever has a slow line must get through with a page at all.
const SLOW: [&str; 4] = ["/api/v1/materials", web::MATERIAL, console::POSTERS, console::RECORDINGS];
const SLOWER: u32 = 12;

async fn method_not_allowed() -> Refusal {
    problems::method_not_allowed().into()
}

/// What lies around a call.
async fn call(State(around): State<Arc<Around>>, request: Request, next: Next) -> Response {
    around.answer(request, |request| conditional(request, next)).await
}

/// What lies around a page.
async fn page(State(around): State<Arc<Around>>, request: Request, next: Next) -> Response {
    around.answer(request, |request| next.run(request)).await
}

/// What every request is answered with, and by when.
struct Around {
    app: Arc<App>,
    limit: Duration,
    limiter: Option<Arc<Limiter>>,
}

impl Around {
    /// From the outside to the inside. Who asks too often does not even get into the log.
    async fn answer<A: Future<Output = Response>>(
        &self,
        request: Request,
        answer: impl FnOnce(Request) -> A,
    ) -> Response {
        match self.limiter.as_ref().and_then(|limiter| limiter.refusal(&request)) {
            Some(refusal) => refusal,
            None => self.logged(request, answer).await,
        }
    }

    /// One line for a request. The path as written, the query, headers and bodies are never in it: they can name people.
    async fn logged<A: Future<Output = Response>>(
        &self,
        request: Request,
        answer: impl FnOnce(Request) -> A,
    ) -> Response {
        let begun = Instant::now();
        let method = word(request.method());
        let matched = request.extensions().get::<MatchedPath>().cloned();
        let parent = request.headers().get(telemetry::TRACEPARENT).and_then(|value| value.to_str().ok());
        let span = Span::answer("answer", parent);
        let route = matched.as_ref().map_or("-", MatchedPath::as_str);
        let response = span.within(within(self.limit, route, self.admitted(request, answer))).await;
        let problem = response.extensions().get::<ProblemKind>().map(|kind| kind.0.as_str());
        let (status, took) = (response.status().as_u16(), begun.elapsed());
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        traced(&span, method, route, status);
        self.app.metrics.answered(method, route, status, took);
        tracing::info!(method, route, status, ms, problem, "http.answered");
        response
    }

    /// Who may not come is told so.
    async fn admitted<A: Future<Output = Response>>(
        &self,
        mut request: Request,
        answer: impl FnOnce(Request) -> A,
    ) -> Response {
        DefaultBodyLimit::max(BODY_LIMIT).apply(&mut request);
        match fleet::admit(&self.app, &mut request).await {
            Ok(()) => answer(request).await,
            Err(refusal) => refusal.into_response(),
        }
    }
}

async fn within(limit: Duration, route: &str, answer: impl Future<Output = Response>) -> Response {
    let limit = if SLOW.contains(&route) { limit * SLOWER } else { limit };
    match tokio::time::timeout(limit, answer).await {
        Ok(response) => response,
        Err(_) => Refusal::from(problems::timed_out()).into_response(),
    }
}

/// A method as it is told of: whoever makes up others adds nothing to what is counted.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "_OTHER",
    }
}

/// What a trace says of a request: no more than a line of the log, and less.
fn traced(span: &Span, method: &'static str, route: &str, status: u16) {
    span.route(method, route);
    span.number("http.response.status_code", status.into());
    if status >= 500 {
        span.failed("server-error");
    }
}
