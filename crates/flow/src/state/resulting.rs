//! 办理结果: what became of the case, or the bundle, and of its receipt.

use std::time::Duration;

use protocol::{BundleCase, Case, PickupCode, Text};
use uuid::Uuid;

use super::{Cx, Ending, Leaving, Patience, Rating, State, Wait, filing_step, saving::Pending};
use crate::{
    Deadlines, Effect, Event, Now,
    effect::{Bring, Slip, SlipText},
    event::{IntakeTrouble, PrintNews, Touch},
    view::{CaseNews, Due, FiledCase, Outcome, ReceiptState, Screen, Step},
};

/// The result is on the screen.
#[derive(Debug)]
pub(crate) struct Resulting {
    news: News,
    receipt: Option<ReceiptState>,
    bring: Vec<Bring>,
    photographed: usize,
    printing_since: Duration,
}

#[derive(Debug)]
enum News {
    /// It is filed, or waits, under this key.
    Taken(Uuid, SlipText),
    Refused(Text, String),
    /// Nothing is kept, unless a slow disk says otherwise later: then the receipt is needed after all.
    NotTaken(IntakeTrouble, Box<Pending>),
}

impl Resulting {
    pub(crate) fn filed(key: Uuid, says: SlipText, pending: Pending, cx: &mut Cx<'_>) -> State {
        Self::about(News::Taken(key, says), pending).print(false, cx)
    }

    pub(crate) fn waiting(key: Uuid, pending: Pending, code: PickupCode, cx: &mut Cx<'_>) -> State {
        let waiting = pending.with(code);
        Self::about(News::Taken(key, waiting), pending).print(false, cx)
    }

    pub(crate) fn refused(item: Text, reason: String, _: &mut Cx<'_>) -> State {
        Self::new(News::Refused(item, reason)).into()
    }

    pub(crate) fn not_taken(trouble: IntakeTrouble, pending: Pending, _: &mut Cx<'_>) -> State {
        Self::new(News::NotTaken(trouble, Box::new(pending))).into()
    }

    fn new(news: News) -> Self {
        Self { news, receipt: None, bring: Vec::new(), photographed: 0, printing_since: Duration::ZERO }
    }

    fn about(news: News, pending: Pending) -> Self {
        let Pending { bring, photographed, .. } = pending;
        Self { bring, photographed, ..Self::new(news) }
    }

    fn print(self, again: bool, cx: &mut Cx<'_>) -> State {
        let News::Taken(_, says) = &self.news else { return self.into() };
        cx.want(Effect::Print(Box::new(Slip {
            says: says.clone(),
            bring: self.bring.clone(),
            photographed: self.photographed,
            again,
        })));
        Self { receipt: Some(ReceiptState::Printing), printing_since: cx.now.mono, ..self }.into()
    }

    fn may_print_again(&self) -> bool {
        matches!(self.receipt, Some(ReceiptState::NotPrinted(_) | ReceiptState::Unknown))
    }

    fn printed(self, news: PrintNews) -> State {
        let receipt = Some(match news {
            PrintNews::Printed => ReceiptState::Printed,
            PrintNews::NotPrinted(trouble) => ReceiptState::NotPrinted(trouble),
            PrintNews::Unknown => ReceiptState::Unknown,
        });
        Self { receipt, ..self }.into()
    }

    /// The network came back while the resident stands here: the screen gets the number, the paper stays true.
    fn delivered(self, key: Uuid, filed: SlipText) -> State {
        match &self.news {
            News::Taken(ours, says) if *ours == key && says.waits_for(&filed) => {
                Self { news: News::Taken(key, filed), ..self }.into()
            }
            _ => self.into(),
        }
    }

    fn finish(self, cx: &mut Cx<'_>) -> State {
        let paper = matches!(self.receipt, Some(ReceiptState::Printed | ReceiptState::Unknown));
        match self.news {
            News::Taken(key, SlipText::Filed(_) | SlipText::Waiting(_)) => Rating::new(key, paper).into(),
            // Each of its cases is rated on its own, once it is done.
            News::Taken(..) => Ending::begin(paper, false, cx),
            News::Refused(..) | News::NotTaken(..) => Ending::begin(false, false, cx),
        }
    }
}

impl Wait for Resulting {
    fn screen(&self, _: Now) -> Screen {
        let news = match &self.news {
            News::Taken(_, says) => taken(says),
            News::Refused(item, reason) => CaseNews::Refused { item: item.clone(), reason: reason.clone() },
            News::NotTaken(trouble, _) => CaseNews::NotTaken(*trouble),
        };
        Screen::Result(Box::new(Outcome { news, receipt: self.receipt, bring: self.bring.clone() }))
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Print(news) if self.receipt == Some(ReceiptState::Printing) => self.printed(news),
            Event::Tick if self.deadline(cx.limits).is_some_and(|at| at <= cx.now.mono) => {
                self.printed(PrintNews::Unknown)
            }
            Event::Touch(Touch::PrintAgain) if self.may_print_again() => self.print(true, cx),
            Event::Touch(Touch::Finish) if self.receipt != Some(ReceiptState::Printing) => self.finish(cx),
            Event::Delivered(case) => self.delivered(case.case_key, SlipText::Filed(case)),
            Event::BundleDelivered(bundle) => {
                self.delivered(bundle.bundle_key, SlipText::BundleFiled(bundle))
            }
            Event::Recorded { case_key, pickup_code } => match self.news {
                News::NotTaken(_, pending) => Self::waiting(case_key, *pending, pickup_code, cx),
                _ => self.into(),
            },
            _ => self.into(),
        }
    }

    fn patience(&self, limits: &Deadlines) -> Patience {
        match self.receipt {
            Some(ReceiptState::Printing) => Patience::Endless,
            Some(ReceiptState::Printed) => Patience::Quiet(limits.result),
            _ => Patience::Quiet(limits.result_without_receipt),
        }
    }

    fn leaving(&self) -> Leaving {
        if self.receipt == Some(ReceiptState::Printing) { Leaving::NotOffered } else { Leaving::Ends }
    }

    fn moved_on(self, cx: &mut Cx<'_>) -> State {
        self.finish(cx)
    }

    fn deadline(&self, limits: &Deadlines) -> Option<Duration> {
        (self.receipt == Some(ReceiptState::Printing)).then(|| self.printing_since + limits.print)
    }

    fn step(&self) -> Option<Step> {
        Some(filing_step(4))
    }

    fn is_personal(&self) -> bool {
        true
    }
}

fn taken(says: &SlipText) -> CaseNews {
    match says {
        SlipText::Filed(case) => filed(case),
        SlipText::BundleFiled(bundle) => bundle_filed(bundle),
        SlipText::Waiting(waiting) => CaseNews::Waiting {
            item: waiting.item.clone(),
            pickup_code: waiting.pickup_code.grouped(),
            received_at: waiting.received_at,
            promised: waiting.promised,
        },
        SlipText::BundleWaiting(waiting) => CaseNews::BundleWaiting {
            bundle: waiting.bundle.clone(),
            pickup_code: waiting.pickup_code.grouped(),
            received_at: waiting.received_at,
            becomes: waiting.becomes.clone(),
        },
    }
}

fn bundle_filed(filed: &BundleCase) -> CaseNews {
    let case = |case: &Case| FiledCase {
        item: case.item.name.clone(),
        case_no: case.case_no.clone(),
        status: case.status,
        due: due(case),
    };
    CaseNews::BundleFiled {
        bundle: filed.bundle.name.clone(),
        bundle_no: filed.bundle_no.clone(),
        pickup_code: filed.pickup_code.grouped(),
        cases: filed.cases.iter().map(case).collect(),
    }
}

fn due(case: &Case) -> Option<Due> {
    case.due_on.map(|on| Due { on, provisional: case.due_provisional })
}

fn filed(case: &Case) -> CaseNews {
    CaseNews::Filed {
        item: case.item.name.clone(),
        case_no: case.case_no.clone(),
        pickup_code: case.pickup_code.grouped(),
        status: case.status,
        due: due(case),
        result: case.result.as_ref().map(|result| (result.name.clone(), result.valid_until)),
    }
}
