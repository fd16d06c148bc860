//! The platform above over HTTP: a parcel is posted under its number, and the answer tells the other side's own.

use std::time::Duration;

use reqwest::{Client, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;

use super::{Delivery, Parcel, Undelivered, Upstream};

/// How long the other side may take.
const LIMIT: Duration = Duration::from_secs(20);
/// The longest name of a kind of problem that is kept, in letters.
const LONGEST_NAME: usize = 120;
/// So many digits in a row can be somebody's number.
const LONG_NUMBER: usize = 7;

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

/// What is kept of an answer: its status and the kind of problem (RFC 9457 `type`, or a `code` of the other side's).
/// Everything else may repeat what was sent, and that was about somebody.
fn reason(status: StatusCode, body: &str) -> String {
    let told: Value = serde_json::from_str(body).unwrap_or_default();
    let named = ["type", "code"].into_iter();
    let named = named.filter_map(|what| Some(format!("{what} {}", name(told.get(what)?)?)));
    std::iter::once(status.to_string()).chain(named).collect::<Vec<_>>().join(", ")
}

/// A value that can be the name of a kind, and cannot be anything about a person.
fn name(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let is_of_names = |letter: char| letter.is_ascii_alphanumeric() || ":/._-#".contains(letter);
    let digits = text.split(|letter: char| !letter.is_ascii_digit()).map(str::len).max();
    let good = !text.is_empty()
        && text.len() <= LONGEST_NAME
        && text.chars().all(is_of_names)
        && digits.is_none_or(|digits| digits < LONG_NUMBER);
    good.then_some(text)
}

fn read(status: StatusCode, body: &str) -> Result<String, Undelivered> {
    let said = || reason(status, body);
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

    #[test]
    fn of_an_answer_no_more_is_kept_than_the_kind_of_the_problem() {
        let kept = |body: &str| reason(StatusCode::UNPROCESSABLE_ENTITY, body);
        let bare = "422 Unprocessable Entity";
        assert_eq!(
            kept(r#"{"type":"https://approval.example/problems/no-item","code":1042,"detail":"欧阳示例"}"#),
            format!("{bare}, type https://approval.example/problems/no-item, code 1042")
        );
        assert_eq!(kept(r#"{"code":"E_NO.ITEM-7"}"#), format!("{bare}, code E_NO.ITEM-7"));
        for personal in [
            "欧阳示例 519999195201010013",
            r#"{"type":"欧阳示例","code":"519999195201010013"}"#,
            r#"{"type":"https://approval.example/cases?of=ouyang","code":13900000001}"#,
            r#"{"type":{"name":"ouyang"},"code":["ouyang"]}"#,
            r#"["type"]"#,
            "",
        ] {
            assert_eq!(kept(personal), bare, "{personal}");
        }
    }
}
