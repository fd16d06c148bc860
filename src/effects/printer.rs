//! The thread that owns the receipt printer.

use std::{
    sync::{Arc, mpsc},
    time::Duration,
};

use driver_api::{PrintJob, PrintOutcome, PrinterFault, ReceiptPrinter};
use flow::{
    Event,
    effect::{Slip, SlipText},
    event::PrintNews,
    view::PrinterTrouble,
};
use protocol::Language;
use telemetry::{Side, Span};

use super::{health::Health, link::Link, registry::Registry, store::SharedStore};
use crate::{clock, inbox::Inbox};

/// Between two looks at the printer: paper out is known before a resident has read the first screen.
const WATCH: Duration = Duration::from_secs(6);

/// What a receipt says about the machine.
pub(super) struct About {
    pub(super) terminal_id: String,
    pub(super) registry: Arc<Registry>,
}

/// Prints receipts and watches the paper.
pub(super) struct PrinterThread {
    orders: mpsc::Sender<Order>,
}

enum Order {
    Print(Box<Slip>),
    Test,
    EndVisit,
    /// Something was plugged in or out.
    Look,
}

impl PrinterThread {
    pub(super) fn start(
        printer: Box<dyn ReceiptPrinter>,
        link: Link,
        store: SharedStore,
        about: About,
        health: Arc<Health>,
        inbox: Inbox,
    ) -> Self {
        let (orders, taken) = mpsc::channel();
        let owner = Owner {
            printer,
            link,
            store,
            about,
            health,
            inbox,
            trouble: None,
            known: false,
            unsettled: false,
        };
        std::thread::spawn(move || owner.run(&taken));
        Self { orders }
    }

    pub(super) fn print(&self, slip: Slip) {
        let _ = self.orders.send(Order::Print(Box::new(slip)));
    }

    pub(super) fn print_test(&self) {
        let _ = self.orders.send(Order::Test);
    }

    pub(super) fn end_visit(&self) {
        let _ = self.orders.send(Order::EndVisit);
    }

    /// Has the printer looked at now, because of a plug.
    pub(super) fn looker(&self) -> impl Fn() + Send + use<> {
        let orders = self.orders.clone();
        move || drop(orders.send(Order::Look))
    }
}

struct Owner {
    printer: Box<dyn ReceiptPrinter>,
    link: Link,
    store: SharedStore,
    about: About,
    health: Arc<Health>,
    inbox: Inbox,
    trouble: Option<PrinterTrouble>,
    known: bool,
    /// A receipt was sent that is not known to be out: its rest may not come out for the next resident.
    unsettled: bool,
}

impl Owner {
    fn run(mut self, orders: &mpsc::Receiver<Order>) {
        loop {
            match orders.recv_timeout(WATCH) {
                Ok(Order::Print(slip)) => self.print(|owner, number| owner.document(number, &slip)),
                Ok(Order::Test) => self.print(|owner, number| receipt::test_strip(&owner.about(number))),
                Ok(Order::EndVisit) => self.settle(),
                Ok(Order::Look) | Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
            }
            wipe::wipe_stack();
            self.watch();
        }
    }

    fn print(&mut self, document: impl FnOnce(&Self, u64) -> receipt::Document) {
        let news = match self.store.with(|store| store.print_job_begin(clock::now())) {
            Ok(number) => {
                let document = document(self, number);
                self.print_job(number, &document)
            }
            Err(error) => {
                tracing::error!(%error, "print job not recorded, so not printed");
                PrintNews::NotPrinted(PrinterTrouble::Disconnected)
            }
        };
        self.inbox.post(Event::Print(news));
    }

    fn print_job(&mut self, number: u64, document: &receipt::Document) -> PrintNews {
        let drawing = document.draw(self.printer.dots());
        if !drawing.missing.is_empty() {
            tracing::warn!(count = drawing.missing.len(), "characters without a glyph, drawn as code points");
        }
        self.unsettled = true;
        let span = Span::begin("receipt.print", Side::Inner);
        let outcome = self.printer.print(&PrintJob { number, image: drawing.image });
        if outcome != PrintOutcome::Printed {
            span.failed(if matches!(outcome, PrintOutcome::NotPrinted(_)) {
                "not-printed"
            } else {
                "unknown"
            });
        }
        drop(span);
        tracing::info!(number, ?outcome, "receipt");
        self.unsettled = outcome != PrintOutcome::Printed;
        let (kept, news) = match outcome {
            PrintOutcome::Printed => (outbox::PrintOutcome::Printed, PrintNews::Printed),
            PrintOutcome::NotPrinted(fault) => {
                (outbox::PrintOutcome::NotPrinted, PrintNews::NotPrinted(trouble(fault)))
            }
            PrintOutcome::Unknown(_) => (outbox::PrintOutcome::Unknown, PrintNews::Unknown),
        };
        if let Err(error) = self.store.with(|store| store.print_job_end(number, kept)) {
            tracing::error!(%error, number, "print job not settled");
        }
        news
    }

    /// What every strip of paper says of where it comes from.
    fn about(&self, number: u64) -> receipt::Slip {
        receipt::Slip {
            community: self.about.registry.community().get(Language::Simplified).to_owned(),
            terminal_id: self.about.terminal_id.clone(),
            number,
            printed_at: clock::now(),
            copy: false,
            bring: Vec::new(),
            photographed: 0,
        }
    }

    fn document(&self, number: u64, slip: &Slip) -> receipt::Document {
        let bring = slip.bring.iter().map(bring).collect();
        let about =
            receipt::Slip { copy: slip.again, bring, photographed: slip.photographed, ..self.about(number) };
        match &slip.says {
            SlipText::Filed(case) => receipt::filed(case, &about),
            SlipText::Waiting(waiting) => receipt::waiting(&waiting_slip(waiting), &about),
            SlipText::BundleFiled(bundle) => receipt::bundle_filed(bundle, &about),
            SlipText::BundleWaiting(waiting) => receipt::bundle_waiting(&bundle_slip(waiting), &about),
        }
    }

    fn settle(&mut self) {
        if self.unsettled {
            match self.printer.clear() {
                Ok(()) => self.unsettled = false,
                Err(fault) => tracing::warn!(%fault, "printer not cleared yet"),
            }
        }
    }

    /// Tells changes only.
    fn watch(&mut self) {
        if self.unsettled {
            self.settle();
        }
        let seen = self.printer.status();
        self.health.printer(seen);
        let fault = seen.map_or_else(Some, |status| status.fault);
        self.link.set(
            fault.and_then(|fault| if let PrinterFault::Link(link) = fault { Some(link) } else { None }),
        );
        let trouble = fault.map(trouble);
        if self.known && trouble == self.trouble {
            return;
        }
        if let Some(fault) = fault {
            tracing::warn!(%fault, "receipt printer unusable");
        } else {
            tracing::info!("receipt printer ready");
        }
        (self.known, self.trouble) = (true, trouble);
        self.inbox.post(Event::Printer(trouble));
    }
}

fn trouble(fault: PrinterFault) -> PrinterTrouble {
    match fault {
        PrinterFault::PaperOut => PrinterTrouble::PaperOut,
        PrinterFault::CoverOpen => PrinterTrouble::CoverOpen,
        PrinterFault::Jam => PrinterTrouble::Jam,
        PrinterFault::Overheated => PrinterTrouble::Overheated,
        PrinterFault::Link(_) | PrinterFault::Offline | PrinterFault::Unrecoverable => {
            PrinterTrouble::Disconnected
        }
    }
}

fn bring(bring: &flow::effect::Bring) -> receipt::Bring {
    receipt::Bring { name: bring.name.get(Language::Simplified).to_owned(), within: bring.within }
}

fn waiting_slip(waiting: &flow::effect::Waiting) -> receipt::Waiting {
    let words = |text: &protocol::Text| text.get(Language::Simplified).to_owned();
    receipt::Waiting {
        item_name: words(&waiting.item),
        organisation: words(&waiting.organisation),
        pickup_code: waiting.pickup_code.clone(),
        received_at: waiting.received_at,
        applicant_name_masked: waiting.applicant_name.clone(),
        promise: waiting.promised,
        consult_phone: waiting.consult_phone.clone(),
        complain_phone: waiting.complain_phone.clone(),
        demo: waiting.demo,
    }
}

fn bundle_slip(waiting: &flow::effect::BundleWaiting) -> receipt::BundleWaiting {
    let words = |text: &protocol::Text| text.get(Language::Simplified).to_owned();
    let part = |part: &flow::effect::Becomes| receipt::Part {
        item_name: words(&part.item),
        organisation: words(&part.organisation),
        promise: part.promised,
    };
    receipt::BundleWaiting {
        bundle_name: words(&waiting.bundle),
        parts: waiting.becomes.iter().map(part).collect(),
        pickup_code: waiting.pickup_code.clone(),
        received_at: waiting.received_at,
        applicant_name_masked: waiting.applicant_name.clone(),
        consult_phone: waiting.consult_phone.clone(),
        complain_phone: waiting.complain_phone.clone(),
        demo: waiting.demo,
    }
}
