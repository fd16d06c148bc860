//! The same scanner, with everything that it says written down but for what the codes say.

use std::time::Duration;

use driver_api::{CodeScanner, LinkFault, Scan};
use recorder::{Redactor, SharedTape};

use crate::transport::Source;

/// In the place of a character of a code.
const HIDDEN: u8 = b'X';

/// The redactor of this driver: of a code its length is kept, and what marks its end.
pub struct CodeRedactor;

impl Redactor for CodeRedactor {
    fn sent(&mut self, _: &mut [u8]) {}

    fn came(&mut self, bytes: &mut [u8]) {
        bytes.iter_mut().filter(|byte| **byte >= b' ').for_each(|byte| *byte = HIDDEN);
    }
}

/// A way to a scanner with a tape beside it.
struct RecordedSource {
    source: Box<dyn Source>,
    tape: SharedTape,
}

/// Opens a way and has it recorded.
pub(crate) fn source(
    opened: Result<Box<dyn Source>, LinkFault>,
    tape: &SharedTape,
) -> Result<Box<dyn Source>, LinkFault> {
    let source = tape.opened("", opened)?;
    Ok(Box::new(RecordedSource { source, tape: tape.clone() }))
}

impl Source for RecordedSource {
    fn receive(&mut self, into: &mut [u8], wait: Duration) -> Result<usize, LinkFault> {
        let count = self.source.receive(into, wait);
        self.tape.came(into, count)
    }

    fn ends_codes(&self) -> bool {
        self.source.ends_codes()
    }
}

/// A scanner whose calls are recorded.
pub struct RecordedScanner {
    pub(crate) scanner: Box<dyn CodeScanner>,
    pub(crate) tape: SharedTape,
}

impl CodeScanner for RecordedScanner {
    fn identify(&mut self) -> Result<String, LinkFault> {
        let Self { scanner, tape } = self;
        tape.call("identify", || scanner.identify(), told)
    }

    fn read(&mut self, wait: Duration) -> Result<Scan, LinkFault> {
        let Self { scanner, tape } = self;
        tape.call("read", || scanner.read(wait), scanned)
    }

    fn clear(&mut self) -> Result<(), LinkFault> {
        let Self { scanner, tape } = self;
        tape.call("clear", || scanner.clear(), told)
    }
}

/// What a recording says came of the other calls.
pub fn told<T>(result: &Result<T, LinkFault>) -> String {
    result.as_ref().map_or_else(|fault| format!("{fault:?}"), |_| "Ok".to_owned())
}

/// What a recording says came of `read`: of a code its length.
#[must_use]
pub fn scanned(scan: &Result<Scan, LinkFault>) -> String {
    match scan {
        Ok(scan) => format!("{scan:?}"),
        Err(fault) => format!("{fault:?}"),
    }
}
