//! How kiosks are: what each said last, and which have fallen silent.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use health::Condition;
use jiff::{SignedDuration, Timestamp};
use protocol::{Heartbeat, Problem};

use super::gate::{Member, member};
use crate::{
    app::App,
    error::Refusal,
    routes::{Body, received, refused},
    store::{StoreError, Transaction},
    submission,
};

/// Kiosks say how they are every minute; one that has not for so long is silent.
pub(super) const SILENT: SignedDuration = SignedDuration::from_mins(5);

/// How this kiosk is.
#[utoipa::path(put, path = "/api/v1/fleet/heartbeat", tag = "fleet",
    request_body(content = Heartbeat, content_type = "application/json"),
    responses(
        (status = 204, description = "已登记"),
        refused::NoCertificate,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "内容有误"),
    ))]
pub(super) async fn heartbeat(
    State(app): State<Arc<App>>,
    caller: Option<Extension<Member>>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Refusal> {
    let name = member(caller)?.name.to_string();
    let heartbeat: Heartbeat = submission::json_body(&headers, &received(body)?)?;
    let now = app.clock.now();
    app.store.write(move |transaction| hear(transaction, &name, &heartbeat, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn hear(
    transaction: &Transaction<'_>,
    name: &str,
    heartbeat: &Heartbeat,
    now: Timestamp,
) -> Result<(), StoreError> {
    let body = serde_json::to_string(heartbeat).map_err(|_| StoreError::Damaged("heartbeat"))?;
    let sql = "INSERT INTO heartbeat (name, body, heard_at) VALUES (?1, ?2, ?3)
               ON CONFLICT (name) DO UPDATE SET body = excluded.body, heard_at = excluded.heard_at";
    transaction.execute(sql, &[name.into(), body.into(), now.to_string().into()])?;
    Ok(())
}

/// What one kiosk said last, for a list; `None` if it never did.
pub(super) fn said(view: &Transaction<'_>, name: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
    let sql = "SELECT body, heard_at FROM heartbeat WHERE name = ?1";
    let Some(row) = view.row(sql, &[name.into()])? else { return Ok(None) };
    let (heard, heartbeat) = read(row.text("body")?, row.text("heard_at")?)?;
    let mut said = if now.duration_since(heard) > SILENT {
        format!("silent since {heard}")
    } else {
        format!("heard {heard}")
    };
    for ailment in &heartbeat.ailments {
        let name = Condition::of_code(&ailment.code).map_or("unknown to this platform", Condition::id);
        let _ = write!(said, "; {} {name} since {}", ailment.code, ailment.since);
    }
    if heartbeat.waiting > 0 {
        let _ = write!(said, "; {} calls wait", heartbeat.waiting);
    }
    Ok(Some(said))
}

/// How many kiosks say what of themselves, by code, and how many are silent.
pub(crate) struct Census {
    pub(crate) ailments: BTreeMap<String, i64>,
    pub(crate) heard: i64,
    pub(crate) silent: i64,
}

/// Counts every kiosk that is one.
pub(crate) fn census(view: &Transaction<'_>, now: Timestamp) -> Result<Census, StoreError> {
    let sql = "SELECT h.body, h.heard_at FROM heartbeat h JOIN kiosk k ON k.name = h.name WHERE k.revoked_at IS NULL";
    let mut census = Census { ailments: BTreeMap::new(), heard: 0, silent: 0 };
    for row in view.rows(sql, &[])? {
        let (heard, heartbeat) = read(row.text("body")?, row.text("heard_at")?)?;
        if now.duration_since(heard) > SILENT {
            census.silent += 1;
            continue;
        }
        census.heard += 1;
        // A code that is not in the catalogue is a newer kiosk's; it is no label of ours.
        for condition in heartbeat.ailments.iter().filter_map(|ailment| Condition::of_code(&ailment.code)) {
            *census.ailments.entry(condition.code().to_owned()).or_default() += 1;
        }
    }
    Ok(census)
}

fn read(body: &str, heard_at: &str) -> Result<(Timestamp, Heartbeat), StoreError> {
    let heard = heard_at.parse().map_err(|_| StoreError::Damaged("heard_at"))?;
    let heartbeat = serde_json::from_str(body).map_err(|_| StoreError::Damaged("heartbeat"))?;
    Ok((heard, heartbeat))
}
