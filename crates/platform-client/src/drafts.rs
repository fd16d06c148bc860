//! 草稿: forms that are gone on with on another screen. They are sent at once or not at all, so nothing of them waits anywhere.

use jiff::Timestamp;
use protocol::{Belongs, DraftKept, DraftList, DraftQuery, DraftSubmission, Sealer};
use reqwest::header;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{CallError, Client, HpkeSealer, json};

impl Client {
    /// Has the platform keep a draft under `key`, sealed on its way as a case is.
    pub async fn keep_draft(
        &self,
        key: Uuid,
        draft: &DraftSubmission,
        sealer: &HpkeSealer,
        now: Timestamp,
    ) -> Result<DraftKept, CallError> {
        let plaintext =
            serde_json::to_vec(draft).map_err(|_| CallError::BadAnswer("the draft is no JSON"))?;
        let belongs = Belongs { case_key: key, terminal_id: self.terminal_id(), expires_at: now };
        let sealed = sealer.seal(&belongs, &Zeroizing::new(plaintext));
        let sealed = sealed.map_err(|_| CallError::BadAnswer("the sealing key is of no use"))?;
        let request = self
            .http()
            .put(self.url(&format!("/api/v1/drafts/{key}")))
            .header("Terminal-Id", self.terminal_id())
            .header(header::CONTENT_TYPE, sealed.media_type)
            .body(sealed.bytes);
        self.within_deadline(async { json(request.send().await?).await }).await
    }

    /// The drafts of one person. The identity travels in the body, never in the URL.
    pub async fn drafts(&self, query: &DraftQuery) -> Result<DraftList, CallError> {
        let body = serde_json::to_vec(query).map_err(|_| CallError::BadAnswer("the query is no JSON"))?;
        let request = self
            .http()
            .post(self.url("/api/v1/drafts/search"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body);
        self.within_deadline(async { json(request.send().await?).await }).await
    }
}
