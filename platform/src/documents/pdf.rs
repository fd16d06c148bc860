//! A sheet of A4, drawn: text in the bundled fonts, of which the file holds only the glyphs that it uses.

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
use qrcodegen::{QrCode, QrCodeEcc};

use super::paper::Paper;

/// A4, in points.
const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 841.89;
const MARGIN: f32 = 64.0;
const COLUMN: f32 = WIDTH - 2.0 * MARGIN;

const TITLE: f32 = 24.0;
const BODY: f32 = 13.0;
const SMALL: f32 = 10.0;
const LEADING: f32 = 1.7;
/// Where the second column of the table begins.
const VALUES: f32 = 92.0;
const QR: f32 = 84.0;
/// White modules around a QR code.
const QUIET: f32 = 4.0;

const INK: (u8, u8, u8) = (21, 32, 43);
const MUTED: (u8, u8, u8) = (69, 82, 95);
const LINE: (u8, u8, u8) = (190, 194, 199);
const WARN: (u8, u8, u8) = (138, 66, 0);

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
fn faces() -> Option<&'static (Face, Face)> {
    static FACES: OnceLock<Option<(Face, Face)>> = OnceLock::new();
    FACES.get_or_init(|| Some((Face::load(REGULAR)?, Face::load(BOLD)?))).as_ref()
}

/// The file; `None` only where the bundled fonts are damaged.
pub(super) fn draw(paper: &Paper) -> Option<Vec<u8>> {
    let (regular, bold) = faces()?;
    let mut document = Document::new();
    let metadata = Metadata::new().title(paper.title.clone()).language("zh-CN".to_owned());
    document.set_metadata(metadata.authors(vec![paper.organisation.clone()]));
    let mut page = document.start_page_with(PageSettings::from_wh(WIDTH, HEIGHT)?);
    Sheet { surface: page.surface(), regular, bold, y: MARGIN }.fill(paper);
    page.finish();
    document.finish().inspect_err(|error| tracing::error!(?error, "document.undrawn")).ok()
}

struct Sheet<'s> {
    surface: Surface<'s>,
    regular: &'static Face,
    bold: &'static Face,
    /// How far down the sheet is filled.
    y: f32,
}

impl Sheet<'_> {
    fn fill(mut self, paper: &Paper) {
        self.head(paper);
        self.ink(INK);
        self.line(&paper.addressee, BODY, MARGIN, false);
        for paragraph in &paper.text {
            self.paragraph(paragraph);
        }
        self.y += BODY;
        for (what, how) in &paper.facts {
            self.fact(what, how);
        }
        self.y += 2.0 * BODY;
        self.right(&paper.organisation);
        self.right(&paper.dated);
        self.foot(paper);
        self.surface.finish();
    }

    fn head(&mut self, paper: &Paper) {
        if paper.demo {
            self.ink(WARN);
            self.line("示例 · 不作办事凭证", SMALL, MARGIN, true);
        }
        self.y += TITLE / 2.0;
        self.ink(INK);
        let width = self.face(&paper.title, true).width(&paper.title, TITLE);
        self.line(&paper.title, TITLE, (WIDTH - width) / 2.0, true);
        self.ink(MUTED);
        let width = self.regular.width(&paper.number, SMALL);
        self.line(&paper.number, SMALL, (WIDTH - width) / 2.0, false);
        self.y += 1.5 * BODY;
    }

    /// The bold face has few characters; a text it cannot write is written in the other one.
    fn face(&self, text: &str, bold: bool) -> &'static Face {
        if bold && text.chars().all(|letter| self.bold.has(letter)) { self.bold } else { self.regular }
    }

    fn ink(&mut self, (red, green, blue): (u8, u8, u8)) {
        self.surface.set_fill(Some(Fill {
            paint: rgb::Color::new(red, green, blue).into(),
            opacity: NormalizedF32::ONE,
            rule: FillRule::NonZero,
        }));
    }

    fn text(&mut self, text: &str, size: f32, (x, baseline): (f32, f32), bold: bool) {
        let font = self.face(text, bold).drawn.clone();
        let at = Point::from_xy(x, baseline);
        self.surface.draw_text(at, font, size, text, false, TextDirection::LeftToRight);
    }

    /// One line, and down to the next.
    fn line(&mut self, text: &str, size: f32, x: f32, bold: bool) {
        self.text(text, size, (x, self.y + size), bold);
        self.y += size * LEADING;
    }

    fn right(&mut self, text: &str) {
        let x = WIDTH - MARGIN - self.regular.width(text, BODY);
        self.line(text, BODY, x, false);
    }

    /// First line set in by two characters, as in every Chinese letter.
    fn paragraph(&mut self, text: &str) {
        let lines = wrap(&format!("　　{text}"), COLUMN, |line| self.regular.width(line, BODY));
        for line in lines {
            self.line(&line, BODY, MARGIN, false);
        }
    }

    fn fact(&mut self, what: &str, how: &str) {
        self.rule();
        let top = self.y;
        self.y += 4.0;
        self.ink(MUTED);
        self.text(what, BODY, (MARGIN, self.y + BODY), false);
        self.ink(INK);
        for line in wrap(how, COLUMN - VALUES, |line| self.regular.width(line, BODY)) {
            self.line(&line, BODY, MARGIN + VALUES, false);
        }
        self.y = (self.y + 1.0).max(top + BODY * LEADING);
    }

    fn rule(&mut self) {
        self.ink(LINE);
        if let Some(line) = Rect::from_xywh(MARGIN, self.y, COLUMN, 0.6) {
            self.rectangles(&[line]);
        }
    }

    fn rectangles(&mut self, rectangles: &[Rect]) {
        let mut path = PathBuilder::new();
        rectangles.iter().for_each(|rectangle| path.push_rect(*rectangle));
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }

    /// How to find out whether it is genuine, at the bottom of the sheet.
    fn foot(&mut self, paper: &Paper) {
        self.y = self.y.max(HEIGHT - MARGIN - QR) + SMALL;
        self.rule();
        self.y += SMALL;
        let top = self.y;
        self.ink(INK);
        self.qr(&paper.link, (MARGIN, top));
        for (place, line) in paper.verification.iter().enumerate() {
            let size = if place == 0 { BODY } else { SMALL };
            self.line(line, size, MARGIN + QR + BODY, place == 0);
        }
    }

    fn qr(&mut self, text: &str, (x, y): (f32, f32)) {
        let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else { return };
        let side = code.size();
        #[expect(clippy::cast_precision_loss, reason = "a code has less than 200 modules on a side")]
        let number = |place: i32| place as f32;
        let module = QR / (number(side) + 2.0 * QUIET);
        let at = |place: i32| (number(place) + QUIET) * module;
        let black = (0..side).flat_map(|row| (0..side).map(move |column| (column, row)));
        let modules: Vec<Rect> = black
            .filter(|(column, row)| code.get_module(*column, *row))
            .filter_map(|(column, row)| Rect::from_xywh(x + at(column), y + at(row), module, module))
            .collect();
        self.rectangles(&modules);
    }
}

/// What must not begin a line.
const NOT_FIRST: &str = "，。；：、！？”’）》」』";

/// Breaks between any two characters, as Chinese does, but not inside a word or number and not before a stop.
fn wrap(text: &str, width: f32, measure: impl Fn(&str) -> f32) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let longer = format!("{line}{piece}");
        if !line.is_empty() && measure(&longer) > width {
            lines.push(std::mem::take(&mut line));
        }
        // A number longer than a line is broken where it must be.
        for letter in piece.chars() {
            line.push(letter);
            if measure(&line) > width && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::replace(&mut line, letter.to_string()));
            }
        }
    }
    lines.push(line);
    lines
}

/// Words and numbers whole, Chinese characters one by one with the stop behind them.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for letter in text.chars() {
        let goes_on = pieces.last().and_then(|piece| piece.chars().last()).is_some_and(|before| {
            NOT_FIRST.contains(letter)
                || before.is_ascii_graphic() && letter.is_ascii_graphic()
                || "“（《".contains(before)
        });
        match pieces.last_mut().filter(|_| goes_on) {
            Some(piece) => piece.push(letter),
            None => pieces.push(letter.to_string()),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ems(text: &str) -> f32 {
        text.chars().map(|letter| if letter.is_ascii() { 0.5 } else { 1.0 }).sum()
    }

    #[test]
    fn no_line_begins_with_a_stop_and_no_number_is_broken() {
        let lines = wrap("您于2026年11月24日提交的“失业登记”申请，我单位已经收到。", 10.0, ems);
        assert_eq!(lines.concat(), "您于2026年11月24日提交的“失业登记”申请，我单位已经收到。");
        assert!(lines.iter().all(|line| ems(line) <= 10.0), "{lines:?}");
        assert!(lines.iter().all(|line| !line.starts_with('，') && !line.starts_with('。')));
    }

    proptest! {
        #[test]
        fn wrapping_loses_nothing(text in "[示例，。“”a-z0-9 ]{0,60}", width in 1.0f32..30.0) {
            prop_assert_eq!(wrap(&text, width, ems).concat(), text);
        }
    }
}
