//! A receipt as ESC/POS: rasters and a cut, put together by the `escpos` crate over memory.

use std::cell::RefCell;

use driver_api::Bitmap;
use escpos::{driver::Driver, errors::PrinterError, printer::Printer, utils::Protocol};

use super::command;
use crate::profile::{Cut, Profile};

/// Where the crate writes to: nothing is sent while a receipt is put together.
#[derive(Default)]
struct Memory(RefCell<Vec<u8>>);

impl Driver for Memory {
    fn name(&self) -> String {
        "memory".into()
    }

    fn write(&self, data: &[u8]) -> Result<(), PrinterError> {
        self.0.borrow_mut().extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _: &mut [u8]) -> Result<usize, PrinterError> {
        Ok(0)
    }

    fn flush(&self) -> Result<(), PrinterError> {
        Ok(())
    }
}

/// Bytes in front of the first dot: the head of an image command.
pub const HEAD: usize = 8;

/// ESC @, back to the settings of power-on, and with it reports of changes: some printers switch them off then.
#[must_use]
pub fn set_up(profile: &Profile) -> Vec<u8> {
    let mut printer = printer();
    // Memory refuses nothing.
    let _ = printer.init().and_then(Printer::print);
    let mut bytes = printer.driver().0.into_inner();
    if profile.asb {
        bytes.extend(command::REPORT_CHANGES);
    }
    bytes
}

fn printer() -> Printer<Memory> {
    Printer::new(Memory::default(), Protocol::default(), None)
}

/// The bytes of one receipt: the image, feed and cut.
pub fn sheet(image: &Bitmap, profile: &Profile) -> Result<Vec<u8>, PrinterError> {
    let mut printer = printer();
    for block in blocks(image, profile.image_rows) {
        printer.custom(&block)?;
    }
    match profile.cut {
        // The crate's own partial cut sends function 65, which is a full one.
        Cut::Partial => printer.custom(&[0x1D, 0x56, 66, profile.feed])?,
        Cut::Full => printer.custom(&[0x1D, 0x56, 65, profile.feed])?,
        Cut::None => printer.feeds(profile.feed)?,
    };
    printer.print()?;
    Ok(printer.driver().0.into_inner())
}

/// GS v 0 commands of at most `rows` rows.
fn blocks(image: &Bitmap, rows: u16) -> impl Iterator<Item = Vec<u8>> {
    let stride = image.stride().max(1);
    let [width_low, width_high, ..] = stride.to_le_bytes();
    image.bytes().chunks(stride * usize::from(rows.max(1))).map(move |dots| {
        let [height_low, height_high, ..] = (dots.len() / stride).to_le_bytes();
        let mut block = vec![0x1D, 0x76, 0x30, 0, width_low, width_high, height_low, height_high];
        block.extend(defused(dots));
        block
    })
}

/// Printers obey real-time commands wherever the bytes occur, also inside an image: status (10 04), clearing (10 05),
/// drawer and power (10 14). One dot more to the right of the first byte's dot, and they do not occur.
fn defused(dots: &[u8]) -> impl Iterator<Item = u8> {
    let after = dots.iter().skip(1).copied().map(Some).chain([None]);
    dots.iter().copied().zip(after).map(|(byte, next)| match (byte, next) {
        (0x10, Some(0x04 | 0x05 | 0x14)) => 0x18,
        _ => byte,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn profile(name: &str) -> Profile {
        Profile::named(name).unwrap()
    }

    #[test]
    fn a_receipt_is_blocks_of_rows_and_a_partial_cut() {
        let image = Bitmap::new(576, 300);
        let bytes = sheet(&image, &profile("escpos-80")).unwrap();
        assert_eq!(bytes[..HEAD], [0x1D, 0x76, 0x30, 0, 72, 0, 0, 1]);
        let second = HEAD + 72 * 256;
        assert_eq!(bytes[second..second + 8], [0x1D, 0x76, 0x30, 0, 72, 0, 44, 0]);
        assert_eq!(bytes[bytes.len() - 4..], [0x1D, 0x56, 66, 8]);
        assert_eq!(bytes.len(), 8 + 8 + 72 * 300 + 4);
    }

    #[test]
    fn reports_are_switched_on_after_the_reset_that_may_switch_them_off() {
        assert_eq!(set_up(&profile("escpos-80")), [0x1B, 0x40, 0x1D, 0x61, 0x0E]);
    }

    #[test]
    fn without_a_cutter_the_paper_is_fed_past_the_tear_bar() {
        let bytes = sheet(&Bitmap::new(384, 1), &profile("escpos-58")).unwrap();
        assert_eq!(bytes[bytes.len() - 3..], [0x1B, 0x64, 5]);
    }

    proptest! {
        #[test]
        fn no_image_holds_a_real_time_command(dots in proptest::collection::vec(
            prop_oneof![Just(0x10_u8), Just(0x04), Just(0x05), Just(0x14), any::<u8>()], 0..200)) {
            let sent: Vec<u8> = defused(&dots).collect();
            prop_assert_eq!(sent.len(), dots.len());
            for pair in sent.windows(2) {
                prop_assert!(pair[0] != 0x10 || ![0x04, 0x05, 0x14].contains(&pair[1]));
            }
            for (was, is) in dots.iter().zip(&sent) {
                prop_assert!(is == was || (*was == 0x10 && *is == 0x18), "no dot is lost");
            }
        }
    }
}
