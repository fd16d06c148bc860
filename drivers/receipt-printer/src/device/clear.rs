//! Bringing a printer back to a known state, whatever the last job left in it.

use std::time::Instant;

use driver_api::{LinkFault, PrinterFault};

use super::EscPosPrinter;
use crate::{
    profile::StatusSet,
    protocol::{command, job, reply::Reply, status},
};

/// How many NULs are pushed at once into a printer that waits for the rest of an image.
const FLUSH: usize = 8192;

impl EscPosPrinter {
    /// Drops what is in the printer's memory, and proves that it takes commands again.
    ///
    /// A printer in the middle of an image takes everything for dots, so NULs fill the image until it listens. One
    /// that shows nothing in its turn even then (some never do) is believed by its real-time status.
    pub(super) fn clear_now(&mut self) -> Result<(), PrinterFault> {
        self.dirty = true;
        let deadline = Instant::now() + self.deadlines.clear;
        let mut pushed = 0;
        loop {
            self.recover()?;
            if self.takes_commands()? {
                break;
            }
            if let Some(fault) = self.known_fault()? {
                return Err(fault);
            }
            if pushed >= self.profile.image_bytes() {
                break;
            }
            if Instant::now() >= deadline {
                return Err(LinkFault::Silent.into());
            }
            self.send(&[0; FLUSH], deadline)?;
            pushed += FLUSH;
        }
        if self.profile.status == StatusSet::DleEot
            && let Some(fault) = self.ask_status()?.fault
        {
            return Err(fault);
        }
        self.dirty = false;
        Ok(())
    }

    /// Why it is stopped, where it says so.
    fn known_fault(&mut self) -> Result<Option<PrinterFault>, LinkFault> {
        match self.ask_status() {
            Ok(status) => Ok(status.fault),
            Err(LinkFault::Silent | LinkFault::Garbled) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// DLE ENQ 2: at once, also while it is stopped.
    pub(super) fn recover(&mut self) -> Result<(), LinkFault> {
        self.send(&command::RECOVER, Instant::now() + self.deadlines.answer)
    }

    /// Sets it up; `false` where it did not show that it did so.
    fn takes_commands(&mut self) -> Result<bool, LinkFault> {
        let question = [job::set_up(&self.profile), command::PAPER_IN_TURN.to_vec()].concat();
        let shown = self.ask(&question, self.deadlines.answer, |reply| match reply {
            Reply::Asb(_) | Reply::InTurn(_) => Some(()),
            _ => None,
        });
        match shown {
            Ok(()) => Ok(true),
            Err(LinkFault::Silent | LinkFault::Garbled) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// Puts a clean printer into the state that a receipt needs, and hears its first automatic status.
    pub(super) fn set_up(&mut self) -> Result<(), PrinterFault> {
        let question = job::set_up(&self.profile);
        if !self.profile.asb {
            return Ok(self.send(&question, Instant::now() + self.deadlines.answer)?);
        }
        let said = self.ask(&question, self.deadlines.answer, |reply| match reply {
            Reply::Asb(bytes) => Some(status::of_asb(*bytes).fault),
            _ => None,
        });
        match said {
            Ok(None) | Err(LinkFault::Silent) => Ok(()),
            Ok(Some(fault)) => Err(fault),
            Err(fault) => Err(fault.into()),
        }
    }
}
