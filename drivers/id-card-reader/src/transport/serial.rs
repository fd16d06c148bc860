//! A serial port.

use std::{
    io::{ErrorKind, Read, Write},
    path::Path,
    time::Duration,
};

use driver_api::LinkFault;
use serialport::{ClearBuffer, SerialPort, TTYPort};

use super::{Line, WRITE};

struct SerialLine(TTYPort);

/// Opens the serial port that `path` leads to now: a link is followed anew each time, because a device that was
/// plugged in again may have another node.
pub fn serial(path: &Path, rate: u32) -> Result<Box<dyn Line>, LinkFault> {
    let builder = serialport::new(path.to_string_lossy(), rate).timeout(WRITE);
    let port = TTYPort::open(&builder).map_err(|error| open_fault(error.kind()))?;
    // What arrived before the settings applied is noise. A port that cannot be cleared is drained later.
    let _ = port.clear(ClearBuffer::Input);
    Ok(Box::new(SerialLine(port)))
}

fn open_fault(kind: serialport::ErrorKind) -> LinkFault {
    match kind {
        serialport::ErrorKind::NoDevice => LinkFault::Busy,
        serialport::ErrorKind::Io(ErrorKind::PermissionDenied) => LinkFault::PermissionDenied,
        _ => LinkFault::NotFound,
    }
}

impl Line for SerialLine {
    fn send(&mut self, bytes: &[u8]) -> Result<(), LinkFault> {
        self.0.set_timeout(WRITE).map_err(|_| LinkFault::Unplugged)?;
        self.0.write_all(bytes).map_err(|error| match error.kind() {
            ErrorKind::TimedOut => LinkFault::Silent,
            _ => LinkFault::Unplugged,
        })
    }

    fn receive(&mut self, into: &mut [u8], wait: Duration) -> Result<usize, LinkFault> {
        self.0.set_timeout(wait).map_err(|_| LinkFault::Unplugged)?;
        match self.0.read(into) {
            // A time-out is an error of its own: nothing without one is the end of the file.
            Ok(0) => Err(LinkFault::Unplugged),
            Ok(count) => Ok(count),
            Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Interrupted) => Ok(0),
            Err(_) => Err(LinkFault::Unplugged),
        }
    }
}
