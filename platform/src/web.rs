//! The second and the third screen (三屏办理): pages for a resident's computer and phone.
//!
//! Pages are made here and work without a script. What a resident may file is decided where every channel's case is
//! decided, in `submission`; the same 办件编号 shows on all three screens.
//!
//! What always holds:
//!
//! - Whoever has not signed in sees nothing personal; whoever has sees own cases alone.
//! - A form is believed only with the token of the visit that it was shown to, and filed once however often it is sent.
//! - Nothing personal is in an address: not in a path, not in a query. The code of a draft opens it for its owner alone.

mod apply;
mod ask;
mod browse;
mod bundles;
mod cases;
mod form;
pub mod gateway;
mod materials;
mod page;
mod persons;
mod progress;
mod review;
mod session;
mod sign_in;
mod steps;
mod told;
mod upload;
mod verify;
mod visit;
pub(crate) mod words;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};

use crate::app::App;

pub use gateway::{Gateways, RealName, ShortMessages};
pub(crate) use page::not_found;

/// What the pages need besides the platform itself.
#[derive(Clone)]
pub struct Settings {
    /// Where residents reach the platform, without a slash at the end; what a printed code leads to.
    pub public_url: String,
    /// Whom to ask who somebody is. Without it the pages show, find and check, and nobody can sign in.
    pub gateways: Option<Gateways>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { public_url: "http://127.0.0.1".to_owned(), gateways: None }
    }
}

impl Settings {
    /// Whether residents come over TLS, and cookies may say so.
    pub(crate) fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// The state of every page.
#[derive(Clone)]
pub(crate) struct Web {
    pub(crate) app: Arc<App>,
    pub(crate) settings: Arc<Settings>,
}

/// Where the pages of a paper are shown, and more are taken.
pub(crate) const MATERIAL: &str = "/my/{case_no}/materials/{material}";

/// The longest form that is read.
const FORM_LIMIT: usize = 64 * 1024;

/// What a page may load and do: its own style sheet, and posting forms to us. No script, no frame, no stranger.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

const STYLE: &str = include_str!("../assets/site.css");

/// All pages.
pub(crate) fn router(web: Web) -> Router {
    let pages = Router::new()
        .route("/", get(browse::home))
        .route("/areas/{area}", get(browse::area))
        .route("/items/{id}", get(browse::guide))
        .route("/bundles", get(bundles::all))
        .route("/bundles/{id}", get(bundles::guide))
        .route("/bundles/{id}/apply", get(apply::bundle_consent).post(apply::begin_bundle))
        .route("/search", get(browse::search))
        .route("/display", post(visit::display))
        .route("/sign-in", get(sign_in::phone).post(sign_in::send))
        .route("/sign-in/code", get(sign_in::code).post(sign_in::check_code))
        .route("/sign-in/name", get(sign_in::name).post(sign_in::check_name))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/apply/{item}", get(apply::consent).post(apply::begin))
        .route("/continue/{code}", get(apply::continue_draft))
        .route("/drafts/{key}/discard", post(apply::discard))
        .route("/drafts/{key}/check", get(review::show).post(review::submit))
        .route("/drafts/{key}/{step}", get(ask::show).post(ask::save))
        .route("/drafts/{key}/{step}/person/{place}", get(persons::show).post(persons::save))
        .route("/drafts/{key}/{step}/person/{place}/remove", post(persons::remove))
        .route("/my", get(cases::mine))
        .route("/my/{case_no}", get(cases::one))
        .route("/my/bundles/{bundle_no}", get(bundles::one))
        .route("/my/{case_no}/rating", post(cases::rate))
        .route("/my/{case_no}/documents/{file}", get(cases::document))
        .route(MATERIAL, get(materials::show).post(materials::add).layer(DefaultBodyLimit::max(upload::FORM)))
        .route("/my/{case_no}/materials/{material}/{page_key}", get(materials::file))
        .route("/progress", get(progress::ask).post(progress::find))
        .route("/verify", get(verify::ask).post(verify::send))
        .route("/verify/{code}", get(verify::show))
        .layer(middleware::from_fn_with_state(web.clone(), session::visit));
    pages
        .route("/site.css", get(style))
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(middleware::from_fn(headers))
        .with_state(web)
}

async fn style() -> Response {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")],
        STYLE,
    )
        .into_response()
}

async fn headers(request: axum::extract::Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // A file that somebody sent has a stricter one.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // A page holds the token of its visit, and what the next person at the same computer must not find.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
