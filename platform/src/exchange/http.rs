//! The platform above over HTTP: a parcel is posted under its number, and the answer tells the other side's own.

use std::time::Duration;

use reqwest::{Client, StatusCode, header};
use serde::Deserialize;

use super::{Delivery, Parcel, Undelivered, Upstream};

/// How long the other side may take.
const LIMIT: Duration = Duration::from_secs(20);
/// What of an answer is kept as the reason, in characters.
const REASON: usize = 300;

/// Posts to one address.
pub struct Http {
    client: Client,
    url: String,
}

impl Http {
    /// `url` is where cases are posted to.
    pub fn new(url: String) -> Result<Self, reqwest::Error> {
        // A second call finds it installed, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().timeout(LIMIT).redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { client, url })
    }

    async fn post(&self, parcel: Parcel) -> Result<String, Undelivered> {
        let later = |error: reqwest::Error| Undelivered::Later(error.without_url().to_string());
        let sent = self
            .client
            .post(&self.url)
            .header("idempotency-key", format!("\"{}\"", parcel.message_id))
            .header(header::CONTENT_TYPE, "application/json")
            .body(parcel.body);
        let answer = sent.send().await.map_err(later)?;
        let status = answer.status();
        let body = answer.text().await.map_err(later)?;
        read(status, &body)
    }
}

/// The answer to a parcel that was taken.
#[derive(Deserialize)]
struct Taken {
    receipt: String,
}

fn read(status: StatusCode, body: &str) -> Result<String, Undelivered> {
    let said = || format!("{status}: {}", body.chars().take(REASON).collect::<String>());
    if status.is_success() {
        return serde_json::from_str(body)
            .map(|Taken { receipt }| receipt)
            .map_err(|_| Undelivered::Later(said()));
    }
    let busy = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
    let refused = status.is_client_error() && !busy.contains(&status);
    Err(if refused { Undelivered::Never(said()) } else { Undelivered::Later(said()) })
}

impl Upstream for Http {
    fn deliver(&self, parcel: Parcel) -> Delivery<'_> {
        Box::pin(self.post(parcel))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_answer_means() {
        let told = |status: u16, body: &str| read(StatusCode::from_u16(status).unwrap(), body);
        assert_eq!(told(201, "{\"receipt\":\"R1\"}"), Ok("R1".to_owned()));
        assert!(matches!(told(200, "<html>"), Err(Undelivered::Later(_))), "a proxy's page is no receipt");
        for status in [408, 425, 429, 500, 503, 302] {
            assert!(matches!(told(status, ""), Err(Undelivered::Later(_))), "{status}");
        }
        for status in [400, 401, 404, 409, 422] {
            assert!(matches!(told(status, ""), Err(Undelivered::Never(_))), "{status}");
        }
    }
}
