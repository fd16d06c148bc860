//! One request, one answer, within a deadline.
//!
//! Answers carry no number. A late one must never pass for the answer to the next command, so: the line is drained
//! before each command; after trouble it is drained until it is quiet, and then a status is asked for, whose answer a
//! module that works strictly in turn gives after everything that was still on its way.

use std::time::{Duration, Instant};

use driver_api::LinkFault;
use zeroize::Zeroizing;

use crate::{
    Deadlines,
    protocol::{Command, Decoder, Response},
    transport::Line,
};

/// Noise in one answer after which nothing good is expected: three times the largest answer.
const MOST_NOISE: usize = 3 * 0x0A00;

/// An open line.
pub(super) struct Exchange {
    line: Box<dyn Line>,
    deadlines: Deadlines,
    /// Something late may be on its way.
    doubtful: bool,
    /// Something came in that was no right answer.
    disturbed: bool,
}

impl Exchange {
    pub(super) fn new(line: Box<dyn Line>, deadlines: Deadlines) -> Self {
        Self { line, deadlines, doubtful: false, disturbed: false }
    }

    pub(super) fn is_disturbed(&self) -> bool {
        self.disturbed
    }

    pub(super) fn forget_disturbance(&mut self) {
        self.disturbed = false;
    }

    /// Something late may be on its way: the next command waits for it first.
    pub(super) fn doubt(&mut self) {
        self.doubtful = true;
    }

    /// A command and the answer to it, and to nothing else.
    pub(super) fn ask(&mut self, command: Command) -> Result<Response, LinkFault> {
        if self.doubtful {
            self.drain(self.deadlines.quiet)?;
            self.ask_within(Command::Status, self.deadlines.status)?;
        }
        self.ask_within(command, self.deadlines.first_byte(command))
    }

    /// The same with a deadline of its own and without clearing up after earlier trouble.
    pub(super) fn ask_within(
        &mut self,
        command: Command,
        first_byte: Duration,
    ) -> Result<Response, LinkFault> {
        self.doubtful = true;
        self.drain(Duration::ZERO)?;
        self.line.send(&command.request())?;
        let answer = self.listen(command, first_byte)?;
        self.doubtful = false;
        Ok(answer)
    }

    /// Throws away what comes until nothing has come for `quiet`.
    fn drain(&mut self, quiet: Duration) -> Result<(), LinkFault> {
        let end = self.line.now() + self.deadlines.drain;
        let mut scrap = Zeroizing::new([0; 512]);
        while self.line.receive(&mut *scrap, quiet)? > 0 {
            self.disturbed = true;
            if self.line.now() >= end {
                return Err(LinkFault::Garbled);
            }
        }
        Ok(())
    }

    fn listen(&mut self, command: Command, first_byte: Duration) -> Result<Response, LinkFault> {
        let start = self.line.now();
        let (answer_by, end) = (start + first_byte, start + self.deadlines.ceiling);
        let mut decoder = Decoder::new();
        let mut bytes = Zeroizing::new([0; 512]);
        let mut heard = start;
        loop {
            let until = if decoder.is_empty() { answer_by } else { heard + self.deadlines.gap }.min(end);
            let count = self.receive_until(until, &mut *bytes)?;
            let now = self.line.now();
            if count > 0 {
                heard = now;
                decoder.push(bytes.get(..count).unwrap_or_default());
            }
            let at_rest = count == 0 && now >= until;
            if let Some(answer) = self.pick(command, &mut decoder, at_rest) {
                return Ok(answer);
            }
            if (at_rest && now >= answer_by) || now >= end || decoder.noise() > MOST_NOISE {
                return Err(if decoder.noise() > 0 { LinkFault::Garbled } else { LinkFault::Silent });
            }
        }
    }

    fn receive_until(&mut self, until: Instant, into: &mut [u8]) -> Result<usize, LinkFault> {
        let wait = until.saturating_duration_since(self.line.now());
        self.line.receive(into, wait)
    }

    /// The answer to `command` among what has come in; answers to anything else are late ones.
    fn pick(&mut self, command: Command, decoder: &mut Decoder, at_rest: bool) -> Option<Response> {
        let next = if at_rest { Decoder::next_response_at_rest } else { Decoder::next_response };
        let mut picked = None;
        while picked.is_none()
            && let Some(response) = next(decoder)
        {
            let fits = command.is_answered_by(&response);
            self.disturbed |= !fits;
            picked = Some(response).filter(|_| fits);
        }
        self.disturbed |= decoder.noise() > 0;
        picked
    }
}
