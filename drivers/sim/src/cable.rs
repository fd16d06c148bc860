//! What a machine is plugged in with: a pseudo-terminal here, a USB gadget where a kernel can be had to play with.

use std::{io, os::fd::AsFd};

/// The device's end of a cable. Dropping it is pulling the plug.
pub trait Cable: AsFd + Send {
    /// Bytes of the host, none when there are none. The descriptor is readable when there are some.
    fn read<'a>(&mut self, into: &'a mut [u8]) -> io::Result<&'a [u8]>;

    /// Sends to the host.
    fn write(&mut self, bytes: &[u8]);

    /// Whether the host at the other end has left, or another has come, since this was last asked.
    fn host_changed(&mut self) -> bool {
        false
    }
}

/// Where a machine can be plugged in, again and again.
pub trait Socket: Send {
    /// Plugs it in.
    fn plug(&mut self) -> io::Result<Box<dyn Cable>>;
}
