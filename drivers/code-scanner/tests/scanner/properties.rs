//! Whatever comes, in whatever pieces: codes are text of bounded length, and nothing of one gets into another.

use code_scanner::protocol::{Keys, Lines, keys::Stroke};
use driver_api::{Scan, ScannedCode};
use proptest::{collection::vec, prelude::*};

fn all(lines: &mut Lines) -> Vec<Scan> {
    std::iter::from_fn(|| lines.next()).collect()
}

fn is_sound(scan: &Scan) -> bool {
    match scan {
        Scan::Code(code) => {
            code.text().len() <= ScannedCode::LONGEST && !code.text().chars().any(char::is_control)
        }
        Scan::Rejected(_) => true,
        Scan::Nothing => false,
    }
}

proptest! {
    #[test]
    fn codes_come_out_as_they_went_in_however_they_are_cut(codes in vec("[ -~]{0,40}[!-~]", 1..6), cut in 1_usize..50) {
        let bytes: Vec<u8> = codes.iter().flat_map(|code| [code.as_bytes(), b"\r\n"].concat()).collect();
        let mut lines = Lines::default();
        let mut found = vec![];
        for piece in bytes.chunks(cut) {
            lines.push(piece);
            found.extend(all(&mut lines));
        }
        let expected: Vec<Scan> = codes.iter().map(|code| Scan::Code(ScannedCode::new(code.as_bytes()).unwrap())).collect();
        prop_assert_eq!(found, expected);
        prop_assert!(!lines.has_begun());
    }

    #[test]
    fn no_bytes_do_harm(bytes in vec(any::<u8>(), 0..3000), needs_end: bool) {
        let mut lines = Lines::default();
        lines.push(&bytes);
        lines.at_rest(needs_end);
        prop_assert!(!lines.has_begun());
        prop_assert!(all(&mut lines).iter().all(is_sound));
        lines.begin_anew();
        lines.push(b"4711\r");
        prop_assert_eq!(all(&mut lines), [Scan::Code(ScannedCode::new(b"4711").unwrap())], "the next one is whole");
    }

    #[test]
    fn no_keys_do_harm(strokes in vec((any::<u16>(), 0_u8..3), 0..500)) {
        let (mut keys, mut lines) = (Keys::default(), Lines::default());
        for (key, stroke) in strokes {
            let stroke = [Stroke::Up, Stroke::Down, Stroke::Held][usize::from(stroke)];
            lines.push(keys.press(key, stroke).as_slice());
        }
        lines.at_rest(true);
        prop_assert!(all(&mut lines).iter().all(is_sound));
    }
}
