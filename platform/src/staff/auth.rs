//! Who asks: the session behind the cookie, and whether a request that changes something came from our own page.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, header, request::Parts},
};
use protocol::Problem;

use crate::{
    app::App,
    error::Refusal,
    people::session::{self, Session},
    problems,
    store::StoreError,
};

/// The cookie. Its prefix makes browsers keep it to this host, this path and encrypted connections (RFC 6265bis).
const COOKIE: &str = "__Host-staff";
/// The header that a script of ours sends.
const CSRF: &str = "x-csrf-token";

/// Somebody who has signed in. For requests that change something, the `X-CSRF-Token` has been looked at as well.
pub(crate) struct Signed(pub(crate) Session);

impl FromRequestParts<Arc<App>> for Signed {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let session = find(app, &parts.headers).await?.ok_or_else(problems::sign_in_required)?;
        if parts.method != Method::GET {
            let token = parts.headers.get(CSRF).and_then(|value| value.to_str().ok());
            check_csrf(&session, token.unwrap_or_default())?;
        }
        Ok(Self(session))
    }
}

/// The session of a request, if it has one that has not ended.
pub(crate) async fn find(app: &App, headers: &HeaderMap) -> Result<Option<Session>, StoreError> {
    let Some(token) = token(headers) else { return Ok(None) };
    let now = app.clock.now();
    let found = app.store.read(move |view| session::find(view, &token, now)).await?;
    if let Some(session) = found.clone().filter(|session| session.is_stale(now)) {
        app.store.write(move |transaction| session.seen(transaction, now)).await?;
    }
    Ok(found)
}

/// Holds a token against the session's.
pub(crate) fn check_csrf(session: &Session, token: &str) -> Result<(), Problem> {
    // Both are random and of one length; how long a comparison takes tells nothing that could be used in a session's time.
    if session.csrf == token { Ok(()) } else { Err(problems::csrf_missing()) }
}

fn token(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, token)| token.to_owned())
}

/// `Set-Cookie` for a new session.
pub(crate) fn cookie(token: &str) -> String {
    format!("{COOKIE}={token}; Path=/; HttpOnly; Secure; SameSite=Strict")
}

/// `Set-Cookie` that takes it away.
pub(crate) fn no_cookie() -> String {
    format!("{COOKIE}=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0")
}
