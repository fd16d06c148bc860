//! The ID-card reader on every bus that it comes on.

use std::{thread, time::Duration};

use anyhow::{Context as _, bail, ensure};
use driver_api::{CardReading, DeviceUrl, IdCardReader, LinkFault, ReaderFault};
use driver_sim::{Action, id_card_reader::IdCardReaderMachine};
use usb_gadget::Id;

use crate::{
    bench::Bench,
    device::Device,
    gadget::Kind,
    wait::{HEAL, LOOK, until},
};

/// A way to a reader.
struct Way {
    name: &'static str,
    plug: usize,
    kind: Kind,
    id: (u16, u16),
    url: &'static str,
}

const WAYS: [Way; 4] = [
    Way {
        name: "ID-card reader, CDC-ACM",
        plug: 0,
        kind: Kind::Serial,
        id: (0x1d6b, 0x0104),
        url: "serial:///dev/serial/by-id/usb-Emulator_Serial_SIM0-if00",
    },
    Way {
        name: "ID-card reader, USB bulk, one pair of pipes",
        plug: 1,
        kind: Kind::Pair,
        id: (0x0400, 0xc35a),
        url: "usb://0400:c35a",
    },
    Way {
        name: "ID-card reader, USB bulk, four pipes",
        plug: 1,
        kind: Kind::Split,
        id: (0x0400, 0xc35a),
        url: "usb://0400:c35a",
    },
    Way {
        name: "ID-card reader, USB HID",
        plug: 2,
        kind: Kind::Reports,
        id: (0x10c4, 0x0007),
        url: "usb://10c4:0007",
    },
];

/// How long the module takes for a card: long enough to pull a plug meanwhile.
const THINK: Duration = Duration::from_millis(400);
/// How long what has just been plugged in may take to be there for the first time.
const ARRIVE: Duration = Duration::from_secs(10);

pub(crate) fn situations(bench: &mut Bench) {
    for way in &WAYS {
        let machine = IdCardReaderMachine::new(Some(THINK)).map_err(anyhow::Error::from);
        let device =
            machine.and_then(|machine| Device::plug(Box::new(machine), way.plug, way.kind, way.id()));
        let device = match device {
            Ok(device) => device,
            Err(error) => {
                bench.try_out(way.name, || Err(error));
                continue;
            }
        };
        bench.try_out(&format!("{}: a card is read", way.name), || reads(way, &device));
        bench.try_out(&format!("{}: unplugged while it reads, and plugged in again", way.name), || {
            unplugged(way, &device)
        });
        bench.try_out(&format!("{}: a silent module is a named fault in time", way.name), || {
            silent(way, &device)
        });
    }
}

impl Way {
    fn id(&self) -> Id {
        Id::new(self.id.0, self.id.1)
    }

    fn reader(&self) -> anyhow::Result<Box<dyn IdCardReader>> {
        Ok(id_card_reader::open(&self.url.parse::<DeviceUrl>()?)?)
    }
}

fn put(device: &Device, card: &str) -> anyhow::Result<()> {
    device.act("lift-card")?;
    device.perform(Action::named("put-card").with("card", card))?;
    Ok(())
}

/// The name on the card that lies there, which must be the right one.
fn read_name(reader: &mut dyn IdCardReader, most: Duration) -> anyhow::Result<Duration> {
    let mut last = None;
    let found = until(most, || match reader.read() {
        Ok(CardReading::Card(card)) => Some(card),
        other => {
            last = Some(format!("{other:?}"));
            thread::sleep(LOOK);
            None
        }
    });
    let (card, took) = found.with_context(|| last.unwrap_or_default())?;
    ensure!(card.name == "张三", "another name");
    Ok(took)
}

fn reads(way: &Way, device: &Device) -> anyhow::Result<String> {
    let mut reader = way.reader()?;
    let mut last = None;
    let found = until(ARRIVE, || reader.identify().map_err(|fault| last = Some(fault)).ok());
    let (id, _) = found.with_context(|| format!("{last:?}"))?;
    ensure!(id == "05.01-20101129-0001228293-0296863149", "{id}");
    put(device, "citizen-1")?;
    let took = read_name(&mut *reader, Duration::from_secs(5))?;
    Ok(format!("{} ms with 400 ms of the module's own", took.as_millis()))
}

/// The plug is pulled while the module works on the card; the fault has a name, and a new plug heals it by itself.
fn unplugged(way: &Way, device: &Device) -> anyhow::Result<String> {
    let mut reader = way.reader()?;
    // The pipes of the one before are given back in the kernel's own time.
    until(HEAL, || reader.identify().ok())?;
    put(device, "citizen-1")?;
    let fault = thread::scope(|scope| {
        let reading = scope.spawn(|| reader.read());
        thread::sleep(THINK / 2);
        device.act("unplug")?;
        match reading.join() {
            Ok(Err(fault)) => Ok(fault),
            Ok(Ok(reading)) => bail!("it read {reading:?} without a plug"),
            Err(_) => bail!("the driver panicked"),
        }
    })?;
    ensure!(matches!(fault, ReaderFault::Link(LinkFault::Unplugged | LinkFault::Silent)), "{fault:?}");
    let (absent, _) =
        until(HEAL, || reader.read().err().filter(|fault| *fault == LinkFault::NotFound.into()))?;
    device.act("plug")?;
    let took = read_name(&mut *reader, HEAL + THINK)?;
    Ok(format!("{fault:?}, {absent:?}, read again {} ms after the plug", took.as_millis()))
}

fn silent(way: &Way, device: &Device) -> anyhow::Result<String> {
    let mut reader = way.reader()?;
    // The pipes of the one before are given back in the kernel's own time.
    until(HEAL, || reader.identify().ok())?;
    device.perform(Action::named("fault").with("name", "silent"))?;
    let start = std::time::Instant::now();
    let fault = reader.read().err().context("it read from a silent module")?;
    let took = start.elapsed();
    device.perform(Action::named("fault").with("name", "none"))?;
    ensure!(fault == LinkFault::Silent.into(), "{fault:?}");
    ensure!(took < Duration::from_secs(3), "{took:?}");
    put(device, "citizen-1")?;
    read_name(&mut *reader, Duration::from_secs(8))?;
    Ok(format!("{} ms", took.as_millis()))
}
