//! Codes of a foreign encoder before the camera: turned, from the side, blurred, in noise, under a lamp, in a shadow.

use camera::{code::code, picture::Grey};
use driver_api::{Picture, Scan, ScanProblem, ScannedCode};
use qrcodegen::{Mask, QrCode, QrCodeEcc, Version};

const SIZE: (u32, u32) = (1280, 720);
/// 办件编号, as a receipt has it.
const NUMBER: &str = "11519999MB00000015651201400600004202611230001";
/// White around a code, in modules.
const QUIET: f64 = 4.0;
const INK: f64 = 40.0;
const PAPER: f64 = 210.0;

/// How a code is held.
#[derive(Clone, Copy)]
struct Held {
    degrees: f64,
    /// Its height as a share of the picture's.
    size: f64,
    /// How much nearer its lower edge is than its middle, as a share.
    tilt: f64,
    /// So far a point is smeared, in pixels each way.
    blur: usize,
    /// So far a shade is off at most.
    noise: f64,
    glare: bool,
    shadow: bool,
    light: f64,
}

const WELL: Held =
    Held { degrees: 0.0, size: 0.5, tilt: 0.0, blur: 0, noise: 6.0, glare: false, shadow: false, light: 1.0 };

/// Numbers that look like chance, the same in each run.
struct Chance(u64);

impl Chance {
    /// From −1 to 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 32).unwrap()) / f64::from(u32::MAX) * 2.0 - 1.0
    }
}

impl Held {
    fn shades(&self, code: &QrCode) -> Vec<f64> {
        let (sin, cos) = self.degrees.to_radians().sin_cos();
        let high = self.size * f64::from(SIZE.1);
        let across = f64::from(code.size()) + 2.0 * QUIET;
        let shade = |at: u32| {
            let x = f64::from(at % SIZE.0) - f64::from(SIZE.0) / 2.0;
            let y = f64::from(at / SIZE.0) - f64::from(SIZE.1) / 2.0;
            // What is nearer is larger.
            let near = 1.0 + self.tilt * y / high;
            let (u, v) = ((x * cos + y * sin) / near / high, (y * cos - x * sin) / near / high);
            let module = |part: f64| ((part + 0.5) * across - QUIET).floor();
            if u.abs() > 0.5 || v.abs() > 0.5 {
                return PAPER * 0.5;
            }
            #[expect(clippy::cast_possible_truncation, reason = "a module")]
            let dark = code.get_module(module(u) as i32, module(v) as i32);
            if dark { INK } else { PAPER }
        };
        (0..SIZE.0 * SIZE.1).map(shade).collect()
    }

    fn seen(&self, code: &QrCode, seed: u64) -> Picture {
        let mut shades = self.shades(code);
        smear(&mut shades, self.blur);
        let mut chance = Chance(seed);
        let (wide, high) = (f64::from(SIZE.0), f64::from(SIZE.1));
        let lamp = (wide * (0.5 + 0.1 * chance.next()), high * (0.5 + 0.1 * chance.next()));
        let mut rgb = Vec::new();
        for (at, shade) in (0_u32..).zip(shades) {
            let (x, y) = (f64::from(at % SIZE.0), f64::from(at / SIZE.0));
            let off = (x - lamp.0).hypot(y - lamp.1) / (high * 0.06);
            let glare = if self.glare { 230.0 * (-off * off).exp() } else { 0.0 };
            let shadow = if self.shadow { 1.1 - 0.8 * (x + y) / (wide + high) } else { 1.0 };
            let noise = f64::midpoint(chance.next(), chance.next()) * self.noise;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
            rgb.extend([(shade * shadow * self.light + glare + noise).round() as u8; 3]);
        }
        Picture::new(SIZE.0, SIZE.1, rgb).unwrap()
    }
}

/// A mean along rows, and one along columns.
fn smear(shades: &mut [f64], reach: usize) {
    if reach == 0 {
        return;
    }
    let wide = SIZE.0 as usize;
    for step in [1, wide] {
        let sharp = shades.to_vec();
        for (at, shade) in shades.iter_mut().enumerate() {
            let around =
                (0..=2 * reach).filter_map(|by| sharp.get((at + by * step).checked_sub(reach * step)?));
            let (sum, count) = around.fold((0.0, 0.0), |(sum, count), shade| (sum + shade, count + 1.0));
            *shade = sum / count;
        }
    }
}

fn encoded(text: &str) -> QrCode {
    QrCode::encode_text(text, QrCodeEcc::Medium).unwrap()
}

fn read(picture: &Picture) -> Scan {
    code(&Grey::of(picture))
}

fn says(scan: &Scan) -> Option<&str> {
    match scan {
        Scan::Code(code) => Some(code.text()),
        Scan::Nothing | Scan::Rejected(_) => None,
    }
}

#[test]
fn a_code_is_read_however_it_is_held() {
    let turned: [f64; 6] = [0.0, 17.0, 45.0, 90.0, 180.0, 333.0];
    for (what, held, at_least) in [
        ("well", WELL, 6),
        ("far away", Held { size: 0.25, ..WELL }, 5),
        ("from the side", Held { tilt: 0.35, ..WELL }, 5),
        ("blurred", Held { blur: 3, ..WELL }, 5),
        ("in noise", Held { noise: 80.0, ..WELL }, 5),
        ("under a lamp", Held { glare: true, ..WELL }, 4),
        ("in a shadow", Held { shadow: true, ..WELL }, 5),
        ("in the dark", Held { light: 0.3, ..WELL }, 5),
    ] {
        let read = turned.iter().zip(1..).filter(|(degrees, seed)| {
            let picture = Held { degrees: **degrees, ..held }.seen(&encoded(NUMBER), *seed);
            let scan = read(&picture);
            assert!(matches!(scan, Scan::Nothing | Scan::Code(_)), "{what}: {scan:?}");
            assert!(says(&scan).is_none_or(|text| text == NUMBER), "{what}: another text");
            says(&scan).is_some()
        });
        let read = read.count();
        println!("{what}: {read} of {}", turned.len());
        assert!(read >= at_least, "{what}: {read}");
    }
}

#[test]
fn what_it_says_is_checked_as_a_scanner_is() {
    let chinese = encoded("示例 A-7");
    assert_eq!(says(&read(&WELL.seen(&chinese, 1))), Some("示例 A-7"));
    let near = Held { size: 0.95, ..WELL };
    let longest = "7".repeat(ScannedCode::LONGEST);
    assert_eq!(says(&read(&near.seen(&encoded(&longest), 1))), Some(&longest[..]));
    let long = encoded(&"7".repeat(ScannedCode::LONGEST + 1));
    assert_eq!(read(&near.seen(&long, 1)), Scan::Rejected(ScanProblem::TooLong));
    for bytes in [&b"7\x1d7"[..], b"\xFF\xFE", b"  "] {
        let code = QrCode::encode_binary(bytes, QrCodeEcc::Medium).unwrap();
        assert_eq!(read(&WELL.seen(&code, 1)), Scan::Rejected(ScanProblem::NotText), "{bytes:?}");
    }
}

#[test]
fn right_corrections_over_wrong_words_are_no_code_that_is_known() {
    for first in (0..=u8::MAX).step_by(17) {
        let words: Vec<u8> = (0..19).map(|at: u8| first.wrapping_add(at.wrapping_mul(37))).collect();
        let code =
            QrCode::encode_codewords(Version::new(1), QrCodeEcc::Low, &words, Some(Mask::new(first % 8)));
        let scan = read(&Held { size: 0.4, ..WELL }.seen(&code, 1));
        assert!(says(&scan).is_none_or(|text| text.len() <= ScannedCode::LONGEST), "{scan:?}");
    }
}

#[test]
fn where_no_code_is_nothing_is_found() {
    let sizes = [(1, 1), (2, 900), (900, 2), (41, 42), (42, 42), (4000, 20)];
    let flat = sizes
        .map(|(width, height)| Picture::new(width, height, vec![9; width as usize * height as usize * 3]));
    for picture in flat.into_iter().flatten() {
        assert_eq!(read(&picture), Scan::Nothing, "{picture:?}");
    }
    let mut chance = Chance(5);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
    let noise = (0..SIZE.0 * SIZE.1 * 3).map(|_| ((chance.next() + 1.0) * 127.0) as u8).collect();
    assert_eq!(read(&Picture::new(SIZE.0, SIZE.1, noise).unwrap()), Scan::Nothing);
}
