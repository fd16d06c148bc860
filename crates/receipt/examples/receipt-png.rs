//! Draws the sample receipts as PNG pictures, to be looked at: `cargo run --example receipt-png -- DIR`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a tool for developers")]

#[path = "../tests/samples/mod.rs"]
mod samples;

use std::{fs::File, path::Path};

use driver_api::Bitmap;

fn main() {
    let dir = std::env::args().nth(1).expect("a directory");
    for (name, document) in samples::all() {
        for dots in [576, 384] {
            let drawing = document.draw(dots);
            save(&Path::new(&dir).join(format!("{name}-{dots}.png")), &drawing.image);
            println!("{name} {dots}: {} mm, missing {:?}", drawing.image.height() / 8, drawing.missing);
        }
    }
}

fn save(path: &Path, image: &Bitmap) {
    let mut encoder = png::Encoder::new(File::create(path).unwrap(), image.width(), image.height());
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let white: Vec<u8> = image.bytes().iter().map(|byte| !byte).collect();
    encoder.write_header().unwrap().write_image_data(&white).unwrap();
}
