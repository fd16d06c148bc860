//! One question of the form. Which month a calendar shows is the screen's own affair.

use std::{cell::RefCell, rc::Rc};

use flow::{
    Touch,
    view::{Ask, Complaint, Form},
};
use jiff::{Timestamp, ToSpan, civil::Date};
use kiosk_ui::slint::ComponentHandle as _;
use kiosk_ui::{
    self as ui, AppWindow, CalendarDay, ChoiceData, Day, FormApi,
    slint::{self, SharedString},
};
use protocol::Language;

use super::{Send, dates};

/// A phone number has so many digits.
const PHONE: usize = 11;

pub(super) struct FormScreen {
    open: Rc<RefCell<Open>>,
}

/// What the callbacks need to know of the question that is open.
#[derive(Default)]
struct Open {
    field: String,
    answer: String,
    days: Option<(Date, Date)>,
    month: Option<Date>,
    today: Date,
}

impl FormScreen {
    pub(super) fn connect(window: &AppWindow, send: &Send) -> Self {
        let open = Rc::new(RefCell::new(Open::default()));
        let api = window.global::<FormApi>();
        let to = send.clone();
        api.on_next(move || to(Touch::Next));
        let to = send.clone();
        api.on_choose(move |value| to(Touch::Answer(value.into())));
        let (to, at) = (send.clone(), open.clone());
        api.on_key(move |digit| {
            let typed = at.borrow().answer.clone();
            if typed.len() < PHONE {
                to(Touch::Answer(typed + digit.as_str()));
            }
        });
        let (to, at) = (send.clone(), open.clone());
        api.on_erase(move || {
            let mut typed = at.borrow().answer.clone();
            typed.pop();
            to(Touch::Answer(typed));
        });
        let (at, weak) = (open.clone(), window.as_weak());
        api.on_show_month(move |further| {
            if let Some(window) = weak.upgrade() {
                at.borrow_mut().turn(further);
                calendar(&window, &at.borrow());
            }
        });
        Self { open }
    }

    pub(super) fn show(&self, window: &AppWindow, form: &Form, language: Language, now: Timestamp) {
        let mut open = self.open.borrow_mut();
        let is_new = open.field != form.field;
        open.field.clone_from(&form.field);
        open.answer.clone_from(&form.answer);
        open.today = dates::today(now);
        if let Ask::Date { from, to } = form.ask {
            open.days = Some((from, to));
            if is_new || open.month.is_none() {
                open.month = Some(form.answer.parse().unwrap_or(to).first_of_month());
            }
        }
        question(window, form, language);
        match &form.ask {
            Ask::Choice(choices) => {
                let rows = choices.iter().map(|choice| ChoiceData {
                    value: choice.value.as_str().into(),
                    label: choice.label.get(language).into(),
                });
                let labels = choices.iter().map(|choice| choice.label.get(language));
                window.global::<FormApi>().set_longest_choice(dates::roomiest(labels));
                window.global::<FormApi>().set_choices(dates::model(rows));
            }
            Ask::Date { .. } => calendar(window, &open),
            Ask::Phone => window.global::<FormApi>().set_phone_text(form.grouped.as_str().into()),
            _ => {}
        }
    }

    pub(super) fn forget(&self, window: &AppWindow) {
        self.open.replace(Open::default());
        let api = window.global::<FormApi>();
        api.set_answer(SharedString::default());
        api.set_phone_text(SharedString::default());
        api.set_chosen_day(Day::default());
    }
}

fn question(window: &AppWindow, form: &Form, language: Language) {
    let api = window.global::<FormApi>();
    api.set_item(form.item.get(language).into());
    api.set_field(form.field.as_str().into());
    api.set_label(form.label.get(language).into());
    api.set_hint(form.hint.as_ref().map_or("", |hint| hint.get(language)).into());
    api.set_required(form.required);
    api.set_question_at(i32::try_from(form.question.at).unwrap_or_default());
    api.set_question_of(i32::try_from(form.question.of).unwrap_or_default());
    api.set_answer(form.answer.as_str().into());
    api.set_complaint(match form.complaint {
        None => ui::Complaint::None,
        Some(Complaint::Phone) => ui::Complaint::Phone,
        Some(Complaint::Date) => ui::Complaint::Date,
        Some(_) => ui::Complaint::Missing,
    });
    api.set_ask(match form.ask {
        Ask::Date { .. } => ui::Ask::Date,
        Ask::Phone => ui::Ask::Phone,
        // No tile opens an item with any other kind before there is markup for it.
        _ => ui::Ask::Choice,
    });
}

impl Open {
    fn turn(&mut self, further: i32) {
        let (Some((from, to)), Some(month)) = (self.days, self.month) else { return };
        let turned = month.saturating_add(further.months());
        self.month = Some(turned.clamp(from.first_of_month(), to.first_of_month()));
    }
}

fn calendar(window: &AppWindow, open: &Open) {
    let (Some((from, to)), Some(month)) = (open.days, open.month) else { return };
    let api = window.global::<FormApi>();
    api.set_year(i32::from(month.year()));
    api.set_month(i32::from(month.month()));
    api.set_can_show_earlier(from.first_of_month() < month);
    api.set_can_show_later(month < to.first_of_month());
    api.set_spans_years(from.year() + 1 < to.year());
    let chosen = open.answer.parse::<Date>().ok();
    api.set_chosen_day(chosen.map(dates::day).unwrap_or_default());
    api.set_days(dates::model(days(month).map(|day| CalendarDay {
        date: if day.month() == month.month() { slint::format!("{day}") } else { SharedString::default() },
        day: i32::from(day.day()),
        enabled: day.month() == month.month() && from <= day && day <= to,
        selected: chosen == Some(day),
        today: day == open.today,
    })));
}

/// The days of the weeks that a month touches, from a Monday to a Sunday.
fn days(month: Date) -> impl Iterator<Item = Date> {
    let before = i64::from(month.weekday().to_monday_zero_offset());
    let weeks = (before + i64::from(month.days_in_month())).cast_unsigned().div_ceil(7).cast_signed();
    (0..weeks * 7).map(move |n| month.saturating_add((n - before).days()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_month_is_shown_in_whole_weeks() {
        for (year, month, count, first) in [(2026, 11, 42, 26), (2026, 2, 35, 26), (2027, 2, 28, 1)] {
            let shown: Vec<Date> = days(date(year, month, 1)).collect();
            assert_eq!((shown.len(), shown[0].day()), (count, first), "{year}-{month}");
        }
    }

    #[test]
    fn turning_stays_within_the_days_that_can_be_chosen() {
        let days = Some((date(2025, 11, 23), date(2026, 11, 23)));
        let mut open = Open { days, month: Some(date(2026, 11, 1)), ..Open::default() };
        open.turn(1);
        assert_eq!(open.month, Some(date(2026, 11, 1)));
        open.turn(-12);
        assert_eq!(open.month, Some(date(2025, 11, 1)));
        open.turn(-1);
        assert_eq!(open.month, Some(date(2025, 11, 1)));
    }
}
