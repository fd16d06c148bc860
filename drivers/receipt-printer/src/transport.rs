//! The way to the printer: a file descriptor that is never waited for longer than a deadline.
//!
//! Serial lines are set up here and not by the `serialport` crate, whose writes block in the kernel for as long as a
//! printer that has stopped likes.

mod open;

use std::{
    os::fd::{AsFd, OwnedFd},
    time::{Duration, Instant},
};

use driver_api::{DeviceUrl, LinkFault};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};

pub(crate) use open::Door;

/// A way to a printer.
pub trait Transport: Send {
    /// What a log calls it.
    fn name(&self) -> String;

    /// Opens it, or closes it and opens it anew. A link is followed each time, because a printer that was plugged in
    /// again may have another node.
    fn open(&mut self) -> Result<(), LinkFault>;

    /// Sends as much of `bytes` as is taken at once, waiting until then for the first byte to be taken. `Ok(0)` when
    /// none was. That bytes were taken does not mean that the printer has them.
    fn write(&mut self, bytes: &[u8], until: Instant) -> Result<usize, LinkFault>;

    /// Takes what has come, waiting until then for the first byte. `Ok(0)` when none came.
    fn read(&mut self, into: &mut [u8], until: Instant) -> Result<usize, LinkFault>;
}

/// A way to the printer at `url`, closed; `None` for a bus that is not spoken.
#[must_use]
pub fn to(url: &DeviceUrl) -> Option<Box<dyn Transport>> {
    Some(Box::new(FdTransport { door: Door::of(url)?, fd: None }))
}

struct FdTransport {
    door: Door,
    fd: Option<OwnedFd>,
}

/// The kernel throws away what it still holds for a USB printer that is closed; it gets so long to send it.
const LINGER: Duration = Duration::from_millis(500);
/// A device that says "readable" and then gives nothing is asked again after this pause.
const PAUSE: Duration = Duration::from_millis(5);

impl Transport for FdTransport {
    fn name(&self) -> String {
        self.door.to_string()
    }

    fn open(&mut self) -> Result<(), LinkFault> {
        self.close();
        self.fd = Some(self.door.open()?);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8], until: Instant) -> Result<usize, LinkFault> {
        let fd = self.fd.as_ref().ok_or(LinkFault::NotFound)?;
        if !ready(fd, PollFlags::OUT, until)? {
            return Ok(0);
        }
        match rustix::io::write(fd, bytes) {
            Ok(count) => Ok(count),
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            Err(_) => Err(LinkFault::Unplugged),
        }
    }

    fn read(&mut self, into: &mut [u8], until: Instant) -> Result<usize, LinkFault> {
        let fd = self.fd.as_ref().ok_or(LinkFault::NotFound)?;
        loop {
            if !ready(fd, PollFlags::IN, until)? {
                return Ok(0);
            }
            match rustix::io::read(fd, &mut *into) {
                Ok(0) if self.door.ends_with_empty_reads() => return Err(LinkFault::Unplugged),
                Ok(0) | Err(Errno::AGAIN | Errno::INTR) => {
                    if Instant::now() + PAUSE > until {
                        return Ok(0);
                    }
                    std::thread::sleep(PAUSE);
                }
                Ok(count) => return Ok(count),
                Err(_) => return Err(LinkFault::Unplugged),
            }
        }
    }
}

impl FdTransport {
    fn close(&mut self) {
        if let Some(fd) = self.fd.take()
            && self.door.loses_what_is_in_flight()
        {
            // Whether it came to that or not, the descriptor is closed now.
            let _ = ready(&fd, PollFlags::OUT, Instant::now() + LINGER);
        }
    }
}

impl Drop for FdTransport {
    fn drop(&mut self) {
        self.close();
    }
}

/// Waits until the descriptor is ready, or until the deadline. A hang-up with nothing left to read is a fault.
fn ready(fd: impl AsFd, wanted: PollFlags, until: Instant) -> Result<bool, LinkFault> {
    let wait = until.saturating_duration_since(Instant::now());
    let mut doors = [PollFd::new(&fd, wanted)];
    match poll(&mut doors, Timespec::try_from(wait).ok().as_ref()) {
        Ok(_) | Err(Errno::INTR) => {}
        Err(_) => return Err(LinkFault::Unplugged),
    }
    let [door] = &doors;
    let found = door.revents();
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    match found.intersects(wanted) {
        true if wanted == PollFlags::OUT && found.intersects(gone) => Err(LinkFault::Unplugged),
        true => Ok(true),
        false if found.intersects(gone) => Err(LinkFault::Unplugged),
        false => Ok(false),
    }
}
