//! Four corners from the points around a page.

use super::{Point, Quad};

/// Points so near to a side, as a share of its length, belong to it.
const NEAR: f64 = 0.03;
/// Only what lies between these shares of a side is asked where it runs: corners are round.
const MIDDLE: (f64, f64) = (0.12, 0.88);
/// How often the sides are laid through the points near them.
const LOOKS: usize = 3;

/// Twice the area of a triangle, above zero where the way over the three turns left (with y downwards: right).
fn turn(a: Point, b: Point, c: Point) -> f64 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

/// The convex hull, by Andrew's monotone chain.
pub(super) fn hull(points: &[Point]) -> Vec<Point> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    let mut lower = chain(sorted.iter());
    let mut upper = chain(sorted.iter().rev());
    // The last of each is the first of the other.
    lower.pop();
    upper.pop();
    lower.extend(upper);
    lower
}

fn chain<'a>(points: impl Iterator<Item = &'a Point>) -> Vec<Point> {
    let mut chain: Vec<Point> = Vec::new();
    for point in points {
        while let [.., before, last] = chain[..] {
            if turn(before, last, *point) > 0.0 {
                break;
            }
            chain.pop();
        }
        chain.push(*point);
    }
    chain
}

/// The four corners whose sides run along `around`; `None` where there are no four.
pub(super) fn corners(hull: &[Point], around: &[Point]) -> Option<Quad> {
    // A rough corner that misses the real one draws its sides with it; those of a better one lie better.
    let quad = (0..LOOKS).try_fold(four(hull)?, |quad, _| fitted(&quad, around))?;
    let [a, b, c, d] = quad;
    let convex = [turn(a, b, c), turn(b, c, d), turn(c, d, a), turn(d, a, b)].iter().all(|turn| *turn > 0.0);
    convex.then(|| in_order(quad))
}

/// The corners of the sides that run best through the points near those of `quad`.
fn fitted(quad: &Quad, around: &[Point]) -> Option<Quad> {
    let sides = quad.iter().zip(quad.iter().cycle().skip(1));
    let sides: Vec<Line> =
        sides.map(|(from, to)| Some(Line::along(*from, *to, around)?.beyond(quad))).collect::<Option<_>>()?;
    // A corner is where the side that comes meets the side that goes.
    let before = sides.iter().cycle().skip(sides.len().checked_sub(1)?);
    let met: Option<Vec<Point>> = before.zip(&sides).map(|(before, after)| before.meets(after)).collect();
    Quad::try_from(met?).ok()
}

/// The four points of the hull that span most: two of them a diagonal, and on either side of it the one that is furthest.
fn four(hull: &[Point]) -> Option<Quad> {
    let mut best: (f64, Option<Quad>) = (0.0, None);
    for (first, from) in hull.iter().enumerate() {
        for (second, to) in hull.iter().enumerate().skip(first + 2) {
            let beside = |points: &mut dyn Iterator<Item = &Point>| {
                let far = points.map(|point| (turn(*from, *point, *to).abs(), *point));
                far.max_by(|a, b| a.0.total_cmp(&b.0))
            };
            let between = beside(&mut hull.iter().take(second).skip(first + 1));
            let outside = beside(&mut hull.iter().skip(second + 1).chain(hull.iter().take(first)));
            let (Some((one, left)), Some((other, right))) = (between, outside) else { continue };
            if one + other > best.0 {
                best = (one + other, Some([*from, left, *to, right]));
            }
        }
    }
    best.1
}

/// Begins with the corner nearest to the upper left. They go round clockwise already.
fn in_order(mut quad: Quad) -> Quad {
    let distance = |point: &Point| point.x + point.y;
    let first =
        quad.iter().enumerate().min_by(|a, b| distance(a.1).total_cmp(&distance(b.1))).map(|(at, _)| at);
    quad.rotate_left(first.unwrap_or(0));
    quad
}

/// A line: `x · nx + y · ny = c`.
struct Line {
    nx: f64,
    ny: f64,
    c: f64,
}

impl Line {
    /// The line that runs best through the points near the side from `from` to `to`.
    fn along(from: Point, to: Point, around: &[Point]) -> Option<Self> {
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let length = dx.hypot(dy);
        let near: Vec<&Point> = around
            .iter()
            .filter(|point| {
                let along = ((point.x - from.x) * dx + (point.y - from.y) * dy) / (length * length);
                let beside = turn(from, to, **point).abs() / length;
                (MIDDLE.0..=MIDDLE.1).contains(&along) && beside <= NEAR * length + 1.5
            })
            .collect();
        let count = f64::from(u32::try_from(near.len()).ok()?);
        if count < 2.0 {
            return Some(Self::through(from, -dy / length, dx / length));
        }
        let middle = Point {
            x: near.iter().map(|point| point.x).sum::<f64>() / count,
            y: near.iter().map(|point| point.y).sum::<f64>() / count,
        };
        let sum = |of: &dyn Fn(f64, f64) -> f64| {
            near.iter().map(|point| of(point.x - middle.x, point.y - middle.y)).sum::<f64>()
        };
        let (xx, xy, yy) = (sum(&|x, _| x * x), sum(&|x, y| x * y), sum(&|_, y| y * y));
        // The direction in which they spread most; across it stands the normal.
        let angle = (2.0 * xy).atan2(xx - yy) / 2.0;
        Some(Self::through(middle, -angle.sin(), angle.cos()))
    }

    fn through(point: Point, nx: f64, ny: f64) -> Self {
        Self { nx, ny, c: point.x * nx + point.y * ny }
    }

    /// The points are the middles of pixels on the page, and the page ends at their outer edges.
    fn beyond(self, quad: &Quad) -> Self {
        let inside: f64 = quad.iter().map(|point| self.nx * point.x + self.ny * point.y - self.c).sum();
        Self { c: self.c - 0.5 * inside.signum(), ..self }
    }

    fn meets(&self, other: &Self) -> Option<Point> {
        let det = self.nx * other.ny - other.nx * self.ny;
        (det.abs() > 1e-6).then(|| Point {
            x: (self.c * other.ny - other.c * self.ny) / det,
            y: (self.nx * other.c - other.nx * self.c) / det,
        })
    }
}
