//! Keystrokes of a scanner that poses as an American keyboard, as the kernel numbers the keys.

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// It goes down.
    Down,
    /// It goes up.
    Up,
    /// It is held, and the kernel repeats it. No scanner does that.
    Held,
}

/// Stands for a key that is no part of a code, so that the code is refused and not shortened: a control character.
const NO_TEXT: u8 = 0x1A;
const ENTER: u16 = 28;
const KEYPAD_ENTER: u16 = 96;
/// Left and right.
const SHIFTS: [u16; 2] = [42, 54];
/// Control, Alt and the logo key: a scanner in a mode that types code points, or hands on a keyboard.
const COMMANDS: [u16; 6] = [29, 97, 56, 100, 125, 126];
/// Locks, which change nothing here: an honest scanner knows about them.
const LOCKS: [u16; 3] = [58, 69, 70];

/// The rows of the keyboard: first key number, plain, shifted.
const ROWS: [(u16, &[u8], &[u8]); 6] = [
    (2, b"1234567890-=", b"!@#$%^&*()_+"),
    (16, b"qwertyuiop[]", b"QWERTYUIOP{}"),
    (30, b"asdfghjkl;'`", b"ASDFGHJKL:\"~"),
    (43, b"\\zxcvbnm,./", b"|ZXCVBNM<>?"),
    (55, b"*", b"*"),
    (57, b" ", b" "),
];
/// The keypad, with its digits.
const KEYPAD: (u16, &[u8]) = (71, b"789-456+1230.");

/// Follows Shift, and turns keys into bytes.
#[derive(Default)]
pub struct Keys {
    shifts: [bool; 2],
}

impl Keys {
    /// The byte that a stroke means, where it means one.
    pub fn press(&mut self, key: u16, stroke: Stroke) -> Option<u8> {
        if let Some(side) = SHIFTS.iter().position(|shift| *shift == key) {
            self.shifts.iter_mut().skip(side).take(1).for_each(|down| *down = stroke != Stroke::Up);
            return None;
        }
        match stroke {
            Stroke::Down if key == ENTER || key == KEYPAD_ENTER => Some(b'\r'),
            Stroke::Down if LOCKS.contains(&key) => None,
            Stroke::Down if COMMANDS.contains(&key) => Some(NO_TEXT),
            Stroke::Down => Some(self.text(key).unwrap_or(NO_TEXT)),
            Stroke::Up | Stroke::Held => None,
        }
    }

    /// Strokes were lost. Shift may have gone up among them; if it has not, the code that it spoils is lost already.
    pub fn lose(&mut self) -> u8 {
        self.shifts = [false; 2];
        NO_TEXT
    }

    fn text(&self, key: u16) -> Option<u8> {
        let shifted = self.shifts.contains(&true);
        let rows =
            ROWS.iter().map(|(first, plain, capital)| (*first, if shifted { *capital } else { *plain }));
        rows.chain([KEYPAD]).find_map(|(first, row)| row.get(usize::from(key.checked_sub(first)?)).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(strokes: &[(u16, Stroke)]) -> Vec<u8> {
        let mut keys = Keys::default();
        strokes.iter().filter_map(|(key, stroke)| keys.press(*key, *stroke)).collect()
    }

    const A: u16 = 30;

    #[test]
    fn shift_holds_for_as_long_as_it_is_down() {
        use Stroke::{Down, Up};
        let strokes =
            [(A, Down), (A, Up), (42, Down), (A, Down), (2, Down), (42, Up), (A, Down), (28, Down), (28, Up)];
        assert_eq!(typed(&strokes), b"aA!a\r");
        assert_eq!(typed(&[(42, Down), (54, Down), (42, Up), (A, Down), (54, Up), (A, Down)]), b"Aa");
    }

    #[test]
    fn the_whole_keyboard_and_the_keypad() {
        let row = |first: u16, count: u16| {
            (first..first + count).map(|key| (key, Stroke::Down)).collect::<Vec<_>>()
        };
        assert_eq!(typed(&row(2, 12)), b"1234567890-=");
        assert_eq!(typed(&row(16, 12)), b"qwertyuiop[]");
        assert_eq!(typed(&row(30, 12)), b"asdfghjkl;'`");
        assert_eq!(typed(&row(43, 11)), b"\\zxcvbnm,./");
        assert_eq!(typed(&row(71, 13)), b"789-456+1230.");
        assert_eq!(typed(&[(57, Stroke::Down), (96, Stroke::Down)]), b" \r");
    }

    #[test]
    fn what_is_no_text_spoils_the_code_instead_of_shortening_it() {
        for key in [29, 56, 125, 59, 103, 240] {
            assert_eq!(typed(&[(key, Stroke::Down), (key, Stroke::Up)]), [NO_TEXT], "key {key}");
        }
        assert_eq!(typed(&[(A, Stroke::Down), (A, Stroke::Held), (A, Stroke::Up), (58, Stroke::Down)]), b"a");
    }
}
