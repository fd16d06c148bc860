//! What a camera over a table sees, drawn: a page with lines of text, at an angle, from the side, blurred, under a lamp; or
//! a QR code that somebody holds before it.

use std::fmt;

use qrcodegen::{QrCode, QrCodeEcc};

/// How a page lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// Turned clockwise by so much.
    pub degrees: f64,
    /// How much nearer its lower edge is than its middle, as a share.
    pub tilt: f64,
    /// Its width as a share of the picture's height.
    pub size: f64,
}

/// A QR code on paper.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(QrCode);

impl Code {
    /// One that says `text`; `None` where that is too long for any.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        QrCode::encode_text(text, QrCodeEcc::Medium).ok().map(Self)
    }

    /// Its shade so far from its middle, in shares of its height, where it is.
    fn shade(&self, (x, y): (f64, f64)) -> Option<f64> {
        let across = f64::from(self.0.size()) + 2.0 * QUIET;
        #[expect(clippy::cast_possible_truncation, reason = "a module")]
        let module = |part: f64| ((part + 0.5) * across - QUIET).floor() as i32;
        let dark = self.0.get_module(module(x), module(y));
        (x.abs() <= 0.5 && y.abs() <= 0.5).then_some(if dark { INK } else { PAPER })
    }
}

/// Says nothing of what is in it.
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code").field("size", &self.0.size()).finish_non_exhaustive()
    }
}

/// All of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// The page, where one lies there.
    pub page: Option<Pose>,
    /// The code, where one is held before it: above the page.
    pub code: Option<Code>,
    /// How far a point is smeared, in pixels each way.
    pub blur: usize,
    /// Whether a lamp shines back from the page.
    pub glare: bool,
    /// How much light there is; 1 is good.
    pub light: f64,
}

impl Default for Scene {
    fn default() -> Self {
        Self { page: None, code: None, blur: 0, glare: false, light: 1.0 }
    }
}

/// Height of a page by its width, as A4.
const PROPORTION: f64 = 1.414;
const PAPER: f64 = 212.0;
const INK: f64 = 40.0;
/// White around a code, in modules.
const QUIET: f64 = 4.0;
/// How high a code is, as a share of the picture.
const HELD: f64 = 0.6;
/// Marks of text in a line of the page.
const MARKS: f64 = 60.0;

impl Pose {
    /// Where its corners are in a picture: upper left, upper right, lower right, lower left of the page itself.
    #[must_use]
    pub fn corners(&self, width: u32, height: u32) -> [(f64, f64); 4] {
        let high = PROPORTION / 2.0;
        [(-0.5, -high), (0.5, -high), (0.5, high), (-0.5, high)].map(|(u, v)| {
            let size = self.size * f64::from(height);
            let (sin, cos) = self.degrees.to_radians().sin_cos();
            let (x, y) = (size * (u * cos - v * sin), size * (u * sin + v * cos));
            // What is nearer is larger.
            let near = 1.0 - self.tilt * y / size;
            (f64::from(width) / 2.0 + x / near, f64::from(height) / 2.0 + y / near)
        })
    }

    /// Which place of the page is at a place of the picture: from −½ to ½ across, where it is on the page at all.
    fn place(&self, (x, y): (f64, f64), size: f64, (sin, cos): (f64, f64)) -> Option<(f64, f64)> {
        let bend = self.tilt / size;
        let near = 1.0 / (1.0 + bend * y);
        let (x, y) = (x * near / size, y * near / size);
        let (u, v) = (x * cos + y * sin, y * cos - x * sin);
        (u.abs() <= 0.5 && v.abs() <= PROPORTION / 2.0).then_some((u, v))
    }
}

impl Scene {
    /// Its pixels, three bytes each.
    #[must_use]
    pub fn draw(&self, width: u32, height: u32) -> Vec<u8> {
        let mut shades: Vec<f64> = Vec::with_capacity(width as usize * height as usize);
        let size = self.page.map_or(1.0, |pose| pose.size * f64::from(height));
        let turned = self.page.map_or(0.0, |pose| pose.degrees).to_radians().sin_cos();
        for y in 0..height {
            for x in 0..width {
                let from_middle = (
                    f64::from(x) + 0.5 - f64::from(width) / 2.0,
                    f64::from(y) + 0.5 - f64::from(height) / 2.0,
                );
                let held =
                    (from_middle.0 / f64::from(height) / HELD, from_middle.1 / f64::from(height) / HELD);
                let code = self.code.as_ref().and_then(|code| code.shade(held));
                let place = self.page.and_then(|pose| pose.place(from_middle, size, turned));
                shades.push(code.unwrap_or_else(|| place.map_or_else(|| table(x, y), print)));
            }
        }
        for _ in 0..2 {
            smear(&mut shades, width as usize, self.blur);
        }
        let lamp = (f64::from(width) * 0.56, f64::from(height) * 0.45, f64::from(height) * 0.09);
        let lit = shades.iter().zip(0_u32..).flat_map(|(shade, at)| {
            let (x, y) = (f64::from(at % width), f64::from(at / width));
            let glare = self.glare && (x - lamp.0).hypot(y - lamp.1) < lamp.2;
            // Nothing that a sensor sees is the same twice; a little noise, always the same, so that frames can be kept.
            let noise = f64::from(hash(at, 7) % 5) - 2.0;
            let shade = if glare { 255.0 } else { shade * self.light + noise };
            [shade, shade * 0.98, shade * 0.95].map(byte)
        });
        lit.collect()
    }
}

/// Dark wood, with a grain.
fn table(x: u32, y: u32) -> f64 {
    62.0 + 10.0 * (f64::from(x) / 90.0 + f64::from(y) / 400.0).sin()
}

/// Lines of marks on paper, with a margin.
fn print((u, v): (f64, f64)) -> f64 {
    let (column, line) = ((u + 0.5) * MARKS, (v + PROPORTION / 2.0) * MARKS / 2.0);
    let margin = u.abs() > 0.42 || v.abs() > PROPORTION / 2.0 - 0.08;
    // Upper half of each line: marks. Lower half: the gap to the next one.
    let gap = line.fract() > 0.5;
    let mark = hash(floor(column), floor(line)) % 5;
    if margin || gap || mark < 2 { PAPER } else { INK }
}

/// A mean over so many pixels each way, along rows and then along columns.
fn smear(shades: &mut [f64], width: usize, reach: usize) {
    if reach == 0 || width == 0 {
        return;
    }
    for row in shades.chunks_exact_mut(width) {
        let smeared = smeared(row, reach);
        row.copy_from_slice(&smeared);
    }
    for column in 0..width {
        let line: Vec<f64> = shades.iter().skip(column).step_by(width).copied().collect();
        let smeared = smeared(&line, reach);
        shades.iter_mut().skip(column).step_by(width).zip(smeared).for_each(|(to, from)| *to = from);
    }
}

fn smeared(line: &[f64], reach: usize) -> Vec<f64> {
    let (first, last) = (line.first().copied().unwrap_or_default(), line.last().copied().unwrap_or_default());
    let edge = |shade| std::iter::repeat_n(shade, reach);
    let padded: Vec<f64> = edge(first).chain(line.iter().copied()).chain(edge(last)).collect();
    let window = 2 * reach + 1;
    let size = u32::try_from(window).map_or(1.0, f64::from);
    padded.windows(window).map(|window| window.iter().sum::<f64>() / size).collect()
}

/// Two pixels as YUYV.
pub(super) fn yuyv(pair: &[u8]) -> [u8; 4] {
    let &[r1, g1, b1, r2, g2, b2] = pair else { return [16, 128, 16, 128] };
    let of = |r: u8, g: u8, b: u8| (f64::from(r), f64::from(g), f64::from(b));
    let luma = |(r, g, b): (f64, f64, f64)| byte(16.0 + 0.257 * r + 0.504 * g + 0.098 * b);
    let (first, second) = (of(r1, g1, b1), of(r2, g2, b2));
    let (r, g, b) = first;
    let u = byte(128.0 - 0.148 * r - 0.291 * g + 0.439 * b);
    let v = byte(128.0 + 0.439 * r - 0.368 * g - 0.071 * b);
    [luma(first), u, luma(second), v]
}

fn hash(a: u32, b: u32) -> u32 {
    let mixed = a.wrapping_mul(0x9E37_79B1) ^ b.wrapping_mul(0x85EB_CA77);
    (mixed ^ (mixed >> 15)).wrapping_mul(0x2C1B_3C6D) >> 16
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, which is wanted"
)]
fn byte(shade: f64) -> u8 {
    shade.round() as u8
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, which is wanted"
)]
fn floor(number: f64) -> u32 {
    number.floor() as u32
}
