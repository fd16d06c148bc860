//! Where everything stands on sheets of A4. Pure: it measures with what it is given and draws nothing.

use qrcodegen::{QrCode, QrCodeEcc};

use super::{paper::Paper, wrap::wrap};

/// A4, in points.
pub(super) const WIDTH: f32 = 595.28;
pub(super) const HEIGHT: f32 = 841.89;
const MARGIN: f32 = 64.0;
const COLUMN: f32 = WIDTH - 2.0 * MARGIN;
/// Where the foot begins; nothing else goes below.
const BOTTOM: f32 = HEIGHT - MARGIN - QR;

const TITLE: f32 = 24.0;
const BODY: f32 = 13.0;
const SMALL: f32 = 10.0;
const LEADING: f32 = 1.7;
/// Where the second column of the table begins.
const VALUES: f32 = 92.0;
const QR: f32 = 84.0;
/// White modules around a QR code.
const QUIET: f32 = 4.0;

/// What colour something has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Black,
    Muted,
    Line,
    Warn,
}

/// Something on a sheet; places are from its upper left corner.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mark {
    /// A line of text on its baseline.
    Text { text: String, size: f32, at: (f32, f32), bold: bool, ink: Ink },
    /// Filled rectangles: left, top, width, height.
    Boxes { boxes: Vec<[f32; 4]>, ink: Ink },
}

/// How wide a text is in a size, bold or not.
pub(super) type Measure<'m> = &'m dyn Fn(&str, f32, bool) -> f32;

/// The marks of each sheet.
pub(super) fn sheets(paper: &Paper, measure: Measure<'_>) -> Vec<Vec<Mark>> {
    let mut sheets = Sheets { measure, done: Vec::new(), marks: Vec::new(), y: MARGIN, ink: Ink::Black };
    sheets.head(paper);
    sheets.body(paper);
    sheets.turn();
    let count = sheets.done.len();
    let mut done = std::mem::take(&mut sheets.done);
    // The head says it on the first sheet alone; each of several may be held by itself.
    let demo = if paper.demo { " · 示例" } else { "" };
    for (sheet, n) in done.iter_mut().zip(1..) {
        sheets.foot(paper, (count > 1).then(|| format!("第 {n} 页，共 {count} 页{demo}")));
        sheet.append(&mut sheets.marks);
    }
    done
}

struct Sheets<'m> {
    measure: Measure<'m>,
    /// The sheets that are full.
    done: Vec<Vec<Mark>>,
    /// The one that is being filled, and how far down.
    marks: Vec<Mark>,
    y: f32,
    ink: Ink,
}

impl Sheets<'_> {
    fn head(&mut self, paper: &Paper) {
        if paper.demo {
            self.ink = Ink::Warn;
            self.line("示例 · 不作办事凭证", SMALL, MARGIN, true);
        }
        self.y += TITLE / 2.0;
        self.ink = Ink::Black;
        self.centred(&paper.title, TITLE, true);
        self.ink = Ink::Muted;
        if let Some(number) = &paper.number {
            self.centred(number, SMALL, false);
        }
        self.y += 1.5 * BODY;
    }

    fn body(&mut self, paper: &Paper) {
        self.ink = Ink::Black;
        if let Some(addressee) = &paper.addressee {
            self.line(addressee, BODY, MARGIN, false);
        }
        for paragraph in &paper.text {
            self.paragraph(paragraph);
        }
        self.y += BODY;
        for (what, how) in &paper.facts {
            self.fact(what, how);
        }
        if !paper.facts.is_empty() {
            self.rule();
        }
        self.y += 2.0 * BODY;
        for line in &paper.after {
            self.keep(BODY * LEADING);
            self.line(line, BODY, MARGIN, false);
            self.y += BODY;
        }
        // Who signs does not stand alone on a sheet without the day.
        self.keep(2.0 * BODY * LEADING);
        self.right(&paper.organisation);
        self.right(&paper.dated);
    }

    /// Begins a new sheet where so much does not fit on this one.
    fn keep(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.turn();
        }
    }

    fn turn(&mut self) {
        self.done.push(std::mem::take(&mut self.marks));
        self.y = MARGIN;
    }

    fn text(&mut self, text: &str, size: f32, at: (f32, f32), bold: bool) {
        self.marks.push(Mark::Text { text: text.to_owned(), size, at, bold, ink: self.ink });
    }

    /// One line, and down to the next.
    fn line(&mut self, text: &str, size: f32, x: f32, bold: bool) {
        self.text(text, size, (x, self.y + size), bold);
        self.y += size * LEADING;
    }

    fn centred(&mut self, text: &str, size: f32, bold: bool) {
        let width = (self.measure)(text, size, bold);
        self.line(text, size, (WIDTH - width) / 2.0, bold);
    }

    fn right(&mut self, text: &str) {
        let x = WIDTH - MARGIN - (self.measure)(text, BODY, false);
        self.line(text, BODY, x, false);
    }

    fn wrapped(&self, text: &str, width: f32) -> Vec<String> {
        wrap(text, width, |line| (self.measure)(line, BODY, false))
    }

    /// First line set in by two characters, as in every Chinese letter.
    fn paragraph(&mut self, text: &str) {
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            for line in self.wrapped(&format!("　　{line}"), COLUMN) {
                self.keep(BODY * LEADING);
                self.line(&line, BODY, MARGIN, false);
            }
        }
    }

    fn fact(&mut self, what: &str, how: &str) {
        let lines = self.wrapped(how, COLUMN - VALUES);
        let row = 4.0 + BODY * LEADING * lines.iter().map(|_| 1.0).sum::<f32>();
        // A row that fits on a sheet is on one sheet.
        self.keep(row.min(BOTTOM - MARGIN));
        self.rule();
        self.y += 4.0;
        self.ink = Ink::Muted;
        self.text(what, BODY, (MARGIN, self.y + BODY), false);
        self.ink = Ink::Black;
        for line in lines {
            self.keep(BODY * LEADING);
            self.line(&line, BODY, MARGIN + VALUES, false);
        }
    }

    fn rule(&mut self) {
        self.marks.push(Mark::Boxes { boxes: vec![[MARGIN, self.y, COLUMN, 0.6]], ink: Ink::Line });
    }

    /// How to find out whether it is genuine, at the bottom of every sheet.
    fn foot(&mut self, paper: &Paper, page: Option<String>) {
        self.y = BOTTOM + SMALL;
        self.rule();
        self.y += SMALL;
        self.ink = Ink::Black;
        self.qr(&paper.link, (MARGIN, self.y));
        for (place, line) in paper.verification.iter().enumerate() {
            let size = if place == 0 { BODY } else { SMALL };
            self.line(line, size, MARGIN + QR + BODY, place == 0);
        }
        if let Some(page) = page {
            self.ink = Ink::Muted;
            self.line(&page, SMALL, MARGIN + QR + BODY, false);
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
        let black = black.filter(|(column, row)| code.get_module(*column, *row));
        let boxes = black.map(|(column, row)| [x + at(column), y + at(row), module, module]).collect();
        self.marks.push(Mark::Boxes { boxes, ink: self.ink });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paper(words: usize, rows: usize) -> Paper {
        Paper {
            title: "不予决定书".to_owned(),
            number: Some("编号 示例".to_owned()),
            demo: true,
            addressee: Some("示例：".to_owned()),
            text: vec!["示".repeat(words), "例".to_owned()],
            facts: vec![("材料".to_owned(), "示例".repeat(20)); rows],
            after: vec!["签名".to_owned()],
            organisation: "示例单位".to_owned(),
            dated: "2026年11月24日".to_owned(),
            link: "http://community.example/verify/0000000000000000".to_owned(),
            verification: vec!["验证码".to_owned(), "核对".to_owned(), "网址".to_owned()],
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "short")]
    fn set(paper: &Paper) -> Vec<Vec<Mark>> {
        sheets(paper, &|text, size, _| text.chars().count() as f32 * size)
    }

    #[test]
    fn however_long_it_is_nothing_is_cut_off_and_nothing_runs_into_the_foot() {
        for (words, rows, expected) in [(100, 4, 1), (4000, 8, 6), (100, 60, 6)] {
            let sheets = set(&paper(words, rows));
            assert_eq!(sheets.len(), expected, "{words} words, {rows} rows");
            let mut written = 0;
            for sheet in &sheets {
                let foot = sheet
                    .iter()
                    .position(|mark| matches!(mark, Mark::Boxes { boxes, .. } if boxes[0][1] > BOTTOM));
                let (body, foot) = sheet.split_at(foot.unwrap());
                assert_eq!(
                    foot.iter().filter(|mark| matches!(mark, Mark::Boxes { .. })).count(),
                    2,
                    "rule and code"
                );
                for mark in body {
                    let Mark::Text { text, at: (x, y), size, .. } = mark else { continue };
                    #[expect(clippy::cast_precision_loss, reason = "short")]
                    let right = x + text.chars().count() as f32 * size;
                    assert!(*y <= BOTTOM && right <= WIDTH - MARGIN + 0.1, "{mark:?}");
                    written += text.matches('示').count();
                }
            }
            let number = "编号 示例".matches('示').count();
            // Heading, number, addressee and organisation have one each.
            assert_eq!(written, words + 20 * rows + 3 + number);
        }
    }
}
