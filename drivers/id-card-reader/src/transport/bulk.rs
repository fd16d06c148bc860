//! A pair of bulk pipes of USB.

use std::time::Duration;

use driver_api::LinkFault;
use nusb::{
    Endpoint, Interface, MaybeFuture as _,
    transfer::{Buffer, Bulk, Completion, In, Out, TransferError},
};
use zeroize::Zeroize as _;

use super::{Line, WRITE};

/// Transfers that wait for packets: more than the largest answer has, so that none is held up by us.
const WAITING: usize = 48;

/// What goes out over one pipe and comes in over another.
pub(super) struct BulkLine {
    out: Endpoint<Bulk, Out>,
    input: Endpoint<Bulk, In>,
}

impl BulkLine {
    /// The pipes of `interface` with these addresses.
    pub(super) fn open(interface: &Interface, out: u8, input: u8) -> Result<Self, LinkFault> {
        let out = interface.endpoint::<Bulk, Out>(out).map_err(|error| super::usb::fault(error.kind()))?;
        let input = interface.endpoint::<Bulk, In>(input).map_err(|error| super::usb::fault(error.kind()))?;
        let mut line = Self { out, input };
        // One packet each: a transfer with room for more would wait for a second packet when the first one is full.
        let packet = line.input.max_packet_size();
        for _ in 0..WAITING {
            line.input.submit(Buffer::new(packet));
        }
        Ok(line)
    }

    /// Takes a packet out of a transfer that is done, wipes it, and lets it wait for the next one.
    fn take(&mut self, done: Completion, into: &mut [u8]) -> Result<usize, LinkFault> {
        let Completion { mut buffer, status, .. } = done;
        let count = buffer.len().min(into.len());
        into.iter_mut().zip(&*buffer).for_each(|(to, from)| *to = *from);
        buffer.zeroize();
        match status {
            Ok(()) => {
                self.input.submit(buffer);
                Ok(count)
            }
            Err(TransferError::Stall) => self.restart(),
            Err(_) => Err(LinkFault::Unplugged),
        }
    }

    /// A pipe that the device has halted: it goes on after this, and what was on its way is lost.
    fn restart(&mut self) -> Result<usize, LinkFault> {
        self.input.cancel_all();
        while self.input.pending() > 0 {
            let Some(done) = self.input.wait_next_complete(WRITE) else { return Err(LinkFault::Unplugged) };
            drop(done);
        }
        self.input.clear_halt().wait().map_err(|_| LinkFault::Unplugged)?;
        let packet = self.input.max_packet_size();
        for _ in 0..WAITING {
            self.input.submit(Buffer::new(packet));
        }
        Err(LinkFault::Garbled)
    }
}

impl Line for BulkLine {
    fn send(&mut self, bytes: &[u8]) -> Result<(), LinkFault> {
        match self.out.transfer_blocking(bytes.to_vec().into(), WRITE).status {
            Ok(()) => Ok(()),
            Err(TransferError::Cancelled) => Err(LinkFault::Silent),
            Err(TransferError::Stall) => {
                self.out.clear_halt().wait().map_err(|_| LinkFault::Unplugged)?;
                Err(LinkFault::Garbled)
            }
            Err(_) => Err(LinkFault::Unplugged),
        }
    }

    fn receive(&mut self, into: &mut [u8], wait: Duration) -> Result<usize, LinkFault> {
        let end = self.now() + wait;
        loop {
            let left = end.saturating_duration_since(self.now());
            let Some(done) = self.input.wait_next_complete(left) else { return Ok(0) };
            // An empty packet ends a transfer of ours and says nothing.
            match self.take(done, into)? {
                0 if left.is_zero() => return Ok(0),
                0 => {}
                count => return Ok(count),
            }
        }
    }
}
