//! What a code scanner says: the same codes, however the bytes are cut up, and never anything but bounded text.

use code_scanner::protocol::{Keys, Lines, keys::Stroke};
use driver_api::{Scan, ScannedCode};

pub(crate) fn parse(bytes: &[u8]) {
    let mut whole = Lines::default();
    whole.push(bytes);
    let whole = all(whole);
    let mut cut = Lines::default();
    bytes.iter().for_each(|byte| cut.push(&[*byte]));
    assert_eq!(whole, all(cut), "cutting up changes nothing");
    for scan in &whole {
        if let Scan::Code(code) = scan {
            assert!(code.text().len() <= ScannedCode::LONGEST && !code.text().chars().any(char::is_control));
        }
    }
    let mut keys = Keys::default();
    for stroke in bytes.chunks_exact(3) {
        let how = [Stroke::Up, Stroke::Down, Stroke::Held][usize::from(stroke[2] % 3)];
        let _ = keys.press(u16::from_le_bytes([stroke[0], stroke[1]]), how);
    }
}

fn all(mut lines: Lines) -> Vec<Scan> {
    lines.at_rest(false);
    std::iter::from_fn(|| lines.next()).collect()
}
