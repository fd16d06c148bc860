//! ESC/POS as a printer understands it: bytes become rows of dots, feeds, cuts and questions.

mod decoder;
mod sheet;

pub(crate) use decoder::{Decoder, Item, Piece};
pub use sheet::Sheet;

/// Dots that a line feed moves the paper by, as after power-on.
pub(crate) const LINE_FEED: u32 = 30;

/// Why bytes are no receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// A command that this printer does not have, or a letter: it has no fonts.
    #[error("the command at byte {at} is not understood")]
    NotUnderstood {
        /// Where the command begins.
        at: usize,
    },
    /// The bytes end in the middle of a command.
    #[error("the command at byte {at} breaks off")]
    BreaksOff {
        /// Where the command begins.
        at: usize,
    },
}

/// Draws what a printer would print: a sheet for every cut, and one more for what hangs out at the end. Questions and
/// settings leave no mark.
pub fn render(bytes: &[u8]) -> Result<Vec<Sheet>, RenderError> {
    let mut decoder = Decoder::default();
    let items: Vec<Item> = bytes.iter().filter_map(|byte| decoder.feed(*byte)).collect();
    if let Some(at) = decoder.unfinished() {
        return Err(RenderError::BreaksOff { at });
    }
    let width = items.iter().map(|item| row_bytes(&item.piece)).max().unwrap_or_default();
    let mut sheets = vec![];
    let mut sheet = Sheet::new(width);
    for item in &items {
        match &item.piece {
            Piece::NotUnderstood => return Err(RenderError::NotUnderstood { at: item.begin }),
            Piece::Cut { feed } => {
                sheet.feed(u32::from(*feed));
                sheets.push(std::mem::replace(&mut sheet, Sheet::new(width)));
            }
            piece => sheet.print(piece),
        }
    }
    if sheet.height() > 0 {
        sheets.push(sheet);
    }
    Ok(sheets)
}

fn row_bytes(piece: &Piece) -> usize {
    if let Piece::Row(dots) = piece { dots.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows of one byte, a feed of two dots, a cut after three more; then a row of two bytes.
    const RECEIPT: &[u8] = b"\x1B@\x1Dv0\x00\x01\x00\x02\x00\x80\x01\x10\x04\x01\x1BJ\x02\x1DVB\x03\
        \x1D(H\x06\x0000\x31\x32\x33\x34\x1Dv0\x00\x02\x00\x01\x00\x00\xFF";

    #[test]
    fn a_cut_ends_a_sheet_and_the_rest_hangs_out() {
        let sheets = render(RECEIPT).unwrap();
        let sizes: Vec<_> = sheets.iter().map(|sheet| (sheet.width(), sheet.height())).collect();
        assert_eq!(sizes, [(16, 7), (16, 1)]);
        assert!(sheets[0].is_black(0, 0) && sheets[0].is_black(7, 1) && !sheets[0].is_black(1, 0));
        assert!(sheets[1].is_black(8, 0) && !sheets[1].is_black(7, 0));
    }

    #[test]
    fn what_is_not_understood_is_told_with_its_place() {
        assert_eq!(render(b"\x1B@A"), Err(RenderError::NotUnderstood { at: 2 }));
        assert_eq!(render(b"\x1B@\x1BE\x01"), Err(RenderError::NotUnderstood { at: 2 }));
        assert_eq!(render(&RECEIPT[..RECEIPT.len() - 1]), Err(RenderError::BreaksOff { at: 33 }));
    }

    #[test]
    fn a_sheet_is_a_picture_that_others_can_open() {
        let file = render(RECEIPT).unwrap()[0].png().unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut dots = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut dots).unwrap();
        assert_eq!((frame.width, frame.height), (16, 7));
        assert_eq!(dots[..4], [0x7F, 0xFF, 0xFE, 0xFF], "black is 0");
    }
}
