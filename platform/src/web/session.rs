//! Visits: the cookie that every visitor has, the token that proves a form was shown to it, and who has signed in.

use std::collections::BTreeMap;

use axum::{
    Form,
    extract::{FromRequest, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    middleware::Next,
    response::Response,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Web,
    page::{Fault, sign_in_first},
};
use crate::store::residents::{self, Resident};

/// Somebody looking at pages, known or not.
#[derive(Clone)]
pub(super) struct Visit {
    token: String,
    pub(super) resident: Option<Resident>,
    pub(super) large: bool,
    /// The path looked at, for the way back.
    pub(super) path: String,
}

/// The cookie over TLS is bound to our host by its name.
const SECURE_COOKIE: &str = "__Host-visit";
const PLAIN_COOKIE: &str = "visit";
const DISPLAY_COOKIE: &str = "display";

/// 256 random bits in hexadecimal digits.
pub(super) fn new_token() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

/// What the database knows a token by: who reads the database cannot sign in with it.
pub(super) fn hash(token: &str) -> String {
    Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Visit {
    /// What a form of this visit carries. Whoever cannot read the cookie cannot make it.
    pub(super) fn form_token(&self) -> String {
        hash(&format!("form {}", self.token))
    }

    pub(super) fn hash(&self) -> String {
        hash(&self.token)
    }
}

fn cookie_name(web: &Web) -> &'static str {
    if web.settings.is_secure() { SECURE_COOKIE } else { PLAIN_COOKIE }
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// `Set-Cookie` for a token, or for any other value under a name.
fn set_cookie(web: &Web, name: &str, value: &str, extra: &str) -> Option<HeaderValue> {
    let secure = if web.settings.is_secure() { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{extra}")).ok()
}

/// Gives `response` the cookie of a new token: after signing in or out a visit has another one.
pub(super) fn renew(web: &Web, mut response: Response, token: &str) -> Response {
    if let Some(value) = set_cookie(web, cookie_name(web), token, "") {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// Remembers for a year how large the type shall be.
pub(super) fn remember_display(web: &Web, mut response: Response, large: bool) -> Response {
    let value = if large { "large" } else { "normal" };
    if let Some(value) = set_cookie(web, DISPLAY_COOKIE, value, "; Max-Age=31536000") {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// Knows the visit of a request, or begins one.
pub(super) async fn visit(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let known =
        cookie(request.headers(), cookie_name(&web)).filter(|token| is_token(token)).map(str::to_owned);
    let large = cookie(request.headers(), DISPLAY_COOKIE) == Some("large");
    let fresh = known.is_none();
    let token = known.unwrap_or_else(new_token);
    let path = request.uri().path().to_owned();
    let resident = if fresh { None } else { resident(&web, &token).await };
    request.extensions_mut().insert(Visit { token: token.clone(), resident, large, path });
    let response = next.run(request).await;
    let renewed = response.headers().contains_key(header::SET_COOKIE);
    if fresh && !renewed { renew(&web, response, &token) } else { response }
}

fn is_token(token: &str) -> bool {
    token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A database that does not answer signs nobody in; what the page needs of it will say so.
async fn resident(web: &Web, token: &str) -> Option<Resident> {
    let (hash, now) = (hash(token), web.app.clock.now().as_second());
    let looked = hash.clone();
    let found =
        web.app.store.read(move |view| residents::session(view, &looked, now)).await.ok().flatten()?;
    if found.is_stale(now) {
        let touched = web.app.store.write(move |transaction| residents::touch(transaction, &hash, now)).await;
        touched.inspect_err(|error| tracing::error!(%error, "session.untouched")).ok();
    }
    Some(found.resident)
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        parts.extensions.get::<Self>().cloned().ok_or(Fault::Broken)
    }
}

/// A visit of somebody who has signed in.
pub(super) struct SignedIn {
    pub(super) visit: Visit,
    pub(super) resident: Resident,
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let visit = parts.extensions.get::<Visit>().cloned();
        match visit.map(|visit| (visit.resident.clone(), visit)) {
            Some((Some(resident), visit)) => Ok(Self { visit, resident }),
            _ => Err(sign_in_first(parts.uri.path())),
        }
    }
}

/// The fields of a form that this visit was shown.
pub(super) struct Posted(pub(super) BTreeMap<String, String>);

impl Posted {
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let expected = request.extensions().get::<Visit>().map(Visit::form_token).ok_or(Fault::Broken)?;
        let Form(pairs) = Form::<Vec<(String, String)>>::from_request(request, state)
            .await
            .map_err(|_| Fault::Unreadable)?;
        let fields: BTreeMap<_, _> = pairs.into_iter().collect();
        if fields.get("token").is_some_and(|token| *token == expected) {
            Ok(Self(fields))
        } else {
            Err(Fault::Strange)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let headers: HeaderMap = [
            (header::COOKIE, HeaderValue::from_static("a=1; visit=abc")),
            (header::COOKIE, HeaderValue::from_static("display=large")),
        ]
        .into_iter()
        .collect();
        assert_eq!(cookie(&headers, "visit"), Some("abc"));
        assert_eq!(cookie(&headers, "display"), Some("large"));
        assert_eq!(cookie(&headers, "isit"), None);
    }

    #[test]
    fn tokens_differ_and_a_form_token_does_not_tell_the_cookie() {
        let visit = |token: String| Visit { token, resident: None, large: false, path: String::new() };
        let (one, other) = (visit(new_token()), visit(new_token()));
        assert!(is_token(&one.token) && !is_token("x"));
        assert_ne!(one.form_token(), other.form_token());
        assert_ne!(one.form_token(), one.hash());
    }
}
