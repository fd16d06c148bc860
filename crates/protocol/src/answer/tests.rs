use proptest::prelude::*;

use super::*;
use crate::{Field, IdKind, Text, When};

fn today() -> Date {
    "2026-11-24".parse().unwrap()
}

fn card() -> Applicant {
    Applicant {
        name: "张示例".to_owned(),
        id_kind: IdKind::ResidentIdCard,
        id_number: "519999199003074022".to_owned(),
        sex: Sex::Female,
        birth: "1990-03-07".parse().unwrap(),
        nation: None,
        address: None,
    }
}

fn field(id: &str, required: bool, kind: FieldKind) -> Field {
    Field {
        id: id.to_owned(),
        label: Text::zh(id),
        hint: None,
        required,
        known_from_card: None,
        when: None,
        kind,
    }
}

fn choice(values: &[&str]) -> FieldKind {
    let one = |value: &&str| crate::Choice { value: (*value).to_owned(), label: Text::zh(value) };
    FieldKind::Choice { choices: values.iter().map(one).collect() }
}

fn when(field: &str, is: &str) -> When {
    When { field: field.to_owned(), is: vec![is.to_owned()] }
}

/// Account, and the card that only a bank account has; a family of one or two.
fn fields() -> Vec<Field> {
    let text = FieldKind::Text { max_chars: 5 };
    let mut name = field("name", true, text.clone());
    name.known_from_card = Some(Knows::Name);
    let mut number = field("card", true, FieldKind::BankCard);
    number.when = Some(when("account", "bank"));
    let mut branch = field("branch", false, choice(&["town", "village"]));
    branch.when = Some(when("account", "bank"));
    let mut village = field("village", true, text.clone());
    village.when = Some(when("branch", "village"));
    let mut school = field("school", true, text.clone());
    school.when = Some(when("relation", "child"));
    let person =
        vec![field("name", true, text), field("relation", true, choice(&["spouse", "child"])), school];
    let family = field("family", true, FieldKind::PersonList { min: 1, max: 2, fields: person });
    vec![name, field("account", true, choice(&["bank", "cash"])), number, branch, village, family]
}

fn persons(persons: &[&[(&str, &str)]]) -> Answer {
    let person = |said: &&[(&str, &str)]| {
        said.iter().map(|(id, words)| ((*id).to_owned(), (*words).to_owned())).collect()
    };
    Answer::Persons(persons.iter().map(person).collect())
}

const SPOUSE: &[(&str, &str)] = &[("name", "李示例"), ("relation", "spouse")];

fn good() -> Answers {
    let words = |id: &str, words: &str| (id.to_owned(), Answer::from(words));
    let family = ("family".to_owned(), persons(&[SPOUSE]));
    [words("account", "bank"), words("card", "0000000000000018"), family].into()
}

#[test]
fn a_complete_form_passes_and_each_mistake_is_found_where_it_is() {
    let fields = fields();
    assert_eq!(check(&fields, &good(), &card(), today()), Ok(()));
    let family = |list: &[&[(&str, &str)]]| persons(list);
    for (id, answer, path, complaint) in [
        ("name", "李示例".into(), "name", Complaint::NotTheCard),
        ("account", "".into(), "account", Complaint::Missing),
        ("account", "gold".into(), "account", Complaint::Choice),
        ("account", "cash".into(), "card", Complaint::NotAsked),
        ("card", "0000000000000017".into(), "card", Complaint::BankCard),
        ("card", "".into(), "card", Complaint::Missing),
        ("branch", "village".into(), "village", Complaint::Missing),
        ("village", "示例村".into(), "village", Complaint::NotAsked),
        ("stranger", "x".into(), "stranger", Complaint::NotAsked),
        ("family", family(&[]), "family", Complaint::Missing),
        ("family", "李示例".into(), "family", Complaint::Missing),
        ("family", family(&[SPOUSE, SPOUSE, SPOUSE]), "family", Complaint::TooMany),
        ("family", family(&[SPOUSE, &SPOUSE[..1]]), "family/1/relation", Complaint::Missing),
        ("family", family(&[&[("name", "示例示例示例"), SPOUSE[1]]]), "family/0/name", Complaint::Text),
        ("family", family(&[&[SPOUSE[0], ("relation", "child")]]), "family/0/school", Complaint::Missing),
        (
            "family",
            family(&[&[SPOUSE[0], SPOUSE[1], ("school", "x")]]),
            "family/0/school",
            Complaint::NotAsked,
        ),
        ("family", family(&[&[SPOUSE[0], SPOUSE[1], ("x", "x")]]), "family/0/x", Complaint::NotAsked),
    ] {
        let mut answers = good();
        answers.insert(id.to_owned(), answer);
        let wrong = check(&fields, &answers, &card(), today()).unwrap_err();
        assert_eq!((wrong.path.join("/").as_str(), wrong.complaint), (path, complaint), "{id}");
    }
}

#[test]
fn an_answer_is_written_in_one_way() {
    let number = FieldKind::Number { min: 2, max: 120, unit: None };
    let money = FieldKind::Money { min_fen: 0, max_fen: 99 };
    let date = FieldKind::Date { years_back: 1, future: false };
    let address = FieldKind::Address { max_chars: 8 };
    for (kind, goods, bads) in [
        (&number, ["2", "7", "120"], ["1", "007", "121"]),
        (&number, ["2", "7", "120"], ["", "１２", "99999999999999999999"]),
        (&money, ["0", "9", "99"], ["100", "1.0", "-1"]),
        (&date, ["2026-11-24", "2025-11-24", "2025-11-23"], ["2026-11-25", "2025-11-22", "20261124"]),
        (&address, ["示例路1号", "示例路100号", "示例镇示例村1组"], ["1号", "    ", "示例路1号\n"]),
        (
            &FieldKind::IdNumber,
            ["519999195201010013", "11010519491231002X", "519999201509110035"],
            ["519999195201010014", "11010519491231002x", "示例"],
        ),
        (&FieldKind::Phone, ["13900000001", "19900000001", "10000000000"], ["1390000000", "23900000001", ""]),
    ] {
        for good in goods {
            assert_eq!(kind.check(good, today()), Ok(()), "{kind:?} {good}");
        }
        for bad in bads {
            assert!(kind.check(bad, today()).is_err(), "{kind:?} {bad}");
        }
    }
}

#[test]
fn an_answer_is_words_or_people_on_the_wire_and_nothing_in_a_log() {
    for (answer, json) in [
        (Answer::from("示例"), r#""示例""#),
        (persons(&[SPOUSE]), r#"[{"name":"李示例","relation":"spouse"}]"#),
        (persons(&[]), "[]"),
    ] {
        assert_eq!(serde_json::to_string(&answer).unwrap(), json);
        assert_eq!(serde_json::from_str::<Answer>(json).unwrap(), answer);
        assert!(!format!("{answer:?}").contains("示例"));
    }
    for bad in ["1", "null", "{}", "[1]", r#"[{"name":1}]"#] {
        assert!(serde_json::from_str::<Answer>(bad).is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn no_answers_make_the_check_panic(said in prop::collection::btree_map("[a-z]{1,8}|account|card|family", ".{0,20}", 0..6)) {
        let answers: Answers = said.iter().map(|(id, words)| (id.clone(), words.as_str().into())).collect();
        let _ = check(&fields(), &answers, &card(), today());
        let list = Answer::Persons(vec![said]);
        let _ = check(&fields(), &[("family".to_owned(), list)].into(), &card(), today());
    }
}
