//! A list of people in a form: the list, and a page for each of them.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use protocol::{Answer, Answers, Field, FieldKind, Person, answer};

use super::{
    Web,
    apply::{self, Opened},
    ask::{self, Place, before},
    form::{self, Asked, Typed, question, said},
    page::{Fault, Notice, Page, notice, token},
    session::{Posted, SignedIn, Visit},
    steps::Step,
};

/// The people that a list has so far.
pub(super) fn people(field: &Field, answers: &Answers) -> Vec<Person> {
    answers.get(&field.id).map(|answer| answer.persons().to_vec()).unwrap_or_default()
}

fn limits(field: &Field) -> (usize, usize, &[Field]) {
    let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    match &field.kind {
        FieldKind::PersonList { min, max, fields } => (size(*min), size(*max), fields),
        _ => (0, 0, &[]),
    }
}

/// What is wrong with how many people there are.
pub(super) fn complaint(field: &Field, answers: &Answers) -> Option<String> {
    let (min, max, _) = limits(field);
    let count = people(field, answers).len();
    match count {
        0 if !field.required => None,
        _ if count < min.max(1) => Some(format!("请至少添加 {} 个人", min.max(1))),
        _ if count > max => Some(format!("最多填 {max} 个人")),
        _ => None,
    }
}

/// What a list says of one person: name first, then the rest.
fn line(fields: &[Field], person: &Person) -> (String, String) {
    let said = |field: &Field| person.get(&field.id).map(|answer| said(field, answer));
    let mut words = fields.iter().filter_map(said);
    let first = words.next().unwrap_or_default();
    (first, words.collect::<Vec<_>>().join("，"))
}

pub(super) fn list(
    web: &Web,
    visit: &Visit,
    opened: &Opened,
    place: &Place<'_>,
    (field, from_check, wrong): (&Field, bool, Option<&str>),
) -> Response {
    let (_, max, fields) = limits(field);
    let people = people(field, &opened.draft.fields);
    let here = format!("/drafts/{}/{}", opened.draft.key, place.at);
    let body = html! {
        @if let Some(wrong) = wrong { (notice(Notice::Bad, wrong, &html! {})) }
        @if let Some(section) = opened.subject.section(field) { p.quiet { "只用于“" (section) "”" } }
        @if let Some(hint) = &field.hint { p.lead { (hint.simplified) } }
        @if people.is_empty() { p.quiet { "还没有添加。" } }
        ul.cards {
            @for (place, person) in (1..).zip(&people) {
                @let (first, rest) = line(fields, person);
                li.card {
                    strong { (first) }
                    p { (rest) }
                    div.actions {
                        a.button.second href={ (here) "/person/" (place) } { "修改" span.hidden { " " (first) } }
                        form method="post" action={ (here) "/person/" (place) "/remove" } {
                            (token(visit))
                            button.second { "删除" span.hidden { " " (first) } }
                        }
                    }
                }
            }
        }
        @if people.len() < max {
            p { a.button.second href={ (here) "/person/new" } { "＋ 添加一个人" } }
        }
        form method="post" action=(here) {
            (token(visit))
            @if from_check { input type="hidden" name="back" value="check"; }
            p.actions { button { "下一步" } }
        }
    };
    let (path, words) = before(opened, place.at, from_check);
    let page = Page::new(&field.label.simplified).above(place.words(opened.subject.name()));
    page.up(path, words).wrong(wrong.is_some()).show(web, visit, body)
}

/// The list on a page, and which person of it a path names; a new one is behind the last.
fn named<'p>(place: &Place<'p>, opened: &Opened, person: &str) -> Result<(&'p Field, usize), Fault> {
    let Step::People(field) = place.step()? else { return Err(Fault::NotFound) };
    let count = people(field, &opened.draft.fields).len();
    let at = match person {
        "new" => count,
        number => number.parse::<usize>().map_err(|_| Fault::NotFound)?.wrapping_sub(1),
    };
    let (_, max, _) = limits(field);
    if at > count || at >= max || person != "new" && at == count {
        Err(Fault::NotFound)
    } else {
        Ok((field, at))
    }
}

pub(super) async fn show(
    State(web): State<Web>,
    SignedIn { visit, resident }: SignedIn,
    Path((key, step, person)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let opened = match apply::open(&web, &resident, &key).await? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let place = Place::find(&opened, &step)?.ok_or(Fault::NotFound)?;
    let (field, at) = named(&place, &opened, &person)?;
    let said = people(field, &opened.draft.fields).get(at).cloned().unwrap_or_default();
    let (_, _, fields) = limits(field);
    let asked: Vec<Asked<'_>> = open(fields, &said)
        .into_iter()
        .map(|field| {
            let answer = said.get(&field.id).map_or("", String::as_str);
            Asked { field, typed: Typed::from_answer(field, answer), wrong: None }
        })
        .collect();
    Ok(person_page(&web, &visit, &opened, (&place, field, &person), &asked))
}

fn open<'f>(fields: &'f [Field], said: &Person) -> Vec<&'f Field> {
    answer::open(fields, |field| said.get(&field.id).cloned())
}

fn person_page(
    web: &Web,
    visit: &Visit,
    opened: &Opened,
    (place, field, person): (&Place<'_>, &Field, &str),
    asked: &[Asked<'_>],
) -> Response {
    let faults = form::faults(asked);
    let wrong = !faults.is_empty();
    let here = format!("/drafts/{}/{}", opened.draft.key, place.at);
    let shown = asked.iter().map(|asked| asked.field.id.as_str()).collect::<Vec<_>>().join(" ");
    let body = html! {
        (form::listed(&faults))
        form method="post" action={ (here) "/person/" (person) } {
            (token(visit))
            input type="hidden" name="shown" value=(shown);
            @for asked in asked { (question(asked, opened.today)) }
            p.actions { button { "保存这个人" } a.button.second href=(here) { "取消" } }
        }
    };
    let title = if person == "new" { "添加一个人" } else { "修改" };
    let above = format!("{} · {}", opened.subject.name(), field.label.simplified);
    Page::new(title).above(above).up(here.clone(), "返回名单").wrong(wrong).show(web, visit, body)
}

pub(super) async fn save(
    State(web): State<Web>,
    SignedIn { visit, resident }: SignedIn,
    Path((key, step, person)): Path<(String, String, String)>,
    posted: Posted,
) -> Result<Response, Fault> {
    let mut opened = match apply::open(&web, &resident, &key).await? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (id, people) = {
        let place = Place::find(&opened, &step)?.ok_or(Fault::NotFound)?;
        let (field, at) = named(&place, &opened, &person)?;
        let (_, _, fields) = limits(field);
        let (said, asked) = read(fields, &posted, &opened);
        // A question that an answer on this very page has opened is asked before the person is kept.
        let shown: Vec<&str> = posted.get("shown").split(' ').collect();
        let all_shown = asked.iter().all(|asked| shown.contains(&asked.field.id.as_str()));
        if !all_shown || asked.iter().any(|asked| asked.wrong.is_some()) {
            return Ok(person_page(&web, &visit, &opened, (&place, field, &person), &asked));
        }
        let mut people = people(field, &opened.draft.fields);
        match people.get_mut(at) {
            Some(known) => *known = said,
            None => people.push(said),
        }
        (field.id.clone(), people)
    };
    opened.draft.fields.insert(id, Answer::Persons(people));
    ask::keep(&web, &resident, &opened).await?;
    Ok(Redirect::to(&format!("/drafts/{}/{step}", opened.draft.key)).into_response())
}

/// What was typed about a person, and every question that it leaves open. A question that was not on the page yet is
/// not complained about.
fn read<'f>(fields: &'f [Field], posted: &Posted, opened: &Opened) -> (Person, Vec<Asked<'f>>) {
    let typed = |field: &Field| Typed::read(field, posted).answer(field);
    let open = answer::open(fields, |field| Some(typed(field)));
    let shown: Vec<&str> = posted.get("shown").split(' ').collect();
    let asked: Vec<Asked<'f>> = open
        .into_iter()
        .map(|field| {
            let wrong = form::complaint(field, &typed(field), opened.today);
            let wrong = wrong.filter(|_| shown.contains(&field.id.as_str()));
            Asked { field, typed: Typed::read(field, posted), wrong }
        })
        .collect();
    let said = asked.iter().map(|asked| (asked.field.id.clone(), typed(asked.field)));
    (said.filter(|(_, answer)| !answer.is_empty()).collect(), asked)
}

pub(super) async fn remove(
    State(web): State<Web>,
    SignedIn { resident, .. }: SignedIn,
    Path((key, step, person)): Path<(String, String, String)>,
    _: Posted,
) -> Result<Response, Fault> {
    let mut opened = match apply::open(&web, &resident, &key).await? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (id, people) = {
        let place = Place::find(&opened, &step)?.ok_or(Fault::NotFound)?;
        let (field, at) = named(&place, &opened, &person)?;
        let mut people = people(field, &opened.draft.fields);
        if at < people.len() {
            people.remove(at);
        }
        (field.id.clone(), people)
    };
    if people.is_empty() {
        opened.draft.fields.remove(&id);
    } else {
        opened.draft.fields.insert(id, Answer::Persons(people));
    }
    ask::keep(&web, &resident, &opened).await?;
    Ok(Redirect::to(&format!("/drafts/{}/{step}", opened.draft.key)).into_response())
}
