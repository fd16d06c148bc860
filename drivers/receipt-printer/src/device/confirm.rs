//! Finding out whether a receipt came out.

use std::time::Instant;

use driver_api::{LinkFault, PrinterFault};

use super::EscPosPrinter;
use crate::{
    device::ask::Came,
    profile::{Proof, StatusSet},
    protocol::{command, reply::Reply},
};

/// The mark that an idle printer is tried with.
const TRIAL: [u8; 4] = *b"TEST";

impl EscPosPrinter {
    /// The strongest proof of the profile that the printer answers, tried once after it was opened.
    pub(super) fn find_proof(&mut self) -> Result<Proof, PrinterFault> {
        if let Some(found) = self.proof {
            return Ok(found);
        }
        let mut found = Proof::Nothing;
        for proof in self.profile.confirmation.clone() {
            if self.gives(proof)? {
                found = proof;
                break;
            }
        }
        self.proof = Some(found);
        Ok(found)
    }

    fn gives(&mut self, proof: Proof) -> Result<bool, LinkFault> {
        let Some(question) = question(proof, TRIAL) else {
            return Ok(self.profile.status != StatusSet::None);
        };
        match self.ask(&question, self.deadlines.probe, |reply| answers(reply, proof, TRIAL).then_some(())) {
            Ok(()) => Ok(true),
            Err(LinkFault::Silent | LinkFault::Garbled) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// Waits for the proof; the error says why there is none.
    pub(super) fn confirm(
        &mut self,
        proof: Proof,
        job: u64,
        rows_done: Instant,
        deadline: Instant,
    ) -> Result<(), PrinterFault> {
        if proof == Proof::Nothing {
            return Err(LinkFault::Silent.into());
        }
        let mark = command::mark(job);
        let until = match question(proof, mark) {
            Some(question) => {
                self.send(&question, deadline)?;
                deadline
            }
            None => rows_done.max(Instant::now()) + self.deadlines.answer,
        };
        match self.wait_for(until, true, |reply| answers(reply, proof, mark).then_some(()))? {
            Came::Answer(()) if proof == Proof::GsR => self.ask_again(),
            Came::Answer(()) => Ok(()),
            Came::Trouble(fault) => Err(fault),
            Came::Noise | Came::Nothing if proof == Proof::Status => {
                self.ask_status()?.fault.map_or(Ok(()), Err)
            }
            Came::Noise | Came::Nothing => Err(self.cause()),
        }
    }

    /// An answer to GS r carries no number, so noise or an old answer may look like it: a second one, and a printer
    /// that says that all is well, go with it.
    fn ask_again(&mut self) -> Result<(), PrinterFault> {
        self.ask(&command::PAPER_IN_TURN, self.deadlines.probe, |reply| {
            matches!(reply, Reply::InTurn(_)).then_some(())
        })?;
        self.ask_status()?.fault.map_or(Ok(()), Err)
    }
}

/// What is sent behind a receipt.
fn question(proof: Proof, mark: [u8; 4]) -> Option<Vec<u8>> {
    match proof {
        Proof::ProcessId => Some(command::process_id(mark)),
        Proof::GsR => Some(command::PAPER_IN_TURN.to_vec()),
        Proof::Status | Proof::Nothing => None,
    }
}

fn answers(reply: &Reply, proof: Proof, mark: [u8; 4]) -> bool {
    match (proof, reply) {
        (Proof::ProcessId, Reply::Block(0x37, text)) => text.split_first() == Some((&0x22, &mark[..])),
        (Proof::GsR, Reply::InTurn(_)) => true,
        _ => false,
    }
}
