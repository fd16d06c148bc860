//! When a case is due, from the intervals that are stored and never from a counter.

use jiff::civil::Date;
use protocol::{Limit, LimitUnit};

use super::facts::{Facts, Pause, World};
use crate::calendar::{Due, WorkCalendar};

/// 一次性告知: working days in which an applicant must hear what is missing (行政许可法 §32).
pub(crate) const NOTICE_DAYS: u32 = 5;
/// 延长审批: at most so many working days.
pub(crate) const EXTENSION_DAYS: u32 = 10;
/// 补正: an applicant gets at least and at most so many working days.
pub(crate) const CORRECTION_DAYS: std::ops::RangeInclusive<u32> = 1..=60;

/// When the notice about a receipt must be out.
pub(crate) fn notice_due(received_on: Date, calendar: &WorkCalendar) -> Due {
    calendar.working_days_after(received_on, NOTICE_DAYS)
}

/// When the promise is due, without the time that stood still. A stop that has not ended counts until today, so that
/// the day shown moves on while it lasts.
pub(crate) fn due(facts: &Facts, world: &World<'_>) -> Option<Due> {
    let accepted = facts.accepted_on?;
    let first = counted(accepted, world.item.promised, &facts.pauses, world);
    if facts.extended_days == 0 {
        return Some(first);
    }
    // 延长 is in working days, whatever the promise counts in.
    let longer = Limit { n: facts.extended_days, unit: LimitUnit::WorkingDay };
    let then = counted(first.on, longer, &facts.pauses, world);
    Some(Due { on: then.on, provisional: first.provisional || then.provisional })
}

fn counted(from: Date, limit: Limit, pauses: &[Pause], world: &World<'_>) -> Due {
    let stopped =
        |day: Date| pauses.iter().any(|pause| day > pause.from && day <= pause.to.unwrap_or(world.today));
    world.calendar.due_without(from, limit, stopped)
}
