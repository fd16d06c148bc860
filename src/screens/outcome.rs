//! The result and the rating.

use flow::{
    Touch,
    event::IntakeTrouble,
    view::{CaseNews, Outcome, Rate, ReceiptState},
};
use jiff::Timestamp;
use kiosk_ui::slint::ComponentHandle as _;
use kiosk_ui::{
    self as ui, AppWindow, RateApi, ResultApi,
    slint::{Image, Rgb8Pixel, SharedPixelBuffer, SharedString},
};
use protocol::{CaseStatus, EndingKind, Language, RatingLevel};
use qrcodegen::{QrCode, QrCodeEcc};

use super::{Send, bundles, dates, frame};

pub(super) fn connect(window: &AppWindow, send: &Send) {
    let api = window.global::<ResultApi>();
    let to = send.clone();
    api.on_print_again(move || to(Touch::PrintAgain));
    let to = send.clone();
    api.on_finish(move || to(Touch::Finish));
    let api = window.global::<RateApi>();
    let to = send.clone();
    api.on_rate(move |level| {
        if let Some(level) = u8::try_from(level).ok().and_then(|level| RatingLevel::try_from(level).ok()) {
            to(Touch::Rate(level));
        }
    });
    let to = send.clone();
    api.on_skip(move || to(Touch::SkipRating));
}

pub(super) fn show(window: &AppWindow, outcome: &Outcome, language: Language) {
    let api = window.global::<ResultApi>();
    api.set_parts(dates::model(parts(&outcome.news, language)));
    match &outcome.news {
        CaseNews::Filed { item, case_no, pickup_code, status, due, result } => {
            api.set_news(ui::CaseNews::Filed);
            api.set_item(item.get(language).into());
            api.set_case_no(case_no.as_str().into());
            code(&api, pickup_code, case_no);
            api.set_status(self::status(*status));
            let (has_due, due) = dates::due(*due);
            api.set_has_due(has_due);
            api.set_due(due);
            let until = result.as_ref().and_then(|(_, until)| *until);
            api.set_outcome(result.as_ref().map_or("", |(name, _)| name.get(language)).into());
            api.set_has_outcome_until(until.is_some());
            api.set_outcome_until(until.map(dates::day).unwrap_or_default());
        }
        CaseNews::Waiting { item, pickup_code, received_at, promised } => {
            api.set_news(ui::CaseNews::Waiting);
            api.set_item(item.get(language).into());
            code(&api, pickup_code, &pickup_code.replace(' ', ""));
            received(&api, *received_at);
            api.set_promised(dates::limit(*promised));
        }
        CaseNews::BundleFiled { bundle, bundle_no, pickup_code, .. } => {
            api.set_news(ui::CaseNews::Filed);
            api.set_item(bundle.get(language).into());
            api.set_case_no(bundle_no.as_str().into());
            code(&api, pickup_code, bundle_no);
        }
        CaseNews::BundleWaiting { bundle, pickup_code, received_at, .. } => {
            api.set_news(ui::CaseNews::Waiting);
            api.set_item(bundle.get(language).into());
            code(&api, pickup_code, &pickup_code.replace(' ', ""));
            received(&api, *received_at);
        }
        CaseNews::Refused { item, reason } => {
            api.set_news(ui::CaseNews::Refused);
            api.set_item(item.get(language).into());
            api.set_reason(reason.as_str().into());
        }
        CaseNews::NotTaken(trouble) => {
            api.set_news(ui::CaseNews::NotTaken);
            api.set_trouble(match trouble {
                IntakeTrouble::Full => ui::IntakeTrouble::Full,
                IntakeTrouble::Disk => ui::IntakeTrouble::Disk,
                IntakeTrouble::Filed => ui::IntakeTrouble::Filed,
            });
        }
    }
    let papers = outcome.bring.iter().map(|bring| SharedString::from(bring.name.get(language)));
    api.set_bring(dates::model(papers));
    // Where two papers may come at different times the earlier is the safe one to say.
    let within = outcome.bring.iter().map(|bring| bring.within).min_by_key(|within| within.n);
    api.set_bring_within(within.map(dates::limit).unwrap_or_default());
    receipt(&api, outcome.receipt);
}

/// The cases of a bundle.
fn parts(news: &CaseNews, language: Language) -> Vec<ui::BundlePart> {
    match news {
        CaseNews::BundleFiled { cases, .. } => {
            cases.iter().map(|case| bundles::filed(case, language)).collect()
        }
        CaseNews::BundleWaiting { becomes, .. } => {
            becomes.iter().map(|part| bundles::becomes(part, language)).collect()
        }
        _ => Vec::new(),
    }
}

fn received(api: &ResultApi<'_>, at: Timestamp) {
    api.set_received_on(dates::day(dates::today(at)));
    api.set_received_at(dates::time(at));
}

fn code(api: &ResultApi<'_>, grouped: &str, in_qr: &str) {
    api.set_pickup_code(grouped.into());
    api.set_qr(qr(in_qr));
}

fn receipt(api: &ResultApi<'_>, receipt: Option<ReceiptState>) {
    let (state, trouble) = match receipt {
        None => (ui::ReceiptState::None, None),
        Some(ReceiptState::Printing) => (ui::ReceiptState::Printing, None),
        Some(ReceiptState::Printed) => (ui::ReceiptState::Printed, None),
        Some(ReceiptState::NotPrinted(trouble)) => (ui::ReceiptState::NotPrinted, Some(trouble)),
        Some(ReceiptState::Unknown) => (ui::ReceiptState::Unknown, None),
    };
    api.set_receipt(state);
    api.set_receipt_trouble(frame::printer(trouble));
}

pub(super) fn status(status: CaseStatus) -> ui::CaseStatus {
    match status {
        CaseStatus::Received => ui::CaseStatus::Received,
        CaseStatus::Accepted => ui::CaseStatus::Accepted,
        CaseStatus::InReview => ui::CaseStatus::InReview,
        CaseStatus::CorrectionRequired => ui::CaseStatus::CorrectionRequired,
        CaseStatus::NotAccepted => ui::CaseStatus::NotAccepted,
        CaseStatus::Decided => ui::CaseStatus::Decided,
        CaseStatus::Completed => ui::CaseStatus::Completed,
        CaseStatus::Withdrawn => ui::CaseStatus::Withdrawn,
    }
}

/// The same of a case that may have ended without a result.
pub(super) fn told_status(status: CaseStatus, ending: Option<EndingKind>) -> ui::CaseStatus {
    match (status, ending) {
        (CaseStatus::Decided | CaseStatus::Completed, Some(EndingKind::Denied)) => ui::CaseStatus::Denied,
        (status, _) => self::status(status),
    }
}

/// A code with its quiet zone, black on white whatever the theme: a phone must read it.
pub(super) fn qr(text: &str) -> Image {
    const MODULE: i32 = 8;
    const QUIET: i32 = 4;
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else { return Image::default() };
    let side = (code.size() + 2 * QUIET) * MODULE;
    let side_pixels = side.unsigned_abs();
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(side_pixels, side_pixels);
    let places = (0..side).flat_map(|y| (0..side).map(move |x| (x / MODULE - QUIET, y / MODULE - QUIET)));
    for (pixel, (x, y)) in pixels.make_mut_slice().iter_mut().zip(places) {
        let shade = if code.get_module(x, y) { 0 } else { 255 };
        *pixel = Rgb8Pixel::new(shade, shade, shade);
    }
    Image::from_rgb8(pixels)
}

pub(super) fn rate(window: &AppWindow, rate: Rate) {
    window.global::<RateApi>().set_chosen(rate.chosen.map_or(0, |level| i32::from(u8::from(level))));
}

pub(super) fn forget(window: &AppWindow) {
    let api = window.global::<ResultApi>();
    api.set_pickup_code(SharedString::default());
    api.set_case_no(SharedString::default());
    api.set_parts(dates::model([]));
    api.set_reason(SharedString::default());
    api.set_qr(Image::default());
}
