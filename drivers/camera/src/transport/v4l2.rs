//! A video node of the kernel. The ioctls are the `linuxvideo` crate's; waiting is ours, so that a camera that stops in
//! the middle is waited for no longer than asked.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use driver_api::{CameraFault, LinkFault};
use linuxvideo::{
    BufType, CapabilityFlags, Device,
    controls::Cid,
    format::{FrameSizes, PixFormat, PixelFormat},
    stream::ReadStream,
};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};

use super::{Arrival, Encoding, Format, Source, Switch, Wanted};

/// 50 Hz, as mains are in China: lamps do not flicker in the picture then.
const FIFTY_HERTZ: i32 = 1;
/// As many pixels a preview has at most: 720p.
const PREVIEW: u64 = 1280 * 720;
/// As many pixels a photograph has at most, where frames come compressed.
const FINE: u64 = 4096 * 3072;
/// … and where they come raw, of which USB 2.0 carries one or two such frames a second.
const FINE_RAW: u64 = 1920 * 1080;

/// The camera whose node is `path`, or what that links to.
#[must_use]
pub fn v4l2(path: &Path) -> impl Switch + use<> {
    Node(path.to_owned())
}

struct Node(PathBuf);

impl Node {
    fn open(&self) -> Result<Device, CameraFault> {
        let device = Device::open(&self.0).map_err(|error| fault(&error))?;
        let able = device.capabilities().map_err(|error| fault(&error))?.device_capabilities();
        // A UVC camera has a second node, for what it says about its frames.
        let camera = able.contains(CapabilityFlags::VIDEO_CAPTURE | CapabilityFlags::STREAMING);
        if camera { Ok(device) } else { Err(CameraFault::NoFormat) }
    }
}

impl Switch for Node {
    /// From the kernel's list and not by ioctl, where `linuxvideo` panics on names that are no UTF-8.
    fn name(&self) -> Result<String, CameraFault> {
        self.open()?;
        let node = fs::canonicalize(&self.0).map_err(|error| fault(&error))?;
        let name = node.file_name().ok_or(LinkFault::NotFound)?;
        let known = fs::read(Path::new("/sys/class/video4linux").join(name).join("name"));
        Ok(String::from_utf8_lossy(&known.unwrap_or_default()).trim().to_owned())
    }

    fn on(&mut self, wanted: Wanted) -> Result<Box<dyn Source>, CameraFault> {
        let mut device = self.open()?;
        let encoding = encoding(&device)?;
        let (width, height) = size(&device, encoding, wanted)?;
        // Not every camera has the control.
        let _ = device.write_control_raw(Cid::POWER_LINE_FREQUENCY, FIFTY_HERTZ);
        let ready =
            device.video_capture(PixFormat::new(width, height, encoding)).map_err(|error| fault(&error))?;
        let agreed = ready.format();
        let format = Format {
            encoding: match agreed.pixel_format() {
                PixelFormat::MJPG | PixelFormat::JPEG => Encoding::Jpeg,
                PixelFormat::YUYV => Encoding::Yuyv { stride: agreed.bytes_per_line() as usize },
                _ => return Err(CameraFault::NoFormat),
            },
            width: agreed.width(),
            height: agreed.height(),
        };
        let stream = ready.into_stream().map_err(|error| fault(&error))?;
        Ok(Box::new(Stream { stream, format }))
    }
}

/// MJPG where there is a choice: YUYV above VGA is more than USB 2.0 carries at the rate of a preview.
fn encoding(device: &Device) -> Result<PixelFormat, CameraFault> {
    let offered: Vec<_> =
        device.formats(BufType::VIDEO_CAPTURE).flatten().map(|format| format.pixel_format()).collect();
    let known = [PixelFormat::MJPG, PixelFormat::JPEG, PixelFormat::YUYV];
    known.into_iter().find(|format| offered.contains(format)).ok_or(CameraFault::NoFormat)
}

fn size(device: &Device, encoding: PixelFormat, wanted: Wanted) -> Result<(u32, u32), CameraFault> {
    let most = match wanted {
        Wanted::Preview => PREVIEW,
        Wanted::Capture if encoding == PixelFormat::YUYV => FINE_RAW,
        Wanted::Capture => FINE,
    };
    match device.frame_sizes(encoding).map_err(|error| fault(&error))? {
        FrameSizes::Discrete(sizes) => {
            let sizes: Vec<_> = sizes.iter().map(|size| (size.width(), size.height())).collect();
            best(&sizes, most).ok_or(CameraFault::NoFormat)
        }
        // Any size will do: the usual ones are in any such range, and the driver takes the nearest one.
        FrameSizes::Stepwise(range) | FrameSizes::Continuous(range) => {
            let usual = [(1280, 720), (1920, 1080), (3840, 2160)];
            let fits =
                |(width, height): &(u32, u32)| *width <= range.max_width() && *height <= range.max_height();
            let usual: Vec<_> = usual.into_iter().filter(fits).collect();
            Ok(best(&usual, most).unwrap_or((range.max_width(), range.max_height())))
        }
    }
}

/// The largest that is not larger than `most`, or the smallest where all are.
fn best(sizes: &[(u32, u32)], most: u64) -> Option<(u32, u32)> {
    let pixels = |size: &&(u32, u32)| u64::from(size.0) * u64::from(size.1);
    let fitting = sizes.iter().filter(|size| pixels(size) <= most).max_by_key(pixels);
    fitting.or_else(|| sizes.iter().min_by_key(pixels)).copied()
}

fn fault(error: &io::Error) -> CameraFault {
    CameraFault::Link(match Errno::from_io_error(error) {
        Some(Errno::ACCESS | Errno::PERM) => LinkFault::PermissionDenied,
        Some(Errno::BUSY) => LinkFault::Busy,
        Some(Errno::NODEV | Errno::IO) => LinkFault::Unplugged,
        // It is there, and does not understand what every camera does.
        Some(Errno::NOTTY | Errno::INVAL) => return CameraFault::NoFormat,
        _ => LinkFault::NotFound,
    })
}

struct Stream {
    stream: ReadStream,
    format: Format,
}

impl Source for Stream {
    fn format(&self) -> Format {
        self.format
    }

    fn receive(&mut self, into: &mut Vec<u8>, wait: Duration) -> Result<Arrival, LinkFault> {
        let mut doors = [PollFd::new(&self.stream, PollFlags::IN)];
        match poll(&mut doors, Timespec::try_from(wait).ok().as_ref()) {
            Ok(0) | Err(Errno::INTR) => return Ok(Arrival::Nothing),
            Ok(_) => {}
            Err(_) => return Err(LinkFault::Unplugged),
        }
        let found = doors.map(|door| door.revents())[0];
        if found.intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL) {
            return Err(LinkFault::Unplugged);
        }
        let taken = self.stream.dequeue(|frame| {
            into.clear();
            into.extend_from_slice(&frame);
            Ok(if frame.is_error() { Arrival::Spoilt } else { Arrival::Frame })
        });
        taken.map_err(|_| LinkFault::Unplugged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_size_that_fits_is_taken() {
        let sizes = [(640, 480), (1280, 720), (1920, 1080), (3840, 2160)];
        assert_eq!(best(&sizes, PREVIEW), Some((1280, 720)));
        assert_eq!(best(&sizes, FINE_RAW), Some((1920, 1080)));
        assert_eq!(best(&sizes, FINE), Some((3840, 2160)));
        assert_eq!(best(&[(2592, 1944), (1920, 1080)], PREVIEW), Some((1920, 1080)), "better than none");
        assert_eq!(best(&[], FINE), None);
    }

    #[test]
    fn every_refusal_of_the_kernel_is_a_state() {
        for (errno, state) in [
            (Errno::ACCESS, CameraFault::Link(LinkFault::PermissionDenied)),
            (Errno::BUSY, CameraFault::Link(LinkFault::Busy)),
            (Errno::NODEV, CameraFault::Link(LinkFault::Unplugged)),
            (Errno::NOENT, CameraFault::Link(LinkFault::NotFound)),
            (Errno::NOTTY, CameraFault::NoFormat),
        ] {
            assert_eq!(fault(&errno.into()), state);
        }
    }
}
