//! The receipt printer behind the kernel's `usblp`.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use driver_api::{Bitmap, LinkFault, PrintJob, PrintOutcome, PrinterFault, ReceiptPrinter};
use driver_sim::{Action, receipt_printer::ReceiptPrinterMachine};
use serde_json::Value;
use usb_gadget::Id;

use crate::{
    bench::Bench,
    device::Device,
    gadget::Kind,
    wait::{HEAL, LOOK, until},
};

const NAME: &str = "receipt printer, /dev/usb/lp";
const URL: &str = "file:///dev/kiosk/receipt-printer";
const DOTS: u32 = 576;
/// Slow enough to pull a plug meanwhile.
const MM_PER_SECOND: u32 = 100;

pub(crate) fn situations(bench: &mut Bench) {
    let machine = Box::new(ReceiptPrinterMachine::new(DOTS, MM_PER_SECOND));
    let device = match Device::plug(machine, 3, Kind::Printer, Id::new(0x0416, 0x5011)) {
        Ok(device) => device,
        Err(error) => return bench.try_out(NAME, || Err(error)),
    };
    let tried: [(&str, fn(&Device) -> anyhow::Result<String>); 6] = [
        ("a receipt comes out and the printer said so", prints),
        ("no paper before, paper again", paper_out_before),
        ("paper out in the middle", paper_out_midway),
        ("stalled in the middle", stalled),
        ("unplugged in the middle, and plugged in again", unplugged),
        ("a second program finds it busy", busy),
    ];
    for (what, situation) in tried {
        bench.try_out(&format!("{NAME}: {what}"), || situation(&device));
    }
}

fn printer() -> anyhow::Result<Box<dyn ReceiptPrinter>> {
    Ok(receipt_printer::open(&URL.parse()?, "escpos-80")?)
}

/// A receipt with a black edge and a diagonal.
fn job(number: u64, rows: u32) -> PrintJob {
    let mut image = Bitmap::new(DOTS, rows);
    for y in 0..rows {
        [0, DOTS - 1, y % DOTS].into_iter().for_each(|x| image.blacken(x, y));
    }
    PrintJob { number, image }
}

/// Receipts that were cut, and rows that were printed.
fn out(device: &Device) -> anyhow::Result<(u64, u64)> {
    let status = device.act("status")?;
    let number = |name: &'static str| status.get(name).and_then(Value::as_u64).context(name);
    Ok((number("receipts")?, number("rows_printed")?))
}

fn printed(printer: &mut dyn ReceiptPrinter, job: &PrintJob) -> anyhow::Result<()> {
    let outcome = printer.print(job);
    ensure!(outcome == PrintOutcome::Printed, "{outcome:?}");
    Ok(())
}

/// Waits until it can print.
fn well(printer: &mut dyn ReceiptPrinter, most: Duration) -> anyhow::Result<Duration> {
    let mut last = None;
    let found = until(most, || {
        let status = printer.status();
        last = Some(status);
        status.is_ok_and(|status| status.can_print()).then_some(()).or_else(|| {
            thread::sleep(LOOK);
            None
        })
    });
    Ok(found.with_context(|| format!("{last:?}"))?.1)
}

fn prints(device: &Device) -> anyhow::Result<String> {
    let mut printer = printer()?;
    well(&mut *printer, Duration::from_secs(10))?;
    let id = printer.identify()?;
    ensure!(id == "EMULATOR RECEIPT-576", "{id}");
    let job = job(1, 400);
    printed(&mut *printer, &job)?;
    ensure!(out(device)?.0 == 1, "not out when the driver said so: {:?}", out(device)?);
    same_dots(device, &job)?;
    Ok(id)
}

/// The paper shows what was sent, dot by dot, but for dots that would be a command.
fn same_dots(device: &Device, job: &PrintJob) -> anyhow::Result<()> {
    let file = "/tmp/receipt.escpos";
    device.perform(Action::named("save").with("escpos", file))?;
    let sheets = driver_sim::escpos::render(&std::fs::read(file)?)?;
    let sheet = sheets.first().context("no sheet")?;
    let all = (0..job.image.height()).flat_map(|y| (0..DOTS).map(move |x| (x, y)));
    let missing = all.filter(|(x, y)| job.image.is_black(*x, *y) && !sheet.is_black(*x, *y)).count();
    ensure!(missing == 0, "{missing} dots are missing");
    Ok(())
}

fn paper_out_before(device: &Device) -> anyhow::Result<String> {
    let mut printer = printer()?;
    device.act("paper-out")?;
    let before = out(device)?;
    let outcome = printer.print(&job(2, 100));
    ensure!(outcome == PrintOutcome::NotPrinted(PrinterFault::PaperOut), "{outcome:?}");
    device.act("load-paper")?;
    thread::sleep(LOOK);
    ensure!(out(device)? == before, "an old receipt came out with the new roll");
    printed(&mut *printer, &job(3, 100))?;
    Ok(String::new())
}

fn paper_out_midway(device: &Device) -> anyhow::Result<String> {
    let mut printer = printer()?;
    device.perform(Action::named("paper-out").with("mm", 20))?;
    let outcome = printer.print(&job(4, 1600));
    ensure!(outcome == PrintOutcome::Unknown(PrinterFault::PaperOut), "{outcome:?}");
    device.act("tear")?;
    device.act("load-paper")?;
    let before = out(device)?;
    thread::sleep(LOOK);
    ensure!(out(device)? == before, "the rest came out with the new roll");
    printed(&mut *printer, &job(5, 100))?;
    Ok(String::new())
}

/// It takes no byte any more, and gives no answer: the driver ends in time and does not say "printed".
fn stalled(device: &Device) -> anyhow::Result<String> {
    let mut printer = printer()?;
    printer.identify()?;
    let before = out(device)?.1;
    let start = Instant::now();
    let outcome = thread::scope(|scope| {
        // So long that a fast machine is not through with it when the first rows are out.
        let printing = scope.spawn(|| printer.print(&job(6, 8_000)));
        let _ = until(HEAL, || out(device).is_ok_and(|(_, rows)| rows > before).then_some(()));
        device.stall(true);
        printing.join()
    });
    let took = start.elapsed();
    device.stall(false);
    let outcome = outcome.map_err(|_| anyhow::anyhow!("the driver panicked"))?;
    ensure!(matches!(outcome, PrintOutcome::Unknown(PrinterFault::Link(LinkFault::Silent))), "{outcome:?}");
    ensure!(took < Duration::from_secs(45), "{took:?}");
    well(&mut *printer, Duration::from_secs(20))?;
    device.act("tear")?;
    let before = out(device)?.0;
    printed(&mut *printer, &job(7, 100))?;
    ensure!(out(device)?.0 == before + 1, "more came out than was asked for");
    Ok(format!("{outcome:?} after {:.1} s", took.as_secs_f32()))
}

fn unplugged(device: &Device) -> anyhow::Result<String> {
    let mut printer = printer()?;
    printer.identify()?;
    let outcome = thread::scope(|scope| {
        let printing = scope.spawn(|| printer.print(&job(8, 1600)));
        thread::sleep(LOOK * 2);
        device.act("unplug")?;
        printing.join().map_err(|_| anyhow::anyhow!("the driver panicked"))
    })?;
    ensure!(matches!(outcome, PrintOutcome::Unknown(PrinterFault::Link(_))), "{outcome:?}");
    until(HEAL, || (printer.status() == Err(LinkFault::NotFound.into())).then_some(()))?;
    device.act("plug")?;
    let took = well(&mut *printer, HEAL)?;
    device.act("tear")?;
    let before = out(device)?.0;
    printed(&mut *printer, &job(9, 100))?;
    ensure!(out(device)?.0 == before + 1, "something of the first receipt followed");
    Ok(format!("{outcome:?}, of use {} ms after the plug", took.as_millis()))
}

fn busy(_: &Device) -> anyhow::Result<String> {
    let (mut first, mut second) = (printer()?, printer()?);
    first.status()?;
    let refused = second.status();
    ensure!(refused == Err(LinkFault::Busy.into()), "{refused:?}");
    drop(first);
    well(&mut *second, HEAL)?;
    Ok(String::new())
}
