//! Who may open the devices: the package's udev rules, as the kiosk's user and as anybody else.

use std::{
    os::unix::process::CommandExt as _,
    process::{Command, ExitCode},
};

use anyhow::{Context as _, ensure};
use driver_api::{DeviceUrl, LinkFault};
use driver_sim::{id_card_reader::IdCardReaderMachine, receipt_printer::ReceiptPrinterMachine};
use usb_gadget::Id;

use crate::{bench::Bench, device::Device, gadget::Kind, wait::until};

/// The kiosk's user and its groups, as `/etc/group` of the virtual machine has them.
const KIOSK: (u32, u32) = (1001, 1001);
/// Somebody else.
const NOBODY: (u32, u32) = (65_534, 65_534);

pub(crate) fn situations(bench: &mut Bench) {
    let readers: [(&str, usize, Kind, Id, &str); 2] = [
        ("ID-card reader, USB bulk", 1, Kind::Pair, Id::new(0x0400, 0xc35a), "usb://0400:c35a"),
        ("ID-card reader, USB HID", 2, Kind::Reports, Id::new(0x10c4, 0x0007), "usb://10c4:0007"),
    ];
    for (name, plug, kind, id, url) in readers {
        bench.try_out(&format!("{name}: the udev rules let the kiosk's user in and nobody else"), || {
            let machine = Box::new(IdCardReaderMachine::new(None)?);
            let _device = Device::plug(machine, plug, kind, id)?;
            lets_in_the_kiosk_only(url)
        });
    }
    bench.try_out(
        "receipt printer, /dev/usb/lp: the udev rules let the kiosk's user in and nobody else",
        || {
            let machine = Box::new(ReceiptPrinterMachine::new(576, 0));
            let _device = Device::plug(machine, 3, Kind::Printer, Id::new(0x0416, 0x5011))?;
            lets_in_the_kiosk_only("file:///dev/kiosk/receipt-printer")
        },
    );
}

fn lets_in_the_kiosk_only(url: &str) -> anyhow::Result<String> {
    let mut last = String::new();
    let arrived = until(std::time::Duration::from_secs(10), || {
        last = ask_as(KIOSK, url).unwrap_or_else(|error| error.to_string());
        last.starts_with("well").then_some(())
    });
    arrived.with_context(|| last)?;
    let refused = ask_as(NOBODY, url)?;
    ensure!(refused == LinkFault::PermissionDenied.to_string(), "somebody else: {refused}");
    Ok(refused)
}

/// What this program says of a device when another user runs it.
fn ask_as((uid, gid): (u32, u32), url: &str) -> anyhow::Result<String> {
    let said = Command::new("/proc/self/exe").args(["probe", url]).uid(uid).gid(gid).output()?;
    Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
}

/// Opens a device and says how it is, in a line.
pub(crate) fn probe(url: &str) -> ExitCode {
    let said = match url.parse::<DeviceUrl>() {
        Ok(url @ DeviceUrl::File { .. }) => status(&url),
        Ok(url) => identity(&url),
        Err(error) => error.to_string(),
    };
    println!("{said}");
    ExitCode::SUCCESS
}

fn identity(url: &DeviceUrl) -> String {
    let said = id_card_reader::open(url).map(|mut reader| reader.identify());
    match said {
        Ok(Ok(id)) => format!("well: {id}"),
        Ok(Err(fault)) => fault.to_string(),
        Err(error) => error.to_string(),
    }
}

fn status(url: &DeviceUrl) -> String {
    let said = receipt_printer::open(url, "escpos-80").map(|mut printer| printer.status());
    match said {
        Ok(Ok(status)) => format!("well: {:?}", status.paper),
        Ok(Err(fault)) => fault.to_string(),
        Err(error) => error.to_string(),
    }
}
