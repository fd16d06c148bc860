//! What stays the same on every bus: open what is closed, collect lines, forget what nobody asked for.

use std::time::{Duration, Instant};

use driver_api::{CodeScanner, LinkFault, Scan};
use zeroize::Zeroizing;

use crate::{protocol::Lines, transport::Source};

/// A silence after which nothing more of a code is coming.
const GAP: Duration = Duration::from_millis(250);
/// A silence after which the rest of a code that has broken off is not coming either: a machine with much else to do
/// hears keys late, and a person takes longer to scan again.
const REST: Duration = Duration::from_secs(2);
/// How long what was not asked for may keep coming before that is a fault.
const CLEAR: Duration = Duration::from_secs(2);

/// A scanner behind whatever `connect` opens.
pub struct Scanner<C> {
    name: String,
    connect: C,
    source: Option<Box<dyn Source>>,
    lines: Lines,
    heard: Instant,
}

impl<C: FnMut() -> Result<Box<dyn Source>, LinkFault> + Send> Scanner<C> {
    /// A scanner that is not opened yet.
    pub fn new(name: String, connect: C) -> Self {
        Self { name, connect, source: None, lines: Lines::default(), heard: Instant::now() }
    }

    fn source(&mut self) -> Result<&mut dyn Source, LinkFault> {
        let source = match self.source.take() {
            Some(open) => open,
            None => {
                self.lines = Lines::default();
                (self.connect)()?
            }
        };
        Ok(&mut **self.source.insert(source))
    }

    /// Collects what comes within `wait`; tells whether anything did.
    fn listen(&mut self, wait: Duration) -> Result<bool, LinkFault> {
        let mut bytes = Zeroizing::new([0; 256]);
        let came = self.source()?.receive(&mut *bytes, wait);
        let Ok(count) = came else {
            self.source = None;
            return Err(came.err().unwrap_or(LinkFault::Unplugged));
        };
        if count > 0 {
            if self.heard.elapsed() > REST {
                self.lines.begin_anew();
            }
            self.heard = Instant::now();
        }
        self.lines.push(bytes.get(..count).unwrap_or_default());
        Ok(count > 0)
    }
}

impl<C: FnMut() -> Result<Box<dyn Source>, LinkFault> + Send> CodeScanner for Scanner<C> {
    fn identify(&mut self) -> Result<String, LinkFault> {
        self.source()?;
        // One that has gone says so when it is listened to.
        self.listen(Duration::ZERO)?;
        Ok(self.name.clone())
    }

    fn read(&mut self, wait: Duration) -> Result<Scan, LinkFault> {
        let end = Instant::now() + wait;
        loop {
            if let Some(scan) = self.lines.next() {
                return Ok(scan);
            }
            let left = end.saturating_duration_since(Instant::now());
            // What has begun is waited for, or it would be taken for the beginning of the next one.
            let patience = if self.lines.has_begun() { GAP } else { left };
            if !self.listen(patience)? {
                let needs_end = self.source()?.ends_codes();
                self.lines.at_rest(needs_end);
                return Ok(self.lines.next().unwrap_or(Scan::Nothing));
            }
        }
    }

    fn clear(&mut self) -> Result<(), LinkFault> {
        let end = Instant::now() + CLEAR;
        while self.listen(Duration::ZERO)? || (self.lines.has_begun() && self.listen(GAP)?) {
            if Instant::now() >= end {
                return Err(LinkFault::Garbled);
            }
        }
        let needs_end = self.source()?.ends_codes();
        self.lines.at_rest(needs_end);
        self.lines.forget();
        Ok(())
    }
}
