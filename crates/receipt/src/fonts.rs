//! The fonts of a receipt: two bundled faces, and the system's `HanaMin` for what even they do not have.

use std::{cell::OnceCell, sync::OnceLock};

use ab_glyph::{Font, FontArc, GlyphId};

use crate::document::Weight;

/// Where Debian's `fonts-hanazono` puts the rarest characters (CJK extensions B to F).
const RARE: [&str; 2] =
    ["/usr/share/fonts/truetype/hanazono/HanaMinA.ttf", "/usr/share/fonts/truetype/hanazono/HanaMinB.ttf"];

/// The faces for one drawing. The rare ones weigh 50 MB: they are read for the drawing that needs them, and freed.
#[derive(Default)]
pub(crate) struct Faces {
    rare: OnceCell<Vec<FontArc>>,
}

/// A character in the face that has it.
pub(crate) struct Found<'a> {
    pub(crate) font: &'a FontArc,
    pub(crate) glyph: GlyphId,
}

impl Faces {
    /// The first face of the chain that has the character; `None` where none has.
    pub(crate) fn find(&self, letter: char, weight: Weight) -> Option<Found<'_>> {
        let bundled = match weight {
            Weight::Regular => [regular(), regular()],
            Weight::Bold => [bold(), regular()],
        };
        bundled
            .into_iter()
            .find_map(|font| found(font, letter))
            .or_else(|| self.rare().iter().find_map(|font| found(font, letter)))
    }

    /// How wide a character is, in ems. A missing one is a box of one em.
    pub(crate) fn advance(&self, letter: char, weight: Weight) -> f32 {
        if is_mark(letter) {
            return 0.0;
        }
        self.find(letter, weight).map_or(1.0, |found| {
            let units = found.font.units_per_em().unwrap_or(1000.0);
            found.font.h_advance_unscaled(found.glyph) / units
        })
    }

    fn rare(&self) -> &[FontArc] {
        self.rare.get_or_init(|| {
            RARE.iter().filter_map(|path| FontArc::try_from_vec(std::fs::read(path).ok()?).ok()).collect()
        })
    }
}

/// Variation selectors, joiners and no-break marks: they steer text and have no picture of their own.
pub(crate) fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' | '\u{200B}'..='\u{200D}' | '\u{2060}')
}

fn found(font: &FontArc, letter: char) -> Option<Found<'_>> {
    let glyph = font.glyph_id(letter);
    (glyph.0 != 0).then_some(Found { font, glyph })
}

#[expect(
    clippy::expect_used,
    reason = "the file is part of the program and read by every test of this crate"
)]
fn parsed(bytes: &'static [u8]) -> FontArc {
    FontArc::try_from_slice(bytes).expect("a bundled font")
}

fn regular() -> &'static FontArc {
    static REGULAR: OnceLock<FontArc> = OnceLock::new();
    REGULAR.get_or_init(|| parsed(include_bytes!("../../../assets/fonts/NotoSansCJKsc-Regular.otf")))
}

fn bold() -> &'static FontArc {
    static BOLD: OnceLock<FontArc> = OnceLock::new();
    BOLD.get_or_init(|| parsed(include_bytes!("../../../assets/fonts/NotoSansCJKsc-Bold.otf")))
}
