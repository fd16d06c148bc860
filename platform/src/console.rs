//! The staff console: HTML that the server writes, one style sheet, no script.
//!
//! What may be done is decided by `staff::service`; a page shows it and sends a form back. Every form carries the
//! session's token against forged requests, and every answer a policy that lets nothing run and nothing be framed.

mod accounts;
mod arrangement;
mod board;
mod bundle_form;
mod bundles;
mod calendar;
mod call_backs;
mod case;
mod case_forms;
mod configuration;
mod drafting;
mod editor;
mod enrolment;
mod exports;
mod faults;
mod fleet;
mod forms;
mod item_form;
mod items;
mod kiosk;
mod layout;
mod letters;
mod lists;
mod making;
mod materials;
mod papers;
mod posters;
mod preview;
mod recordings;
mod rollout;
mod sign_in;

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderValue, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};

use protocol::ServiceItem;

use crate::{app::App, catalogue::bundle::LifeEventBundle, staff::routes::fleet::BATCH_LIMIT};

/// Nothing but our own sheet, pictures and recordings, no script at all, forms to ourselves only, in no frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; media-src 'self'; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

/// Where pictures for kiosks are uploaded.
pub(crate) const POSTERS: &str = "/console/posters";

/// Where recordings for kiosks are uploaded.
pub(crate) const RECORDINGS: &str = "/console/recordings";

const SHEET: &str = include_str!("../../assets/console/console.css");

/// All pages. They are HTML, and not in the `OpenAPI` document.
pub(crate) fn pages() -> Router<Arc<App>> {
    Router::new()
        .route("/console", get(sign_in::home))
        .route("/console/", get(sign_in::home))
        .route("/console/console.css", get(sheet))
        .route("/console/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/console/sign-out", post(sign_in::sign_out))
        .route("/console/password", get(sign_in::password_page).post(sign_in::change_password))
        .route("/console/tasks", get(lists::tasks))
        .route("/console/supervision", get(lists::supervision))
        .route("/console/statistics", get(lists::statistics))
        .route("/console/call-backs", get(call_backs::page))
        .route("/console/call-backs/{case_no}/contact", post(call_backs::contact))
        .route("/console/call-backs/{case_no}/settle", post(call_backs::settle))
        .route("/console/items", get(items::page))
        .route("/console/items/{id}", get(items::item))
        .merge(editor::routes::<ServiceItem>())
        .route(making::NEW_ITEM, get(making::item_page).post(making::item))
        .route("/console/bundles", get(bundles::page))
        .route("/console/bundles/{id}", get(bundles::bundle))
        .merge(editor::routes::<LifeEventBundle>())
        .route(making::NEW_BUNDLE, get(making::bundle_page).post(making::bundle))
        .route("/console/exports", get(exports::page).post(exports::ask))
        .route("/console/exports/{number}/release", post(exports::release))
        .route("/console/exports/{number}/refuse", post(exports::refuse))
        .route("/console/exports/{number}/fetch", post(exports::fetch))
        .route("/console/cases/{case_no}", get(case::page))
        .route("/console/cases/{case_no}/acts", post(case::act))
        .route("/console/cases/{case_no}/reveal", post(case::reveal))
        .route("/console/cases/{case_no}/documents/{number}", get(papers::masked).post(papers::whole))
        .route("/console/cases/{case_no}/materials/{page_key}", get(materials::page))
        .route("/console/cases/{case_no}/orders", post(case::order))
        .route("/console/orders/{id}/reply", post(case::reply))
        .route("/console/orders/{id}/close", post(case::close))
        .route("/console/calendar", get(calendar::page).post(calendar::import))
        .route("/console/exchange", get(letters::page).post(letters::replay))
        .route("/console/accounts", get(accounts::page).post(accounts::create))
        .route("/console/accounts/{login}", post(accounts::change))
        .route("/console/audit", get(accounts::audit))
        .route("/console/fleet", get(fleet::page))
        .route("/console/fleet/{name}", get(kiosk::page))
        .route("/console/fleet/{name}/readiness", post(kiosk::readiness))
        .route("/console/fleet/{name}/revocation", post(kiosk::revoke))
        .route("/console/enrolment", get(enrolment::page).post(enrolment::invite))
        .route("/console/configuration", get(configuration::page).post(configuration::draft))
        .route(POSTERS, get(posters::page).post(posters::upload).layer(DefaultBodyLimit::max(posters::FORM)))
        .route("/console/posters/{name}", get(posters::picture))
        .route(
            RECORDINGS,
            get(recordings::page).post(recordings::upload).layer(DefaultBodyLimit::max(recordings::FORM)),
        )
        .route("/console/recordings/{name}", get(recordings::sound))
        .route("/console/recordings/own/{language}/{prompt}", get(recordings::own))
        .route("/console/rollout", get(rollout::page))
        .route("/console/rollout/to-sign", get(rollout::to_sign))
        .route("/console/rollout/start", post(rollout::start).layer(DefaultBodyLimit::max(BATCH_LIMIT)))
        .route("/console/rollout/acts", post(rollout::act))
        .route("/board", get(board::page))
        .layer(middleware::from_fn(guarded))
}

async fn sheet() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=300")], SHEET)
}

/// Puts the policy on every answer, and lets nobody keep a page about people.
async fn guarded(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let set = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in set {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A file that somebody sent has a stricter one.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
