//! Reads an answer: bounded, and sorted by what its status means.

use std::time::Duration;

use protocol::Problem;
use reqwest::{Response, StatusCode, header};

use crate::CallError;

/// The largest answer that is read; the registry of a city is a tenth of it.
const LARGEST: usize = 1024 * 1024;

/// The body of an answer that says yes.
pub(crate) async fn accepted(response: Response) -> Result<Vec<u8>, CallError> {
    let status = response.status();
    if status.is_success() {
        return bounded(response).await;
    }
    let retry_after = retry_after(&response);
    Err(match status {
        StatusCode::CONFLICT if retry_after.is_some() => CallError::Overloaded { retry_after },
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            CallError::Overloaded { retry_after }
        }
        status if status.is_client_error() => refused(response).await?,
        status if status.is_server_error() => CallError::ServerError(status.as_u16()),
        _ => CallError::BadAnswer("a status that no call of ours has"),
    })
}

async fn refused(response: Response) -> Result<CallError, CallError> {
    let status = response.status().as_u16();
    let bytes = bounded(response).await?;
    // Without a problem document it was not our platform that refused: a proxy on the way, say.
    let problem: Result<Problem, _> = serde_json::from_slice(&bytes);
    Ok(problem.map_or(CallError::ServerError(status), CallError::Refused))
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

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
