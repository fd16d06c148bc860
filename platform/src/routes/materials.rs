use std::sync::Arc;

use axum::{
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use base64::prelude::{BASE64_STANDARD, Engine};
use jiff::Timestamp;
use protocol::{MaterialPage, MaterialReceipt, PageInCase, Problem};
use seal::Sealed;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;
use zeroize::Zeroize;

use super::{Body, json, received};
use crate::{
    app::App,
    error::Refusal,
    fleet::Caller,
    idempotency::{self, Fingerprint, Operation},
    materials::{self, Clean},
    problems,
    routes::refused,
    store::{
        StoreError, Transaction,
        answers::{self, Known},
        materials::{InCase, NewPage, Unkept, arrive},
    },
    submission::{self, Envelope},
};

/// The call, with a limit of its own on how long its body may be.
pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(add_page)).layer(DefaultBodyLimit::max(materials::BODY_LIMIT))
}

/// Takes a page of a material (电子件) of a case that was filed before at the same machine, or of a bundle: then the page
/// belongs to every case of it that needs the same paper and still takes pages. `cases` says which they are, and which not and
/// why; where none takes it, it is refused.
///
/// Sent again under the same `Idempotency-Key` it gets the same answer. Under a new key it is shown instead of the page
/// before it. Of what a camera wrote beside the picture nothing is kept; `sha256` is that of the file as it was sent. A 409
/// with `Retry-After`, a 429 and a 503 are for now; every other refusal is for good.
#[utoipa::path(post, path = "/api/v1/materials", tag = "cases",
    params(
        ("Idempotency-Key" = Uuid, Header, description = "这一页的 UUID，可以加引号；密封的内容与它绑定"),
        ("Terminal-Id" = String, Header, description = "终端编号"),
    ),
    request_body(content(
        (MaterialPage = "application/json"),
        (Sealed = "application/vnd.community-kiosk.sealed+json"),
    )),
    responses(
        (status = 201, body = MaterialReceipt, description = "已收到"),
        (status = 400, body = Problem, content_type = "application/problem+json",
            description = "缺少 Idempotency-Key、Terminal-Id，或不是 JSON"),
        refused::NoCertificate,
        (status = 403, body = Problem, content_type = "application/problem+json",
            description = "证书是另一台终端的"),
        (status = 404, body = Problem, content_type = "application/problem+json",
            description = "这台终端没有上传过这个办件或一件事"),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "同一请求正在处理（有 Retry-After）；办件（一件事里要这份材料的每个办件）已经归档，或页数到了上限（没有）",
            headers(("Retry-After" = u32, description = "秒"))),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "文件太大"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json",
            description = "内容有误（pointer 指出哪一项），或 Idempotency-Key 已用于另一个请求"),
    ))]
pub(crate) async fn add_page(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let key = idempotency::key(&headers)?;
    caller.speaks_for(submission::terminal(&headers)?)?;
    let _ticket = app.running.enter(Operation::Material, key)?;
    let keys = app.keys().await?;
    let envelope = Envelope { headers: &headers, key, keys: &keys.ring };
    let page = submission::page(&envelope, &whole(body)?)?;
    match taken(&app, key, page).await? {
        Known::Answered(body) => Ok(json(StatusCode::CREATED, body)),
        Known::OtherRequest => Err(problems::reused_key().into()),
        Known::StillRunning => Err(problems::still_running().into()),
    }
}

/// The body; what is too long for this call is told in pages.
fn whole(body: Body) -> Result<axum::body::Bytes, Problem> {
    received(body).map_err(|problem| match problem.status {
        413 => problems::page_too_large(),
        _ => problem,
    })
}

async fn taken(app: &App, key: Uuid, page: MaterialPage) -> Result<Known, Refusal> {
    let fingerprint = Fingerprint::of(&page)?;
    let find = move |view: &Transaction<'_>| answers::find(view, Operation::Material, key, &fingerprint);
    // Before any check: what was taken once stays taken, though a check may have become stricter since.
    if let Some(known) = app.store.look(find).await? {
        return Ok(known);
    }
    let arrival = Arrival::check(key, fingerprint, page, app.clock.now())?;
    Ok(app.store.write(move |transaction| arrival.write(transaction)).await??)
}

/// A page that can be one, on its way into the store.
struct Arrival {
    key: Uuid,
    fingerprint: Fingerprint,
    page: MaterialPage,
    clean: Clean,
    made_at: Timestamp,
    receipt: MaterialReceipt,
}

impl Arrival {
    fn check(
        key: Uuid,
        fingerprint: Fingerprint,
        mut page: MaterialPage,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        materials::check_place(page.page, page.pages)?;
        let sent = BASE64_STANDARD
            .decode(&page.content)
            .map_err(|_| problems::invalid_field("/content", "不是 Base64"))?;
        // It has been read, and is large.
        page.content.zeroize();
        let receipt = MaterialReceipt {
            case_key: page.case_key,
            material: page.material,
            page: page.page,
            sha256: materials::sha256(&sent),
            received_at: now,
            cases: Vec::new(),
        };
        let clean = materials::checked(&page.media_type, &sent)?;
        let made_at = submission::believed(page.made_at, now);
        Ok(Self { key, fingerprint, page, clean, made_at, receipt })
    }

    /// The page, its file and the answer: all of it or nothing.
    fn write(&self, transaction: &Transaction<'_>) -> Result<Result<Known, Problem>, StoreError> {
        let Self { key, fingerprint, page, clean, .. } = self;
        if let Some(known) = answers::begin(transaction, Operation::Material, *key, fingerprint)? {
            return Ok(Ok(known));
        }
        let new = NewPage {
            page_key: *key,
            case_key: page.case_key,
            material: page.material,
            page: page.page,
            pages: page.pages,
            media_type: clean.media_type,
            content: &clean.content,
            made_at: self.made_at,
            received_at: self.receipt.received_at,
            channel: page.channel,
            terminal_id: page.terminal_id.as_deref(),
        };
        let told = match arrive(transaction, &new, page.item.as_deref())? {
            Ok(told) => told,
            Err(unkept) => return Ok(Err(problem(unkept))),
        };
        let cases = told.into_iter().map(in_case).collect();
        let receipt = MaterialReceipt { cases, ..self.receipt.clone() };
        let body = serde_json::to_string(&receipt).map_err(|_| StoreError::Damaged("receipt"))?;
        answers::keep(transaction, Operation::Material, *key, fingerprint, &body)?;
        Ok(Ok(Known::Answered(body)))
    }
}

fn in_case(InCase { case_no, unkept }: InCase) -> PageInCase {
    PageInCase { case_no, refused: unkept.map(|why| problem(why).name().to_owned()) }
}

fn problem(unkept: Unkept) -> Problem {
    match unkept {
        Unkept::NoCase => problems::page_case_not_found(),
        Unkept::NoPaper => problems::paper_unknown(),
        Unkept::Archived => problems::case_archived(),
        Unkept::Full => problems::pages_full(),
    }
}
