//! Bytes into commands.

/// One command, as far as this printer cares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `DLE EOT n`: answered at once.
    RealTimeStatus(u8),
    /// `DLE ENQ n`: recover, done at once.
    Recover(u8),
    /// `ESC @`.
    Initialise,
    /// `GS v 0`: a picture, rows of whole bytes.
    Raster {
        /// Bytes in a row.
        stride: usize,
        /// The rows.
        data: Vec<u8>,
    },
    /// Paper moves on by so many dots.
    Feed(usize),
    /// `GS V`.
    Cut,
    /// `GS ( H` function 48: tell when everything before it is printed.
    ProcessId([u8; 4]),
    /// `GS r n`: answered in order.
    Status(u8),
    /// `GS I n`.
    Identity(u8),
    /// Understood, and of no consequence for the paper.
    Setting,
    /// A byte that begins no command this printer knows.
    Unknown(u8),
}

/// Dots of one line of text, for line feeds.
const LINE: usize = 30;

impl Command {
    /// The rows it puts on paper, where it does.
    #[must_use]
    pub fn rows(&self) -> Option<Vec<Vec<u8>>> {
        match self {
            Self::Raster { stride, data } => Some(data.chunks(*stride).map(<[u8]>::to_vec).collect()),
            Self::Feed(dots) => Some(vec![Vec::new(); *dots]),
            _ => None,
        }
    }
}

/// The first command of `bytes` and its length; none while more bytes are needed.
#[must_use]
pub fn next_command(bytes: &[u8]) -> Option<(Command, usize)> {
    let at = |place: usize| bytes.get(place).copied();
    Some(match (at(0)?, at(1)) {
        (0x10, second) => match second? {
            0x04 => (Command::RealTimeStatus(at(2)?), 3),
            0x05 => (Command::Recover(at(2)?), 3),
            _ => (Command::Unknown(0x10), 1),
        },
        (0x1B, second) => escape(second?, bytes)?,
        (0x1D, second) => group(second?, bytes)?,
        (0x0A, _) => (Command::Feed(LINE), 1),
        (0x00 | 0x0D, _) => (Command::Setting, 1),
        (other, _) => (Command::Unknown(other), 1),
    })
}

fn escape(second: u8, bytes: &[u8]) -> Option<(Command, usize)> {
    let third = bytes.get(2).copied();
    Some(match second {
        b'@' => (Command::Initialise, 2),
        b'2' => (Command::Setting, 2),
        b'J' => (Command::Feed(usize::from(third?)), 3),
        b'd' => (Command::Feed(usize::from(third?) * LINE), 3),
        b'3' | b'a' | b't' | b'M' | b'R' | b'!' | b' ' | b'E' | b'G' | b'-' => {
            third.map(|_| (Command::Setting, 3))?
        }
        _ => (Command::Unknown(0x1B), 1),
    })
}

fn group(second: u8, bytes: &[u8]) -> Option<(Command, usize)> {
    let third = bytes.get(2).copied();
    Some(match second {
        b'v' => raster(bytes)?,
        b'V' if matches!(third?, 65 | 66) => bytes.get(3).map(|_| (Command::Cut, 4))?,
        b'V' => (Command::Cut, 3),
        b'(' => extended(bytes)?,
        b'r' => (Command::Status(third?), 3),
        b'I' => (Command::Identity(third?), 3),
        b'a' | b'!' | b'B' => third.map(|_| (Command::Setting, 3))?,
        b'L' | b'W' => bytes.get(3).map(|_| (Command::Setting, 4))?,
        _ => (Command::Unknown(0x1D), 1),
    })
}

fn raster(bytes: &[u8]) -> Option<(Command, usize)> {
    const HEAD: usize = 8;
    let size = |low: usize| Some(usize::from(u16::from_le_bytes([*bytes.get(low)?, *bytes.get(low + 1)?])));
    let (stride, rows) = (size(4)?, size(6)?);
    let end = HEAD + stride * rows;
    let data = bytes.get(HEAD..end)?.to_vec();
    if data.is_empty() {
        Some((Command::Setting, HEAD))
    } else {
        Some((Command::Raster { stride, data }, end))
    }
}

fn extended(bytes: &[u8]) -> Option<(Command, usize)> {
    let length = usize::from(u16::from_le_bytes([*bytes.get(3)?, *bytes.get(4)?]));
    let data = bytes.get(5..5 + length)?;
    let command = match (bytes.get(2), data) {
        (Some(b'H'), [48, 48, id @ ..]) => id.try_into().map_or(Command::Setting, Command::ProcessId),
        _ => Command::Setting,
    };
    Some((command, 5 + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_taken_whole_or_not_at_all() {
        let commands: [&[u8]; 7] = [
            &[0x10, 4, 1],
            &[0x1B, b'@'],
            &[0x1D, b'v', b'0', 0, 2, 0, 2, 0, 1, 2, 3, 4],
            &[0x1D, b'V', 66, 3],
            &[0x1D, b'(', b'H', 6, 0, 48, 48, 1, 2, 3, 4],
            &[0x1D, b'r', 1],
            &[0x1B, b'J', 40],
        ];
        for command in commands {
            for cut in 1..command.len() {
                assert_eq!(next_command(&command[..cut]), None, "{command:?} cut at {cut}");
            }
            let (known, used) = next_command(command).unwrap();
            assert_eq!(used, command.len());
            assert!(!matches!(known, Command::Unknown(_)), "{command:?}");
        }
    }

    #[test]
    fn a_status_request_inside_a_picture_is_picture() {
        let bytes = [0x1D, b'v', b'0', 0, 1, 0, 3, 0, 0x10, 4, 1];
        let (command, used) = next_command(&bytes).unwrap();
        assert_eq!((command, used), (Command::Raster { stride: 1, data: vec![0x10, 4, 1] }, 11));
    }
}
