//! Lines: a code, ended by CR, LF or both, with STX and ETX around it where a scanner likes them.

use std::collections::VecDeque;

use driver_api::{Scan, ScanProblem, ScannedCode};
use zeroize::Zeroizing;

const STX: u8 = 0x02;
const ETX: u8 = 0x03;
/// Codes that wait to be asked for. More are dropped, the oldest first: a scanner held before a code says it for ever.
const WAITING: usize = 8;

/// Collects lines. Wiped when dropped.
#[derive(Default)]
pub struct Lines {
    begun: Zeroizing<Vec<u8>>,
    overlong: bool,
    /// A code has broken off: what comes up to the next mark is the rest of it, and would pass for a shorter code.
    broken: bool,
    found: VecDeque<Scan>,
}

impl Lines {
    /// Takes in what came.
    pub fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'\r' | b'\n' => self.end(),
                &STX | &ETX => {}
                // Kept up to one byte too many, so that what is too long stays so.
                _ if self.begun.len() > ScannedCode::LONGEST => self.overlong = true,
                _ => self.keep(*byte),
            }
        }
    }

    /// Nothing more is coming now: what has begun is whole where nothing marks an end, and has broken off where
    /// something does.
    pub fn at_rest(&mut self, needs_end: bool) {
        if !needs_end {
            self.end();
        } else if self.has_begun() {
            self.wipe();
            if !self.broken {
                self.find(Scan::Rejected(ScanProblem::BrokenOff));
            }
            self.broken = true;
        }
    }

    /// It was silent for so long that the rest of what has broken off is not coming any more.
    pub fn begin_anew(&mut self) {
        self.broken = false;
    }

    /// Forgets the codes that nobody has asked for. The rest of one that has broken off is still none.
    pub fn forget(&mut self) {
        self.found.clear();
    }

    /// Whether something has come that is not ended.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        !self.begun.is_empty()
    }

    /// The next thing that has come, the oldest first.
    #[expect(clippy::should_implement_trait, reason = "it ends and goes on again")]
    pub fn next(&mut self) -> Option<Scan> {
        self.found.pop_front()
    }

    /// Room for all of it at once, so that growing leaves no copies in freed memory.
    fn keep(&mut self, byte: u8) {
        if self.begun.capacity() == 0 {
            self.begun.reserve(ScannedCode::LONGEST + 1);
        }
        self.begun.push(byte);
    }

    fn end(&mut self) {
        if std::mem::take(&mut self.broken) {
            self.wipe();
        }
        if !self.has_begun() {
            return;
        }
        let scan = match ScannedCode::new(&self.begun) {
            _ if self.overlong => Scan::Rejected(ScanProblem::TooLong),
            Ok(code) => Scan::Code(code),
            Err(problem) => Scan::Rejected(problem),
        };
        self.wipe();
        self.find(scan);
    }

    fn wipe(&mut self) {
        self.begun = Zeroizing::default();
        self.overlong = false;
    }

    fn find(&mut self, scan: Scan) {
        self.found.push_back(scan);
        while self.found.len() > WAITING {
            self.found.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(lines: &mut Lines) -> Vec<String> {
        std::iter::from_fn(|| lines.next())
            .map(|scan| match scan {
                Scan::Code(code) => code.text().to_owned(),
                other => format!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn every_usual_ending_ends_a_code() {
        let mut lines = Lines::default();
        lines.push(b"one\rtwo\nthree\r\n\x02four\x03\r\n\r\n");
        assert_eq!(all(&mut lines), ["one", "two", "three", "four"]);
        assert!(!lines.has_begun());
    }

    #[test]
    fn without_an_ending_silence_ends_it_or_breaks_it_off() {
        let mut lines = Lines::default();
        lines.push(b"12345");
        assert_eq!(all(&mut lines), [""; 0]);
        lines.at_rest(false);
        lines.at_rest(false);
        assert_eq!(all(&mut lines), ["12345"]);
        lines.push(b"12345");
        lines.at_rest(true);
        assert_eq!(all(&mut lines), ["Rejected(BrokenOff)"]);
    }

    #[test]
    fn the_rest_of_what_has_broken_off_is_no_code() {
        let mut lines = Lines::default();
        for rest in [&b"2345\r\n"[..], b"\r", b"23\n45\r"] {
            lines.push(b"1");
            lines.at_rest(true);
            lines.push(rest.split_at(1).0);
            lines.at_rest(true);
            lines.push(rest.split_at(1).1);
            lines.push(b"next\r");
            let found = all(&mut lines);
            assert_eq!(found.first().map(String::as_str), Some("Rejected(BrokenOff)"), "{rest:?}");
            assert_eq!(found.last().map(String::as_str), Some("next"), "{rest:?}");
            assert!(!found.iter().any(|code| code.starts_with('2')), "{found:?}");
        }
        lines.push(b"1");
        lines.at_rest(true);
        lines.forget();
        lines.push(b"2345\rnext\r");
        assert_eq!(all(&mut lines), ["next"]);
        lines.push(b"1");
        lines.at_rest(true);
        lines.begin_anew();
        lines.push(b"next\r");
        assert_eq!(all(&mut lines), ["Rejected(BrokenOff)", "next"]);
    }

    #[test]
    fn what_is_no_code_says_so_and_the_next_one_is_read() {
        let mut lines = Lines::default();
        lines.push(&[b'7'; 5_000]);
        lines.push(b"\rok\r7\x1d7\rok\r\xFF\rok\r");
        let (long, text) = ("Rejected(TooLong)", "Rejected(NotText)");
        assert_eq!(all(&mut lines), [long, "ok", text, "ok", text, "ok"]);
    }

    #[test]
    fn a_scanner_that_repeats_itself_fills_nothing_up() {
        let mut lines = Lines::default();
        for number in 0..1_000 {
            lines.push(format!("{number}\r").as_bytes());
        }
        assert_eq!(all(&mut lines).first().map(String::as_str), Some("992"));
    }
}
