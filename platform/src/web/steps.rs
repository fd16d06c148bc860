//! Which questions share a page. Pure.
//!
//! A page ends behind a question that decides about others, so that no page needs a script to ask what an answer on it
//! has opened; a list of people is a page of its own, and what a bundle asks for one of its items is not mixed with
//! what it asks for another.

use protocol::{Answer, Answers, Applicant, Field, FieldKind, answer};

use crate::catalogue::bundle::section;

/// Questions on one page, at the most.
const MOST: usize = 4;

/// One page of a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step<'f> {
    /// Some questions.
    Questions(Vec<&'f Field>),
    /// A list of people.
    People(&'f Field),
}

/// The pages that the answers so far lead to.
pub(super) fn steps<'f>(fields: &'f [Field], answers: &Answers, applicant: &Applicant) -> Vec<Step<'f>> {
    let mut steps = Vec::new();
    let mut page: Vec<&Field> = Vec::new();
    for field in asked(fields, answers, applicant) {
        let list = matches!(field.kind, FieldKind::PersonList { .. });
        let other = page.last().is_some_and(|last| section(&last.id) != section(&field.id));
        if list || other || page.len() == MOST {
            end(&mut steps, &mut page);
        }
        if list {
            steps.push(Step::People(field));
            continue;
        }
        page.push(field);
        if decides(field, fields) {
            end(&mut steps, &mut page);
        }
    }
    end(&mut steps, &mut page);
    steps
}

fn end<'f>(steps: &mut Vec<Step<'f>>, page: &mut Vec<&'f Field>) {
    if !page.is_empty() {
        steps.push(Step::Questions(std::mem::take(page)));
    }
}

fn decides(field: &Field, fields: &[Field]) -> bool {
    fields.iter().any(|other| other.when.as_ref().is_some_and(|when| when.field == field.id))
}

/// The open questions that signing in has not answered.
pub(super) fn asked<'f>(
    fields: &'f [Field],
    answers: &Answers,
    applicant: &Applicant,
) -> impl Iterator<Item = &'f Field> {
    let said = |field: &Field| {
        answer::told(field, applicant)
            .or_else(|| answers.get(&field.id).map(|answer| answer.words().to_owned()))
    };
    let open = answer::open(fields, said);
    let applicant = applicant.clone();
    open.into_iter().filter(move |field| {
        // What only a card says well, such as the code of an ethnic group, is asked of nobody who could leave it out.
        let for_cards = field.known_from_card.is_some() && !field.required;
        !for_cards && answer::told(field, &applicant).is_none()
    })
}

/// Takes out the answers to what is not asked any more.
pub(super) fn prune(fields: &[Field], answers: &mut Answers, applicant: &Applicant) {
    let open: Vec<&str> = asked(fields, answers, applicant).map(|field| field.id.as_str()).collect();
    answers.retain(|id, _| open.contains(&id.as_str()));
}

/// The place of the page that asks `id`, from 1.
pub(super) fn place(steps: &[Step<'_>], id: &str) -> Option<usize> {
    let asks = |step: &Step<'_>| match step {
        Step::Questions(fields) => fields.iter().any(|field| field.id == id),
        Step::People(field) => field.id == id,
    };
    steps.iter().position(asks).map(|place| place + 1)
}

/// The first page on which a required question has no answer, from 1.
pub(super) fn first_open(steps: &[Step<'_>], answers: &Answers) -> Option<usize> {
    let lacks = |field: &&Field| field.required && answers.get(&field.id).is_none_or(Answer::is_empty);
    let open = |step: &Step<'_>| match step {
        Step::Questions(fields) => fields.iter().any(lacks),
        Step::People(field) => lacks(field),
    };
    steps.iter().position(open).map(|place| place + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::residents::Resident;
    use crate::{catalogue::Catalogue, web::apply::applicant};

    fn people() -> Applicant {
        applicant(&Resident {
            name: "欧阳示例".to_owned(),
            id_number: "519999195201010013".to_owned(),
            phone: "13900000001".to_owned(),
        })
        .unwrap()
    }

    #[test]
    fn no_page_of_any_item_asks_what_another_answer_on_it_decides() {
        for item in Catalogue::embedded().unwrap().items {
            let steps = steps(&item.fields, &Answers::new(), &people());
            assert!(!steps.is_empty(), "{}", item.id);
            for step in &steps {
                let Step::Questions(fields) = step else { continue };
                assert!((1..=MOST).contains(&fields.len()));
                let last = fields.len() - 1;
                assert!(fields[..last].iter().all(|field| !decides(field, &item.fields)), "{}", item.id);
            }
        }
    }

    #[test]
    fn an_answer_opens_pages_behind_it_and_taking_it_back_closes_them() {
        let catalogue = Catalogue::embedded().unwrap();
        let with_condition =
            |item: &&protocol::ServiceItem| item.fields.iter().any(|field| field.when.is_some());
        let item = catalogue.items.iter().find(with_condition).unwrap();
        let (id, when) =
            item.fields.iter().find_map(|field| field.when.as_ref().map(|when| (&field.id, when))).unwrap();
        let mut answers = Answers::new();
        assert_eq!(place(&steps(&item.fields, &answers, &people()), id), None);
        answers.insert(when.field.clone(), when.is[0].as_str().into());
        let decider = place(&steps(&item.fields, &answers, &people()), &when.field).unwrap();
        assert!(place(&steps(&item.fields, &answers, &people()), id).unwrap() > decider);
        answers.insert(id.clone(), "x".into());
        answers.remove(&when.field);
        prune(&item.fields, &mut answers, &people());
        assert!(!answers.contains_key(id));
    }
}
