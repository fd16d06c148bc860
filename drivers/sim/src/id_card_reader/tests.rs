//! The module's manners, without a cable.

use super::*;

struct Bench {
    machine: IdCardReaderMachine,
    now: Instant,
}

impl Bench {
    fn new() -> Self {
        Self { machine: IdCardReaderMachine::new(None).unwrap(), now: Instant::now() }
    }

    fn act(&mut self, action: &Action) -> Result<Map<String, Value>, Refusal> {
        self.machine.perform(action, self.now)
    }

    fn put(&mut self, card: &str) {
        self.act(&Action::named("put-card").with("card", card)).unwrap();
    }

    /// Sends a command and waits until the module has nothing more to say.
    fn ask(&mut self, command: u8, parameter: u8) -> Vec<u8> {
        let check = 3 ^ command ^ parameter;
        self.machine.receive(&[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 3, command, parameter, check], self.now);
        let mut answer = Vec::new();
        while let Some(due) = self.machine.due() {
            self.now = self.now.max(due);
            answer.extend(self.machine.send(self.now));
        }
        answer
    }

    fn words(&mut self, commands: &[(u8, u8)]) -> Vec<u8> {
        commands.iter().map(|(command, parameter)| self.ask(*command, *parameter)[9]).collect()
    }
}

const FIND: (u8, u8) = (0x20, 0x01);
const SELECT: (u8, u8) = (0x20, 0x02);
const READ: (u8, u8) = (0x30, 0x01);
const ADDRESS: (u8, u8) = (0x30, 0x03);

#[test]
fn an_empty_plate_has_no_card() {
    assert_eq!(Bench::new().words(&[FIND, SELECT, READ]), [0x80, 0x81, 0x41]);
}

#[test]
fn a_card_is_found_selected_and_read_once_until_it_is_lifted() {
    let mut bench = Bench::new();
    bench.put("citizen-1");
    assert_eq!(bench.words(&[FIND, SELECT, READ, ADDRESS, FIND]), [0x9F, 0x90, 0x90, 0x91, 0x80]);
    bench.act(&Action::named("lift-card")).unwrap();
    bench.put("citizen-1");
    assert_eq!(bench.words(&[FIND]), [0x9F]);
}

#[test]
fn the_order_is_find_select_read() {
    let mut bench = Bench::new();
    bench.put("citizen-1");
    assert_eq!(bench.words(&[READ, FIND]), [0x41, 0x80], "a failed card must be lifted");
}

#[test]
fn a_card_lifted_while_it_is_read_fails() {
    let mut bench = Bench::new();
    bench.put("citizen-1");
    bench.words(&[FIND, SELECT]);
    let now = bench.now;
    bench.machine.receive(&[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 3, 0x30, 0x01, 0x32], now);
    bench.act(&Action::named("lift-card")).unwrap();
    let due = bench.machine.due().unwrap();
    assert!(due >= now + Duration::from_millis(250), "a read takes its time");
    assert_eq!(bench.machine.send(due)[9], 0x41);
}

#[test]
fn what_the_module_does_not_know_it_refuses() {
    assert_eq!(Bench::new().words(&[(0x77, 0x01), (0x30, 0x05)]), [0x21, 0x21]);
}

#[test]
fn the_plate_holds_one_card_and_only_known_ones() {
    let mut bench = Bench::new();
    bench.put("bank-card");
    let again = bench.act(&Action::named("put-card").with("card", "citizen-1"));
    assert!(matches!(again, Err(Refusal::NotNow(_))));
    bench.act(&Action::named("lift-card")).unwrap();
    let unknown = bench.act(&Action::named("put-card").with("card", "library-card"));
    assert_eq!(unknown, Err(Refusal::Unknown("card", "library-card".into())));
    let fault = bench.act(&Action::named("fault").with("name", "on-fire"));
    assert_eq!(fault, Err(Refusal::Unknown("fault", "on-fire".into())));
}

#[test]
fn the_situation_tells_what_lies_there_and_what_was_asked() {
    let mut bench = Bench::new();
    bench.put("citizen-2");
    bench.words(&[FIND, SELECT]);
    let situation = bench.machine.situation();
    assert_eq!(situation["card"], "citizen-2");
    assert_eq!(situation["commands"], 2);
    assert_eq!(situation["last_commands"], json!(["find", "select"]));
}

#[test]
fn a_late_answer_comes_after_the_host_has_given_up_and_never_out_of_turn() {
    let mut bench = Bench::new();
    bench.put("citizen-1");
    bench.words(&[FIND, SELECT]);
    bench.act(&Action::named("fault").with("name", "late-answer")).unwrap();
    let start = bench.now;
    bench.machine.receive(&[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 3, 0x30, 0x01, 0x32], start);
    bench.machine.receive(&[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 3, 0x11, 0xFF, 0xED], start);
    assert_eq!(bench.machine.due(), Some(start + LATE));
    assert_eq!(bench.machine.send(start + LATE).len(), 1295, "the status waits for the read");
}
