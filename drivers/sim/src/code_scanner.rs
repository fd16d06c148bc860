//! The code scanner: a person holds a code before it, and it says what it has read, in lines or as keystrokes.

mod keyboard;

use std::{collections::VecDeque, time::Instant};

use serde_json::{Map, Value};

use crate::{Action, Chaos, Machine, Refusal};

const ACTIONS: &str = "scan, fault, status, plug, unplug";

/// How it says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Speech {
    /// In lines.
    #[default]
    Lines,
    /// In reports of a keyboard, eight bytes each.
    Keys,
}

/// What can go wrong between a scanner and its host, by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is wrong.
    #[default]
    None,
    /// It reads and says nothing.
    Silent,
    /// It sends no ending.
    NoEnding,
    /// It sends half of what it has read.
    BreaksOff,
    /// Every byte has its highest bit set.
    Garbled,
    /// It says everything twice.
    Twice,
    /// It says what it has read without end.
    Endless,
    /// Everything at once, from a seed: see [`crate::Chaos`].
    Chaos,
}

impl Fault {
    /// All of them with their names.
    pub const ALL: [(&'static str, Self); 8] = [
        ("none", Self::None),
        ("silent", Self::Silent),
        ("no-ending", Self::NoEnding),
        ("breaks-off", Self::BreaksOff),
        ("garbled", Self::Garbled),
        ("twice", Self::Twice),
        ("endless", Self::Endless),
        ("chaos", Self::Chaos),
    ];
}

/// What an endless scanner says.
const ENDLESS: usize = 4_096;

/// The emulated scanner.
#[derive(Default)]
pub struct CodeScannerMachine {
    speech: Speech,
    fault: Fault,
    chaos: Option<Chaos>,
    says: Vec<u8>,
    /// What chaos holds back.
    held: VecDeque<(Instant, Vec<u8>)>,
    scans: u64,
}

impl CodeScannerMachine {
    /// A scanner that poses as a keyboard.
    #[must_use]
    pub fn keyboard() -> Self {
        Self { speech: Speech::Keys, ..Self::default() }
    }

    fn scan(&mut self, code: &str, now: Instant) {
        self.scans += 1;
        let said = self.said(code);
        match &mut self.chaos {
            Some(chaos) => chaos.hold(&mut self.held, said, now),
            None => self.says.extend(said),
        }
    }

    fn said(&self, code: &str) -> Vec<u8> {
        let line = [code.as_bytes(), b"\r"].concat();
        let line = match self.fault {
            Fault::None | Fault::Chaos => line,
            Fault::Silent => vec![],
            Fault::NoEnding => code.as_bytes().to_vec(),
            Fault::BreaksOff => line.get(..line.len() / 2).unwrap_or_default().to_vec(),
            Fault::Garbled => code.bytes().map(|byte| byte | 0x80).chain(*b"\r").collect(),
            Fault::Twice => [&line[..], &line].concat(),
            Fault::Endless => code.bytes().cycle().take(ENDLESS).collect(),
        };
        match self.speech {
            Speech::Lines => line,
            Speech::Keys => keyboard::reports(&line),
        }
    }
}

impl Machine for CodeScannerMachine {
    /// It does as it likes, whatever the host says.
    fn receive(&mut self, _: &[u8], _: Instant) {}

    fn due(&self) -> Option<Instant> {
        // Whatever is to be said is to be said at once: any moment that has passed will do.
        let now = (!self.says.is_empty()).then(Instant::now);
        now.into_iter().chain(self.held.front().map(|(at, _)| *at)).min()
    }

    fn send(&mut self, now: Instant) -> Vec<u8> {
        let ready = self.held.iter().take_while(|(at, _)| *at <= now).count();
        let late = self.held.drain(..ready).flat_map(|(_, piece)| piece);
        self.says.drain(..).chain(late).collect()
    }

    fn perform(&mut self, action: &Action, now: Instant) -> Result<Map<String, Value>, Refusal> {
        match action.name() {
            "scan" => self.scan(action.text("code")?, now),
            "fault" => {
                let name = action.text("name")?;
                let known = Fault::ALL.into_iter().find(|(known, _)| *known == name);
                self.fault = known.ok_or_else(|| Refusal::Unknown("fault", name.into()))?.1;
                self.chaos = (self.fault == Fault::Chaos).then(|| Chaos::from_action(action));
            }
            other => return Err(Refusal::UnknownAction(other.to_owned(), ACTIONS)),
        }
        Ok(Map::new())
    }

    fn situation(&self) -> Map<String, Value> {
        let fault = Fault::ALL.into_iter().find(|(_, fault)| *fault == self.fault);
        [
            ("device".to_owned(), "code-scanner".into()),
            ("fault".to_owned(), fault.map_or("none", |(name, _)| name).into()),
            ("scans".to_owned(), self.scans.into()),
        ]
        .into_iter()
        .collect()
    }

    fn lose_power(&mut self) {
        self.says.clear();
        self.held.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(machine: &mut CodeScannerMachine, fault: &str) -> Vec<u8> {
        let now = Instant::now();
        machine.perform(&Action::named("fault").with("name", fault), now).unwrap();
        machine.perform(&Action::named("scan").with("code", "4711"), now).unwrap();
        machine.send(now)
    }

    #[test]
    fn a_code_is_a_line_and_every_fault_spoils_it_in_its_way() {
        let mut machine = CodeScannerMachine::default();
        assert_eq!(machine.due(), None);
        for (fault, said) in [
            ("none", &b"4711\r"[..]),
            ("silent", b""),
            ("no-ending", b"4711"),
            ("breaks-off", b"47"),
            ("garbled", b"\xB4\xB7\xB1\xB1\r"),
            ("twice", b"4711\r4711\r"),
        ] {
            assert_eq!(scanned(&mut machine, fault), said, "{fault}");
        }
        assert_eq!(scanned(&mut machine, "endless").len(), ENDLESS);
        assert_eq!(machine.situation()["scans"], 7);
    }
}
