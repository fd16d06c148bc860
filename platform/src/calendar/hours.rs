//! 工作时: time that runs while offices are open, and only then.

use jiff::{
    SignedDuration,
    civil::{DateTime, Time, time},
};

use super::WorkCalendar;

/// 办公时段 of a working day: spans that follow each other, each open before it closes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeHours(Vec<(Time, Time)>);

/// When something that counts in hours is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueMoment {
    /// The last moment, by the clocks of China.
    pub at: DateTime,
    /// 预计: time of a year was counted that is not published yet.
    pub provisional: bool,
}

impl Default for OfficeHours {
    /// 09:00 to 12:00 and 13:00 to 17:00.
    fn default() -> Self {
        Self(vec![(time(9, 0, 0, 0), time(12, 0, 0, 0)), (time(13, 0, 0, 0), time(17, 0, 0, 0))])
    }
}

impl OfficeHours {
    /// Spans of a day. `None` where they overlap, stand still or do not follow each other.
    #[must_use]
    pub fn new(spans: Vec<(Time, Time)>) -> Option<Self> {
        let each = spans.iter().all(|(opens, closes)| opens < closes);
        let row = spans.iter().zip(spans.iter().skip(1)).all(|((_, closes), (opens, _))| closes <= opens);
        (each && row && !spans.is_empty()).then_some(Self(spans))
    }
}

impl WorkCalendar {
    /// When `hours` of office time after `from` are over. What begins outside office time begins when an office opens.
    #[must_use]
    pub fn working_hours_after(&self, from: DateTime, hours: u32, office: &OfficeHours) -> DueMoment {
        let mut left = SignedDuration::from_hours(hours.into());
        let mut due = DueMoment { at: from, provisional: !self.is_published(from.date()) };
        let mut day = from.date();
        loop {
            let spans = if self.is_working_day(day) { office.0.as_slice() } else { &[] };
            for (opens, closes) in spans {
                let begin = day.to_datetime(*opens).max(from);
                let end = day.to_datetime(*closes);
                let open = end.duration_since(begin);
                if open < SignedDuration::ZERO {
                    continue;
                }
                if left <= open {
                    due.at = begin.saturating_add(left);
                    return due;
                }
                left -= open;
            }
            // The calendar of the crate ends in the year 9999, and a reckoning with it.
            let Ok(next) = day.tomorrow() else { return DueMoment { provisional: true, ..due } };
            day = next;
            due.provisional |= !self.is_published(day);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn due(from: &str, hours: u32) -> String {
        let calendar = WorkCalendar::embedded().unwrap();
        let due = calendar.working_hours_after(from.parse().unwrap(), hours, &OfficeHours::default());
        format!("{}{}", due.at, if due.provisional { " provisional" } else { "" })
    }

    #[test]
    fn hours_run_while_offices_are_open() {
        for (from, hours, at) in [
            ("2026-11-24T10:00", 1, "2026-11-24T11:00:00"),
            ("2026-11-24T11:30", 1, "2026-11-24T13:30:00"),
            ("2026-11-24T16:30", 2, "2026-11-25T10:30:00"),
            ("2026-11-24T07:00", 7, "2026-11-24T17:00:00"),
            ("2026-11-24T12:15", 0, "2026-11-24T13:00:00"),
            // A Friday, a Saturday that is worked, and the first day of a long holiday.
            ("2026-11-27T16:00", 2, "2026-11-30T10:00:00"),
            ("2026-05-08T16:00", 2, "2026-05-09T10:00:00"),
            ("2026-09-30T16:30", 4, "2026-10-08T13:30:00"),
            ("2026-12-31T16:00", 2, "2027-01-04T10:00:00 provisional"),
        ] {
            assert_eq!(due(from, hours), at, "{hours} hours from {from}");
        }
    }

    #[test]
    fn office_hours_that_cannot_be_are_none() {
        let span = |opens, closes| (time(opens, 0, 0, 0), time(closes, 0, 0, 0));
        assert!(OfficeHours::new(vec![span(9, 12), span(12, 17)]).is_some());
        for bad in [vec![], vec![span(9, 9)], vec![span(12, 9)], vec![span(9, 13), span(12, 17)]] {
            assert_eq!(OfficeHours::new(bad), None);
        }
    }

    proptest! {
        #[test]
        fn a_minute_at_a_time_comes_to_the_same(minute in 0i64..60 * 24 * 40, hours in 0u32..30) {
            let calendar = WorkCalendar::embedded().unwrap();
            let office = OfficeHours::default();
            let from = date(2026, 9, 10).at(0, 0, 0, 0).saturating_add(SignedDuration::from_mins(minute));
            let found = calendar.working_hours_after(from, hours, &office).at;
            let open = |at: DateTime| {
                calendar.is_working_day(at.date()) && office.0.iter().any(|(opens, closes)| *opens <= at.time() && at.time() < *closes)
            };
            let (mut at, mut minutes) = (from, 0);
            while at < found {
                minutes += u32::from(open(at));
                at = at.saturating_add(SignedDuration::from_mins(1));
            }
            prop_assert_eq!(minutes, hours * 60, "from {} to {}", from, found);
        }
    }
}
