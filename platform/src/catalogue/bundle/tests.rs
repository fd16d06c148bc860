use super::*;
use crate::catalogue::Catalogue;
use jiff::civil::Date;
use protocol::{FieldKind, IdKind, MaterialSource, Sex};

fn today() -> Date {
    "2026-11-24".parse().unwrap()
}

fn card() -> Applicant {
    Applicant {
        name: "欧阳示例".to_owned(),
        id_kind: IdKind::ResidentIdCard,
        id_number: "519999195201010013".to_owned(),
        sex: Sex::Male,
        birth: "1952-01-01".parse().unwrap(),
        nation: None,
        address: None,
    }
}

fn forms() -> Vec<MergedForm> {
    let catalogue = Catalogue::embedded().unwrap();
    let item = |id: &str| catalogue.items.iter().find(|item| item.id == id).cloned();
    catalogue.bundles.iter().map(|bundle| MergedForm::of(bundle, item).unwrap()).collect()
}

fn form(id: &str) -> MergedForm {
    forms().into_iter().find(|form| form.bundle.id == id).unwrap()
}

/// An answer to a question; of choices the `way`th.
fn answer_to(field: &Field, way: usize) -> Answer {
    match &field.kind {
        FieldKind::Choice { choices } => choices[way % choices.len()].value.as_str().into(),
        FieldKind::Text { .. } => "示例".into(),
        FieldKind::Address { .. } => "示例市示例区示例路1号".into(),
        FieldKind::Date { .. } => "2026-11-24".into(),
        FieldKind::Phone => "13900000001".into(),
        FieldKind::Number { max, .. } => max.to_string().into(),
        FieldKind::Money { min_fen, .. } => min_fen.to_string().into(),
        FieldKind::IdNumber => "519999201509110035".into(),
        FieldKind::BankCard => "0000000000000018".into(),
        FieldKind::PersonList { fields, .. } => {
            let person = fields
                .iter()
                .filter(|inner| inner.when.is_none())
                .map(|inner| (inner.id.clone(), answer_to(inner, way).words().to_owned()));
            Answer::Persons(vec![person.collect()])
        }
    }
}

/// All that is asked of somebody who answers the `choices` of a bundle that way, and every other question somehow.
fn filled_in(form: &MergedForm, choices: &[(&str, usize)], way: usize) -> Answers {
    let mut answers = Answers::new();
    loop {
        let open =
            answer::open(&form.fields, |field| answers.get(&field.id).map(|said| said.words().to_owned()));
        let Some(next) = open.into_iter().find(|field| !answers.contains_key(&field.id)) else {
            return answers;
        };
        let chosen = choices.iter().find(|(id, _)| *id == next.id).map_or(way, |(_, way)| *way);
        answers.insert(next.id.clone(), answer_to(next, chosen));
    }
}

/// Every combination of answers to the choices that a bundle asks once.
fn combinations(form: &MergedForm) -> Vec<Vec<(&str, usize)>> {
    let choices = form.bundle.fields.iter().filter_map(|field| match &field.kind {
        FieldKind::Choice { choices } => Some((field.id.as_str(), choices.len())),
        _ => None,
    });
    choices.fold(vec![Vec::new()], |so_far, (id, ways)| {
        let longer = |known: &Vec<_>| {
            (0..ways).map(|way| [known.clone(), vec![(id, way)]].concat()).collect::<Vec<_>>()
        };
        so_far.iter().flat_map(longer).collect()
    })
}

#[test]
fn whatever_is_answered_becomes_at_least_one_case_and_every_item_takes_its_part() {
    let forms = forms();
    assert!(forms.len() >= 6, "{}", forms.len());
    for form in &forms {
        let (mut filed, mut answered) = (Vec::new(), 0);
        for choices in combinations(form) {
            for way in 0..8 {
                let answers = filled_in(form, &choices, way);
                answer::check(&form.fields, &answers, &card(), today()).unwrap();
                let parts = form.split(&answers, &card());
                assert!(!parts.is_empty(), "{} {choices:?}", form.bundle.id);
                for part in &parts {
                    let taken = answer::check(&part.item.fields, &part.answers, &card(), today());
                    assert!(taken.is_ok(), "{} {choices:?}: {} {taken:?}", form.bundle.id, part.item.id);
                    filed.push(part.item.id.clone());
                }
                // Nothing is asked that goes nowhere.
                let kept = |id: &str, answer: &Answer| {
                    let (item, field) = id.split_once(':').unwrap();
                    parts.iter().any(|part| part.item.id == item && part.answers.get(field) == Some(answer))
                };
                for (id, answer) in answers.iter().filter(|(id, _)| section(id).is_some()) {
                    assert!(kept(id, answer), "{} {choices:?}: {id}", form.bundle.id);
                    answered += 1;
                }
            }
        }
        for item in &form.items {
            assert!(filed.contains(&item.id), "{}: {} is never filed", form.bundle.id, item.id);
        }
        assert!(answered > 0, "{}", form.bundle.id);
    }
}

#[test]
fn what_items_have_in_common_is_asked_once() {
    let form = form("disability");
    let asked = |words: &str| form.fields.iter().filter(|field| field.label.simplified == words).count();
    for once in ["哪种残疾？", "几级？", "残疾人证号", "钱打到哪张卡上？", "您的手机号", "您现在住在哪里？"]
    {
        assert_eq!(asked(once), 1, "{once}");
    }
    let apart: usize = form
        .items
        .iter()
        .map(|item| item.fields.iter().filter(|field| field.known_from_card.is_none()).count())
        .sum();
    assert_eq!((form.fields.len(), apart), (12, 19), "fewer questions than the items would ask one by one");
    let answers = filled_in(&form, &[("subsidies", 2), ("health", 0)], 1);
    let parts = form.split(&answers, &card());
    let phone = |part: &Part<'_>| part.answers["phone"].words().to_owned();
    assert_eq!(parts.iter().map(phone).collect::<Vec<_>>(), ["13900000001"; 3]);
    assert_eq!(parts[2].answers["group"].words(), "disabled", "what goes without saying");
}

#[test]
fn an_answer_decides_which_items_are_filed_and_asked_about() {
    let form = form("flexible-work");
    let items = |pension, subsidy| {
        let answers = filled_in(&form, &[("pension", pension), ("subsidy", subsidy)], 0);
        assert_eq!(answers.contains_key("flexible-work-subsidy:account"), subsidy == 0);
        let parts = form.split(&answers, &card());
        parts.iter().map(|part| part.item.id.clone()).collect::<Vec<_>>()
    };
    let [work, pension, subsidy] =
        ["employment-registration", "flexible-pension-enrolment", "flexible-work-subsidy"];
    assert_eq!(items(0, 0), [work, pension, subsidy]);
    assert_eq!(items(0, 1), [work, pension]);
    assert_eq!(items(1, 0), [work, subsidy]);
    assert_eq!(items(1, 1), [work]);
    // 单位名称 is for who is employed, and here nobody is: it goes without saying, so it is not asked either.
    assert!(!form.fields.iter().any(|field| field.id == "employment-registration:employer"));
}

#[test]
fn a_paper_of_several_items_is_brought_once_and_as_soon_as_the_first_of_them_needs_it() {
    let form = form("job-loss");
    let items: Vec<_> = form.items.iter().collect();
    let all = papers(&items);
    let cards: Vec<_> = all.iter().filter(|(one, _)| one.source == MaterialSource::IdCard).collect();
    assert_eq!(cards.len(), 1);
    assert_eq!(cards[0].1.len(), 3);
    let apart: usize = items.iter().map(|item| item.materials.len()).sum();
    assert!(all.len() < apart, "{} of {apart}", all.len());
    let mut later = items[2].clone();
    later.materials.iter_mut().filter_map(|one| one.within.as_mut()).for_each(|within| within.n = 9);
    let both = papers(&[&later, items[2]]);
    let days: Vec<_> = both.iter().filter_map(|(one, _)| one.within).map(|within| within.n).collect();
    assert_eq!(days, [5]);
    let note = both.iter().find(|(one, _)| one.within.is_some()).and_then(|(one, _)| one.note.as_ref());
    assert!(note.is_some_and(|note| note.simplified.contains('5')));
}
