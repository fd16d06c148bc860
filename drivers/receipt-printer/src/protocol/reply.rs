//! What a printer says, told apart on one stream of bytes by its fixed bits.
//!
//! | first byte | what follows |
//! |---|---|
//! | `0xx1xx10` | nothing: a real-time status |
//! | `0xx1xx00` | three bytes `0xx0xxxx`: automatic status |
//! | `35 37 3B 3D 5F` | text up to a NUL: a block |
//! | `0xx0xxxx` | nothing: an answer to GS r |
//!
//! What is none of these (XON and XOFF among them) is passed over.

/// One thing that a printer said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// An answer to DLE EOT.
    RealTime(u8),
    /// Automatic status (GS a).
    Asb([u8; 4]),
    /// A block: its first byte and its text.
    Block(u8, Vec<u8>),
    /// An answer to GS r.
    InTurn(u8),
}

/// No block of a printer is longer.
const LONGEST_BLOCK: usize = 128;
/// Flow control of serial lines, which may come anywhere.
const FLOW: [u8; 2] = [0x11, 0x13];

/// Bytes on their way to becoming replies.
#[derive(Debug, Default)]
pub struct Stream {
    begun: Vec<u8>,
}

impl Stream {
    /// Takes bytes as they come, in pieces of any size, and returns what is complete.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Reply> {
        bytes.iter().filter_map(|byte| self.take(*byte)).collect()
    }

    /// Forgets what was begun: the rest of it belongs to an earlier question.
    pub fn forget(&mut self) {
        self.begun.clear();
    }

    fn take(&mut self, byte: u8) -> Option<Reply> {
        if FLOW.contains(&byte) {
            return None;
        }
        match self.begun.first() {
            None => self.begin(byte),
            Some(first) if is_asb(*first) => self.go_on_with_asb(byte),
            Some(first) => self.go_on_with_block(*first, byte),
        }
    }

    fn begin(&mut self, byte: u8) -> Option<Reply> {
        if is_asb(byte) || is_block(byte) {
            self.begun.push(byte);
            return None;
        }
        match byte {
            _ if byte & 0x93 == 0x12 => Some(Reply::RealTime(byte)),
            _ if byte & 0x90 == 0 => Some(Reply::InTurn(byte)),
            _ => None,
        }
    }

    fn go_on_with_asb(&mut self, byte: u8) -> Option<Reply> {
        if byte & 0x90 != 0 {
            return self.begin_anew(byte);
        }
        self.begun.push(byte);
        let whole = <[u8; 4]>::try_from(self.begun.as_slice()).ok()?;
        self.begun.clear();
        Some(Reply::Asb(whole))
    }

    fn go_on_with_block(&mut self, first: u8, byte: u8) -> Option<Reply> {
        match byte {
            0 => {
                let text = self.begun.split_off(1);
                self.begun.clear();
                Some(Reply::Block(first, text))
            }
            0x20..=0x7E if self.begun.len() < LONGEST_BLOCK => {
                self.begun.push(byte);
                None
            }
            _ => self.begin_anew(byte),
        }
    }

    /// What was begun was noise; this byte may be the first one of something.
    fn begin_anew(&mut self, byte: u8) -> Option<Reply> {
        self.begun.clear();
        self.begin(byte)
    }
}

fn is_asb(byte: u8) -> bool {
    byte & 0x93 == 0x10
}

fn is_block(byte: u8) -> bool {
    matches!(byte, 0x35 | 0x37 | 0x3B | 0x3D | 0x5F)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(reply: &Reply) -> Vec<u8> {
        match reply {
            Reply::RealTime(byte) | Reply::InTurn(byte) => vec![*byte],
            Reply::Asb(bytes) => bytes.to_vec(),
            Reply::Block(first, text) => [&[*first], text.as_slice(), &[0]].concat(),
        }
    }

    fn reply() -> impl Strategy<Value = Reply> {
        let low = |mask: u8, fixed: u8| any::<u8>().prop_map(move |byte| byte & mask | fixed);
        prop_oneof![
            low(0x6C, 0x12).prop_map(Reply::RealTime),
            low(0x6F, 0).prop_map(Reply::InTurn),
            (low(0x6C, 0x10), low(0x6F, 0), low(0x6F, 0), low(0x6F, 0))
                .prop_map(|(a, b, c, d)| Reply::Asb([a, b, c, d])),
            (
                proptest::sample::select(vec![0x35_u8, 0x37, 0x3B, 0x3D, 0x5F]),
                proptest::collection::vec(0x20_u8..0x7F, 0..20)
            )
                .prop_map(|(first, text)| Reply::Block(first, text)),
        ]
    }

    #[test]
    fn the_bytes_of_the_manuals_are_told_apart() {
        let mut stream = Stream::default();
        let said = stream.feed(b"\x12\x14\x00\x00\x00\x37\x220042\x00\x00\x7E_EPSON\x00");
        let expected = [
            Reply::RealTime(0x12),
            Reply::Asb([0x14, 0, 0, 0]),
            Reply::Block(0x37, b"\"0042".to_vec()),
            Reply::InTurn(0),
            Reply::RealTime(0x7E),
            Reply::Block(0x5F, b"EPSON".to_vec()),
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn an_automatic_status_that_breaks_off_hides_nothing_after_it() {
        let said = Stream::default().feed(&[0x14, 0x00, 0x12, 0x1A]);
        assert_eq!(said, [Reply::RealTime(0x12), Reply::RealTime(0x1A)]);
    }

    proptest! {
        #[test]
        fn what_was_said_is_heard_however_it_is_cut_up(
            replies in proptest::collection::vec(reply(), 0..20),
            cut in 1_usize..7,
            flow: bool,
        ) {
            let mut bytes: Vec<u8> = replies.iter().flat_map(bytes).collect();
            if flow {
                bytes = bytes.into_iter().flat_map(|byte| [0x13, byte, 0x11]).collect();
            }
            let mut stream = Stream::default();
            let heard: Vec<Reply> = bytes.chunks(cut).flat_map(|piece| stream.feed(piece)).collect();
            prop_assert_eq!(heard, replies);
        }

        #[test]
        fn noise_does_no_harm_and_is_not_kept(noise in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let mut stream = Stream::default();
            let _ = stream.feed(&noise);
            prop_assert!(stream.begun.len() <= LONGEST_BLOCK);
            stream.forget();
            prop_assert_eq!(stream.feed(&[0x12]), [Reply::RealTime(0x12)]);
        }
    }
}
