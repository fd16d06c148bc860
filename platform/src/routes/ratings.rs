use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use protocol::{Problem, Rating};

use super::{Body, json, received};
use crate::{
    app::App,
    error::Refusal,
    exchange,
    idempotency::{self, Fingerprint, Operation},
    problems,
    routes::refused,
    store::{
        StoreError,
        answers::{self, Known},
        ratings::{self, Rated},
    },
    submission,
};

/// Rates a case (好差评): once, and only if the resident wants to.
#[utoipa::path(post, path = "/api/v1/ratings", tag = "cases",
    params(("Idempotency-Key" = uuid::Uuid, Header, description = "评价的 UUID，可以加引号")),
    request_body(content = Rating, content_type = "application/json"),
    responses(
        (status = 201, body = Rating, description = "已评价"),
        (status = 400, body = Problem, content_type = "application/problem+json",
            description = "缺少 Idempotency-Key，或不是 JSON"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有这个办件"),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "已经评价过，或同一请求正在处理"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "内容太大"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json",
            description = "内容有误，或 Idempotency-Key 已用于另一个请求"),
    ))]
pub(crate) async fn rate(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let key = idempotency::key(&headers)?;
    let _ticket = app.running.enter(Operation::Rate, key)?;
    let mut rating: Rating = submission::json_body(&headers, &received(body)?)?;
    let fingerprint = Fingerprint::of(&rating)?;
    let (exchanges, calendar) = (app.exchanges(), app.calendar());
    let now = app.clock.now();
    rating.rated_at = submission::believed(rating.rated_at, now);
    let outcome = app
        .store
        .write(move |transaction| {
            if let Some(known) = answers::begin(transaction, Operation::Rate, key, &fingerprint)? {
                return Ok(Outcome::Known(known));
            }
            Ok(match ratings::keep(transaction, &rating, &calendar, now)? {
                Rated::NoCase => Outcome::Refused(problems::rated_case_not_found()),
                Rated::Already => Outcome::Refused(problems::already_rated()),
                Rated::Kept => {
                    if exchanges {
                        exchange::tell(transaction, rating.case_key, now)?;
                    }
                    let body = serde_json::to_string(&rating).map_err(|_| StoreError::Damaged("rating"))?;
                    answers::keep(transaction, Operation::Rate, key, &fingerprint, &body)?;
                    Outcome::Known(Known::Answered(body))
                }
            })
        })
        .await?;
    match outcome {
        Outcome::Known(Known::Answered(body)) => Ok(json(StatusCode::CREATED, body)),
        Outcome::Known(Known::OtherRequest) => Err(problems::reused_key().into()),
        Outcome::Known(Known::StillRunning) => Err(problems::still_running().into()),
        Outcome::Refused(problem) => Err(problem.into()),
    }
}

enum Outcome {
    Known(Known),
    Refused(Problem),
}
