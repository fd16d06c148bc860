//! 电子监察: how a clock looks today (domain model §2.9).

use jiff::civil::Date;
use protocol::LimitUnit;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    clock::NOTICE_DAYS,
    facts::{Facts, World},
    state::State,
};
use crate::calendar::WorkCalendar;

/// 监察灯.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Light {
    /// 红: overdue. A case that was late keeps it.
    Red,
    /// 黄: at most a fifth of the time or one working day is left.
    Yellow,
    /// 绿.
    Green,
    /// 灰: the clock stands still, or nothing runs.
    Grey,
}

impl Light {
    /// The word beside the colour: nobody has to tell colours apart.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Red => "红灯 超期",
            Self::Yellow => "黄灯 临期",
            Self::Green => "绿灯 正常",
            Self::Grey => "灰灯 停钟",
        }
    }
}

/// The light of a case, by the clock that runs in its state.
pub(crate) fn of(facts: &Facts, late: bool, world: &World<'_>) -> Light {
    if late {
        return Light::Red;
    }
    let running = match facts.state {
        State::Received => facts.notice_due_on.map(|due| (due, NOTICE_DAYS)),
        State::Accepted | State::InReview => {
            let whole = whole_days(facts, world);
            facts.due.map(|due| (due.on, whole))
        }
        _ => None,
    };
    running.map_or(Light::Grey, |(due, whole)| colour(due, whole, world.today, world.calendar))
}

/// How many working days the whole promise has.
fn whole_days(facts: &Facts, world: &World<'_>) -> u32 {
    let promised = world.item.promised;
    let days = match promised.unit {
        LimitUnit::Instant => 0,
        LimitUnit::WorkingDay => promised.n,
        LimitUnit::CalendarDay => promised.n * 5 / 7,
    };
    days + facts.extended_days
}

/// How a day looks that has `whole` working days before it.
pub(super) fn colour(due: Date, whole: u32, today: Date, calendar: &WorkCalendar) -> Light {
    if today > due {
        return Light::Red;
    }
    let left = calendar.working_days_between(today, due);
    if left <= 1 || left * 5 <= whole { Light::Yellow } else { Light::Green }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_light_turns_at_a_fifth_of_the_time_and_on_the_day_after_the_last() {
        let calendar = WorkCalendar::embedded().unwrap();
        // Accepted on 17 June 2026 with thirty working days: due on 30 July.
        let due = date(2026, 7, 30);
        let seen = |day| colour(due, 30, day, &calendar);
        assert_eq!(seen(date(2026, 7, 21)), Light::Green, "seven left");
        assert_eq!(seen(date(2026, 7, 22)), Light::Yellow, "six left, a fifth");
        assert_eq!(seen(due), Light::Yellow, "the last day is in time");
        assert_eq!(seen(date(2026, 7, 31)), Light::Red);
    }

    #[test]
    fn a_short_promise_is_yellow_on_its_last_day_but_one() {
        let calendar = WorkCalendar::embedded().unwrap();
        let seen = |day| colour(date(2026, 11, 27), 3, day, &calendar);
        assert_eq!(seen(date(2026, 11, 25)), Light::Green);
        assert_eq!(seen(date(2026, 11, 26)), Light::Yellow);
    }
}
