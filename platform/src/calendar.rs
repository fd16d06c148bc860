//! 工作日历: which days are worked, and when a promise is due.
//!
//! The State Council publishes the holidays of a year, with the weekends that are worked in exchange (调休), in the
//! November before it. Until then a year is reckoned by rule, and every date that leans on the rule is provisional.

mod hours;
mod year;

use std::collections::BTreeMap;

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};
use protocol::{Limit, LimitUnit};

pub use hours::{DueMoment, OfficeHours};
pub use year::CalendarError;
use year::Year;

/// The published years, as shipped with this program.
const PUBLISHED: [(&str, &str); 2] = [
    ("2025.json", include_str!("../../assets/catalogue/calendars/2025.json")),
    ("2026.json", include_str!("../../assets/catalogue/calendars/2026.json")),
];

/// All published years.
#[derive(Clone, Debug, Default)]
pub struct WorkCalendar {
    years: BTreeMap<i16, Year>,
}

/// When something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The last day.
    pub on: Date,
    /// 预计: a day was counted whose year is not published yet.
    pub provisional: bool,
}

impl WorkCalendar {
    /// The years that this program ships with.
    pub fn embedded() -> Result<Self, CalendarError> {
        Self::parse(&PUBLISHED)
    }

    /// Reads years in the shape of `holiday-cn`, each with the name of its file.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, CalendarError> {
        let mut years = BTreeMap::new();
        for (file, text) in files {
            let (number, year) = Year::parse(file, text)?;
            if years.insert(number, year).is_some() {
                return Err(CalendarError::new(file, format!("{number} is there twice")));
            }
        }
        Ok(Self { years })
    }

    /// When a case that was accepted on `accepted` is due. That day itself is day 0 and not counted.
    #[must_use]
    pub fn due(&self, accepted: Date, limit: Limit) -> Due {
        match limit.unit {
            LimitUnit::Instant => Due { on: accepted, provisional: false },
            LimitUnit::CalendarDay => {
                Due { on: accepted.saturating_add(i64::from(limit.n).days()), provisional: false }
            }
            LimitUnit::WorkingDay => self.working_days_after(accepted, limit.n),
        }
    }

    /// The `n`-th working day after `day`.
    #[must_use]
    pub fn working_days_after(&self, day: Date, n: u32) -> Due {
        self.count(day, n, |next| self.is_working_day(next))
    }

    /// The same as [`Self::due`], without the days that are `stopped`: they do not count, whatever they are.
    #[must_use]
    pub fn due_without(&self, accepted: Date, limit: Limit, stopped: impl Fn(Date) -> bool) -> Due {
        match limit.unit {
            LimitUnit::Instant => Due { on: accepted, provisional: false },
            LimitUnit::CalendarDay => {
                let due = self.count(accepted, limit.n, |next| !stopped(next));
                Due { provisional: false, ..due }
            }
            LimitUnit::WorkingDay => {
                self.count(accepted, limit.n, |next| self.is_working_day(next) && !stopped(next))
            }
        }
    }

    fn count(&self, day: Date, n: u32, counts: impl Fn(Date) -> bool) -> Due {
        let mut due = Due { on: day, provisional: false };
        let mut left = n;
        while left > 0 {
            // The calendar of the crate ends in the year 9999, and a reckoning with it.
            let Ok(next) = due.on.tomorrow() else { return Due { provisional: true, ..due } };
            due.on = next;
            due.provisional |= !self.is_published(next);
            left -= u32::from(counts(next));
        }
        due
    }

    /// How many working days lie after `day` and up to `until`.
    #[must_use]
    pub fn working_days_between(&self, day: Date, until: Date) -> u32 {
        let days = day.series(1.day()).skip(1).take_while(|next| *next <= until);
        u32::try_from(days.filter(|next| self.is_working_day(*next)).count()).unwrap_or(u32::MAX)
    }

    /// The published years, oldest first, each with the days that are not what their weekday says.
    pub fn years(&self) -> impl Iterator<Item = (i16, Vec<(Date, bool)>)> {
        self.years.iter().map(|(number, year)| (*number, year.exceptions().collect()))
    }

    /// The same with one more year, or another text of one that is there.
    pub fn with(mut self, file: &str, text: &str) -> Result<(i16, Self), CalendarError> {
        let (number, year) = Year::parse(file, text)?;
        self.years.insert(number, year);
        Ok((number, self))
    }

    /// Whether offices work on `day`.
    #[must_use]
    pub fn is_working_day(&self, day: Date) -> bool {
        let weekday = !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        match self.years.get(&day.year()) {
            Some(year) => year.exception(day).unwrap_or(weekday),
            None => weekday && !is_fixed_holiday(day),
        }
    }

    fn is_published(&self, day: Date) -> bool {
        self.years.contains_key(&day.year())
    }
}

/// 元旦, 劳动节 and 国庆节: the holidays that fall on the same days every year.
fn is_fixed_holiday(day: Date) -> bool {
    matches!((day.month(), day.day()), (1, 1) | (5, 1..=2) | (10, 1..=3))
}

#[cfg(test)]
mod tests;
