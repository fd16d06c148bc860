//! Motion JPEG over HTTP: an answer that never ends, a head and a file in turn (`multipart/x-mixed-replace`).

use zeroize::{Zeroize as _, Zeroizing};

/// No camera says more before a file, or before all of them.
const LONGEST_HEAD: usize = 8 << 10;
/// Twice what a camera of twelve million pixels sends.
pub const LARGEST_FRAME: usize = 16 << 20;
/// Lines in a head, beyond which it is none.
const LINES: usize = 64;

/// What answered, and it is no stream of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum StreamError {
    /// Not what HTTP asks for, or longer than any camera writes it.
    #[error("the head is damaged")]
    Damaged,
    /// It answered with another status than 200.
    #[error("the camera answered with the status {0}")]
    Status(u16),
    /// It answered with something else than pictures in turn.
    #[error("the camera sends no multipart/x-mixed-replace")]
    OtherType,
    /// A picture whose length was not told, or that is none.
    #[error("a picture without a length that it may have")]
    Length,
    /// It said that no more will come.
    #[error("the stream has ended")]
    Ended,
}

/// Bytes up to the empty line that ends a head.
#[derive(Default)]
struct Head(Vec<u8>);

impl Head {
    /// Takes as many of `bytes` as belong to it, and tells whether it is whole.
    fn feed(&mut self, bytes: &[u8]) -> Result<(usize, bool), StreamError> {
        for (taken, byte) in (1..).zip(bytes) {
            self.0.push(*byte);
            if self.0.ends_with(b"\r\n\r\n") {
                return Ok((taken, true));
            }
            if self.0.len() >= LONGEST_HEAD {
                return Err(StreamError::Damaged);
            }
        }
        Ok((bytes.len(), false))
    }
}

/// The whole answer, in whatever pieces it comes.
#[derive(Default)]
pub struct Parts {
    head: Head,
    /// What stands between two pictures, once the answer has told.
    boundary: Option<String>,
    /// Whose it says that it is.
    server: String,
    body: Zeroizing<Vec<u8>>,
    missing: usize,
    whole: bool,
}

impl Parts {
    /// Takes some of `bytes`, and tells how many: all of them, or those up to the end of a picture. That one is to be
    /// [taken](Self::take) before anything else is given.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<usize, StreamError> {
        let mut rest = bytes;
        while !rest.is_empty() && !self.whole {
            let taken = if self.missing > 0 { self.grow(rest) } else { self.listen(rest)? };
            rest = rest.get(taken..).unwrap_or_default();
        }
        Ok(bytes.len() - rest.len())
    }

    /// The picture that is whole, where one is.
    pub fn take(&mut self, into: &mut Vec<u8>) -> bool {
        if self.whole {
            into.zeroize();
            std::mem::swap(&mut *self.body, into);
            self.whole = false;
            return true;
        }
        false
    }

    /// Whether the answer has begun as one should.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.boundary.is_some()
    }

    /// What the camera calls itself; empty where it does not.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.server
    }

    fn grow(&mut self, bytes: &[u8]) -> usize {
        let (belongs, _) = bytes.split_at(bytes.len().min(self.missing));
        self.body.extend_from_slice(belongs);
        self.missing -= belongs.len();
        self.whole = self.missing == 0;
        belongs.len()
    }

    fn listen(&mut self, bytes: &[u8]) -> Result<usize, StreamError> {
        let (taken, whole) = self.head.feed(bytes)?;
        if whole {
            let head = std::mem::take(&mut self.head).0;
            match &self.boundary {
                None => self.begin(&head)?,
                Some(boundary) => {
                    self.missing = length_of_part(&head, boundary)?;
                    // Never grows, so that no piece of a picture stays behind where it was.
                    self.body = Zeroizing::new(Vec::with_capacity(self.missing));
                }
            }
        }
        Ok(taken)
    }

    fn begin(&mut self, head: &[u8]) -> Result<(), StreamError> {
        let mut lines = [httparse::EMPTY_HEADER; LINES];
        let mut answer = httparse::Response::new(&mut lines);
        let parsed = answer.parse(head).map_err(|_| StreamError::Damaged)?;
        let status = answer.code.filter(|_| parsed.is_complete()).ok_or(StreamError::Damaged)?;
        if status != 200 {
            return Err(StreamError::Status(status));
        }
        let kind = value(answer.headers, "content-type").ok_or(StreamError::OtherType)?;
        self.boundary = Some(boundary(kind).ok_or(StreamError::OtherType)?);
        value(answer.headers, "server").unwrap_or_default().clone_into(&mut self.server);
        Ok(())
    }
}

/// Some cameras put the hyphens into the boundary itself, and some do not.
fn bare(boundary: &str) -> &str {
    boundary.trim_matches('"').trim_start_matches('-')
}

fn boundary(kind: &str) -> Option<String> {
    let (name, parameters) = kind.split_once(';')?;
    let replaces = name.trim().eq_ignore_ascii_case("multipart/x-mixed-replace");
    let told = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
    let boundary = told
        .filter(|(key, _)| key.trim().eq_ignore_ascii_case("boundary"))
        .map(|(_, v)| bare(v.trim()))
        .next()?;
    (replaces && !boundary.is_empty()).then(|| boundary.to_owned())
}

fn length_of_part(head: &[u8], boundary: &str) -> Result<usize, StreamError> {
    let mut head = head;
    while let Some(rest) = head.strip_prefix(b"\r\n") {
        head = rest;
    }
    let end = head.iter().position(|byte| *byte == b'\r').ok_or(StreamError::Damaged)?;
    let (line, rest) = head.split_at(end);
    let line = std::str::from_utf8(line).map_err(|_| StreamError::Damaged)?;
    let behind =
        bare(line).strip_prefix(boundary).filter(|_| line.starts_with("--")).ok_or(StreamError::Damaged)?;
    if behind == "--" {
        return Err(StreamError::Ended);
    }
    let rest = rest.strip_prefix(b"\r\n").filter(|_| behind.trim().is_empty()).ok_or(StreamError::Damaged)?;
    let mut lines = [httparse::EMPTY_HEADER; LINES];
    let Ok(httparse::Status::Complete((_, lines))) = httparse::parse_headers(rest, &mut lines) else {
        return Err(StreamError::Damaged);
    };
    let length = value(lines, "content-length").and_then(|length| length.parse().ok());
    length.filter(|length| (1..=LARGEST_FRAME).contains(length)).ok_or(StreamError::Length)
}

fn value<'a>(lines: &[httparse::Header<'a>], name: &str) -> Option<&'a str> {
    let line = lines.iter().find(|line| line.name.eq_ignore_ascii_case(name))?;
    std::str::from_utf8(line.value).ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPENING: &str = "HTTP/1.0 200 OK\r\nServer: MJPG-Streamer/0.2\r\n\
        Content-Type: multipart/x-mixed-replace;boundary=edge\r\n\r\n";

    fn part(frame: &[u8]) -> Vec<u8> {
        let head = format!("--edge\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n", frame.len());
        [head.as_bytes(), frame, b"\r\n"].concat()
    }

    /// All pictures of `bytes`, given in pieces of `size`.
    fn pictures(bytes: &[u8], size: usize) -> Result<Vec<Vec<u8>>, StreamError> {
        let (mut parts, mut pictures, mut frame) = (Parts::default(), Vec::new(), Vec::new());
        for mut piece in bytes.chunks(size) {
            while !piece.is_empty() {
                let taken = parts.feed(piece)?;
                piece = &piece[taken..];
                if parts.take(&mut frame) {
                    pictures.push(frame.clone());
                }
            }
        }
        Ok(pictures)
    }

    #[test]
    fn pictures_come_out_however_the_answer_is_cut_up() {
        // The second one has in it what looks like the end of it.
        let frames: [&[u8]; 3] = [b"first", b"\r\n--edge\r\n\r\n", b"\r\n"];
        let answer = [OPENING.as_bytes(), &frames.map(part).concat()].concat();
        for size in 1..answer.len() {
            assert_eq!(pictures(&answer, size).unwrap(), frames, "in pieces of {size}");
        }
    }

    #[test]
    fn the_camera_says_who_it_is() {
        let mut parts = Parts::default();
        assert!(!parts.has_begun());
        parts.feed(OPENING.as_bytes()).unwrap();
        assert_eq!((parts.has_begun(), parts.server()), (true, "MJPG-Streamer/0.2"));
    }

    #[test]
    fn boundaries_are_written_in_more_than_one_way() {
        for kind in [
            "multipart/x-mixed-replace; boundary=edge",
            "Multipart/X-Mixed-Replace;charset=x;Boundary=\"--edge\"",
            "multipart/x-mixed-replace; boundary=--edge",
        ] {
            assert_eq!(boundary(kind).as_deref(), Some("edge"), "{kind}");
        }
        for kind in [
            "image/jpeg",
            "image/jpeg; boundary=edge",
            "multipart/x-mixed-replace",
            "multipart/x-mixed-replace; boundary=--",
        ] {
            assert_eq!(boundary(kind), None, "{kind}");
        }
    }

    #[test]
    fn what_is_no_stream_says_why() {
        let with = |head: &str| [OPENING.as_bytes(), head.as_bytes()].concat();
        for (answer, why) in [
            (b"HTTP/1.1 401 Unauthorized\r\n\r\n".to_vec(), StreamError::Status(401)),
            (b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n".to_vec(), StreamError::OtherType),
            (b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), StreamError::OtherType),
            (b"SSH-2.0-OpenSSH\r\n\r\n".to_vec(), StreamError::Damaged),
            (vec![b'a'; LONGEST_HEAD], StreamError::Damaged),
            (with("--other\r\nContent-Length: 1\r\n\r\n"), StreamError::Damaged),
            (with("edge\r\nContent-Length: 1\r\n\r\n"), StreamError::Damaged),
            (with("--edge\r\nContent-Type: image/jpeg\r\n\r\n"), StreamError::Length),
            (with("--edge\r\nContent-Length: 0\r\n\r\n"), StreamError::Length),
            (with("--edge\r\nContent-Length: 16777217\r\n\r\n"), StreamError::Length),
            (with("--edge\r\nContent-Length: -1\r\n\r\n"), StreamError::Length),
            (with("--edge--\r\n\r\n"), StreamError::Ended),
        ] {
            assert_eq!(pictures(&answer, 7), Err(why), "{}", String::from_utf8_lossy(&answer));
        }
    }
}
