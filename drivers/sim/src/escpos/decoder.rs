//! Bytes into commands, one byte at a time.

/// A command, or one row of an image, with its place in the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// Where its command begins.
    pub(crate) begin: usize,
    /// Where it ends.
    pub(crate) end: usize,
    pub(crate) piece: Piece,
}

/// What a printer does in its turn, and the two things that it does at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// ESC @.
    Initialise,
    /// One row of GS v 0.
    Row(Vec<u8>),
    /// ESC J.
    FeedDots(u8),
    /// LF and ESC d.
    FeedLines(u8),
    /// GS V, with the dots that are fed before.
    Cut { feed: u8 },
    /// GS a.
    ReportChanges(u8),
    /// GS r.
    InTurn(u8),
    /// GS ( H function 48.
    ProcessId([u8; 4]),
    /// GS I.
    Info(u8),
    /// DLE EOT, at once.
    Status(u8),
    /// DLE ENQ, at once.
    Recover(u8),
    /// Anything else.
    NotUnderstood,
}

/// How far the stream has been understood.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    place: usize,
    begin: usize,
    command: Vec<u8>,
    image: Option<Image>,
}

/// An image of which rows are still to come.
#[derive(Debug)]
struct Image {
    stride: usize,
    rows: usize,
    row: Vec<u8>,
}

/// What the bytes of a command so far amount to.
enum Known {
    /// More bytes belong to it.
    More,
    /// It is over and does nothing.
    Nothing,
    /// It is complete.
    Whole(Piece),
    /// The head of an image.
    Image(Image),
}

impl Decoder {
    /// Takes one byte.
    pub(crate) fn feed(&mut self, byte: u8) -> Option<Item> {
        self.place += 1;
        if self.image.is_some() {
            return self.row(byte);
        }
        if self.command.is_empty() {
            self.begin = self.place - 1;
        }
        self.command.push(byte);
        let piece = match known(&self.command) {
            Known::More => return None,
            Known::Nothing => None,
            Known::Whole(piece) => Some(piece),
            Known::Image(image) => {
                self.image = (image.stride > 0 && image.rows > 0).then_some(image);
                None
            }
        };
        self.command.clear();
        piece.map(|piece| self.item(piece))
    }

    /// Up to where everything is complete.
    pub(crate) fn begun(&self) -> usize {
        self.unfinished().unwrap_or(self.place)
    }

    /// Where a command begins that has not ended.
    pub(crate) fn unfinished(&self) -> Option<usize> {
        (self.image.is_some() || !self.command.is_empty()).then_some(self.begin)
    }

    fn item(&self, piece: Piece) -> Item {
        Item { begin: self.begin, end: self.place, piece }
    }

    fn row(&mut self, byte: u8) -> Option<Item> {
        let image = self.image.as_mut()?;
        image.row.push(byte);
        if image.row.len() < image.stride {
            return None;
        }
        let row = std::mem::take(&mut image.row);
        image.rows -= 1;
        if image.rows == 0 {
            self.image = None;
        }
        Some(self.item(Piece::Row(row)))
    }
}

fn known(command: &[u8]) -> Known {
    match command {
        [0x00 | 0x0D] => Known::Nothing,
        [0x0A] => Known::Whole(Piece::FeedLines(1)),
        [0x10, rest @ ..] => real_time(rest),
        [0x1B, rest @ ..] => escape(rest),
        [0x1D, rest @ ..] => group(rest),
        _ => Known::Whole(Piece::NotUnderstood),
    }
}

fn real_time(rest: &[u8]) -> Known {
    match rest {
        [] | [0x04 | 0x05] => Known::More,
        [0x04, n @ 1..=4] => Known::Whole(Piece::Status(*n)),
        [0x05, n @ 1..=2] => Known::Whole(Piece::Recover(*n)),
        _ => Known::Whole(Piece::NotUnderstood),
    }
}

fn escape(rest: &[u8]) -> Known {
    match rest {
        [] | [b'J' | b'd'] => Known::More,
        [b'@'] => Known::Whole(Piece::Initialise),
        [b'J', dots] => Known::Whole(Piece::FeedDots(*dots)),
        [b'd', lines] => Known::Whole(Piece::FeedLines(*lines)),
        _ => Known::Whole(Piece::NotUnderstood),
    }
}

fn group(rest: &[u8]) -> Known {
    match rest {
        [] | [b'V' | b'a' | b'r' | b'I'] | [b'V', 65 | 66] => Known::More,
        [b'V', 0 | 1 | b'0' | b'1'] => Known::Whole(Piece::Cut { feed: 0 }),
        [b'V', 65 | 66, feed] => Known::Whole(Piece::Cut { feed: *feed }),
        [b'a', n] => Known::Whole(Piece::ReportChanges(*n)),
        [b'r', n] => Known::Whole(Piece::InTurn(*n)),
        [b'I', n] => Known::Whole(Piece::Info(*n)),
        [b'v', ..] => raster(rest),
        [b'(', ..] => parenthesis(rest),
        _ => Known::Whole(Piece::NotUnderstood),
    }
}

fn raster(rest: &[u8]) -> Known {
    match rest {
        [_, b'0', 0 | b'0', xl, xh, yl, yh] => Known::Image(Image {
            stride: usize::from(u16::from_le_bytes([*xl, *xh])),
            rows: usize::from(u16::from_le_bytes([*yl, *yh])),
            row: vec![],
        }),
        [_] | [_, b'0'] | [_, b'0', 0 | b'0', ..] => Known::More,
        _ => Known::Whole(Piece::NotUnderstood),
    }
}

/// GS ( commands tell their own length, so that an unknown one is passed over whole.
fn parenthesis(rest: &[u8]) -> Known {
    match rest {
        [_, function, low, high, body @ ..] => {
            if body.len() < usize::from(u16::from_le_bytes([*low, *high])) {
                return Known::More;
            }
            Known::Whole(match (function, body) {
                (b'H', [48, 48, a, b, c, d]) => Piece::ProcessId([*a, *b, *c, *d]),
                _ => Piece::NotUnderstood,
            })
        }
        _ => Known::More,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(bytes: &[u8]) -> Vec<Piece> {
        let mut decoder = Decoder::default();
        bytes.iter().filter_map(|byte| decoder.feed(*byte)).map(|item| item.piece).collect()
    }

    #[test]
    fn a_status_question_inside_an_image_is_dots() {
        let heard = pieces(b"\x1Dv0\x00\x03\x00\x01\x00\x10\x04\x01\x10\x04\x01");
        assert_eq!(heard, [Piece::Row(vec![0x10, 4, 1]), Piece::Status(1)]);
    }

    #[test]
    fn an_unknown_long_command_is_passed_over_whole() {
        let heard = pieces(b"\x1D(k\x03\x00\x10\x04\x01\x1B@");
        assert_eq!(heard, [Piece::NotUnderstood, Piece::Initialise]);
    }

    #[test]
    fn nuls_between_commands_do_nothing() {
        assert_eq!(pieces(&[0; 100]), []);
    }

    #[test]
    fn no_stream_of_bytes_stops_the_printer() {
        let mut state = 1_u32;
        let noise = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        });
        let bytes: Vec<u8> = noise.take(200_000).collect();
        assert!(pieces(&bytes).len() > 1000);
    }
}
