//! YUYV: two pixels in four bytes, each with its own brightness and both with one colour, by ITU-R BT.601.

use driver_api::Picture;

use super::FrameError;

/// Makes a picture of rows that are `stride` bytes apart.
pub fn decode(frame: &[u8], width: u32, height: u32, stride: usize) -> Result<Picture, FrameError> {
    let (row, rows) = (width as usize * 2, height as usize);
    let stride = stride.max(row);
    if row == 0 || rows == 0 || frame.len() < stride * (rows - 1) + row || !width.is_multiple_of(2) {
        return Err(FrameError::CutOff);
    }
    let mut rgb = Vec::with_capacity(row / 2 * rows * 3);
    for line in frame.chunks(stride).take(rows) {
        for pair in line.get(..row).unwrap_or_default().chunks_exact(4) {
            let &[y1, u, y2, v] = pair else { continue };
            rgb.extend_from_slice(&pixel(y1, u, v));
            rgb.extend_from_slice(&pixel(y2, u, v));
        }
    }
    Picture::new(width, height, rgb).ok_or(FrameError::Damaged)
}

/// In 256ths, as the standard's matrix gives them.
fn pixel(y: u8, u: u8, v: u8) -> [u8; 3] {
    let (y, u, v) = (298 * (i32::from(y) - 16), i32::from(u) - 128, i32::from(v) - 128);
    [y + 409 * v, y - 100 * u - 208 * v, y + 516 * u]
        .map(|value| u8::try_from(((value + 128) >> 8).clamp(0, 255)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colours_of_the_standard() {
        for (yuv, rgb) in [
            ((16, 128, 128), [0, 0, 0]),
            ((235, 128, 128), [255, 255, 255]),
            ((81, 90, 240), [255, 0, 0]),
            ((145, 54, 34), [0, 255, 1]),
            ((41, 240, 110), [0, 0, 255]),
        ] {
            let found = pixel(yuv.0, yuv.1, yuv.2);
            let near = found.iter().zip(rgb).all(|(found, wanted): (&u8, u8)| found.abs_diff(wanted) <= 2);
            assert!(near, "{yuv:?}: {found:?}, not {rgb:?}");
        }
    }

    #[test]
    fn rows_may_be_further_apart_than_they_are_long() {
        let frame = [16, 128, 235, 128, 9, 9, 235, 128, 16, 128];
        let picture = decode(&frame, 2, 2, 6).unwrap();
        assert_eq!(picture.rgb(), [0, 0, 0, 255, 255, 255, 255, 255, 255, 0, 0, 0]);
        assert_eq!(decode(&frame, 2, 3, 6), Err(FrameError::CutOff));
        assert_eq!(decode(&frame, 3, 1, 6), Err(FrameError::CutOff));
    }
}
