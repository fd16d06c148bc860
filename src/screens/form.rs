//! One question of the form. Which month a calendar shows is the screen's own affair.

use std::{cell::RefCell, rc::Rc};

use flow::{
    Touch,
    view::{Ask, Complaint, Form, PersonRow},
};
use jiff::{Timestamp, ToSpan, civil::Date};
use kiosk_ui::slint::ComponentHandle as _;
use kiosk_ui::{
    self as ui, AppWindow, CalendarDay, ChoiceData, Day, FormApi, PersonData,
    slint::{self, SharedString},
};
use protocol::{Choice, Language};

use super::{Send, dates, keyboard::Keyboard};

pub(super) struct FormScreen {
    open: Rc<RefCell<Open>>,
    keyboard: Keyboard,
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
            to(Touch::Answer(typed + digit.as_str()));
        });
        let (to, at) = (send.clone(), open.clone());
        api.on_erase(move || {
            let mut typed = at.borrow().answer.clone();
            typed.pop();
            to(Touch::Answer(typed));
        });
        let to = send.clone();
        api.on_add_person(move || to(Touch::AddPerson));
        let to = send.clone();
        api.on_edit_person(move |index| to(Touch::EditPerson(place(index))));
        let to = send.clone();
        api.on_remove_person(move |index| to(Touch::RemovePerson(place(index))));
        let keyboard = Keyboard::connect(window, send);
        let (at, weak) = (open.clone(), window.as_weak());
        api.on_show_month(move |further| {
            if let Some(window) = weak.upgrade() {
                at.borrow_mut().turn(further);
                calendar(&window, &at.borrow());
            }
        });
        Self { open, keyboard }
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
            Ask::Choice(choices) => choose(window, choices, language),
            Ask::Date { .. } => calendar(window, &open),
            Ask::Text { .. } | Ask::Address { .. } => self.keyboard.show(window, &form.field, &form.answer),
            Ask::Persons { rows, min, max } => people(window, rows, (*min, *max), language),
            Ask::Phone | Ask::Number { .. } | Ask::Money { .. } | Ask::IdNumber | Ask::BankCard => {
                digits(window, form, language);
            }
        }
    }

    pub(super) fn forget(&self, window: &AppWindow) {
        self.open.replace(Open::default());
        self.keyboard.forget(window);
        let api = window.global::<FormApi>();
        api.set_answer(SharedString::default());
        api.set_grouped(SharedString::default());
        api.set_persons(dates::model([]));
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
    api.set_person(form.person.and_then(|person| i32::try_from(person).ok()).unwrap_or_default());
    api.set_complaint(complaint(form.complaint));
    api.set_ask(match form.ask {
        Ask::Choice(_) => ui::Ask::Choice,
        Ask::Date { .. } => ui::Ask::Date,
        Ask::Persons { .. } => ui::Ask::Persons,
        Ask::Text { .. } | Ask::Address { .. } => ui::Ask::Text,
        Ask::Phone | Ask::Number { .. } | Ask::Money { .. } | Ask::IdNumber | Ask::BankCard => {
            ui::Ask::Digits
        }
    });
}

fn complaint(complaint: Option<Complaint>) -> ui::Complaint {
    match complaint {
        None => ui::Complaint::None,
        Some(Complaint::Text) => ui::Complaint::Text,
        Some(Complaint::Date) => ui::Complaint::Date,
        Some(Complaint::Phone) => ui::Complaint::Phone,
        Some(Complaint::Number) => ui::Complaint::Number,
        Some(Complaint::Money) => ui::Complaint::Money,
        Some(Complaint::IdNumber) => ui::Complaint::IdNumber,
        Some(Complaint::BankCard) => ui::Complaint::BankCard,
        Some(Complaint::Address) => ui::Complaint::Address,
        Some(Complaint::TooFew) => ui::Complaint::TooFew,
        Some(Complaint::TooMany) => ui::Complaint::TooMany,
        // What a screen offers is a choice, on the card and asked for; so nothing is said but that it is not there.
        Some(Complaint::Missing | Complaint::Choice | Complaint::NotTheCard | Complaint::NotAsked) => {
            ui::Complaint::Missing
        }
    }
}

fn choose(window: &AppWindow, choices: &[Choice], language: Language) {
    let rows = choices.iter().map(|choice| ChoiceData {
        value: choice.value.as_str().into(),
        label: choice.label.get(language).into(),
    });
    let labels = choices.iter().map(|choice| choice.label.get(language));
    let api = window.global::<FormApi>();
    api.set_longest_choice(dates::roomiest(labels));
    api.set_choices(dates::model(rows));
}

fn digits(window: &AppWindow, form: &Form, language: Language) {
    let api = window.global::<FormApi>();
    api.set_grouped(form.grouped.as_str().into());
    let (extra, unit, least, most) = match &form.ask {
        Ask::Number { min, max, unit } => {
            ("", unit.as_ref().map_or("", |unit| unit.get(language)), min.to_string(), max.to_string())
        }
        Ask::Money { min_fen, max_fen } => {
            let yuan = if language == Language::English { "yuan" } else { "元" };
            (".", yuan, dates::yuan(*min_fen), dates::yuan(*max_fen))
        }
        Ask::IdNumber => ("X", "", String::new(), String::new()),
        _ => ("", "", String::new(), String::new()),
    };
    api.set_extra_key(extra.into());
    api.set_unit(unit.into());
    api.set_least(least.into());
    api.set_most(most.into());
}

fn people(window: &AppWindow, rows: &[PersonRow], (min, max): (u32, u32), language: Language) {
    let api = window.global::<FormApi>();
    api.set_can_add(u32::try_from(rows.len()).is_ok_and(|count| count < max));
    api.set_least(slint::format!("{min}"));
    api.set_most(slint::format!("{max}"));
    api.set_persons(dates::model(rows.iter().map(|row| PersonData {
        name: row.name.as_str().into(),
        about: row.about.as_ref().map_or("", |about| about.get(language)).into(),
    })));
}

/// A place in a list, as the markup counts it. What is no place is one that no list has.
fn place(index: i32) -> usize {
    usize::try_from(index).unwrap_or(usize::MAX)
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
