//! A scanner that poses as a keyboard: its event node, grabbed.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use driver_api::LinkFault;
use evdev::{EventSummary, InputEvent, SynchronizationCode, raw_stream::RawDevice};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{OFlags, fcntl_getfl, fcntl_setfl},
    io::Errno,
};

use super::Source;
use crate::protocol::{Keys, keys::Stroke};

/// Where the kernel lists its input devices.
const INPUTS: &str = "/sys/class/input";

struct KeyboardSource {
    /// Raw: the kinder reader fills in what the kernel has dropped, by which a code would be shortened unseen.
    node: RawDevice,
    keys: Keys,
}

/// The event node of the device with these numbers.
pub(super) fn find(vendor: u16, product: u16) -> Result<PathBuf, LinkFault> {
    find_in(Path::new(INPUTS), vendor, product)
}

fn find_in(inputs: &Path, vendor: u16, product: u16) -> Result<PathBuf, LinkFault> {
    let entries = fs::read_dir(inputs).map_err(|_| LinkFault::NotFound)?;
    let mut nodes = entries.flatten().map(|entry| entry.path());
    let found = nodes.find(|node| {
        let number = |name: &str| {
            let text = fs::read_to_string(node.join("device/id").join(name)).unwrap_or_default();
            u16::from_str_radix(text.trim(), 16).ok()
        };
        // Some scanners have a second node, for volume keys and the like: only a keyboard repeats its keys.
        let types = fs::read_to_string(node.join("device/capabilities/ev")).unwrap_or_default();
        let repeats = u32::from_str_radix(types.trim(), 16).is_ok_and(|bits| bits & 1 << 20 != 0);
        let is_node = node.file_name().is_some_and(|name| name.to_string_lossy().starts_with("event"));
        is_node && repeats && (number("vendor"), number("product")) == (Some(vendor), Some(product))
    });
    let name = found.as_deref().and_then(Path::file_name).ok_or(LinkFault::NotFound)?;
    Ok(Path::new("/dev/input").join(name))
}

/// Opens the node and takes all of its keystrokes, so that none reaches a form field.
pub(super) fn open(node: &Path) -> Result<Box<dyn Source>, LinkFault> {
    let mut node = RawDevice::open(node).map_err(|error| fault(&error))?;
    node.grab().map_err(|error| fault(&error))?;
    let flags = fcntl_getfl(&node).map_err(|error| fault(&error.into()))?;
    fcntl_setfl(&node, flags | OFlags::NONBLOCK).map_err(|error| fault(&error.into()))?;
    Ok(Box::new(KeyboardSource { node, keys: Keys::default() }))
}

fn fault(error: &io::Error) -> LinkFault {
    match Errno::from_io_error(error) {
        Some(Errno::ACCESS | Errno::PERM) => LinkFault::PermissionDenied,
        Some(Errno::BUSY) => LinkFault::Busy,
        _ => LinkFault::NotFound,
    }
}

impl KeyboardSource {
    fn wait(&self, wait: Duration) -> Result<bool, LinkFault> {
        let mut doors = [PollFd::new(&self.node, PollFlags::IN)];
        match poll(&mut doors, Timespec::try_from(wait).ok().as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(_) => return Err(LinkFault::Unplugged),
        }
        let found = doors.map(|door| door.revents())[0];
        if found.intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL) {
            return Err(LinkFault::Unplugged);
        }
        Ok(found.intersects(PollFlags::IN))
    }

    /// The bytes that the strokes which have come mean.
    fn typed(&mut self) -> Result<Vec<u8>, LinkFault> {
        let Self { node, keys } = self;
        let events = match node.fetch_events() {
            Ok(events) => events,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(vec![]),
            Err(_) => return Err(LinkFault::Unplugged),
        };
        Ok(events.filter_map(|event| meaning(keys, event)).collect())
    }
}

fn meaning(keys: &mut Keys, event: InputEvent) -> Option<u8> {
    match event.destructure() {
        EventSummary::Key(_, key, 0) => keys.press(key.code(), Stroke::Up),
        EventSummary::Key(_, key, 1) => keys.press(key.code(), Stroke::Down),
        EventSummary::Key(_, key, _) => keys.press(key.code(), Stroke::Held),
        // The kernel keeps a few dozen events for a reader that is late, and then tells that some are gone.
        EventSummary::Synchronization(_, SynchronizationCode::SYN_DROPPED, _) => Some(keys.lose()),
        _ => None,
    }
}

impl Source for KeyboardSource {
    fn receive(&mut self, into: &mut [u8], wait: Duration) -> Result<usize, LinkFault> {
        let end = std::time::Instant::now() + wait;
        loop {
            let left = end.saturating_duration_since(std::time::Instant::now());
            if !self.wait(left)? {
                return Ok(0);
            }
            let typed = zeroize::Zeroizing::new(self.typed()?);
            // A fetch gives at most what the kernel's own buffer holds, which is less than `into` has room for.
            let count = typed.len().min(into.len());
            into.iter_mut().zip(typed.iter()).for_each(|(to, from)| *to = *from);
            // Keys that went up mean nothing.
            if count > 0 {
                return Ok(count);
            }
        }
    }

    /// With Enter, which every such scanner is set to when it leaves the factory.
    fn ends_codes(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_which_the_kernel_dropped_a_part_is_spoilt_and_not_shortened() {
        let key = |code, value| InputEvent::new(evdev::EventType::KEY.0, code, value);
        let dropped =
            InputEvent::new(evdev::EventType::SYNCHRONIZATION.0, SynchronizationCode::SYN_DROPPED.0, 0);
        let mut keys = Keys::default();
        // Shift goes down, its going up is among what was lost, and "a" is typed in the next code.
        let events =
            [key(42, 1), key(30, 1), key(30, 0), dropped, key(28, 1), key(28, 0), key(30, 1), key(28, 1)];
        let typed: Vec<_> = events.into_iter().filter_map(|event| meaning(&mut keys, event)).collect();
        assert_eq!(typed, b"A\x1A\ra\r");
    }

    #[test]
    fn of_several_nodes_the_keyboard_is_taken() {
        let inputs = std::env::temp_dir().join(format!("inputs-{}", std::process::id()));
        for (name, vendor, types) in [
            ("event0", "046d", "120013"),
            ("event1", "1eab", "3"),
            ("event2", "1eab", "120013"),
            ("mouse0", "1eab", "120013"),
        ] {
            let device = inputs.join(name).join("device");
            fs::create_dir_all(device.join("id")).unwrap();
            fs::create_dir_all(device.join("capabilities")).unwrap();
            fs::write(device.join("id/vendor"), format!("{vendor}\n")).unwrap();
            fs::write(device.join("id/product"), "0c10\n").unwrap();
            fs::write(device.join("capabilities/ev"), format!("{types}\n")).unwrap();
        }
        assert_eq!(find_in(&inputs, 0x1eab, 0x0c10), Ok("/dev/input/event2".into()));
        assert_eq!(find_in(&inputs, 0x1eab, 0x0c11), Err(LinkFault::NotFound));
        fs::remove_dir_all(&inputs).unwrap();
        assert_eq!(find_in(&inputs, 0x1eab, 0x0c10), Err(LinkFault::NotFound));
    }
}
