//! Where a page lies on a table that is darker than it.

mod hull;

use super::{
    Grey,
    numbers::{real, whole},
};
use hull::{corners, hull};

/// Looked for in a picture with no side longer than this: paper needs no more, and grain of the table is gone.
const SIDE: usize = 600;
/// A page is so much brighter than what it lies on.
const CONTRAST: f64 = 30.0;
/// A page covers at least, and at most, this share of the picture.
const SHARE: (f64, f64) = (0.08, 0.95);
/// So well a page fills its four corners, and they it.
const FILLED: (f64, f64) = (0.93, 1.07);
/// So many of the points around a page may lie on the border of the picture.
const CUT_OFF: f64 = 0.04;

/// A place in a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From above.
    pub y: f64,
}

/// The corners of a page: upper left, upper right, lower right, lower left.
pub type Quad = [Point; 4];

/// The page in a picture; `None` where no whole page lies there.
#[must_use]
pub fn page(grey: &Grey) -> Option<Quad> {
    let (small, halvings) = grey.small(SIDE);
    let threshold = threshold(&small)?;
    let spans = largest(&small, threshold);
    let (width, height) = (small.width(), small.height());
    let around = outline(&spans, width);
    let border = around.iter().filter(|point| on_border(point, width, height)).count();
    if real(border) > CUT_OFF * real(around.len()) {
        return None;
    }
    let quad = corners(&hull(&around), &around)?;
    let covered = real(spans.iter().map(Span::length).sum());
    let area = area(&quad);
    let share = area / real(width * height);
    let sound = (SHARE.0..=SHARE.1).contains(&share) && (FILLED.0..=FILLED.1).contains(&(covered / area));
    let scale = f64::from(1_u32 << halvings);
    // A pixel of the small picture stands for a square of the large one, and its middle for the middle of that.
    let large = |at: f64| (at + 0.5) * scale - 0.5;
    sound.then(|| quad.map(|Point { x, y }| Point { x: large(x), y: large(y) }))
}

/// What a row has of the page.
struct Span {
    row: usize,
    first: usize,
    last: usize,
}

impl Span {
    fn length(&self) -> usize {
        self.last - self.first + 1
    }

    fn ends(&self) -> [Point; 2] {
        let y = real(self.row);
        [Point { x: real(self.first), y }, Point { x: real(self.last), y }]
    }
}

/// The ends of the page in each row and in each column: sides that lie flat are seen in columns, steep ones in rows.
fn outline(spans: &[Span], width: usize) -> Vec<Point> {
    let mut columns: Vec<Option<(usize, usize)>> = vec![None; width];
    for span in spans {
        for column in columns.iter_mut().take(span.last + 1).skip(span.first) {
            column.get_or_insert((span.row, span.row)).1 = span.row;
        }
    }
    let in_columns = columns.iter().enumerate().filter_map(|(x, rows)| Some((x, (*rows)?)));
    let ends =
        in_columns.flat_map(|(x, (top, below))| [top, below].map(|y| Point { x: real(x), y: real(y) }));
    spans.iter().flat_map(Span::ends).chain(ends).collect()
}

fn on_border(point: &Point, width: usize, height: usize) -> bool {
    let on = |at: f64, size: usize| at < 1.0 || whole(at) + 2 > size;
    on(point.x, width) || on(point.y, height)
}

/// The brightness between table and page, by Otsu; `None` where there are not two that differ.
fn threshold(grey: &Grey) -> Option<usize> {
    let histogram = grey.histogram();
    let weighed = |(value, count): (usize, &usize)| value * count;
    let (all, total) = (grey.pixels().len(), histogram.iter().enumerate().map(weighed).sum::<usize>());
    let (mut below, mut sum) = (0, 0);
    let mut best = (0.0, None);
    for (value, count) in histogram.iter().enumerate() {
        below += count;
        sum += value * count;
        if below == 0 || below == all {
            continue;
        }
        let apart = real(total - sum) / real(all - below) - real(sum) / real(below);
        let between = apart * apart * real(below) * real(all - below);
        if between > best.0 {
            best = (between, (apart >= CONTRAST).then_some(value));
        }
    }
    best.1
}

/// The largest area of pixels brighter than `threshold` that hang together, as spans from its first to its last pixel of
/// each row: what is written on a page belongs to it.
fn largest(grey: &Grey, threshold: usize) -> Vec<Span> {
    let (width, height) = (grey.width(), grey.height());
    let mut bright: Vec<bool> = grey.pixels().iter().map(|value| usize::from(*value) > threshold).collect();
    let mut best = Vec::new();
    for start in 0..bright.len() {
        let found = fill(&mut bright, width, start);
        if found.len() > best.len() {
            best = found;
        }
    }
    let mut spans: Vec<Option<Span>> = (0..height).map(|_| None).collect();
    for place in best {
        let (row, column) = (place / width, place % width);
        let Some(span) = spans.get_mut(row) else { continue };
        let span = span.get_or_insert(Span { row, first: column, last: column });
        (span.first, span.last) = (span.first.min(column), span.last.max(column));
    }
    spans.into_iter().flatten().collect()
}

/// Takes out what hangs together with `start`.
fn fill(bright: &mut [bool], width: usize, start: usize) -> Vec<usize> {
    let mut found = Vec::new();
    let mut waiting = vec![start];
    while let Some(place) = waiting.pop() {
        let Some(pixel) = bright.get_mut(place).filter(|pixel| **pixel) else { continue };
        *pixel = false;
        found.push(place);
        let column = place % width;
        waiting.extend([place.checked_sub(width), Some(place + width)].into_iter().flatten());
        waiting.extend((column > 0).then(|| place - 1));
        waiting.extend((column + 1 < width).then_some(place + 1));
    }
    found
}

fn area(quad: &Quad) -> f64 {
    let next = quad.iter().cycle().skip(1);
    quad.iter().zip(next).map(|(a, b)| a.x * b.y - b.x * a.y).sum::<f64>().abs() / 2.0
}
