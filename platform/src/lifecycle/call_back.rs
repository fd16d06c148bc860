//! 差评回访: whoever was not satisfied is asked why, and hears what became of it (domain model §2.10).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::light::{self, Light};
use crate::calendar::WorkCalendar;

/// 4 不满意 and 5 非常不满意.
pub(crate) const NEGATIVE: u8 = 4;
/// Working days until the first call.
pub(crate) const CONTACT_DAYS: u32 = 1;
/// Working days until it is put right, or explained.
pub(crate) const SETTLE_DAYS: u32 = 5;

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Settlement {
    /// 已整改.
    Fixed,
    /// 不能整改，已说明.
    Explained,
    /// 误评.
    Mistaken,
    /// 多次联系不上.
    Unreachable,
}

impl Settlement {
    pub(crate) const ALL: [Self; 4] = [Self::Fixed, Self::Explained, Self::Mistaken, Self::Unreachable];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Fixed => "已整改",
            Self::Explained => "不能整改，已说明",
            Self::Mistaken => "误评",
            Self::Unreachable => "多次联系不上",
        }
    }
}

/// The two days that run from the one on which the rating came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deadlines {
    pub(crate) contact_on: Date,
    pub(crate) settle_on: Date,
}

impl Deadlines {
    pub(crate) fn from(day: Date, calendar: &WorkCalendar) -> Self {
        Self {
            contact_on: calendar.working_days_after(day, CONTACT_DAYS).on,
            settle_on: calendar.working_days_after(day, SETTLE_DAYS).on,
        }
    }

    /// How it looks today. Nothing runs once it is settled, but what was late stays red.
    pub(crate) fn light(
        self,
        (contacted, settled): (Option<Date>, Option<Date>),
        today: Date,
        calendar: &WorkCalendar,
    ) -> Light {
        let late = contacted.unwrap_or(today) > self.contact_on || settled.unwrap_or(today) > self.settle_on;
        match (contacted, settled) {
            _ if late => Light::Red,
            (_, Some(_)) => Light::Grey,
            (None, None) => light::colour(self.contact_on, CONTACT_DAYS, today, calendar),
            (Some(_), None) => light::colour(self.settle_on, SETTLE_DAYS, today, calendar),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_call_is_due_on_the_next_working_day_and_the_rest_within_five() {
        let calendar = WorkCalendar::embedded().unwrap();
        // A Friday.
        let due = Deadlines::from(date(2026, 11, 27), &calendar);
        assert_eq!((due.contact_on, due.settle_on), (date(2026, 11, 30), date(2026, 12, 4)));
        let seen = |contacted, settled, today| due.light((contacted, settled), today, &calendar);
        let (monday, tuesday, friday) = (date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 4));
        assert_eq!(seen(None, None, date(2026, 11, 27)), Light::Yellow, "one day is left");
        assert_eq!(seen(None, None, tuesday), Light::Red);
        assert_eq!(seen(Some(monday), None, monday), Light::Green);
        assert_eq!(seen(Some(monday), None, date(2026, 12, 3)), Light::Yellow);
        assert_eq!(seen(Some(monday), None, date(2026, 12, 5)), Light::Red);
        assert_eq!(seen(Some(monday), Some(friday), date(2026, 12, 9)), Light::Grey);
        assert_eq!(
            seen(Some(tuesday), Some(friday), date(2026, 12, 9)),
            Light::Red,
            "late once, late for good"
        );
    }
}
