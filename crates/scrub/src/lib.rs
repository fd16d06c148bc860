//! The file of a page, and nothing that a camera wrote beside the picture: no place, no day, no machine, no thumbnail of what
//! was cut away.
//!
//! What stays is written down, part by part; whatever else there is goes, known or not. Not a pixel changes: compressed data
//! is copied as it is, and a file that had nothing beside the picture comes out byte for byte. Which way up a photograph is
//! held stays, because without it the picture is another one.
//!
//! Pure: no file, no clock. A file is never unpacked, so that no small file becomes a large one here.

mod jpeg;
mod png;

/// The kinds of file that a page may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A photograph.
    Jpeg,
    /// A picture of the screen, or of a scanner.
    Png,
    /// A document. It is kept as it is.
    Pdf,
}

/// Pixels that a picture may have: more than any page needs, and few enough for whoever looks at it.
pub const PIXELS: u64 = 64_000_000;

/// Why a file is no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It begins like none of the kinds.
    #[error("neither JPEG nor PNG nor PDF")]
    Unknown,
    /// It begins like one, and then is none; what it does not have.
    #[error("the file is damaged or cut off: {0}")]
    Damaged(&'static str),
    /// More than [`PIXELS`].
    #[error("the picture has too many pixels")]
    TooLarge,
}

impl Kind {
    /// By its first bytes. What somebody calls a file proves nothing.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            bytes if bytes.starts_with(png::SIGNATURE) => Some(Self::Png),
            bytes if bytes.starts_with(b"%PDF-") => Some(Self::Pdf),
            _ => None,
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Pdf => "application/pdf",
        }
    }
}

/// What kind of page `bytes` are, and the file to be kept.
pub fn scrub(bytes: &[u8]) -> Result<(Kind, Vec<u8>), Fault> {
    let kind = Kind::of(bytes).ok_or(Fault::Unknown)?;
    let kept = match kind {
        Kind::Jpeg => jpeg::scrub(bytes)?,
        Kind::Png => png::scrub(bytes)?,
        Kind::Pdf => whole(bytes)?.to_vec(),
    };
    Ok((kind, kept))
}

/// How far from its end a PDF says that it has ended.
const PDF_END: usize = 1024;

/// A PDF that was not cut off.
fn whole(bytes: &[u8]) -> Result<&[u8], Fault> {
    let end = bytes.len().saturating_sub(PDF_END);
    let tail = bytes.get(end..).unwrap_or_default();
    let ended = tail.windows(5).any(|window| window == b"%%EOF");
    if ended { Ok(bytes) } else { Err(Fault::Damaged("the end")) }
}

/// Whether a picture of that size may be kept.
fn size(width: u32, height: u32) -> Result<(), Fault> {
    match u64::from(width) * u64::from(height) {
        0 => Err(Fault::Damaged("a size")),
        pixels if pixels > PIXELS => Err(Fault::TooLarge),
        _ => Ok(()),
    }
}
