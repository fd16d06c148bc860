use std::time::{Duration, Instant};

use super::*;
use crate::escpos::render;

/// A row of one byte.
const ROW: &[u8] = b"\x1Dv0\x00\x01\x00\x01\x00\xFF";
const NOTHING: [u8; 0] = [];
const CUT: &[u8] = b"\x1DVB\x00";

struct Bench {
    machine: ReceiptPrinterMachine,
    now: Instant,
}

impl Bench {
    fn new(mm_per_second: u32) -> Self {
        Self { machine: ReceiptPrinterMachine::new(384, mm_per_second), now: Instant::now() }
    }

    fn say(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.machine.receive(bytes, self.now);
        self.machine.send(self.now)
    }

    fn after(&mut self, time: Duration) -> Vec<u8> {
        self.now += time;
        self.machine.send(self.now)
    }

    fn act(&mut self, name: &str) -> Vec<u8> {
        self.perform(&Action::named(name));
        self.machine.send(self.now)
    }

    fn perform(&mut self, action: &Action) {
        self.machine.perform(action, self.now).unwrap();
    }

    fn status(&mut self) -> [u8; 4] {
        let mut said = vec![];
        for n in 1..5 {
            said.extend(self.say(&[0x10, 4, n]));
        }
        said.try_into().unwrap()
    }
}

#[test]
fn a_status_is_answered_as_the_manuals_say() {
    let mut bench = Bench::new(0);
    assert_eq!(bench.status(), [0x12; 4]);
    for (happens, status, ends) in [
        ("paper-out", [0x1A, 0x32, 0x12, 0x7E], "load-paper"),
        ("paper-near-end", [0x12, 0x12, 0x12, 0x1E], "load-paper"),
        ("open-cover", [0x1A, 0x16, 0x12, 0x12], "close-cover"),
        ("jam", [0x1A, 0x52, 0x1A, 0x12], "clear-jam"),
        ("overheat", [0x1A, 0x52, 0x52, 0x12], "cool-down"),
        ("offline", [0x1A, 0x12, 0x12, 0x12], "online"),
    ] {
        bench.act(happens);
        assert_eq!(bench.status(), status, "{happens}");
        bench.act(ends);
        assert_eq!(bench.status(), [0x12; 4], "{ends}");
    }
}

#[test]
fn changes_are_reported_once_they_were_asked_for() {
    let mut bench = Bench::new(0);
    assert_eq!(bench.act("open-cover"), NOTHING);
    bench.act("close-cover");
    assert_eq!(bench.say(b"\x1Da\x0E"), [0x10, 0, 0, 0]);
    assert_eq!(bench.act("open-cover"), [0x38, 0, 0, 0]);
    assert_eq!(bench.act("close-cover"), [0x10, 0, 0, 0]);
    bench.say(b"\x1B@");
    assert_eq!(bench.act("open-cover"), NOTHING, "a reset switches reports off");
}

#[test]
fn a_proof_comes_after_the_last_row_and_not_before() {
    let mut bench = Bench::new(10);
    let job = [ROW.repeat(80), CUT.to_vec(), b"\x1D(H\x06\x0000\x30\x30\x34\x32".to_vec()].concat();
    assert_eq!(bench.say(&job), NOTHING);
    assert_eq!(bench.after(Duration::from_millis(900)), NOTHING, "80 rows at 10 mm/s take a second");
    assert_eq!(bench.after(Duration::from_millis(200)), *b"\x37\x220042\x00");
    assert_eq!(bench.machine.output().receipts(), 1);
}

#[test]
fn a_roll_that_ends_in_the_middle_stops_there_and_goes_on_with_a_new_one() {
    let mut bench = Bench::new(0);
    bench.say(b"\x1Da\x0E");
    bench.perform(&Action::named("paper-out").with("mm", 1));
    let said = bench.say(&[ROW.repeat(20), CUT.to_vec()].concat());
    assert_eq!(bench.machine.output().hanging().sheet.height(), 8);
    assert_eq!(said, [0x10, 0, 3, 0, 0x18, 0, 0x0F, 0], "nearly at its end, then at its end");
    assert_eq!(bench.say(b"\x1Dr\x01"), NOTHING, "what waits its turn waits for paper");
    bench.act("load-paper");
    assert_eq!(bench.machine.output().last().unwrap().sheet.height(), 20);
}

#[test]
fn what_was_cleared_does_not_come_out_with_the_new_roll() {
    let mut bench = Bench::new(0);
    bench.act("paper-out");
    bench.say(&[ROW.repeat(20), CUT.to_vec()].concat());
    bench.say(b"\x10\x05\x02");
    bench.act("load-paper");
    assert_eq!((bench.machine.output().rows(), bench.machine.output().receipts()), (0, 0));
}

#[test]
fn without_power_it_forgets_what_it_heard() {
    let mut bench = Bench::new(0);
    bench.act("open-cover");
    bench.say(&ROW.repeat(20));
    bench.machine.lose_power();
    bench.act("close-cover");
    assert_eq!(bench.machine.output().rows(), 0);
    bench.say(&[ROW.repeat(2), CUT.to_vec()].concat());
    assert_eq!(bench.machine.output().last().unwrap().bytes, [ROW.repeat(2), CUT.to_vec()].concat());
}

#[test]
fn the_bytes_of_a_receipt_draw_the_same_receipt() {
    let mut bench = Bench::new(0);
    let questions = b"\x1B@\x1Da\x0E\x10\x04\x01\x1Dr\x01";
    let receipt = [b"\x1Dv0\x00\x30\x00\x01\x00".as_slice(), &[0xAA; 48], b"\x1DVB\x08"].concat();
    for _ in 0..3 {
        bench.say(&[questions.as_slice(), &receipt, questions].concat());
        let last = bench.machine.output().last().unwrap();
        assert_eq!(last.bytes, receipt);
        assert_eq!(render(&last.bytes).as_deref(), Ok(std::slice::from_ref(&last.sheet)));
    }
}

#[test]
fn a_torn_receipt_can_still_be_saved() {
    let mut bench = Bench::new(0);
    bench.say(&ROW.repeat(3));
    bench.act("tear");
    let dir = tempfile::tempdir().unwrap();
    let [png, escpos] = ["r.png", "r.escpos"].map(|name| dir.path().join(name).display().to_string());
    bench.perform(&Action::named("save").with("png", png.clone()).with("escpos", escpos.clone()));
    assert_eq!(std::fs::read(escpos).unwrap(), ROW.repeat(3));
    assert!(std::fs::read(png).unwrap().starts_with(b"\x89PNG"));
    let nothing = bench.machine.perform(&Action::named("save"), bench.now);
    assert_eq!(nothing, Err(Refusal::Missing("png")));
}

#[test]
fn it_tells_its_name() {
    let mut bench = Bench::new(0);
    assert_eq!(bench.say(b"\x1DI\x42\x1DI\x43"), *b"_EMULATOR\x00_RECEIPT-384\x00");
}
