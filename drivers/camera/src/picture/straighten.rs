//! A page seen from the side, made as if seen from above.

use driver_api::Picture;

use super::{
    Point, Quad,
    numbers::{byte, real, whole},
};

/// As many pixels a straightened page has at most; a page that is cut out has no more to tell.
const MOST: f64 = 12_000_000.0;

/// What lies between the four corners, as a rectangle as large as its longer sides.
#[must_use]
pub fn straightened(picture: &Picture, quad: &Quad) -> Option<Picture> {
    let [a, b, c, d] = *quad;
    let length = |from: Point, to: Point| (to.x - from.x).hypot(to.y - from.y);
    let (width, height) = (length(a, b).max(length(d, c)), length(a, d).max(length(b, c)));
    if !(width >= 1.0 && height >= 1.0 && width * height <= MOST) {
        return None;
    }
    let (width, height) = (whole(width), whole(height));
    let plane = Plane::onto(quad)?;
    let rows: Vec<&[u8]> = picture.rows().collect();
    let mut rgb = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            let point = plane.at((real(x) + 0.5) / real(width), (real(y) + 0.5) / real(height));
            rgb.extend_from_slice(&sample(&rows, point)?);
        }
    }
    Picture::new(u32::try_from(width).ok()?, u32::try_from(height).ok()?, rgb)
}

/// The projection of a unit square onto a quadrilateral.
struct Plane {
    x: [f64; 3],
    y: [f64; 3],
    w: [f64; 2],
}

impl Plane {
    fn onto(quad: &Quad) -> Option<Self> {
        let [p0, p1, p2, p3] = *quad;
        let (dx1, dy1) = (p1.x - p2.x, p1.y - p2.y);
        let (dx2, dy2) = (p3.x - p2.x, p3.y - p2.y);
        let (dx3, dy3) = (p0.x - p1.x + p2.x - p3.x, p0.y - p1.y + p2.y - p3.y);
        let det = dx1 * dy2 - dx2 * dy1;
        if det.abs() < 1e-9 {
            return None;
        }
        let (g, h) = ((dx3 * dy2 - dx2 * dy3) / det, (dx1 * dy3 - dx3 * dy1) / det);
        Some(Self {
            x: [p1.x - p0.x + g * p1.x, p3.x - p0.x + h * p3.x, p0.x],
            y: [p1.y - p0.y + g * p1.y, p3.y - p0.y + h * p3.y, p0.y],
            w: [g, h],
        })
    }

    fn at(&self, u: f64, v: f64) -> Point {
        let [a, b, c] = self.x;
        let [d, e, f] = self.y;
        let w = self.w[0] * u + self.w[1] * v + 1.0;
        Point { x: (a * u + b * v + c) / w, y: (d * u + e * v + f) / w }
    }
}

/// Between four pixels; outside, the nearest ones.
fn sample(rows: &[&[u8]], point: Point) -> Option<[u8; 3]> {
    let last = rows.len().checked_sub(1)?;
    let columns = rows.first()?.len() / 3;
    let inside = |at: f64, last: usize| at.clamp(0.0, real(last));
    let (x, y) = (inside(point.x, columns.checked_sub(1)?), inside(point.y, last));
    let (left, top) = (x.floor(), y.floor());
    let (right, below) = (x - left, y - top);
    let (left, top) = (whole(left), whole(top));
    let pixel = |row: usize, column: usize| {
        let column = column.min(columns - 1);
        rows.get(row.min(last))?.get(column * 3..column * 3 + 3)?.first_chunk::<3>()
    };
    let (a, b) = (pixel(top, left)?, pixel(top, left + 1)?);
    let (c, d) = (pixel(top + 1, left)?, pixel(top + 1, left + 1)?);
    let mut mixed = [0; 3];
    for (to, (((a, b), c), d)) in mixed.iter_mut().zip(a.iter().zip(b).zip(c).zip(d)) {
        let [a, b, c, d] = [a, b, c, d].map(|value| f64::from(*value));
        let (upper, lower) = (a + (b - a) * right, c + (d - c) * right);
        *to = byte(upper + (lower - upper) * below);
    }
    Some(mixed)
}
