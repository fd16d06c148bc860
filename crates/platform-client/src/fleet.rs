//! What a kiosk and its platform say about the kiosk itself.

use protocol::{AuditReport, AuditStanding, Desired, Heartbeat, Reported, TrustBundle, Wiped};
use reqwest::{Response, StatusCode, header};

use crate::{CallError, Client, Fetched, body, json, text_header};

/// In bytes, of a line of the stream of hints.
const LONGEST_LINE: usize = 1024;

impl Client {
    /// Which configuration this kiosk shall have; `etag` names the one that is known. `None` if there is none for it.
    pub async fn desired(&self, etag: Option<&str>) -> Result<Option<Fetched<Desired>>, CallError> {
        let mut request = self.http().get(self.url("/api/v1/fleet/desired"));
        if let Some(etag) = etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        self.within_deadline(async {
            let response = request.send().await?;
            match response.status() {
                StatusCode::NOT_MODIFIED if etag.is_some() => return Ok(Some(Fetched::NotModified)),
                StatusCode::NO_CONTENT => return Ok(None),
                _ => {}
            }
            let etag = text_header(&response, header::ETAG);
            Ok(Some(Fetched::New { value: json(response).await?, etag }))
        })
        .await
    }

    /// What this kiosk needs of the signed set, in one answer; `root` and `targets` are the versions that it has, 0 for
    /// none.
    pub async fn trust_bundle(&self, root: u64, targets: u64) -> Result<TrustBundle, CallError> {
        let mut url = self.url("/api/v1/fleet/bundle");
        url.query_pairs_mut()
            .append_pair("root", &root.to_string())
            .append_pair("targets", &targets.to_string());
        let request = self.http().get(url);
        self.within_deadline(async { json(request.send().await?).await }).await
    }

    /// Opens a file of the signed set; `None` if there is none of this name. It may be endless: the caller reads as much
    /// as its role allows, and has its own deadline.
    pub async fn trust_file(&self, name: &str) -> Result<Option<TrustFile>, CallError> {
        let request = self.http().get(self.url(&format!("/api/v1/fleet/trust/{name}")));
        self.within_deadline(async {
            let response = request.send().await?;
            match response.status() {
                StatusCode::NOT_FOUND => Ok(None),
                StatusCode::OK => Ok(Some(TrustFile(response))),
                _ => Err(body::accepted(response)
                    .await
                    .err()
                    .unwrap_or(CallError::BadAnswer("a status of no file"))),
            }
        })
        .await
    }

    /// A file that this kiosk's document names by its hash, of `length` bytes; whoever sends more is cut off.
    pub async fn content(&self, sha256: &str, length: u64) -> Result<Vec<u8>, CallError> {
        let request = self.http().get(self.url(&format!("/api/v1/fleet/content/{sha256}")));
        self.within_deadline(async {
            let mut response = request.send().await?;
            if response.status() != StatusCode::OK {
                let refused = body::accepted(response).await.err();
                return Err(refused.unwrap_or(CallError::BadAnswer("a status of no file")));
            }
            let mut content = Vec::new();
            while let Some(chunk) = response.chunk().await? {
                content.extend_from_slice(&chunk);
                if content.len() as u64 > length {
                    return Err(CallError::BadAnswer("a file that is longer than it should be"));
                }
            }
            Ok(content)
        })
        .await
    }

    /// Tells how this kiosk's configuration is.
    pub async fn report(&self, reported: &Reported) -> Result<(), CallError> {
        let request = self.http().put(self.url("/api/v1/fleet/reported")).json(reported);
        self.within_deadline(async { body::accepted(request.send().await?).await.map(drop) }).await
    }

    /// Tells how this kiosk is.
    pub async fn heartbeat(&self, heartbeat: &Heartbeat) -> Result<(), CallError> {
        let request = self.http().put(self.url("/api/v1/fleet/heartbeat")).json(heartbeat);
        self.within_deadline(async { body::accepted(request.send().await?).await.map(drop) }).await
    }

    /// How far the platform knows this kiosk's audit log.
    pub async fn audit_standing(&self) -> Result<AuditStanding, CallError> {
        let request = self.http().get(self.url("/api/v1/fleet/audit"));
        self.within_deadline(async { json(request.send().await?).await }).await
    }

    /// Tells the next piece of it.
    pub async fn tell_audit(&self, report: &AuditReport) -> Result<AuditStanding, CallError> {
        let request = self.http().post(self.url("/api/v1/fleet/audit")).json(report);
        self.within_deadline(async { json(request.send().await?).await }).await
    }

    /// The last thing that a revoked kiosk says: so many sealed calls are still on its disk.
    pub async fn wiped(&self, waiting: u32) -> Result<(), CallError> {
        let request = self.http().post(self.url("/api/v1/fleet/wiped")).json(&Wiped { waiting });
        self.within_deadline(async { body::accepted(request.send().await?).await.map(drop) }).await
    }

    /// Opens the stream of hints.
    pub async fn hints(&self) -> Result<Hints, CallError> {
        let request =
            self.http().get(self.url("/api/v1/fleet/hints")).header(header::ACCEPT, "text/event-stream");
        self.within_deadline(async {
            let response = request.send().await?;
            if response.status() != StatusCode::OK {
                return Err(body::accepted(response)
                    .await
                    .err()
                    .unwrap_or(CallError::BadAnswer("no stream")));
            }
            Ok(Hints { response, line: Vec::new(), ready: 0 })
        })
        .await
    }
}

/// A file of the signed set, as it comes.
#[derive(Debug)]
pub struct TrustFile(Response);

impl TrustFile {
    /// The next bytes; `None` at its end.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, CallError> {
        Ok(self.0.chunk().await?.map(|chunk| chunk.to_vec()))
    }
}

/// Server-sent events, of which nothing matters but that they come.
#[derive(Debug)]
pub struct Hints {
    response: Response,
    line: Vec<u8>,
    ready: usize,
}

/// What came on the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Something is new.
    Hint,
    /// The other side is alive.
    Alive,
}

impl Hints {
    /// Waits for the next sign. The caller decides how long silence may last.
    pub async fn next(&mut self) -> Result<Sign, CallError> {
        if self.ready > 0 {
            self.ready -= 1;
            return Ok(Sign::Hint);
        }
        let chunk = self.response.chunk().await?.ok_or(CallError::Unreachable)?;
        self.ready = hints_in(&mut self.line, &chunk)?;
        if self.ready == 0 {
            return Ok(Sign::Alive);
        }
        self.ready -= 1;
        Ok(Sign::Hint)
    }
}

/// How many events a chunk ends; `line` is what is left of a line that has not ended.
fn hints_in(line: &mut Vec<u8>, chunk: &[u8]) -> Result<usize, CallError> {
    let mut hints = 0;
    for byte in chunk {
        match byte {
            b'\n' | b'\r' => {
                hints += usize::from(line.starts_with(b"data"));
                line.clear();
            }
            _ if line.len() < LONGEST_LINE => line.push(*byte),
            _ => return Err(CallError::BadAnswer("a hint without an end")),
        }
    }
    Ok(hints)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn events_are_hints_and_comments_are_not() {
        let mut line = Vec::new();
        assert_eq!(hints_in(&mut line, b":\n\n:\n\n"), Ok(0));
        assert_eq!(hints_in(&mut line, b"event: desired\ndata: 7\n\ndata: 8\n\n"), Ok(2));
        assert_eq!(hints_in(&mut line, b"event: desired\nda"), Ok(0));
        assert_eq!(hints_in(&mut line, b"ta: 9\r\n\r\n"), Ok(1));
        assert!(hints_in(&mut line, &[b'x'; LONGEST_LINE + 1]).is_err());
    }

    proptest! {
        #[test]
        fn however_it_is_cut_it_is_the_same(text in "(data: [a-z]{0,9}\n|:\n|event: x\n|\n){0,20}", cut in 0_usize..200) {
            let (first, second) = text.as_bytes().split_at(cut.min(text.len()));
            let mut line = Vec::new();
            let parts = hints_in(&mut line, first).unwrap() + hints_in(&mut line, second).unwrap();
            prop_assert_eq!(hints_in(&mut Vec::new(), text.as_bytes()).unwrap(), parts);
        }

        #[test]
        fn noise_keeps_no_more_than_a_line(noise in proptest::collection::vec(any::<u8>(), 0..4096)) {
            let mut line = Vec::new();
            let _ = hints_in(&mut line, &noise);
            prop_assert!(line.len() <= LONGEST_LINE);
        }
    }
}
