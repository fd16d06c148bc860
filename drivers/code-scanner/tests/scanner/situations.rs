//! What happens at a scanner, by name.

use std::time::{Duration, Instant};

use driver_api::{CodeScanner, DeviceUrl, LinkFault, Scan, ScanProblem};
use driver_sim::{Action, Emulator, code_scanner::CodeScannerMachine};
use tempfile::TempDir;

const WAIT: Duration = Duration::from_secs(2);
const SHORT: Duration = Duration::from_millis(50);

struct Stage {
    folder: TempDir,
    emulator: Emulator,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("scanner");
        let emulator = Emulator::start(Box::<CodeScannerMachine>::default(), &link).unwrap();
        Self { folder, emulator }
    }

    fn url(&self) -> DeviceUrl {
        DeviceUrl::Serial { path: self.folder.path().join("scanner"), baud: 115_200 }
    }

    fn scanner(&self) -> Box<dyn CodeScanner> {
        let mut scanner = code_scanner::open(&self.url()).unwrap();
        scanner.identify().unwrap();
        scanner
    }

    fn perform(&self, action: Action) {
        assert_eq!(self.emulator.perform(action)["ok"], true);
    }

    fn scan(&self, code: &str) {
        self.perform(Action::named("scan").with("code", code));
    }

    fn fault(&self, name: &str) {
        self.perform(Action::named("fault").with("name", name));
    }
}

fn text(scan: Result<Scan, LinkFault>) -> String {
    match scan {
        Ok(Scan::Code(code)) => code.text().to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn codes_are_read_one_after_the_other() {
    let stage = Stage::new();
    let mut scanner = stage.scanner();
    stage.scan("4240123456789012345678901234");
    stage.scan("示例 QR");
    assert_eq!(text(scanner.read(WAIT)), "4240123456789012345678901234");
    assert_eq!(text(scanner.read(WAIT)), "示例 QR");
    let start = Instant::now();
    assert_eq!(scanner.read(SHORT), Ok(Scan::Nothing));
    assert!(start.elapsed() < WAIT);
}

#[test]
fn every_fault_has_its_answer() {
    for (fault, answer) in [
        ("silent", "Ok(Nothing)"),
        ("no-ending", "4711"),
        ("garbled", "Ok(Rejected(NotText))"),
        ("twice", "4711"),
        ("endless", "Ok(Rejected(TooLong))"),
    ] {
        let stage = Stage::new();
        let mut scanner = stage.scanner();
        stage.fault(fault);
        stage.scan("4711");
        assert_eq!(text(scanner.read(Duration::from_secs(1))), answer, "{fault}");
        stage.fault("none");
        scanner.clear().unwrap();
        stage.scan("4712");
        assert_eq!(text(scanner.read(WAIT)), "4712", "after {fault}");
    }
}

#[test]
fn what_the_last_resident_scanned_is_not_the_next_one_s() {
    let stage = Stage::new();
    let mut scanner = stage.scanner();
    stage.scan("last");
    std::thread::sleep(SHORT);
    scanner.clear().unwrap();
    assert_eq!(scanner.read(SHORT), Ok(Scan::Nothing));
    stage.scan("next");
    assert_eq!(text(scanner.read(WAIT)), "next");
}

#[test]
fn an_unplugged_scanner_comes_back_by_itself() {
    let stage = Stage::new();
    let mut scanner = stage.scanner();
    stage.perform(Action::named("unplug"));
    assert_eq!(scanner.read(WAIT), Err(LinkFault::Unplugged));
    assert_eq!(scanner.read(WAIT), Err(LinkFault::NotFound));
    stage.perform(Action::named("plug"));
    assert_eq!(scanner.read(SHORT), Ok(Scan::Nothing));
    stage.scan("4711");
    assert_eq!(text(scanner.read(WAIT)), "4711");
}

#[test]
fn a_second_program_finds_the_scanner_busy() {
    let stage = Stage::new();
    let first = stage.scanner();
    let mut second = code_scanner::open(&stage.url()).unwrap();
    assert_eq!(second.identify(), Err(LinkFault::Busy));
    drop(first);
    assert!(second.identify().is_ok());
}

#[test]
fn under_chaos_what_is_taken_for_a_code_is_bounded_text_and_every_wait_ends() {
    let stage = Stage::new();
    let mut scanner = stage.scanner();
    stage.perform(
        Action::named("fault").with("name", "chaos").with("seed", 7).with("one_in", 3).with("pause_ms", 20),
    );
    let mut right = 0;
    for number in 1000..1100 {
        stage.scan(&number.to_string());
        let start = Instant::now();
        right += usize::from(text(scanner.read(Duration::from_millis(200))) == number.to_string());
        assert!(start.elapsed() < Duration::from_secs(1));
    }
    assert!(right > 30, "{right} of 100");
    stage.fault("none");
    std::thread::sleep(SHORT);
    scanner.clear().unwrap();
    stage.scan("4711");
    assert_eq!(text(scanner.read(WAIT)), "4711");
}

#[test]
fn a_rejected_code_is_told() {
    let stage = Stage::new();
    let mut scanner = stage.scanner();
    stage.scan(&"7".repeat(600));
    assert_eq!(scanner.read(WAIT), Ok(Scan::Rejected(ScanProblem::TooLong)));
}
