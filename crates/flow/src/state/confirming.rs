//! 核对: everything on one page before it is filed.

use super::{Cx, Filling, Keeping, Leaving, Patience, Photographing, Saving, State, Wait, filing_step};
use crate::{
    Deadlines, Event, Now,
    application::Application,
    event::Touch,
    view::{self, Edit, Screen, Step},
};

/// Waits for 确认提交.
#[derive(Debug)]
pub(crate) struct Confirming {
    application: Application,
}

impl Confirming {
    pub(crate) fn new(application: Application) -> Self {
        Self { application }
    }

    /// Files what the platform will take; a question that is still open comes first.
    fn submit(self, cx: &mut Cx<'_>) -> State {
        match self.application.wrong(cx.now.day()) {
            Some((field, _)) => Filling::edit(self.application, &field, cx),
            None => Saving::begin(self.application, cx),
        }
    }

    fn edit(self, what: Edit, cx: &Cx<'_>) -> State {
        match what {
            Edit::Field(field) => Filling::edit(self.application, &field, cx),
            Edit::Pages(material) => Photographing::edit(self.application, material),
        }
    }

    /// The last line that can be changed.
    fn last(&self) -> Option<Edit> {
        self.application.rows().into_iter().rev().find_map(|row| row.edit)
    }

    fn back(self, cx: &Cx<'_>) -> State {
        match self.last() {
            Some(last) => self.edit(last, cx),
            None => self.into(),
        }
    }
}

impl Wait for Confirming {
    fn screen(&self, now: Now) -> Screen {
        Screen::Confirm(Box::new(view::Confirm {
            item: self.application.chosen.name().clone(),
            rows: self.application.rows(),
            promise: self.application.promise(now.day()),
        }))
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Submit) => self.submit(cx),
            Event::Touch(Touch::Edit(what)) => self.edit(what, cx),
            Event::Touch(Touch::Back) => self.back(cx),
            _ => self.into(),
        }
    }

    fn patience(&self, limits: &Deadlines) -> Patience {
        Patience::Asking(limits.idle_personal)
    }

    fn leaving(&self) -> Leaving {
        Leaving::Asks
    }

    fn step(&self) -> Option<Step> {
        Some(filing_step(3))
    }

    fn can_go_back(&self) -> bool {
        self.last().is_some()
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
}
