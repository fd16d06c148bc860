//! Recorded sessions, played again; and that no code is in one.

use std::{path::Path, time::Duration};

use code_scanner::{
    Scanner, Source,
    recorded::{CodeRedactor, scanned, told},
};
use driver_api::{CodeScanner, DeviceUrl, LinkFault};
use driver_sim::{Action, Emulator, code_scanner::CodeScannerMachine};
use recorder::{Replay, Tape};

/// The recorded line.
struct Wire(Replay);

impl Source for Wire {
    fn receive(&mut self, into: &mut [u8], _: Duration) -> Result<usize, LinkFault> {
        self.0.receive(into)
    }

    fn ends_codes(&self) -> bool {
        false
    }
}

/// Plays a recording to its end and returns how many calls it has.
fn play(text: &str) -> usize {
    let replay = Replay::of(text).unwrap();
    let opened = replay.clone();
    let connect = move || {
        opened.open("")?;
        Ok(Box::new(Wire(opened.clone())) as Box<dyn Source>)
    };
    let mut scanner = Scanner::new("recording".into(), connect);
    let mut calls = 0;
    while let Some(call) = replay.next_call() {
        calls += 1;
        replay.result(&match call.as_str() {
            "identify" => told(&scanner.identify()),
            "clear" => told(&scanner.clear()),
            "read" => scanned(&scanner.read(Duration::from_millis(100))),
            other => panic!("no scanner does {other:?}"),
        });
        assert_eq!(replay.strayed(), None, "call {calls}, {call}");
    }
    assert_eq!(replay.strayed(), None);
    calls
}

#[test]
fn every_recording_plays_again() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    for file in files {
        println!("{}", file.display());
        assert!(play(&std::fs::read_to_string(file).unwrap()) > 0);
    }
}

#[test]
fn codes_are_recorded_without_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scanner");
    let emulator = Emulator::start(Box::<CodeScannerMachine>::default(), &path).unwrap();
    let file = folder.path().join("codes.wire");
    let about = "code-scanner, the emulator of this repository";
    let tape = Tape::create(&file, about, Box::new(CodeRedactor)).unwrap();
    let url = DeviceUrl::Serial { path, baud: 115_200 };
    let mut scanner = code_scanner::open_recorded(&url, &tape).unwrap();
    scanner.identify().unwrap();
    for code in ["424012345678901234567890", "示例 QR"] {
        assert_eq!(emulator.perform(Action::named("scan").with("code", code))["ok"], true);
        let scan = scanner.read(Duration::from_secs(5)).unwrap();
        assert!(matches!(scan, driver_api::Scan::Code(_)), "{scan:?}");
    }
    scanner.clear().unwrap();
    assert_eq!(emulator.perform(Action::named("unplug"))["ok"], true);
    assert_eq!(scanner.read(Duration::from_secs(5)), Err(LinkFault::Unplugged));
    drop(scanner);
    drop(tape);
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(play(&text), 5, "{text}");
    assert!(!text.contains("34 32 34 30") && text.contains("58*24 0D"), "{text}");
    if let Some(to) = std::env::var_os("RECORDINGS_TO") {
        std::fs::copy(&file, Path::new(&to).join("codes.wire")).unwrap();
    }
}
