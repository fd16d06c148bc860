//! Forms as they are sent, and who sends them.

use std::sync::Arc;

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::request::Parts,
    response::Response,
};
use protocol::Problem;

use super::layout::refusal;
use crate::{app::App, error::Refusal, people::session::Session, problems, staff::auth};

/// Somebody who has signed in and looks at a page. Anybody else goes to the door.
pub(super) struct Visitor(pub(super) Session);

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let found = auth::find(app, &parts.headers).await;
        match found {
            Ok(Some(session)) => Ok(Self(session)),
            Ok(None) => Err(refusal(problems::sign_in_required().into(), "/console/sign-in")),
            Err(error) => Err(refusal(error.into(), "/console/tasks")),
        }
    }
}

/// What a form says, by the names of its fields.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The field, without the space around it; empty where it is not there.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim())
    }

    /// The field as it was typed.
    pub(super) fn raw(&self, name: &str) -> String {
        self.0.iter().find(|(field, _)| field == name).map_or_else(String::new, |(_, value)| value.clone())
    }

    pub(super) fn is_checked(&self, name: &str) -> bool {
        self.text(name) == "on"
    }
}

/// A form that came from one of our pages.
pub(super) struct Sent {
    pub(super) session: Session,
    pub(super) fields: Fields,
}

impl FromRequest<Arc<App>> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Visitor(session) = Visitor::from_request_parts(&mut parts, app).await?;
        let fields = fields(Request::from_parts(parts, body), app).await?;
        match auth::check_csrf(&session, fields.text("csrf")) {
            Ok(()) => Ok(Self { session, fields }),
            Err(problem) => Err(refusal(problem.into(), "/console/tasks")),
        }
    }
}

/// The fields of a form that anybody may send.
pub(super) struct Open(pub(super) Fields);

impl FromRequest<Arc<App>> for Open {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Response> {
        fields(request, app).await.map(Self)
    }
}

async fn fields(request: Request, app: &Arc<App>) -> Result<Fields, Response> {
    let read = axum::Form::<Vec<(String, String)>>::from_request(request, app).await;
    let read = read.map_err(|_| refusal(Refusal::from(unreadable()), "/console/tasks"))?;
    Ok(Fields(read.0))
}

fn unreadable() -> Problem {
    problems::body_unreadable()
}
