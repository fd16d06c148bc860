//! A pseudo-terminal under a name of our choice.

use std::{
    fs, io,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::fs::symlink,
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Mode, OFlags},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{OptionalActions, ioctl_tiocnxcl, tcgetattr, tcsetattr},
};

use crate::cable::{Cable, Socket};

/// The device's end of a pseudo-terminal, with a link to the host's end. Dropping it is pulling the cable: the host
/// sees a hang-up, and the link is gone.
pub struct Pty {
    master: OwnedFd,
    /// Held open so that raw mode outlives a host that closes and opens again.
    slave: OwnedFd,
    link: PathBuf,
}

impl Pty {
    /// Makes a pseudo-terminal in raw mode and points `link` at it. A link that an earlier run left is replaced;
    /// anything else under that name is not touched.
    pub fn open(link: &Path) -> io::Result<Self> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let name = ptsname(&master, Vec::new())?;
        let slave = rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
        make_raw(&slave)?;
        rustix::io::ioctl_fionbio(&master, true)?;
        remove_stale_link(link)?;
        symlink(Path::new(&*name.to_string_lossy()), link)?;
        Ok(Self { master, slave, link: link.to_owned() })
    }
}

impl Cable for Pty {
    fn read<'a>(&mut self, into: &'a mut [u8]) -> io::Result<&'a [u8]> {
        // A host that is killed leaves its exclusive mark, and we keep the terminal open, so nobody else clears it.
        // Its file lock goes with the process, so that a second host is still refused while the first one lives.
        ioctl_tiocnxcl(&self.slave)?;
        match rustix::io::read(&self.master, &mut *into) {
            Ok(count) => Ok(into.get(..count).unwrap_or_default()),
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => Ok(&[]),
            Err(error) => Err(error.into()),
        }
    }

    /// What does not fit is lost, as on a line where nobody listens.
    fn write(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            match rustix::io::write(&self.master, rest) {
                Ok(count) if count > 0 => rest = rest.get(count..).unwrap_or_default(),
                Err(rustix::io::Errno::INTR) => {}
                _ => return,
            }
        }
    }
}

impl AsFd for Pty {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.master.as_fd()
    }
}

/// A place for a pseudo-terminal.
pub(crate) struct PtyUnder(pub(crate) PathBuf);

impl Socket for PtyUnder {
    fn plug(&mut self) -> io::Result<Box<dyn Cable>> {
        Ok(Box::new(Pty::open(&self.0)?))
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // It may have been removed from outside; then there is nothing left to do.
        let _ = fs::remove_file(&self.link);
    }
}

fn make_raw(slave: &OwnedFd) -> io::Result<()> {
    let mut termios = tcgetattr(slave)?;
    termios.make_raw();
    tcsetattr(slave, OptionalActions::Now, &termios)?;
    Ok(())
}

fn remove_stale_link(link: &Path) -> io::Result<()> {
    match fs::symlink_metadata(link) {
        Ok(meta) if meta.file_type().is_symlink() => fs::remove_file(link),
        Ok(_) => Err(io::Error::new(io::ErrorKind::AlreadyExists, "the link's name is taken by a file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
