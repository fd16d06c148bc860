//! 查进度: by the code on a receipt, typed or scanned, or by the card of the person who filed.

use std::time::Duration;

use protocol::{BundleCase, Case, PickupCode};

use super::{Attract, Consenting, Cx, Home, Leaving, Patience, Purpose, State, Wait};
use crate::{
    Deadlines, Effect, Event, Now,
    effect::Find,
    event::{QueryTrouble, ScannedText, Touch},
    now::day_in_china,
    view::{Due, FiledBundle, Progress, ProgressGroup, ProgressQuery, ProgressRow, Screen, WrongCode},
};

/// Waits for a code, a card or an answer.
#[derive(Debug)]
pub(crate) struct Querying {
    typed: String,
    wrong: Option<WrongCode>,
    searching_since: Option<Duration>,
    trouble: Option<QueryTrouble>,
}

impl Querying {
    pub(crate) fn begin() -> Self {
        Self { typed: String::new(), wrong: None, searching_since: None, trouble: None }
    }

    /// Asks the platform and waits for its answer.
    pub(crate) fn search(find: Find, cx: &mut Cx<'_>) -> State {
        Self::begin().ask(find, cx)
    }

    fn ask(self, find: Find, cx: &mut Cx<'_>) -> State {
        cx.want(Effect::Find(find));
        Self { searching_since: Some(cx.now.mono), trouble: None, wrong: None, ..self }.into()
    }

    fn by_code(self, cx: &mut Cx<'_>) -> State {
        match PickupCode::parse(&self.typed) {
            Ok(code) => self.ask(Find::ByCode(code), cx),
            Err(_) => self.refused(WrongCode::Typed),
        }
    }

    fn by_receipt(self, scanned: Option<&ScannedText>, cx: &mut Cx<'_>) -> State {
        match scanned.and_then(|ScannedText(says)| Find::by_receipt(says)) {
            Some(find) => self.ask(find, cx),
            None => self.refused(WrongCode::Scanned),
        }
    }

    fn refused(self, code: WrongCode) -> State {
        Self { wrong: Some(code), trouble: None, ..self }.into()
    }

    fn typing(self, typed: &str) -> State {
        let typed = typed.chars().filter(char::is_ascii_digit).take(PickupCode::LEN).collect();
        Self { typed, wrong: None, trouble: None, ..self }.into()
    }

    fn failed(self, trouble: QueryTrouble) -> State {
        Self { searching_since: None, trouble: Some(trouble), ..self }.into()
    }

    fn answered(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Found(cases) => Found { groups: grouped(&cases) }.into(),
            Event::BundleFound(found) => Found { groups: vec![whole(&found)] }.into(),
            Event::NotFound(trouble) => self.failed(trouble),
            Event::Tick if self.deadline(cx.limits).is_some_and(|at| at <= cx.now.mono) => {
                self.failed(QueryTrouble::Failed)
            }
            _ => self.into(),
        }
    }
}

impl Wait for Querying {
    fn screen(&self, _: Now) -> Screen {
        Screen::ProgressQuery(ProgressQuery {
            typed: self.typed.clone(),
            wrong: self.wrong,
            searching: self.searching_since.is_some(),
            trouble: self.trouble,
        })
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        if matches!(event, Event::Touch(Touch::Back)) {
            return Home::open(cx);
        }
        if self.searching_since.is_some() {
            return self.answered(event, cx);
        }
        match event {
            Event::Touch(Touch::TypeCode(typed)) => self.typing(&typed),
            Event::Touch(Touch::FindByCode) => self.by_code(cx),
            Event::Scanned(scanned) => self.by_receipt(scanned.as_ref(), cx),
            Event::Touch(Touch::FindByCard) => Consenting::begin(Purpose::Progress, cx),
            _ => self.into(),
        }
    }

    fn patience(&self, limits: &Deadlines) -> Patience {
        Patience::Quiet(limits.idle)
    }

    fn leaving(&self) -> Leaving {
        Leaving::Free
    }

    fn deadline(&self, limits: &Deadlines) -> Option<Duration> {
        self.searching_since.map(|since| since + limits.query)
    }

    fn moved_on(self, _: &mut Cx<'_>) -> State {
        Attract.into()
    }

    fn can_go_back(&self) -> bool {
        true
    }

    fn scans(&self) -> bool {
        self.searching_since.is_none()
    }
}

/// Cases are on the screen.
#[derive(Debug)]
pub(crate) struct Found {
    groups: Vec<ProgressGroup>,
}

impl Wait for Found {
    fn screen(&self, _: Now) -> Screen {
        Screen::Progress(Progress { groups: self.groups.clone() })
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Back) => Querying::begin().into(),
            Event::Touch(Touch::Finish) => super::Ending::begin(false, false, cx),
            _ => self.into(),
        }
    }

    fn patience(&self, limits: &Deadlines) -> Patience {
        Patience::Asking(limits.idle_personal)
    }

    fn leaving(&self) -> Leaving {
        Leaving::Ends
    }

    fn can_go_back(&self) -> bool {
        true
    }

    fn is_personal(&self) -> bool {
        true
    }
}

/// Those of one bundle together, where the first of them stands.
fn grouped(cases: &[Case]) -> Vec<ProgressGroup> {
    let mut groups: Vec<Vec<&Case>> = Vec::new();
    for case in cases {
        let of = |case: &Case| case.part_of.as_ref().map(|part| part.bundle_no.clone());
        let bundle = of(case);
        let together =
            |group: &&mut Vec<&Case>| bundle.is_some() && group.iter().all(|one| of(one) == bundle);
        match groups.iter_mut().find(together) {
            Some(group) => group.push(case),
            None => groups.push(vec![case]),
        }
    }
    groups.into_iter().map(group).collect()
}

/// Of one bundle, or a case alone.
fn group(mut cases: Vec<&Case>) -> ProgressGroup {
    cases.sort_by_key(|case| case.part_of.as_ref().map(|part| part.place));
    let part = cases.first().and_then(|case| case.part_of.as_ref());
    let bundle = part.map(|part| FiledBundle {
        name: part.name.clone(),
        number: part.bundle_no.clone(),
        cases: usize::try_from(part.of).unwrap_or(usize::MAX),
    });
    ProgressGroup { bundle, cases: cases.into_iter().map(row).collect() }
}

fn whole(found: &BundleCase) -> ProgressGroup {
    let (name, number) = (found.bundle.name.clone(), found.bundle_no.clone());
    let bundle = Some(FiledBundle { name, number, cases: found.cases.len() });
    ProgressGroup { bundle, cases: found.cases.iter().map(row).collect() }
}

fn row(case: &Case) -> ProgressRow {
    ProgressRow {
        item: case.item.name.clone(),
        case_no: case.case_no.clone(),
        status: case.status,
        received_on: day_in_china(case.received_at),
        due: case.due_on.map(|on| Due { on, provisional: case.due_provisional }),
        told: case.told.clone(),
    }
}
