//! 查进度: the question and the answer.

use flow::{
    Touch,
    event::QueryTrouble,
    view::{Progress, ProgressQuery, WrongCode},
};
use kiosk_ui::slint::ComponentHandle as _;
use kiosk_ui::{self as ui, AppWindow, CaseData, ProgressApi, QueryApi, slint::SharedString};
use protocol::Language;

use super::{Send, dates, outcome};

pub(super) fn connect(window: &AppWindow, send: &Send) {
    let api = window.global::<QueryApi>();
    let (to, weak) = (send.clone(), window.as_weak());
    api.on_key(move |digit| {
        if let Some(window) = weak.upgrade() {
            let typed = window.global::<QueryApi>().get_typed().replace(' ', "");
            to(Touch::TypeCode(typed + digit.as_str()));
        }
    });
    let (to, weak) = (send.clone(), window.as_weak());
    api.on_erase(move || {
        if let Some(window) = weak.upgrade() {
            let mut typed = window.global::<QueryApi>().get_typed().replace(' ', "");
            typed.pop();
            to(Touch::TypeCode(typed));
        }
    });
    let to = send.clone();
    api.on_find_by_code(move || to(Touch::FindByCode));
    let to = send.clone();
    api.on_find_by_card(move || to(Touch::FindByCard));
}

pub(super) fn query(window: &AppWindow, query: &ProgressQuery) {
    let api = window.global::<QueryApi>();
    api.set_typed(grouped(&query.typed).into());
    api.set_wrong(match query.wrong {
        None => ui::WrongCode::None,
        Some(WrongCode::Typed) => ui::WrongCode::Typed,
        Some(WrongCode::Scanned) => ui::WrongCode::Scanned,
    });
    api.set_searching(query.searching);
    api.set_trouble(match query.trouble {
        None => ui::QueryTrouble::None,
        Some(QueryTrouble::Offline) => ui::QueryTrouble::Offline,
        Some(QueryTrouble::Failed) => ui::QueryTrouble::Failed,
    });
}

/// In threes, as a receipt shows it.
fn grouped(digits: &str) -> String {
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && place % 3 == 0 {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

pub(super) fn found(window: &AppWindow, found: &Progress, language: Language) {
    let rows = found.cases.iter().map(|case| {
        let (has_due, due) = dates::due(case.due);
        CaseData {
            item: case.item.get(language).into(),
            case_no: case.case_no.as_str().into(),
            status: outcome::status(case.status),
            received_on: dates::day(case.received_on),
            has_due,
            due,
        }
    });
    window.global::<ProgressApi>().set_cases(dates::model(rows));
}

pub(super) fn forget(window: &AppWindow) {
    window.global::<QueryApi>().set_typed(SharedString::default());
    window.global::<ProgressApi>().set_cases(dates::model([]));
}
