//! A page of a form: it is shown, and what comes back is checked and kept.

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use protocol::{Answer, Answers, Field};
use serde::Deserialize;

use super::{
    Web,
    apply::{self, Opened},
    form::{self, Asked, Typed, complaint, question},
    page::{Fault, Page, token},
    persons,
    session::{Posted, SignedIn, Visit},
    steps::{self, Step, steps},
};
use crate::store::{drafts, residents::Resident};

#[derive(Deserialize)]
pub(super) struct Back {
    back: Option<String>,
}

/// Whether the page was opened to change one thing, from the page that shows all.
pub(super) fn from_check(query: Result<Query<Back>, QueryRejection>) -> bool {
    query.is_ok_and(|Query(back)| back.back.as_deref() == Some("check"))
}

/// The page a path names, or where to go instead.
pub(super) struct Place<'o> {
    pub(super) steps: Vec<Step<'o>>,
    pub(super) at: usize,
}

impl<'o> Place<'o> {
    /// Page `at` (from 1) of a draft; `None` behind the last one.
    pub(super) fn find(opened: &'o Opened, at: &str) -> Result<Option<Self>, Fault> {
        let steps = steps(opened.subject.fields(), &opened.draft.fields, &opened.applicant);
        let at: usize = at.parse().map_err(|_| Fault::NotFound)?;
        if at == 0 {
            return Err(Fault::NotFound);
        }
        Ok((at <= steps.len()).then_some(Self { steps, at }))
    }

    pub(super) fn step(&self) -> Result<&Step<'o>, Fault> {
        self.steps.get(self.at - 1).ok_or(Fault::NotFound)
    }

    /// "第 2 步，约 5 步": later answers may open more.
    pub(super) fn words(&self, name: &str) -> String {
        format!("{name} · 第 {} 步，共 {} 步", self.at, self.steps.len() + 1)
    }
}

fn check_path(opened: &Opened) -> String {
    format!("/drafts/{}/check", opened.draft.key)
}

/// The page in front of page `at`, with its name.
pub(super) fn before(opened: &Opened, at: usize, from_check: bool) -> (String, &'static str) {
    match at {
        _ if from_check => (check_path(opened), "回到核对"),
        1 => (opened.subject.guide(), "办事指南"),
        _ => (format!("/drafts/{}/{}", opened.draft.key, at - 1), "上一步"),
    }
}

pub(super) async fn show(
    State(web): State<Web>,
    SignedIn { visit, resident }: SignedIn,
    Path((key, at)): Path<(String, String)>,
    query: Result<Query<Back>, QueryRejection>,
) -> Result<Response, Fault> {
    let opened = match apply::open(&web, &resident, &key).await? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let Some(place) = Place::find(&opened, &at)? else {
        return Ok(Redirect::to(&check_path(&opened)).into_response());
    };
    let from_check = from_check(query);
    match place.step()? {
        Step::Questions(fields) => {
            let asked = fields.iter().map(|field| known(field, &opened, &resident)).collect::<Vec<_>>();
            Ok(questions_page(&web, &visit, &opened, &place, (&asked, from_check)))
        }
        Step::People(field) => Ok(persons::list(&web, &visit, &opened, &place, (field, from_check, None))),
    }
}

/// A question with the answer that the draft has, or a phone that is proved already.
fn known<'f>(field: &'f Field, opened: &Opened, resident: &Resident) -> Asked<'f> {
    let answered = opened.draft.fields.get(&field.id).map(Answer::words);
    let phone = matches!(field.kind, protocol::FieldKind::Phone) && field.required;
    let typed = match answered {
        Some(answer) => Typed::from_answer(field, answer),
        None if phone => Typed::Words(resident.phone.clone()),
        None => Typed::Nothing,
    };
    Asked { field, typed, wrong: None }
}

fn questions_page(
    web: &Web,
    visit: &Visit,
    opened: &Opened,
    place: &Place<'_>,
    (asked, from_check): (&[Asked<'_>], bool),
) -> Response {
    let faults = form::faults(asked);
    let wrong = !faults.is_empty();
    let section = asked.first().and_then(|asked| opened.subject.section(asked.field));
    let body: Markup = html! {
        (form::listed(&faults))
        @if let Some(section) = section { p.lead { "以下只用于“" (section) "”" } }
        form method="post" action={ "/drafts/" (opened.draft.key) "/" (place.at) } {
            (token(visit))
            @if from_check { input type="hidden" name="back" value="check"; }
            @for asked in asked { (question(asked, opened.today)) }
            p.actions { button { "下一步" } }
        }
        p.quiet { "填好的每一页都会保存，30 天内在手机或电脑上登录，都可以在“我的办件”里接着填。" }
    };
    let (path, words) = before(opened, place.at, from_check);
    let title = match asked {
        [one] => one.field.label.simplified.as_str(),
        _ => "请填写",
    };
    let page = Page::new(title).above(place.words(opened.subject.name())).up(path, words);
    page.wrong(wrong).show(web, visit, body)
}

pub(super) async fn save(
    State(web): State<Web>,
    SignedIn { visit, resident }: SignedIn,
    Path((key, at)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Fault> {
    let mut opened = match apply::open(&web, &resident, &key).await? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let from_check = posted.get("back") == "check";
    let mut answers = opened.draft.fields.clone();
    {
        let Some(place) = Place::find(&opened, &at)? else {
            return Ok(Redirect::to(&check_path(&opened)).into_response());
        };
        match place.step()? {
            Step::Questions(fields) => {
                let asked: Vec<Asked<'_>> =
                    fields.iter().map(|field| taken(field, &posted, &opened, &mut answers)).collect();
                if asked.iter().any(|asked| asked.wrong.is_some()) {
                    return Ok(questions_page(&web, &visit, &opened, &place, (&asked, from_check)));
                }
            }
            Step::People(field) => {
                if let Some(wrong) = persons::complaint(field, &answers) {
                    let shown = (*field, from_check, Some(wrong.as_str()));
                    return Ok(persons::list(&web, &visit, &opened, &place, shown));
                }
            }
        }
    }
    steps::prune(opened.subject.fields(), &mut answers, &opened.applicant);
    opened.draft.fields = answers;
    keep(&web, &resident, &opened).await?;
    Ok(Redirect::to(&next(&opened, &at, from_check)).into_response())
}

/// Takes what was typed into the answers, or says what is wrong with it.
fn taken<'f>(field: &'f Field, posted: &Posted, opened: &Opened, answers: &mut Answers) -> Asked<'f> {
    let typed = Typed::read(field, posted);
    let answer = typed.answer(field);
    let wrong = complaint(field, &answer, opened.today);
    if answer.is_empty() {
        answers.remove(&field.id);
    } else {
        answers.insert(field.id.clone(), answer.into());
    }
    Asked { field, typed, wrong }
}

/// Keeps the answers of a draft.
pub(super) async fn keep(web: &Web, resident: &Resident, opened: &Opened) -> Result<(), Fault> {
    let (owner, draft, now) = (resident.id_number.clone(), opened.draft.clone(), web.app.clock.now());
    Ok(web.app.store.write(move |transaction| drafts::keep(transaction, &owner, &draft, now)).await?)
}

/// Where to go from page `at`.
fn next(opened: &Opened, at: &str, from_check: bool) -> String {
    let steps = steps(opened.subject.fields(), &opened.draft.fields, &opened.applicant);
    let following = at.parse::<usize>().map_or(1, |at| at + 1);
    let next = if from_check { steps::first_open(&steps, &opened.draft.fields) } else { Some(following) };
    match next {
        Some(next) if next <= steps.len() => format!("/drafts/{}/{next}", opened.draft.key),
        _ => check_path(opened),
    }
}
