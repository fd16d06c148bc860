//! A foreign interpreter, which errs on every command that it does not know, draws what we send; a foreign decoder
//! reads the code on it.

use driver_api::{PrintJob, PrintOutcome, ReceiptPrinter};
use receipt_printer::{Profile, protocol::job};

use crate::{papers, stage::Stage};

pub(crate) struct Picture {
    width: usize,
    height: usize,
    grey: Vec<u8>,
}

fn judged(bytes: &[u8]) -> Picture {
    let profile = escpost_profiles::resolver::resolve("REFERENCE").unwrap();
    let result = escpost_render::render(bytes, profile).expect("the judge understands every command");
    let inked: Vec<Picture> = result
        .sheets
        .iter()
        .map(|sheet| decoded(&sheet.png))
        .filter(|picture| picture.grey.contains(&0))
        .collect();
    let [picture] = <[Picture; 1]>::try_from(inked).ok().expect("one sheet with ink");
    picture
}

pub(crate) fn decoded(file: &[u8]) -> Picture {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    let samples = frame.color_type.samples();
    let grey = pixels[..frame.buffer_size()].iter().step_by(samples).copied().collect();
    Picture { width: frame.width as usize, height: frame.height as usize, grey }
}

pub(crate) fn codes(picture: &Picture) -> Vec<String> {
    let shade = |x, y| picture.grey[y * picture.width + x];
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(picture.width, picture.height, shade);
    image.detect_grids().iter().filter_map(|grid| Some(grid.decode().ok()?.1)).collect()
}

/// The same by zbar, which shares no ancestor with the other decoder. It wants white around what it reads.
pub(crate) fn second_opinion(picture: &Picture) -> Vec<String> {
    const MARGIN: usize = 40;
    let (width, height) = (picture.width + 2 * MARGIN, picture.height + 2 * MARGIN);
    let mut pixels = format!("P5\n{width} {height}\n255\n").into_bytes();
    let white = vec![255; width * MARGIN];
    pixels.extend(&white);
    for row in picture.grey.chunks(picture.width) {
        pixels.extend([&[255; MARGIN][..], row, &[255; MARGIN]].concat());
    }
    pixels.extend(&white);
    let file = tempfile::Builder::new().suffix(".pgm").tempfile().unwrap();
    std::fs::write(file.path(), pixels).unwrap();
    let mut zbar = std::process::Command::new("zbarimg");
    zbar.args(["--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable"]).arg(file.path());
    let said = zbar.output().expect("zbarimg, which cargo xtask setup installs");
    String::from_utf8(said.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn what_the_driver_makes_is_understood_and_its_code_is_read() {
    for name in ["escpos-80", "escpos-58"] {
        let profile = Profile::named(name).unwrap();
        let image = papers::waiting().draw(profile.dots).image;
        let picture = judged(&job::sheet(&image, &profile).unwrap());
        assert_eq!(codes(&picture), [papers::code().as_str()], "{name}");
        assert_eq!(second_opinion(&picture), [papers::code().as_str()], "{name}, by zbar");
    }
}

#[test]
fn judge_and_emulator_see_the_same_dots() {
    let stage = Stage::new();
    let image = papers::waiting().draw(576).image;
    assert_eq!(stage.printer().print(&PrintJob { number: 42, image }), PrintOutcome::Printed);
    let bytes = stage.escpos();
    let sheets = driver_sim::escpos::render(&bytes).unwrap();
    let picture = judged(&bytes);
    assert_eq!(codes(&picture), [papers::code().as_str()]);
    let top = first_ink(&picture);
    let ours = (0..sheets[0].height()).find(|y| (0..576).any(|x| sheets[0].is_black(x, *y))).unwrap();
    for y in 0..sheets[0].height() - 8 - ours {
        for x in 0..576_usize {
            let theirs = picture.grey[(top + y as usize) * picture.width + x] == 0;
            assert_eq!(theirs, sheets[0].is_black(u32::try_from(x).unwrap(), ours + y), "dot {x},{y}");
        }
    }
}

fn first_ink(picture: &Picture) -> usize {
    picture.grey.chunks(picture.width).position(|row| row.contains(&0)).unwrap()
}
