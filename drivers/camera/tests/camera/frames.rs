//! Frames as cameras send them, whole and spoilt.

use camera::protocol::{FrameError, Strictness, decode_jpeg, decode_yuyv, with_tables};
use driver_api::Picture;
use driver_sim::{
    Action,
    camera::{CameraMachine, Writing},
};
use proptest::prelude::*;

fn frame(fault: &str) -> Vec<u8> {
    let mut machine = CameraMachine::new(320, 240, Writing::Jpeg);
    let now = std::time::Instant::now();
    machine.perform(&crate::stage::page(9, 10), now).unwrap();
    machine.perform(&Action::named("fault").with("name", fault), now).unwrap();
    machine.frame().unwrap().bytes
}

fn strict(frame: &[u8]) -> Result<Picture, FrameError> {
    decode_jpeg(frame, Strictness::Strict)
}

#[test]
fn a_frame_without_its_tables_is_the_same_picture() {
    let (whole, bare) = (frame("none"), frame("no-tables"));
    assert!(bare.len() < whole.len() - 400, "the tables are gone");
    assert_eq!(strict(&bare).unwrap(), strict(&whole).unwrap());
    assert!(matches!(with_tables(&whole), Some(std::borrow::Cow::Borrowed(_))), "its own tables are kept");
}

#[test]
fn zeros_behind_the_end_do_no_harm() {
    assert_eq!(strict(&frame("padded")).unwrap(), strict(&frame("none")).unwrap());
}

#[test]
fn a_frame_that_is_cut_off_is_shown_and_not_kept() {
    let half = frame("cut-off");
    assert_eq!(strict(&half), Err(FrameError::CutOff));
    // An end that was put there by the way does not make it whole.
    let ended = [&half[..], &[0xFF, 0xD9]].concat();
    assert_eq!(strict(&ended), Err(FrameError::Damaged));
    assert!(decode_jpeg(&half, Strictness::Lenient).is_ok());
}

#[test]
fn a_frame_that_lost_something_in_the_middle_is_no_photograph() {
    let whole = frame("none");
    let scan = whole.windows(2).position(|two| two == [0xFF, 0xDA]).unwrap() + 14;
    // A byte or two can be lost without a trace: the codes find their step again.
    for lost in [50, 700, 2_000] {
        for share in [3, 5, 7] {
            let at = scan + (whole.len() - scan) * share / 10;
            let mut frame = whole.clone();
            frame.drain(at..at + lost);
            assert_eq!(strict(&frame), Err(FrameError::Damaged), "{lost} bytes at {at}");
        }
    }
    assert_eq!(strict(&frame("garbled")), Err(FrameError::Damaged));
}

#[test]
fn what_is_no_frame_is_an_error() {
    for bytes in [&b""[..], &[0xFF], &[0xFF, 0xD8], &[0xFF, 0xD8, 0xFF, 0xD9], &[0; 64]] {
        assert!(decode_jpeg(bytes, Strictness::Lenient).is_err(), "{bytes:?}");
    }
    let behind = [&[0, 0], &frame("none")[..]].concat();
    assert_eq!(strict(&behind), Err(FrameError::CutOff), "what stands before it is no frame");
}

/// The same scene in both writings, decoded, is the same picture but for what compression does.
#[test]
fn both_writings_show_the_same() {
    let scene = driver_sim::camera::Scene::default();
    let mut raw = CameraMachine::new(320, 240, Writing::Yuyv);
    let raw = decode_yuyv(&raw.frame().unwrap().bytes, 320, 240, 640).unwrap();
    let drawn = scene.draw(320, 240);
    let off: u64 = raw.rgb().iter().zip(&drawn).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    assert!(off < raw.rgb().len() as u64 * 3, "{off} in {} bytes", raw.rgb().len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever stands in a frame, and wherever it ends.
    #[test]
    fn no_frame_brings_the_reader_down(at in 0_usize..9_000, byte: u8, end in 0_usize..9_000) {
        let mut bytes = frame("none");
        let length = bytes.len();
        bytes[at % length] = byte;
        bytes.truncate(end.max(1));
        for strictness in [Strictness::Strict, Strictness::Lenient] {
            if let Ok(picture) = decode_jpeg(&bytes, strictness) {
                prop_assert_eq!(picture.rgb().len(), (picture.width() * picture.height() * 3) as usize);
            }
        }
    }

    #[test]
    fn a_raw_frame_has_all_its_rows_or_is_none(bytes in 0_usize..400, width in 0_u32..12, height in 0_u32..12, stride in 0_usize..40) {
        let frame = vec![7; bytes];
        if let Ok(picture) = decode_yuyv(&frame, width, height, stride) {
            prop_assert_eq!((picture.width(), picture.height()), (width, height));
        }
    }
}
