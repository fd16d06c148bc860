//! What kiosks tell of their audit logs: whether it follows what they told before.
//!
//! A kiosk can lose its log, and whoever owns the machine can write another one. Neither goes unseen: what was signed once
//! is here, and what comes next has to follow it.

use std::sync::Arc;

use audit::{Checkpoint, Entry};
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use jiff::Timestamp;
use protocol::{AUDIT_ENTRIES, AuditReport, AuditStanding, Problem};

use super::{
    gate::{Member, member},
    problems,
};
use crate::{
    app::App,
    error::Refusal,
    metrics::AuditFault,
    people,
    routes::{Body, json, received, refused},
    store::{StoreError, Transaction},
    submission,
};

/// How far this kiosk's audit log is known.
#[utoipa::path(get, path = "/api/v1/fleet/audit", tag = "fleet",
    responses(
        (status = 200, body = AuditStanding, description = "已收到的最后一条审计记录"),
        refused::NoCertificate,
    ))]
pub(super) async fn standing(
    State(app): State<Arc<App>>,
    caller: Option<Extension<Member>>,
) -> Result<Response, Refusal> {
    let name = member(caller)?.name.to_string();
    let known = app.store.read(move |view| known(view, &name)).await?;
    answer(known.as_ref())
}

/// The next piece of this kiosk's audit log. One that does not follow what was told before is taken, counted and noted in
/// the access audit.
#[utoipa::path(post, path = "/api/v1/fleet/audit", tag = "fleet",
    request_body(content = AuditReport, content_type = "application/json"),
    responses(
        (status = 200, body = AuditStanding, description = "已收到的最后一条审计记录"),
        refused::NoCertificate,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "内容有误，或签名不是这台终端的"),
    ))]
pub(super) async fn told(
    State(app): State<Arc<App>>,
    caller: Option<Extension<Member>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let member = member(caller)?;
    let report: AuditReport = submission::json_body(&headers, &received(body)?)?;
    let piece = Piece::read(&report).ok_or_else(problems::audit_malformed)?;
    let (name, now) = (member.name.to_string(), app.clock.now());
    if !piece.is_signed_by(member.certificate.raw_key()) {
        let kiosk = name.clone();
        app.store.write(move |transaction| note(transaction, &kiosk, AuditFault::Signature, now)).await?;
        tell(&app, &name, AuditFault::Signature);
        return Err(problems::audit_signature().into());
    }
    let kiosk = name.clone();
    let (known, fault) = app.store.write(move |transaction| take(transaction, &kiosk, &piece, now)).await?;
    if let Some(fault) = fault {
        tell(&app, &name, fault);
    }
    answer(Some(&known))
}

fn tell(app: &App, kiosk: &str, fault: AuditFault) {
    tracing::error!(kiosk, fault = fault.word(), "fleet.audit-broken");
    app.metrics.audit_fault(fault);
}

fn answer(known: Option<&Known>) -> Result<Response, Refusal> {
    let standing = known.map_or_else(AuditStanding::default, |known| AuditStanding {
        seq: known.seq,
        hash: BASE64_STANDARD.encode(&known.hash),
    });
    Ok(json(StatusCode::OK, serde_json::to_string(&standing)?))
}

/// A report with its hashes.
struct Piece {
    entries: Vec<Entry>,
    signature: Vec<u8>,
}

impl Piece {
    /// `None` of what is no piece of any log.
    fn read(report: &AuditReport) -> Option<Self> {
        let mut previous = BASE64_STANDARD.decode(&report.previous).ok()?.try_into().ok()?;
        let signature = BASE64_STANDARD.decode(&report.signature).ok()?;
        let first = report.entries.first()?.seq;
        i64::try_from(first).ok()?;
        let most = usize::try_from(AUDIT_ENTRIES).ok()?;
        let mut entries = Vec::new();
        for (told, seq) in report.entries.iter().zip(first..) {
            i64::try_from(told.seq).ok()?;
            let (event, details) = (told.event.clone(), told.details.clone());
            let entry = Entry::after(previous, told.seq, told.at, event, details);
            previous = entry.hash;
            (told.seq == seq && seq > 0).then(|| entries.push(entry))?;
        }
        (entries.len() <= most).then_some(Self { entries, signature })
    }

    fn is_signed_by(&self, public: &[u8]) -> bool {
        self.entries.last().is_some_and(|last| {
            let signature = self.signature.clone();
            Checkpoint { seq: last.seq, hash: last.hash, signature }.verify(last, public).is_ok()
        })
    }
}

/// How far a log is known.
#[derive(Debug, PartialEq, Eq)]
struct Known {
    place: i64,
    seq: u64,
    hash: Vec<u8>,
}

fn known(view: &Transaction<'_>, kiosk: &str) -> Result<Option<Known>, StoreError> {
    let sql = "SELECT place, seq, hash FROM kiosk_audit WHERE kiosk = ?1 ORDER BY place DESC LIMIT 1";
    let Some(row) = view.row(sql, &[kiosk.into()])? else { return Ok(None) };
    let seq = u64::try_from(row.integer("seq")?).map_err(|_| StoreError::Damaged("seq"))?;
    Ok(Some(Known { place: row.integer("place")?, seq, hash: row.bytes("hash")?.to_vec() }))
}

/// Takes a piece that the kiosk has signed, and tells how far its log is known now and what was wrong.
fn take(
    transaction: &Transaction<'_>,
    kiosk: &str,
    piece: &Piece,
    now: Timestamp,
) -> Result<(Known, Option<AuditFault>), StoreError> {
    let before = known(transaction, kiosk)?;
    let last = piece.entries.last().ok_or(StoreError::Damaged("report"))?;
    let seq = i64::try_from(last.seq).map_err(|_| StoreError::Damaged("report"))?;
    let again = "SELECT place FROM kiosk_audit WHERE kiosk = ?1 AND seq = ?2 AND hash = ?3";
    if let Some(before) = before.as_ref()
        && transaction.row(again, &[kiosk.into(), seq.into(), last.hash.as_slice().into()])?.is_some()
    {
        // An answer was lost on its way.
        let Known { place, seq, hash } = before;
        return Ok((Known { place: *place, seq: *seq, hash: hash.clone() }, None));
    }
    let fault = before.as_ref().and_then(|before| fault(before, &piece.entries));
    let place = before.map_or(1, |before| before.place + 1);
    transaction.execute(
        "INSERT INTO kiosk_audit (kiosk, place, seq, hash, signature, broken, heard_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        &[
            kiosk.into(),
            place.into(),
            seq.into(),
            last.hash.as_slice().into(),
            piece.signature.as_slice().into(),
            fault.map(AuditFault::word).into(),
            now.to_string().into(),
        ],
    )?;
    if let Some(fault) = fault {
        note(transaction, kiosk, fault, now)?;
    }
    Ok((Known { place, seq: last.seq, hash: last.hash.to_vec() }, fault))
}

/// In what way `entries` do not follow what is known.
fn fault(known: &Known, entries: &[Entry]) -> Option<AuditFault> {
    let same = |hash: &[u8; 32]| known.hash == hash.as_slice();
    if let Some(met) = entries.iter().find(|entry| entry.seq == known.seq) {
        return (!same(&met.hash)).then_some(AuditFault::Fork);
    }
    let first = entries.first()?;
    if first.seq > known.seq + 1 {
        return Some(AuditFault::Gap);
    }
    (first.seq != known.seq + 1 || !same(&first.previous)).then_some(AuditFault::Fork)
}

fn note(
    transaction: &Transaction<'_>,
    kiosk: &str,
    fault: AuditFault,
    at: Timestamp,
) -> Result<(), StoreError> {
    let action = match fault {
        AuditFault::Gap => "kiosk-audit-gap",
        AuditFault::Fork => "kiosk-audit-fork",
        AuditFault::Signature => "kiosk-audit-signature",
    };
    let entry =
        people::audit::Entry { at, staff_id: None, login: "platform", action, subject: kiosk, purpose: "" };
    people::audit::add(transaction, &entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log of so many entries, all of them as `name` has them.
    fn log(name: &str, count: u64) -> Vec<Entry> {
        let mut previous = [0; 32];
        let mut entries = Vec::new();
        for seq in 1..=count {
            let entry = Entry::after(previous, seq, 0, name.to_owned(), "{}".to_owned());
            previous = entry.hash;
            entries.push(entry);
        }
        entries
    }

    fn known(log: &[Entry], seq: usize) -> Known {
        Known { place: 1, seq: log[seq - 1].seq, hash: log[seq - 1].hash.to_vec() }
    }

    #[test]
    fn what_follows_is_in_order_also_where_it_begins_earlier() {
        let log = log("a", 9);
        for first in 0..=5 {
            assert_eq!(fault(&known(&log, 5), &log[first..]), None, "from {first} on");
        }
    }

    #[test]
    fn what_is_left_out_is_a_gap() {
        let log = log("a", 9);
        assert_eq!(fault(&known(&log, 5), &log[6..]), Some(AuditFault::Gap));
    }

    #[test]
    fn what_was_told_otherwise_before_is_a_fork() {
        let (log, other) = (log("a", 9), log("b", 9));
        assert_eq!(fault(&known(&log, 5), &other[5..]), Some(AuditFault::Fork), "another one goes on");
        assert_eq!(fault(&known(&log, 5), &other), Some(AuditFault::Fork), "another one from its begin");
        assert_eq!(fault(&known(&log, 9), &other[..3]), Some(AuditFault::Fork), "a log that was begun anew");
    }
}
