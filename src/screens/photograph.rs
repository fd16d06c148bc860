//! 拍材料.

use flow::{
    Touch,
    page::PageWarning,
    view::{PageStage, Photograph},
};
use kiosk_ui::slint::{ComponentHandle as _, Image, SharedString};
use kiosk_ui::{self as ui, AppWindow, PhotographApi};
use protocol::Language;

use super::{Send, maintenance};
use crate::inbox::Preview;

pub(super) fn connect(window: &AppWindow, send: &Send) {
    let api = window.global::<PhotographApi>();
    let to = send.clone();
    api.on_photograph(move || to(Touch::Photograph));
    let to = send.clone();
    api.on_retake(move || to(Touch::Retake));
    let to = send.clone();
    api.on_another_page(move || to(Touch::AnotherPage));
    let to = send.clone();
    api.on_pages_done(move || to(Touch::PagesDone));
    let to = send.clone();
    api.on_leave_out(move || to(Touch::LeaveOut));
}

pub(super) fn show(window: &AppWindow, paper: &Photograph, language: Language) {
    let api = window.global::<PhotographApi>();
    api.set_item(paper.item.get(language).into());
    api.set_material(paper.material.get(language).into());
    api.set_paper_at(i32::try_from(paper.paper.at).unwrap_or_default());
    api.set_paper_of(i32::try_from(paper.paper.of).unwrap_or_default());
    api.set_kept(i32::try_from(paper.kept).unwrap_or(i32::MAX));
    api.set_room(paper.room);
    let stage = match &paper.stage {
        PageStage::Aiming => ui::PageStage::Aiming,
        PageStage::Taking => ui::PageStage::Taking,
        PageStage::Looking(_) => ui::PageStage::Looking,
        PageStage::Failed => ui::PageStage::Failed,
    };
    // The page that was looked at is gone, and what the camera sees has not come yet.
    if stage != api.get_stage() && matches!(stage, ui::PageStage::Aiming | ui::PageStage::Failed) {
        api.set_picture(Image::default());
    }
    api.set_stage(stage);
    let warnings: &[PageWarning] =
        if let PageStage::Looking(warnings) = &paper.stage { warnings } else { &[] };
    api.set_no_edges(warnings.contains(&PageWarning::NoEdges));
    api.set_blurred(warnings.contains(&PageWarning::Blurred));
    let light = warnings.iter().find_map(|warning| match warning {
        PageWarning::Glare => Some(ui::PageLight::Glare),
        PageWarning::Dark => Some(ui::PageLight::Dark),
        PageWarning::Bright => Some(ui::PageLight::Bright),
        PageWarning::NoEdges | PageWarning::Blurred => None,
    });
    api.set_light(light.unwrap_or(ui::PageLight::Good));
}

/// What comes late from a camera that has failed shows nothing any more.
pub(super) fn preview(window: &AppWindow, paper: &Photograph, preview: &Preview) {
    if paper.stage != PageStage::Failed {
        window.global::<PhotographApi>().set_picture(maintenance::image(&preview.picture));
    }
}

pub(super) fn forget(window: &AppWindow) {
    let api = window.global::<PhotographApi>();
    api.set_picture(Image::default());
    api.set_item(SharedString::default());
    api.set_material(SharedString::default());
}
