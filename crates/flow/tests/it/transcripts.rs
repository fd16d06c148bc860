//! Visits as texts: every line that begins with `>` is something that happens, the lines under it are what the kiosk
//! then shows and wants. `UPDATE_TRANSCRIPTS=1` writes the answers anew; read the difference before committing it.

use std::{fmt::Write, fs, path::Path, time::Duration};

use kiosk_flow::{
    Effect, Event, Touch,
    calibration::Spot,
    event::{CardTrouble, DraftTrouble, IntakeTrouble, PrintNews, QueryTrouble, ScannedText},
    maintenance::{Admission, EnrolTrouble, Export, Inspection, Part, Report, Sound, Task, Technician},
    page::{PageFile, PageWarning, Shot},
    view::{
        Ask, CaseNews, DraftRow, Edit, Form, MaintenancePage, Overlay, PersonRow, PrinterTrouble, Promise,
        ReaderTrouble, Screen, Shown, View,
    },
    voice::Saying,
};
use protocol::{BundleCase, Case, Language, PartOf, PickupCode, RatingLevel, Subject};
use uuid::Uuid;

use crate::kiosk::{Kiosk, bundle_case, bundle_draft, card, case, draft, foreigner, kept, with_bundles};

const KEY: Uuid = Uuid::from_u128(7);

fn code() -> PickupCode {
    PickupCode::from_random(12_345_678)
}

#[test]
fn every_transcript_is_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let written = fs::read_to_string(&path).unwrap();
        let played = play(&written);
        if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
            fs::write(&path, &played).unwrap();
        } else {
            assert_eq!(played, written, "{}", path.display());
        }
        seen += 1;
    }
    assert!(seen >= 10, "only {seen} transcripts found");
}

/// Plays the `>` lines of a transcript and writes down what comes of them; other lines but comments are dropped.
fn play(written: &str) -> String {
    let mut kiosk = Kiosk::ready();
    let mut played = String::new();
    for line in written.lines() {
        if let Some(input) = line.strip_prefix("> ") {
            happen(&mut kiosk, input);
            writeln!(played, "{line}").unwrap();
            for effect in &kiosk.effects {
                writeln!(played, "    want {}", tell_effect(effect)).unwrap();
            }
            writeln!(played, "    {}", tell_view(&kiosk.flow.view())).unwrap();
        } else if line.starts_with('#') {
            writeln!(played, "{line}").unwrap();
        }
    }
    played
}

fn happen(kiosk: &mut Kiosk, input: &str) {
    let (word, rest) = input.split_once(' ').unwrap_or((input, ""));
    if word == "pin" {
        return rest.chars().for_each(|digit| kiosk.event(Event::Touch(Touch::PinDigit(digit))));
    }
    if word == "fields" {
        let (from, to) = rest.split_once(' ').unwrap();
        let fields = from.parse().unwrap()..to.parse().unwrap();
        return fields.for_each(|at| kiosk.event(Event::Touch(Touch::Field(at))));
    }
    if word == "wait" {
        return kiosk.wait(Duration::from_secs_f64(rest.parse().unwrap()));
    }
    let happened = touch(word, rest).map(Event::Touch).or_else(|| of_drafts(kiosk.asked, word, rest));
    kiosk.event(happened.unwrap_or_else(|| news(word, rest)));
}

fn touch(word: &str, rest: &str) -> Option<Touch> {
    Some(match word {
        "touch" => Touch::Anywhere,
        "tile" => Touch::Tile(rest.into()),
        "item" => Touch::Item(rest.into()),
        "back" => Touch::Back,
        "home" => Touch::Home,
        "help" => Touch::Help,
        "close-help" => Touch::CloseHelp,
        "start" => Touch::Start,
        "agree" => Touch::Agree,
        "decline" => Touch::Decline,
        "answer" => Touch::Answer(rest.into()),
        "add" => Touch::AddPerson,
        "edit-person" => Touch::EditPerson(rest.parse().unwrap()),
        "remove-person" => Touch::RemovePerson(rest.parse().unwrap()),
        "next" => Touch::Next,
        "edit" => Touch::Edit(Edit::Field(rest.into())),
        "edit-pages" => Touch::Edit(Edit::Pages(rest.parse().unwrap())),
        "photograph" => Touch::Photograph,
        "retake" => Touch::Retake,
        "another-page" => Touch::AnotherPage,
        "pages-done" => Touch::PagesDone,
        "leave-out" => Touch::LeaveOut,
        "save" => Touch::Save,
        "keep" => Touch::Keep,
        "resume" => Touch::Resume(Uuid::from_u128(rest.parse().unwrap())),
        "afresh" => Touch::Afresh,
        "submit" => Touch::Submit,
        "print-again" => Touch::PrintAgain,
        "finish" => Touch::Finish,
        "rate" => Touch::Rate(RatingLevel::try_from(rest.parse::<u8>().unwrap()).unwrap()),
        "skip-rating" => Touch::SkipRating,
        "type" => Touch::TypeCode(if rest == "code" { code().as_str().into() } else { rest.into() }),
        "find" => Touch::FindByCode,
        "find-by-card" => Touch::FindByCard,
        "stay" => Touch::Stay,
        "leave" => Touch::Leave,
        "english" => Touch::Language(Language::English),
        "large" => Touch::LargeType(true),
        "clock" => Touch::Clock,
        "erase" => Touch::ErasePin,
        "admit" => Touch::Admit,
        "maintain" => Touch::Maintain(task(rest)),
        "judge" => Touch::Judge(rest == "good"),
        "field" => Touch::Field(rest.parse().unwrap()),
        "at" => Touch::At(spot(rest)),
        "type-invitation" => Touch::TypeInvitation,
        "brighter" => Touch::Brighter(true),
        "darker" => Touch::Brighter(false),
        "uncalibrate" => Touch::Uncalibrate,
        "repeat" => Touch::Repeat,
        "louder" => Touch::Louder(true),
        "softer" => Touch::Louder(false),
        "mute" => Touch::Mute,
        _ => return None,
    })
}

/// News of drafts, which say what they answer.
fn of_drafts(asked: Duration, word: &str, rest: &str) -> Option<Event> {
    let trouble = |trouble| Some(Event::DraftNotKept { asked, key: KEY, trouble });
    match (word, rest) {
        ("no-drafts", _) => Some(Event::Drafts { asked, drafts: vec![] }),
        // What was asked for by whoever stood here before.
        ("drafts", "late") => {
            let drafts = vec![draft(1, "resident-pension-enrolment", 1, ("level", "300"))];
            Some(Event::Drafts { asked: asked.saturating_sub(Duration::from_secs(1)), drafts })
        }
        ("drafts", "bundle") => Some(Event::Drafts {
            asked,
            drafts: vec![
                draft(1, "pension-eligibility", 2, ("residence", "x")),
                bundle_draft(4, 4, ("phone", "13900005678")),
                bundle_draft(5, 3, ("aid", "yes")),
            ],
        }),
        ("drafts", _) => Some(Event::Drafts {
            asked,
            drafts: vec![
                draft(1, "pension-eligibility", 1, ("residence", "x")),
                draft(2, "no-item-of-this-kiosk", 1, ("level", "200")),
                draft(3, "resident-pension-enrolment", 1, ("level", "300")),
            ],
        }),
        ("draft-kept", _) => Some(Event::DraftKept { asked, kept: Box::new(kept()) }),
        ("draft-not-kept", "offline") => trouble(DraftTrouble::Offline),
        ("draft-not-kept", "refused") => trouble(DraftTrouble::Refused("没填完的太多了".into())),
        _ => None,
    }
}

fn spot(rest: &str) -> Spot {
    let (x, y) = rest.split_once(' ').unwrap();
    Spot { x: x.parse().unwrap(), y: y.parse().unwrap() }
}

fn task(word: &str) -> Task {
    match word {
        "reader" => Task::TestReader,
        "printer" => Task::TestPrinter,
        "camera" => Task::TestCamera,
        "scanner" => Task::TestScanner,
        "speaker" => Task::TestSpeaker,
        "paper" => Task::ChangePaper,
        "screen" => Task::Screen,
        "touch" => Task::TestTouch,
        "calibrate" => Task::Calibrate,
        "brightness" => Task::Brightness,
        "out" => Task::OutOfService,
        "in" => Task::InService,
        "restart" => Task::Restart,
        "report" => Task::Report,
        "export" => Task::ExportLog,
        "enrol" => Task::Enrol,
        other => panic!("unknown task: {other}"),
    }
}

pub(crate) fn report() -> Report {
    let at = "2026-11-23T01:00:00Z".parse().unwrap();
    Report { text: "a.b.c".into(), at, parts: vec![(Part::Reader, Some((true, at))), (Part::Printer, None)] }
}

pub(crate) fn inspection(enrolled: bool) -> Inspection {
    let at = "2026-11-23T01:00:00Z".parse().unwrap();
    Inspection {
        version: "0.1.0".into(),
        terminal_id: "demo-1".into(),
        platform: "https://platform.example".into(),
        started_at: at,
        catalogue_at: Some(at),
        waiting: 2,
        parked: 1,
        oldest_waiting: Some(at),
        disk_free: Some(1 << 30),
        enrolled,
        brightness: Some(75),
        calibrated: Some(false),
        may_enrol: !enrolled,
        certificate_until: enrolled.then_some(at),
        configuration: enrolled.then_some(3),
        troubles: Vec::new(),
        reader: None,
        printer: None,
        has_camera: true,
        camera: None,
        has_scanner: true,
        scanner: None,
        sound: Some(Sound { percent: 60, is_pushed: false }),
        speaker: None,
    }
}

/// So many kibibytes of a page, or one with something wrong about it.
fn shot(what: &str) -> Shot {
    let warnings = if what == "blurred" { vec![PageWarning::Blurred, PageWarning::Glare] } else { vec![] };
    let kibibytes = what.parse().unwrap_or(1);
    Shot { file: PageFile::new(vec![7; kibibytes << 10]), warnings }
}

/// What is held before the scanner.
fn scanned(what: &str) -> Option<ScannedText> {
    let says = match what {
        "receipt" => case(KEY, &code()).case_no,
        "bundle-receipt" => bundle_case(KEY, &code()).bundle_no,
        "waiting-receipt" => code().as_str().to_owned(),
        "nothing" => return None,
        other => other.to_owned(),
    };
    Some(ScannedText(says))
}

/// The cases of a bundle, each as it is found by itself.
pub(crate) fn parts() -> Vec<Case> {
    let BundleCase { bundle_no, bundle, cases, .. } = bundle_case(KEY, &code());
    let part = |(place, case)| {
        let (bundle_no, name) = (bundle_no.clone(), bundle.name.clone());
        Case { part_of: Some(PartOf { bundle_no, name, place, of: 2 }), ..case }
    };
    (1..).zip(cases).map(part).collect()
}

fn news(word: &str, rest: &str) -> Event {
    match word {
        "card" => Event::CardRead(Box::new(card())),
        "foreign-card" => Event::CardRead(Box::new(foreigner())),
        "expired-card" => {
            let mut card = card();
            card.valid_until = Some("2026-11-22".parse().unwrap());
            Event::CardRead(Box::new(card))
        }
        "card-moved" => Event::CardFailed(CardTrouble::Moved),
        "recorded" => Event::Recorded { case_key: KEY, pickup_code: code() },
        "disk-full" => Event::NotRecorded(IntakeTrouble::Disk),
        "filed-before" => Event::NotRecorded(IntakeTrouble::Filed),
        "delivered" => Event::Delivered(Box::new(case(KEY, &code()))),
        "delivered-other" => Event::Delivered(Box::new(case(Uuid::from_u128(8), &code()))),
        "bundles" => Event::Registry(Box::new(with_bundles())),
        "bundle-delivered" => Event::BundleDelivered(Box::new(bundle_case(KEY, &code()))),
        "bundle-found" => Event::BundleFound(Box::new(bundle_case(KEY, &code()))),
        "bundle-refused" => Event::Refused {
            case_key: KEY,
            reason: "临时救助：「遇到什么困难」还没有填".into(),
        },
        "deferred" => Event::Deferred { case_key: KEY },
        "refused" => Event::Refused { case_key: KEY, reason: "事项已停办".into() },
        "printed" => Event::Print(PrintNews::Printed),
        "not-printed" => Event::Print(PrintNews::NotPrinted(PrinterTrouble::PaperOut)),
        "print-unknown" => Event::Print(PrintNews::Unknown),
        "found" => Event::Found(vec![case(KEY, &code())]),
        "found-none" => Event::Found(vec![]),
        "found-part" => Event::Found(vec![parts().remove(0)]),
        // Newest first, as they were written: not in the order of the bundle.
        "found-all" => {
            let [done, aid] = parts().try_into().unwrap();
            Event::Found(vec![case(Uuid::from_u128(103), &code()), aid, case(KEY, &code()), done])
        }
        "not-found" => Event::NotFound(QueryTrouble::Offline),
        "full" => Event::Intake((rest == "yes").then_some(IntakeTrouble::Full)),
        "paper-out" => Event::Printer(Some(PrinterTrouble::PaperOut)),
        "online" => Event::Online(rest == "yes"),
        "granted" => Event::Admission(Admission::Granted(Technician { number: 7, name: "示例工".into() })),
        "not-granted" => Event::Admission(Admission::Refused),
        "locked" => Event::Admission(Admission::LockedFor { minutes: rest.parse().unwrap() }),
        "inspected" => Event::Inspected(Box::new(Inspection {
            has_scanner: rest != "blind",
            has_camera: rest != "blind",
            sound: (rest != "deaf").then_some(match rest.strip_prefix("volume-pushed ") {
                Some(percent) => Sound { percent: percent.parse().unwrap(), is_pushed: true },
                None => Sound { percent: 60, is_pushed: false },
            }),
            ..inspection(rest == "enrolled")
        })),
        "out-of-service" => Event::OutOfService(rest == "yes"),
        "reported" => Event::Reported((rest != "no").then(|| Box::new(report()))),
        "enrolled" => Event::Enrolled(match rest {
            "no" => Err(EnrolTrouble::Refused),
            "other-platform" => Err(EnrolTrouble::OtherPlatform),
            "bad-pin" => Err(EnrolTrouble::Pin),
            _ => Ok(()),
        }),
        "brightness" => Event::Brightness(rest.parse().ok()),
        "calibration-kept" => Event::CalibrationKept(rest == "yes"),
        "exported" => Event::Exported(match rest {
            "no-drive" => Export::NoDrive,
            _ => Export::Written,
        }),
        "stopped" => Event::Stopped((rest != "no").then_some("M05")),
        "speaker" => Event::Speaker(rest == "yes"),
        "volume" => Event::Volume(rest.parse().ok()),
        "camera-failed" => Event::CameraFailed,
        "camera" => Event::Camera(rest == "yes"),
        "photographed" => Event::Photographed(Box::new(shot(rest))),
        "scanned" => Event::Scanned(scanned(rest)),
        "reader-gone" => Event::Reader(Some(ReaderTrouble::Disconnected)),
        other => panic!("unknown line: {other}"),
    }
}

fn tell_effect(effect: &Effect) -> String {
    match effect {
        Effect::Record(intake) => {
            let fields: Vec<&str> = intake.fields.keys().map(String::as_str).collect();
            let papers: Vec<String> = intake
                .papers
                .iter()
                .map(|paper| {
                    let item = paper.item.as_ref().map(|item| format!("{item} ")).unwrap_or_default();
                    format!(" {} pages of {item}{}", paper.pages.len(), paper.material)
                })
                .collect();
            format!(
                "Record {} consent {} {fields:?}{}{}",
                tell_subject(&intake.subject),
                intake.consent.notice_version,
                papers.concat(),
                intake.draft.map(|key| format!(" of draft {}", key.as_u128())).unwrap_or_default()
            )
        }
        Effect::Print(slip) => {
            let bring: Vec<&str> = slip.bring.iter().map(|bring| bring.name.simplified.as_str()).collect();
            let bring = if bring.is_empty() { String::new() } else { format!(" bring {bring:?}") };
            let pages =
                if slip.photographed > 0 { format!(" pages {}", slip.photographed) } else { String::new() };
            format!("Print again={} {}{bring}{pages}", slip.again, slip_kind(&slip.says))
        }
        Effect::KeepDraft(draft) => {
            let fields: Vec<&str> = draft.fields.keys().map(String::as_str).collect();
            let key = draft.key.map_or_else(|| "new".to_owned(), |key| key.as_u128().to_string());
            format!("KeepDraft {key} {} {fields:?}", tell_subject(&draft.subject))
        }
        Effect::Find(_) => "Find".into(),
        Effect::Note(check) => {
            format!("Note {:?} passed={} by {}", check.part, check.passed, check.technician)
        }
        Effect::WatchCamera(on) => format!("WatchCamera {on}"),
        Effect::Enrol { invitation, .. } => {
            // As many characters as a scanned one has: what they say is secret.
            format!("Enrol {invitation:?}")
        }
        Effect::Say(Saying { prompt, language, percent, in_turn }) => {
            format!("Say {} {language:?} {percent}%{}", prompt.key(), if *in_turn { " in turn" } else { "" })
        }
        Effect::SetVolume(percent) => format!("SetVolume {percent}"),
        Effect::SetBrightness(percent) => format!("SetBrightness {percent}"),
        Effect::TryCalibration(fit) => format!("TryCalibration {:?}", fit.map(|fit| fit.0)),
        Effect::Scan(on) => format!("Scan {on}"),
        Effect::Serve { serve, technician } => format!("Serve {serve} by {technician}"),
        other => format!("{other:?}").split(['(', ' ']).next().unwrap().into(),
    }
}

fn tell_subject(subject: &Subject) -> String {
    match subject {
        Subject::Item { item, version } => format!("{item} v{version}"),
        Subject::Bundle { bundle, version, item_versions } => {
            format!("bundle {bundle} v{version} of {item_versions:?}")
        }
    }
}

fn slip_kind(says: &kiosk_flow::effect::SlipText) -> &'static str {
    match says {
        kiosk_flow::effect::SlipText::Filed(_) => "filed",
        kiosk_flow::effect::SlipText::Waiting(_) => "waiting",
        kiosk_flow::effect::SlipText::BundleFiled(_) => "bundle filed",
        kiosk_flow::effect::SlipText::BundleWaiting(_) => "bundle waiting",
    }
}

fn tell_view(view: &View) -> String {
    let over = match view.overlay {
        None => String::new(),
        Some(Overlay::Countdown { seconds_left }) => format!(" [countdown {seconds_left}]"),
        Some(Overlay::Help) => " [help]".into(),
        Some(Overlay::Leave) => " [leave?]".into(),
    };
    let step = view.frame.step.map(|step| format!(" {}/{}", step.at, step.of)).unwrap_or_default();
    format!("show {}{step}{over}", tell_screen(&view.screen))
}

fn tell_screen(screen: &Screen) -> String {
    match screen {
        Screen::Home(home) => format!("Home {} tiles", home.tiles.len()),
        Screen::Notices(notices) => format!("Notices {}", notices.len()),
        Screen::Items(items) => {
            let names: Vec<_> = items.rows.iter().map(|row| row.id.as_str()).collect();
            format!("Items {} {names:?}", items.title.simplified)
        }
        Screen::Guide(guide) => {
            format!("Guide {} due {:?}", guide.name.simplified, guide.due.map(|due| due.on))
        }
        Screen::BundleGuide(guide) => {
            let items = guide
                .items
                .iter()
                .map(|item| format!("{}{}", item.name.simplified, if item.depends { "?" } else { "" }));
            let papers = guide.materials.iter().map(|paper| match paper.only_for.as_slice() {
                [] => paper.name.simplified.clone(),
                [only, ..] => format!("{}({})", paper.name.simplified, only.simplified),
            });
            format!(
                "BundleGuide {}: {} bring {}",
                guide.name.simplified,
                items.collect::<Vec<_>>().join("+"),
                papers.collect::<Vec<_>>().join("+")
            )
        }
        Screen::Identify(identify) => format!("Identify {:?}", identify.trouble),
        Screen::Form(form) => tell_form(form),
        Screen::Photograph(one) => format!(
            "Photograph {} {}/{} kept {} room={} {:?}",
            one.material.simplified, one.paper.at, one.paper.of, one.kept, one.room, one.stage
        ),
        Screen::Confirm(confirm) => {
            let rows = confirm
                .rows
                .iter()
                .map(|row| format!("{}={}", row.label.simplified, tell_answer(&row.value)));
            let becomes = match &confirm.promise {
                Promise::Case { .. } => String::new(),
                Promise::Cases(parts) => {
                    format!(
                        " becomes {:?}",
                        parts.iter().map(|part| &part.item.simplified).collect::<Vec<_>>()
                    )
                }
            };
            format!("Confirm {}{becomes}", rows.collect::<Vec<_>>().join(" "))
        }
        Screen::Result(outcome) => {
            format!("Result {} receipt {:?}", tell_news(&outcome.news), outcome.receipt)
        }
        Screen::Drafts(drafts) => match &drafts.rows {
            None => "Drafts looked up".into(),
            Some(rows) => {
                let tell = |row: &DraftRow| {
                    format!(
                        "{}{} {}",
                        row.key.as_u128(),
                        if row.renewed { " renewed" } else { "" },
                        row.item.simplified
                    )
                };
                format!(
                    "Drafts {:?} or {} anew",
                    rows.iter().map(tell).collect::<Vec<_>>(),
                    drafts.chosen.simplified
                )
            }
        },
        Screen::Draft(draft) => {
            format!("Draft {} photographed={} {:?}", draft.item.simplified, draft.photographed, draft.stage)
        }
        Screen::Rate(rate) => format!("Rate {:?}", rate.chosen),
        Screen::ProgressQuery(query) => format!(
            "ProgressQuery {:?} wrong={:?} searching={} {:?}",
            query.typed, query.wrong, query.searching, query.trouble
        ),
        Screen::Progress(progress) => {
            let groups = progress.groups.iter().map(|group| {
                let cases: Vec<_> = group.cases.iter().map(|case| case.item.simplified.as_str()).collect();
                let of = group.bundle.as_ref().map(|bundle| {
                    format!(" of {} in {} {}", bundle.cases, bundle.name.simplified, bundle.number)
                });
                format!("{cases:?}{}", of.unwrap_or_default())
            });
            format!("Progress found {}", groups.collect::<Vec<_>>().join(", "))
        }
        Screen::End(end) => {
            format!("End card={} receipt={} timed-out={}", end.take_card, end.take_receipt, end.timed_out)
        }
        Screen::Consent(_) => "Consent".into(),
        Screen::Admit(admit) => {
            format!(
                "Admit card={} digits={} checking={} {:?}",
                admit.card, admit.digits, admit.checking, admit.trouble
            )
        }
        Screen::Maintenance(maintenance) => tell_maintenance(&maintenance.page),
        Screen::Attract(None) => "Attract".to_owned(),
        plain => format!("{plain:?}"),
    }
}

fn tell_maintenance(page: &MaintenancePage) -> String {
    match page {
        MaintenancePage::Overview(inspection) => {
            format!("Maintenance overview waiting {:?}", inspection.as_ref().map(|seen| seen.waiting))
        }
        MaintenancePage::Screen(_) => "Maintenance screen".into(),
        MaintenancePage::Touching(touched) => {
            let count = touched.iter().filter(|field| **field).count();
            format!("Maintenance touching {count}/{}", touched.len())
        }
        other => format!("Maintenance {other:?}"),
    }
}

fn tell_form(form: &Form) -> String {
    let answer = match &form.ask {
        Ask::Persons { rows, .. } => format!("[{}]", tell_persons(rows)),
        _ => format!("{:?}", form.answer),
    };
    let grouped =
        if form.grouped == form.answer { String::new() } else { format!(" read {:?}", form.grouped) };
    let person = form.person.map(|person| format!(" of person {person}")).unwrap_or_default();
    format!(
        "Form {}{person} {}/{} answer {answer}{grouped} {:?}",
        form.field, form.question.at, form.question.of, form.complaint
    )
}

fn tell_answer(value: &Shown) -> String {
    match value {
        Shown::Words(words) => words.simplified.clone(),
        Shown::Day(day) => day.to_string(),
        Shown::Phone(phone) => phone.clone(),
        Shown::Number { number, unit } => {
            format!("{number}{}", unit.as_ref().map_or("", |unit| unit.simplified.as_str()))
        }
        Shown::Money(yuan) => format!("{yuan}元"),
        Shown::Persons(rows) => tell_persons(rows),
        Shown::Pages(count) => format!("{count}页"),
        Shown::Nothing => "-".into(),
    }
}

fn tell_persons(rows: &[PersonRow]) -> String {
    let tell = |row: &PersonRow| {
        format!("{}({})", row.name, row.about.as_ref().map_or("", |about| about.simplified.as_str()))
    };
    rows.iter().map(tell).collect::<Vec<_>>().join("+")
}

fn tell_news(news: &CaseNews) -> String {
    match news {
        CaseNews::Filed { pickup_code, status, .. } => format!("filed {pickup_code} {status:?}"),
        CaseNews::Waiting { pickup_code, .. } => format!("waiting {pickup_code}"),
        CaseNews::BundleFiled { bundle_no, pickup_code, cases, .. } => {
            let cases: Vec<_> =
                cases.iter().map(|case| format!("{} {:?}", case.case_no, case.status)).collect();
            format!("bundle {bundle_no} {pickup_code} {cases:?}")
        }
        CaseNews::BundleWaiting { pickup_code, becomes, .. } => {
            format!("bundle waiting {pickup_code} {} cases", becomes.len())
        }
        CaseNews::Refused { reason, .. } => format!("refused {reason}"),
        CaseNews::NotTaken(trouble) => format!("not taken {trouble:?}"),
    }
}
