//! Frames: `AA AA AA 96 69`, a length of two bytes, the body, and the XOR of length and body.
//!
//! Nothing is escaped, so a preamble may stand inside a photo: the length rules, and a search for the next preamble
//! begins only behind a frame that has proved wrong.

use zeroize::Zeroizing;

/// What every frame begins with.
pub const PREAMBLE: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];
/// Preamble and length.
const HEAD: usize = 7;
/// The lengths that an answer can have: three status bytes and the checksum, up to the largest of all answers with room.
const LENGTHS: std::ops::RangeInclusive<usize> = 4..=0x0A00;

/// An answer of the module. Wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// SW1 SW2 SW3. Only the third decides; the others may echo the card's own words.
    pub status: [u8; 3],
    /// What follows them.
    pub data: Zeroizing<Vec<u8>>,
}

impl Response {
    /// The byte that decides.
    #[must_use]
    pub fn sw3(&self) -> u8 {
        self.status[2]
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Response({:02X?}, {} bytes)", self.status, self.data.len())
    }
}

/// A request as it goes out.
#[must_use]
pub fn encode_request(command: u8, parameter: u8, data: &[u8]) -> Vec<u8> {
    encode(&[&[command, parameter], data])
}

/// An answer as it comes in.
#[must_use]
pub fn encode_response(response: &Response) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(encode(&[&response.status, &response.data]))
}

fn encode(parts: &[&[u8]]) -> Vec<u8> {
    let body: usize = parts.iter().map(|part| part.len()).sum();
    let length = u16::try_from(body + 1).unwrap_or(u16::MAX);
    let mut frame = Vec::with_capacity(HEAD + body + 1);
    frame.extend(PREAMBLE);
    frame.extend(length.to_be_bytes());
    for part in parts {
        frame.extend(*part);
    }
    frame.push(xor(frame.get(PREAMBLE.len()..).unwrap_or_default()));
    frame
}

fn xor(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}

/// Takes a request apart, for whoever plays the module.
#[must_use]
pub fn decode_request(frame: &[u8]) -> Option<(u8, u8, &[u8])> {
    let covered = frame.strip_prefix(&PREAMBLE)?;
    let (length, body) = covered.split_first_chunk::<2>()?;
    let fits = usize::from(u16::from_be_bytes(*length)) == body.len() && xor(covered) == 0;
    match body {
        [command, parameter, data @ .., _] if fits => Some((*command, *parameter, data)),
        _ => None,
    }
}

/// Finds right answers in what comes in. Wiped when dropped.
#[derive(Default)]
pub struct Decoder {
    buffer: Zeroizing<Vec<u8>>,
    noise: usize,
}

/// What stands at the beginning of the buffer.
enum Front {
    Frame(usize),
    Incomplete,
    Noise,
}

impl Decoder {
    /// Room for the largest answer twice, so that growing does not leave copies of a card in freed memory.
    const ROOM: usize = 2 * (HEAD + 0x0A00);

    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self { buffer: Zeroizing::new(Vec::with_capacity(Self::ROOM)), noise: 0 }
    }

    /// Takes in what came.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend(bytes);
    }

    /// The next right answer, sliding byte by byte over what is none.
    #[must_use]
    pub fn next_response(&mut self) -> Option<Response> {
        loop {
            match self.front() {
                Front::Frame(total) => return Some(self.take(total)),
                Front::Incomplete => return None,
                Front::Noise => self.slide(),
            }
        }
    }

    /// The same when the line has fallen silent: what is incomplete will not become complete, so a right answer may
    /// hide behind a head that promised more than came.
    #[must_use]
    pub fn next_response_at_rest(&mut self) -> Option<Response> {
        loop {
            if let Some(response) = self.next_response() {
                return Some(response);
            }
            if self.buffer.is_empty() {
                return None;
            }
            self.slide();
        }
    }

    /// Whether something has begun that may become an answer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// Bytes so far that belonged to no right answer.
    #[must_use]
    pub fn noise(&self) -> usize {
        self.noise
    }

    fn front(&self) -> Front {
        let started = self.buffer.len().min(PREAMBLE.len());
        if self.buffer.get(..started) != PREAMBLE.get(..started) {
            return Front::Noise;
        }
        let Some(head) = self.buffer.first_chunk::<HEAD>() else { return Front::Incomplete };
        let length = usize::from(u16::from_be_bytes([head[5], head[6]]));
        if !LENGTHS.contains(&length) {
            return Front::Noise;
        }
        match self.buffer.get(PREAMBLE.len()..HEAD + length) {
            None => Front::Incomplete,
            Some(covered) if xor(covered) == 0 => Front::Frame(HEAD + length),
            Some(_) => Front::Noise,
        }
    }

    fn slide(&mut self) {
        self.noise += 1;
        self.buffer.drain(..1);
    }

    fn take(&mut self, total: usize) -> Response {
        let frame = Zeroizing::new(self.buffer.drain(..total).collect::<Vec<u8>>());
        let mut status = [0; 3];
        status.iter_mut().zip(frame.iter().skip(HEAD)).for_each(|(to, from)| *to = *from);
        let data = frame.get(HEAD + 3..total - 1).unwrap_or_default();
        Response { status, data: Zeroizing::new(data.to_vec()) }
    }
}
