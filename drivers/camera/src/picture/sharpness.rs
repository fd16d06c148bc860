//! How sharp a picture is: the finest detail is the first thing that a blur takes.

use super::{Grey, numbers::real};

/// A blurred picture has less than this share of its coarser detail in its finest. Found with drawn pages: see the tests.
const BLURRED: f64 = 0.22;
/// With less coarse detail than this there is nothing on the picture that could be sharp.
const BARE: f64 = 4.0;

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

/// Whether what is on the picture cannot be read for blur. Contrast plays no part: fine detail is compared with coarse.
#[must_use]
pub fn is_blurred(grey: &Grey) -> bool {
    let coarse = sharpness(&grey.half());
    coarse < BARE || sharpness(grey) < BLURRED * coarse
}

#[expect(clippy::cast_precision_loss, reason = "the sums of a picture's pixels stay below 2^52")]
fn signed(sum: i64) -> f64 {
    sum as f64
}
