//! One published year, in the JSON shape that `holiday-cn` made common.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use serde::Deserialize;

/// Why a calendar file is not to be trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("calendar {file}: {fault}")]
pub struct CalendarError {
    /// The file.
    pub file: String,
    /// What is wrong.
    pub fault: String,
}

impl CalendarError {
    pub(super) fn new(file: &str, fault: impl Into<String>) -> Self {
        Self { file: file.to_owned(), fault: fault.into() }
    }
}

/// The days of a year that are not what their weekday says.
#[derive(Clone, Debug)]
pub(super) struct Year(BTreeMap<Date, bool>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    year: i16,
    papers: Vec<String>,
    days: Vec<Day>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Day {
    #[serde(rename = "name")]
    _name: String,
    date: Date,
    #[serde(rename = "isOffDay")]
    off: bool,
}

impl Year {
    pub(super) fn parse(file: &str, text: &str) -> Result<(i16, Self), CalendarError> {
        let read: File =
            serde_json::from_str(text).map_err(|error| CalendarError::new(file, error.to_string()))?;
        if read.papers.is_empty() {
            return Err(CalendarError::new(file, "no paper: the year is not published"));
        }
        let mut exceptions = BTreeMap::new();
        for day in read.days {
            if day.date.year() != read.year {
                return Err(CalendarError::new(file, format!("{} is not in {}", day.date, read.year)));
            }
            let weekend = matches!(day.date.weekday(), Weekday::Saturday | Weekday::Sunday);
            if !day.off && !weekend {
                return Err(CalendarError::new(
                    file,
                    format!("{} is no weekend: only a weekend can be a make-up day", day.date),
                ));
            }
            if exceptions.insert(day.date, !day.off).is_some() {
                return Err(CalendarError::new(file, format!("{} is there twice", day.date)));
            }
        }
        if exceptions.is_empty() {
            return Err(CalendarError::new(file, "no day: a published year has holidays"));
        }
        Ok((read.year, Self(exceptions)))
    }

    /// Whether `day` is worked, where the notice says so.
    pub(super) fn exception(&self, day: Date) -> Option<bool> {
        self.0.get(&day).copied()
    }

    /// The days that are not what their weekday says, and whether they are worked.
    pub(super) fn exceptions(&self) -> impl Iterator<Item = (Date, bool)> {
        self.0.iter().map(|(day, worked)| (*day, *worked))
    }
}
