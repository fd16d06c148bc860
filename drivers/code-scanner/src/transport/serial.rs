//! A scanner on a serial line, which is only listened to.

use std::{
    io::{ErrorKind, Read as _},
    path::Path,
    time::Duration,
};

use driver_api::LinkFault;
use serialport::{ClearBuffer, SerialPort as _, TTYPort};

use super::Source;

struct SerialSource(TTYPort);

pub(super) fn open(path: &Path, rate: u32) -> Result<Box<dyn Source>, LinkFault> {
    let builder = serialport::new(path.to_string_lossy(), rate);
    let port = TTYPort::open(&builder).map_err(|error| match error.kind() {
        serialport::ErrorKind::NoDevice => LinkFault::Busy,
        serialport::ErrorKind::Io(ErrorKind::PermissionDenied) => LinkFault::PermissionDenied,
        _ => LinkFault::NotFound,
    })?;
    // What arrived before the settings applied is noise.
    let _ = port.clear(ClearBuffer::Input);
    Ok(Box::new(SerialSource(port)))
}

impl Source for SerialSource {
    fn receive(&mut self, into: &mut [u8], wait: Duration) -> Result<usize, LinkFault> {
        self.0.set_timeout(wait).map_err(|_| LinkFault::Unplugged)?;
        match self.0.read(into) {
            Ok(0) => Err(LinkFault::Unplugged),
            Ok(count) => Ok(count),
            Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Interrupted) => Ok(0),
            Err(_) => Err(LinkFault::Unplugged),
        }
    }

    /// Many are set to send the bare code.
    fn ends_codes(&self) -> bool {
        false
    }
}
