//! 申报: reading what a channel sends, and checking it against its item.

mod answers;
mod applicant;
mod read;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use protocol::{BundleSubmission, CaseSubmission, DraftSubmission, Field, Problem, ServiceItem};

use crate::{catalogue::bundle::MergedForm, clock::china_date, problems};

pub(crate) use answers::words as complaint_words;
pub(crate) use read::{Envelope, bundle, draft, json_body, page, submission, terminal};

/// How far a channel's clock may run ahead of the platform's.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);
/// How long a case may have waited for the network.
const WAITED: SignedDuration = SignedDuration::from_hours(60 * 24);

/// Every version that may be filed under.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fileable {
    pub(crate) items: BTreeMap<String, BTreeMap<u32, ServiceItem>>,
    pub(crate) consents: BTreeSet<u32>,
}

impl Fileable {
    /// An item in that version.
    pub(crate) fn item(&self, id: &str, version: u32) -> Result<&ServiceItem, Problem> {
        let versions = self.items.get(id).ok_or_else(problems::item_unknown)?;
        versions.get(&version).ok_or_else(problems::item_version_unknown)
    }
}

/// Checks a submission; the item that it is filed under is its proof.
pub(crate) fn check<'a>(
    submission: &CaseSubmission,
    fileable: &'a Fileable,
    now: Timestamp,
) -> Result<&'a ServiceItem, Problem> {
    let item = fileable.item(&submission.item, submission.item_version)?;
    if !fileable.consents.contains(&submission.consent.notice_version) {
        return Err(problems::consent_unknown());
    }
    terminal_id(submission.terminal_id.as_deref())?;
    let today = china_date(believed(submission.received_at, now));
    applicant::check(&submission.applicant, today)?;
    answers::check(submission, item, today)?;
    Ok(item)
}

/// Checks what is sent for a bundle, before it is split: so that what is wrong is told where it was filled in.
pub(crate) fn check_bundle(
    submission: &BundleSubmission,
    form: &MergedForm,
    fileable: &Fileable,
    now: Timestamp,
) -> Result<(), Problem> {
    if !fileable.consents.contains(&submission.consent.notice_version) {
        return Err(problems::consent_unknown());
    }
    terminal_id(submission.terminal_id.as_deref())?;
    let today = china_date(believed(submission.received_at, now));
    applicant::check(&submission.applicant, today)?;
    answers::form(&form.fields, &submission.fields, &submission.applicant, today)
}

/// Checks what is kept of a `form` that is not complete.
pub(crate) fn check_draft(
    draft: &DraftSubmission,
    form: &[Field],
    fileable: &Fileable,
    now: Timestamp,
) -> Result<(), Problem> {
    if !fileable.consents.contains(&draft.consent.notice_version) {
        return Err(problems::consent_unknown());
    }
    let today = china_date(now);
    applicant::check(&draft.applicant, today)?;
    answers::so_far(form, &draft.fields, &draft.applicant, today)
}

/// A moment that a channel's clock has told, or now where it cannot have been then: a machine whose clock is wrong must
/// not cost a resident the case that it has confirmed.
pub(crate) fn believed(told: Timestamp, now: Timestamp) -> Timestamp {
    let ahead = told.duration_since(now);
    if ahead <= AHEAD && -ahead <= WAITED {
        return told;
    }
    tracing::warn!(minutes_ahead = ahead.as_mins(), "a channel's clock is wrong, ours is taken");
    now
}

fn terminal_id(id: Option<&str>) -> Result<(), Problem> {
    let Some(id) = id else { return Ok(()) };
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if (1..=64).contains(&id.len()) && id.bytes().all(allowed) {
        Ok(())
    } else {
        Err(problems::invalid_field("/terminal_id", "终端编号是 1 到 64 个字母、数字、点和横线"))
    }
}

#[cfg(test)]
mod tests;
