//! ESC/POS as a printer understands it: bytes into commands, and commands into dots on paper.

mod command;
mod paper;

pub use command::{Command, next_command};
pub use paper::{Roll, Sheet};

/// Turns everything that a printer was sent into the receipts it would have cut; what hangs out uncut comes last.
#[must_use]
pub fn render(bytes: &[u8], dots: usize) -> Vec<Sheet> {
    let mut roll = Roll::new(dots);
    let mut sheets = Vec::new();
    let mut rest = bytes;
    while let Some((command, used)) = next_command(rest) {
        rest = rest.get(used..).unwrap_or_default();
        if let Some(rows) = command.rows() {
            roll.feed(&rows);
        }
        if matches!(command, Command::Cut) {
            sheets.push(roll.cut());
        }
    }
    if roll.rows() > 0 {
        sheets.push(roll.cut());
    }
    sheets
}
