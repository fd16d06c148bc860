//! JPEG (ITU-T T.81): its segments, of which a few make the picture.

use crate::{Fault, size};

const START: [u8; 2] = [0xFF, 0xD8];
const END: u8 = 0xD9;
const SCAN: u8 = 0xDA;

/// The picture alone, and which way up it is held.
pub(crate) fn scrub(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let rest = bytes.strip_prefix(&START).ok_or(Fault::Unknown)?;
    let mut reader = Reader { rest };
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(&START);
    let mut seen = Seen::default();
    loop {
        match reader.marker()? {
            // What somebody hung on behind the end, a second picture or a film, is no part of this one.
            END if seen.scan => {
                kept.extend_from_slice(&[0xFF, END]);
                return Ok(kept);
            }
            marker @ (0xC0..=0xC2) if !seen.frame => {
                let data = reader.segment()?;
                frame(data)?;
                seen.frame = true;
                put(&mut kept, marker, data);
            }
            SCAN if seen.frame => {
                let data = reader.segment()?;
                scan(data)?;
                seen.scan = true;
                put(&mut kept, SCAN, data);
                kept.extend_from_slice(reader.scan()?);
            }
            // Tables of codes and of quantisation, number of lines, restart interval.
            marker @ (0xC4 | 0xDB..=0xDD) => {
                let data = reader.segment()?;
                put(&mut kept, marker, data);
            }
            marker @ (0xE0..=0xEF | 0xFE) => {
                let data = reader.segment()?;
                if let Some(data) = beside(marker, data, &mut seen) {
                    put(&mut kept, marker, &data);
                }
            }
            _ => return Err(Fault::Damaged("segments that are known, in their order")),
        }
    }
}

/// What has been met so far.
#[derive(Default)]
struct Seen {
    frame: bool,
    scan: bool,
    held: bool,
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// The next marker; any number of 0xFF may stand before it.
    fn marker(&mut self) -> Result<u8, Fault> {
        let cut = Fault::Damaged("the end");
        let (&first, mut rest) = self.rest.split_first().ok_or(cut)?;
        if first != 0xFF {
            return Err(Fault::Damaged("a marker"));
        }
        loop {
            let (&next, behind) = rest.split_first().ok_or(cut)?;
            rest = behind;
            if next != 0xFF {
                self.rest = rest;
                return Ok(next);
            }
        }
    }

    /// What stands in the segment behind a marker.
    fn segment(&mut self) -> Result<&'a [u8], Fault> {
        let cut = Fault::Damaged("a whole segment");
        let (length, rest) = self.rest.split_first_chunk::<2>().ok_or(cut)?;
        let length = usize::from(u16::from_be_bytes(*length)).checked_sub(2).ok_or(cut)?;
        let (data, rest) = rest.split_at_checked(length).ok_or(cut)?;
        self.rest = rest;
        Ok(data)
    }

    /// Compressed data up to the next marker; restart markers are part of it.
    fn scan(&mut self) -> Result<&'a [u8], Fault> {
        let mut at = 0;
        loop {
            let ahead = self.rest.get(at..).unwrap_or_default();
            let found = ahead.iter().position(|byte| *byte == 0xFF).ok_or(Fault::Damaged("the end"))?;
            match ahead.get(found + 1) {
                Some(0x00 | 0xD0..=0xD7) => at += found + 2,
                Some(0xFF) => at += found + 1,
                Some(_) => {
                    let (data, rest) =
                        self.rest.split_at_checked(at + found).ok_or(Fault::Damaged("the end"))?;
                    self.rest = rest;
                    return Ok(data);
                }
                None => return Err(Fault::Damaged("the end")),
            }
        }
    }
}

fn put(kept: &mut Vec<u8>, marker: u8, data: &[u8]) {
    // It was read out of a segment, or is shorter than one.
    let length = u16::try_from(data.len() + 2).unwrap_or(u16::MAX);
    kept.extend_from_slice(&[0xFF, marker]);
    kept.extend_from_slice(&length.to_be_bytes());
    kept.extend_from_slice(data);
}

fn frame(data: &[u8]) -> Result<(), Fault> {
    let (&[_, a, b, c, d, components], rest) =
        data.split_first_chunk::<6>().ok_or(Fault::Damaged("a size"))?;
    if components == 0 || rest.len() != 3 * usize::from(components) {
        return Err(Fault::Damaged("a size"));
    }
    size(u16::from_be_bytes([c, d]).into(), u16::from_be_bytes([a, b]).into())
}

fn scan(data: &[u8]) -> Result<(), Fault> {
    let components = data.first().copied().map_or(0, usize::from);
    let fits = components > 0 && data.len() == 4 + 2 * components;
    if fits { Ok(()) } else { Err(Fault::Damaged("a scan")) }
}

/// What is kept of a segment beside the picture: how it is to be read, and which way up.
fn beside(marker: u8, data: &[u8], seen: &mut Seen) -> Option<Vec<u8>> {
    match marker {
        0xE0 => plain_header(data),
        0xE1 if !seen.held => {
            let held = exif_orientation(data)?;
            seen.held = true;
            Some(orientation(held))
        }
        // How the colours were turned into those that were packed.
        0xEE if data.len() == 12 && data.starts_with(b"Adobe") => Some(data.to_vec()),
        _ => None,
    }
}

/// JFIF, without its thumbnail.
fn plain_header(data: &[u8]) -> Option<Vec<u8>> {
    let head = data.get(..12).filter(|head| head.starts_with(b"JFIF\0"))?;
    // A small picture's width and height follow.
    data.get(12..14)?;
    Some([head, &[0, 0]].concat())
}

const EXIF: &[u8] = b"Exif\0\0";
const ORIENTATION: u16 = 0x0112;
const SHORT: u16 = 3;

/// Which way up a camera was held, 2 to 8; upright needs no word.
fn exif_orientation(data: &[u8]) -> Option<u8> {
    let tiff = data.strip_prefix(EXIF)?;
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let two = tiff.get(at..)?.first_chunk::<2>()?;
        Some(if little { u16::from_le_bytes(*two) } else { u16::from_be_bytes(*two) })
    };
    let first = tiff.get(4..)?.first_chunk::<4>()?;
    let first = if little { u32::from_le_bytes(*first) } else { u32::from_be_bytes(*first) };
    let first = usize::try_from(first).ok()?;
    let entries = usize::from(short(first)?);
    let entry = |n: usize| first.checked_add(2 + 12 * n);
    let mut entries = (0..entries).map_while(entry);
    let found = entries.find(|at| short(*at) == Some(ORIENTATION))?;
    if short(found.checked_add(2)?)? != SHORT {
        return None;
    }
    u8::try_from(short(found.checked_add(8)?)?).ok().filter(|held| (2..=8).contains(held))
}

/// Exif that says which way up, and nothing else: one directory of one entry.
fn orientation(held: u8) -> Vec<u8> {
    let [high, low] = ORIENTATION.to_be_bytes();
    let entry = [high, low, 0, 3, 0, 0, 0, 1, 0, held, 0, 0];
    [EXIF, b"MM\0*\0\0\0\x08\0\x01", &entry, &[0; 4]].concat()
}
