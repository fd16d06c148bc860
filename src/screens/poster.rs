//! 待机海报 as a picture on the screen.

use flow::event::Poster;
use kiosk_ui::slint::{ComponentHandle as _, Image, Rgb8Pixel, SharedPixelBuffer};
use kiosk_ui::{AppWindow, AttractApi};
use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
use zune_jpeg::JpegDecoder;

/// More than a panel has.
const SIDE: usize = 1_920;

/// Takes a file apart, within bounds: the platform makes none larger.
pub(crate) fn decode(jpeg: &[u8]) -> Result<SharedPixelBuffer<Rgb8Pixel>, String> {
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(SIDE)
        .set_max_height(SIDE)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    let pixels = decoder.decode().map_err(|error| format!("{error:?}"))?;
    let (width, height) = decoder.dimensions().ok_or("no size")?;
    let side = |pixels: usize| u32::try_from(pixels).map_err(|error| error.to_string());
    let (width, height) = (side(width)?, side(height)?);
    if pixels.len() != width as usize * height as usize * 3 {
        return Err("another number of pixels than it says".to_owned());
    }
    Ok(SharedPixelBuffer::clone_from_slice(&pixels, width, height))
}

/// Shows it in place of the house's own picture, or that one.
pub(super) fn show(window: &AppWindow, poster: Option<&Poster>) {
    let api = window.global::<AttractApi>();
    let picture = poster.and_then(|poster| decode(&poster.jpeg).ok());
    api.set_title(poster.map_or("", |poster| poster.title.as_str()).into());
    api.set_has_poster(picture.is_some());
    api.set_poster(picture.map(Image::from_rgb8).unwrap_or_default());
}
