//! Finds faces that look into the camera: local binary patterns in a boosted cascade (Liao and others, 2007), with the
//! one that `OpenCV` was trained for. Pure, without `unsafe`, and as fast as a technician's screen asks for.

use driver_api::Picture;

use super::{
    Grey,
    numbers::{real, whole},
    sums::Sums,
};
use crate::portrait::{Face, FaceFinder};

const TABLE: &str = include_str!("../../../../assets/faces/frontal.tsv");
/// Pixels across the window in which the table's patterns lie.
const WINDOW: f64 = 24.0;
/// No side of a picture is longer when faces are looked for in it.
const SIDE: usize = 640;
/// Faces smaller than this share of the picture's height are of people who walk by.
const SMALLEST: f64 = 0.18;
/// From one size of window to the next, and from one place to the next in pixels of the table.
const GROWTH: f64 = 1.1;
const STEP: f64 = 1.0;
/// So many windows around a face see it; what fewer see is a chance likeness.
const SEEN_BY: usize = 4;

/// Three blocks by three: which of the eight around the middle are at least as bright as it is, as one of 256 patterns.
struct Pattern {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    held: [u32; 8],
    /// What it counts where the pattern is one of those held, and where it is another.
    counts: [f64; 2],
}

struct Stage {
    least: f64,
    patterns: Vec<Pattern>,
}

/// The finder.
pub struct Cascade(Vec<Stage>);

impl Cascade {
    /// The one for faces seen from the front.
    #[must_use]
    pub fn frontal() -> Self {
        let mut stages: Vec<Stage> = Vec::new();
        for line in TABLE.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            match fields[..] {
                ["stage", least] => {
                    let least = least.parse().unwrap_or(f64::INFINITY);
                    stages.push(Stage { least, patterns: Vec::new() });
                }
                _ => {
                    let patterns = stages.last_mut().map(|stage| &mut stage.patterns);
                    if let Some(patterns) = patterns {
                        patterns.extend(Pattern::parse(&fields));
                    }
                }
            }
        }
        Self(stages)
    }

    fn sees(&self, sums: &Sums, at: (usize, usize), scale: f64) -> bool {
        self.0.iter().all(|stage| {
            let counted = stage.patterns.iter().map(|pattern| pattern.count(sums, at, scale));
            counted.sum::<f64>() >= stage.least
        })
    }
}

impl FaceFinder for Cascade {
    fn faces(&mut self, picture: &Picture) -> Vec<Face> {
        let (grey, halvings) = Grey::of(picture).small(SIDE);
        let sums = Sums::of(&grey);
        let (width, height) = (grey.width(), grey.height());
        let mut seen = Vec::new();
        let mut scale = (real(height) * SMALLEST / WINDOW).max(1.0);
        while WINDOW * scale <= real(width.min(height)) {
            let (window, step) = (whole(WINDOW * scale), whole(STEP * scale).max(1));
            for y in (0..=height - window).step_by(step) {
                let row = (0..=width - window).step_by(step);
                let found = row.filter(|x| self.sees(&sums, (*x, y), scale));
                seen.extend(found.map(|x| Window { x, y, size: window }));
            }
            scale *= GROWTH;
        }
        grouped(&seen).iter().map(|window| window.face(halvings)).collect()
    }
}

impl Pattern {
    fn parse(fields: &[&str]) -> Option<Self> {
        let &["pattern", x, y, width, height, bits, held, other] = fields else { return None };
        let mut words = [0; 8];
        for (word, at) in words.iter_mut().zip((0..bits.len()).step_by(8)) {
            *word = u32::from_str_radix(bits.get(at..at + 8)?, 16).ok()?;
        }
        let number = |field: &str| field.parse::<f64>().ok();
        Some(Self {
            x: number(x)?,
            y: number(y)?,
            width: number(width)?,
            height: number(height)?,
            held: words,
            counts: [number(held)?, number(other)?],
        })
    }

    fn count(&self, sums: &Sums, at: (usize, usize), scale: f64) -> f64 {
        let [across, down] = [self.width, self.height].map(|side| whole(side * scale).max(1));
        let (left, top) = (at.0 + whole(self.x * scale), at.1 + whole(self.y * scale));
        let block = |column, row| sums.block(left + column * across, top + row * down, across, down);
        let middle = block(1, 1);
        // Clockwise from the upper left one.
        let around = [(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1)];
        let shape = around
            .into_iter()
            .fold(0_u8, |shape, (column, row)| shape << 1 | u8::from(block(column, row) >= middle));
        let word = self.held.get(usize::from(shape >> 5)).copied().unwrap_or_default();
        let [held, other] = self.counts;
        if word >> (shape & 31) & 1 == 1 { held } else { other }
    }
}

#[derive(Clone, Copy)]
struct Window {
    x: usize,
    y: usize,
    size: usize,
}

impl Window {
    /// Whether both see the same thing: their edges differ by a quarter of the smaller one at most.
    fn is_beside(&self, other: &Self) -> bool {
        let most = self.size.min(other.size) / 4;
        let edges = |window: &Self| [window.x, window.y, window.x + window.size, window.y + window.size];
        edges(self).into_iter().zip(edges(other)).all(|(one, another)| one.abs_diff(another) <= most)
    }

    fn holds_middle_of(&self, other: &Self) -> bool {
        let (x, y) = (other.x + other.size / 2, other.y + other.size / 2);
        (self.x..self.x + self.size).contains(&x) && (self.y..self.y + self.size).contains(&y)
    }

    fn face(&self, halvings: u32) -> Face {
        let pixels = |number: usize| u32::try_from(number << halvings).unwrap_or(u32::MAX);
        Face { x: pixels(self.x), y: pixels(self.y), width: pixels(self.size), height: pixels(self.size) }
    }
}

/// One window for each thing that enough of them see, the most often seen first.
fn grouped(seen: &[Window]) -> Vec<Window> {
    let mut groups: Vec<Vec<Window>> = Vec::new();
    for window in seen {
        match groups.iter_mut().find(|group| mean(group).is_beside(window)) {
            Some(group) => group.push(*window),
            None => groups.push(vec![*window]),
        }
    }
    groups.retain(|group| group.len() >= SEEN_BY);
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let mut faces: Vec<Window> = Vec::new();
    for window in groups.iter().map(|group| mean(group)) {
        // A face within a face is a nose.
        if !faces.iter().any(|face| face.holds_middle_of(&window) || window.holds_middle_of(face)) {
            faces.push(window);
        }
    }
    faces
}

fn mean(group: &[Window]) -> Window {
    let mean = |of: fn(&Window) -> usize| group.iter().map(of).sum::<usize>() / group.len().max(1);
    Window { x: mean(|window| window.x), y: mean(|window| window.y), size: mean(|window| window.size) }
}
