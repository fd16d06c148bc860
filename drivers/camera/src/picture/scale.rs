//! A picture made small enough for its place on a screen, or in a file.

use driver_api::Picture;

/// At most `width` pixels wide, its sides in proportion. Nothing is averaged: the next frame comes in a moment.
#[must_use]
pub fn scaled(picture: &Picture, width: u32) -> Picture {
    let width = width.clamp(1, picture.width());
    let height = (u64::from(picture.height()) * u64::from(width) / u64::from(picture.width())).max(1);
    let height = u32::try_from(height).unwrap_or(picture.height());
    let columns: Vec<usize> = places(width, picture.width()).map(|column| column * 3).collect();
    let rows: Vec<&[u8]> = picture.rows().collect();
    let mut rgb = vec![0; columns.len() * height as usize * 3];
    for (to, row) in rgb.chunks_exact_mut(columns.len() * 3).zip(places(height, picture.height())) {
        let from = rows.get(row).copied().unwrap_or_default();
        for (pixel, column) in to.chunks_exact_mut(3).zip(&columns) {
            if let Some(seen) = from.get(*column..column + 3) {
                pixel.copy_from_slice(seen);
            }
        }
    }
    Picture::new(width, height, rgb).unwrap_or_else(|| picture.clone())
}

/// At most `most` pixels wide and high, so many times smaller as that takes: each pixel the mean of a square, so that
/// print stays legible.
#[must_use]
pub fn shrunk(picture: &Picture, most: u32) -> Picture {
    let times = picture.width().max(picture.height()).div_ceil(most.max(1));
    let (width, height) = (picture.width() / times, picture.height() / times);
    if times < 2 || width == 0 || height == 0 {
        return picture.clone();
    }
    let side = times as usize;
    let area = u32::try_from(side * side).unwrap_or(u32::MAX);
    let rows: Vec<&[u8]> = picture.rows().collect();
    let mut rgb = Vec::with_capacity(width as usize * height as usize * 3);
    let mut sums = vec![0_u32; width as usize * 3];
    for band in rows.chunks_exact(side) {
        sums.fill(0);
        for row in band {
            let squares = row.chunks_exact(side * 3).zip(sums.chunks_exact_mut(3));
            for (square, sum) in squares {
                for pixel in square.chunks_exact(3) {
                    sum.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += u32::from(*value));
                }
            }
        }
        rgb.extend(sums.iter().map(|sum| u8::try_from((sum + area / 2) / area).unwrap_or(u8::MAX)));
    }
    Picture::new(width, height, rgb).unwrap_or_else(|| picture.clone())
}

/// Which of `from` places each of `to` shows: the middle of what it stands for.
fn places(to: u32, from: u32) -> impl Iterator<Item = usize> {
    let (to, from) = (to as usize, from as usize);
    (0..to).map(move |at| (2 * at + 1) * from / (2 * to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_stay_in_proportion() {
        let rgb = (0..4 * 2).flat_map(|number| [number; 3]).collect();
        let picture = Picture::new(4, 2, rgb).unwrap();
        let half = scaled(&picture, 2);
        assert_eq!((half.width(), half.height()), (2, 1));
        assert_eq!(half.rgb(), [5, 5, 5, 7, 7, 7]);
        assert_eq!(scaled(&picture, 9), picture, "nothing is made larger");
        assert_eq!(scaled(&picture, 1).height(), 1);
    }

    #[test]
    fn what_is_shrunk_is_the_mean_of_its_squares() {
        let rgb = (0..5 * 4).flat_map(|number| [number * 4; 3]).collect();
        let picture = Picture::new(5, 4, rgb).unwrap();
        let half = shrunk(&picture, 3);
        assert_eq!((half.width(), half.height()), (2, 2));
        assert_eq!(half.rgb(), [12, 12, 12, 20, 20, 20, 52, 52, 52, 60, 60, 60]);
        assert_eq!(shrunk(&picture, 5), picture, "it is small enough");
        assert_eq!(
            shrunk(&Picture::new(1, 4, vec![0; 12]).unwrap(), 2).height(),
            4,
            "nothing would be left of it"
        );
    }
}
