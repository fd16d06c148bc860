//! What staff do with cases: reading one as `lifecycle` wants it, writing what came of an act, and listing them.

pub(crate) mod board;
pub(crate) mod call_backs;
pub(crate) mod extract;
mod issue;
pub(crate) mod lists;
mod load;
pub(crate) mod orders;
mod save;
pub(crate) mod statistics;
mod take_in;
pub(crate) mod told;

pub(crate) use load::{HistoryRow, IssuedDocument, Work, documents, history, load, personal};
pub(crate) use save::{By, Moment, Saved, is_late, perform};
pub(crate) use take_in::{adopt, publish_workflows, take_in};

use serde_json::json;
use sha2::{Digest, Sha256};

use super::{StoreError, Transaction, materials};
use crate::{
    lifecycle::workflow::{Place, Seat, Workflow},
    people::{
        Level, Role,
        organisation::{self, Organisation},
    },
};

/// The places that a case knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    /// 收件点.
    pub(crate) received: Option<Organisation>,
    /// The community whose resident it is about.
    pub(crate) area: Option<Organisation>,
}

/// Who sits at `place`, as an organisation and a role.
pub(crate) fn desk(
    view: &Transaction<'_>,
    workflow: &Workflow,
    place: &Place,
    places: &Places,
    uscc: &str,
) -> Result<Option<(Organisation, Role)>, StoreError> {
    let Some(seat) = workflow.seat(place) else { return Ok(None) };
    let near = places.area.as_ref().or(places.received.as_ref());
    let (found, role) = match seat {
        Seat::Received(role) => (places.received.clone().or_else(|| places.area.clone()), role),
        Seat::Responsible(desk) if desk.level == Level::District => {
            let department = organisation::by_uscc(view, uscc)?;
            let found = match (department, near) {
                (Some(department), _) => Some(department),
                (None, Some(near)) => organisation::above(view, near, Level::District)?,
                (None, None) => None,
            };
            (found, desk.role)
        }
        Seat::Responsible(desk) => {
            let found = near.map(|near| organisation::above(view, near, desk.level)).transpose()?.flatten();
            (found, desk.role)
        }
    };
    Ok(found.map(|organisation| (organisation, role)))
}

/// 归档清单: everything that is kept of a case, each part with its SHA-256, so that a copy can be held against it.
pub(crate) fn archive_list(view: &Transaction<'_>, work: &Work) -> Result<serde_json::Value, StoreError> {
    let key = &work.key;
    let hash = |text: &str| crate::people::hex(&Sha256::digest(text));
    let row = view.row("SELECT fields, consent_version FROM cases WHERE case_key = ?1", &[key.into()])?;
    let row = row.ok_or(StoreError::Damaged("case"))?;
    let mut parts = vec![json!({ "part": "申请表", "sha256": hash(row.text("fields")?) })];
    for document in documents(view, key)? {
        let body = document.body.to_string();
        parts
            .push(json!({ "part": document.kind.title(), "number": document.number, "sha256": hash(&body) }));
    }
    parts.extend(pages(view, work)?);
    let history = history(view, key)?;
    let lines: Vec<String> = history
        .iter()
        .map(|line| format!("{} {:?} {} {} {}", line.at, line.act, line.role, line.actor, line.detail))
        .collect();
    parts.push(json!({ "part": "办理过程", "lines": lines.len(), "sha256": hash(&lines.join("\n")) }));
    Ok(json!({ "consent_version": row.integer("consent_version")?, "parts": parts }))
}

/// 电子件 of a case, in the order of its papers. Of a page that was replaced the hash is what is left.
fn pages(view: &Transaction<'_>, work: &Work) -> Result<Vec<serde_json::Value>, StoreError> {
    let papers = materials::papers(view, &work.key, &work.item)?;
    let name = |material: u16| papers.iter().find(|paper| paper.material == material);
    let mut pages = materials::of_case(view, &work.key)?;
    pages.sort_by_key(|page| (page.material, page.page));
    let part = |page: &materials::KeptPage| {
        let name = name(page.material).map_or("", |paper| paper.name.as_str());
        let replaced = if page.replaced { "（已替换，不留文件）" } else { "" };
        json!({
            "part": format!("{name} 第 {} 页{replaced}", page.page),
            "media_type": page.media_type,
            "bytes": page.bytes,
            "sha256": page.sha256,
        })
    };
    Ok(pages.iter().map(part).collect())
}
