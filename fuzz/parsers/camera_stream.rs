//! What a camera on a network line answers: the same pictures, however the bytes are cut up, each as long as was told and
//! none too large.

use camera::protocol::{LARGEST_FRAME, Parts, StreamError};

/// Before whatever else comes, so that most of it is about pictures.
const OPENING: &[u8] = b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n";

pub(crate) fn parse(bytes: &[u8]) {
    let _ = all(&[bytes]);
    let whole = all(&[OPENING, bytes]);
    let pieces: Vec<&[u8]> = OPENING.chunks(1).chain(bytes.chunks(3)).collect();
    assert_eq!(whole, all(&pieces), "cutting up changes nothing");
    for picture in &whole.0 {
        assert!((1..=LARGEST_FRAME).contains(&picture.len()));
    }
}

fn all(pieces: &[&[u8]]) -> (Vec<Vec<u8>>, Option<StreamError>) {
    let (mut parts, mut pictures, mut picture) = (Parts::default(), Vec::new(), Vec::new());
    for piece in pieces {
        let mut rest = *piece;
        while !rest.is_empty() {
            match parts.feed(rest) {
                Ok(taken) => rest = &rest[taken..],
                Err(error) => return (pictures, Some(error)),
            }
            if parts.take(&mut picture) {
                pictures.push(picture.clone());
            }
        }
    }
    (pictures, None)
}
