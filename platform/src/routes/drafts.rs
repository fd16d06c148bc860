//! 草稿 between a machine and the other screens: a form that was begun at one is kept for its owner, and found again.
//!
//! They are the drafts of the residents' pages. Who reads a card speaks for its owner, as whoever has signed in does on
//! a page.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
};
use protocol::{
    DraftKept, DraftList, DraftQuery, DraftSubmission, Field, OpenBundleDraft, OpenDraft, Problem,
    ServiceItem, draft_code,
};
use seal::Sealed;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{Body, bundles, received};
use crate::{
    app::App,
    error::Refusal,
    fleet::Caller,
    offer::Offer,
    problems,
    routes::refused,
    store::drafts::{self, Draft, Put, Subject},
    submission::{self, Envelope},
};

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(keep)).routes(routes!(search))
}

/// Keeps a form that was begun at a machine, for the person whose card it has read. Sent again it is the same draft, with
/// the answers that came last.
///
/// `{key}` is the `Idempotency-Key` under which it will be filed, from whichever screen; what is sealed is bound to it.
#[utoipa::path(put, path = "/api/v1/drafts/{key}", tag = "drafts",
    params(
        ("key" = Uuid, Path, description = "草稿的 UUID，也是以后提交办件用的 Idempotency-Key"),
        ("Terminal-Id" = String, Header, description = "终端编号"),
    ),
    request_body(content(
        (DraftSubmission = "application/json"),
        (Sealed = "application/vnd.community-kiosk.sealed+json"),
    )),
    responses(
        (status = 200, body = DraftKept, description = "已存"),
        (status = 400, body = Problem, content_type = "application/problem+json",
            description = "key 不是 UUID，缺少 Terminal-Id，或不是 JSON"),
        refused::NoCertificate,
        (status = 403, body = Problem, content_type = "application/problem+json",
            description = "证书是另一台终端的"),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "已经提交过，没填完的太多，或 key 是另一份草稿的"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "内容太大"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json",
            description = "内容有误（pointer 指出哪一项）"),
    ))]
pub(crate) async fn keep(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<DraftKept>, Refusal> {
    let key: Uuid = key.parse().map_err(|_| problems::draft_key_malformed())?;
    caller.speaks_for(submission::terminal(&headers)?)?;
    let keys = app.keys().await?;
    let envelope = Envelope { headers: &headers, key, keys: &keys.ring };
    let submission = submission::draft(&envelope, &received(body)?)?;
    let (owner, draft) = checked(&app, key, submission).await?;
    let now = draft.changed_at;
    match app.store.write(move |transaction| drafts::put(transaction, &owner, &draft)).await? {
        Put::Kept => {}
        Put::TooMany => return Err(problems::drafts_full().into()),
        Put::Filed => return Err(problems::draft_filed().into()),
        Put::Another => return Err(problems::draft_of_another().into()),
    }
    let code = draft_code(key);
    let web = app.web();
    let signs_in = web.gateways.is_some();
    let url = signs_in.then(|| format!("{}/continue/{}", web.public_url, code.as_str()));
    Ok(Json(DraftKept { code, until: drafts::until(now), url }))
}

/// A draft that can be one, and whose it is. What is answered has to be an answer; what is not may come later.
async fn checked(app: &App, key: Uuid, mut sent: DraftSubmission) -> Result<(String, Draft), Refusal> {
    let now = app.clock.now();
    let named =
        sent.subject().ok_or_else(|| problems::invalid_field("/item", "要写明一个事项或一件事，和版本"))?;
    let (subject, form, items) = form(app, named).await?;
    submission::check_draft(&sent, &form, &app.offer().fileable, now)
        .map_err(|problem| bundles::about_its_item(problem, &items))?;
    let (fields, consent) = (std::mem::take(&mut sent.fields), sent.consent.clone());
    Ok((sent.applicant.id_number.clone(), Draft { key, subject, consent, fields, changed_at: now }))
}

/// The questions that the applicant saw, what of, and the items that a refusal tells apart.
async fn form(
    app: &App,
    named: protocol::Subject,
) -> Result<(Subject, Vec<Field>, Vec<ServiceItem>), Refusal> {
    Ok(match named {
        protocol::Subject::Item { item: id, version } => {
            let offer = app.offer_with(&id, version).await?;
            let form = offer.fileable.item(&id, version)?.fields.clone();
            (Subject::Item { id, version }, form, Vec::new())
        }
        protocol::Subject::Bundle { bundle: id, version, item_versions: items } => {
            let form = bundles::form(app, (&id, version), &items).await?;
            (Subject::Bundle { id, version, items }, form.fields, form.items)
        }
    })
}

/// The drafts that a person has, the last changed first. The number of the document is in the body, so that it is in
/// no log.
///
/// A kiosk that has read the card is told. Where kiosks have certificates, nobody without one is.
#[utoipa::path(post, path = "/api/v1/drafts/search", tag = "drafts",
    request_body(content = DraftQuery, content_type = "application/json"),
    responses(
        (status = 200, body = DraftList, description = "没填完的"),
        refused::NotJson,
        refused::NoCertificate,
        (status = 413, body = Problem, content_type = "application/problem+json", description = "内容太大"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "内容有误"),
    ))]
pub(crate) async fn search(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<DraftList>, Refusal> {
    caller.reads_cards()?;
    let query: DraftQuery = submission::json_body(&headers, &received(body)?)?;
    let owner = query.id_number.clone();
    // No column holds one, and PostgreSQL refuses to look for it.
    if owner.trim().is_empty() || owner.contains('\0') {
        return Err(problems::invalid_field("/id_number", "没有读到证件号码").into());
    }
    let now = app.clock.now();
    let found = app.store.read(move |view| drafts::open(view, &owner, now)).await?;
    let offer = app.offer_with_drafts(&found).await?;
    let mut list = DraftList { drafts: Vec::new(), bundles: Vec::new() };
    for draft in found {
        open(draft, &offer, &mut list);
    }
    Ok(Json(list))
}

/// As a machine is told of it, where it is of something that is offered today.
fn open(draft: Draft, offer: &Offer, list: &mut DraftList) {
    let Draft { key, subject, fields, changed_at, .. } = draft;
    let (code, until) = (draft_code(key), drafts::until(changed_at));
    match subject {
        Subject::Item { id: item, version: item_version } if offer.item(&item).is_some() => {
            list.drafts.push(OpenDraft { key, code, item, item_version, fields, changed_at, until });
        }
        Subject::Bundle { id: bundle, version: bundle_version, items: item_versions }
            if offer.offers_bundle(&bundle) =>
        {
            list.bundles.push(OpenBundleDraft {
                key,
                code,
                bundle,
                bundle_version,
                item_versions,
                fields,
                changed_at,
                until,
            });
        }
        _ => {}
    }
}
