//! Sheets as PDF, in the bundled fonts, of which the file holds only the glyphs that it uses.

use std::sync::OnceLock;

use ab_glyph::{Font as _, FontRef};
use krilla::{
    Document,
    color::rgb,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, FillRule},
    surface::Surface,
    text::{Font, TextDirection},
};

use super::{
    paper::Paper,
    sheet::{HEIGHT, Ink, Mark, WIDTH, sheets},
};

static REGULAR: &[u8] = include_bytes!("../../../assets/fonts/NotoSansCJKsc-Regular.otf");
static BOLD: &[u8] = include_bytes!("../../../assets/fonts/NotoSansCJKsc-Bold.otf");

/// One face, to draw with and to measure with.
#[derive(Clone)]
struct Face {
    drawn: Font,
    measured: FontRef<'static>,
}

impl Face {
    fn load(data: &'static [u8]) -> Option<Self> {
        Some(Self { drawn: Font::new(data.into(), 0)?, measured: FontRef::try_from_slice(data).ok()? })
    }

    fn has(&self, letter: char) -> bool {
        self.measured.glyph_id(letter).0 != 0
    }

    fn width(&self, text: &str, size: f32) -> f32 {
        let units = self.measured.units_per_em().unwrap_or(1000.0);
        let advance = |letter| self.measured.h_advance_unscaled(self.measured.glyph_id(letter));
        text.chars().map(advance).sum::<f32>() * size / units
    }
}

/// Both faces; reading them takes longer than drawing with them.
struct Faces {
    regular: Face,
    bold: Face,
}

impl Faces {
    fn all() -> Option<&'static Self> {
        static FACES: OnceLock<Option<Faces>> = OnceLock::new();
        let load = || Some(Self { regular: Face::load(REGULAR)?, bold: Face::load(BOLD)? });
        FACES.get_or_init(load).as_ref()
    }

    /// The bold face has fewer characters; a text it cannot write is written in the other one.
    fn of(&self, text: &str, bold: bool) -> &Face {
        if bold && text.chars().all(|letter| self.bold.has(letter)) { &self.bold } else { &self.regular }
    }
}

/// The file; `None` only where the bundled fonts are damaged.
pub(super) fn draw(paper: &Paper) -> Option<Vec<u8>> {
    let faces = Faces::all()?;
    let mut document = Document::new();
    let metadata = Metadata::new().title(paper.title.clone()).language("zh-CN".to_owned());
    document.set_metadata(metadata.authors(vec![paper.organisation.clone()]));
    for marks in sheets(paper, &|text, size, bold| faces.of(text, bold).width(text, size)) {
        let mut page = document.start_page_with(PageSettings::from_wh(WIDTH, HEIGHT)?);
        let mut surface = page.surface();
        marks.iter().for_each(|mark| put(&mut surface, faces, mark));
        surface.finish();
        page.finish();
    }
    document.finish().inspect_err(|error| tracing::error!(?error, "document.undrawn")).ok()
}

fn put(surface: &mut Surface<'_>, faces: &Faces, mark: &Mark) {
    match mark {
        Mark::Text { text, size, at: (x, baseline), bold, ink } => {
            surface.set_fill(Some(fill(*ink)));
            let font = faces.of(text, *bold).drawn.clone();
            let at = Point::from_xy(*x, *baseline);
            surface.draw_text(at, font, *size, text, false, TextDirection::LeftToRight);
        }
        Mark::Boxes { boxes, ink } => {
            surface.set_fill(Some(fill(*ink)));
            let mut path = PathBuilder::new();
            let boxes =
                boxes.iter().filter_map(|[x, y, width, height]| Rect::from_xywh(*x, *y, *width, *height));
            boxes.for_each(|one| path.push_rect(one));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}

fn fill(ink: Ink) -> Fill {
    let (red, green, blue) = match ink {
        Ink::Black => (21, 32, 43),
        Ink::Muted => (69, 82, 95),
        Ink::Line => (190, 194, 199),
        Ink::Warn => (138, 66, 0),
    };
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::NonZero,
    }
}
