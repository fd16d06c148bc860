//! Recorded sessions, played again; and that no receipt is in one.

use std::{path::Path, time::Instant};

use driver_api::{Bitmap, LinkFault, PrintJob, ReceiptPrinter};
use driver_sim::Action;
use receipt_printer::{
    Deadlines, EscPosPrinter, Profile, Transport, protocol::redact::DotRedactor, recorded::identified,
};
use recorder::{Replay, Tape};

use crate::{papers, stage::Stage};

/// The recorded way.
struct Wire(Replay);

impl Transport for Wire {
    fn name(&self) -> String {
        "recording".into()
    }

    fn open(&mut self) -> Result<(), LinkFault> {
        self.0.open("")
    }

    fn write(&mut self, bytes: &[u8], _: Instant) -> Result<usize, LinkFault> {
        self.0.send(bytes)
    }

    fn read(&mut self, into: &mut [u8], _: Instant) -> Result<usize, LinkFault> {
        self.0.receive(into)
    }
}

/// Plays a recording to its end and returns how many calls it has. Receipts are white paper as long as recorded.
fn play(text: &str) -> usize {
    let replay = Replay::of(text).unwrap();
    let profile = Profile::named("escpos-80").unwrap();
    let dots = profile.dots;
    let mut printer = EscPosPrinter::new(Box::new(Wire(replay.clone())), profile, Deadlines::default());
    let mut calls = 0;
    while let Some(call) = replay.next_call() {
        calls += 1;
        let words: Vec<_> = call.split(' ').collect();
        let told = match words[..] {
            ["identify"] => identified(&printer.identify()),
            ["status"] => format!("{:?}", printer.status()),
            ["clear"] => format!("{:?}", printer.clear()),
            ["print", number, rows] => {
                let image = Bitmap::new(dots, rows.parse().unwrap());
                format!("{:?}", printer.print(&PrintJob { number: number.parse().unwrap(), image }))
            }
            _ => panic!("no printer does {call:?}"),
        };
        replay.result(&told);
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

/// Records what `act` does at an emulated printer, and keeps it where `RECORDINGS_TO` says.
fn recorded(name: &str, act: impl FnOnce(&Stage, &mut dyn ReceiptPrinter)) -> String {
    let stage = Stage::new();
    let file = stage.file(&format!("{name}.wire"));
    let about = "receipt-printer, the emulator of this repository";
    let tape = Tape::create(&file, about, Box::<DotRedactor>::default()).unwrap();
    let mut printer = receipt_printer::open_recorded(&stage.url(), "escpos-80", &tape).unwrap();
    act(&stage, &mut *printer);
    drop(printer);
    drop(tape);
    if let Some(to) = std::env::var_os("RECORDINGS_TO") {
        std::fs::copy(&file, Path::new(&to).join(format!("{name}.wire"))).unwrap();
    }
    std::fs::read_to_string(&file).unwrap()
}

#[test]
fn a_receipt_is_recorded_without_its_dots() {
    let text = recorded("receipt", |_, printer| {
        printer.identify().unwrap();
        let image = papers::waiting().draw(576).image;
        printer.print(&PrintJob { number: 42, image });
        printer.status().unwrap();
    });
    assert!(text.contains("result Printed"), "{text}");
    assert_eq!(play(&text), 3);
    // A receipt is tens of thousands of bytes, of which thousands are black.
    assert!(text.len() < 6_000, "{} bytes", text.len());
}

#[test]
fn sessions_that_go_wrong_play_again() {
    for action in ["paper-out", "open-cover", "jam"] {
        let text = recorded(action, |stage, printer| {
            printer.identify().unwrap();
            stage.perform(&Action::named(action));
            let image = Bitmap::new(576, 64);
            printer.print(&PrintJob { number: 1, image });
            let _ = printer.status();
        });
        println!("{action}");
        assert!(text.contains("result NotPrinted"), "{text}");
        play(&text);
    }
    let text = recorded("unplugged", |stage, printer| {
        printer.identify().unwrap();
        stage.act("unplug");
        let _ = (printer.status(), printer.status());
        stage.act("plug");
        let _ = printer.status();
    });
    assert!(text.contains("! NotFound"), "{text}");
    play(&text);
}
