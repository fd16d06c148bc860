use std::sync::Arc;

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use protocol::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{body, private};
use crate::{
    app::App,
    error::Refusal,
    idempotency::{self, Fingerprint, Operation},
    lifecycle::{act::Act, state::State as CaseState},
    problems,
    routes::{Body, refused},
    staff::{
        access::{Ask, require},
        auth::Signed,
        service,
        view::{CaseView, PersonalView, TaskView},
    },
    store::{
        StoreError, Transaction,
        answers::{self, Known},
    },
};

/// Cases on the desks of a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct TaskList {
    /// The most urgent first.
    pub(super) cases: Vec<TaskView>,
    /// Where the next page begins, if there is one.
    pub(super) next: Option<String>,
}

/// Where a page begins.
#[derive(Deserialize)]
pub(crate) struct After {
    pub(super) cursor: Option<String>,
}

/// The cursor of a query, whatever else stands there.
pub(super) fn cursor(query: Result<Query<After>, QueryRejection>) -> Result<Option<String>, Problem> {
    Ok(query.map_err(|_| problems::cursor_unknown())?.0.cursor)
}

/// 我的待办: what lies on one's desks.
#[utoipa::path(get, path = "/api/v1/staff/tasks", tag = "staff",
    params(("cursor" = Option<String>, Query, description = "上一页给出的 next")),
    responses(
        (status = 200, body = TaskList, description = "待办，最急的在前"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "翻页标记不对"),
        refused::NotSignedIn,
        refused::NotAllowed,
    ))]
pub(crate) async fn tasks(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    query: Result<Query<After>, QueryRejection>,
) -> Result<Response, Refusal> {
    let tasks = service::tasks(&app, &session, cursor(query)?.as_deref()).await?;
    Ok(private(&TaskList { cases: tasks.cases, next: tasks.next })?)
}

/// A case with its timeline, masked.
#[utoipa::path(get, path = "/api/v1/staff/cases/{case_no}", tag = "staff",
    params(("case_no" = String, Path, description = "办件编号")),
    responses(
        (status = 200, body = CaseView, description = "办件"),
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有查到，或不归您办"),
    ))]
pub(crate) async fn case(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(case_no): Path<String>,
) -> Result<Response, Refusal> {
    Ok(private(&service::case(&app, &session, &case_no).await?)?)
}

/// What somebody does, to the case as it was on the screen.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActRequest {
    /// [`CaseView::version`].
    version: i64,
    /// What is done.
    todo: Act,
}

/// How the case stands afterwards.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActDone {
    case_no: String,
    version: i64,
    state: CaseState,
    step: String,
}

/// Does something to a case: one transition of the life of a 办件.
#[utoipa::path(post, path = "/api/v1/staff/cases/{case_no}/acts", tag = "staff",
    params(
        ("case_no" = String, Path, description = "办件编号"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
        ("Idempotency-Key" = uuid::Uuid, Header, description = "这次办理的 UUID"),
    ),
    request_body(content = ActRequest, content_type = "application/json"),
    responses(
        (status = 200, body = ActDone, description = "已办"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "不是 JSON，或缺少 Idempotency-Key"),
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有查到，或不归您办"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "办件已有变化，或现在不能这样办"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "条件不满足（detail 说明）"),
    ))]
pub(crate) async fn act(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(case_no): Path<String>,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::Handle)?;
    let key = idempotency::key(&headers)?;
    let request: ActRequest = body(&headers, bytes)?;
    let fingerprint = Fingerprint::of(&(&case_no, &session.staff.id, &request))?;
    let own = app.clone();
    let write = move |transaction: &Transaction<'_>| {
        if let Some(known) = answers::begin(transaction, Operation::Act, key, &fingerprint)? {
            return Ok(Ok(known));
        }
        let ActRequest { version, todo } = &request;
        let done = service::act(transaction, &own, &session, &case_no, (*version, todo))?;
        let work = match done {
            Ok(work) => work,
            Err(problem) => return Ok(Err(problem)),
        };
        let answer = ActDone {
            step: work.workflow.place_name(&work.facts.place),
            state: work.facts.state,
            version: work.version,
            case_no: work.case_no,
        };
        let body = serde_json::to_string(&answer).map_err(|_| StoreError::Damaged("answer"))?;
        answers::keep(transaction, Operation::Act, key, &fingerprint, &body)?;
        Ok(Ok(Known::Answered(body)))
    };
    known(app.store.write(write).await??)
}

/// The answer of a request that has happened once.
pub(super) fn known(known: Known) -> Result<Response, Refusal> {
    match known {
        Known::Answered(body) => Ok(crate::routes::json(StatusCode::OK, body)),
        Known::OtherRequest => Err(problems::reused_key().into()),
        Known::StillRunning => Err(problems::still_running().into()),
    }
}

/// Why somebody looks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reveal {
    /// 查阅目的, 4 到 100 个字.
    purpose: String,
}

/// The applicant in the clear. Each look is written into the access audit with its purpose.
#[utoipa::path(post, path = "/api/v1/staff/cases/{case_no}/reveal", tag = "staff",
    params(
        ("case_no" = String, Path, description = "办件编号"),
        ("X-CSRF-Token" = String, Header, description = "登录时得到的令牌"),
    ),
    request_body(content = Reveal, content_type = "application/json"),
    responses(
        (status = 200, body = PersonalView, description = "申请人"),
        refused::NotJson,
        refused::NotSignedIn,
        refused::NotAllowed,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "没有查到，或不归您办"),
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "没有写明目的"),
    ))]
pub(crate) async fn reveal(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Path(case_no): Path<String>,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::Reveal)?;
    let Reveal { purpose } = body(&headers, bytes)?;
    Ok(private(&service::reveal(&app, &session, &case_no, &purpose).await?)?)
}
