//! Home, guide, consent, identify, confirm and end: screens that only tell.

use flow::{
    Touch,
    event::CardTrouble,
    home::Notice,
    view::{Confirm, Consent, Edit, End, Guide, Home, Identify, Items, PersonRow, Promise, Shown},
};
use kiosk_ui::slint::ComponentHandle as _;
use kiosk_ui::{
    self as ui, AppWindow, ConfirmApi, ConfirmRow, ConsentApi, EndApi, GuideApi, HomeApi, IdentifyApi,
    ItemData, ItemsApi, MaterialData, NoticeData, NoticesApi, TileData, slint::SharedString,
};
use protocol::Language;

use super::{Send, bundles, dates};

pub(super) fn connect(window: &AppWindow, send: &Send) {
    let to = send.clone();
    window.global::<ItemsApi>().on_open(move |id| to(Touch::Item(id.into())));
    let to = send.clone();
    window.global::<HomeApi>().on_open(move |id| to(Touch::Tile(id.into())));
    let to = send.clone();
    window.global::<HomeApi>().on_read(move || to(Touch::Notices));
    let to = send.clone();
    window.global::<GuideApi>().on_start(move || to(Touch::Start));
    let to = send.clone();
    window.global::<ConsentApi>().on_agree(move || to(Touch::Agree));
    let to = send.clone();
    window.global::<ConsentApi>().on_decline(move || to(Touch::Decline));
    let to = send.clone();
    window.global::<ConfirmApi>().on_edit(move |field| to(Touch::Edit(Edit::Field(field.into()))));
    let to = send.clone();
    window.global::<ConfirmApi>().on_edit_pages(move |material| {
        to(Touch::Edit(Edit::Pages(u16::try_from(material).unwrap_or_default())));
    });
    let to = send.clone();
    window.global::<ConfirmApi>().on_submit(move || to(Touch::Submit));
}

pub(super) fn home(window: &AppWindow, home: &Home, language: Language) {
    let tiles = home.tiles.iter().map(|app| TileData {
        id: app.id.as_str().into(),
        title: app.title.get(language).into(),
        subtitle: app.subtitle.get(language).into(),
        icon: app.icon.as_str().into(),
    });
    let api = window.global::<HomeApi>();
    api.set_longest_title(dates::roomiest(home.tiles.iter().map(|app| app.title.get(language))));
    api.set_longest_subtitle(dates::roomiest(home.tiles.iter().map(|app| app.subtitle.get(language))));
    api.set_tiles(dates::model(tiles));
    api.set_notice(home.notices.first().map_or("", |notice| notice.title.get(language)).into());
    api.set_notices(i32::try_from(home.notices.len()).unwrap_or(i32::MAX));
}

pub(super) fn notices(window: &AppWindow, notices: &[Notice], language: Language) {
    let rows = notices.iter().map(|notice| NoticeData {
        title: notice.title.get(language).into(),
        text: notice.text.get(language).into(),
        until: dates::day(notice.until),
    });
    window.global::<NoticesApi>().set_rows(dates::model(rows));
}

pub(super) fn items(window: &AppWindow, items: &Items, language: Language) {
    let api = window.global::<ItemsApi>();
    api.set_title(items.title.get(language).into());
    api.set_rows(dates::model(items.rows.iter().map(|row| ItemData {
        id: row.id.as_str().into(),
        name: row.name.get(language).into(),
        summary: row.summary.get(language).into(),
    })));
}

pub(super) fn guide(window: &AppWindow, guide: &Guide, language: Language) {
    let api = window.global::<GuideApi>();
    let words = |text: &protocol::Text| SharedString::from(text.get(language));
    api.set_name(words(&guide.name));
    api.set_summary(words(&guide.summary));
    api.set_demo(guide.demo);
    api.set_organisation(words(&guide.organisation));
    api.set_promised(dates::limit(guide.promised));
    let (has_due, due) = dates::due(guide.due);
    api.set_has_due(has_due);
    api.set_due(due);
    api.set_fee(words(&guide.fee));
    api.set_conditions(dates::model(guide.conditions.iter().map(words)));
    let material = |(name, note): &(protocol::Text, Option<protocol::Text>)| MaterialData {
        name: words(name),
        note: note.as_ref().map(words).unwrap_or_default(),
    };
    api.set_materials(dates::model(guide.materials.iter().map(material)));
    api.set_result(words(&guide.result));
    api.set_consult_phone(guide.phones.consult.as_str().into());
    api.set_complain_phone(guide.phones.complain.as_str().into());
}

pub(super) fn consent(window: &AppWindow, consent: &Consent, language: Language) {
    let api = window.global::<ConsentApi>();
    api.set_purpose(consent.purpose.get(language).into());
    api.set_data(consent.data.get(language).into());
    api.set_retention(consent.retention.get(language).into());
    api.set_access(consent.access.get(language).into());
    api.set_refusal(consent.refusal.get(language).into());
}

pub(super) fn identify(window: &AppWindow, identify: &Identify, language: Language) {
    let api = window.global::<IdentifyApi>();
    api.set_trouble(match identify.trouble {
        None => ui::CardTrouble::None,
        Some(CardTrouble::Moved) => ui::CardTrouble::Moved,
        Some(CardTrouble::NotAnIdCard) => ui::CardTrouble::NotAnIdCard,
        Some(CardTrouble::NotGenuine) => ui::CardTrouble::NotGenuine,
        Some(CardTrouble::UnknownKind) => ui::CardTrouble::UnknownKind,
        Some(CardTrouble::Expired) => ui::CardTrouble::Expired,
    });
    api.set_purpose(identify.purpose.as_ref().map_or("", |purpose| purpose.get(language)).into());
}

pub(super) fn confirm(window: &AppWindow, confirm: &Confirm, language: Language) {
    let api = window.global::<ConfirmApi>();
    api.set_item(confirm.item.get(language).into());
    let rows = confirm.rows.iter().map(|row| ConfirmRow {
        label: row.label.get(language).into(),
        value: answer(&row.value, language),
        edit: match &row.edit {
            Some(Edit::Field(field)) => field.as_str().into(),
            _ => SharedString::default(),
        },
        material: if let Some(Edit::Pages(material)) = row.edit { material.into() } else { 0 },
    });
    api.set_rows(dates::model(rows));
    let parts = match &confirm.promise {
        Promise::Cases(parts) => parts.as_slice(),
        Promise::Case { promised, due } => {
            api.set_promised(dates::limit(*promised));
            let (has_due, due) = dates::due(*due);
            api.set_has_due(has_due);
            api.set_due(due);
            &[]
        }
    };
    api.set_parts(dates::model(parts.iter().map(|part| bundles::becomes(part, language))));
}

fn answer(value: &Shown, language: Language) -> SharedString {
    match value {
        Shown::Words(words) => words.get(language).into(),
        Shown::Day(day) if language == Language::English => day.to_string().into(),
        Shown::Day(day) => ui::slint::format!("{}年{}月{}日", day.year(), day.month(), day.day()),
        Shown::Phone(phone) => dates::phone(phone).into(),
        Shown::Number { number, unit } => {
            ui::slint::format!("{number} {}", unit.as_ref().map_or("", |unit| unit.get(language)))
        }
        Shown::Money(yuan) if language == Language::English => ui::slint::format!("{yuan} yuan"),
        Shown::Money(yuan) => ui::slint::format!("{yuan} 元"),
        Shown::Persons(rows) => persons(rows, language).into(),
        Shown::Pages(count) => pages(*count, language),
        Shown::Nothing => "—".into(),
    }
}

fn pages(count: usize, language: Language) -> SharedString {
    match (count, language) {
        (0, Language::English) => "not photographed; to be brought later".into(),
        (0, Language::Traditional) => "沒有拍，以後補".into(),
        (0, Language::Simplified) => "没有拍，以后补".into(),
        (1, Language::English) => "1 page photographed".into(),
        (_, Language::English) => ui::slint::format!("{count} pages photographed"),
        (_, Language::Traditional) => ui::slint::format!("已拍 {count} 頁"),
        (_, Language::Simplified) => ui::slint::format!("已拍 {count} 页"),
    }
}

/// 示** 配偶, one person a line.
fn persons(rows: &[PersonRow], language: Language) -> String {
    let line = |PersonRow { name, about }: &PersonRow| {
        format!("{name} {}", about.as_ref().map_or("", |about| about.get(language)))
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub(super) fn end(window: &AppWindow, end: End) {
    let api = window.global::<EndApi>();
    api.set_take_card(end.take_card);
    api.set_take_receipt(end.take_receipt);
    api.set_timed_out(end.timed_out);
}

pub(super) fn forget(window: &AppWindow) {
    window.global::<ConfirmApi>().set_rows(dates::model([]));
}
