//! The same reader, with everything that goes over its line written down.

use std::time::{Duration, Instant};

use driver_api::{CardProblem, CardReading, IdCardReader, LinkFault, ReaderFault};
use recorder::SharedTape;

use crate::transport::Line;

/// A line with a tape beside it.
pub(crate) struct RecordedLine {
    line: Box<dyn Line>,
    tape: SharedTape,
}

/// Opens a line and has it recorded.
pub(crate) fn line(
    opened: Result<Box<dyn Line>, LinkFault>,
    rate: u32,
    tape: &SharedTape,
) -> Result<Box<dyn Line>, LinkFault> {
    let line = tape.opened(&rate.to_string(), opened)?;
    Ok(Box::new(RecordedLine { line, tape: tape.clone() }))
}

impl Line for RecordedLine {
    fn send(&mut self, bytes: &[u8]) -> Result<(), LinkFault> {
        let sent = self.line.send(bytes).map(|()| bytes.len());
        self.tape.sent(bytes, sent).map(drop)
    }

    fn receive(&mut self, into: &mut [u8], wait: Duration) -> Result<usize, LinkFault> {
        let count = self.line.receive(into, wait);
        self.tape.came(into, count)
    }

    fn now(&self) -> Instant {
        self.line.now()
    }
}

/// A reader whose calls are recorded.
pub struct RecordedReader {
    pub(crate) reader: Box<dyn IdCardReader>,
    pub(crate) tape: SharedTape,
}

impl IdCardReader for RecordedReader {
    fn identify(&mut self) -> Result<String, ReaderFault> {
        let Self { reader, tape } = self;
        tape.call("identify", || reader.identify(), identified)
    }

    fn read(&mut self) -> Result<CardReading, ReaderFault> {
        let Self { reader, tape } = self;
        tape.call("read", || reader.read(), read)
    }
}

/// What a recording says came of `identify`.
#[must_use]
pub fn identified(identified: &Result<String, ReaderFault>) -> String {
    identified.as_ref().map_or_else(|fault| format!("{fault:?}"), Clone::clone)
}

/// What a recording says came of `read`: never what stands on a card.
#[must_use]
pub fn read(reading: &Result<CardReading, ReaderFault>) -> String {
    match reading {
        Ok(CardReading::NoCard) => "NoCard".to_owned(),
        Ok(CardReading::Card(card)) => format!("Card {:?}", card.kind),
        // Which field it was depends on what stands in it, and that is not kept.
        Ok(CardReading::Unreadable(CardProblem::Malformed(_))) => "Malformed".to_owned(),
        Ok(CardReading::Unreadable(problem)) => format!("{problem:?}"),
        Err(fault) => format!("{fault:?}"),
    }
}
