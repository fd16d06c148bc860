//! The finder of faces before drawn ones: no picture of a person is here.

use std::time::{Duration, Instant};

use camera::{
    picture::Cascade,
    portrait::{Face, FaceFinder, Problem, judge},
};
use driver_api::Picture;
use driver_sim::camera::{Pose, Scene};

const SIZE: (u32, u32) = (640, 480);
const WALL: f64 = 150.0;

/// An ellipse of a face: its middle and half its sides by the width of the head, how soft its edge is, how much of it
/// covers what is beneath, and its shade. `true`: once more on the other side.
type Part = ([f64; 4], f64, f64, f64, bool);

const PARTS: [Part; 13] = [
    ([0.0, -0.22, 0.55, 0.57], 0.06, 1.0, 60.0, false), // hair behind the head
    ([0.0, 0.0, 0.49, 0.60], 0.06, 1.0, 185.0, false),  // head
    ([0.0, -0.52, 0.50, 0.235], 0.10, 1.0, 60.0, false), // hair
    ([0.2, -0.10, 0.128, 0.089], 0.8, 0.8, 120.0, true), // eye socket
    ([0.2, -0.19, 0.13, 0.028], 0.6, 1.0, 107.0, true), // brow
    ([0.2, -0.09, 0.0745, 0.038], 0.5, 1.0, 215.0, true), // eye
    ([0.2, -0.09, 0.055, 0.042], 0.4, 1.0, 70.0, true), // iris
    ([0.055, 0.14, 0.04, 0.025], 0.8, 0.5, 90.0, true), // nostril
    ([0.4, 0.1, 0.12, 0.4], 0.9, 0.35, 110.0, true),    // cheek
    ([0.0, 0.03, 0.045, 0.16], 0.8, 0.41, 225.0, false), // ridge of the nose
    ([0.0, 0.17, 0.11, 0.03], 0.9, 0.5, 110.0, false),  // under the nose
    ([0.0, 0.31, 0.16, 0.035], 0.6, 0.8, 95.0, false),  // mouth
    ([0.0, 0.42, 0.12, 0.03], 0.9, 0.4, 130.0, false),  // chin
];

struct Drawn {
    shades: Vec<f64>,
}

impl Drawn {
    fn wall() -> Self {
        Self { shades: vec![WALL; (SIZE.0 * SIZE.1) as usize] }
    }

    /// With the middle of a face at `x`, `y`, which is `width` pixels wide.
    fn face(mut self, x: f64, y: f64, width: f64) -> Self {
        for (ellipse, soft, cover, shade, twice) in PARTS {
            self.part([x, y, width], ellipse, soft, cover, shade);
            if twice {
                let [u, rest @ ..] = ellipse;
                self.part([x, y, width], [-u, rest[0], rest[1], rest[2]], soft, cover, shade);
            }
        }
        self
    }

    fn part(&mut self, [x, y, size]: [f64; 3], [u, v, a, b]: [f64; 4], soft: f64, cover: f64, shade: f64) {
        for (at, pixel) in (0_u32..).zip(&mut self.shades) {
            let across = ((f64::from(at % SIZE.0) - x) / size - u) / a;
            let down = ((f64::from(at / SIZE.0) - y) / size - v) / b;
            let covers = cover * ((1.0 - across.hypot(down)) / soft + 0.5).clamp(0.0, 1.0);
            *pixel += (shade - *pixel) * covers;
        }
    }

    /// Skin and hair are not smooth: each two pixels by two are a little off.
    fn grained(mut self) -> Self {
        for (at, pixel) in (0_u32..).zip(&mut self.shades) {
            let cell =
                (at % SIZE.0 / 2).wrapping_mul(0x9E37_79B1) ^ (at / SIZE.0 / 2).wrapping_mul(0x85EB_CA77);
            let mixed = (cell ^ (cell >> 15)).wrapping_mul(0x2C1B_3C6D) >> 16;
            *pixel += f64::from(mixed % 41) - 20.0;
        }
        self
    }

    fn picture(&self) -> Picture {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "shades are bytes")]
        let rgb = self.shades.iter().flat_map(|shade| [shade.round() as u8; 3]);
        Picture::new(SIZE.0, SIZE.1, rgb.collect()).unwrap()
    }
}

fn found(drawn: &Drawn) -> Vec<Face> {
    Cascade::frontal().faces(&drawn.picture())
}

/// Whether `face` is where one was drawn: its middle, and its width by that of the head.
fn is_at(face: &Face, x: f64, y: f64, width: f64) -> bool {
    let middle = |start: u32, side: u32| f64::from(start) + f64::from(side) / 2.0;
    let off = (middle(face.x, face.width) - x).hypot(middle(face.y, face.height) - y);
    off < 0.15 * width && (0.8..1.4).contains(&(f64::from(face.width) / width))
}

#[test]
fn a_face_is_found_where_it_is_near_or_far() {
    for width in [90.0, 110.0, 140.0, 160.0, 200.0, 240.0] {
        for (x, y) in [(320.0, 240.0), (200.0, 220.0), (430.0, 230.0)] {
            let faces = found(&Drawn::wall().face(x, y, width));
            assert!(
                matches!(&faces[..], [face] if is_at(face, x, y, width)),
                "{width} wide at {x}, {y}: {faces:?}"
            );
        }
    }
}

#[test]
fn a_larger_picture_says_the_same_in_its_own_pixels() {
    let small = Drawn::wall().face(320.0, 240.0, 160.0).picture();
    let twice = |row: &[u8]| row.chunks(3).flat_map(|pixel| [pixel, pixel].concat()).collect::<Vec<_>>();
    let rgb: Vec<u8> = small.rows().flat_map(|row| [twice(row), twice(row)].concat()).collect();
    let large = Picture::new(SIZE.0 * 2, SIZE.1 * 2, rgb).unwrap();
    let faces = Cascade::frontal().faces(&large);
    assert!(matches!(&faces[..], [face] if is_at(face, 640.0, 480.0, 320.0)), "{faces:?}");
}

#[test]
fn what_is_no_face_is_none() {
    let page = Scene { page: Some(Pose { degrees: 6.0, tilt: 0.1, size: 0.6 }), ..Scene::default() };
    let mut seed = 0x2545_F491_u32;
    let mut noise = || {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        u8::try_from(seed >> 24).unwrap()
    };
    let bytes = (SIZE.0 * SIZE.1 * 3) as usize;
    for (what, rgb) in [
        ("a wall", Drawn::wall().picture().rgb().to_vec()),
        ("a page", page.draw(SIZE.0, SIZE.1)),
        ("noise", (0..bytes).map(|_| noise()).collect()),
        (
            "a chequered cloth",
            (0..bytes).map(|at| if (at / 30 + at / 57_600) % 2 == 0 { 0 } else { 255 }).collect(),
        ),
        ("darkness", vec![0; bytes]),
    ] {
        let faces = Cascade::frontal().faces(&Picture::new(SIZE.0, SIZE.1, rgb).unwrap());
        assert_eq!(faces, [], "{what}");
    }
}

#[test]
fn pictures_of_any_size_bring_nothing_down() {
    for (width, height) in [(1, 1), (1, 2000), (2000, 1), (23, 24), (24, 24), (25, 900), (641, 3)] {
        let picture = Picture::new(width, height, vec![200; (width * height * 3) as usize]).unwrap();
        assert_eq!(Cascade::frontal().faces(&picture), [], "{width} × {height}");
    }
}

#[test]
fn a_portrait_is_judged_by_the_face_that_is_found() {
    let judged = |drawn: Drawn| judge(&drawn.picture(), &mut Cascade::frontal());
    assert_eq!(judged(Drawn::wall()), [Problem::NoFace]);
    assert_eq!(judged(Drawn::wall().face(320.0, 240.0, 160.0)), [Problem::Blurred], "nothing is as smooth");
    let face = |x, width| Drawn::wall().face(x, 240.0, width);
    assert_eq!(judged(face(320.0, 160.0).grained()), []);
    assert_eq!(judged(face(170.0, 140.0).face(470.0, 240.0, 140.0).grained()), [Problem::SeveralFaces]);
    assert_eq!(judged(face(180.0, 160.0).grained()), [Problem::OffCentre]);
    assert_eq!(judged(face(320.0, 95.0)), [Problem::Small, Problem::Blurred]);
    assert_eq!(judged(face(320.0, 310.0).grained()), [Problem::Large]);
}

/// In a debug build: the promise is of a release, and this only keeps it from being forgotten.
#[test]
fn a_picture_is_looked_through_in_a_moment() {
    let (picture, mut finder) = (Drawn::wall().face(320.0, 240.0, 160.0).picture(), Cascade::frontal());
    let fastest = (0..5).map(|_| {
        let begun = Instant::now();
        assert_eq!(finder.faces(&picture).len(), 1);
        begun.elapsed()
    });
    let fastest = fastest.min().unwrap();
    println!("{fastest:?}");
    assert!(fastest < Duration::from_millis(600), "{fastest:?}");
}
