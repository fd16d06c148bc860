//! The state machine: an act on a case either comes to the case as it is then, or to a reason why not.

use jiff::{ToSpan, civil::Date};

use super::{
    act::{Act, ActKind},
    clock,
    facts::{Actor, Facts, Pause, Proposal, Publicity, World},
    guard,
    rules::{self, Clock, DocumentKind, Rule, To, Who},
    state::{Outcome, State},
    workflow::Place,
};

/// Why an act does not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denial {
    /// There is no such act in this state.
    NotNow,
    /// Somebody else may, this person may not.
    NotYours,
    /// A guard says no, in these words.
    Guard(&'static str),
}

/// What an act comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) facts: Facts,
    pub(crate) document: Option<DocumentKind>,
}

/// Applies `act` to the case.
pub(crate) fn apply(facts: &Facts, act: &Act, actor: Actor<'_>, world: &World<'_>) -> Result<Done, Denial> {
    let rule = rules::rule(act.kind(), facts.state).ok_or(Denial::NotNow)?;
    if !may(rule.who, actor) {
        return Err(Denial::NotYours);
    }
    for wanted in rule.guards {
        guard::check(*wanted, act, facts, actor, world).map_err(Denial::Guard)?;
    }
    let mut facts = facts.clone();
    if let To::State(state) = rule.to {
        facts.state = state;
    }
    remember(&mut facts, act, actor, world);
    tick(&mut facts, rule, act, world);
    walk(&mut facts, act, world);
    facts.due = clock::due(&facts, world);
    Ok(Done { facts, document: rule.document })
}

/// The acts that a person may try now, guards aside: what the console offers.
pub(crate) fn offered(facts: &Facts, actor: Actor<'_>, world: &World<'_>) -> Vec<&'static Rule> {
    let may_be = |rule: &&Rule| {
        rule.from.contains(&facts.state) && may(rule.who, actor) && fits(rule.act, facts, world)
    };
    rules::RULES.iter().filter(may_be).collect()
}

/// Whether an act makes any sense at the desk where the case lies.
fn fits(act: ActKind, facts: &Facts, world: &World<'_>) -> bool {
    let decision = facts.place == Place::Decision;
    match act {
        ActKind::Grant | ActKind::Deny => decision,
        ActKind::Pass => matches!(facts.place, Place::Step(_)),
        ActKind::Publish => guard::may_publish(facts, world),
        ActKind::Object => guard::notice_counts(facts),
        ActKind::Return => world.workflow.before(&facts.place).is_some(),
        ActKind::Suspend => facts.proposal.is_some(),
        ActKind::ProposeSuspension => facts.proposal.is_none(),
        ActKind::Extend => facts.extended_days == 0,
        _ => true,
    }
}

fn may(who: Who, actor: Actor<'_>) -> bool {
    match (who, actor) {
        (Who::System, Actor::System) => true,
        (Who::Desk, Actor::Staff { desk, .. }) => desk,
        (Who::Approver, Actor::Staff { approver, .. }) => approver,
        (Who::Counter, Actor::Staff { counter, .. }) => counter,
        _ => false,
    }
}

/// What the act itself leaves in the case.
fn remember(facts: &mut Facts, act: &Act, actor: Actor<'_>, world: &World<'_>) {
    let by = match actor {
        Actor::Staff { id, .. } => id.to_owned(),
        Actor::System => String::new(),
    };
    let deciding = matches!(act, Act::Pass { .. } | Act::Grant { .. } | Act::Deny { .. });
    if deciding && guard::takes_four_eyes(&facts.place, world) {
        facts.taken.push((facts.place.text().unwrap_or_default().to_owned(), by.clone()));
    }
    match act {
        Act::Route { .. } => facts.routed = true,
        Act::Grant { .. } => facts.outcome = Some(Outcome::Granted),
        Act::Deny { .. } => facts.outcome = Some(Outcome::Denied),
        Act::DeemAccepted => facts.deemed = true,
        Act::ProposeSuspension { kind, reason } => {
            facts.proposal = Some(Proposal { kind: *kind, reason: reason.clone(), by });
        }
        Act::Publish { .. } => facts.publicity = opened(facts, world),
        Act::Object { .. } => {
            if let Some(notice) = &mut facts.publicity {
                notice.objected = true;
            }
        }
        _ => {}
    }
}

/// 公示: the day it is hung up is day 0, and calendar days count.
fn opened(facts: &Facts, world: &World<'_>) -> Option<Publicity> {
    let Place::Step(id) = &facts.place else { return None };
    let days = world.workflow.step(id)?.notice_days?;
    let closes_on = world.today.saturating_add(i64::from(days).days());
    Some(Publicity { step: id.clone(), closes_on, objected: false })
}

fn tick(facts: &mut Facts, rule: &Rule, act: &Act, world: &World<'_>) {
    match rule.clock {
        Clock::Untouched => {}
        Clock::NoticeBegins => {
            facts.correction_due_on = None;
            facts.notice_due_on = Some(clock::notice_due(world.today, world.calendar).on);
        }
        Clock::CorrectionBegins => {
            facts.notice_due_on = None;
            facts.correction_due_on = correction_due(act, world);
        }
        Clock::PromiseBegins => promise(facts, world.today),
        Clock::PromiseBeginsAtReceipt => promise(facts, facts.received_on),
        Clock::Stops => {
            if let Some(Proposal { kind, reason, .. }) = facts.proposal.take() {
                facts.pauses.push(Pause { kind, reason, from: world.today, to: None });
            }
        }
        Clock::Runs => stop_pausing(facts, world.today),
        Clock::Longer => {
            if let Act::Extend { days, .. } = act {
                facts.extended_days = *days;
            }
        }
        Clock::Ends => {
            facts.notice_due_on = None;
            facts.correction_due_on = None;
            facts.proposal = None;
            stop_pausing(facts, world.today);
        }
    }
}

fn correction_due(act: &Act, world: &World<'_>) -> Option<Date> {
    let Act::RequireCorrection { within_days, .. } = act else { return None };
    Some(world.calendar.working_days_after(world.today, *within_days).on)
}

fn promise(facts: &mut Facts, from: Date) {
    facts.notice_due_on = None;
    facts.accepted_on = Some(from);
}

fn stop_pausing(facts: &mut Facts, today: Date) {
    facts.pauses.iter_mut().filter(|pause| pause.to.is_none()).for_each(|pause| pause.to = Some(today));
}

/// On which desk the case lies after the act.
fn walk(facts: &mut Facts, act: &Act, world: &World<'_>) {
    let workflow = world.workflow;
    let next = match (act, &facts.place) {
        (Act::Accept { .. } | Act::DeemAccepted, _) => Some(workflow.first()),
        (Act::Pass { .. }, Place::Step(id)) => Some(workflow.after(id)),
        (Act::Return { .. }, place) => workflow.before(place),
        (Act::Object { .. }, Place::Step(id)) => {
            let back = workflow.step(id).and_then(|step| step.on_objection.clone());
            back.map(Place::Step)
        }
        (Act::Grant { .. } | Act::Deny { .. }, _) => Some(Place::Completion),
        (Act::Complete { .. }, _) => Some(Place::Delivery),
        _ => None,
    };
    if let Some(next) = next {
        facts.place = next;
    }
    if matches!(
        facts.state,
        State::NotAccepted | State::Withdrawn | State::Terminated | State::Delivered | State::Archived
    ) {
        facts.place = Place::Nowhere;
    }
}
