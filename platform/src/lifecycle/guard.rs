//! What must be true before an act happens, one answer for each [`Guard`].

use super::{
    act::Act,
    clock::{CORRECTION_DAYS, EXTENSION_DAYS},
    facts::{Actor, Facts, World},
    rules::Guard,
    workflow::{Place, StepKind, moves_money},
};

/// The longest text that anybody may write into a case, in characters.
const LONGEST: usize = 2000;

/// Why a guard says no, in words for the person who acted.
pub(crate) fn check(
    guard: Guard,
    act: &Act,
    facts: &Facts,
    actor: Actor<'_>,
    world: &World<'_>,
) -> Result<(), &'static str> {
    let met = |good: bool, otherwise| if good { Ok(()) } else { Err(otherwise) };
    match guard {
        Guard::InTime => met(
            facts.notice_due_on.is_none_or(|due| world.today <= due),
            "收件已超过 5 个工作日，不能再要求补正，按规定视为受理",
        ),
        Guard::NoticeOver => met(
            facts.notice_due_on.is_some_and(|due| world.today > due) && world.workflow.deems(world.item),
            "还没有超过 5 个工作日",
        ),
        Guard::CorrectionOver => {
            met(facts.correction_due_on.is_some_and(|due| world.today > due), "补正期限还没有到")
        }
        Guard::GapsNamed => gaps(act),
        Guard::Reasoned => reasoned(act),
        Guard::Said => met(said(act), "请写明意见"),
        Guard::MaterialsComplete => {
            met(matches!(act, Act::Accept { materials_complete: true }), "请先核对材料齐全")
        }
        Guard::Routed => met(facts.routed, "还不知道归哪个社区办，请先转派社区"),
        Guard::FourEyes => four_eyes(facts, actor, world),
        Guard::StepDone => step_done(act, facts, world),
        Guard::NoticeMayOpen => met(may_publish(facts, world), "现在不能公示：不在公示环节，或者已经公示"),
        Guard::NoticeHangs => met(notice_counts(facts), "没有正在进行的公示"),
        Guard::NotFirst => met(world.workflow.before(&facts.place).is_some(), "前面没有可以退回的环节"),
        Guard::ProposedByAnother => proposed_by_another(facts, actor),
        Guard::NotProposed => met(facts.proposal.is_none(), "已经有一个特别程序等待批准"),
        Guard::NotExtended => met(
            facts.extended_days == 0
                && matches!(act, Act::Extend { days, .. } if (1..=EXTENSION_DAYS).contains(days)),
            "只能延长一次，1 到 10 个工作日",
        ),
        Guard::StepsDone => met(facts.place == Place::Decision, "前面的环节还没有办完"),
        Guard::Served => served(act),
    }
}

fn is_text(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= LONGEST
}

fn gaps(act: &Act) -> Result<(), &'static str> {
    let Act::RequireCorrection { gaps, within_days } = act else { return Err("请列出要补正的材料") };
    let named = |gap: &super::act::Gap| is_text(&gap.material) && is_text(&gap.opinion);
    if gaps.is_empty() || gaps.len() > 50 || !gaps.iter().all(named) {
        return Err("请一次列全要补正的材料，每项写明意见");
    }
    if CORRECTION_DAYS.contains(within_days) { Ok(()) } else { Err("补正期限是 1 到 60 个工作日") }
}

fn reasoned(act: &Act) -> Result<(), &'static str> {
    match act {
        Act::Refuse { reason, remedy } | Act::Deny { reason, remedy }
            if is_text(reason) && is_text(remedy) =>
        {
            Ok(())
        }
        _ => Err("请写明理由和救济途径"),
    }
}

fn said(act: &Act) -> bool {
    match act {
        Act::Correct { note } | Act::Resume { note } => is_text(note),
        Act::Pass { opinion, .. } | Act::Return { opinion } | Act::Grant { opinion } => is_text(opinion),
        Act::ProposeSuspension { reason, .. } | Act::Extend { reason, .. } | Act::Withdraw { reason } => {
            is_text(reason)
        }
        Act::Publish { amount } => {
            is_text(amount) && amount.chars().count() <= 40 && !has_long_number(amount)
        }
        Act::Object { content } => is_text(content),
        _ => true,
    }
}

/// Whether a text holds what could be a number of somebody: seven digits or more in a row.
pub(crate) fn has_long_number(text: &str) -> bool {
    text.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| word.len() >= 7)
}

fn four_eyes(facts: &Facts, actor: Actor<'_>, world: &World<'_>) -> Result<(), &'static str> {
    let Actor::Staff { id, .. } = actor else { return Ok(()) };
    let here = facts.place.text().unwrap_or_default();
    let counts = |step: &str| takes_four_eyes(&Place::read(Some(step)), world);
    let took_another = facts.taken.iter().any(|(step, by)| by == id && step != here && counts(step));
    if takes_four_eyes(&facts.place, world) && took_another {
        return Err("资金事项：同一个人不能办两个环节");
    }
    Ok(())
}

/// Whether the step at `place` is one of those that nobody takes two of.
pub(crate) fn takes_four_eyes(place: &Place, world: &World<'_>) -> bool {
    moves_money(world.item)
        && match place {
            Place::Decision => true,
            Place::Step(id) => world.workflow.step(id).is_some_and(|step| step.four_eyes),
            _ => false,
        }
}

/// What is done at the step where the case lies, if it lies at one.
pub(crate) fn step_kind(facts: &Facts, world: &World<'_>) -> Option<StepKind> {
    match &facts.place {
        Place::Step(id) => world.workflow.step(id).map(|step| step.kind),
        _ => None,
    }
}

/// Whether this is the step for a notice, and none hangs yet.
pub(crate) fn may_publish(facts: &Facts, world: &World<'_>) -> bool {
    step_kind(facts, world) == Some(StepKind::PublicNotice) && !notice_counts(facts)
}

/// Whether this step has a notice that nobody has objected to.
pub(crate) fn notice_counts(facts: &Facts) -> bool {
    facts
        .publicity
        .as_ref()
        .is_some_and(|notice| !notice.objected && Some(notice.step.as_str()) == facts.place.text())
}

fn step_done(act: &Act, facts: &Facts, world: &World<'_>) -> Result<(), &'static str> {
    match step_kind(facts, world) {
        None => Err("现在不在审核环节"),
        Some(StepKind::Review) => Ok(()),
        Some(StepKind::HomeVisit) => visited(act, facts, world),
        Some(StepKind::PublicNotice) => {
            let over = facts.publicity.as_ref().is_some_and(|notice| world.today > notice.closes_on);
            if notice_counts(facts) && over { Ok(()) } else { Err("公示还没有期满") }
        }
    }
}

fn visited(act: &Act, facts: &Facts, world: &World<'_>) -> Result<(), &'static str> {
    let Act::Pass { visit: Some(visit), .. } = act else { return Err("请填写入户调查记录") };
    let mut visitors: Vec<&str> = visit.visitors.iter().map(|name| name.trim()).collect();
    visitors.sort_unstable();
    visitors.dedup();
    visitors.retain(|name| is_text(name));
    if visitors.len() < 2 {
        return Err("入户调查要两个人以上");
    }
    if visit.on > world.today || visit.on < facts.received_on {
        return Err("入户日期不对");
    }
    if is_text(&visit.findings) && visit.signed {
        Ok(())
    } else {
        Err("入户调查要写明情况，双方签字")
    }
}

fn proposed_by_another(facts: &Facts, actor: Actor<'_>) -> Result<(), &'static str> {
    match (&facts.proposal, actor) {
        (None, _) => Err("没有等待批准的特别程序"),
        (Some(proposal), Actor::Staff { id, .. }) if proposal.by == id => Err("不能批准自己申请的特别程序"),
        _ => Ok(()),
    }
}

fn served(act: &Act) -> Result<(), &'static str> {
    match act {
        Act::Deliver { receiver, signed: true, .. } if is_text(receiver) => Ok(()),
        _ => Err("请写明领取人，核对身份并签收"),
    }
}
