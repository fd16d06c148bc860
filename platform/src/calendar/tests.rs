use std::collections::BTreeSet;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn calendar() -> WorkCalendar {
    WorkCalendar::embedded().unwrap()
}

#[test]
fn the_ten_vectors() {
    for (accepted, n, due, provisional) in [
        ("2025-12-31", 2, "2026-01-05", false),
        ("2026-02-12", 5, "2026-02-26", false),
        ("2026-02-13", 3, "2026-02-25", false),
        ("2026-02-14", 1, "2026-02-24", false),
        ("2026-04-30", 5, "2026-05-11", false),
        ("2026-05-08", 1, "2026-05-09", false),
        ("2026-09-18", 3, "2026-09-22", false),
        ("2026-09-30", 5, "2026-10-13", false),
        ("2026-06-17", 30, "2026-07-30", false),
        ("2026-12-21", 15, "2027-01-12", true),
    ] {
        let expected = Due { on: due.parse().unwrap(), provisional };
        assert_eq!(calendar().working_days_after(accepted.parse().unwrap(), n), expected, "{accepted} + {n}");
    }
}

#[test]
fn a_sunday_submission_counts_from_the_next_working_day() {
    let sunday = date(2026, 11, 22);
    let three = Limit { n: 3, unit: LimitUnit::WorkingDay };
    assert_eq!(calendar().due(sunday, three).on, date(2026, 11, 25));
    assert_eq!(calendar().due(sunday.yesterday().unwrap(), three).on, date(2026, 11, 25));
}

#[test]
fn instant_and_calendar_days_ask_no_calendar() {
    let eve = date(2026, 12, 31);
    let due = |n, unit| calendar().due(eve, Limit { n, unit });
    assert_eq!(due(0, LimitUnit::Instant), Due { on: eve, provisional: false });
    assert_eq!(due(7, LimitUnit::CalendarDay), Due { on: date(2027, 1, 7), provisional: false });
}

#[test]
fn an_unpublished_year_keeps_its_fixed_holidays() {
    let off: Vec<Date> = date(2027, 1, 1)
        .series(1.day())
        .take_while(|day| day.year() == 2027)
        .filter(|day| !calendar().is_working_day(*day))
        .filter(|day| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday))
        .collect();
    assert_eq!(off, [date(2027, 1, 1), date(2027, 10, 1)], "2 May and 2, 3 October are weekends");
}

#[test]
fn the_end_of_the_calendar_ends_the_reckoning() {
    let last = Date::MAX;
    assert_eq!(calendar().working_days_after(last, 3), Due { on: last, provisional: true });
}

#[test]
fn a_file_that_cannot_be_right_is_refused_by_name() {
    let day = |date: &str| format!(r#"{{"name":"元旦","date":"{date}","isOffDay":true}}"#);
    let file = |papers: &str, days: &str| format!(r#"{{"year":2027,"papers":[{papers}],"days":[{days}]}}"#);
    let twice = [day("2027-01-01"), day("2027-01-01")].join(",");
    for (text, fault) in [
        (file("", &day("2027-01-01")), "no paper"),
        (file("\"p\"", &day("2026-12-31")), "2026-12-31 is not in 2027"),
        (file("\"p\"", &twice), "2027-01-01 is there twice"),
        (file("\"p\"", &day("2027-02-29")), "2027-02"),
        ("{".to_owned(), "EOF"),
    ] {
        let error = WorkCalendar::parse(&[("2027.json", &text)]).unwrap_err().to_string();
        assert!(error.contains("2027.json") && error.contains(fault), "{error}");
    }
    let good = file("\"p\"", &day("2027-01-01"));
    assert!(WorkCalendar::parse(&[("a", &good), ("b", &good)]).is_err(), "a year twice");
}

/// Reckoned once more and slowly, from lists written by hand after the two notices.
fn slow_due(accepted: Date, n: u32) -> Due {
    let day = |text: &&str| text.parse::<Date>().unwrap();
    let worked: BTreeSet<Date> = [
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
    ]
    .iter()
    .map(day)
    .collect();
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
        ("2027-01-01", 1),
        ("2027-05-01", 2),
        ("2027-10-01", 3),
    ];
    let free: BTreeSet<Date> =
        off.iter().flat_map(|(first, days)| day(first).series(1.day()).take(*days)).collect();
    let works = |day: &Date| {
        worked.contains(day) || (day.weekday().to_monday_zero_offset() < 5 && !free.contains(day))
    };
    let on = accepted.series(1.day()).skip(1).filter(works).take(n as usize).last().unwrap_or(accepted);
    Due { on, provisional: n > 0 && on.year() > 2026 }
}

proptest! {
    #[test]
    fn it_agrees_with_a_slow_reckoning(offset in 0i64..850, n in 0u32..100) {
        let accepted = date(2025, 1, 1).saturating_add(offset.days());
        prop_assert_eq!(calendar().working_days_after(accepted, n), slow_due(accepted, n));
    }

    #[test]
    fn no_calendar_text_makes_it_panic(text in "[{}\\[\\]\":,a-z0-9-]{0,60}") {
        let _ = WorkCalendar::parse(&[("x", &text)]);
    }
}
