//! 一件事: its guide, and the cases that it becomes.

use flow::{
    effect::Becomes,
    view::{BundleGuide, BundlePaper, BundleRow, FiledCase},
};
use kiosk_ui::slint::ComponentHandle as _;
use kiosk_ui::{AppWindow, BundleApi, BundleItemData, BundlePart, MaterialData};
use protocol::{Language, Text};

use super::{dates, outcome};

pub(super) fn guide(window: &AppWindow, guide: &BundleGuide, language: Language) {
    let api = window.global::<BundleApi>();
    api.set_name(guide.name.get(language).into());
    api.set_summary(guide.summary.get(language).into());
    api.set_demo(guide.demo);
    api.set_items(dates::model(guide.items.iter().map(|item| row(item, language))));
    api.set_materials(dates::model(guide.materials.iter().map(|paper| self::paper(paper, language))));
    api.set_consult_phone(guide.phones.consult.as_str().into());
    api.set_complain_phone(guide.phones.complain.as_str().into());
}

fn row(item: &BundleRow, language: Language) -> BundleItemData {
    BundleItemData {
        name: item.name.get(language).into(),
        promised: dates::limit(item.promised),
        fee: item.fee.get(language).into(),
        conditions: listed(&item.conditions, language).into(),
        depends: item.depends,
    }
}

/// A remark, and for which of the items it is where not all need it.
fn paper(paper: &BundlePaper, language: Language) -> MaterialData {
    let only = match (paper.only_for.as_slice(), language) {
        ([], _) => String::new(),
        (items, Language::English) => format!("only for: {}", listed(items, language)),
        (items, Language::Traditional) => format!("只用於：{}", listed(items, language)),
        (items, Language::Simplified) => format!("只用于：{}", listed(items, language)),
    };
    let note = paper.note.as_ref().map_or("", |note| note.get(language));
    let lines: Vec<&str> = [note, &only].into_iter().filter(|line| !line.is_empty()).collect();
    MaterialData { name: paper.name.get(language).into(), note: lines.join("\n").into() }
}

fn listed(texts: &[Text], language: Language) -> String {
    let between = if language == Language::English { "; " } else { "；" };
    texts.iter().map(|text| text.get(language)).collect::<Vec<_>>().join(between)
}

/// A case that a bundle becomes.
pub(super) fn becomes(part: &Becomes, language: Language) -> BundlePart {
    BundlePart {
        item: part.item.get(language).into(),
        promised: dates::limit(part.promised),
        ..BundlePart::default()
    }
}

/// A case that it has become.
pub(super) fn filed(case: &FiledCase, language: Language) -> BundlePart {
    let (has_due, due) = dates::due(case.due);
    BundlePart {
        item: case.item.get(language).into(),
        case_no: case.case_no.as_str().into(),
        status: outcome::status(case.status),
        has_due,
        due,
        ..BundlePart::default()
    }
}
