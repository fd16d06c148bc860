//! Forms as they are sent, and who sends them.

use std::sync::Arc;

use axum::{
    extract::{FromRequest, FromRequestParts, Multipart, Request},
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

    /// All fields of that name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.trim())
    }

    /// Every field with its name.
    pub(super) fn each(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
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

/// A form with a file that came from one of our pages.
pub(super) struct Uploaded {
    pub(super) session: Session,
    pub(super) fields: Fields,
    pub(super) file: Vec<u8>,
}

impl FromRequest<Arc<App>> for Uploaded {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Visitor(session) = Visitor::from_request_parts(&mut parts, app).await?;
        let wrong = |problem: Problem| refusal(problem.into(), "/console");
        let read = Multipart::from_request(Request::from_parts(parts, body), app).await;
        let mut form = read.map_err(|_| wrong(unreadable()))?;
        let (mut fields, mut file) = (Vec::new(), Vec::new());
        loop {
            let Some(field) = form.next_field().await.map_err(|_| wrong(unreadable()))? else { break };
            let name = field.name().unwrap_or_default().to_owned();
            if field.file_name().is_some() {
                file = field.bytes().await.map_err(|_| wrong(problems::payload_too_large()))?.to_vec();
            } else {
                fields.push((name, field.text().await.map_err(|_| wrong(unreadable()))?));
            }
        }
        let fields = Fields(fields);
        auth::check_csrf(&session, fields.text("csrf")).map_err(wrong)?;
        Ok(Self { session, fields, file })
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
