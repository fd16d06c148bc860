//! That a plug is told, so that nobody has to look for it.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use driver_sim::code_scanner::CodeScannerMachine;
use hotplug::Changes;
use usb_gadget::Id;

use crate::{bench::Bench, device::Device, gadget::Kind};

const WAIT: Duration = Duration::from_secs(5);

pub(crate) fn situations(bench: &mut Bench) {
    bench.try_out("hot-plug: a plug is told by kernel and udev, in and out", told);
}

fn told() -> anyhow::Result<String> {
    let changes = Changes::listen()?;
    let device =
        Device::plug(Box::<CodeScannerMachine>::default(), 4, Kind::Serial, Id::new(0x1eab, 0x1d06))?;
    let came = wait_for(&changes, "add", 2)?;
    device.act("unplug")?;
    let went = wait_for(&changes, "remove", 2)?;
    Ok(format!("in {} ms, out {} ms", came.as_millis(), went.as_millis()))
}

/// Waits until the line of the scanner was said to have come or gone so many times: by the kernel, and by udev.
fn wait_for(changes: &Changes, action: &str, times: usize) -> anyhow::Result<Duration> {
    let start = Instant::now();
    let mut said = 0;
    while said < times {
        let left = WAIT.saturating_sub(start.elapsed());
        ensure!(!left.is_zero(), "{action} was said {said} times");
        let change = changes.next(left).context("netlink")?;
        said += usize::from(change.is_some_and(|change| {
            change.action == action
                && change.subsystem == "tty"
                && change.node.is_some_and(|node| node.contains("ttyACM"))
        }));
    }
    Ok(start.elapsed())
}
