//! Days and moments as residents read them, in China's time.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::Offset,
};

use crate::words::{DateWords, fill};

/// China has one time zone and no summer time.
pub(crate) fn china(moment: Timestamp) -> DateTime {
    Offset::constant(8).to_datetime(moment)
}

/// 11月26日 星期四; with the year where it is not the one that `today` is in.
pub(crate) fn day(words: &DateWords, date: Date, today: Date) -> String {
    let pattern = if date.year() == today.year() { &words.day } else { &words.day_of_year };
    let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
    fill(
        pattern,
        &[
            ("year", date.year().to_string()),
            ("month", date.month().to_string()),
            ("day", date.day().to_string()),
            ("weekday", words.weekdays.get(weekday).cloned().unwrap_or_default()),
        ],
    )
}

/// 2026年11月23日 14:05.
pub(crate) fn moment(words: &DateWords, moment: Timestamp) -> String {
    let at = china(moment);
    fill(
        &words.moment,
        &[
            ("year", at.year().to_string()),
            ("month", at.month().to_string()),
            ("day", at.day().to_string()),
            ("time", format!("{:02}:{:02}", at.hour(), at.minute())),
        ],
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::words::words;

    #[test]
    fn a_day_names_its_weekday_and_its_year_only_where_needed() {
        let today = date(2026, 11, 23);
        assert_eq!(day(&words().date, date(2026, 11, 26), today), "11月26日 星期四");
        assert_eq!(day(&words().date, date(2027, 1, 12), today), "2027年1月12日 星期二");
        assert_eq!(day(&words().date, date(2026, 11, 29), today), "11月29日 星期日");
    }

    #[test]
    fn an_evening_in_utc_is_the_next_morning_in_china() {
        let late: Timestamp = "2026-11-23T16:05:00Z".parse().unwrap();
        assert_eq!(moment(&words().date, late), "2026年11月24日 00:05");
    }
}
