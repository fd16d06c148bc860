//! 先存着 and 接着填.

use flow::{
    Touch,
    event::DraftTrouble,
    view::{DraftStage, Drafts, LeftDraft},
};
use kiosk_ui::slint::ComponentHandle as _;
use kiosk_ui::{
    self as ui, AppWindow, DraftApi, DraftData, DraftsApi,
    slint::{Image, SharedString},
};
use protocol::Language;

use super::{Send, dates, outcome::qr};

pub(super) fn connect(window: &AppWindow, send: &Send) {
    let api = window.global::<DraftsApi>();
    let to = send.clone();
    api.on_resume(move |key| {
        if let Ok(key) = key.parse() {
            to(Touch::Resume(key));
        }
    });
    let to = send.clone();
    api.on_afresh(move || to(Touch::Afresh));
    let api = window.global::<DraftApi>();
    let to = send.clone();
    api.on_keep(move || to(Touch::Keep));
    let to = send.clone();
    api.on_finish(move || to(Touch::Finish));
}

pub(super) fn found(window: &AppWindow, drafts: &Drafts, language: Language) {
    let api = window.global::<DraftsApi>();
    api.set_looking(drafts.rows.is_none());
    api.set_chosen(drafts.chosen.get(language).into());
    let rows = drafts.rows.iter().flatten().map(|row| DraftData {
        key: row.key.to_string().into(),
        item: row.item.get(language).into(),
        code: row.code.as_str().into(),
        changed_on: dates::day(row.changed_on),
        until: dates::day(row.until),
        renewed: row.renewed,
    });
    api.set_rows(dates::model(rows));
}

pub(super) fn left(window: &AppWindow, draft: &LeftDraft, language: Language) {
    let api = window.global::<DraftApi>();
    api.set_item(draft.item.get(language).into());
    api.set_photographed(draft.photographed);
    api.set_days(protocol::draft::DAYS.into());
    api.set_stage(match &draft.stage {
        DraftStage::Asking => ui::DraftStage::Asking,
        DraftStage::Sending => ui::DraftStage::Sending,
        DraftStage::Failed(DraftTrouble::Offline) => ui::DraftStage::Offline,
        DraftStage::Failed(DraftTrouble::Failed) => ui::DraftStage::Failed,
        DraftStage::Failed(DraftTrouble::Refused(reason)) => {
            api.set_reason(reason.as_str().into());
            ui::DraftStage::Refused
        }
        DraftStage::Kept { code, until, url } => {
            api.set_code(code.as_str().into());
            api.set_until(dates::day(*until));
            api.set_url(url.as_deref().unwrap_or_default().into());
            api.set_qr(url.as_deref().map(qr).unwrap_or_default());
            ui::DraftStage::Kept
        }
    });
}

pub(super) fn forget(window: &AppWindow) {
    window.global::<DraftsApi>().set_rows(dates::model([]));
    let api = window.global::<DraftApi>();
    for forget in [DraftApi::set_code, DraftApi::set_url, DraftApi::set_reason] {
        forget(&api, SharedString::default());
    }
    api.set_qr(Image::default());
}
