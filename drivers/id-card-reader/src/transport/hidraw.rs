//! A node of the kernel's hidraw: each read and each write is one report.
//!
//! Opened here and not by the `hidapi` crate, whose refusals are sentences: "permission denied" could not be told from
//! "not there".

use std::{
    os::fd::OwnedFd,
    path::Path,
    time::{Duration, Instant},
};

use driver_api::LinkFault;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{FlockOperation, Mode, OFlags, flock},
    io::Errno,
};
use zeroize::Zeroizing;

use super::{Line, WRITE};

/// Reports have no number, and the kernel wants one in front of each that goes out.
const NO_NUMBER: u8 = 0;

pub(super) struct HidrawLine(OwnedFd);

impl HidrawLine {
    pub(super) fn open(node: &Path) -> Result<Self, LinkFault> {
        let how = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let fd = rustix::fs::open(node, how, Mode::empty()).map_err(fault)?;
        // Nothing in the kernel keeps a second kiosk away; this does.
        flock(&fd, FlockOperation::NonBlockingLockExclusive).map_err(fault)?;
        Ok(Self(fd))
    }

    fn wait(&self, wanted: PollFlags, wait: Duration) -> Result<bool, LinkFault> {
        let mut doors = [PollFd::new(&self.0, wanted)];
        match poll(&mut doors, Timespec::try_from(wait).ok().as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(_) => return Err(LinkFault::Unplugged),
        }
        let found = doors.map(|door| door.revents())[0];
        if found.intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL) {
            return Err(LinkFault::Unplugged);
        }
        Ok(found.intersects(wanted))
    }
}

fn fault(error: Errno) -> LinkFault {
    match error {
        Errno::ACCESS | Errno::PERM => LinkFault::PermissionDenied,
        Errno::BUSY | Errno::WOULDBLOCK => LinkFault::Busy,
        _ => LinkFault::NotFound,
    }
}

impl Line for HidrawLine {
    fn send(&mut self, bytes: &[u8]) -> Result<(), LinkFault> {
        let report = Zeroizing::new([&[NO_NUMBER], bytes].concat());
        let end = Instant::now() + WRITE;
        loop {
            match rustix::io::write(&self.0, &report) {
                Ok(count) if count == report.len() => return Ok(()),
                Ok(_) => return Err(LinkFault::Garbled),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN | Errno::TIMEDOUT) => {
                    let left = end.saturating_duration_since(Instant::now());
                    if left.is_zero() || !self.wait(PollFlags::OUT, left)? {
                        return Err(LinkFault::Silent);
                    }
                }
                Err(_) => return Err(LinkFault::Unplugged),
            }
        }
    }

    fn receive(&mut self, into: &mut [u8], wait: Duration) -> Result<usize, LinkFault> {
        if !self.wait(PollFlags::IN, wait)? {
            return Ok(0);
        }
        match rustix::io::read(&self.0, into) {
            Ok(count) => Ok(count),
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            Err(_) => Err(LinkFault::Unplugged),
        }
    }
}
