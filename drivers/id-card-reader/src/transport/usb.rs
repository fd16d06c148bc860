//! Which of its ways a reader on USB speaks: its descriptors tell, vendor and product do not.

use std::path::{Path, PathBuf};

use driver_api::LinkFault;
use nusb::{Device, DeviceInfo, ErrorKind, Interface, MaybeFuture as _, descriptors::TransferType};

use super::{Line, ReportLine, SplitLine, bulk::BulkLine, hidraw::HidrawLine};
use crate::protocol::pipes::Pipes;

/// The interface class of HID.
const HID: u8 = 3;

/// Opens the first reader with these numbers, looked for anew each time: a device that was plugged in again has another
/// place on the bus.
pub fn usb(vendor: u16, product: u16) -> Result<Box<dyn Line>, LinkFault> {
    let mut devices = nusb::list_devices().wait().map_err(|error| fault(error.kind()))?;
    let found = devices.find(|device| (device.vendor_id(), device.product_id()) == (vendor, product));
    let device = found.ok_or(LinkFault::NotFound)?;
    if device.interfaces().any(|interface| interface.class() == HID) { hid(&device) } else { bulk(&device) }
}

fn hid(device: &DeviceInfo) -> Result<Box<dyn Line>, LinkFault> {
    let node = hidraw_node(device.sysfs_path()).ok_or(LinkFault::NotFound)?;
    Ok(Box::new(ReportLine::new(Box::new(HidrawLine::open(&node)?))))
}

/// `/sys/…/1-1/1-1:1.0/0003:10C4:0007.0001/hidraw/hidraw0` is the name of the node under `/dev`.
fn hidraw_node(device: &Path) -> Option<PathBuf> {
    let name = children(device)
        .flat_map(|interface| children(&interface))
        .flat_map(|hid| children(&hid.join("hidraw")))
        .find_map(|node| Some(node.file_name()?.to_owned()))?;
    Some(Path::new("/dev").join(name))
}

fn children(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

fn bulk(device: &DeviceInfo) -> Result<Box<dyn Line>, LinkFault> {
    let device = device.open().wait().map_err(|error| fault(error.kind()))?;
    let (number, pipes) = pipes(&device).ok_or(LinkFault::NotFound)?;
    let claimed = device.detach_and_claim_interface(number).wait();
    let interface = claimed.map_err(|error| fault(error.kind()))?;
    line(&interface, pipes)
}

fn pipes(device: &Device) -> Option<(u8, Pipes)> {
    let configuration = device.active_configuration().ok()?;
    configuration.interface_alt_settings().find_map(|interface| {
        let bulk = interface.endpoints().filter(|pipe| pipe.transfer_type() == TransferType::Bulk);
        Some((interface.interface_number(), Pipes::choose(bulk.map(|pipe| pipe.address()))?))
    })
}

fn line(interface: &Interface, pipes: Pipes) -> Result<Box<dyn Line>, LinkFault> {
    let open = |(out, input)| BulkLine::open(interface, out, input).map(Box::new);
    Ok(match pipes {
        Pipes::Pair(pair) => open(pair)?,
        Pipes::Split { heads, bodies } => Box::new(SplitLine::new(open(heads)?, open(bodies)?)),
    })
}

pub(super) fn fault(kind: ErrorKind) -> LinkFault {
    match kind {
        ErrorKind::PermissionDenied => LinkFault::PermissionDenied,
        ErrorKind::Busy => LinkFault::Busy,
        ErrorKind::Disconnected => LinkFault::Unplugged,
        _ => LinkFault::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_node_of_a_hid_reader_is_found_below_its_place_on_the_bus() {
        let folder = std::env::temp_dir().join(format!("hidraw-node-{}", std::process::id()));
        let node = folder.join("1-1:1.0/0003:10C4:0007.0001/hidraw/hidraw7");
        std::fs::create_dir_all(&node).unwrap();
        assert_eq!(hidraw_node(&folder), Some("/dev/hidraw7".into()));
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(hidraw_node(&folder), None, "the kernel has not bound it yet");
    }

    #[test]
    fn every_refusal_of_the_bus_is_a_state() {
        for (kind, state) in [
            (ErrorKind::PermissionDenied, LinkFault::PermissionDenied),
            (ErrorKind::Busy, LinkFault::Busy),
            (ErrorKind::Disconnected, LinkFault::Unplugged),
            (ErrorKind::NotFound, LinkFault::NotFound),
        ] {
            assert_eq!(fault(kind), state);
        }
    }
}
