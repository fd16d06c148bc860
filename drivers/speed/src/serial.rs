//! What a driver adds to the time that the line itself needs.

use std::{path::PathBuf, time::Duration};

use anyhow::{bail, ensure};
use driver_api::{Bitmap, CardReading, DeviceUrl, PrintJob, PrintOutcome};
use driver_sim::{
    Action, Emulator, Machine, id_card_reader::IdCardReaderMachine, receipt_printer::ReceiptPrinterMachine,
};
use tempfile::TempDir;

use crate::{
    Extent, Line, timed,
    wire::{Wire, line_time},
};

const RATE: u64 = 115_200;
/// What the emulated module takes for the content of a card; for each of finding, selecting and the newest address it
/// takes a sixth of that.
const THINK: Duration = Duration::from_millis(600);

/// A device at the end of a line, and what keeps both there.
struct Laid {
    emulator: Emulator,
    wire: Wire,
    url: DeviceUrl,
    _folder: TempDir,
}

impl Laid {
    fn out(machine: Box<dyn Machine>) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let (near, far): (PathBuf, PathBuf) = (folder.path().join("near"), folder.path().join("far"));
        let emulator = Emulator::start(machine, &far)?;
        let wire = Wire::lay(&near, &far, RATE)?;
        let url = DeviceUrl::Serial { path: near, baud: 115_200 };
        Ok(Self { emulator, wire, url, _folder: folder })
    }

    fn act(&self, action: Action) -> anyhow::Result<()> {
        let answer = self.emulator.perform(action);
        ensure!(answer.get("ok").is_some_and(|ok| *ok == true), "{answer}");
        Ok(())
    }
}

pub(crate) fn cards(extent: Extent) -> anyhow::Result<Line> {
    let laid = Laid::out(Box::new(IdCardReaderMachine::new(Some(THINK))?))?;
    let mut reader = id_card_reader::open(&laid.url)?;
    reader.identify()?;
    let think = (THINK + THINK / 6 * 3).as_secs_f64() * 1_000.0;
    let (mut ours, mut other) = (Vec::new(), Vec::new());
    for _ in 0..extent.cards {
        laid.act(Action::named("put-card").with("card", "citizen-1"))?;
        let before = laid.wire.bytes();
        let (reading, took) = timed(|| Ok(reader.read()?))?;
        ensure!(matches!(reading, CardReading::Card(_)), "{reading:?}");
        ours.push(took);
        other.push(line_time(laid.wire.bytes() - before, RATE) + think);
        laid.act(Action::named("lift-card"))?;
        let _ = reader.read()?;
    }
    Ok(Line { name: "card read", unit: "ms", goal: 1.10, ours, other })
}

pub(crate) fn receipts(extent: Extent) -> anyhow::Result<Line> {
    let laid = Laid::out(Box::new(ReceiptPrinterMachine::new(576, 0)))?;
    let mut printer = receipt_printer::open(&laid.url, "escpos-80")?;
    printer.identify()?;
    let mut image = Bitmap::new(576, extent.rows);
    (0..extent.rows).for_each(|y| image.blacken(y % 576, y));
    let (mut ours, mut other) = (Vec::new(), Vec::new());
    for number in (1..).take(extent.receipts) {
        let before = laid.wire.bytes();
        let (outcome, took) = timed(|| Ok(printer.print(&PrintJob { number, image: image.clone() })))?;
        if outcome != PrintOutcome::Printed {
            bail!("{outcome:?}");
        }
        ours.push(took);
        other.push(line_time(laid.wire.bytes() - before, RATE));
    }
    Ok(Line { name: "printing", unit: "ms", goal: 1.0 / 0.95, ours, other })
}
