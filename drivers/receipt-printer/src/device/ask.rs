//! Questions and answers: one stream carries them all, so each question first drops what came before it.

use std::time::{Duration, Instant};

use driver_api::{LinkFault, PrinterFault, PrinterStatus};

use super::EscPosPrinter;
use crate::protocol::{command, reply::Reply, status};

/// How long a stalled line is waited for before looking whether the printer says why.
const LOOK: Duration = Duration::from_millis(100);

/// What came while an answer was waited for.
pub(super) enum Came<T> {
    /// The answer.
    Answer(T),
    /// Trouble, by itself.
    Trouble(PrinterFault),
    /// Bytes, and nothing that makes sense.
    Noise,
    /// Nothing.
    Nothing,
}

impl EscPosPrinter {
    /// A dead line is opened anew by the next call.
    fn lost<T>(&mut self, result: Result<T, LinkFault>) -> Result<T, LinkFault> {
        if result.is_err() {
            self.open = false;
        }
        result
    }

    /// Sends what is taken within a moment.
    pub(super) fn send_some(&mut self, bytes: &[u8], deadline: Instant) -> Result<usize, LinkFault> {
        let sent = self.transport.write(bytes, deadline.min(Instant::now() + LOOK));
        self.lost(sent)
    }

    /// Sends a short command whole. A printer that does not take it does not answer.
    pub(super) fn send(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), LinkFault> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let sent = self.send_some(rest, deadline)?;
            if sent == 0 && Instant::now() >= deadline {
                return Err(LinkFault::Silent);
            }
            rest = rest.get(sent..).unwrap_or_default();
        }
        Ok(())
    }

    /// What has come, waiting until then for the first byte; and whether any byte came.
    pub(super) fn listen(&mut self, until: Instant) -> Result<(Vec<Reply>, bool), LinkFault> {
        let mut buffer = [0; 256];
        let read = self.transport.read(&mut buffer, until);
        let count = self.lost(read)?;
        let bytes = buffer.get(..count).unwrap_or_default();
        Ok((self.replies.feed(bytes), count > 0))
    }

    /// Drops what answers an earlier question.
    fn drain(&mut self) -> Result<(), LinkFault> {
        let end = Instant::now() + self.deadlines.answer;
        while self.listen(Instant::now())?.1 {
            if Instant::now() > end {
                return Err(LinkFault::Garbled);
            }
        }
        self.replies.forget();
        Ok(())
    }

    /// Waits for what `wanted` accepts. With `watch`, an automatic status that tells of trouble ends the wait.
    pub(super) fn wait_for<T>(
        &mut self,
        deadline: Instant,
        watch: bool,
        wanted: impl Fn(&Reply) -> Option<T>,
    ) -> Result<Came<T>, LinkFault> {
        let mut heard = false;
        loop {
            let (replies, some) = self.listen(deadline)?;
            heard |= some;
            for reply in &replies {
                if let Some(answer) = wanted(reply) {
                    return Ok(Came::Answer(answer));
                }
                if let Some(fault) = trouble(reply).filter(|_| watch) {
                    return Ok(Came::Trouble(fault));
                }
            }
            if Instant::now() >= deadline {
                return Ok(if heard { Came::Noise } else { Came::Nothing });
            }
        }
    }

    /// Asks one question and waits for its answer.
    pub(super) fn ask<T>(
        &mut self,
        question: &[u8],
        patience: Duration,
        wanted: impl Fn(&Reply) -> Option<T>,
    ) -> Result<T, LinkFault> {
        let deadline = Instant::now() + patience;
        self.drain()?;
        self.send(question, deadline)?;
        match self.wait_for(deadline, false, wanted)? {
            Came::Answer(answer) => Ok(answer),
            Came::Noise => Err(LinkFault::Garbled),
            Came::Nothing | Came::Trouble(_) => Err(LinkFault::Silent),
        }
    }

    /// DLE EOT 1 to 4, one after the other: the answers do not say which question they belong to.
    pub(super) fn ask_status(&mut self) -> Result<PrinterStatus, LinkFault> {
        let mut bytes = [0; 4];
        for (n, byte) in (1..).zip(&mut bytes) {
            *byte = self.ask(&command::status(n), self.deadlines.answer, |reply| match reply {
                Reply::RealTime(byte) => Some(*byte),
                _ => None,
            })?;
        }
        Ok(status::of_real_time(bytes))
    }

    /// What the printer has told by itself since it was last heard: trouble, where it was trouble.
    pub(super) fn trouble(&mut self) -> Option<PrinterFault> {
        match self.listen(Instant::now()) {
            Ok((replies, _)) => replies.iter().rev().find_map(last_word).flatten(),
            Err(fault) => Some(fault.into()),
        }
    }

    /// Why it does not answer.
    pub(super) fn cause(&mut self) -> PrinterFault {
        match self.ask_status() {
            Ok(status) => status.fault.unwrap_or(LinkFault::Silent.into()),
            Err(fault) => fault.into(),
        }
    }

    /// Maker and model, where it tells them.
    pub(super) fn who(&mut self) -> Result<Option<String>, LinkFault> {
        let mut names = vec![];
        for question in [command::MAKER, command::MODEL] {
            let said = self.ask(&question, self.deadlines.probe, |reply| match reply {
                Reply::Block(0x5F, text) => Some(String::from_utf8_lossy(text).into_owned()),
                _ => None,
            });
            match said {
                Ok(name) => names.push(name),
                Err(LinkFault::Silent | LinkFault::Garbled) => return Ok(None),
                Err(fault) => return Err(fault),
            }
        }
        Ok(Some(names.join(" ")))
    }
}

/// The trouble that an automatic status tells of.
fn trouble(reply: &Reply) -> Option<PrinterFault> {
    last_word(reply).flatten()
}

/// Whether the reply is a word on how the printer is, and which.
#[expect(clippy::option_option, reason = "no word, the word that all is well, and a word of trouble")]
fn last_word(reply: &Reply) -> Option<Option<PrinterFault>> {
    match reply {
        Reply::Asb(bytes) => Some(status::of_asb(*bytes).fault),
        _ => None,
    }
}
