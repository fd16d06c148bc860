//! 运维模式: what a technician sees and does. Nothing about a resident is in here, nor could be.

use std::time::Duration;

use protocol::Language;

use super::{Cx, Ending, Leaving, Patience, State, Wait, calibrating::Calibrating, enrolling::Enrolling};
use crate::{
    Deadlines, Effect, Event, Now,
    event::{CardTrouble, PrintNews, Touch},
    maintenance::{Check, Export, Inspection, Part, Report, Sound, Task, Technician},
    view::{self, Hearing, Maintenance, MaintenancePage, PrinterTrouble, Screen, Trial},
    voice::{self, Prompt, Saying, Voice},
};

/// The fields of the touch test: 9 by 16 of 30 mm, over the whole panel.
pub(crate) const FIELDS: usize = 144;

/// In hundredths: between two loudnesses or brightnesses of the machine.
const STEP: u8 = 10;

/// In hundredths: what can still be heard, and read, in a lit corridor.
const LEAST: u8 = voice::STEP;

/// A technician is at the machine.
#[derive(Debug)]
pub(crate) struct Maintaining {
    technician: Technician,
    inspection: Option<Box<Inspection>>,
    page: Page,
}

#[derive(Debug)]
enum Page {
    Overview,
    Screen,
    /// Which part, and how far its test is. Since when something is awaited.
    Testing {
        part: Part,
        trial: Trial,
        since: Option<Duration>,
    },
    /// Paper is being put in; the test strip follows.
    Paper,
    /// Since when no other field was touched.
    Touching {
        touched: Vec<bool>,
        since: Duration,
    },
    Brightness {
        percent: u8,
        failed: bool,
    },
    Calibrating(Calibrating),
    /// Outer: whether it has come; inner: whether there is one.
    Report(Option<Option<Box<Report>>>),
    Enrolling(Enrolling),
    Exporting(Option<Export>),
    Restarting,
}

impl Maintaining {
    pub(crate) fn begin(technician: Technician, cx: &mut Cx<'_>) -> State {
        Self { technician, inspection: None, page: Page::Overview }.overview(cx)
    }

    fn overview(self, cx: &mut Cx<'_>) -> State {
        cx.want(Effect::Inspect);
        Self { page: Page::Overview, ..self }.into()
    }

    fn turn(self, page: Page) -> State {
        Self { page, ..self }.into()
    }

    fn begin_task(self, task: Task, cx: &mut Cx<'_>) -> State {
        match task {
            Task::TestReader => {
                cx.want(Effect::ReadCard);
                let since = Some(cx.now.mono);
                self.turn(Page::Testing { part: Part::Reader, trial: Trial::PutCard(None), since })
            }
            Task::TestPrinter => self.print(Part::Printer, cx),
            Task::ChangePaper => self.turn(Page::Paper),
            Task::TestCamera => {
                self.turn(Page::Testing { part: Part::Camera, trial: Trial::Look, since: None })
            }
            Task::TestScanner => {
                let since = Some(cx.now.mono);
                self.turn(Page::Testing { part: Part::Scanner, trial: Trial::ShowCode, since })
            }
            Task::TestSpeaker => self.listen(cx),
            Task::Screen => self.turn(Page::Screen),
            Task::TestTouch => self.turn(Page::Touching { touched: vec![false; FIELDS], since: cx.now.mono }),
            Task::Calibrate => self.calibrate(),
            Task::Brightness => self.brightness(),
            Task::OutOfService => self.serve(false, cx),
            Task::InService => self.serve(true, cx),
            Task::Report => self.report(cx),
            Task::Enrol => self.enrol(),
            Task::ExportLog => self.export(cx),
            Task::Restart => self.turn(Page::Restarting),
        }
    }

    fn listen(self, cx: &mut Cx<'_>) -> State {
        match self.inspection.as_ref().and_then(|seen| seen.sound) {
            Some(sound) => self.hear(hearing(sound, false), cx),
            None => self.into(),
        }
    }

    /// Says it as loud as residents will hear it.
    fn hear(self, hearing: Hearing, cx: &mut Cx<'_>) -> State {
        cx.want(Effect::Say(Saying {
            prompt: Prompt::SpeakerTest,
            language: Language::Simplified,
            percent: hearing.percent,
            in_turn: false,
        }));
        self.turn(Page::Testing { part: Part::Speaker, trial: Trial::Listen(hearing), since: None })
    }

    fn hearing(mut self, heard: Hearing, event: &Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Judge(good)) => self.result(Part::Speaker, *good, None, cx),
            Event::Speaker(false) => self.result(Part::Speaker, false, None, cx),
            Event::Touch(Touch::Repeat) => self.hear(heard, cx),
            Event::Touch(Touch::Louder(louder)) if !heard.is_pushed => {
                let percent = step(heard.percent, *louder);
                if percent != heard.percent {
                    cx.want(Effect::SetVolume(percent));
                }
                self.into()
            }
            Event::Volume(Some(percent)) => {
                let sound = Sound { percent: *percent, is_pushed: heard.is_pushed };
                if let Some(seen) = &mut self.inspection {
                    seen.sound = Some(sound);
                }
                self.hear(hearing(sound, false), cx)
            }
            Event::Volume(None) => {
                let trial = Trial::Listen(Hearing { failed: true, ..heard });
                self.turn(Page::Testing { part: Part::Speaker, trial, since: None })
            }
            _ => self.into(),
        }
    }

    fn brightness(self) -> State {
        match self.inspection.as_ref().and_then(|seen| seen.brightness) {
            Some(percent) => self.turn(Page::Brightness { percent, failed: false }),
            None => self.into(),
        }
    }

    fn brightening(self, percent: u8, event: &Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Brighter(brighter)) => {
                let wanted = step(percent, *brighter);
                if wanted != percent {
                    cx.want(Effect::SetBrightness(wanted));
                }
                self.into()
            }
            Event::Brightness(Some(percent)) => {
                self.turn(Page::Brightness { percent: *percent, failed: false })
            }
            Event::Brightness(None) => self.turn(Page::Brightness { percent, failed: true }),
            Event::Touch(Touch::Next) => self.overview(cx),
            _ => self.into(),
        }
    }

    fn calibrated(&self) -> Option<bool> {
        self.inspection.as_ref().and_then(|seen| seen.calibrated)
    }

    fn calibrate(self) -> State {
        match self.calibrated() {
            Some(_) => self.turn(Page::Calibrating(Calibrating::Ready(None))),
            None => self.into(),
        }
    }

    fn calibrating(self, how: Calibrating, event: Event, cx: &mut Cx<'_>) -> State {
        match how.on(event, self.technician.number, cx) {
            Some(how) => self.turn(Page::Calibrating(how)),
            None => self.overview(cx),
        }
    }

    fn report(self, cx: &mut Cx<'_>) -> State {
        // Only a key that the platform knows proves anything.
        if !self.inspection.as_ref().is_some_and(|seen| seen.enrolled) {
            return self.into();
        }
        cx.want(Effect::Report { technician: self.technician.number });
        self.turn(Page::Report(None))
    }

    /// Whether an invitation can be held before something.
    fn scans_invitations(&self) -> bool {
        self.inspection.as_ref().is_some_and(|seen| seen.has_scanner || seen.has_camera)
    }

    fn enrol(self) -> State {
        if !self.inspection.as_ref().is_some_and(|seen| seen.may_enrol) {
            return self.into();
        }
        let scans = self.scans_invitations();
        self.turn(Page::Enrolling(Enrolling::begin(scans)))
    }

    fn enrolling(self, how: Enrolling, event: Event, cx: &mut Cx<'_>) -> State {
        match how.on(event, self.scans_invitations(), self.technician.number, cx) {
            Some(how) => self.turn(Page::Enrolling(how)),
            None => self.overview(cx),
        }
    }

    fn export(self, cx: &mut Cx<'_>) -> State {
        cx.want(Effect::ExportLog { technician: self.technician.number });
        self.turn(Page::Exporting(None))
    }

    fn serve(self, serve: bool, cx: &mut Cx<'_>) -> State {
        cx.want(Effect::Serve { serve, technician: self.technician.number });
        self.into()
    }

    fn print(self, part: Part, cx: &mut Cx<'_>) -> State {
        cx.want(Effect::PrintTest);
        let since = Some(cx.now.mono);
        self.turn(Page::Testing { part, trial: Trial::Printing, since })
    }

    /// Keeps the result with the person, and says it.
    fn result(self, part: Part, passed: bool, trouble: Option<PrinterTrouble>, cx: &mut Cx<'_>) -> State {
        cx.want(Effect::Note(Check { technician: self.technician.number, part, passed }));
        match part {
            Part::Reader => cx.want(Effect::StopReading),
            Part::Speaker => cx.want(Effect::Silence),
            _ => {}
        }
        let trial = if passed { Trial::Passed } else { Trial::Failed(trouble) };
        self.turn(Page::Testing { part, trial, since: None })
    }

    fn card_failed(self, trouble: CardTrouble, cx: &mut Cx<'_>) -> State {
        *cx.card_seen = true;
        let Page::Testing { part, since, .. } = self.page else { return self.into() };
        self.turn(Page::Testing { part, trial: Trial::PutCard(Some(trouble)), since })
    }

    fn printed(self, part: Part, news: PrintNews, cx: &mut Cx<'_>) -> State {
        match news {
            // Whatever the printer believes: only eyes see whether the strip is good.
            PrintNews::Printed | PrintNews::Unknown => {
                self.turn(Page::Testing { part, trial: Trial::Look, since: None })
            }
            PrintNews::NotPrinted(trouble) => self.result(part, false, Some(trouble), cx),
        }
    }

    fn testing(self, part: Part, trial: Trial, event: Event, cx: &mut Cx<'_>) -> State {
        match (trial, event) {
            (Trial::Listen(heard), event) => self.hearing(heard, &event, cx),
            (Trial::PutCard(_), Event::CardRead(_)) => {
                *cx.card_seen = true;
                self.result(part, true, None, cx)
            }
            (Trial::PutCard(_), Event::CardFailed(trouble)) => self.card_failed(trouble, cx),
            // Whatever it says: that it says something is what is tested, and nothing of it is kept.
            (Trial::ShowCode, Event::Scanned(Some(_))) => self.result(part, true, None, cx),
            (Trial::Printing, Event::Print(news)) => self.printed(part, news, cx),
            (Trial::Look, Event::Touch(Touch::Judge(good))) => self.result(part, good, None, cx),
            (Trial::Look, Event::CameraFailed) if part == Part::Camera => self.result(part, false, None, cx),
            (Trial::PutCard(_) | Trial::ShowCode, Event::Touch(Touch::Judge(false))) => {
                self.result(part, false, None, cx)
            }
            (Trial::Failed(_), Event::Touch(Touch::Next)) => self.begin_task(repeat(part), cx),
            (Trial::Passed, Event::Touch(Touch::Next)) => self.overview(cx),
            (_, Event::Tick) if self.deadline(cx.limits).is_some_and(|at| at <= cx.now.mono) => {
                self.result(part, false, None, cx)
            }
            _ => self.into(),
        }
    }

    fn touching(self, mut touched: Vec<bool>, mut since: Duration, event: &Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Field(at)) => {
                if let Some(field) = touched.get_mut(*at).filter(|field| !**field) {
                    (*field, since) = (true, cx.now.mono);
                }
                if touched.iter().all(|field| *field) {
                    return self.result(Part::Touch, true, None, cx);
                }
            }
            // What is not touched by now cannot be, or nobody wanted the test.
            Event::Tick if since + cx.limits.touching <= cx.now.mono => {
                let begun = touched.contains(&true);
                return if begun { self.result(Part::Touch, false, None, cx) } else { self.overview(cx) };
            }
            _ => {}
        }
        self.turn(Page::Touching { touched, since })
    }

    fn restarting(self, event: &Event, cx: &mut Cx<'_>) -> State {
        if matches!(event, Event::Touch(Touch::Judge(true))) {
            cx.want(Effect::Restart { technician: self.technician.number });
        }
        self.into()
    }

    /// A change of paper ends in a test, and a test in a result: neither is left half done.
    fn may_turn_back(&self) -> bool {
        match &self.page {
            // A drive is not pulled while it is written to, nor is the platform left in the middle of an answer.
            Page::Overview | Page::Exporting(None) | Page::Enrolling(Enrolling::Calling(_)) => false,
            Page::Paper
            | Page::Screen
            | Page::Touching { .. }
            | Page::Brightness { .. }
            | Page::Calibrating(_)
            | Page::Report(_)
            | Page::Enrolling(_)
            | Page::Exporting(_)
            | Page::Restarting => true,
            Page::Testing { trial, .. } => !matches!(trial, Trial::Printing | Trial::Look),
        }
    }

    fn back(self, cx: &mut Cx<'_>) -> State {
        match self.page {
            Page::Testing { trial: Trial::PutCard(_), .. } => cx.want(Effect::StopReading),
            Page::Testing { trial: Trial::Listen(_), .. } => cx.want(Effect::Silence),
            _ => {}
        }
        self.overview(cx)
    }
}

/// The next of the steps of ten; never so little that a resident could not hear or read anything.
fn step(percent: u8, more: bool) -> u8 {
    voice::step(percent, STEP, more).max(LEAST)
}

/// As residents hear it, whatever was set.
fn hearing(sound: Sound, failed: bool) -> Hearing {
    let is_pushed = sound.is_pushed;
    let percent = Voice::at(sound.percent).percent;
    Hearing {
        percent,
        can_soften: !is_pushed && step(percent, false) != percent,
        can_amplify: !is_pushed && step(percent, true) != percent,
        is_pushed,
        failed,
    }
}

fn repeat(part: Part) -> Task {
    match part {
        Part::Reader => Task::TestReader,
        Part::Printer => Task::TestPrinter,
        Part::Paper => Task::ChangePaper,
        Part::Touch => Task::TestTouch,
        Part::Camera => Task::TestCamera,
        Part::Scanner => Task::TestScanner,
        Part::Speaker => Task::TestSpeaker,
    }
}

impl Wait for Maintaining {
    fn screen(&self, _: Now) -> Screen {
        let page = match &self.page {
            Page::Overview => MaintenancePage::Overview(self.inspection.clone()),
            Page::Screen => MaintenancePage::Screen(self.inspection.clone()),
            Page::Testing { part, trial, .. } => MaintenancePage::Testing { part: *part, trial: *trial },
            Page::Paper => MaintenancePage::Paper,
            Page::Touching { touched, .. } => MaintenancePage::Touching(touched.clone()),
            Page::Brightness { percent, failed } => MaintenancePage::Brightness(view::Brightness {
                percent: *percent,
                can_dim: step(*percent, false) != *percent,
                can_brighten: step(*percent, true) != *percent,
                failed: *failed,
            }),
            Page::Calibrating(how) => MaintenancePage::Calibrating(how.view(self.calibrated() == Some(true))),
            Page::Report(Some(None)) => MaintenancePage::NoReport,
            Page::Report(report) => MaintenancePage::Report(report.clone().flatten()),
            Page::Enrolling(how) => MaintenancePage::Enrolling(how.view()),
            Page::Exporting(export) => MaintenancePage::Exporting(*export),
            Page::Restarting => MaintenancePage::Restarting,
        };
        Screen::Maintenance(Box::new(Maintenance { technician: self.technician.name.clone(), page }))
    }

    fn on(mut self, event: Event, cx: &mut Cx<'_>) -> State {
        if let Event::Inspected(inspection) = event {
            self.inspection = Some(inspection);
            return self.into();
        }
        // These have steps of their own to go back.
        match &self.page {
            Page::Calibrating(how) => {
                let how = how.clone();
                return self.calibrating(how, event, cx);
            }
            Page::Enrolling(how) => {
                let how = how.clone();
                return self.enrolling(how, event, cx);
            }
            _ => {}
        }
        if matches!(event, Event::Touch(Touch::Back)) && self.may_turn_back() {
            return self.back(cx);
        }
        match (&self.page, event) {
            (Page::Overview | Page::Screen, Event::Touch(Touch::Maintain(task))) => self.begin_task(task, cx),
            (Page::Overview, Event::OutOfService(_) | Event::Reader(_) | Event::Printer(_)) => {
                self.overview(cx)
            }
            (Page::Testing { part, trial, .. }, event) => {
                let (part, trial) = (*part, *trial);
                self.testing(part, trial, event, cx)
            }
            (Page::Brightness { percent, .. }, event) => {
                let percent = *percent;
                self.brightening(percent, &event, cx)
            }
            (Page::Report(None), Event::Reported(report)) => self.turn(Page::Report(Some(report))),
            (Page::Report(Some(_)), Event::Touch(Touch::Next)) => self.overview(cx),
            (Page::Exporting(None), Event::Exported(export)) => self.turn(Page::Exporting(Some(export))),
            (Page::Exporting(Some(Export::Written)), Event::Touch(Touch::Next)) => self.overview(cx),
            (Page::Exporting(Some(_)), Event::Touch(Touch::Next)) => self.export(cx),
            (Page::Paper, Event::Touch(Touch::Next)) => self.print(Part::Paper, cx),
            (Page::Touching { touched, since }, event) => {
                let (touched, since) = (touched.clone(), *since);
                self.touching(touched, since, &event, cx)
            }
            (Page::Restarting, event) => self.restarting(&event, cx),
            _ => self.into(),
        }
    }

    fn patience(&self, limits: &Deadlines) -> Patience {
        Patience::Quiet(limits.maintenance)
    }

    fn leaving(&self) -> Leaving {
        Leaving::Ends
    }

    fn moved_on(self, cx: &mut Cx<'_>) -> State {
        Ending::begin(false, true, cx)
    }

    fn deadline(&self, limits: &Deadlines) -> Option<Duration> {
        match &self.page {
            Page::Calibrating(how) => how.deadline(limits),
            Page::Touching { since, .. } => Some(*since + limits.touching),
            Page::Testing { trial: Trial::Printing, since, .. } => since.map(|since| since + limits.print),
            Page::Testing { trial: Trial::PutCard(_) | Trial::ShowCode, since, .. } => {
                since.map(|since| since + limits.idle)
            }
            _ => None,
        }
    }

    fn can_go_back(&self) -> bool {
        self.may_turn_back()
    }

    fn scans(&self) -> bool {
        matches!(
            self.page,
            Page::Testing { trial: Trial::ShowCode, .. } | Page::Enrolling(Enrolling::Scanning(_))
        )
    }

    fn watches(&self) -> bool {
        matches!(self.page, Page::Testing { part: Part::Camera, trial: Trial::Look, .. })
    }

    fn tries(&self) -> bool {
        matches!(&self.page, Page::Calibrating(how) if how.tries())
    }
}
