//! Code scanners: on a serial line, and posing as a keyboard.

use std::{fs, path::PathBuf, thread::sleep, time::Duration};

use anyhow::{Context as _, bail, ensure};
use driver_api::{CodeScanner, LinkFault, Scan, ScanProblem};
use driver_sim::{Action, code_scanner::CodeScannerMachine};
use evdev::Device as Node;
use usb_gadget::Id;

use crate::{
    bench::Bench,
    device::Device,
    gadget::Kind,
    wait::{HEAL, until},
};

/// A way to a scanner.
struct Way {
    name: &'static str,
    plug: usize,
    kind: Kind,
    id: (u16, u16),
    url: &'static str,
    machine: fn() -> CodeScannerMachine,
}

const WAYS: [Way; 2] = [
    Way {
        name: "code scanner, CDC-ACM",
        plug: 4,
        kind: Kind::Serial,
        id: (0x1eab, 0x1d06),
        url: "serial:///dev/serial/by-id/usb-Emulator_Serial_SIM4-if00",
        machine: CodeScannerMachine::default,
    },
    Way {
        name: "code scanner, HID keyboard",
        plug: 5,
        kind: Kind::Keyboard,
        id: (0x1eab, 0x0c10),
        url: "usb://1eab:0c10",
        machine: CodeScannerMachine::keyboard,
    },
];

const CODE: &str = "GH-519999-Example?7";
/// On a machine with much else to do keys come at the pace of fingers, and a code is scanned again, as a person would.
const TRIES: usize = 5;
const WAIT: Duration = Duration::from_secs(3);
/// The kernel drops the keys of a keyboard until its driver has settled, which is some milliseconds after the node is
/// there. Nobody plugs a scanner in and scans in the same moment.
const SETTLE: Duration = Duration::from_millis(200);
/// How long what has just been plugged in may take to be there for the first time.
const ARRIVE: Duration = Duration::from_secs(10);

pub(crate) fn situations(bench: &mut Bench) {
    for way in &WAYS {
        let id = Id::new(way.id.0, way.id.1);
        let device = match Device::plug(Box::new((way.machine)()), way.plug, way.kind, id) {
            Ok(device) => device,
            Err(error) => {
                bench.try_out(way.name, || Err(error));
                continue;
            }
        };
        bench.try_out(&format!("{}: a code is read", way.name), || reads(way, &device));
        if way.kind == Kind::Keyboard {
            bench.try_out(&format!("{}: no keystroke lands anywhere else", way.name), || {
                grabbed(way, &device)
            });
        }
        bench.try_out(&format!("{}: unplugged, and plugged in again", way.name), || unplugged(way, &device));
    }
}

fn scanner(way: &Way, most: Duration) -> anyhow::Result<(Box<dyn CodeScanner>, Duration)> {
    let mut scanner = code_scanner::open(&way.url.parse()?)?;
    let mut last = None;
    let found = until(most, || scanner.identify().map_err(|fault| last = Some(fault)).ok());
    let (_, took) = found.with_context(|| format!("{last:?}"))?;
    sleep(SETTLE);
    Ok((scanner, took))
}

fn scan(device: &Device, scanner: &mut dyn CodeScanner) -> anyhow::Result<()> {
    for _ in 0..TRIES {
        device.perform(Action::named("scan").with("code", CODE))?;
        match scanner.read(WAIT)? {
            Scan::Code(code) if code.text() == CODE => return Ok(()),
            // Where keystrokes were late, or so many at once that the kernel dropped some.
            Scan::Rejected(ScanProblem::BrokenOff | ScanProblem::NotText) => scanner.clear()?,
            // What an emulator is told to say is nobody's.
            Scan::Code(code) => bail!("{:?} instead of {CODE:?}", code.text()),
            other => bail!("{other:?}"),
        }
    }
    bail!("{TRIES} codes in a row broke off")
}

fn reads(way: &Way, device: &Device) -> anyhow::Result<String> {
    let (mut scanner, _) = scanner(way, ARRIVE)?;
    scan(device, &mut *scanner)?;
    scan(device, &mut *scanner)?;
    Ok(String::new())
}

/// Somebody else listens to the same node, as a window system would, and hears nothing; and udev has told window systems
/// not to listen at all.
fn grabbed(way: &Way, device: &Device) -> anyhow::Result<String> {
    let (mut scanner, _) = scanner(way, ARRIVE)?;
    let node = node(way)?;
    let mut other = Node::open(&node)?;
    other.set_nonblocking(true)?;
    scan(device, &mut *scanner)?;
    if let Ok(events) = other.fetch_events() {
        bail!("{} events reached somebody else", events.count());
    }
    let ignored = properties(&node)?.contains("LIBINPUT_IGNORE_DEVICE=1");
    ensure!(ignored, "udev lets a window system take it for a keyboard");
    drop(scanner);
    device.perform(Action::named("scan").with("code", CODE))?;
    let heard = until(WAIT, || other.fetch_events().ok().map(Iterator::count));
    ensure!(heard.is_ok(), "without the driver nothing is heard: the other could not have heard anything");
    Ok("LIBINPUT_IGNORE_DEVICE".to_owned())
}

fn node(way: &Way) -> anyhow::Result<PathBuf> {
    let nodes = fs::read_dir("/dev/input")?.flatten().map(|entry| entry.path());
    let mut events = nodes.filter(|path| path.to_string_lossy().contains("/event"));
    let ours = |path: &PathBuf| {
        let id = Node::open(path).ok().map(|node| (node.input_id().vendor(), node.input_id().product()));
        id == Some(way.id)
    };
    events.find(ours).context("the kernel has made no event node of it")
}

/// What udev knows about a node.
pub(crate) fn properties(node: &std::path::Path) -> anyhow::Result<String> {
    let said = std::process::Command::new("udevadm")
        .args(["info", "--query=property", "--name"])
        .arg(node)
        .output()?;
    Ok(String::from_utf8_lossy(&said.stdout).into_owned())
}

fn unplugged(way: &Way, device: &Device) -> anyhow::Result<String> {
    let (mut scanner, _) = scanner(way, ARRIVE)?;
    device.act("unplug")?;
    let (fault, _) = until(HEAL, || scanner.read(Duration::from_millis(100)).err())?;
    ensure!(matches!(fault, LinkFault::Unplugged | LinkFault::NotFound), "{fault:?}");
    until(HEAL, || (scanner.identify() == Err(LinkFault::NotFound)).then_some(()))?;
    device.act("plug")?;
    let (_, took) = until(HEAL, || scanner.identify().ok())?;
    sleep(SETTLE);
    scan(device, &mut *scanner)?;
    Ok(format!("{fault:?}, of use {} ms after the plug", took.as_millis()))
}
