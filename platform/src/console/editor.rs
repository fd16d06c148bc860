//! The pages on which a draft is written and taken on its way, whatever it is of.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::Markup;

use super::{
    drafting::{At, Editor, after, asked, editor, revision, text},
    forms::{Fields, Sent, Visitor},
    layout::refusal,
};
use crate::{
    app::App,
    catalogue::{Fault, read_one},
    error::Refusal,
    offer::Offer,
    people::session::Session,
    problems,
    staff::editing::{self, Edited, OpenDraft, Withdrawal},
    store::content_drafts::DraftState,
};

/// What has such pages.
pub(super) trait Paged: Edited {
    /// The address of its list.
    const LIST: &'static str;
    /// What whoever edits the whole text must leave as it is.
    const HINT: &'static str;
    /// It as fields of a form.
    fn inputs(&self, offer: &Offer) -> Markup;
    /// It with what those fields say.
    fn with(&self, fields: &Fields) -> Self;
}

/// Where one of them is.
pub(super) fn at<T: Paged>(id: &str) -> At<'_> {
    At { list: T::LIST, id }
}

pub(super) fn routes<T: Paged>() -> Router<Arc<App>> {
    let below = |way: &str| format!("{}/{{id}}/{way}", T::LIST);
    Router::new()
        .route(&below("draft"), post(begin::<T>))
        .route(&below("edit"), get(edit_page::<T>).post(edit::<T>))
        .route(&below("text"), get(text_page::<T>).post(edit_text::<T>))
        .route(&below("steps"), post(step::<T>))
        .route(&below("withdrawal"), post(withdraw::<T>))
}

async fn begin<T: Paged>(State(app): State<Arc<App>>, Path(id): Path<String>, sent: Sent) -> Response {
    after(editing::begin::<T>(&app, &sent.session, &id).await, at::<T>(&id))
}

async fn step<T: Paged>(State(app): State<Arc<App>>, Path(id): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let done = match asked(&fields) {
        Ok(step) => editing::act::<T>(&app, &session, &id, step).await,
        Err(denied) => Err(denied),
    };
    match done {
        // What was new and given up has no page any more.
        Ok(Some(_)) => Redirect::to(T::LIST).into_response(),
        done => after(done.map(drop), at::<T>(&id)),
    }
}

async fn withdraw<T: Paged>(State(app): State<Arc<App>>, Path(id): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let done = match fields.text("version").parse() {
        Ok(version) => {
            let asked = Withdrawal { version, reason: fields.text("reason").to_owned() };
            editing::withdraw::<T>(&app, &session, &id, asked).await
        }
        Err(_) => Err(problems::body_unreadable().into()),
    };
    after(done, at::<T>(&id))
}

/// The draft that somebody is about to write in.
async fn opened<T: Paged>(app: &App, session: &Session, id: &str) -> Result<OpenDraft<T>, Refusal> {
    let draft = editing::draft::<T>(app, session, id).await?;
    let draft = draft.filter(|draft| draft.state == DraftState::Draft);
    Ok(draft.ok_or_else(|| problems::item_draft_has_moved("没有在起草的草稿"))?)
}

fn form<T: Paged>(
    (app, session): (&App, &Session),
    id: &str,
    (words, revision): (&T, i64),
    told: Vec<Fault>,
) -> Response {
    let inputs = words.inputs(&app.offer());
    editor(session, at::<T>(id), &Editor { revision, told, inputs, title: "编辑草稿", way: "edit" })
}

async fn edit_page<T: Paged>(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    Path(id): Path<String>,
) -> Response {
    match opened::<T>(&app, &session, &id).await {
        Ok(draft) => form((&app, &session), &id, (&draft.words, draft.revision), Vec::new()),
        Err(denied) => refusal(denied, &at::<T>(&id).page()),
    }
}

async fn text_page<T: Paged>(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    Path(id): Path<String>,
) -> Response {
    match opened::<T>(&app, &session, &id).await {
        Ok(draft) => match toml::to_string_pretty(&draft.words) {
            Ok(written) => text(&session, at::<T>(&id), (&written, T::HINT, draft.revision), Vec::new()),
            Err(_) => refusal(problems::internal().into(), &at::<T>(&id).page()),
        },
        Err(denied) => refusal(denied, &at::<T>(&id).page()),
    }
}

async fn edit<T: Paged>(State(app): State<Arc<App>>, Path(id): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let (draft, revision) = match (opened::<T>(&app, &session, &id).await, revision(&fields)) {
        (Ok(draft), Ok(revision)) => (draft, revision),
        (Err(denied), _) | (_, Err(denied)) => return refusal(denied, &at::<T>(&id).page()),
    };
    let words = draft.words.with(&fields);
    let told = told(&app, &draft.words, &words);
    if !told.is_empty() {
        return form((&app, &session), &id, (&words, revision), told);
    }
    after(editing::save(&app, &session, &id, (revision, words)).await, at::<T>(&id))
}

async fn edit_text<T: Paged>(State(app): State<Arc<App>>, Path(id): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let (draft, revision) = match (opened::<T>(&app, &session, &id).await, revision(&fields)) {
        (Ok(draft), Ok(revision)) => (draft, revision),
        (Err(denied), _) | (_, Err(denied)) => return refusal(denied, &at::<T>(&id).page()),
    };
    let written = fields.raw("text").replace("\r\n", "\n");
    let read = read_one(&id, &written).and_then(|words: T| {
        let told = told(&app, &draft.words, &words);
        if told.is_empty() { Ok(words) } else { Err(told) }
    });
    match read {
        Ok(words) => after(editing::save(&app, &session, &id, (revision, words)).await, at::<T>(&id)),
        Err(told) => text(&session, at::<T>(&id), (&written, T::HINT, revision), told),
    }
}

/// What is wrong with the words, so that they can be shown with it. What is new is held against its draft.
fn told<T: Paged>(app: &App, draft: &T, words: &T) -> Vec<Fault> {
    let offer = app.offer();
    words.faults(&offer, T::standing(&offer, draft.id()).unwrap_or(draft))
}
