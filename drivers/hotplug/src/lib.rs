//! Tells when a device was plugged in or out, so that nobody has to look all the time; and who holds a device that is
//! busy.
//!
//! The kernel says it over netlink, and udev says it once more when links and permissions are set. Both are listened to:
//! a machine without udev has the first alone. What is said is a reason to look, and nothing else: no driver trusts it.

mod holder;
mod message;

use std::{io, os::fd::OwnedFd, time::Duration};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
    net::{
        AddressFamily, RecvFlags, SocketFlags, SocketType, bind,
        netlink::{KOBJECT_UEVENT, SocketAddrNetlink},
        recv, socket_with,
    },
};

pub use holder::{Holder, holders};
pub use message::{Change, parse};

/// What the kernel says, and what udev says.
const GROUPS: u32 = 1 | 2;
/// Longer than any message of either.
const LONGEST: usize = 16 << 10;

/// Everything that is plugged in or out from now on.
pub struct Changes(OwnedFd);

impl Changes {
    /// Begins to listen.
    pub fn listen() -> io::Result<Self> {
        let kind = (SocketType::DGRAM, SocketFlags::CLOEXEC);
        let socket = socket_with(AddressFamily::NETLINK, kind.0, kind.1, Some(KOBJECT_UEVENT))?;
        bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
        Ok(Self(socket))
    }

    /// The next change, waited for at most `wait`; `None` where none came, or something that is none.
    pub fn next(&self, wait: Duration) -> io::Result<Option<Change>> {
        let mut doors = [PollFd::new(&self.0, PollFlags::IN)];
        match poll(&mut doors, Timespec::try_from(wait).ok().as_ref()) {
            Ok(0) | Err(Errno::INTR) => return Ok(None),
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        let mut bytes = [0; LONGEST];
        match recv(&self.0, &mut bytes, RecvFlags::DONTWAIT) {
            Ok((count, _)) => Ok(bytes.get(..count).and_then(parse)),
            // More came than we took away. What was lost was a reason to look, as this is.
            Err(Errno::NOBUFS) => Ok(Some(Change::default())),
            Err(Errno::AGAIN | Errno::INTR) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_listens_is_not_kept_when_nothing_happens() {
        let changes = Changes::listen().unwrap();
        let start = std::time::Instant::now();
        changes.next(Duration::from_millis(20)).unwrap();
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}
