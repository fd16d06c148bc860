//! 申报: reading what a channel sends, and checking it against its item.

mod answers;
mod applicant;
mod read;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use protocol::{CaseSubmission, Problem, ServiceItem};

use crate::{clock::china_date, problems};

pub(crate) use read::{Envelope, json_body, submission};

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

/// Checks a submission; the item that it is filed under is its proof.
pub(crate) fn check<'a>(
    submission: &CaseSubmission,
    fileable: &'a Fileable,
    now: Timestamp,
) -> Result<&'a ServiceItem, Problem> {
    let versions = fileable.items.get(&submission.item).ok_or_else(problems::item_unknown)?;
    let item = versions.get(&submission.item_version).ok_or_else(problems::item_version_unknown)?;
    if !fileable.consents.contains(&submission.consent.notice_version) {
        return Err(problems::consent_unknown());
    }
    terminal(submission.terminal_id.as_deref())?;
    moment("/received_at", submission.received_at, now)?;
    let today = china_date(submission.received_at);
    applicant::check(&submission.applicant, today)?;
    answers::check(submission, item, today)?;
    Ok(item)
}

/// A moment that a channel's clock has told.
pub(crate) fn moment(pointer: &str, told: Timestamp, now: Timestamp) -> Result<(), Problem> {
    let ahead = told.duration_since(now);
    if ahead > AHEAD {
        let detail = format!("终端时钟比平台快约 {} 分钟，请工作人员校准终端时间", ahead.as_mins());
        return Err(problems::clock_skew(pointer, detail));
    }
    if -ahead > WAITED {
        let detail = format!("时间是约 {} 天前，超过了 60 天，请核对终端时间", -ahead.as_hours() / 24);
        return Err(problems::clock_skew(pointer, detail));
    }
    Ok(())
}

fn terminal(id: Option<&str>) -> Result<(), Problem> {
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
