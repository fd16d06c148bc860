//! Pictures before the finder of codes: whatever is on them, what comes of it is bounded text or a named reason.

use camera::{code::code, picture::Grey};
use driver_api::{Picture, Scan, ScannedCode};
use qrcodegen::{Mask, QrCode, QrCodeEcc, Version};

/// Versions, and how many words of data a code of them has at the lowest level of correction.
const WORDS: [(u8, usize); 4] = [(1, 19), (2, 34), (3, 55), (4, 80)];
/// White around a code, in modules.
const QUIET: usize = 4;
/// A side of a wall of tiles.
const WALL: usize = 240;

pub(crate) fn parse(bytes: &[u8]) {
    let Some(([kind, size], rest)) = bytes.split_first_chunk::<2>() else { return };
    let size = usize::from(*size);
    let drawn = match kind % 3 {
        0 => pixels(size, rest),
        1 => wall(size, rest),
        _ => words(size, rest),
    };
    let Some(picture) = drawn else { return };
    if let Scan::Code(code) = code(&Grey::of(&picture)) {
        assert!(code.text().len() <= ScannedCode::LONGEST && !code.text().chars().any(char::is_control));
    }
}

/// Each byte a pixel.
fn pixels(width: usize, shades: &[u8]) -> Option<Picture> {
    let height = shades.len().checked_div(width)?;
    picture(width, height, |x, y| shades[y * width + x])
}

/// A tile of so many pixels, each a bit, again and again.
fn wall(side: usize, bits: &[u8]) -> Option<Picture> {
    let side = side % 64;
    let bit = |at: usize| bits.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1);
    let shade = |x: usize, y: usize| if bit(y.checked_rem(side)? * side + x % side) { Some(0) } else { None };
    picture(WALL, WALL, |x, y| shade(x, y).unwrap_or(255))
}

/// A code that corrects to these words, whatever they mean; what is left over says which modules are spoilt.
fn words(how: usize, rest: &[u8]) -> Option<Picture> {
    let (version, count) = WORDS[how % WORDS.len()];
    let (words, spoilt) = rest.split_at_checked(count)?;
    let mask = Mask::new(u8::try_from(how / 4 % 8).ok()?);
    let code = QrCode::encode_codewords(Version::new(version), QrCodeEcc::Low, words, Some(mask));
    let modules = usize::try_from(code.size()).ok()?;
    let places = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
    let mut dark: Vec<bool> = places.map(|(x, y)| code.get_module(x, y)).collect();
    for pair in spoilt.chunks_exact(2) {
        let at = usize::from(u16::from_le_bytes([pair[0], pair[1]])) % dark.len();
        dark[at] = !dark[at];
    }
    // At least twice as large: it is looked for in half the picture first.
    let scale = 2 + how / 32 % 4;
    let side = (modules + 2 * QUIET) * scale;
    picture(side, side, |x, y| {
        let module = |at: usize| (at / scale).checked_sub(QUIET).filter(|at| *at < modules);
        let dark = module(x).zip(module(y)).is_some_and(|(x, y)| dark[y * modules + x]);
        if dark { 0 } else { 255 }
    })
}

fn picture(width: usize, height: usize, shade: impl Fn(usize, usize) -> u8) -> Option<Picture> {
    let rgb = (0..width * height).flat_map(|at| [shade(at % width, at / width); 3]).collect();
    Picture::new(u32::try_from(width).ok()?, u32::try_from(height).ok()?, rgb)
}
