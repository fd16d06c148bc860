//! How sharp a picture is: fine detail is the first thing that a blur takes.

use super::{Grey, numbers::real};

/// With less fine detail than this, by all that differs on the picture, letters run into each other. Found with drawn
/// pages: see the tests.
const BLURRED: f64 = 0.3;
/// Where less than this differs there is nothing on the picture that could be sharp.
const BARE: f64 = 20.0;

/// The variance of the Laplacian: the larger, the sharper, among pictures of the same thing. A technician turns the
/// lens until it is largest.
#[must_use]
pub fn sharpness(grey: &Grey) -> f64 {
    let (mut count, mut sum, mut squares) = (0_usize, 0_i64, 0_i64);
    for three in grey.rows().windows(3) {
        let [above, here, below] = three else { continue };
        let middles = above.iter().skip(1).zip(here.windows(3)).zip(below.iter().skip(1));
        for ((above, beside), below) in middles {
            let &[left, middle, right] = beside else { continue };
            let around = [*above, *below, left, right].map(i64::from).iter().sum::<i64>();
            let curve = 4 * i64::from(middle) - around;
            count += 1;
            sum += curve;
            squares += curve * curve;
        }
    }
    let size = real(count.max(1));
    let mean = signed(sum) / size;
    signed(squares) / size - mean * mean
}

/// Whether what is on the picture cannot be read for blur. Contrast plays no part, because fine detail is compared with
/// all that differs; and it is looked for where four pixels are one, where the noise of the sensor is not in the way.
#[must_use]
pub fn is_blurred(grey: &Grey) -> bool {
    let half = grey.half();
    let differs = variance(half.pixels());
    differs < BARE || sharpness(&half) < BLURRED * differs
}

fn variance(pixels: &[u8]) -> f64 {
    let (sum, squares) = pixels
        .iter()
        .map(|pixel| i64::from(*pixel))
        .fold((0, 0), |(sum, squares), pixel| (sum + pixel, squares + pixel * pixel));
    let size = real(pixels.len().max(1));
    let mean = signed(sum) / size;
    signed(squares) / size - mean * mean
}

#[expect(clippy::cast_precision_loss, reason = "the sums of a picture's pixels stay below 2^52")]
fn signed(sum: i64) -> f64 {
    sum as f64
}
