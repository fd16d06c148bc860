//! 查进度: the question and the answer.

use flow::{
    Touch,
    event::QueryTrouble,
    view::{self, Progress, ProgressGroup, ProgressQuery, ProgressRow, WrongCode},
};
use kiosk_ui::slint::ComponentHandle as _;
use kiosk_ui::{
    self as ui, AppWindow, CaseData, CaseGroup, DueChangeData, ProgressApi, QueryApi, slint::SharedString,
};
use protocol::{DueChange, DueChangeWhy, EndingKind, Language, Told};

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
    let groups = found.groups.iter().map(|group| self::group(group, language));
    window.global::<ProgressApi>().set_groups(dates::model(groups));
}

fn group(group: &ProgressGroup, language: Language) -> CaseGroup {
    let cases = dates::model(group.cases.iter().map(|case| row(case, language)));
    let Some(bundle) = &group.bundle else { return CaseGroup { cases, ..CaseGroup::default() } };
    CaseGroup {
        bundle: bundle.name.get(language).into(),
        bundle_no: bundle.number.as_str().into(),
        of: i32::try_from(bundle.cases).unwrap_or(i32::MAX),
        cases,
    }
}

fn row(case: &ProgressRow, language: Language) -> CaseData {
    let Told { correction, ending, due_changes } = &case.told;
    let (has_due, due) = dates::due(case.due);
    let until = correction.as_ref().and_then(|correction| correction.until);
    let missing = correction.iter().flat_map(|correction| &correction.missing);
    let missing = missing.map(|paper| format!("{}：{}", paper.material, paper.opinion).into());
    let remedies = ending.iter().flat_map(|ending| &ending.remedies);
    let reason = ending.as_ref().and_then(|ending| ending.reason.as_deref());
    CaseData {
        item: case.item.get(language).into(),
        case_no: case.case_no.as_str().into(),
        status: outcome::told_status(case.status, ending.as_ref().map(|ending| ending.kind)),
        received_on: dates::day(case.received_on),
        has_due,
        due,
        has_until: until.is_some(),
        until: until.map(dates::day).unwrap_or_default(),
        missing: dates::model(missing),
        ending: match ending.as_ref().map(|ending| ending.kind) {
            None => ui::Ending::None,
            Some(EndingKind::NotAccepted) => ui::Ending::NotAccepted,
            Some(EndingKind::Denied) => ui::Ending::Denied,
            Some(EndingKind::Lapsed) => ui::Ending::Lapsed,
        },
        reason: reason.unwrap_or_default().into(),
        remedies: dates::model(remedies.map(|remedy| remedy.as_str().into())),
        changes: dates::model(due_changes.iter().map(change)),
    }
}

fn change(change: &DueChange) -> DueChangeData {
    let due = change.due_on.map(|on| view::Due { on, provisional: change.provisional });
    let (has_due, due) = dates::due(due);
    DueChangeData {
        why: match change.why {
            DueChangeWhy::Extended => ui::DueWhy::Extended,
            DueChangeWhy::Stopped => ui::DueWhy::Stopped,
            DueChangeWhy::Resumed => ui::DueWhy::Resumed,
            DueChangeWhy::Calendar => ui::DueWhy::Calendar,
        },
        procedure: change.procedure.as_deref().unwrap_or_default().into(),
        has_due,
        due,
        reason: change.reason.as_deref().unwrap_or_default().into(),
    }
}

pub(super) fn forget(window: &AppWindow) {
    window.global::<QueryApi>().set_typed(SharedString::default());
    window.global::<ProgressApi>().set_groups(dates::model([]));
}
