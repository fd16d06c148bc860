//! A very restless resident, a very bad machine and a very bad network: random walks with the invariants checked after
//! every step. A failing walk prints its seed and the steps that led there.

use std::{collections::VecDeque, time::Duration};

use jiff::civil::Date;
use kiosk_flow::{
    Deadlines, Effect, Event, Touch,
    calibration::Spot,
    event::{
        CardTrouble, CodeReader, Configured, DraftTrouble, IntakeTrouble, PrintNews, QueryTrouble,
        ScannedText,
    },
    home::{Arrangement, Notice},
    maintenance::{Admission, EnrolTrouble, Export, Task, Technician},
    page::{PageFile, PageWarning, Shot, VISIT_BYTES},
    view::{
        Ask, Calibrating, Contrast, DraftStage, Edit, MaintenancePage, PageStage, PrinterTrouble,
        ReaderTrouble, ReceiptState, Screen,
    },
    voice::Prompt,
};
use protocol::{
    Answer, Language, PickupCode, RatingLevel, Subject, Text,
    answer::check,
    material::{PAGE_BYTES, PAGES},
};
use uuid::Uuid;

use crate::kiosk::{
    CANARY_NAME, CANARY_NUMBER, Kiosk, bundle_case, bundle_draft, card, case, draft, foreigner, kept,
    settings, with_bundles,
};
use crate::transcripts::{inspection, parts, report};

/// The first bytes of [`CANARY_NAME`], as a list of numbers shows them.
const CANARY_BYTES: &str = "233, 135, 145";
const WALKS: u64 = 125;
const STEPS: usize = 2_500;

#[test]
fn no_walk_breaks_an_invariant() {
    let mut screens = std::collections::BTreeSet::new();
    let (mut filed, mut aided, mut photographed, mut calibrated) = (0, 0, 0, 0);
    let (mut left, mut resumed, mut resumed_bundles) = (0, 0, 0);
    let (mut bundled, mut bundled_pages) = (0, 0);
    let mut heard = std::collections::HashSet::new();
    for seed in 1..=WALKS {
        let mut walk = Walk::new(seed);
        for _ in 0..STEPS {
            walk.step();
            screens.insert(walk.screen_name());
        }
        filed += walk.records;
        aided += walk.aided;
        photographed += walk.photographed;
        calibrated += walk.calibrated;
        left += walk.left;
        resumed += walk.resumed;
        resumed_bundles += walk.resumed_bundles;
        bundled += walk.bundled;
        bundled_pages += walk.bundled_pages;
        heard.extend(walk.kiosk.ear.heard);
    }
    // A walk that never gets anywhere proves nothing.
    let expected = [
        "Attract",
        "Home",
        "Notices",
        "Guide",
        "Items",
        "BundleGuide",
        "Consent",
        "Identify",
        "Form",
        "Photograph",
        "Drafts",
        "Draft",
        "Confirm",
        "Submitting",
        "Result",
        "Rate",
        "ProgressQuery",
        "Progress",
        "End",
        "Starting",
        "Admit",
        "Maintenance",
        "OutOfService",
    ];
    for screen in expected {
        assert!(screens.contains(screen), "no walk reached {screen}");
    }
    assert!(filed > 300, "only {filed} cases were filed");
    assert!(aided > 50, "only {aided} cases with a question of every kind were filed");
    assert!(bundled > 50, "only {bundled} bundles were filed");
    assert!(bundled_pages > 10, "only {bundled_pages} bundles with photographed papers were filed");
    assert!(heard.len() > 50, "only {} of {} prompts were heard", heard.len(), Prompt::ALL.len());
    assert!(calibrated > 5, "only {calibrated} calibrations were kept");
    assert!(left > 50 && resumed > 20, "only {left} drafts were left, and {resumed} filed");
    assert!(resumed_bundles > 5, "only {resumed_bundles} drafts of bundles were filed");
    assert!(photographed > 50, "only {photographed} cases with photographed papers were filed");
}

struct Walk {
    kiosk: Kiosk,
    seed: u64,
    random: u64,
    trail: VecDeque<String>,
    agreed: bool,
    identified: bool,
    records: u32,
    aided: u32,
    photographed: u32,
    scans: bool,
    watches: bool,
    tries: bool,
    calibrated: u32,
    left: u32,
    /// Drafts are looked up.
    looking: bool,
    resumed: u32,
    resumed_bundles: u32,
    bundled: u32,
    bundled_pages: u32,
}

impl Walk {
    fn new(seed: u64) -> Self {
        Self {
            kiosk: Kiosk::started(),
            seed,
            random: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
            trail: VecDeque::new(),
            agreed: false,
            identified: false,
            records: 0,
            aided: 0,
            photographed: 0,
            scans: false,
            watches: false,
            tries: false,
            calibrated: 0,
            left: 0,
            looking: false,
            resumed: 0,
            resumed_bundles: 0,
            bundled: 0,
            bundled_pages: 0,
        }
    }

    fn below(&mut self, n: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % n
    }

    fn step(&mut self) {
        let before = self.screen_name();
        let event = self.event();
        self.trail.push_back(format!("{before}: {event:?}"));
        while self.trail.len() > 25 {
            self.trail.pop_front();
        }
        self.remember(&before, &event);
        match event {
            Event::Tick => {
                let seconds = [1, 3, 9, 20, 46, 121][usize::try_from(self.below(6)).unwrap()];
                self.kiosk.wait(Duration::from_secs(seconds));
            }
            event => self.kiosk.event(event),
        }
        self.check(&before);
    }

    /// What a resident would answer for: consent and card, each on the screen that asks for it.
    fn remember(&mut self, screen: &str, event: &Event) {
        match (screen, event) {
            ("Consent", Event::Touch(Touch::Agree)) => self.agreed = true,
            ("Identify", Event::CardRead(_)) => self.identified = true,
            _ => {}
        }
    }

    fn check(&mut self, before: &str) {
        for effect in std::mem::take(&mut self.kiosk.effects) {
            if let Effect::Record(intake) = &effect {
                self.records += 1;
                self.aided += u32::from(intake.subject.id() == "aid");
                let registry = with_bundles();
                let (fields, own) = match &intake.subject {
                    Subject::Item { item, .. } => (&registry.item(item).unwrap().item.fields, Some(item)),
                    Subject::Bundle { bundle, .. } => {
                        self.bundled += 1;
                        self.bundled_pages += u32::from(!intake.papers.is_empty());
                        (&registry.bundle(bundle).unwrap().0.fields, None)
                    }
                };
                let called_for = |id: &String| id != "aid" || intake.fields["aid"].words() == "yes";
                let checked = check(fields, &intake.fields, &intake.applicant, self.kiosk.now.day());
                self.ensure(checked.is_ok(), "a case that the platform would refuse");
                self.ensure(self.agreed && self.identified, "a case without consent and identity");
                self.ensure(before == "Confirm", "a case that nobody confirmed");
                self.photographed += u32::from(!intake.papers.is_empty());
                let is_bundle = matches!(intake.subject, Subject::Bundle { .. });
                self.resumed += u32::from(intake.draft.is_some() && !is_bundle);
                self.resumed_bundles += u32::from(intake.draft.is_some() && is_bundle);
                let fits = intake.papers.iter().all(|paper| {
                    let item = paper.item.as_ref().filter(|item| called_for(item));
                    let item = own.xor(item).and_then(|item| registry.item(item));
                    let named =
                        item.and_then(|entry| entry.item.materials.get(usize::from(paper.material) - 1));
                    (1..=usize::from(PAGES)).contains(&paper.pages.len())
                        && named.is_some_and(|known| known.picture)
                });
                self.ensure(fits, "pages that the platform would refuse");
                let pages = intake.papers.iter().flat_map(|paper| &paper.pages);
                let bytes: usize = pages.map(|page| page.file.bytes().len()).sum();
                self.ensure(bytes <= VISIT_BYTES, "more pages than a visit may have");
            }
            if let Effect::KeepDraft(draft) = &effect {
                self.left += 1;
                self.ensure(before == "Draft", "a draft that nobody was asked about");
                self.ensure(self.agreed && self.identified, "a draft without consent and identity");
                let registry = with_bundles();
                let fields = match &draft.subject {
                    Subject::Item { item, .. } => &registry.item(item).unwrap().item.fields,
                    Subject::Bundle { bundle, .. } => &registry.bundle(bundle).unwrap().0.fields,
                };
                let no_answer = |(id, answer): (&String, &Answer)| {
                    let field = fields.iter().find(|field| field.id == *id).unwrap();
                    let words = answer.words();
                    !words.is_empty() && field.kind.check(words, self.kiosk.now.day()).is_err()
                };
                self.ensure(!draft.fields.iter().any(no_answer), "a draft that the platform would refuse");
            }
            if let Effect::FindDrafts { .. } = &effect {
                self.looking = true;
                self.ensure(self.agreed && self.identified, "drafts of somebody who is not known");
            }
            if matches!(effect, Effect::Photograph) {
                self.ensure(before == "Photograph", "a photograph that nobody asked for");
                self.ensure(self.watches, "a photograph by a camera that was off");
            }
            if let Effect::WatchCamera(on) = effect {
                self.watches = on;
            }
            if matches!(effect, Effect::Admit(_)) {
                self.ensure(before == "Admit", "somebody let in from elsewhere than the login");
            }
            match effect {
                Effect::TryCalibration(_) => self.tries = true,
                Effect::KeepCalibration { .. } => {
                    self.ensure(self.tries, "a calibration kept that was not tried");
                    self.calibrated += 1;
                }
                Effect::EndTrial => self.tries = false,
                Effect::SetVolume(_) => {
                    self.ensure(before == "Maintenance", "a loudness that no technician has set");
                }
                _ => {}
            }
            if matches!(
                effect,
                Effect::Serve { .. }
                    | Effect::Restart { .. }
                    | Effect::Report { .. }
                    | Effect::Enrol { .. }
                    | Effect::ExportLog { .. }
                    | Effect::TryCalibration(_)
                    | Effect::KeepCalibration { .. }
                    | Effect::Note(_)
            ) {
                self.ensure(before == "Maintenance", "a technician's deed without a technician");
            }
            if let Effect::Scan(on) = effect {
                self.scans = on;
            }
            if matches!(effect, Effect::EndVisit) {
                (self.agreed, self.identified) = (false, false);
            }
        }
        let faults = std::mem::take(&mut self.kiosk.ear.faults);
        self.ensure(faults.is_empty(), &faults.join(", "));
        self.looking &= matches!(self.screen_name().as_str(), "Identify" | "Drafts");
        let view = self.kiosk.flow.view();
        match &view.screen {
            Screen::ProgressQuery(query) => {
                self.ensure(self.scans != query.searching, "a scanner that is off while a code is asked for");
            }
            Screen::Maintenance(_) => {}
            _ => self.ensure(!self.scans, "a scanner that reads while nobody was asked for a code"),
        }
        match &view.screen {
            Screen::Photograph(paper) => {
                let shown = matches!(paper.stage, PageStage::Aiming | PageStage::Taking);
                self.ensure(self.watches == shown, "a camera that is on while nothing of it is shown");
                let told = format!("{:?}", self.kiosk.flow);
                self.ensure(!told.contains(CANARY_BYTES), "a page in what is told of it");
            }
            Screen::Maintenance(_) => {}
            _ => self.ensure(!self.watches, "a camera that looks at whoever stands there"),
        }
        let trial = matches!(&view.screen, Screen::Maintenance(shown)
            if matches!(shown.page, MaintenancePage::Calibrating(Calibrating::Trial { .. })));
        self.ensure(trial == self.tries, "touches by a calibration that nobody proved");
        let rest = matches!(view.screen, Screen::Attract(_) | Screen::Starting | Screen::OutOfService);
        self.ensure(rest || self.kiosk.flow.next_deadline().is_some(), "a screen that stays for ever");
        let busy = match &view.screen {
            Screen::Submitting | Screen::Home(_) => true,
            Screen::Result(outcome) => outcome.receipt == Some(ReceiptState::Printing),
            Screen::Draft(draft) => draft.stage == DraftStage::Sending,
            _ => false,
        };
        self.ensure(rest || busy || view.frame.can_go_home, "a screen without a way home");
        let serving = !matches!(view.screen, Screen::Attract(_) | Screen::Home(_));
        let serves = !view.frame.out_of_service && view.frame.stopped.is_none();
        self.ensure(serving || serves, "a home screen while out of service");
        let public = matches!(
            view.screen,
            Screen::Attract(_)
                | Screen::Home(_)
                | Screen::End(_)
                | Screen::Starting
                | Screen::Maintenance(_)
                | Screen::OutOfService
        );
        if public {
            self.ensure(!self.kiosk.flow.holds_personal_data(), "personal data behind a public screen");
            let shown = format!("{view:?}{:?}", self.kiosk.flow);
            self.ensure(
                !shown.contains(CANARY_NAME) && !shown.contains(CANARY_NUMBER),
                "a name on a public screen",
            );
        }
        if matches!(view.screen, Screen::Attract(_)) {
            self.ensure(view.frame.settings == settings(), "settings of the resident before");
            self.ensure(view.overlay.is_none(), "something above the resting screen");
        }
    }

    fn ensure(&self, holds: bool, what: &str) {
        assert!(holds, "seed {}: {what}\n{:#?}", self.seed, self.trail);
    }

    fn screen_name(&self) -> String {
        let shown = format!("{:?}", self.kiosk.flow.view().screen);
        shown.split(['(', ' ']).next().unwrap().to_owned()
    }

    fn event(&mut self) -> Event {
        match self.below(100) {
            0..=54 => Event::Touch(self.likely_touch()),
            55..=64 => Event::Touch(self.any_touch()),
            65..=72 => Event::Tick,
            _ => self.news(),
        }
    }

    /// What the screen asks for, so that walks get somewhere.
    fn likely_touch(&mut self) -> Touch {
        match self.screen_name().as_str() {
            "Attract" | "Starting" if self.below(100) == 0 => self.knock(),
            "OutOfService" => self.knock(),
            "Attract" | "Starting" => Touch::Anywhere,
            "Admit" if self.below(8) != 0 => Touch::PinDigit('1'),
            "Admit" => Touch::Admit,
            "Maintenance" => self.maintenance_touch(),
            "Home" => {
                let tiles = ["pension", "enrol", "aid", "aid", "bundles", "progress", "no-such-tile"];
                Touch::Tile(tiles[usize::try_from(self.below(7)).unwrap()].into())
            }
            "Items" => Touch::Item("old-age".into()),
            "Guide" | "BundleGuide" => Touch::Start,
            "Consent" => Touch::Agree,
            "Form" if self.below(20) == 0 => Touch::Save,
            "Form" => self.form_touch(),
            "Draft" => match self.below(3) {
                0 => Touch::Back,
                1 => Touch::Finish,
                _ => Touch::Keep,
            },
            "Drafts" if self.below(4) == 0 => Touch::Afresh,
            "Drafts" => Touch::Resume(Uuid::from_u128(1 + u128::from(self.below(5)))),
            "Confirm" if self.below(6) == 0 => Touch::Edit(Edit::Pages(2)),
            "Confirm" => Touch::Submit,
            "Photograph" => self.paper_touch(),
            "ProgressQuery" if self.below(3) == 0 => Touch::FindByCard,
            "ProgressQuery" if self.below(2) == 0 => Touch::FindByCode,
            "ProgressQuery" => Touch::TypeCode(PickupCode::from_random(5).as_str().into()),
            "Result" => Touch::Finish,
            "Rate" => Touch::Rate(RatingLevel::Satisfied),
            _ => self.any_touch(),
        }
    }

    fn paper_touch(&mut self) -> Touch {
        match self.below(9) {
            0 | 1 => Touch::LeaveOut,
            2 => Touch::Retake,
            3 => Touch::AnotherPage,
            4 | 5 => Touch::PagesDone,
            _ => Touch::Photograph,
        }
    }

    /// All but the last of the seven touches of the clock.
    fn knock(&mut self) -> Touch {
        for _ in 0..6 {
            self.kiosk.event(Event::Touch(Touch::Clock));
        }
        Touch::Clock
    }

    fn maintenance_touch(&mut self) -> Touch {
        let tasks = [
            Task::TestReader,
            Task::TestPrinter,
            Task::ChangePaper,
            Task::Screen,
            Task::TestTouch,
            Task::Calibrate,
            Task::Calibrate,
            Task::Calibrate,
            Task::Brightness,
            Task::TestCamera,
            Task::TestScanner,
            Task::TestSpeaker,
            Task::OutOfService,
            Task::InService,
            Task::Restart,
            Task::Report,
            Task::ExportLog,
            Task::Enrol,
        ];
        if let Screen::Maintenance(shown) = self.kiosk.flow.view().screen
            && let MaintenancePage::Calibrating(how) = shown.page
        {
            return self.calibrating_touch(how);
        }
        if self.below(6) == 0 {
            return match self.below(3) {
                0 => Touch::TypeInvitation,
                1 => Touch::Answer("0123456789ABCDEF".repeat(2)),
                _ => Touch::Answer("0123456789ABCDEF".into()),
            };
        }
        match self.below(5) {
            0 | 1 => Touch::Maintain(
                tasks[usize::try_from(self.below(u64::try_from(tasks.len()).unwrap())).unwrap()],
            ),
            2 => Touch::Judge(self.below(2) == 0),
            3 => Touch::Next,
            _ => Touch::Field(usize::try_from(self.below(150)).unwrap()),
        }
    }

    /// Mostly on the cross, and now and then not.
    fn calibrating_touch(&mut self, how: Calibrating) -> Touch {
        match (how, self.below(16)) {
            (_, 0) if self.below(4) == 0 => Touch::Back,
            (_, 1) => Touch::Uncalibrate,
            (_, 2) => Touch::At(Spot { x: 5_000, y: 9_900 }),
            (Calibrating::Cross { at, .. } | Calibrating::Trial { at }, _) => Touch::At(at),
            _ => Touch::Next,
        }
    }

    /// What the question asks for, and now and then something else.
    fn form_touch(&mut self) -> Touch {
        let Screen::Form(form) = self.kiosk.flow.view().screen else { return Touch::Next };
        let likely = match &form.ask {
            Ask::Persons { .. } => {
                return match self.below(4) {
                    0 => Touch::Next,
                    1 => Touch::EditPerson(usize::try_from(self.below(3)).unwrap()),
                    2 if self.below(3) == 0 => Touch::RemovePerson(usize::try_from(self.below(3)).unwrap()),
                    _ => Touch::AddPerson,
                };
            }
            Ask::Choice(choices) => {
                let count = u64::try_from(choices.len()).unwrap();
                choices[usize::try_from(self.below(count)).unwrap()].value.clone()
            }
            Ask::Date { .. } => "2026-11-01".into(),
            Ask::Phone => "13900005678".into(),
            Ask::Text { .. } => CANARY_NAME.into(),
            Ask::Address { .. } => "示例路100号".into(),
            Ask::Number { .. } => "3".into(),
            Ask::Money { .. } => "12.5".into(),
            Ask::IdNumber => CANARY_NUMBER.into(),
            Ask::BankCard => "0000000000000018".into(),
        };
        match self.below(8) {
            0 => Touch::Answer(["x", "", "0", "999999"][usize::try_from(self.below(4)).unwrap()].into()),
            1..=3 => Touch::Answer(likely),
            _ if form.answer.is_empty() => Touch::Answer(likely),
            _ => Touch::Next,
        }
    }

    fn any_touch(&mut self) -> Touch {
        match self.below(30) {
            24 => Touch::AddPerson,
            27 => Touch::Edit(Edit::Pages(u16::try_from(self.below(4)).unwrap())),
            28 => self.paper_touch(),
            29 => match self.below(5) {
                0 => Touch::Mute,
                1 => Touch::Louder(false),
                2 => Touch::Louder(true),
                _ => Touch::Repeat,
            },
            25 => Touch::EditPerson(0),
            26 => Touch::RemovePerson(1),
            0 => Touch::Anywhere,
            1 => Touch::Back,
            2 => Touch::Home,
            3 => Touch::Help,
            4 => Touch::CloseHelp,
            5 => Touch::Start,
            6 => Touch::Agree,
            7 => Touch::Decline,
            8 => Touch::Answer("a".into()),
            9 => Touch::Next,
            10 => Touch::Edit(Edit::Field(if self.below(2) == 0 { "phone" } else { "none" }.into())),
            11 => Touch::Submit,
            12 => Touch::PrintAgain,
            13 => Touch::Finish,
            14 => Touch::Rate(RatingLevel::VeryDissatisfied),
            15 => Touch::SkipRating,
            16 => Touch::TypeCode("12a34567890123".into()),
            17 => Touch::FindByCode,
            18 => Touch::FindByCard,
            19 => Touch::Stay,
            20 => Touch::Leave,
            21 => Touch::Language(Language::English),
            22 => Touch::LargeType(self.below(2) == 0),
            23 => Touch::Notices,
            _ => Touch::Contrast(Contrast::YellowOnBlack),
        }
    }

    /// A page of any size that a page may have; its bytes are a name that may stand nowhere else.
    fn photographed(&mut self) -> Event {
        let size = [1, 200, PAGE_BYTES >> 10][usize::try_from(self.below(3)).unwrap()] << 10;
        let file = CANARY_NAME.bytes().cycle().take(size).collect();
        let warnings = if self.below(2) == 0 { vec![PageWarning::Glare] } else { vec![] };
        Event::Photographed(Box::new(Shot { file: PageFile::new(file), warnings }))
    }

    fn arranged(&mut self) -> Event {
        let day = Date::constant(2026, 11, 23);
        let notice = Notice { title: Text::zh("示例"), text: Text::zh("示例"), from: day, until: day };
        let tiles = [&[][..], &["progress", "aid", "old-age"], &["no-such-tile"]]
            [usize::try_from(self.below(3)).unwrap()];
        let arrangement = Arrangement {
            tiles: tiles.iter().map(|tile| (*tile).to_owned()).collect(),
            notices: vec![notice; usize::try_from(self.below(3)).unwrap()],
            ..Arrangement::default()
        };
        let (limits, defaults) = (Deadlines::default(), settings());
        Event::Configured(Box::new(Configured { limits, defaults, posters: Vec::new(), arrangement }))
    }

    fn news_of_the_machine(&mut self) -> Event {
        match self.below(6) {
            5 => Event::Volume((self.below(4) != 0).then_some(60)),
            4 => self.arranged(),
            0 => Event::CalibrationKept(self.below(4) != 0),
            1 => Event::Brightness((self.below(4) != 0).then_some(60)),
            2 => Event::Enrolled(Err(EnrolTrouble::Pin)),
            _ => Event::Inspected(Box::new(inspection(self.below(2) == 0))),
        }
    }

    /// Of this visit, or of the one before it.
    fn news_of_drafts(&mut self) -> Event {
        let late = Duration::from_secs(u64::from(self.below(4) == 0));
        let asked = self.kiosk.asked.saturating_sub(late);
        match self.below(8) {
            0 => Event::DraftKept { asked, kept: Box::new(kept()) },
            1 => Event::DraftNotKept { asked, key: Uuid::from_u128(4), trouble: DraftTrouble::Offline },
            2..=5 => Event::Drafts { asked, drafts: Vec::new() },
            _ => Event::Drafts {
                asked,
                drafts: vec![
                    draft(1, "aid", 1, ("cause", CANARY_NAME)),
                    draft(2, "resident-pension-enrolment", 7, ("level", "x")),
                    draft(3, "pension-eligibility", 2, ("name", "x")),
                    bundle_draft(4, 4, ("aid:cause", CANARY_NAME)),
                    bundle_draft(5, 3, ("aid", "no")),
                ],
            },
        }
    }

    fn news(&mut self) -> Event {
        let key = Uuid::from_u128(u128::from(self.below(3)));
        let code = PickupCode::from_random(self.below(1000));
        if self.screen_name() == "Photograph" && self.below(2) == 0 {
            return self.photographed();
        }
        let awaited = match self.screen_name().as_str() {
            "Identify" => self.looking,
            "Drafts" | "Draft" => true,
            _ => false,
        };
        if awaited && self.below(2) == 0 {
            return self.news_of_drafts();
        }
        if self.screen_name() == "Maintenance" && self.below(3) == 0 {
            return self.news_of_the_machine();
        }
        match self.below(43) {
            42 => Event::Speaker(self.below(8) != 0),
            40 => Event::Camera(self.below(2) == 0),
            41 => Event::CameraFailed,
            34 => Event::Codes(match self.below(3) {
                0 => None,
                1 => Some(CodeReader::Scanner),
                _ => Some(CodeReader::Camera),
            }),
            35 => Event::Scanned((self.below(2) == 0).then(|| ScannedText(code.as_str().to_owned()))),
            38 => Event::Enrolled(Ok(())),
            39 => Event::Enrolled(Err(EnrolTrouble::Unreachable)),
            37 => Event::Exported(Export::Written),
            36 => Event::Scanned(Some(ScannedText("https://example.invalid/".into()))),
            32 => Event::Inspected(Box::new(inspection(self.below(2) == 0))),
            33 => Event::Reported((self.below(2) == 0).then(|| Box::new(report()))),
            30 => Event::Stopped((self.below(40) == 0).then_some("S02")),
            31 => Event::Stopped(None),
            23 => Event::OutOfService(self.below(30) == 0),
            24..=26 => {
                Event::Admission(Admission::Granted(Technician { number: 7, name: "示例工".into() }))
            }
            27 => Event::Admission(Admission::LockedFor { minutes: 1 }),
            28 => Event::Admission(Admission::Refused),
            29 => Event::OutOfService(false),
            0..=1 => Event::Registry(Box::new(with_bundles())),
            2 if self.below(4) == 0 => Event::Confirmed(jiff::Timestamp::UNIX_EPOCH),
            2 => Event::Online(self.below(2) == 0),
            3 => Event::Reader((self.below(2) == 0).then_some(ReaderTrouble::Disconnected)),
            4 => Event::Printer((self.below(2) == 0).then_some(PrinterTrouble::PaperOut)),
            5..=8 => Event::CardRead(Box::new(card())),
            9 => Event::CardRead(Box::new(foreigner())),
            10 => Event::CardFailed(CardTrouble::Moved),
            11..=12 => Event::Recorded { case_key: key, pickup_code: code },
            13 => Event::NotRecorded(IntakeTrouble::Full),
            14 => Event::BundleDelivered(Box::new(bundle_case(key, &code))),
            15 => Event::Delivered(Box::new(case(key, &code))),
            16 => Event::Deferred { case_key: key },
            17 => Event::Refused { case_key: key, reason: "不行".into() },
            18 => Event::Print(PrintNews::Printed),
            19 => Event::Print(PrintNews::Unknown),
            20 if self.below(3) == 0 => Event::BundleFound(Box::new(bundle_case(key, &code))),
            20 => Event::Found([vec![case(key, &code)], parts()].concat()),
            21 => Event::Intake((self.below(2) == 0).then_some(IntakeTrouble::Full)),
            _ => Event::NotFound(QueryTrouble::Failed),
        }
    }
}
