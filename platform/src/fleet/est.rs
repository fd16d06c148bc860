//! RFC 7030: how a machine gets its certificate, and a kiosk the next one.

use std::sync::Arc;

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use enrolment::{Certificate, Code, Name, est};
use protocol::Problem;

use super::{
    Fleet,
    authority::BadRequest,
    enrolling::{self, Admission},
    gate::{Member, member},
    problems, required,
};
use crate::{
    app::App,
    error::Refusal,
    routes::{Body, received, refused},
};

/// The root. It is not a secret, and a machine checks it by its pin.
#[utoipa::path(get, path = "/.well-known/est/cacerts", tag = "fleet", responses(
    (status = 200, body = String, content_type = "application/pkcs7-mime", description = "RFC 7030 4.1：根证书"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "没有启用终端接入"),
))]
pub(super) async fn cacerts(State(app): State<Arc<App>>) -> Result<Response, Refusal> {
    answer(required(&app)?.authority().root())
}

/// A machine becomes a kiosk: with its name and its code (HTTP Basic), and a request that its key has signed.
#[utoipa::path(post, path = "/.well-known/est/simpleenroll", tag = "fleet",
    request_body(content = String, content_type = "application/pkcs10", description = "RFC 7030 4.2：base64 的 PKCS #10"),
    responses(
        (status = 200, body = String, content_type = "application/pkcs7-mime", description = "终端证书"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "证书申请无法识别"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "缺少入网码，或不对"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "入网码已用过或过期"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "不支持的密钥类型"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "本平台没有启用终端接入"),
    ))]
pub(super) async fn simple_enroll(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let fleet = required(&app)?;
    let (name, code) = credentials(&headers).ok_or_else(problems::credentials_missing)?;
    let now = app.clock.now();
    let made = certificate(fleet, &received(body)?, &name, now)?;
    let (code, kiosk) = (code.sha256(), name.clone());
    let admission =
        app.store.write(move |transaction| enrolling::admit(transaction, &kiosk, &code, &made, now)).await?;
    tracing::info!(kiosk = %name, admitted = matches!(admission, Admission::In(_)), "kiosk.enrolling");
    match admission {
        Admission::In(der) => answer(&Certificate::from_der(&der).map_err(|_| crate::problems::internal())?),
        Admission::Wrong => Err(problems::code_wrong().into()),
        Admission::Spent => Err(problems::code_spent().into()),
        Admission::Expired => Err(problems::code_expired().into()),
    }
}

/// A kiosk gets its next certificate, for the key that it has.
#[utoipa::path(post, path = "/.well-known/est/simplereenroll", tag = "fleet",
    request_body(content = String, content_type = "application/pkcs10", description = "RFC 7030 4.2.2：base64 的 PKCS #10"),
    responses(
        (status = 200, body = String, content_type = "application/pkcs7-mime", description = "新的终端证书"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "证书申请无法识别"),
        refused::NoCertificate,
        (status = 403, body = Problem, content_type = "application/problem+json", description = "终端已注销"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "不是原来的密钥"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "本平台没有启用终端接入"),
    ))]
pub(super) async fn simple_reenroll(
    State(app): State<Arc<App>>,
    caller: Option<Extension<Member>>,
    body: Body,
) -> Result<Response, Refusal> {
    let (fleet, member) = (required(&app)?, member(caller)?);
    let made = certificate(fleet, &received(body)?, &member.name, app.clock.now())?;
    if made.public_key() != member.certificate.public_key() {
        return Err(problems::request_other_key().into());
    }
    let kept = made.clone();
    app.store.write(move |transaction| enrolling::keep(transaction, &member.name, &kept)).await?;
    answer(&made)
}

fn certificate(
    fleet: &Fleet,
    body: &[u8],
    name: &Name,
    now: jiff::Timestamp,
) -> Result<Certificate, Refusal> {
    let request = est::from_base64(body).ok_or_else(problems::request_unreadable)?;
    fleet.authority().admit(&request, name, now).map_err(|bad| match bad {
        BadRequest::Unreadable => problems::request_unreadable().into(),
        BadRequest::Algorithm => problems::request_algorithm().into(),
    })
}

/// The name and the code of `Authorization: Basic`.
fn credentials(headers: &HeaderMap) -> Option<(Name, Code)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    let text = BASE64_STANDARD.decode(rest.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let (name, code) = std::str::from_utf8(&text).ok()?.split_once(':')?;
    Some((name.parse().ok()?, code.parse().ok()?))
}

fn answer(certificate: &Certificate) -> Result<Response, Refusal> {
    let body = est::write_certificates(&[certificate]).map_err(|_| crate::problems::internal())?;
    let headers =
        [(header::CONTENT_TYPE.as_str(), est::ANSWER_TYPE), ("content-transfer-encoding", "base64")];
    Ok((headers, body).into_response())
}
