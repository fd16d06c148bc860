//! One thing that happened, as a line of text.

use driver_api::LinkFault;

/// What can happen between a program, a driver and a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The program asked the driver for something.
    Call(String),
    /// The driver opened its line.
    Open(String),
    /// It sent this.
    Sent(Vec<u8>),
    /// This came.
    Came(Vec<u8>),
    /// Opening, sending or listening failed.
    Failed(LinkFault),
    /// What the driver told the program, without anything personal.
    Result(String),
}

/// A line that is none of a recording.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {number} is no step of a recording")]
pub struct NotARecording {
    /// Which, from 1.
    pub number: usize,
}

const FAULTS: [(&str, LinkFault); 6] = [
    ("NotFound", LinkFault::NotFound),
    ("PermissionDenied", LinkFault::PermissionDenied),
    ("Busy", LinkFault::Busy),
    ("Unplugged", LinkFault::Unplugged),
    ("Silent", LinkFault::Silent),
    ("Garbled", LinkFault::Garbled),
];

/// So many equal bytes are told by their number.
const RUN: usize = 8;

impl Step {
    /// The line for it.
    pub(crate) fn line(&self) -> String {
        match self {
            Self::Call(what) => format!("call {what}"),
            Self::Open(how) => format!("open {how}"),
            Self::Sent(bytes) => format!("> {}", hex(bytes)),
            Self::Came(bytes) => format!("< {}", hex(bytes)),
            Self::Failed(fault) => format!("! {fault:?}"),
            Self::Result(what) => format!("result {what}"),
        }
    }

    fn read(line: &str) -> Option<Self> {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        Some(match kind {
            "call" => Self::Call(rest.to_owned()),
            "open" => Self::Open(rest.to_owned()),
            ">" => Self::Sent(bytes(rest)?),
            "<" => Self::Came(bytes(rest)?),
            "!" => Self::Failed(FAULTS.iter().find(|(name, _)| *name == rest)?.1),
            "result" => Self::Result(rest.to_owned()),
            _ => return None,
        })
    }
}

/// The steps of a recording. Empty lines and those that begin with `#` say nothing.
pub fn parse(text: &str) -> Result<Vec<Step>, NotARecording> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(at, line)| Step::read(line).ok_or(NotARecording { number: at + 1 })).collect()
}

fn hex(bytes: &[u8]) -> String {
    let words = bytes.chunk_by(|a, b| a == b).flat_map(|run| {
        let byte = run.first().copied().unwrap_or_default();
        let told = if run.len() < RUN { run.len() } else { 1 };
        let times = if run.len() < RUN { String::new() } else { format!("*{}", run.len()) };
        std::iter::repeat_n(format!("{byte:02X}{times}"), told)
    });
    words.collect::<Vec<_>>().join(" ")
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    /// More in one step no line of ours carries.
    const MOST: usize = 1 << 24;
    let mut bytes = Vec::new();
    for word in text.split_whitespace() {
        let (byte, times) = word.split_once('*').unwrap_or((word, "1"));
        let (byte, times) = (u8::from_str_radix(byte, 16).ok()?, times.parse::<usize>().ok()?);
        if times > MOST - bytes.len() {
            return None;
        }
        bytes.extend(std::iter::repeat_n(byte, times));
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_recording_can_be_read_by_people() {
        let steps = [
            Step::Call("read".into()),
            Step::Open("115200".into()),
            Step::Sent(vec![0xAA, 0xAA, 0x96]),
            Step::Came([vec![1], vec![0; 20]].concat()),
            Step::Failed(LinkFault::Silent),
            Step::Result("NoCard".into()),
        ];
        let text: Vec<_> = steps.iter().map(Step::line).collect();
        assert_eq!(
            text,
            ["call read", "open 115200", "> AA AA 96", "< 01 00*20", "! Silent", "result NoCard"]
        );
        assert_eq!(parse(&format!("# made up\n\n{}\n", text.join("\n"))).unwrap(), steps);
    }

    #[test]
    fn what_is_no_recording_says_where() {
        for (text, number) in
            [("sent AA", 1), ("# fine\n> AZ", 2), ("! Broken", 1), ("> 00*99999999999", 1), ("> 00*x", 1)]
        {
            assert_eq!(parse(text), Err(NotARecording { number }), "{text}");
        }
    }

    proptest! {
        #[test]
        fn bytes_read_back(bytes in proptest::collection::vec(prop_oneof![Just(0_u8), any::<u8>()], 0..60)) {
            let step = Step::Came(bytes);
            prop_assert_eq!(parse(&step.line()), Ok(vec![step]));
        }
    }
}
