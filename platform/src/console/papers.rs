//! 文书 of a case, as files: a masked copy for the desk, and one for the applicant's hands.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use maud::{Markup, html};

use super::{
    forms::{Sent, Visitor},
    layout::{csrf, moment, refusal},
};
use crate::{
    app::App,
    documents,
    error::Refusal,
    people::session::Session,
    problems,
    staff::{papers, view::CaseView},
    web::Settings,
};

/// What was issued; behind a purpose, with the paper for the applicant.
pub(super) fn list(session: &Session, case: &CaseView, why: Option<&str>) -> Markup {
    let file = |number: &str| format!("/console/cases/{}/documents/{number}", case.task.case_no);
    html! {
        section class="card" {
            h2 { "已出具文书" }
            @for document in &case.documents {
                div class="paper" {
                    div {
                        a href=(file(&document.number)) { (document.title) }
                        div class="no" { (document.number) }
                        div class="small" { (moment(document.issued_at)) }
                    }
                    @if let Some(why) = why.filter(|_| document.kind.is_to_applicant()) {
                        form method="post" action=(file(&document.number)) {
                            (csrf(session))
                            input type="hidden" name="purpose" value=(why);
                            button type="submit" class="plain small" { "打印给申请人" }
                        }
                    }
                }
            }
            @if why.is_none() {
                p class="hint" { "这里的文书隐去姓名。要打印给申请人，先在“查看个人信息”里写明目的。" }
            }
        }
    }
}

pub(super) async fn masked(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    Path((case_no, number)): Path<(String, String)>,
) -> Response {
    let found = papers::copy(&app, &session, (&case_no, &number), None).await;
    file(found, &app.web(), &case_no).await
}

pub(super) async fn whole(
    State(app): State<Arc<App>>,
    Path((case_no, number)): Path<(String, String)>,
    sent: Sent,
) -> Response {
    let Sent { session, fields } = sent;
    let why = fields.text("purpose");
    let found = papers::copy(&app, &session, (&case_no, &number), Some(why)).await;
    file(found, &app.web(), &case_no).await
}

async fn file(found: Result<papers::Print, Refusal>, web: &Settings, case_no: &str) -> Response {
    let back = format!("/console/cases/{case_no}");
    match found {
        Ok(papers::Print { issued, whose }) => {
            let file = documents::file(issued, whose, web.public_url.clone()).await;
            file.unwrap_or_else(|| refusal(problems::internal().into(), &back))
        }
        Err(denied) => refusal(denied, &back),
    }
}
