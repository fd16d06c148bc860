//! `kiosk technician`: registers somebody who may open 运维模式.

use std::{
    io::{BufRead, Write},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use driver_api::CardReading;

use crate::{Config, secret::Digest};

/// How long a card may take to be put down.
const CARD: Duration = Duration::from_mins(1);
/// Between two looks at the plate.
const POLL: Duration = Duration::from_millis(300);
const PIN_LENGTH: std::ops::RangeInclusive<usize> = 6..=12;

/// Reads a card from the configured reader and a PIN from `input`, and gives the entry for the configuration.
pub fn register(
    config: &Config,
    number: u64,
    name: &str,
    input: &mut dyn BufRead,
    says: &mut dyn Write,
) -> anyhow::Result<String> {
    writeln!(says, "put the technician's ID card on the reader (within {} s)", CARD.as_secs())?;
    let card = Digest::of(&card_number(config)?)?;
    writeln!(
        says,
        "card read; it can be lifted. PIN, {} to {} digits:",
        PIN_LENGTH.start(),
        PIN_LENGTH.end()
    )?;
    let pin = pin(input)?;
    writeln!(says, "once more:")?;
    anyhow::ensure!(pin == self::pin(input)?, "the two PINs differ");
    let name = toml_string(name);
    Ok(format!(
        "[[technicians]]\nnumber = {number}\nname = {name}\ncard = \"{card}\"\npin = \"{}\"\n",
        Digest::of(&pin)?
    ))
}

fn card_number(config: &Config) -> anyhow::Result<String> {
    let mut reader = id_card_reader::open(&config.devices.id_card_reader.url)?;
    let end = Instant::now() + CARD;
    while Instant::now() < end {
        match reader.read() {
            Ok(CardReading::Card(card)) => return Ok(card.number.clone()),
            Ok(CardReading::Unreadable(problem)) => anyhow::bail!("the card could not be read: {problem}"),
            Ok(CardReading::NoCard) => std::thread::sleep(POLL),
            Err(fault) => anyhow::bail!("the reader does not work: {fault}"),
        }
    }
    anyhow::bail!("no card was put down")
}

fn pin(input: &mut dyn BufRead) -> anyhow::Result<String> {
    let mut line = String::new();
    input.read_line(&mut line).context("the PIN cannot be read")?;
    let pin = line.trim_end();
    let digits = pin.bytes().all(|byte| byte.is_ascii_digit());
    anyhow::ensure!(
        digits && PIN_LENGTH.contains(&pin.len()),
        "a PIN has {} to {} digits",
        PIN_LENGTH.start(),
        PIN_LENGTH.end()
    );
    Ok(pin.to_owned())
}

fn toml_string(text: &str) -> String {
    // JSON strings are TOML strings.
    serde_json::Value::from(text).to_string()
}

/// While it lives a terminal does not show what is typed.
pub struct Unseen(Option<rustix::termios::Termios>);

impl Unseen {
    /// Nothing to do where the input is no terminal.
    #[must_use]
    pub fn typing() -> Self {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let stdin = std::io::stdin();
        let Ok(before) = tcgetattr(&stdin) else { return Self(None) };
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        let _ = tcsetattr(&stdin, OptionalActions::Flush, &quiet);
        Self(Some(before))
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let _ =
                rustix::termios::tcsetattr(std::io::stdin(), rustix::termios::OptionalActions::Flush, before);
        }
    }
}
