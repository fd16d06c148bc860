//! From marks on a page to dots.

use ab_glyph::{Font, PxScale, point};
use driver_api::Bitmap;

use crate::{
    document::{Drawing, Weight},
    fonts::{Faces, Found},
    layout::{Mark, Page, Rect},
};

/// How much of a dot a letter must cover to print it. Heads burn a little larger than the dot, thin strokes need help.
const COVERAGE: f32 = 0.45;

/// Draws a page.
pub(crate) fn draw(page: &Page, faces: &Faces) -> Drawing {
    let mut ink =
        Ink { rows: vec![false; (page.width * page.height) as usize], page, faces, missing: vec![] };
    page.marks.iter().for_each(|mark| ink.mark(*mark));
    Drawing { image: ink.bitmap(), missing: ink.missing }
}

struct Ink<'a> {
    rows: Vec<bool>,
    page: &'a Page,
    faces: &'a Faces,
    missing: Vec<char>,
}

impl Ink<'_> {
    fn bitmap(&self) -> Bitmap {
        let mut image = Bitmap::new(self.page.width, self.page.height);
        let rows = self.rows.chunks(self.page.width.max(1) as usize);
        for (y, row) in (0..).zip(rows) {
            (0..).zip(row).filter(|(_, black)| **black).for_each(|(x, _)| image.blacken(x, y));
        }
        image
    }

    fn set(&mut self, x: i64, y: i64, black: bool) {
        let inside = (0..i64::from(self.page.width)).contains(&x);
        let place = usize::try_from(y * i64::from(self.page.width) + x).ok().filter(|_| inside && y >= 0);
        if let Some(dot) = place.and_then(|place| self.rows.get_mut(place)) {
            *dot = black;
        }
    }

    fn mark(&mut self, mark: Mark) {
        match mark {
            Mark::Fill(rect) => self.fill(rect, true),
            Mark::Letter { letter, .. } if letter == ' ' || letter == '\u{A0}' || letter == '\u{3000}' => {}
            Mark::Letter { letter, weight, em, x, base, white } => {
                let faces = self.faces;
                match faces.find(letter, weight) {
                    Some(found) => self.letter(&found, em, (x, base), white),
                    None => self.unknown(letter, em, (x, base), white),
                }
            }
        }
    }

    fn fill(&mut self, rect: Rect, black: bool) {
        for y in rect.y..rect.y + rect.height {
            (rect.x..rect.x + rect.width).for_each(|x| self.set(x.into(), y.into(), black));
        }
    }

    fn letter(&mut self, found: &Found<'_>, em: f32, (x, base): (f32, f32), white: bool) {
        let units = found.font.units_per_em().unwrap_or(1000.0);
        let scale = PxScale::from(em * found.font.height_unscaled() / units);
        let glyph = found.glyph.with_scale_and_position(scale, point(x, base));
        let Some(outline) = found.font.outline_glyph(glyph) else { return };
        let corner = outline.px_bounds().min;
        outline.draw(|column, row, coverage| {
            if coverage >= COVERAGE {
                self.set(whole(corner.x) + i64::from(column), whole(corner.y) + i64::from(row), !white);
            }
        });
    }

    /// A box with the code point in it, two rows of small digits: staff can look it up, and nobody misses it.
    fn unknown(&mut self, letter: char, em: f32, (x, base): (f32, f32), white: bool) {
        if !self.missing.contains(&letter) {
            self.missing.push(letter);
        }
        let (left, top) = (whole(x) + 1, whole(base - em * 0.86));
        let side = whole(em) - 2;
        for step in 0..side {
            let (right, bottom) = (left + side - 1, top + side - 1);
            for (x, y) in [(left + step, top), (left + step, bottom), (left, top + step), (right, top + step)]
            {
                self.set(x, y, !white);
            }
        }
        let digits = format!("{:04X}", u32::from(letter));
        let (first, second) = digits.split_at(digits.len() / 2);
        for (row, text) in (1_u8..).zip([first, second]) {
            self.digits(
                text,
                em * 0.42,
                (x + em * 0.12, base - em * 0.86 + em * 0.42 * f32::from(row)),
                white,
            );
        }
    }

    fn digits(&mut self, text: &str, em: f32, (x, base): (f32, f32), white: bool) {
        let faces = self.faces;
        let mut x = x;
        for digit in text.chars() {
            if let Some(found) = faces.find(digit, Weight::Regular) {
                self.letter(&found, em, (x, base), white);
            }
            x += faces.advance(digit, Weight::Regular) * em;
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a place on a page of paper")]
fn whole(place: f32) -> i64 {
    place as i64
}
