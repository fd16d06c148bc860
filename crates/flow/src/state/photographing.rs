//! 拍材料: the papers of an item or a bundle, one after the other, page by page. Nobody has to: what is not photographed is brought
//! to the counter, as on a machine without a camera.

use std::time::Duration;

use super::{
    Confirming, Cx, Filling, Keeping, Leaving, Patience, State, Wait, filing_step, filling::progress,
};
use crate::{
    Deadlines, Effect, Event, Now,
    application::Application,
    event::Touch,
    page::{Page, Shot},
    view::{PageStage, Photograph, Screen, Step},
};

/// One paper is being photographed.
#[derive(Debug)]
pub(crate) struct Photographing {
    application: Application,
    /// Which of the papers.
    at: usize,
    /// Came from the confirmation, and goes back there.
    editing: bool,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// The camera shows what it sees.
    Aiming,
    /// Since when.
    Taking(Duration),
    /// The page that was taken; nobody has kept it yet.
    Looking(Shot),
    /// The camera failed.
    Failed,
}

impl Photographing {
    /// The first paper, where there is one and a camera; else the confirmation.
    pub(crate) fn first(application: Application, cx: &Cx<'_>) -> State {
        if cx.camera { Self::open(application, 0) } else { Confirming::new(application).into() }
    }

    /// From the confirmation, a paper that was not asked for yet: a changed answer may have called for it.
    pub(crate) fn rest(application: Application, cx: &Cx<'_>) -> State {
        match application.next_paper() {
            Some(at) if cx.camera => Self { application, at, editing: true, stage: Stage::Aiming }.into(),
            _ => Confirming::new(application).into(),
        }
    }

    /// The paper with this number again, to come back from with other pages.
    pub(crate) fn edit(application: Application, material: u16) -> State {
        let at = application.papers().iter().position(|(paper, _)| *paper == material);
        match at {
            Some(at) => Self { application, at, editing: true, stage: Stage::Aiming }.into(),
            None => Confirming::new(application).into(),
        }
    }

    /// The paper that is there; behind the last one comes the confirmation.
    fn open(application: Application, at: usize) -> State {
        if at < application.papers().len() {
            Self { application, at, editing: false, stage: Stage::Aiming }.into()
        } else {
            Confirming::new(application).into()
        }
    }

    fn material(&self) -> u16 {
        self.application.papers().get(self.at).map(|(number, _)| *number).unwrap_or_default()
    }

    fn kept(&self) -> usize {
        self.application.pages(self.material()).len()
    }

    /// Whether one more page may be taken, besides the one that is looked at.
    fn has_room(&self) -> bool {
        let looked_at = matches!(self.stage, Stage::Looking(_));
        self.application.has_room(self.material(), 1 + usize::from(looked_at))
    }

    fn turn(self, stage: Stage) -> State {
        Self { stage, ..self }.into()
    }

    fn take(self, cx: &mut Cx<'_>) -> State {
        if !self.has_room() {
            return self.into();
        }
        cx.want(Effect::Photograph);
        self.turn(Stage::Taking(cx.now.mono))
    }

    fn keep(&mut self, shot: Shot, cx: &Cx<'_>) {
        let material = self.material();
        self.application.add_page(material, Page { file: shot.file, made_at: cx.now.wall });
    }

    /// To the next paper. What has no page is brought later.
    fn onward(mut self, cx: &Cx<'_>) -> State {
        self.application.ask_for(self.material());
        if self.editing {
            Self::rest(self.application, cx)
        } else {
            Self::open(self.application, self.at + 1)
        }
    }

    /// To the confirmation, which tells of every paper: what has no page is brought later, and can be photographed from there.
    fn confirm(mut self) -> State {
        let papers: Vec<u16> = self.application.papers().iter().map(|(number, _)| *number).collect();
        papers.into_iter().for_each(|material| self.application.ask_for(material));
        Confirming::new(self.application).into()
    }

    fn aiming(mut self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Photograph) => self.take(cx),
            Event::Touch(Touch::Retake) => {
                let material = self.material();
                self.application.forget_pages(material);
                self.into()
            }
            Event::Touch(Touch::PagesDone) if self.kept() > 0 => self.onward(cx),
            Event::Touch(Touch::LeaveOut) if self.kept() == 0 => self.onward(cx),
            Event::CameraFailed => self.turn(Stage::Failed),
            _ => self.into(),
        }
    }

    fn taking(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Photographed(shot) => self.turn(Stage::Looking(*shot)),
            Event::CameraFailed => self.turn(Stage::Failed),
            Event::Tick if self.deadline(cx.limits).is_some_and(|at| at <= cx.now.mono) => {
                self.turn(Stage::Failed)
            }
            _ => self.into(),
        }
    }

    fn looking(mut self, shot: Shot, event: &Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Retake) => self.turn(Stage::Aiming),
            Event::Touch(Touch::AnotherPage) if self.application.has_room(self.material(), 2) => {
                self.keep(shot, cx);
                self.turn(Stage::Aiming)
            }
            Event::Touch(Touch::PagesDone) => {
                self.keep(shot, cx);
                self.onward(cx)
            }
            _ => self.turn(Stage::Looking(shot)),
        }
    }

    fn failed(self, event: &Event) -> State {
        match event {
            Event::Touch(Touch::Photograph) => self.turn(Stage::Aiming),
            // Without a camera no further paper is asked for.
            Event::Touch(Touch::LeaveOut) => self.confirm(),
            _ => self.turn(Stage::Failed),
        }
    }

    fn back(self, cx: &Cx<'_>) -> State {
        match self.stage {
            Stage::Looking(_) => self.turn(Stage::Aiming),
            _ if self.editing => self.confirm(),
            _ => match self.at.checked_sub(1) {
                Some(before) => Self::open(self.application, before),
                None => Filling::last(self.application, cx),
            },
        }
    }
}

impl Wait for Photographing {
    fn screen(&self, _: Now) -> Screen {
        let (name, papers) = (self.application.chosen.name(), self.application.papers());
        Screen::Photograph(Box::new(Photograph {
            item: name.clone(),
            material: papers.get(self.at).map_or(name, |(_, material)| &material.name).clone(),
            paper: progress(self.at, papers.len()),
            kept: self.kept(),
            room: self.has_room(),
            stage: match &self.stage {
                Stage::Aiming => PageStage::Aiming,
                Stage::Taking(_) => PageStage::Taking,
                Stage::Looking(shot) => PageStage::Looking(shot.warnings.clone()),
                Stage::Failed => PageStage::Failed,
            },
        }))
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        if matches!(event, Event::Touch(Touch::Back)) && self.can_go_back() {
            return self.back(cx);
        }
        match self.stage {
            Stage::Aiming => self.aiming(event, cx),
            Stage::Taking(_) => self.taking(event, cx),
            Stage::Looking(shot) => Self { stage: Stage::Aiming, ..self }.looking(shot, &event, cx),
            Stage::Failed => self.failed(&event),
        }
    }

    fn patience(&self, limits: &Deadlines) -> Patience {
        match self.stage {
            Stage::Taking(_) => Patience::Endless,
            _ => Patience::Asking(limits.idle_form),
        }
    }

    fn leaving(&self) -> Leaving {
        Leaving::Asks
    }

    fn deadline(&self, limits: &Deadlines) -> Option<Duration> {
        match self.stage {
            Stage::Taking(since) => Some(since + limits.photograph),
            _ => None,
        }
    }

    fn step(&self) -> Option<Step> {
        Some(filing_step(2))
    }

    fn can_go_back(&self) -> bool {
        match self.stage {
            Stage::Taking(_) => false,
            Stage::Looking(_) => true,
            _ => self.editing || self.at > 0 || !self.application.questions().is_empty(),
        }
    }

    fn is_personal(&self) -> bool {
        true
    }

    fn can_save(&self) -> bool {
        true
    }

    fn save(self, _: &Cx<'_>) -> State {
        Keeping::ask(self.application)
    }

    fn watches(&self) -> bool {
        matches!(self.stage, Stage::Aiming | Stage::Taking(_))
    }
}
