//! Commands that ask and clear. They are written here because the `escpos` crate has none of them but `DLE EOT`, and
//! sends that one with a byte too many.

/// DLE ENQ 2: recover, and drop what is in the buffers. Acts at once.
pub const RECOVER: [u8; 3] = [0x10, 0x05, 0x02];
/// GS a: report changes of the line, of errors and of the paper.
pub const REPORT_CHANGES: [u8; 3] = [0x1D, 0x61, 0x0E];
/// GS r 1: paper status, answered in its turn.
pub const PAPER_IN_TURN: [u8; 3] = [0x1D, 0x72, 0x01];
/// GS I 66: the maker.
pub const MAKER: [u8; 3] = [0x1D, 0x49, 66];
/// GS I 67: the model.
pub const MODEL: [u8; 3] = [0x1D, 0x49, 67];

/// DLE EOT n: one status byte, at once. Never to be put inside another command.
#[must_use]
pub fn status(n: u8) -> [u8; 3] {
    [0x10, 0x04, n]
}

/// GS ( H function 48: return this mark when everything before it has been printed.
#[must_use]
pub fn process_id(mark: [u8; 4]) -> Vec<u8> {
    let mut bytes = vec![0x1D, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30];
    bytes.extend(mark);
    bytes
}

/// The four digits that stand for a job on the wire.
#[must_use]
pub fn mark(job: u64) -> [u8; 4] {
    let digit = |place: u64| b'0' + u8::try_from(job / place % 10).unwrap_or_default();
    [digit(1000), digit(100), digit(10), digit(1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_the_end_of_the_number() {
        assert_eq!(&mark(42), b"0042");
        assert_eq!(&mark(u64::MAX), b"1615");
        assert_eq!(process_id(mark(42)), b"\x1D(H\x06\x0000\x30\x30\x34\x32");
    }
}
