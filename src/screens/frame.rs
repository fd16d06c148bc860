//! What stands in the same place on every screen.

use flow::{
    Touch,
    event::CodeReader,
    view::{Contrast, Overlay, PrinterTrouble, ReaderTrouble, View},
    voice::Voice,
};
use jiff::Timestamp;
use kiosk_ui::slint::{ComponentHandle as _, Model as _};
use kiosk_ui::{self as ui, AppWindow, FrameApi, OverlayName, Theme};
use protocol::Language;

use super::{Send, dates};

pub(super) fn connect(window: &AppWindow, send: &Send) {
    let api = window.global::<FrameApi>();
    let sends = |touch: Touch| {
        let send = send.clone();
        move || send(touch.clone())
    };
    api.on_back(sends(Touch::Back));
    api.on_home(sends(Touch::Home));
    api.on_save(sends(Touch::Save));
    api.on_help(sends(Touch::Help));
    api.on_close_help(sends(Touch::CloseHelp));
    api.on_stay(sends(Touch::Stay));
    api.on_leave(sends(Touch::Leave));
    api.on_anywhere(sends(Touch::Anywhere));
    api.on_clock(sends(Touch::Clock));
    api.on_repeat(sends(Touch::Repeat));
    api.on_mute(sends(Touch::Mute));
    let to = send.clone();
    api.on_louder(move |louder| to(Touch::Louder(louder)));
    let to = send.clone();
    api.on_set_language(move |language| to(Touch::Language(chosen(language))));
    let to = send.clone();
    api.on_set_large_type(move |on| to(Touch::LargeType(on)));
    let (to, weak) = (send.clone(), window.as_weak());
    api.on_next_contrast(move || {
        if let Some(window) = weak.upgrade() {
            to(Touch::Contrast(next(window.global::<Theme>().get_contrast())));
        }
    });
}

fn chosen(language: ui::Language) -> Language {
    match language {
        ui::Language::Simplified => Language::Simplified,
        ui::Language::Traditional => Language::Traditional,
        ui::Language::English => Language::English,
    }
}

fn next(contrast: ui::Contrast) -> Contrast {
    match contrast {
        ui::Contrast::Standard => Contrast::Dark,
        ui::Contrast::Dark => Contrast::BlackOnWhite,
        ui::Contrast::BlackOnWhite => Contrast::YellowOnBlack,
        ui::Contrast::YellowOnBlack => Contrast::Standard,
    }
}

pub(super) fn show(window: &AppWindow, view: &View, now: Timestamp) {
    settings(window, view);
    let (api, frame) = (window.global::<FrameApi>(), &view.frame);
    let words = |text: &Option<protocol::Text>| {
        text.as_ref().map_or("", |text| text.get(frame.settings.language)).into()
    };
    api.set_community(words(&frame.community));
    api.set_subdistrict(words(&frame.subdistrict));
    if let Some(phones) = &frame.phones {
        api.set_consult_phone(phones.consult.as_str().into());
        api.set_complain_phone(phones.complain.as_str().into());
    }
    api.set_time(dates::time(now));
    api.set_today(dates::day(dates::today(now)));
    api.set_online(frame.online);
    api.set_is_cached(frame.cached_since.is_some());
    if let Some(since) = frame.cached_since {
        api.set_cached_on(dates::day(dates::today(since)));
        api.set_cached_at(dates::time(since));
    }
    api.set_printer(printer(frame.printer));
    api.set_reader(reader(frame.reader));
    api.set_codes(codes(frame.codes));
    let step = frame.step.unwrap_or(flow::view::Step { at: 0, of: 0 });
    api.set_step_at(i32::try_from(step.at).unwrap_or_default());
    api.set_step_of(i32::try_from(step.of).unwrap_or_default());
    api.set_can_go_back(frame.can_go_back);
    api.set_can_go_home(frame.can_go_home);
    api.set_can_save(frame.can_save);
    api.set_out_of_service(frame.out_of_service);
    voice(&api, frame.voice);
    overlay(&api, view.overlay);
}

fn voice(api: &FrameApi<'_>, voice: Option<Voice>) {
    api.set_speaks(voice.is_some());
    if let Some(voice) = voice {
        api.set_voice_on(voice.on);
        api.set_can_soften(voice.can_soften());
        api.set_can_amplify(voice.can_amplify());
    }
}

fn settings(window: &AppWindow, view: &View) {
    let settings = view.frame.settings;
    let theme = window.global::<Theme>();
    theme.set_large_type(settings.large_type);
    theme.set_contrast(match settings.contrast {
        Contrast::Standard => ui::Contrast::Standard,
        Contrast::Dark => ui::Contrast::Dark,
        Contrast::BlackOnWhite => ui::Contrast::BlackOnWhite,
        Contrast::YellowOnBlack => ui::Contrast::YellowOnBlack,
    });
    let api = window.global::<FrameApi>();
    api.set_language(spoken(settings.language));
    // Where there is one only, there is nothing to choose.
    let languages = Some(&view.frame.languages).filter(|languages| languages.len() > 1);
    let offered: Vec<_> = languages.into_iter().flatten().copied().map(spoken).collect();
    // A key that is being touched must not be made anew under the finger.
    if !api.get_languages().iter().eq(offered.iter().copied()) {
        api.set_languages(dates::model(offered));
    }
}

fn spoken(language: Language) -> ui::Language {
    match language {
        Language::Simplified => ui::Language::Simplified,
        Language::Traditional => ui::Language::Traditional,
        Language::English => ui::Language::English,
    }
}

fn overlay(api: &FrameApi<'_>, overlay: Option<Overlay>) {
    let (name, seconds) = match overlay {
        None => (OverlayName::None, 0),
        Some(Overlay::Help) => (OverlayName::Help, 0),
        Some(Overlay::Leave) => (OverlayName::Leave, 0),
        Some(Overlay::Countdown { seconds_left }) => (OverlayName::Countdown, seconds_left),
    };
    api.set_overlay(name);
    api.set_seconds_left(i32::try_from(seconds).unwrap_or(i32::MAX));
}

pub(super) fn printer(trouble: Option<PrinterTrouble>) -> ui::PrinterTrouble {
    match trouble {
        None => ui::PrinterTrouble::None,
        Some(PrinterTrouble::PaperOut) => ui::PrinterTrouble::PaperOut,
        Some(PrinterTrouble::CoverOpen) => ui::PrinterTrouble::CoverOpen,
        Some(PrinterTrouble::Jam) => ui::PrinterTrouble::Jam,
        Some(PrinterTrouble::Overheated) => ui::PrinterTrouble::Overheated,
        Some(PrinterTrouble::Disconnected) => ui::PrinterTrouble::Disconnected,
    }
}

fn codes(reader: Option<CodeReader>) -> ui::CodeReader {
    match reader {
        None => ui::CodeReader::None,
        Some(CodeReader::Scanner) => ui::CodeReader::Scanner,
        Some(CodeReader::Camera) => ui::CodeReader::Camera,
    }
}

fn reader(trouble: Option<ReaderTrouble>) -> ui::ReaderTrouble {
    match trouble {
        None => ui::ReaderTrouble::None,
        Some(ReaderTrouble::Disconnected) => ui::ReaderTrouble::Disconnected,
        Some(ReaderTrouble::Broken) => ui::ReaderTrouble::Broken,
    }
}
