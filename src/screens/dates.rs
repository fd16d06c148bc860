//! Days, limits and models, as the markup wants them.

use std::rc::Rc;

use flow::view;
use jiff::{Timestamp, civil::Date, tz};
use kiosk_ui::{Day, Due, Limit, LimitUnit, slint};

pub(super) fn day(date: Date) -> Day {
    Day {
        year: i32::from(date.year()),
        month: i32::from(date.month()),
        day: i32::from(date.day()),
        weekday: i32::from(date.weekday().to_monday_one_offset()),
    }
}

pub(super) fn today(now: Timestamp) -> Date {
    tz::offset(8).to_datetime(now).date()
}

/// Hours and minutes in China.
pub(super) fn time(now: Timestamp) -> slint::SharedString {
    let time = tz::offset(8).to_datetime(now).time();
    slint::format!("{:02}:{:02}", time.hour(), time.minute())
}

pub(super) fn due(due: Option<view::Due>) -> (bool, Due) {
    due.map_or((false, Due::default()), |due| (true, Due { on: day(due.on), provisional: due.provisional }))
}

pub(super) fn limit(limit: protocol::Limit) -> Limit {
    let unit = match limit.unit {
        protocol::LimitUnit::Instant => LimitUnit::Instant,
        protocol::LimitUnit::WorkingDay => LimitUnit::WorkingDay,
        protocol::LimitUnit::CalendarDay => LimitUnit::CalendarDay,
    };
    Limit { n: i32::try_from(limit.n).unwrap_or(i32::MAX), unit }
}

pub(super) fn model<T: Clone + 'static>(rows: impl IntoIterator<Item = T>) -> slint::ModelRc<T> {
    Rc::new(slint::VecModel::from_iter(rows)).into()
}

/// Of several texts the one that takes the most room: a Han character is as wide as two Latin letters.
pub(super) fn roomiest<'a>(texts: impl Iterator<Item = &'a str>) -> slint::SharedString {
    let room = |text: &&str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    texts.max_by_key(room).unwrap_or_default().into()
}

/// An amount in 分 as it is said in 元: without a point where it is whole.
pub(super) fn yuan(fen: u64) -> String {
    if fen.is_multiple_of(100) { (fen / 100).to_string() } else { format!("{}.{:02}", fen / 100, fen % 100) }
}

/// 139 0000 5678.
pub(super) fn phone(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + 2);
    for (place, digit) in digits.chars().enumerate() {
        if place == 3 || place == 7 {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}
