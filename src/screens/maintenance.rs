//! 运维登录 and 运维模式.

use std::{cell::Cell, rc::Rc};

use driver_api::Picture;
use flow::{
    Touch,
    maintenance::{EnrolTrouble, Export, Inspection, LinkTrouble, Part, Report, Task},
    view::{Admit, AdmitTrouble, Enrolling, Maintenance, MaintenancePage, Trial},
};
use health::Condition;
use jiff::{Timestamp, tz};
use kiosk_ui::slint::{ComponentHandle as _, Image, Model as _, Rgb8Pixel, SharedPixelBuffer, SharedString};
use kiosk_ui::{self as ui, AdmitApi, AppWindow, CalibrationApi, FrameApi, MaintenanceApi, slint};

use super::{
    Send, dates,
    focus::{Focus, Turn},
    frame, outcome,
    settings::{self, Typed},
};
use crate::inbox::Preview;

pub(super) struct MaintenanceScreen {
    /// Of the camera that is looked at.
    focus: Rc<Cell<Focus>>,
    typed: Typed,
}

impl MaintenanceScreen {
    pub(super) fn connect(window: &AppWindow, send: &Send) -> Self {
        connect(window, send);
        let focus = Rc::<Cell<Focus>>::default();
        let anew = focus.clone();
        window.global::<MaintenanceApi>().on_compare_anew(move || anew.set(Focus::default()));
        Self { focus, typed: settings::connect(window, send) }
    }

    /// A picture that comes late shows nothing any more.
    pub(super) fn preview(&self, window: &AppWindow, maintenance: &Maintenance, preview: &Preview) {
        if is_looking(maintenance) {
            self.focus.set(self.focus.get().with(preview.sharpness));
            let api = window.global::<MaintenanceApi>();
            api.set_preview(image(&preview.picture));
            focused(&api, self.focus.get());
        }
    }

    pub(super) fn show(&self, window: &AppWindow, maintenance: &Maintenance) {
        if !is_looking(maintenance) {
            self.look_away(window);
        }
        match &maintenance.page {
            MaintenancePage::Enrolling(Enrolling::Typing { part, text, .. }) => {
                self.typed.show(window, *part, text);
            }
            _ => self.typed.forget(window),
        }
        show(window, maintenance);
    }

    fn look_away(&self, window: &AppWindow) {
        self.focus.take();
        let api = window.global::<MaintenanceApi>();
        api.set_preview(Image::default());
        api.set_share(0.0);
        api.set_focus(ui::Focus::None);
    }

    /// What a camera saw last, and what was typed last.
    pub(super) fn forget(&self, window: &AppWindow) {
        self.look_away(window);
        self.typed.forget(window);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a share")]
fn focused(api: &MaintenanceApi<'_>, focus: Focus) {
    api.set_sharpness(slint::format!("{:.0}", focus.now()));
    api.set_sharpest(slint::format!("{:.0}", focus.most()));
    api.set_share(focus.share() as f32);
    api.set_focus(match focus.turn() {
        Turn::On => ui::Focus::Searching,
        Turn::Back => ui::Focus::Back,
        Turn::Here => ui::Focus::Here,
    });
}

fn connect(window: &AppWindow, send: &Send) {
    let api = window.global::<AdmitApi>();
    let to = send.clone();
    api.on_key(move |digit| digit.chars().for_each(|digit| to(Touch::PinDigit(digit))));
    let to = send.clone();
    api.on_erase(move || to(Touch::ErasePin));
    let to = send.clone();
    api.on_admit(move || to(Touch::Admit));
    let api = window.global::<MaintenanceApi>();
    let to = send.clone();
    api.on_begin(move |task| to(Touch::Maintain(wanted(task))));
    let to = send.clone();
    api.on_not_good(move || to(Touch::Judge(false)));
    let to = send.clone();
    api.on_field(move |at| to(Touch::Field(usize::try_from(at).unwrap_or(usize::MAX))));
    let (to, weak) = (send.clone(), window.as_weak());
    api.on_go_on(move || {
        if let Some(window) = weak.upgrade() {
            to(primary(&window.global::<MaintenanceApi>()));
        }
    });
}

/// What the one button of each page means; its words are in `words.slint`.
fn primary(api: &MaintenanceApi<'_>) -> Touch {
    match (api.get_page(), api.get_trial()) {
        (ui::MaintenancePage::Restarting, _)
        | (ui::MaintenancePage::Testing, ui::Trial::Look | ui::Trial::Listen) => Touch::Judge(true),
        _ => Touch::Next,
    }
}

fn wanted(task: ui::Task) -> Task {
    match task {
        ui::Task::TestReader => Task::TestReader,
        ui::Task::TestPrinter => Task::TestPrinter,
        ui::Task::ChangePaper => Task::ChangePaper,
        ui::Task::Screen => Task::Screen,
        ui::Task::TestTouch => Task::TestTouch,
        ui::Task::Calibrate => Task::Calibrate,
        ui::Task::Brightness => Task::Brightness,
        ui::Task::TestCamera => Task::TestCamera,
        ui::Task::TestScanner => Task::TestScanner,
        ui::Task::TestSpeaker => Task::TestSpeaker,
        ui::Task::OutOfService => Task::OutOfService,
        ui::Task::InService => Task::InService,
        ui::Task::Report => Task::Report,
        ui::Task::Enrol => Task::Enrol,
        ui::Task::ExportLog => Task::ExportLog,
        ui::Task::Restart => Task::Restart,
    }
}

pub(super) fn admit(window: &AppWindow, admit: Admit) {
    let api = window.global::<AdmitApi>();
    api.set_card(admit.card);
    api.set_digits(i32::try_from(admit.digits).unwrap_or_default());
    api.set_checking(admit.checking);
    let (trouble, minutes) = match admit.trouble {
        None => (ui::AdmitTrouble::None, 0),
        Some(AdmitTrouble::Card(_)) => (ui::AdmitTrouble::Card, 0),
        Some(AdmitTrouble::Incomplete) => (ui::AdmitTrouble::Incomplete, 0),
        Some(AdmitTrouble::Refused) => (ui::AdmitTrouble::Refused, 0),
        Some(AdmitTrouble::Locked { minutes }) => (ui::AdmitTrouble::Locked, minutes),
        Some(AdmitTrouble::Unavailable) => (ui::AdmitTrouble::Unavailable, 0),
    };
    api.set_trouble(trouble);
    api.set_locked_minutes(i32::try_from(minutes).unwrap_or(i32::MAX));
}

/// A picture of a camera, as the screen takes it.
pub(super) fn image(picture: &Picture) -> Image {
    let (width, height) = (picture.width(), picture.height());
    Image::from_rgb8(SharedPixelBuffer::<Rgb8Pixel>::clone_from_slice(picture.rgb(), width, height))
}

fn is_looking(maintenance: &Maintenance) -> bool {
    matches!(maintenance.page, MaintenancePage::Testing { part: Part::Camera, trial: Trial::Look })
}

fn show(window: &AppWindow, maintenance: &Maintenance) {
    let api = window.global::<MaintenanceApi>();
    api.set_technician(maintenance.technician.as_str().into());
    api.set_page(match &maintenance.page {
        MaintenancePage::Overview(inspection) => {
            overview(&api, inspection.as_deref());
            inspection.iter().for_each(|seen| settings::offer(window, seen));
            ui::MaintenancePage::Overview
        }
        MaintenancePage::Screen(inspection) => {
            let calibrated = inspection.as_ref().and_then(|seen| seen.calibrated);
            window.global::<CalibrationApi>().set_calibrated(calibrated == Some(true));
            ui::MaintenancePage::Screen
        }
        MaintenancePage::Brightness(bright) => {
            settings::brightness(window, *bright);
            ui::MaintenancePage::Brightness
        }
        MaintenancePage::Calibrating(how) => {
            settings::calibrating(window, *how);
            ui::MaintenancePage::Calibrating
        }
        MaintenancePage::Testing { part, trial } => {
            testing(&api, *part, *trial);
            if let Trial::Listen(hearing) = trial {
                settings::hearing(window, *hearing);
            }
            ui::MaintenancePage::Testing
        }
        MaintenancePage::Paper => ui::MaintenancePage::Paper,
        MaintenancePage::Touching(touched) => {
            fields(&api, touched);
            ui::MaintenancePage::Touching
        }
        MaintenancePage::Report(report) => {
            api.set_reported(report.is_some());
            readiness(&api, report.as_deref());
            ui::MaintenancePage::Report
        }
        MaintenancePage::NoReport => {
            api.set_reported(true);
            readiness(&api, None);
            ui::MaintenancePage::Report
        }
        MaintenancePage::Enrolling(how) => {
            api.set_enrolling(enrolling(how));
            if matches!(how, Enrolling::Typing { .. }) {
                ui::MaintenancePage::Typing
            } else {
                ui::MaintenancePage::Enrolling
            }
        }
        MaintenancePage::Exporting(export) => {
            api.set_exported(exported(*export));
            ui::MaintenancePage::Exporting
        }
        MaintenancePage::Restarting => ui::MaintenancePage::Restarting,
    });
}

/// 暂停服务. The technician's own doing has a code like everything else. What to do is in the code for telephones itself:
/// a machine out of service may have no network, and whoever scans it neither.
pub(super) fn out_of_service(window: &AppWindow, stopped: Option<&'static str>) {
    let condition = stopped.and_then(Condition::of_code).unwrap_or(Condition::TakenOutOfService);
    let api = window.global::<FrameApi>();
    let (code, cause, action) = (condition.code(), condition.cause(), condition.action());
    api.set_stop_code(code.into());
    api.set_help_qr(outcome::qr(&format!("终端 {} 代码 {code}\n{cause}\n{action}", api.get_terminal_id())));
}

fn overview(api: &MaintenanceApi<'_>, inspection: Option<&Inspection>) {
    api.set_inspected(inspection.is_some());
    let Some(seen) = inspection else { return };
    api.set_version(seen.version.as_str().into());
    api.set_terminal_id(seen.terminal_id.as_str().into());
    api.set_platform(seen.platform.as_str().into());
    api.set_started_at(moment(seen.started_at));
    api.set_catalogue_at(seen.catalogue_at.map(moment).unwrap_or_default());
    api.set_waiting(i32::try_from(seen.waiting).unwrap_or(i32::MAX));
    api.set_parked(i32::try_from(seen.parked).unwrap_or(i32::MAX));
    api.set_oldest_waiting(seen.oldest_waiting.map(moment).unwrap_or_default());
    api.set_enrolled(seen.enrolled);
    api.set_may_enrol(seen.may_enrol);
    api.set_certificate_until(seen.certificate_until.map(day).unwrap_or_default());
    api.set_configuration(seen.configuration.map(|version| slint::format!("{version}")).unwrap_or_default());
    api.set_troubles(dates::model(seen.troubles.iter().map(|trouble| ui::Trouble {
        code: trouble.code.into(),
        cause: trouble.cause.into(),
        action: trouble.action.into(),
        since: moment(trouble.since),
    })));
    let (trouble, holder) = link(seen.reader.as_ref());
    api.set_reader_link(trouble);
    api.set_reader_holder(holder);
    let (trouble, holder) = link(seen.printer.as_ref());
    api.set_printer_link(trouble);
    api.set_printer_holder(holder);
    let (trouble, holder) = link(seen.camera.as_ref());
    api.set_has_camera(seen.has_camera);
    api.set_camera_link(trouble);
    api.set_camera_holder(holder);
    let (trouble, holder) = link(seen.scanner.as_ref());
    api.set_has_scanner(seen.has_scanner);
    api.set_scanner_link(trouble);
    api.set_scanner_holder(holder);
    api.set_has_speaker(seen.sound.is_some());
    api.set_speaker_link(link(seen.speaker.as_ref()).0);
    api.set_disk_free(seen.disk_free.map_or_else(|| "—".into(), mebibytes));
}

fn link(trouble: Option<&LinkTrouble>) -> (ui::LinkTrouble, SharedString) {
    let Some(trouble) = trouble else { return (ui::LinkTrouble::None, SharedString::default()) };
    let told = match trouble {
        LinkTrouble::NotFound => ui::LinkTrouble::NotFound,
        LinkTrouble::PermissionDenied => ui::LinkTrouble::PermissionDenied,
        LinkTrouble::Busy { holder } => {
            return (ui::LinkTrouble::Busy, holder.as_deref().unwrap_or_default().into());
        }
        LinkTrouble::Unplugged => ui::LinkTrouble::Unplugged,
        LinkTrouble::Silent => ui::LinkTrouble::Silent,
        LinkTrouble::Garbled => ui::LinkTrouble::Garbled,
    };
    (told, SharedString::default())
}

fn readiness(api: &MaintenanceApi<'_>, report: Option<&Report>) {
    let Some(report) = report else {
        api.set_reported_at(SharedString::default());
        return api.set_tested(dates::model([]));
    };
    api.set_reported_at(moment(report.at));
    api.set_report_qr(outcome::qr(&report.text));
    api.set_tested(dates::model(report.parts.iter().map(|(tested, last)| ui::Tested {
        part: shown(*tested),
        passed: last.is_some_and(|(passed, _)| passed),
        at: last.map(|(_, at)| moment(at)).unwrap_or_default(),
    })));
}

/// 11-23 09:05, in China: technicians read logs all day.
fn moment(at: Timestamp) -> SharedString {
    let at = tz::offset(8).to_datetime(at);
    slint::format!("{:02}-{:02} {:02}:{:02}", at.month(), at.day(), at.hour(), at.minute())
}

/// 2026-11-23, in China.
fn day(at: Timestamp) -> SharedString {
    slint::format!("{}", tz::offset(8).to_datetime(at).date())
}

fn enrolling(how: &Enrolling) -> ui::Enrolling {
    match how {
        Enrolling::Awaiting(None) | Enrolling::Typing { trouble: None, .. } => ui::Enrolling::Awaiting,
        Enrolling::Calling => ui::Enrolling::Calling,
        Enrolling::Done => ui::Enrolling::Done,
        Enrolling::Awaiting(Some(trouble)) | Enrolling::Typing { trouble: Some(trouble), .. } => {
            match trouble {
                EnrolTrouble::NotAnInvitation => ui::Enrolling::NotAnInvitation,
                EnrolTrouble::OtherPlatform => ui::Enrolling::OtherPlatform,
                EnrolTrouble::Refused => ui::Enrolling::Refused,
                EnrolTrouble::Unreachable => ui::Enrolling::Unreachable,
                EnrolTrouble::Already => ui::Enrolling::Already,
                EnrolTrouble::Failed => ui::Enrolling::Failed,
                EnrolTrouble::Address => ui::Enrolling::Address,
                EnrolTrouble::Name => ui::Enrolling::Name,
                EnrolTrouble::Pin => ui::Enrolling::Pin,
                EnrolTrouble::Code => ui::Enrolling::Code,
            }
        }
    }
}

fn exported(export: Option<Export>) -> ui::Export {
    match export {
        None => ui::Export::Writing,
        Some(Export::Written) => ui::Export::Written,
        Some(Export::NoDrive) => ui::Export::NoDrive,
        Some(Export::NoRoom) => ui::Export::NoRoom,
        Some(Export::Failed) => ui::Export::Failed,
    }
}

fn mebibytes(bytes: u64) -> SharedString {
    slint::format!("{} MiB", bytes >> 20)
}

fn shown(part: Part) -> ui::Part {
    match part {
        Part::Reader => ui::Part::Reader,
        Part::Printer => ui::Part::Printer,
        Part::Paper => ui::Part::Paper,
        Part::Touch => ui::Part::Touch,
        Part::Camera => ui::Part::Camera,
        Part::Scanner => ui::Part::Scanner,
        Part::Speaker => ui::Part::Speaker,
    }
}

fn testing(api: &MaintenanceApi<'_>, part: Part, trial: Trial) {
    api.set_part(shown(part));
    api.set_card_trouble(matches!(trial, Trial::PutCard(Some(_))));
    api.set_printer_trouble(frame::printer(if let Trial::Failed(trouble) = trial { trouble } else { None }));
    api.set_trial(match trial {
        Trial::PutCard(_) => ui::Trial::PutCard,
        Trial::ShowCode => ui::Trial::ShowCode,
        Trial::Printing => ui::Trial::Printing,
        Trial::Look => ui::Trial::Look,
        Trial::Listen(_) => ui::Trial::Listen,
        Trial::Passed => ui::Trial::Passed,
        Trial::Failed(_) => ui::Trial::Failed,
    });
}

/// Only what was touched is drawn anew: a whole grid for each touch would lag behind the finger.
fn fields(api: &MaintenanceApi<'_>, touched: &[bool]) {
    let shown = api.get_fields();
    if shown.row_count() != touched.len() {
        return api.set_fields(dates::model(touched.iter().copied()));
    }
    for (row, field) in touched.iter().enumerate() {
        if shown.row_data(row) != Some(*field) {
            shown.set_row_data(row, *field);
        }
    }
}
