//! The thread that owns the code scanner.

use std::{sync::Arc, time::Duration};

use driver_api::{CodeScanner, LinkFault, Scan};
use flow::{
    Event,
    event::{CodeReader, ScannedText},
};

use super::{link::Link, wish::Wish};
use crate::inbox::Inbox;

/// How long it is listened to at a time, while a code is wanted.
const LISTEN: Duration = Duration::from_millis(300);
/// Between two signs of life while none is.
const WATCH: Duration = Duration::from_secs(6);
/// Between two looks for one that has gone.
const MISSED: Duration = Duration::from_secs(1);

/// Asks for codes and stops asking.
pub(super) struct ScannerThread {
    wish: Arc<Wish>,
}

impl ScannerThread {
    pub(super) fn start(scanner: Box<dyn CodeScanner>, link: Link, inbox: Inbox) -> Self {
        let wish = Arc::new(Wish::default());
        let owner = Owner { scanner, link, wish: wish.clone(), inbox, works: false, cleared: 0 };
        std::thread::spawn(move || owner.run());
        Self { wish }
    }

    pub(super) fn want(&self, on: bool) {
        self.wish.set(on);
    }

    /// Has the scanner looked at now, because of a plug.
    pub(super) fn looker(&self) -> impl Fn() + Send + use<> {
        let wish = self.wish.clone();
        move || wish.look()
    }
}

struct Owner {
    scanner: Box<dyn CodeScanner>,
    link: Link,
    wish: Arc<Wish>,
    inbox: Inbox,
    works: bool,
    /// The round of which the codes are: what was scanned before it is nobody's.
    cleared: u64,
}

impl Owner {
    fn run(mut self) {
        loop {
            let (wanted, round) = self.wish.now();
            let looked = if wanted { self.listen(round) } else { self.watch() };
            self.report(looked.err());
            wipe::wipe_stack();
            let pause = match (wanted, self.works) {
                (_, false) => MISSED,
                (true, true) => continue,
                (false, true) => WATCH,
            };
            self.wish.wait(round, pause);
        }
    }

    /// A scanner that poses as a keyboard stays grabbed, also while nobody wants a code: or it would type into a form.
    fn watch(&mut self) -> Result<(), LinkFault> {
        self.scanner.identify()?;
        self.scanner.clear()
    }

    fn listen(&mut self, round: u64) -> Result<(), LinkFault> {
        if self.cleared != round {
            self.scanner.clear()?;
            self.cleared = round;
        }
        let scan = self.scanner.read(LISTEN)?;
        if self.wish.now() != (true, round) {
            return Ok(());
        }
        let says = match scan {
            Scan::Nothing => return Ok(()),
            Scan::Code(code) => Some(ScannedText(code.text().to_owned())),
            Scan::Rejected(problem) => {
                tracing::info!(%problem, "no code");
                None
            }
        };
        self.inbox.post(Event::Scanned(says));
        // A scanner that has gone mad says more than any screen can show.
        self.wish.wait(round, LISTEN);
        Ok(())
    }

    /// Tells changes only.
    fn report(&mut self, fault: Option<LinkFault>) {
        self.link.set(fault);
        if self.works == fault.is_none() {
            return;
        }
        match fault {
            Some(fault) => tracing::warn!(%fault, "code scanner unusable"),
            None => tracing::info!("code scanner ready"),
        }
        self.works = fault.is_none();
        self.inbox.post(Event::Codes(self.works.then_some(CodeReader::Scanner)));
    }
}
