//! QR codes as squares of modules.

use qrcodegen::{QrCode, QrCodeEcc};

/// White modules that a reader needs around a code.
pub(crate) const QUIET: u32 = 4;

/// The black modules of a code.
pub(crate) struct Modules {
    /// Modules on a side.
    pub(crate) side: u32,
    /// Places of the black ones.
    pub(crate) black: Vec<(u32, u32)>,
}

/// Encodes a text, with the strength that survives a crease (level Q), or less where it would not fit.
pub(crate) fn encode(text: &str) -> Option<Modules> {
    let code = [QrCodeEcc::Quartile, QrCodeEcc::Low]
        .into_iter()
        .find_map(|ecc| QrCode::encode_text(text, ecc).ok())?;
    let side = code.size();
    let places = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
    let black = places
        .filter(|(x, y)| code.get_module(*x, *y))
        .map(|(x, y)| (x.unsigned_abs(), y.unsigned_abs()))
        .collect();
    Some(Modules { side: side.unsigned_abs(), black })
}
