//! PNG (ISO/IEC 15948): its chunks, of which five make the picture.

use crate::{Fault, size};

pub(crate) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The parts that are kept: size, palette, transparency, picture and end.
const KEPT: [&[u8; 4]; 5] = [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"];

/// One chunk: what it is, what it holds, and all of it with length and check sum.
struct Chunk<'a> {
    kind: &'a [u8; 4],
    data: &'a [u8],
    whole: &'a [u8],
}

impl<'a> Chunk<'a> {
    /// The chunk that `bytes` begin with, and what comes behind it.
    fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (kind, rest) = rest.split_first_chunk::<4>()?;
        let (data, rest) = rest.split_at_checked(length)?;
        let (sum, rest) = rest.split_first_chunk::<4>()?;
        let whole = bytes.get(..bytes.len() - rest.len())?;
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(kind);
        hasher.update(data);
        let sound = hasher.finalize() == u32::from_be_bytes(*sum);
        sound.then_some((Self { kind, data, whole }, rest))
    }

    /// Whether a reader that does not know it cannot show the picture.
    fn is_critical(&self) -> bool {
        self.kind.first().is_some_and(u8::is_ascii_uppercase)
    }
}

/// The picture alone.
pub(crate) fn scrub(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut rest = bytes.strip_prefix(SIGNATURE).ok_or(Fault::Unknown)?;
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(SIGNATURE);
    let (mut sized, mut pictured) = (false, false);
    loop {
        let (chunk, behind) = Chunk::read(rest).ok_or(Fault::Damaged("a whole chunk"))?;
        rest = behind;
        if !KEPT.contains(&chunk.kind) {
            if chunk.is_critical() {
                return Err(Fault::Damaged("chunks that are known"));
            }
            continue;
        }
        match chunk.kind {
            b"IHDR" if sized => return Err(Fault::Damaged("one size")),
            b"IHDR" => header(chunk.data)?,
            _ if !sized => return Err(Fault::Damaged("a size")),
            b"IEND" if !pictured || !chunk.data.is_empty() => return Err(Fault::Damaged("a picture")),
            _ => {}
        }
        (sized, pictured) = (true, pictured || chunk.kind == b"IDAT");
        kept.extend_from_slice(chunk.whole);
        // What somebody hung on behind the end is no picture.
        if chunk.kind == b"IEND" {
            return Ok(kept);
        }
    }
}

fn header(data: &[u8]) -> Result<(), Fault> {
    let &[a, b, c, d, e, f, g, h, _, _, _, _, _] = data else { return Err(Fault::Damaged("a size")) };
    size(u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]))
}
