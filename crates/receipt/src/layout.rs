//! Where everything stands: a document becomes marks on a page of so many dots, whatever the font.

use crate::{
    document::{Align, Block, Document, Size, Weight},
    fonts::Faces,
    qr,
    wrap::{narrowest, wrap},
};

/// A page with marks at their places.
pub(crate) struct Page {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) marks: Vec<Mark>,
}

/// One mark.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mark {
    /// A character with its left end and base line.
    Letter { letter: char, weight: Weight, em: f32, x: f32, base: f32, white: bool },
    /// A black rectangle.
    Fill(Rect),
}

/// A rectangle of dots.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rect {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// How letters look in one place.
#[derive(Clone, Copy)]
struct Type {
    em: u32,
    weight: Weight,
    white: bool,
}

/// Line height in tenths of an em.
const LEADING: u32 = 14;
/// The part of an em above the base line.
const RISE: f32 = 0.88;
/// White space below a caption.
const GAP: u32 = 14;
/// Characters of a label.
const LABEL: u32 = 4;
/// A last line shorter than this part of the column looks forgotten.
const ORPHAN: f32 = 0.3;
/// From this width on a QR code has its words beside it.
const WIDE: u32 = 500;
/// How many hundredths of the line a QR code takes, while its modules stay between 6 and 10 dots.
const QR_SHARE: u32 = 45;

impl Size {
    fn em(self, page: u32) -> u32 {
        let wide = page >= WIDE;
        match self {
            Self::Small => 22,
            Self::Label if !wide => 24,
            Self::Body | Self::Label => 28,
            Self::Lead => 34,
            Self::Heading if wide => 42,
            Self::Heading => 38,
            Self::Title if wide => 54,
            Self::Title => 48,
        }
    }
}

/// Lays a document out.
pub(crate) fn page(document: &Document, dots: u32, faces: &Faces) -> Page {
    let margin = dots / 36;
    let mut pen =
        Pen { faces, dots, left: margin, width: dots.saturating_sub(2 * margin), y: 8, marks: vec![] };
    document.blocks.iter().for_each(|block| pen.block(block));
    Page { width: dots, height: pen.y, marks: pen.marks }
}

struct Pen<'a> {
    faces: &'a Faces,
    dots: u32,
    left: u32,
    width: u32,
    y: u32,
    marks: Vec<Mark>,
}

impl Pen<'_> {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Words { text, size, weight, align } => {
                let face = self.face(*size, *weight);
                self.paragraph(text, face, *align, (self.left, self.width));
            }
            Block::Row { label, value, size } => self.row(label, value, *size),
            Block::Number { label, groups } => self.number(label, groups),
            Block::Code { label, digits } => self.code(label, digits),
            Block::Mark { text, size } => self.mark(text, *size),
            Block::Qr { content, heading, caption } => self.qr(content, heading, caption),
            Block::Rule(thick) => {
                self.fill(Rect { x: self.left, y: self.y, width: self.width, height: *thick });
                self.y += thick;
            }
            Block::Gap(dots) => self.y += dots,
        }
    }

    fn face(&self, size: Size, weight: Weight) -> Type {
        Type { em: size.em(self.dots), weight, white: false }
    }

    fn fill(&mut self, rect: Rect) {
        self.marks.push(Mark::Fill(rect));
    }

    /// Sets a paragraph in a column and goes below it.
    fn paragraph(&mut self, text: &str, face: Type, align: Align, (x, width): (u32, u32)) {
        let measure = |letter| self.faces.advance(letter, face.weight) * dots(face.em);
        for line in &even(text, dots(width), align, &measure) {
            let spare = dots(width) - self.wide(line, face);
            let indent = if align == Align::Centre { (spare / 2.0).max(0.0) } else { 0.0 };
            self.line(line, face, dots(x) + indent);
            self.y += leading(face.em);
        }
    }

    /// Sets one line at the height of the pen.
    fn line(&mut self, line: &str, face: Type, x: f32) {
        let inside = dots(leading(face.em) - face.em) / 2.0;
        let base = (dots(self.y) + inside + dots(face.em) * RISE).round();
        let mut x = x;
        for letter in line.chars().filter(|letter| !crate::fonts::is_mark(*letter)) {
            let (em, weight, white) = (dots(face.em), face.weight, face.white);
            self.marks.push(Mark::Letter { letter, weight, em, x: x.round(), base, white });
            x += self.faces.advance(letter, face.weight) * em;
        }
    }

    fn wide(&self, text: &str, face: Type) -> f32 {
        text.chars().map(|letter| self.faces.advance(letter, face.weight) * dots(face.em)).sum()
    }

    /// A value in the column beside its label.
    fn row(&mut self, label: &str, value: &str, size: Size) {
        let small = self.face(Size::Label, Weight::Regular);
        let face = self.face(size, Weight::Bold);
        let column = self.left + small.em * LABEL + small.em / 2;
        let room = (self.left + self.width).saturating_sub(column);
        let top = self.y;
        self.y += (leading(face.em) - leading(small.em)) / 2;
        self.spread(label, small);
        self.y = top;
        self.paragraph(value, face, Align::Left, (column, room));
        self.y += 4;
    }

    /// Spreads a short label over the width of a full one, as forms do.
    fn spread(&mut self, label: &str, face: Type) {
        let count = u32::try_from(label.chars().count()).unwrap_or(LABEL);
        let spare = (LABEL * face.em).saturating_sub(count * face.em);
        let step = face.em + spare / count.saturating_sub(1).max(1);
        for (place, letter) in (0..).zip(label.chars()) {
            self.line(letter.encode_utf8(&mut [0; 4]), face, dots(self.left + place * step));
        }
    }

    /// All groups are equally wide, so that they stand in columns and can be read out by pointing.
    fn number(&mut self, label: &str, groups: &[String]) {
        let small = self.face(Size::Body, Weight::Regular);
        self.paragraph(label, small, Align::Left, (self.left, self.width));
        let face = self.face(Size::Body, Weight::Bold);
        let widest = groups.iter().map(|group| self.wide(group, face)).fold(0.0, f32::max);
        let step = widest + dots(face.em) * 0.6;
        let in_line = times(dots(self.width) - widest, step) as usize + 1;
        for line in groups.chunks(in_line) {
            let mut x = dots(self.left);
            for group in line {
                self.line(group, face, x);
                x += step;
            }
            self.y += leading(face.em);
        }
    }

    fn code(&mut self, label: &str, digits: &str) {
        const LINE: u32 = 4;
        const INSIDE: u32 = 14;
        let top = self.y;
        self.y += LINE + INSIDE;
        let small = self.face(Size::Body, Weight::Regular);
        let inner = (self.left + INSIDE, self.width - 2 * INSIDE);
        self.paragraph(label, small, Align::Centre, inner);
        let em = self.largest(digits, inner.1);
        self.paragraph(digits, Type { em, weight: Weight::Bold, white: false }, Align::Centre, inner);
        self.y += INSIDE / 2 + LINE;
        self.frame(Rect { x: self.left, y: top, width: self.width, height: self.y - top }, LINE);
    }

    /// The largest type in which a text fits a line.
    fn largest(&self, text: &str, width: u32) -> u32 {
        let ems = self.wide(text, Type { em: 100, weight: Weight::Bold, white: false }) / 100.0;
        times(dots(width) * 0.98, ems.max(1.0)).clamp(28, 96)
    }

    fn frame(&mut self, Rect { x, y, width, height }: Rect, line: u32) {
        self.fill(Rect { x, y, width, height: line });
        self.fill(Rect { x, y: y + height - line, width, height: line });
        self.fill(Rect { x, y, width: line, height });
        self.fill(Rect { x: x + width - line, y, width: line, height });
    }

    fn mark(&mut self, text: &str, size: Size) {
        let place = self.marks.len();
        let top = self.y;
        self.y += 4;
        let face = Type { white: true, ..self.face(size, Weight::Bold) };
        self.paragraph(text, face, Align::Centre, (self.left, self.width));
        self.y += 4;
        let bar = Rect { x: self.left, y: top, width: self.width, height: self.y - top };
        self.marks.insert(place, Mark::Fill(bar));
    }

    fn qr(&mut self, content: &str, heading: &str, caption: &str) {
        let Some(code) = qr::encode(content) else { return };
        let across = code.side + 2 * qr::QUIET;
        let module = (self.dots * QR_SHARE / 100 / across).clamp(6, 10);
        let size = across * module;
        let beside = self.dots >= WIDE;
        let x = if beside { 0 } else { self.dots.saturating_sub(size) / 2 };
        self.modules(&code, module, (x, self.y));
        let below = self.y + size;
        if beside {
            let column = (size, (self.left + self.width).saturating_sub(size));
            self.y += module * qr::QUIET;
            self.words(heading, caption, Align::Left, column);
            self.y = self.y.max(below);
        } else {
            self.y = below;
            self.words(heading, caption, Align::Centre, (self.left, self.width));
            self.y += GAP;
        }
    }

    fn words(&mut self, heading: &str, caption: &str, align: Align, column: (u32, u32)) {
        self.paragraph(heading, self.face(Size::Lead, Weight::Bold), align, column);
        self.y += 6;
        self.paragraph(caption, self.face(Size::Body, Weight::Regular), align, column);
    }

    fn modules(&mut self, code: &qr::Modules, module: u32, (x, y): (u32, u32)) {
        for (column, row) in &code.black {
            let place = |at: u32, from: u32| from + (at + qr::QUIET) * module;
            self.fill(Rect { x: place(*column, x), y: place(*row, y), width: module, height: module });
        }
    }
}

/// Wraps, and where the last line would be a leftover, again in a column that shares the words out.
fn even(text: &str, width: f32, align: Align, measure: &dyn Fn(char) -> f32) -> Vec<String> {
    let lines = wrap(text, width, measure);
    let wide = |line: &String| line.chars().map(measure).sum::<f32>();
    let forgotten = |lines: &[String]| lines.last().is_some_and(|last| wide(last) < width * ORPHAN);
    if lines.len() < 2 || !forgotten(&lines) {
        return lines;
    }
    let least = narrowest(text, measure);
    let mut narrower = (50..100_u8)
        .map(|percent| width * f32::from(percent) / 100.0)
        .filter(|column| *column >= least)
        .map(|column| wrap(text, column, measure))
        .filter(|tried| tried.len() == lines.len() && tried.iter().all(|line| wide(line) <= width));
    let evener = match align {
        Align::Centre => narrower.next(),
        Align::Left => narrower.rfind(|tried| !forgotten(tried)),
    };
    evener.unwrap_or(lines)
}

/// How often a length goes into another.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "below zero is none, and paper is short"
)]
fn times(length: f32, part: f32) -> u32 {
    (length / part) as u32
}

fn leading(em: u32) -> u32 {
    em * LEADING / 10
}

/// Dots as a length to calculate with; no receipt is long enough for the difference to show.
#[expect(clippy::cast_precision_loss, reason = "below 2^24 dots, two kilometres of paper, it is exact")]
fn dots(count: u32) -> f32 {
    count as f32
}
