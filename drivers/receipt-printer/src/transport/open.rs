//! Opening: which door, and what its refusal means.

use std::{
    fmt, io,
    net::{TcpStream, ToSocketAddrs},
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    time::Duration,
};

use driver_api::{DeviceUrl, LinkFault};
use rustix::{
    fs::{FlockOperation, Mode, OFlags, flock},
    io::Errno,
    termios::{ControlModes, OptionalActions, QueueSelector, ioctl_tiocexcl, tcflush, tcgetattr, tcsetattr},
};

/// How long a printer on the network may take to answer a connection.
const CONNECT: Duration = Duration::from_secs(2);

/// Where a printer is.
#[derive(Clone, Debug)]
pub(crate) enum Door {
    Serial { path: PathBuf, baud: u32 },
    File { path: PathBuf },
    Tcp { host: String, port: u16 },
}

impl Door {
    pub(crate) fn of(url: &DeviceUrl) -> Option<Self> {
        match url {
            DeviceUrl::Serial { path, baud } => Some(Self::Serial { path: path.clone(), baud: *baud }),
            DeviceUrl::File { path } => Some(Self::File { path: path.clone() }),
            DeviceUrl::Tcp { host, port } => Some(Self::Tcp { host: host.clone(), port: *port }),
            DeviceUrl::Usb { .. } | DeviceUrl::Http { .. } => None,
        }
    }

    pub(crate) fn open(&self) -> Result<OwnedFd, LinkFault> {
        match self {
            Self::Serial { path, baud } => serial(path, *baud).map_err(fault),
            Self::File { path } => node(path).map_err(fault),
            Self::Tcp { host, port } => tcp(host, *port),
        }
    }

    /// Whether a read of nothing is the end. The kernel's USB printer class gives empty reads as it pleases.
    pub(crate) fn ends_with_empty_reads(&self) -> bool {
        !matches!(self, Self::File { .. })
    }

    /// Whether closing stops what is on its way.
    pub(crate) fn loses_what_is_in_flight(&self) -> bool {
        matches!(self, Self::File { .. })
    }
}

impl fmt::Display for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Serial { path, .. } | Self::File { path } => write!(f, "{}", path.display()),
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
        }
    }
}

fn node(path: &Path) -> Result<OwnedFd, Errno> {
    let how = OFlags::RDWR | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    rustix::fs::open(path, how, Mode::empty())
}

fn serial(path: &Path, baud: u32) -> Result<OwnedFd, Errno> {
    let fd = node(path)?;
    // Both locks: the first one does not stop a process of root, the second one only stops who asks.
    ioctl_tiocexcl(&fd)?;
    flock(&fd, FlockOperation::NonBlockingLockExclusive)?;
    let mut termios = tcgetattr(&fd)?;
    termios.make_raw();
    termios.control_modes |= ControlModes::CREAD | ControlModes::CLOCAL;
    termios.set_speed(baud)?;
    tcsetattr(&fd, OptionalActions::Now, &termios)?;
    // What arrived before the settings applied is noise.
    tcflush(&fd, QueueSelector::IFlush)?;
    Ok(fd)
}

fn tcp(host: &str, port: u16) -> Result<OwnedFd, LinkFault> {
    let addresses = (host, port).to_socket_addrs().map_err(|_| LinkFault::NotFound)?;
    let mut refused = LinkFault::NotFound;
    for address in addresses {
        match TcpStream::connect_timeout(&address, CONNECT) {
            Ok(stream) => {
                stream.set_nonblocking(true).map_err(|_| LinkFault::Unplugged)?;
                return Ok(stream.into());
            }
            // A printer takes one connection at a time; a second one waits until it gives up.
            Err(error) if error.kind() == io::ErrorKind::TimedOut => refused = LinkFault::Silent,
            Err(_) => {}
        }
    }
    Err(refused)
}

fn fault(error: Errno) -> LinkFault {
    match error {
        Errno::BUSY | Errno::WOULDBLOCK => LinkFault::Busy,
        Errno::ACCESS | Errno::PERM => LinkFault::PermissionDenied,
        Errno::IO => LinkFault::Unplugged,
        _ => LinkFault::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_of_the_kernel_is_a_state() {
        for (error, state) in [
            (Errno::BUSY, LinkFault::Busy),
            (Errno::AGAIN, LinkFault::Busy),
            (Errno::ACCESS, LinkFault::PermissionDenied),
            (Errno::NOENT, LinkFault::NotFound),
            (Errno::NODEV, LinkFault::NotFound),
            (Errno::IO, LinkFault::Unplugged),
        ] {
            assert_eq!(fault(error), state);
        }
    }
}
