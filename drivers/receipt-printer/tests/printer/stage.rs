//! A printer on a pseudo-terminal, and the driver at the other end.

use std::{path::PathBuf, time::Duration};

use driver_api::{Bitmap, DeviceUrl, PrintJob, PrintOutcome, ReceiptPrinter};
use driver_sim::{Action, Emulator, receipt_printer::ReceiptPrinterMachine};
use receipt_printer::{Deadlines, EscPosPrinter, Profile, transport};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) struct Stage {
    folder: TempDir,
    emulator: Emulator,
    profile: &'static str,
}

impl Stage {
    /// A printer that prints at once.
    pub(crate) fn new() -> Self {
        Self::of("escpos-80", 0)
    }

    pub(crate) fn of(profile: &'static str, mm_per_second: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dots = Profile::named(profile).unwrap().dots;
        let machine = ReceiptPrinterMachine::new(dots, mm_per_second);
        let emulator = Emulator::start(Box::new(machine), &folder.path().join("printer")).unwrap();
        Self { folder, emulator, profile }
    }

    pub(crate) fn url(&self) -> DeviceUrl {
        let path = self.folder.path().join("printer");
        // A pseudo-terminal takes bytes at any rate; the rate sets how long the driver thinks that they travel.
        DeviceUrl::Serial { path, baud: 115_200 }
    }

    /// The driver with short deadlines, so that what never comes is not waited for long.
    pub(crate) fn printer(&self) -> EscPosPrinter {
        let deadlines = Deadlines {
            answer: Duration::from_millis(150),
            probe: Duration::from_millis(150),
            clear: Duration::from_secs(2),
            grace: Duration::from_millis(700),
            bytes_per_second: 1_000_000,
        };
        let profile = Profile::named(self.profile).unwrap();
        EscPosPrinter::new(transport::to(&self.url()).unwrap(), profile, deadlines)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn act(&self, name: &str) -> Value {
        self.perform(&Action::named(name))
    }

    pub(crate) fn perform(&self, action: &Action) -> Value {
        let answer = self.emulator.perform(action.clone());
        assert_eq!(answer["ok"], true, "{action:?}: {answer}");
        answer
    }

    pub(crate) fn fault(&self, name: &str) {
        self.perform(&Action::named("fault").with("name", name));
    }

    /// Receipts that were cut, and rows that were printed.
    pub(crate) fn out(&self) -> (u64, u64) {
        let status = self.act("status");
        (status["receipts"].as_u64().unwrap(), status["rows_printed"].as_u64().unwrap())
    }

    /// Waits until the printer is as expected.
    pub(crate) fn until(&self, expected: impl Fn(&Value) -> bool) {
        let end = std::time::Instant::now() + Duration::from_secs(5);
        while !expected(&self.act("status")) {
            assert!(std::time::Instant::now() < end, "{}", self.act("status"));
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The bytes of the last receipt.
    pub(crate) fn escpos(&self) -> Vec<u8> {
        let path = self.file("receipt.escpos");
        self.perform(&Action::named("save").with("escpos", path.display().to_string()));
        std::fs::read(path).unwrap()
    }

    /// Prints while a person acts after a moment.
    pub(crate) fn print_while(
        &self,
        printer: &mut EscPosPrinter,
        job: &PrintJob,
        after: Duration,
        act: &str,
    ) -> PrintOutcome {
        std::thread::scope(|scope| {
            let printing = scope.spawn(|| printer.print(job));
            std::thread::sleep(after);
            self.act(act);
            printing.join().unwrap()
        })
    }
}

/// A receipt with a black frame and a black diagonal.
pub(crate) fn job(number: u64, dots: u32, rows: u32) -> PrintJob {
    let mut image = Bitmap::new(dots, rows);
    for y in 0..rows {
        for x in [0, dots - 1, y % dots] {
            image.blacken(x, y);
        }
    }
    for x in 0..dots {
        for y in [0, rows - 1] {
            image.blacken(x, y);
        }
    }
    PrintJob { number, image }
}

/// Rows that the paper moves for a job of so many rows on 80 mm paper.
pub(crate) fn whole(rows: u64) -> u64 {
    rows + 8
}
