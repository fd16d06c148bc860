//! What a certificate admits to. Whoever calls over TLS passes here, on every request: a kiosk that is revoked finds
//! out with the next one.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Extension,
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderMap, StatusCode, request::Parts},
};
use enrolment::{Certificate, Name, est};
use protocol::{Problem, Wiped};

use super::{
    enrolling::{self, Known},
    problems,
    tls::Peer,
};
use crate::{
    app::App,
    error::Refusal,
    routes::{Body, received, refused},
    submission,
};

/// Where a revoked kiosk says that it has wiped itself.
const WIPED: &str = "/api/v1/fleet/wiped";
/// What a machine without a certificate may ask for.
const OPEN: [&str; 2] = [est::CACERTS, "/healthz"];

/// The kiosk that calls.
#[derive(Clone)]
pub(super) struct Member {
    pub(super) name: Name,
    pub(super) certificate: Arc<Certificate>,
    pub(super) revoked: bool,
}

/// Lets a request through, with the [`Member`] who makes it, or refuses it. What comes over plain HTTP has no peer.
pub(crate) async fn admit(app: &App, request: &mut Request) -> Result<(), Refusal> {
    let peer = request.extensions().get::<ConnectInfo<Peer>>().cloned();
    if let Some(ConnectInfo(peer)) = peer
        && let Some(member) = admitted(app, peer, request.uri().path()).await?
    {
        request.extensions_mut().insert(member);
    }
    Ok(())
}

async fn admitted(app: &App, peer: Peer, path: &str) -> Result<Option<Member>, Refusal> {
    if OPEN.contains(&path) || path == est::SIMPLE_ENROLL {
        return Ok(None);
    }
    let certificate = peer.certificate.ok_or_else(problems::certificate_missing)?;
    let name: Option<Name> = certificate.common_name().and_then(|name| name.parse().ok());
    let name = name.ok_or_else(problems::certificate_unknown)?;
    let serial = certificate.serial().to_owned();
    let known = app.store.look(move |view| enrolling::known(view, &serial)).await?;
    let expired = app.clock.now() > certificate.not_after();
    match known {
        Known::No => Err(problems::certificate_unknown().into()),
        Known::Revoked if path != WIPED => Err(problems::revoked().into()),
        Known::Yes if expired && path != est::SIMPLE_REENROLL => Err(problems::certificate_expired().into()),
        _ => Ok(Some(Member { name, certificate, revoked: known == Known::Revoked })),
    }
}

/// Who calls, as far as it matters what is told.
pub(crate) struct Caller {
    /// The kiosk that its certificate names.
    certified: Option<Name>,
    /// Whether kiosks have certificates here at all.
    certificates: bool,
}

impl Caller {
    /// Whether it is a kiosk. Where none has a certificate, any caller may be one.
    pub(crate) fn is_kiosk(&self) -> bool {
        self.certified.is_some() || !self.certificates
    }

    /// Lets through whoever may have read somebody's card.
    pub(crate) fn reads_cards(&self) -> Result<(), Problem> {
        if self.is_kiosk() { Ok(()) } else { Err(problems::certificate_missing()) }
    }

    /// Lets through whoever may speak for the machine `terminal`: where kiosks have certificates, that kiosk alone.
    pub(crate) fn speaks_for(&self, terminal: &str) -> Result<(), Problem> {
        match &self.certified {
            Some(name) if name.to_string() == terminal => Ok(()),
            Some(_) => Err(problems::certificate_of_another()),
            None if self.certificates => Err(problems::certificate_missing()),
            None => Ok(()),
        }
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self {
            certified: parts.extensions.get::<Member>().map(|member| member.name.clone()),
            certificates: app.fleet().is_some(),
        })
    }
}

/// The member, where only members may come.
pub(super) fn member(member: Option<Extension<Member>>) -> Result<Member, Refusal> {
    Ok(member.ok_or_else(problems::certificate_missing)?.0)
}

/// What a revoked kiosk says last.
#[utoipa::path(post, path = "/api/v1/fleet/wiped", tag = "fleet",
    request_body(content = Wiped, content_type = "application/json"),
    responses(
        (status = 204, description = "已登记"),
        refused::NoCertificate,
        (status = 409, body = Problem, content_type = "application/problem+json", description = "这台终端没有注销"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "内容有误"),
    ))]
pub(super) async fn wiped(
    State(app): State<Arc<App>>,
    caller: Option<Extension<Member>>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Refusal> {
    let member = member(caller)?;
    if !member.revoked {
        return Err(problems::not_revoked().into());
    }
    let told: Wiped = submission::json_body(&headers, &received(body)?)?;
    let now = app.clock.now();
    tracing::warn!(kiosk = %member.name, waiting = told.waiting, "kiosk.wiped");
    let name = member.name.to_string();
    app.store.write(move |transaction| enrolling::wiped(transaction, &name, told.waiting, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}
