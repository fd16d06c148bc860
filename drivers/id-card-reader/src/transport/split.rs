//! Four pipes of USB: heads travel over one pair, the rest of the frames over another.

use std::time::{Duration, Instant};

use driver_api::LinkFault;

use super::Line;
use crate::protocol::pipes::{HEAD, Merge, Pipe};

/// One line out of two.
pub struct SplitLine {
    heads: Box<dyn Line>,
    bodies: Box<dyn Line>,
    merge: Merge,
}

impl SplitLine {
    /// Over `heads` go preamble and length, over `bodies` everything else.
    #[must_use]
    pub fn new(heads: Box<dyn Line>, bodies: Box<dyn Line>) -> Self {
        Self { heads, bodies, merge: Merge::default() }
    }

    /// Listens on one pipe and keeps what came; tells whether anything did.
    fn listen(&mut self, pipe: Pipe, room: usize, wait: Duration) -> Result<bool, LinkFault> {
        let mut packet = zeroize::Zeroizing::new(vec![0; room.max(1024)]);
        let line = match pipe {
            Pipe::Heads => &mut self.heads,
            Pipe::Bodies => &mut self.bodies,
        };
        let count = line.receive(&mut packet, wait)?;
        self.merge.push(pipe, packet.get(..count).unwrap_or_default());
        Ok(count > 0)
    }
}

impl Line for SplitLine {
    fn send(&mut self, bytes: &[u8]) -> Result<(), LinkFault> {
        let (head, body) = bytes.split_at_checked(HEAD).ok_or(LinkFault::Garbled)?;
        self.heads.send(head)?;
        self.bodies.send(body)
    }

    fn receive(&mut self, into: &mut [u8], wait: Duration) -> Result<usize, LinkFault> {
        let end = self.now() + wait;
        loop {
            let taken = self.merge.take(into);
            if taken > 0 {
                return Ok(taken);
            }
            let wanted = self.merge.wanted();
            let left = end.saturating_duration_since(self.now());
            if !self.listen(wanted, into.len(), left)? {
                break;
            }
        }
        // In the time given nothing came that goes on: what else came belongs to nothing.
        self.listen(self.merge.wanted().other(), into.len(), Duration::ZERO)?;
        Ok(self.merge.give_up(into))
    }

    fn now(&self) -> Instant {
        self.heads.now()
    }
}
