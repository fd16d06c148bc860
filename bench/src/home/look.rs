//! What can be told of a picture of the screen.

use std::{fs::File, io::BufWriter, path::Path};

use crate::screen::{HEIGHT, WIDTH};

/// The icons' squares on the tiles: the theme's `action`, blue green red.
const ACTION: [u8; 3] = [0x86, 0x4f, 0x0b];
/// Where the squares are, and a little less than the pixels that they have together.
const TILES_LEFT: usize = 72;
const TILES_RIGHT: usize = 194;
const SQUARES: usize = 35_000;
/// The clock and the date stand top right.
const CLOCK: (usize, usize) = (560, 120);
/// Pixels of a block whose mean colours are compared.
const BLOCK: usize = 24;

fn pixels(picture: &[u8]) -> impl Iterator<Item = (usize, usize, &[u8])> {
    let width = usize::from(WIDTH);
    picture.chunks_exact(4).enumerate().map(move |(at, pixel)| (at % width, at / width, pixel))
}

/// Whether the squares of all tiles are there.
pub(super) fn is_home(picture: &[u8]) -> bool {
    let column = TILES_LEFT..TILES_RIGHT;
    let blue = pixels(picture).filter(|(x, _, pixel)| column.contains(x) && pixel.starts_with(&ACTION));
    blue.count() > SQUARES
}

/// Whether nothing but the clock differs.
pub(super) fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        && pixels(one)
            .zip(pixels(other))
            .all(|((x, y, a), (_, _, b))| a == b || (x >= CLOCK.0 && y < CLOCK.1))
}

/// The share of blocks whose mean colour differs visibly.
pub(super) fn unlike(one: &[u8], other: &[u8]) -> f64 {
    const VISIBLE: f64 = 28.0;
    let (one, other) = (means(one), means(other));
    let far = |(a, b): &(&[f64; 3], &[f64; 3])| a.iter().zip(*b).any(|(a, b)| (a - b).abs() > VISIBLE);
    let unlike = one.iter().zip(&other).filter(far).count();
    share(unlike, one.len().max(1))
}

fn means(picture: &[u8]) -> Vec<[f64; 3]> {
    let columns = usize::from(WIDTH).div_ceil(BLOCK);
    let mut sums = vec![([0.0; 3], 0.0); columns * usize::from(HEIGHT).div_ceil(BLOCK)];
    for (x, y, pixel) in pixels(picture) {
        if let Some((sum, count)) = sums.get_mut(y / BLOCK * columns + x / BLOCK) {
            sum.iter_mut().zip(pixel).for_each(|(sum, part)| *sum += f64::from(*part));
            *count += 1.0;
        }
    }
    sums.into_iter().map(|(sum, count)| sum.map(|part| part / count)).collect()
}

fn share(part: usize, whole: usize) -> f64 {
    let small = |number| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    small(part) / small(whole)
}

/// Keeps a picture for people.
pub(super) fn save(picture: &[u8], path: &Path) -> anyhow::Result<()> {
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(path)?), WIDTH.into(), HEIGHT.into());
    encoder.set_color(png::ColorType::Rgb);
    let red_first = |pixel: &[u8]| pixel.iter().take(3).rev().copied().collect::<Vec<_>>();
    let bytes: Vec<u8> = picture.chunks_exact(4).flat_map(red_first).collect();
    encoder.write_header()?.write_image_data(&bytes)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(colour: [u8; 3]) -> Vec<u8> {
        let [b, g, r] = colour;
        [b, g, r, 0].repeat(usize::from(WIDTH) * usize::from(HEIGHT))
    }

    fn paint(picture: &mut [u8], x: usize, y: usize) {
        picture[(y * usize::from(WIDTH) + x) * 4] ^= 0xff;
    }

    #[test]
    fn an_empty_page_is_not_home() {
        assert!(!is_home(&[]));
        assert!(!is_home(&plain([0xec, 0xf2, 0xf4])));
        assert!(is_home(&plain(ACTION)));
    }

    #[test]
    fn only_the_clock_may_change() {
        let page = plain([9, 9, 9]);
        let (mut ticked, mut changed) = (page.clone(), page.clone());
        paint(&mut ticked, 900, 60);
        paint(&mut changed, 900, 300);
        assert!(same(&page, &ticked) && !same(&page, &changed) && !same(&page, &[]));
    }

    #[test]
    fn another_page_is_unlike() {
        assert!(unlike(&plain([9, 9, 9]), &plain([12, 9, 9])) < 1e-9);
        assert!(unlike(&plain([9, 9, 9]), &plain([90, 9, 9])) > 0.99);
    }
}
