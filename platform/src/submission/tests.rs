use protocol::{Applicant, Channel, Consent, IdKind, PickupCode, Sex};

use super::*;
use crate::catalogue::Catalogue;

fn now() -> Timestamp {
    "2026-11-24T02:00:00Z".parse().unwrap()
}

fn fileable() -> Fileable {
    let catalogue = Catalogue::embedded().unwrap();
    let items =
        catalogue.items.into_iter().map(|item| (item.id.clone(), BTreeMap::from([(item.version, item)])));
    Fileable { items: items.collect(), consents: BTreeSet::from([catalogue.consent.version]) }
}

fn submission() -> CaseSubmission {
    let answers = [
        ("name", "张示例"),
        ("reason", "graduated"),
        ("unemployed_on", "2026-06-30"),
        ("education", "bachelor"),
        ("job_wish", "full_time"),
        ("phone", "13900000001"),
    ];
    CaseSubmission {
        item: "unemployment-registration".to_owned(),
        item_version: 2,
        pickup_code: PickupCode::from_random(7),
        channel: Channel::Kiosk,
        terminal_id: Some("LZ-0001".to_owned()),
        received_at: now(),
        applicant: Applicant {
            name: "张示例".to_owned(),
            id_kind: IdKind::ResidentIdCard,
            id_number: "519999199003074022".to_owned(),
            sex: Sex::Female,
            birth: "1990-03-07".parse().unwrap(),
            nation: Some("01".to_owned()),
            address: Some("示例市示例区示例路1号".to_owned()),
        },
        fields: answers.map(|(id, answer)| (id.to_owned(), answer.into())).into(),
        consent: Consent { notice_version: 1, given_at: now() },
    }
}

/// Kind and pointer of the refusal after `change`.
fn refused(change: impl FnOnce(&mut CaseSubmission)) -> (String, Option<String>) {
    let mut submission = submission();
    change(&mut submission);
    let problem = check(&submission, &fileable(), now()).unwrap_err();
    assert!(problem.detail.as_ref().is_some_and(|detail| !detail.is_ascii()), "in Chinese: {problem:?}");
    (problem.name().to_owned(), problem.pointer)
}

fn invalid(pointer: &str) -> (String, Option<String>) {
    ("invalid-field".to_owned(), Some(pointer.to_owned()))
}

#[test]
fn a_complete_submission_passes() {
    assert_eq!(check(&submission(), &fileable(), now()).unwrap().id, "unemployment-registration");
}

#[test]
fn an_item_a_version_and_a_notice_must_have_been_published() {
    let kind = |name: &str, pointer: &str| (name.to_owned(), Some(pointer.to_owned()));
    assert_eq!(refused(|case| case.item.push('x')), kind("item-unknown", "/item"));
    assert_eq!(refused(|case| case.item_version = 9), kind("item-version-unknown", "/item_version"));
    let notice = kind("consent-version-unknown", "/consent/notice_version");
    assert_eq!(refused(|case| case.consent.notice_version = 9), notice);
}

#[test]
fn a_clock_may_run_five_minutes_ahead_and_a_case_wait_sixty_days() {
    let minute = SignedDuration::from_mins(1);
    let at = |offset: SignedDuration| {
        let mut submission = submission();
        submission.received_at = now() + offset;
        check(&submission, &fileable(), now()).unwrap();
        believed(submission.received_at, now()).duration_since(now())
    };
    assert_eq!(at(AHEAD), AHEAD);
    assert_eq!(at(-WAITED), -WAITED);
    for impossible in [AHEAD + minute, -WAITED - minute, minute * 5_000_000, minute * -20_000_000] {
        assert_eq!(at(impossible), SignedDuration::ZERO, "the platform's own time is taken");
    }
}

#[test]
fn every_answer_is_held_against_its_question() {
    for (field, answer) in [
        ("reason", "bored"),
        ("reason", ""),
        ("unemployed_on", "2026-11-25"),
        ("unemployed_on", "1976-11-22"),
        ("unemployed_on", "20260630"),
        ("unemployed_on", "2026-02-30"),
        ("unemployed_on", "2026-06-30T00"),
        ("phone", "1390000000"),
        ("phone", "23900000001"),
        ("phone", "１３９００００００１１"),
        ("name", "李示例"),
        ("id_number", "519999195201010013"),
    ] {
        let told = refused(|case| drop(case.fields.insert(field.to_owned(), answer.into())));
        assert_eq!(told, invalid(&format!("/fields/{field}")), "{answer}");
    }
    assert_eq!(refused(|case| drop(case.fields.remove("phone"))), invalid("/fields/phone"));
    let strange = refused(|case| drop(case.fields.insert("a/b~c".to_owned(), "x".into())));
    assert_eq!(strange, invalid("/fields/a~1b~0c"));
}

#[test]
fn what_the_card_has_not_told_must_be_answered() {
    let sexless = |case: &mut CaseSubmission| case.applicant.sex = Sex::NotStated;
    assert_eq!(refused(sexless), invalid("/fields/sex"));
    let mut asked = submission();
    sexless(&mut asked);
    asked.fields.insert("sex".to_owned(), "女".into());
    assert!(check(&asked, &fileable(), now()).is_ok());
    let mut foreign = submission();
    (foreign.applicant.nation, foreign.applicant.address) = (None, None);
    assert!(check(&foreign, &fileable(), now()).is_ok(), "an address is not required: some cards have none");
}

#[test]
fn an_applicant_that_cannot_be_is_refused() {
    let id = |case: &mut CaseSubmission| case.applicant.id_number = "519999199003074023".to_owned();
    assert_eq!(refused(id), invalid("/applicant/id_number"));
    assert_eq!(refused(|case| case.applicant.name = "  ".to_owned()), invalid("/applicant/name"));
    assert_eq!(refused(|case| case.applicant.name.push('\u{0}')), invalid("/applicant/name"));
    let unborn = |case: &mut CaseSubmission| case.applicant.birth = "2026-11-25".parse().unwrap();
    assert_eq!(refused(unborn), invalid("/applicant/birth"));
    assert_eq!(refused(|case| case.applicant.nation = Some("汉".to_owned())), invalid("/applicant/nation"));
    let far = |case: &mut CaseSubmission| case.applicant.address = Some("远".repeat(201));
    assert_eq!(refused(far), invalid("/applicant/address"));
    for bad in ["", "a b", "示例", &"x".repeat(65)] {
        assert_eq!(refused(|case| case.terminal_id = Some(bad.to_owned())), invalid("/terminal_id"), "{bad}");
    }
}

#[test]
fn a_refusal_never_repeats_what_was_answered() {
    let mut submission = submission();
    submission.fields.insert("phone".to_owned(), "CANARY".into());
    let problem = check(&submission, &fileable(), now()).unwrap_err();
    assert!(!serde_json::to_string(&problem).unwrap().contains("CANARY"));
}
