use std::{collections::BTreeSet, sync::LazyLock};

use jiff::{
    ToSpan,
    civil::{Date, Weekday, date},
};
use proptest::prelude::*;
use protocol::ServiceItem;

use super::{
    act::{Act, DeliveryMethod, Gap, HomeVisit, SuspensionKind},
    clock,
    facts::{Actor, Facts, Pause, World},
    machine::{Denial, Done, apply},
    rules::{Clock, DocumentKind, RULES, To, Who},
    state::{Outcome, State},
    workflow::{self, Place, StepKind, Workflow},
};
use crate::{calendar::WorkCalendar, catalogue::Catalogue};

fn item(id: &str) -> ServiceItem {
    static ITEMS: LazyLock<Vec<ServiceItem>> = LazyLock::new(|| Catalogue::embedded().unwrap().items);
    ITEMS.iter().find(|item| item.id == id).unwrap().clone()
}

fn flow(id: &str) -> Workflow {
    static WORKFLOWS: LazyLock<Vec<Workflow>> = LazyLock::new(|| workflow::shipped().unwrap());
    WORKFLOWS.iter().find(|workflow| workflow.id == id).unwrap().clone()
}

fn calendar() -> WorkCalendar {
    static CALENDAR: LazyLock<WorkCalendar> = LazyLock::new(|| WorkCalendar::embedded().unwrap());
    CALENDAR.clone()
}

/// A case in somebody's hands, with everything that judges it.
struct Desk {
    item: ServiceItem,
    workflow: Workflow,
    calendar: WorkCalendar,
    today: Date,
    facts: Facts,
}

const ALL_HANDS: bool = true;

impl Desk {
    fn new(id: &str, today: Date) -> Self {
        let item = item(id);
        let workflow = flow(&crate::store::columns::name_of(item.workflow.unwrap()).unwrap());
        let calendar = calendar();
        let facts = Facts {
            state: State::Received,
            outcome: None,
            place: Place::Intake,
            received_on: today,
            accepted_on: None,
            deemed: false,
            notice_due_on: Some(clock::notice_due(today, &calendar).on),
            correction_due_on: None,
            extended_days: 0,
            pauses: Vec::new(),
            proposal: None,
            publicity: None,
            taken: Vec::new(),
            routed: true,
            due: None,
        };
        Self { item, workflow, calendar, today, facts }
    }

    fn world(&self) -> World<'_> {
        World { item: &self.item, workflow: &self.workflow, calendar: &self.calendar, today: self.today }
    }

    fn try_as(&self, id: &str, act: &Act) -> Result<Done, Denial> {
        let actor = Actor::Staff { id, desk: ALL_HANDS, approver: ALL_HANDS, counter: ALL_HANDS };
        apply(&self.facts, act, actor, &self.world())
    }

    fn does(&mut self, id: &str, act: &Act) -> Option<DocumentKind> {
        let done = self.try_as(id, act).unwrap_or_else(|denial| panic!("{act:?}: {denial:?}"));
        self.facts = done.facts;
        done.document
    }

    fn refuses(&self, id: &str, act: &Act, word: &str) {
        match self.try_as(id, act) {
            Err(Denial::Guard(why)) => assert!(why.contains(word), "{why}"),
            other => panic!("{act:?}: {other:?}"),
        }
    }

    fn clock(&mut self, act: &Act) -> Result<Option<DocumentKind>, Denial> {
        let done = apply(&self.facts, act, Actor::System, &self.world())?;
        self.facts = done.facts;
        Ok(done.document)
    }

    fn place(&self) -> &str {
        self.facts.place.text().unwrap_or("-")
    }
}

fn accept() -> Act {
    Act::Accept { materials_complete: true }
}

fn pass() -> Act {
    Act::Pass { opinion: "同意".to_owned(), visit: None }
}

fn visit(on: Date, visitors: &[&str]) -> Act {
    let visitors = visitors.iter().map(|&name| name.to_owned()).collect();
    let visit = HomeVisit { on, visitors, findings: "情况属实".to_owned(), signed: true };
    Act::Pass { opinion: "同意".to_owned(), visit: Some(visit) }
}

fn grant() -> Act {
    Act::Grant { opinion: "同意".to_owned() }
}

fn correction() -> Act {
    let gap = Gap { material: "户口簿".to_owned(), opinion: "缺本人页".to_owned() };
    Act::RequireCorrection { gaps: vec![gap], within_days: 10 }
}

fn publish() -> Act {
    Act::Publish { amount: "每月 500 元以下".to_owned() }
}

fn propose() -> Act {
    Act::ProposeSuspension { kind: SuspensionKind::ExpertReview, reason: "需要专家评审".to_owned() }
}

/// The life of a case as it stands in the domain model, written down once more: act, from, to, who, document.
const DRAWN: &str = "\
Route Received = Counter -
RequireCorrection Received CorrectionRequired Desk CorrectionNotice
Correct CorrectionRequired Received Counter IntakeReceipt
Lapse CorrectionRequired Terminated System -
Refuse Received NotAccepted Desk RefusalNotice
Accept Received Accepted Desk AcceptanceNotice
DeemAccepted Received Accepted System AcceptanceNotice
Publish Accepted,InReview InReview Desk PublicityNotice
Object Accepted,InReview InReview Desk -
Pass Accepted,InReview InReview Desk -
Return InReview = Desk -
ProposeSuspension Accepted,InReview InReview Desk -
Suspend InReview Suspended Approver SpecialProcedureNotice
Resume Suspended InReview Desk -
Extend Accepted,InReview InReview Approver ExtensionNotice
Grant Accepted,InReview Decided Desk GrantDecision
Deny Accepted,InReview Decided Desk DenialDecision
Complete Decided Completed Desk CompletionNotice
Deliver Completed Delivered Counter ServiceReturn
Archive Delivered,NotAccepted,Withdrawn,Terminated Archived Counter ArchivePackage
Withdraw Received,CorrectionRequired,Accepted,InReview,Suspended Withdrawn Counter -";

#[test]
fn the_table_is_the_one_that_was_drawn() {
    let lines: Vec<String> = RULES
        .iter()
        .map(|rule| {
            let from: Vec<String> = rule.from.iter().map(|state| format!("{state:?}")).collect();
            let to = match rule.to {
                To::State(state) => format!("{state:?}"),
                To::Same => "=".to_owned(),
            };
            let document = rule.document.map_or_else(|| "-".to_owned(), |kind| format!("{kind:?}"));
            format!("{:?} {} {to} {:?} {document}", rule.act, from.join(","), rule.who)
        })
        .collect();
    assert_eq!(lines.join("\n"), DRAWN);
}

#[test]
fn every_state_is_reached_and_none_but_the_archive_is_a_dead_end() {
    let leads_to: BTreeSet<State> = RULES
        .iter()
        .filter_map(|rule| match rule.to {
            To::State(state) => Some(state),
            To::Same => None,
        })
        .collect();
    for state in State::ALL {
        assert!(state == State::Received || leads_to.contains(&state), "{state:?} is never reached");
        let leaves = RULES.iter().any(|rule| rule.from.contains(&state));
        assert_eq!(leaves, state != State::Archived, "{state:?}");
    }
    // Nothing that ends a clock leaves one running, and only the system acts for itself.
    for rule in RULES {
        assert_eq!(
            rule.who == Who::System,
            format!("{:?}", rule.act).contains("Deem") || format!("{:?}", rule.act) == "Lapse"
        );
        assert!(rule.clock != Clock::Ends || !matches!(rule.to, To::State(state) if state.is_open()));
    }
}

#[test]
fn relief_goes_through_three_levels_with_a_visit_by_two_and_seven_days_on_the_board() {
    let mut desk = Desk::new("minimum-living-allowance", date(2026, 11, 24));
    assert_eq!(desk.does("street", &accept()), Some(DocumentKind::AcceptanceNotice));
    assert_eq!((desk.facts.state, desk.place()), (State::Accepted, "community-opinion"));
    desk.does("worker", &pass());
    assert_eq!((desk.facts.state, desk.place()), (State::InReview, "means-check"));
    desk.does("street", &pass());
    desk.refuses("street", &pass(), "入户调查记录");
    desk.refuses("street", &visit(desk.today, &["甲", "甲 "]), "两个人");
    desk.refuses("street", &visit(desk.today.tomorrow().unwrap(), &["甲", "乙"]), "入户日期");
    desk.does("street", &visit(desk.today, &["甲", "乙"]));
    assert_eq!(desk.place(), "subdistrict-review");
    desk.does("reviewer", &pass());

    assert_eq!(desk.place(), "public-notice");
    desk.refuses("worker", &pass(), "期满");
    desk.refuses("worker", &Act::Publish { amount: "519999195201010013".to_owned() }, "写明");
    assert_eq!(desk.does("worker", &publish()), Some(DocumentKind::PublicityNotice));
    desk.refuses("worker", &publish(), "已经公示");
    desk.today = date(2026, 12, 1);
    desk.refuses("worker", &pass(), "期满");
    desk.today = date(2026, 12, 2);
    desk.does("worker", &pass());

    assert_eq!(desk.place(), "district-review");
    desk.refuses("reviewer", &pass(), "同一个人");
    desk.does("district", &pass());
    desk.refuses("district", &grant(), "同一个人");
    assert_eq!(desk.does("head", &grant()), Some(DocumentKind::GrantDecision));
    assert_eq!((desk.facts.state, desk.facts.outcome), (State::Decided, Some(Outcome::Granted)));
    desk.does("street", &Act::Complete { result_no: String::new() });
    assert_eq!(desk.place(), "delivery");
    let unsigned =
        Act::Deliver { method: DeliveryMethod::Counter, receiver: "本人".to_owned(), signed: false };
    desk.refuses("clerk", &unsigned, "签收");
    let signed =
        Act::Deliver { method: DeliveryMethod::Counter, receiver: "本人".to_owned(), signed: true };
    assert_eq!(desk.does("clerk", &signed), Some(DocumentKind::ServiceReturn));
    assert_eq!(desk.does("clerk", &Act::Archive), Some(DocumentKind::ArchivePackage));
    assert_eq!((desk.facts.state, desk.place()), (State::Archived, "-"));
}

#[test]
fn an_objection_sends_relief_back_to_the_visit_and_it_is_published_again() {
    let mut desk = Desk::new("minimum-living-allowance", date(2026, 11, 24));
    for (id, act) in [
        ("s", accept()),
        ("w", pass()),
        ("s", pass()),
        ("s", visit(desk.today, &["甲", "乙"])),
        ("r", pass()),
    ] {
        desk.does(id, &act);
    }
    desk.refuses("w", &Act::Object { content: "另有收入".to_owned() }, "没有正在进行");
    desk.does("w", &publish());
    desk.does("w", &Act::Object { content: "另有收入".to_owned() });
    assert_eq!(desk.place(), "home-visit");
    desk.does("s", &visit(desk.today, &["甲", "乙"]));
    desk.does("r", &pass());
    desk.today = date(2026, 12, 20);
    desk.refuses("w", &pass(), "期满");
    desk.does("w", &publish());
    desk.today = date(2026, 12, 28);
    desk.does("w", &pass());
    assert_eq!(desk.place(), "district-review");
}

#[test]
fn a_correction_is_told_once_in_time_and_starts_the_five_days_again() {
    // Received on a Sunday: the fifth working day is the Friday.
    let mut desk = Desk::new("minimum-living-allowance", date(2026, 11, 22));
    desk.today = date(2026, 11, 28);
    desk.refuses("s", &correction(), "视为受理");
    desk.today = date(2026, 11, 27);
    let empty = Act::RequireCorrection { gaps: Vec::new(), within_days: 10 };
    desk.refuses("s", &empty, "一次列全");
    assert_eq!(desk.does("s", &correction()), Some(DocumentKind::CorrectionNotice));
    assert_eq!(desk.try_as("s", &correction()), Err(Denial::NotNow), "one open notice");
    assert_eq!(desk.facts.correction_due_on, Some(date(2026, 12, 11)));
    assert_eq!(desk.facts.due, None, "no promise is running");
    assert_eq!(desk.clock(&Act::DeemAccepted), Err(Denial::NotNow), "the clock of the five days is closed");
    desk.today = date(2026, 12, 10);
    desk.does("c", &Act::Correct { note: "已交户口簿本人页".to_owned() });
    assert_eq!(desk.facts.notice_due_on, Some(date(2026, 12, 17)));
    desk.does("s", &accept());
    assert_eq!(desk.facts.accepted_on, Some(date(2026, 12, 10)));
}

#[test]
fn what_never_comes_ends_the_case_and_what_nobody_answers_is_deemed_accepted() {
    let mut desk = Desk::new("minimum-living-allowance", date(2026, 11, 24));
    assert_eq!(desk.facts.notice_due_on, Some(date(2026, 12, 1)));
    desk.today = date(2026, 12, 1);
    assert!(matches!(desk.clock(&Act::DeemAccepted), Err(Denial::Guard(_))), "the last day is theirs");
    desk.today = date(2026, 12, 2);
    assert_eq!(desk.clock(&Act::DeemAccepted), Ok(Some(DocumentKind::AcceptanceNotice)));
    assert_eq!((desk.facts.state, desk.facts.deemed), (State::Accepted, true));
    assert_eq!(desk.facts.accepted_on, Some(date(2026, 11, 24)), "as of the day of receipt");

    let mut desk = Desk::new("minimum-living-allowance", date(2026, 11, 24));
    desk.does("s", &correction());
    assert!(matches!(desk.clock(&Act::Lapse), Err(Denial::Guard(_))));
    desk.today = date(2026, 12, 9);
    desk.clock(&Act::Lapse).unwrap();
    assert_eq!((desk.facts.state, desk.place()), (State::Terminated, "-"));
}

#[test]
fn an_item_without_deemed_acceptance_waits() {
    let mut desk = Desk::new("minimum-living-allowance", date(2026, 11, 24));
    desk.workflow.without_deemed_acceptance.push(desk.item.id.clone());
    desk.today = date(2026, 12, 24);
    assert!(matches!(desk.clock(&Act::DeemAccepted), Err(Denial::Guard(_))));
}

#[test]
fn a_special_procedure_wants_two_people_and_its_days_do_not_count() {
    let mut desk = Desk::new("chronic-disease-benefit", date(2026, 6, 1));
    desk.does("s", &accept());
    let promised = desk.facts.due.unwrap().on;
    assert_eq!(promised, date(2026, 6, 30), "twenty working days, the 19th is a holiday");
    desk.today = date(2026, 6, 3);
    assert_eq!(desk.try_as("a", &Act::Suspend), Err(Denial::NotNow), "nobody has asked for it");
    desk.does("r", &propose());
    desk.refuses("r", &Act::Suspend, "自己");
    assert_eq!(desk.does("a", &Act::Suspend), Some(DocumentKind::SpecialProcedureNotice));
    desk.today = date(2026, 6, 10);
    desk.does("r", &Act::Resume { note: "评审通过".to_owned() });
    // The 4th, 5th, 8th, 9th and 10th are five working days.
    assert_eq!(desk.facts.due.unwrap().on, date(2026, 7, 7));
    assert_eq!(
        desk.does("a", &Act::Extend { days: 10, reason: "情况复杂".to_owned() }),
        Some(DocumentKind::ExtensionNotice)
    );
    assert_eq!(desk.facts.due.unwrap().on, date(2026, 7, 21));
    desk.refuses("a", &Act::Extend { days: 1, reason: "还要".to_owned() }, "一次");
}

#[test]
fn who_does_not_sit_there_may_not() {
    let desk = Desk::new("minimum-living-allowance", date(2026, 11, 24));
    let nobody = Actor::Staff { id: "x", desk: false, approver: false, counter: false };
    for (act, who) in [(accept(), Who::Desk), (Act::Withdraw { reason: "不办了".to_owned() }, Who::Counter)]
    {
        assert_eq!(apply(&desk.facts, &act, nobody, &desk.world()), Err(Denial::NotYours), "{who:?}");
        assert_eq!(apply(&desk.facts, &act, Actor::System, &desk.world()), Err(Denial::NotYours));
    }
    assert_eq!(desk.try_as("s", &Act::DeemAccepted), Err(Denial::NotYours), "that is the clock's");
}

#[test]
fn a_workflow_that_contradicts_itself_is_refused_by_its_key() {
    let good = include_str!("../../../assets/workflows/relief.toml");
    assert_eq!(workflow::parse("relief.toml", good).unwrap().steps.len(), 6);
    for (from, to, told) in [
        ("notice_days = 7", "", "steps.4.notice_days"),
        ("on_objection = \"home-visit\"", "on_objection = \"district-review\"", "steps.4.on_objection"),
        ("id = \"means-check\"", "id = \"decision\"", "steps.1.id"),
        ("role = \"approver\"", "role = \"auditor\"", "decision.role"),
        ("version = 1", "version = 1\nwhat = 1", "what"),
    ] {
        let error = workflow::parse("relief.toml", &good.replace(from, to)).unwrap_err().to_string();
        assert!(error.contains(told) && error.contains("relief.toml"), "{told}: {error}");
    }
}

#[test]
fn every_item_finds_its_workflow_and_every_money_item_has_two_steps_for_four_eyes() {
    for item in Catalogue::embedded().unwrap().items {
        let workflow = flow(&crate::store::columns::name_of(item.workflow.unwrap()).unwrap());
        let reviewed = item.kind == protocol::CaseKind::Promised && workflow.id != "appointment";
        if workflow::moves_money(&item) && reviewed {
            assert!(workflow.steps.iter().any(|step| step.four_eyes), "{}", item.id);
        }
        let notices = workflow.steps.iter().filter(|step| step.kind == StepKind::PublicNotice);
        assert!(notices.count() <= 1, "{}", workflow.id);
    }
}

/// Holidays and make-up days of 2025 and 2026, written by hand after the two notices: nothing of the calendar's own.
fn is_worked(day: Date) -> bool {
    let worked = [
        "2025-01-26",
        "2025-02-08",
        "2025-04-27",
        "2025-09-28",
        "2025-10-11",
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ];
    let off = [
        ("2025-01-01", 1),
        ("2025-01-28", 8),
        ("2025-04-04", 3),
        ("2025-05-01", 5),
        ("2025-05-31", 3),
        ("2025-10-01", 8),
        ("2026-01-01", 3),
        ("2026-02-15", 9),
        ("2026-04-04", 3),
        ("2026-05-01", 5),
        ("2026-06-19", 3),
        ("2026-09-25", 3),
        ("2026-10-01", 7),
    ];
    let is = |text: &str| text.parse::<Date>().unwrap();
    if worked.iter().any(|text| is(text) == day) {
        return true;
    }
    if off.iter().any(|(from, n)| (0..*n).any(|plus: i64| is(from) + plus.days() == day)) {
        return false;
    }
    if day.year() > 2026 && matches!((day.month(), day.day()), (1, 1) | (5, 1..=2) | (10, 1..=3)) {
        return false;
    }
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Day by day, one stroke for each that counts.
fn reckoned(accepted: Date, days: u32, extended: u32, pause: Option<(Date, Date)>) -> Date {
    let (mut day, mut strokes) = (accepted, 0);
    while strokes < days + extended {
        day = day.tomorrow().unwrap();
        let stopped = pause.is_some_and(|(from, to)| from < day && day <= to);
        strokes += u32::from(is_worked(day) && !stopped);
    }
    day
}

#[test]
fn a_year_of_filings_is_due_when_a_second_reckoning_says() {
    let (mut day, mut filed, mut provisional) = (date(2025, 12, 1), 0, 0);
    let mut seed = 7u64;
    let mut dice = move |sides: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % sides
    };
    let items = ["minimum-living-allowance", "temporary-relief", "chronic-disease-benefit", "startup-loan"];
    while day < date(2026, 12, 1) {
        let id = items[usize::try_from(dice(4)).unwrap()];
        let mut desk = Desk::new(id, day);
        // Accepted up to five days later, on any day: machines and counters keep no office hours.
        let notice = desk.facts.notice_due_on.unwrap();
        assert_eq!(notice, reckoned(day, 5, 0, None), "received on {day}");
        desk.today = day + i64::try_from(dice(6)).unwrap().days();
        let accepted = desk.today;
        desk.does("s", &accept());
        let days = desk.item.promised.n;
        assert_eq!(
            desk.facts.due.unwrap().on,
            reckoned(accepted, days, 0, None),
            "{id} accepted on {accepted}"
        );
        let mut pause = None;
        if dice(2) == 0 {
            desk.today = accepted + i64::try_from(dice(10)).unwrap().days();
            let from = desk.today;
            desk.does("r", &propose());
            desk.does("a", &Act::Suspend);
            desk.today = from + i64::try_from(dice(40)).unwrap().days();
            desk.does("r", &Act::Resume { note: "好了".to_owned() });
            pause = Some((from, desk.today));
        }
        let extended = u32::try_from(dice(11)).unwrap();
        if extended > 0 {
            desk.does("a", &Act::Extend { days: extended, reason: "情况复杂".to_owned() });
        }
        let due = desk.facts.due.unwrap();
        assert_eq!(
            due.on,
            reckoned(accepted, days, extended, pause),
            "{id} accepted on {accepted}, {pause:?}"
        );
        provisional += u32::from(due.provisional);
        assert_eq!(due.provisional, due.on.year() > 2026, "{id} due on {}", due.on);
        filed += 1;
        // About two a day.
        day = if dice(2) == 0 { day.tomorrow().unwrap() } else { day };
    }
    assert!(filed > 600 && provisional > 10, "{filed} filed, {provisional} provisional");
}

/// What anybody might try.
fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        Just(accept()),
        Just(correction()),
        Just(Act::Correct { note: "来了".to_owned() }),
        Just(pass()),
        (0i64..3).prop_map(|ago| visit(date(2026, 11, 24) + ago.days(), &["甲", "乙"])),
        Just(Act::Return { opinion: "再看".to_owned() }),
        Just(propose()),
        Just(Act::Suspend),
        Just(Act::Resume { note: "好了".to_owned() }),
        (0u32..15).prop_map(|days| Act::Extend { days, reason: "复杂".to_owned() }),
        Just(publish()),
        Just(Act::Object { content: "有异议".to_owned() }),
        Just(grant()),
        Just(Act::Deny { reason: "不符合".to_owned(), remedy: "复议".to_owned() }),
        Just(Act::Refuse { reason: "不归我们".to_owned(), remedy: "复议".to_owned() }),
        Just(Act::Complete { result_no: String::new() }),
        Just(Act::Deliver { method: DeliveryMethod::Express, receiver: "本人".to_owned(), signed: true }),
        Just(Act::Archive),
        Just(Act::Withdraw { reason: "不办了".to_owned() }),
        Just(Act::DeemAccepted),
        Just(Act::Lapse),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn whatever_people_try_a_case_stays_in_order(
        acts in prop::collection::vec((any_act(), 0usize..4, 0i64..6, any::<bool>()), 1..80),
        which in 0usize..3,
    ) {
        let ids = ["minimum-living-allowance", "outpatient-reimbursement", "employment-hardship"];
        let mut desk = Desk::new(ids[which], date(2026, 11, 24));
        let people = ["one", "two", "three", "four"];
        for (act, person, days, system) in acts {
            desk.today += days.days();
            let actor = if system { Actor::System } else { Actor::Staff { id: people[person], desk: true, approver: true, counter: true } };
            let before = desk.facts.clone();
            if let Ok(done) = apply(&desk.facts, &act, actor, &desk.world()) {
                desk.facts = done.facts;
            }
            let facts = &desk.facts;
            prop_assert!(facts.outcome.is_some() || !matches!(facts.state, State::Decided | State::Completed | State::Delivered));
            prop_assert_eq!(facts.accepted_on.is_some(), facts.due.is_some());
            prop_assert!(before.accepted_on.is_none() || facts.accepted_on == before.accepted_on, "a promise is made once");
            prop_assert!(facts.pauses.iter().filter(|pause| pause.to.is_none()).count() <= 1);
            let standing = facts.pauses.iter().any(|pause: &Pause| pause.to.is_none());
            prop_assert_eq!(facts.state == State::Suspended, standing, "the clock stands still when it says so");
            if desk.item.fields.iter().any(|field| matches!(field.kind, protocol::FieldKind::BankCard)) {
                for (step, by) in &facts.taken {
                    let twice = facts.taken.iter().any(|(other, who)| who == by && other != step);
                    prop_assert!(!twice, "one person at two steps that move money: {:?}", facts.taken);
                }
            }
            if facts.state == State::Decided {
                prop_assert_eq!(&facts.place, &Place::Completion);
            }
        }
    }
}
