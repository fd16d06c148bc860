//! Reads an answer: bounded, and sorted by what its status means.

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;
use protocol::Problem;
use reqwest::{
    Response, StatusCode,
    header::{self, HeaderMap, HeaderName},
};

use crate::CallError;

/// The largest answer that is read; the registry of a city is a tenth of it.
const LARGEST: usize = 1024 * 1024;
/// The longest name of a kind of problem.
const LONGEST_NAME: usize = 64;
/// The platform's word for a request that broke off on its way: the call was not looked at, let alone refused.
const BROKEN_OFF: &str = "body-unreadable";
/// The platform's word for a kiosk that is one no more.
const REVOKED: &str = "kiosk-revoked";

/// The body of an answer that says yes.
pub(crate) async fn accepted(response: Response) -> Result<Vec<u8>, CallError> {
    let (status, headers) = (response.status(), response.headers().clone());
    if status.is_success() {
        return bounded(response).await;
    }
    if let Some(error) = told_by_status(status, &headers) {
        return Err(error);
    }
    let body = bounded(response).await?;
    Err(match refusal(status, &headers, &body) {
        // About the machine too, and over once it is let in.
        CallError::Refused(_) if status == StatusCode::FORBIDDEN => CallError::ServerError(403),
        error => error,
    })
}

/// The same where what the platform says about this machine is no fault of the platform: at enrolment.
pub(crate) async fn accepted_or_told(response: Response) -> Result<Vec<u8>, CallError> {
    let (status, headers) = (response.status(), response.headers().clone());
    if !matches!(status.as_u16(), 401 | 403) {
        return accepted(response).await;
    }
    Err(refusal(status, &headers, &bounded(response).await?))
}

/// What needs no body to be understood. A 409 without `Retry-After` is no call that still runs, but a refusal.
fn told_by_status(status: StatusCode, headers: &HeaderMap) -> Option<CallError> {
    let retry_after = retry_after(headers);
    match status.as_u16() {
        409 if retry_after.is_some() => Some(CallError::Overloaded { retry_after }),
        408 | 425 | 429 | 503 => Some(CallError::Overloaded { retry_after }),
        // About the machine, and over once it is let in.
        401 | 407 | 500.. => Some(CallError::ServerError(status.as_u16())),
        400.. => None,
        _ => Some(CallError::BadAnswer("a status that no call of ours has")),
    }
}

/// A refusal, if our platform said it. Without its problem document it was somebody on the way: a proxy, say.
fn refusal(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> CallError {
    let media_type = text(headers, &header::CONTENT_TYPE).and_then(|value| value.split(';').next());
    let is_problem = media_type.is_some_and(|found| found.trim().eq_ignore_ascii_case(Problem::MEDIA_TYPE));
    let problem =
        serde_json::from_slice::<Problem>(body).ok().filter(|problem| is_problem && is_ours(problem));
    match problem {
        Some(problem) if problem.name() == BROKEN_OFF => CallError::Unreachable,
        Some(problem) if problem.name() == REVOKED => CallError::Revoked,
        Some(problem) => CallError::Refused(Problem { status: status.as_u16(), ..problem }),
        None => CallError::ServerError(status.as_u16()),
    }
}

/// A kind of ours is a short plain name: it goes into logs and onto the disk.
fn is_ours(problem: &Problem) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let name = problem.kind.strip_prefix(Problem::PREFIX).unwrap_or("");
    (1..=LONGEST_NAME).contains(&name.len()) && name.chars().all(plain)
}

async fn bounded(mut response: Response) -> Result<Vec<u8>, CallError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LARGEST {
            return Err(CallError::BadAnswer("longer than 1 MiB"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// `Retry-After` in either form. A date is reckoned from the answer's own `Date`: the kiosk's clock may be wrong.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = text(headers, &header::RETRY_AFTER)?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |value: &str| DateTimeParser::new().parse_timestamp(value.trim()).ok();
    let wait = date(value)?.duration_since(date(text(headers, &header::DATE)?)?);
    Some(Duration::try_from(wait).unwrap_or_default())
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    use super::*;

    const NOON: &str = "Tue, 24 Nov 2026 12:00:00 GMT";

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    fn waits(value: &str, date: &str) -> Option<u64> {
        retry_after(&headers(&[(header::RETRY_AFTER, value), (header::DATE, date)]))
            .map(|wait| wait.as_secs())
    }

    fn told(status: u16, retry_after: &str) -> Option<CallError> {
        told_by_status(StatusCode::from_u16(status).unwrap(), &headers(&[(header::RETRY_AFTER, retry_after)]))
    }

    #[test]
    fn both_forms_of_retry_after() {
        assert_eq!(waits("120", ""), Some(120));
        assert_eq!(waits("Tue, 24 Nov 2026 12:02:00 GMT", NOON), Some(120));
        assert_eq!(waits("Tue, 24 Nov 2026 11:59:00 GMT", NOON), Some(0), "past already");
        assert_eq!(waits("Tue, 24 Nov 2026 12:02:00 GMT", ""), None, "without a Date nobody can tell");
        for nonsense in ["", "-5", "soon", "1.5", "99999999999999999999"] {
            assert_eq!(waits(nonsense, NOON), None, "{nonsense}");
        }
    }

    #[test]
    fn what_a_status_alone_tells() {
        let later = |seconds| Some(CallError::Overloaded { retry_after: Some(Duration::from_secs(seconds)) });
        for status in [408, 409, 425, 429, 503] {
            assert_eq!(told(status, "7"), later(7), "{status}");
        }
        for status in [401, 407, 500, 502, 504, 599] {
            assert_eq!(told(status, ""), Some(CallError::ServerError(status)));
        }
        for status in [400, 403, 404, 409, 410, 413, 415, 422] {
            assert_eq!(told(status, ""), None, "{status} may be a refusal");
        }
        for status in [302, 304, 307] {
            assert!(matches!(told(status, ""), Some(CallError::BadAnswer(_))), "{status}");
        }
    }

    #[test]
    fn only_our_own_problem_documents_are_refusals() {
        let body = |kind: &str| {
            let problem = Problem { kind: kind.to_owned(), ..Problem::new("", 400, "示例") };
            serde_json::to_vec(&problem).unwrap()
        };
        let read = |media_type, body: &[u8]| {
            refusal(StatusCode::GONE, &headers(&[(header::CONTENT_TYPE, media_type)]), body)
        };
        let ours = body("urn:community-kiosk:problem:item-unknown");
        let refused = read("application/problem+json; charset=utf-8", &ours);
        assert!(matches!(refused, CallError::Refused(problem) if problem.status == 410));
        assert_eq!(read("text/html", &ours), CallError::ServerError(410));
        let long = format!("urn:community-kiosk:problem:{}", "x".repeat(65));
        for other in
            ["about:blank", "urn:community-kiosk:problem:", "urn:community-kiosk:problem:张三", &long]
        {
            assert_eq!(read(Problem::MEDIA_TYPE, &body(other)), CallError::ServerError(410), "{other}");
        }
    }

    #[test]
    fn a_request_that_broke_off_on_its_way_is_not_refused() {
        let body = serde_json::to_vec(&Problem::new(BROKEN_OFF, 400, "内容没有收全")).unwrap();
        let found =
            refusal(StatusCode::BAD_REQUEST, &headers(&[(header::CONTENT_TYPE, Problem::MEDIA_TYPE)]), &body);
        assert_eq!(found, CallError::Unreachable);
    }

    proptest! {
        #[test]
        fn no_noise_of_any_status_is_a_refusal(
            status in 300_u16..1000,
            value in "[ -~]{0,40}",
            date in "[ -~]{0,40}",
            body in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let status = StatusCode::from_u16(status).unwrap();
            let headers = headers(&[
                (header::RETRY_AFTER, &value),
                (header::DATE, &date),
                (header::CONTENT_TYPE, Problem::MEDIA_TYPE),
            ]);
            let error = told_by_status(status, &headers).unwrap_or_else(|| refusal(status, &headers, &body));
            prop_assert!(!error.is_permanent());
        }
    }
}
