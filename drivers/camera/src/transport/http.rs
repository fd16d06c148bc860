//! A camera on a network line inside the cabinet, which sends Motion JPEG over HTTP. Whoever asks it gets one size, so a
//! preview and a photograph are of the same stream.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{TcpStream, ToSocketAddrs as _},
    time::{Duration, Instant},
};

use driver_api::{CameraFault, LinkFault};
use zeroize::Zeroizing;

use super::{Arrival, Encoding, Format, Source, Switch, Wanted};
use crate::protocol::{Parts, StreamError, jpeg_size};

/// Until it has taken the call, and again until it has answered, and until its first picture: it is on the same table.
const PATIENCE: Duration = Duration::from_secs(3);
/// Bytes taken from the line at once.
const PIECE: usize = 64 << 10;

/// The camera that answers at `host:port` with pictures when asked for `path`.
#[must_use]
pub fn http(host: &str, port: u16, path: &str) -> impl Switch + use<> {
    // A request of HTTP/1.0 has an answer that is not cut into chunks.
    let request =
        format!("GET {path} HTTP/1.0\r\nHost: {host}:{port}\r\nAccept: multipart/x-mixed-replace\r\n\r\n");
    Place { authority: format!("{host}:{port}"), request }
}

struct Place {
    authority: String,
    request: String,
}

impl Place {
    /// Asks, and waits until it is plain that pictures will come.
    fn call(&self) -> Result<Stream, CameraFault> {
        let mut addresses = self.authority.to_socket_addrs().map_err(|_| LinkFault::NotFound)?;
        let address = addresses.next().ok_or(LinkFault::NotFound)?;
        let mut line = TcpStream::connect_timeout(&address, PATIENCE).map_err(|_| LinkFault::NotFound)?;
        line.set_write_timeout(Some(PATIENCE)).map_err(|_| LinkFault::Unplugged)?;
        line.write_all(self.request.as_bytes()).map_err(|_| LinkFault::Unplugged)?;
        let ahead = Zeroizing::new(vec![0; PIECE]);
        let format = Format { encoding: Encoding::Jpeg, width: 0, height: 0 };
        let mut stream = Stream { line, parts: Parts::default(), ahead, from: 0, to: 0, format };
        let end = Instant::now() + PATIENCE;
        while !stream.parts.has_begun() {
            if !stream.advance(end)? {
                return Err(LinkFault::Silent.into());
            }
        }
        Ok(stream)
    }
}

impl Switch for Place {
    fn name(&self) -> Result<String, CameraFault> {
        let stream = self.call()?;
        let server = stream.parts.server();
        Ok(if server.is_empty() { self.authority.clone() } else { server.to_owned() })
    }

    /// The size is that of its first picture.
    fn on(&mut self, _: Wanted) -> Result<Box<dyn Source>, CameraFault> {
        let mut stream = self.call()?;
        let mut first = Zeroizing::new(Vec::new());
        if stream.next(&mut first, Instant::now() + PATIENCE)? == Arrival::Nothing {
            return Err(LinkFault::Silent.into());
        }
        let (width, height) = jpeg_size(&first).ok_or(CameraFault::NoFormat)?;
        stream.format = Format { width, height, ..stream.format };
        Ok(Box::new(stream))
    }
}

struct Stream {
    line: TcpStream,
    parts: Parts,
    /// What was taken from the line and is not looked at yet: `from` to `to` of it.
    ahead: Zeroizing<Vec<u8>>,
    from: usize,
    to: usize,
    format: Format,
}

impl Stream {
    fn next(&mut self, into: &mut Vec<u8>, end: Instant) -> Result<Arrival, CameraFault> {
        loop {
            if self.parts.take(into) {
                return Ok(Arrival::Frame);
            }
            if !self.advance(end)? {
                return Ok(Arrival::Nothing);
            }
        }
    }

    /// Looks at some more bytes; `false` where none came by `end`.
    fn advance(&mut self, end: Instant) -> Result<bool, CameraFault> {
        if self.from == self.to {
            self.to = self.hear(end)?;
            self.from = 0;
        }
        let bytes = self.ahead.get(self.from..self.to).unwrap_or_default();
        self.from += self.parts.feed(bytes).map_err(fault)?;
        Ok(self.to > 0)
    }

    /// How many bytes came, which are now `ahead`.
    fn hear(&mut self, end: Instant) -> Result<usize, LinkFault> {
        // Nothing at all would mean to wait for ever.
        let left = end.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        self.line.set_read_timeout(Some(left)).map_err(|_| LinkFault::Unplugged)?;
        match self.line.read(&mut self.ahead) {
            Ok(0) => Err(LinkFault::Unplugged),
            Ok(count) => Ok(count),
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                ) =>
            {
                Ok(0)
            }
            Err(_) => Err(LinkFault::Unplugged),
        }
    }
}

impl Source for Stream {
    fn format(&self) -> Format {
        self.format
    }

    fn receive(&mut self, into: &mut Vec<u8>, wait: Duration) -> Result<Arrival, LinkFault> {
        self.next(into, Instant::now() + wait).map_err(|fault| match fault {
            CameraFault::Link(link) => link,
            CameraFault::NoFormat => LinkFault::Garbled,
        })
    }
}

fn fault(error: StreamError) -> CameraFault {
    match error {
        StreamError::Status(401 | 403) => LinkFault::PermissionDenied.into(),
        StreamError::Status(404) => LinkFault::NotFound.into(),
        StreamError::Status(503) => LinkFault::Busy.into(),
        StreamError::Ended => LinkFault::Unplugged.into(),
        StreamError::Damaged => LinkFault::Garbled.into(),
        StreamError::Status(_) | StreamError::OtherType | StreamError::Length => CameraFault::NoFormat,
    }
}
