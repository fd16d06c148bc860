//! Recorded sessions, played again; and that nothing personal is in one.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use driver_api::{DeviceUrl, IdCardReader, LinkFault};
use driver_sim::{Action, Emulator, id_card_reader::IdCardReaderMachine};
use id_card_reader::{
    Deadlines, Line, SamReader,
    protocol::CardRedactor,
    recorded::{identified, read},
};
use recorder::{Replay, Tape};

/// The recorded line. Where nothing comes, time passes, and takes none.
#[derive(Clone)]
struct Wire {
    replay: Replay,
    now: Arc<Mutex<Instant>>,
}

impl Line for Wire {
    fn send(&mut self, bytes: &[u8]) -> Result<(), LinkFault> {
        self.replay.send(bytes).map(drop)
    }

    fn receive(&mut self, into: &mut [u8], wait: Duration) -> Result<usize, LinkFault> {
        let came = self.replay.receive(into)?;
        if came == 0 {
            *self.now.lock().unwrap() += wait.max(Duration::from_millis(1));
        }
        Ok(came)
    }

    fn now(&self) -> Instant {
        *self.now.lock().unwrap()
    }
}

/// Plays a recording to its end and returns how many calls it has.
fn play(text: &str) -> usize {
    let replay = Replay::of(text).unwrap();
    let wire = Wire { replay: replay.clone(), now: Arc::new(Mutex::new(Instant::now())) };
    let opened = wire.clone();
    let connect = move |rate: u32| {
        opened.replay.open(&rate.to_string())?;
        Ok(Box::new(opened.clone()) as Box<dyn Line>)
    };
    let mut reader = SamReader::new(connect, 115_200, Deadlines::default());
    let mut calls = 0;
    while let Some(call) = replay.next_call() {
        calls += 1;
        match call.as_str() {
            "identify" => replay.result(&identified(&reader.identify())),
            "read" => replay.result(&read(&reader.read())),
            other => panic!("no reader does {other:?}"),
        }
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

/// Records what `act` does at an emulated reader, and keeps it where `RECORDINGS_TO` says.
fn recorded(name: &str, act: impl FnOnce(&Emulator, &mut dyn IdCardReader)) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reader");
    let machine = IdCardReaderMachine::new(Some(Duration::from_millis(20))).unwrap();
    let emulator = Emulator::start(Box::new(machine), &path).unwrap();
    let file = folder.path().join(format!("{name}.wire"));
    let tape = Tape::create(&file, "id-card-reader, the emulator of this repository", Box::new(CardRedactor))
        .unwrap();
    let url = DeviceUrl::Serial { path, baud: 115_200 };
    let mut reader = id_card_reader::open_recorded(&url, &tape).unwrap();
    act(&emulator, &mut *reader);
    drop(reader);
    drop(tape);
    if let Some(to) = std::env::var_os("RECORDINGS_TO") {
        std::fs::copy(&file, Path::new(&to).join(format!("{name}.wire"))).unwrap();
    }
    std::fs::read_to_string(&file).unwrap()
}

fn does(emulator: &Emulator, action: Action) {
    assert_eq!(emulator.perform(action)["ok"], true);
}

fn hex(text: &str) -> String {
    text.encode_utf16()
        .flat_map(u16::to_le_bytes)
        .map(|byte| format!("{byte:02X}"))
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_session_with_every_kind_of_card_is_recorded_without_the_card() {
    let cards = ["citizen-1", "citizen-new-address", "resident-j", "foreigner-2017", "foreigner-2023"];
    let text = recorded("cards", |emulator, reader| {
        reader.identify().unwrap();
        let known = emulator.perform(Action::named("status"));
        for card in cards {
            let put = emulator.perform(Action::named("put-card").with("card", card));
            assert_eq!(put["ok"], true, "{card}: {put}, {known}");
            let _ = reader.read();
            does(emulator, Action::named("lift-card"));
            let _ = reader.read();
        }
    });
    assert!(play(&text) > cards.len());
    assert_eq!(text.matches("result Card").count(), cards.len(), "{text}");
    for personal in ["张三", "19491231", "11010519491231002", "北京", "ZHENGJIAN", "证件样本"] {
        assert!(!text.contains(&hex(personal)), "{personal} is in the recording");
    }
    assert!(text.contains(&hex("示例")), "a card stays a card");
}

#[test]
fn sessions_that_go_wrong_play_again() {
    for fault in ["silent", "garbled", "truncated", "wrong-checksum", "stale-answer", "card-lifted-midway"] {
        let text = recorded(fault, |emulator, reader| {
            reader.identify().unwrap();
            does(emulator, Action::named("put-card").with("card", "citizen-1"));
            let told = emulator.perform(Action::named("fault").with("name", fault));
            assert_eq!(told["ok"], true, "{told}");
            let _ = reader.read();
            let _ = reader.read();
            does(emulator, Action::named("fault").with("name", "none"));
            let _ = reader.identify();
        });
        println!("{fault}");
        play(&text);
        assert!(!text.contains(&hex("张三")), "{fault}");
    }
}

#[test]
fn an_unplugged_session_plays_again() {
    let text = recorded("unplugged", |emulator, reader| {
        reader.identify().unwrap();
        does(emulator, Action::named("unplug"));
        let _ = (reader.read(), reader.read());
        does(emulator, Action::named("plug"));
        let _ = reader.identify();
    });
    assert!(text.contains("! Unplugged") && text.contains("! NotFound"), "{text}");
    play(&text);
}
