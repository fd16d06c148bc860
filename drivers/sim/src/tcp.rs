//! A TCP port for a cable, as network printers have: one host at a time, the next one waits.

use std::{
    io::{self, ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    os::fd::{AsFd, BorrowedFd},
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::cable::{Cable, Socket};

/// A place on the network. Unplugged, nobody listens there.
pub struct TcpSocket {
    address: SocketAddr,
    /// Bound before the first plug, so that a port chosen by the system is known.
    bound: Option<TcpListener>,
}

impl TcpSocket {
    /// Listens at `address`; port 0 is a free one.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        Ok(Self { address: listener.local_addr()?, bound: Some(listener) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Socket for TcpSocket {
    fn plug(&mut self) -> io::Result<Box<dyn Cable>> {
        let listener = match self.bound.take() {
            Some(bound) => bound,
            None => TcpListener::bind(self.address)?,
        };
        listener.set_nonblocking(true)?;
        Ok(Box::new(TcpCable { listener, host: None, changed: false }))
    }
}

struct TcpCable {
    listener: TcpListener,
    host: Option<TcpStream>,
    changed: bool,
}

/// As long a host may leave what it is sent where it is.
const PATIENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 500_000_000 };

impl AsFd for TcpCable {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.host.as_ref().map_or_else(|| self.listener.as_fd(), AsFd::as_fd)
    }
}

impl Cable for TcpCable {
    fn read<'a>(&mut self, into: &'a mut [u8]) -> io::Result<&'a [u8]> {
        let Some(host) = &mut self.host else {
            if let Ok((host, _)) = self.listener.accept() {
                host.set_nonblocking(true)?;
                host.set_nodelay(true)?;
                (self.host, self.changed) = (Some(host), true);
            }
            return Ok(&[]);
        };
        match host.read(into) {
            Ok(count) if count > 0 => Ok(into.get(..count).unwrap_or_default()),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(&[]),
            _ => {
                (self.host, self.changed) = (None, true);
                Ok(&[])
            }
        }
    }

    /// A host that does not take it for long is let go: half of something would be garbage to it.
    fn write(&mut self, bytes: &[u8]) {
        let Some(host) = &mut self.host else { return };
        let mut rest = bytes;
        while !rest.is_empty() {
            match host.write(rest) {
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::WouldBlock && takes_more(host) => {}
                Err(_) => {
                    (self.host, self.changed) = (None, true);
                    return;
                }
            }
        }
    }

    fn host_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }
}

fn takes_more(host: &TcpStream) -> bool {
    let mut doors = [PollFd::new(host, PollFlags::OUT)];
    poll(&mut doors, Some(&PATIENCE)).is_ok_and(|ready| ready > 0)
}
