//! 草稿: to the platform at once or not at all. Nothing of it touches this machine's disk.

use std::time::Duration;

use flow::{
    Event,
    effect::DraftIntake,
    event::{DraftTrouble, LeftForm},
};
use platform_client::{CallError, Client, HpkeSealer};
use protocol::{DraftKept, DraftQuery, DraftSubmission};
use uuid::Uuid;

use crate::clock;

/// Has a draft kept, under its key or a new one.
pub(super) async fn keep(client: &Client, sealer: Option<&HpkeSealer>, left: DraftIntake) -> Event {
    let DraftIntake { asked, key, subject, applicant, fields, consent } = left;
    let key = key.unwrap_or_else(outbox::new_key);
    let terminal_id = client.terminal_id().to_owned();
    let draft = DraftSubmission::of(subject, terminal_id, applicant, fields, consent);
    match sent(client, sealer, key, &draft).await {
        Ok(kept) => Event::DraftKept { asked, kept: Box::new(kept) },
        Err(trouble) => Event::DraftNotKept { asked, key, trouble },
    }
}

async fn sent(
    client: &Client,
    sealer: Option<&HpkeSealer>,
    key: Uuid,
    draft: &DraftSubmission,
) -> Result<DraftKept, DraftTrouble> {
    let sealer = sealer.ok_or(DraftTrouble::Failed)?;
    client.keep_draft(key, draft, sealer, clock::now()).await.map_err(|error| match error {
        CallError::Unreachable | CallError::TimedOut => DraftTrouble::Offline,
        CallError::Refused(problem) => {
            tracing::warn!(kind = problem.name(), "draft refused");
            DraftTrouble::Refused(problem.detail.unwrap_or(problem.title))
        }
        error => {
            tracing::warn!(%error, "draft not kept");
            DraftTrouble::Failed
        }
    })
}

/// What somebody has left unfinished. What cannot be looked up holds nobody up.
pub(super) async fn find(client: &Client, asked: Duration, query: DraftQuery) -> Event {
    let found = client.drafts(&query).await.inspect_err(|error| tracing::warn!(%error, "no drafts"));
    Event::Drafts { asked, drafts: found.map(LeftForm::all).unwrap_or_default() }
}
