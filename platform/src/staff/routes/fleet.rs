use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use protocol::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{body, done, private};
use crate::{
    app::App,
    error::Refusal,
    fleet::{
        office::{self, Invited, KioskPage, RolloutView},
        overview::KioskView,
        rollout::RolloutAct,
    },
    routes::{Body, refused},
    staff::{
        access::{Ask, require},
        auth::Signed,
    },
};

/// What was signed for a thousand kiosks is long.
pub(crate) const BATCH_LIMIT: usize = 16 * 1024 * 1024;

/// Kiosks.
#[derive(Serialize, ToSchema)]
pub(crate) struct Kiosks {
    kiosks: Vec<KioskView>,
}

/// 终端 in somebody's charge.
#[utoipa::path(get, path = "/api/v1/staff/kiosks", tag = "staff", responses(
    (status = 200, body = Kiosks, description = "辖区内的终端"),
    refused::NotSignedIn,
    refused::NotAllowed,
))]
pub(crate) async fn kiosks(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
) -> Result<Response, Refusal> {
    Ok(private(&Kiosks { kiosks: office::kiosks(&app, &session).await? })?)
}

/// One kiosk, with what it has said.
#[utoipa::path(get, path = "/api/v1/staff/kiosks/{name}", tag = "staff",
    params(("name" = String, Path, description = "终端编号")),
    responses(
        (status = 200, body = KioskPage, description = "一台终端"),
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这台终端，或不在辖区"),
    ))]
pub(crate) async fn kiosk(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    Ok(private(&office::kiosk(&app, &session, &name).await?)?)
}

/// Invites a machine to be this kiosk. Its code is in this answer and nowhere else.
#[utoipa::path(post, path = "/api/v1/staff/kiosks/{name}/invitation", tag = "staff",
    params(
        ("name" = String, Path, description = "终端编号"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    responses(
        (status = 200, body = Invited, description = "入网码，十五分钟内有效，只能用一次"),
        refused::NotSignedIn,
        (status = 403, body = Problem, content_type = "application/problem+json", description = "没有权限，或不在辖区"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有启用终端接入"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "终端编号有误"),
    ))]
pub(crate) async fn invite(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    Ok(private(&office::invite(&app, &session, &name).await?)?)
}

/// Why a kiosk goes, and a fresh code of the authenticator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Revocation {
    /// 4 to 100 characters.
    reason: String,
    /// 动态口令.
    code: String,
}

/// Takes a kiosk out. It wipes itself at its next contact.
#[utoipa::path(post, path = "/api/v1/staff/kiosks/{name}/revocation", tag = "staff",
    params(
        ("name" = String, Path, description = "终端编号"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    request_body(content = Revocation, content_type = "application/json"),
    responses(
        (status = 200, body = super::Done, description = "已注销"),
        refused::NotJson,
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这台终端"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "已经注销"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "没有原因，或动态口令不对"),
    ))]
pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(name): Path<String>,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::Retire)?;
    let Revocation { reason, code } = body(&headers, bytes)?;
    office::revoke(&app, &session, &name, &reason, &code).await?;
    Ok(done()?)
}

/// Settings for kiosks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftRequest {
    kiosks: Vec<Based>,
    /// As `/api/v1/fleet/settings-schema` says.
    #[schema(value_type = Object)]
    settings: Value,
}

/// A kiosk, and the version of its configuration that was looked at.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Based {
    name: String,
    version: u64,
}

/// The versions that were drafted.
#[derive(Serialize, ToSchema)]
pub(crate) struct Drafted {
    drafted: Vec<Based>,
}

/// Drafts what is configured on kiosks: on all of them or none. Nothing reaches a kiosk before it is signed.
#[utoipa::path(post, path = "/api/v1/staff/drafts", tag = "staff",
    params(("X-CSRF-Token" = String, Header, description = "登录时得到的令牌")),
    request_body(content = DraftRequest, content_type = "application/json"),
    responses(
        (status = 200, body = Drafted, description = "已起草"),
        refused::NotJson,
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这台终端，或不在辖区"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "别人刚改过，或正在发布"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "配置有误：哪个键、为什么"),
    ))]
pub(crate) async fn draft(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::Configure)?;
    let DraftRequest { kiosks, settings } = body(&headers, bytes)?;
    let kiosks = kiosks.into_iter().map(|based| (based.name, based.version)).collect();
    let drafted = office::draft(&app, &session, kiosks, &settings).await?;
    let drafted = drafted.into_iter().map(|(name, version)| Based { name, version }).collect();
    Ok(private(&Drafted { drafted })?)
}

/// What the people who hold keys have to sign, for `platform sign add`.
#[utoipa::path(get, path = "/api/v1/staff/drafts/to-sign", tag = "staff", responses(
    (status = 200, body = Value, description = "待签名的文件"),
    refused::NotSignedIn,
    refused::NotAllowed,
    (status = 409, body = Problem, content_type = "application/problem+json", description = "没有要签名的，或正在发布"),
))]
pub(crate) async fn to_sign(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
) -> Result<Response, Refusal> {
    let batch = office::to_sign(&app, &session).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"to-sign.json\""),
    ];
    Ok((headers, batch).into_response())
}

/// The roll-out that is under way, or the last one, and what waits for signatures.
#[derive(Serialize, ToSchema)]
pub(crate) struct Rollouts {
    rollout: Option<RolloutView>,
    waiting: Vec<Based>,
}

/// How a roll-out goes.
#[utoipa::path(get, path = "/api/v1/staff/rollout", tag = "staff", responses(
    (status = 200, body = Rollouts, description = "正在进行的或最近的一次发布"),
    refused::NotSignedIn,
    refused::NotAllowed,
))]
pub(crate) async fn rollout(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
) -> Result<Response, Refusal> {
    let rollout = office::rollout(&app, &session).await?;
    let waiting = office::waiting(&app, &session).await?;
    let waiting = waiting.into_iter().map(|(name, version)| Based { name, version }).collect();
    Ok(private(&Rollouts { rollout, waiting })?)
}

/// What was signed, and how it shall go out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StartRollout {
    /// The file that was to be signed, with its signatures, as text.
    batch: String,
    /// Who goes first, three at most; by rule if nobody is named.
    #[serde(default)]
    canaries: Vec<String>,
    /// How long each ring is watched.
    soak_minutes: i64,
}

/// How many kiosks get something new.
#[derive(Serialize, ToSchema)]
pub(crate) struct Started {
    kiosks: usize,
}

/// Begins a roll-out, with three kiosks at most.
#[utoipa::path(post, path = "/api/v1/staff/rollout", tag = "staff",
    params(("X-CSRF-Token" = String, Header, description = "登录时得到的令牌")),
    request_body(content = StartRollout, content_type = "application/json"),
    responses(
        (status = 200, body = Started, description = "已开始"),
        refused::NotJson,
        refused::NotSignedIn,
        (status = 403, body = Problem, content_type = "application/problem+json", description = "没有权限，或不在辖区"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有启用终端接入"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "签名文件已过时，或不能开始"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "文件太大"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "签名文件没有被接受"),
    ))]
pub(crate) async fn start(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::Configure)?;
    let StartRollout { batch, canaries, soak_minutes } = body(&headers, bytes)?;
    let kiosks = office::start(&app, &session, batch.into_bytes(), canaries, soak_minutes).await?;
    Ok(private(&Started { kiosks })?)
}

/// What to do with the roll-out that was looked at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActOnRollout {
    /// Its number.
    rollout: i64,
    act: RolloutAct,
    /// 4 to 100 characters.
    reason: String,
}

/// Halts, resumes or gives up a roll-out, or opens the next ring early: that takes two people, one after the other.
#[utoipa::path(post, path = "/api/v1/staff/rollout/acts", tag = "staff",
    params(("X-CSRF-Token" = String, Header, description = "登录时得到的令牌")),
    request_body(content = ActOnRollout, content_type = "application/json"),
    responses(
        (status = 200, body = super::Done, description = "已办"),
        refused::NotJson,
        refused::NotSignedIn,
        (status = 403, body = Problem, content_type = "application/problem+json", description = "没有权限，或不在辖区"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有启用终端接入"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "现在不能这样做，或要另一个人同意"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "没有原因"),
    ))]
pub(crate) async fn act(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::Fleet)?;
    let ActOnRollout { rollout, act, reason } = body(&headers, bytes)?;
    office::act(&app, &session, rollout, act, &reason).await?;
    Ok(done()?)
}
