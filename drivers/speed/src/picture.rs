//! What a preview costs beyond its decoder.

use anyhow::Context as _;
use camera::{
    picture::scaled,
    protocol::{Strictness, decode_jpeg, with_tables},
};
use driver_sim::{
    Action,
    camera::{CameraMachine, Writing},
};
use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
use zune_jpeg::JpegDecoder;

use crate::{Extent, Line, timed};

/// As wide as a preview on the screen.
const SHOWN: u32 = 640;

pub(crate) fn previews(extent: Extent) -> anyhow::Result<Line> {
    let mut camera = CameraMachine::new(1280, 720, Writing::Jpeg);
    let page = Action::named("put-page").with("degrees", 8).with("tilt", 10);
    camera.perform(&page, std::time::Instant::now())?;
    camera.perform(&Action::named("fault").with("name", "no-tables"), std::time::Instant::now())?;
    let frame = camera.frame().context("no frame")?.bytes;
    let whole = with_tables(&frame).context("no frame")?.into_owned();
    let (mut ours, mut other) = (Vec::new(), Vec::new());
    for _ in 0..extent.repeats {
        let preview = timed(|| Ok(scaled(&decode_jpeg(&frame, Strictness::Lenient)?, SHOWN)))?;
        ours.push(preview.1);
        other.push(timed(|| bare(&whole))?.1);
    }
    Ok(Line { name: "720p preview", unit: "ms", goal: 1.2, ours, other })
}

/// The decoder alone, on a frame that lacks nothing.
fn bare(frame: &[u8]) -> anyhow::Result<usize> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let pixels = JpegDecoder::new_with_options(ZCursor::new(frame), options).decode();
    Ok(pixels.map_err(|error| anyhow::anyhow!("{error:?}"))?.len())
}
