//! A message about a device: `add@/devices/…` of the kernel, or udev's with a head of its own, and behind both
//! `KEY=value` pieces with zeros between them.

/// Something was plugged in or out, or has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// `add`, `remove`, `bind`, `change`.
    pub action: String,
    /// `tty`, `usbmisc`, `hidraw`, `input`, `video4linux`, `usb`.
    pub subsystem: String,
    /// The node under `/dev`, where it has one.
    pub node: Option<String>,
}

/// What udev's messages begin with. The place of the pieces stands at byte 16, in this machine's order of bytes.
const UDEV: &[u8] = b"libudev\0";

/// Reads a message; `None` where it is none.
#[must_use]
pub fn parse(message: &[u8]) -> Option<Change> {
    let pieces = if message.starts_with(UDEV) {
        let at = u32::from_ne_bytes(*message.get(16..20)?.first_chunk()?);
        message.get(usize::try_from(at).ok()?..)?
    } else {
        message
    };
    let value = |key: &str| {
        pieces.split(|byte| *byte == 0).find_map(|piece| {
            let (name, value) = std::str::from_utf8(piece).ok()?.split_once('=')?;
            (name == key).then(|| value.to_owned())
        })
    };
    Some(Change { action: value("ACTION")?, subsystem: value("SUBSYSTEM")?, node: value("DEVNAME") })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PIECES: &[u8] = b"ACTION=add\0DEVPATH=/devices/x\0SUBSYSTEM=tty\0DEVNAME=ttyACM0\0SEQNUM=7\0";

    fn of_udev(pieces: &[u8]) -> Vec<u8> {
        let numbers: Vec<u8> = [40_u32, 40, 70].iter().flat_map(|number| number.to_ne_bytes()).collect();
        let head = [UDEV, &0xFEED_CAFE_u32.to_be_bytes(), &numbers, &[0; 16]].concat();
        [&head[..40], pieces].concat()
    }

    #[test]
    fn kernel_and_udev_say_the_same() {
        let wanted =
            Some(Change { action: "add".into(), subsystem: "tty".into(), node: Some("ttyACM0".into()) });
        assert_eq!(parse(&[b"add@/devices/x\0", PIECES].concat()), wanted);
        assert_eq!(parse(&of_udev(PIECES)), wanted);
        assert_eq!(parse(b"add@/devices/x\0ACTION=add\0"), None, "without a subsystem it is of no use");
        assert_eq!(parse(b"libudev\0"), None);
    }

    proptest! {
        #[test]
        fn no_message_brings_it_down(bytes in proptest::collection::vec(any::<u8>(), 0..200), udev: bool) {
            let _ = parse(&bytes);
            if udev {
                let _ = parse(&[UDEV, &bytes].concat());
            }
        }
    }
}
