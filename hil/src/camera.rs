//! A camera behind V4L2: the kernel's own test driver `vivid`, which gives raw frames of colour bars, drops and spoils
//! them when told, and can be taken away.

use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use camera::{
    Page, Warning,
    picture::{Grey, sharpness},
};
use driver_api::{Camera, CameraFault, LinkFault, Picture};
use linuxvideo::Device;

use crate::{
    bench::Bench,
    wait::{HEAL, until},
};

const NAME: &str = "camera, V4L2";
const URL: &str = "file:///dev/kiosk/camera";
const NODE: &str = "/dev/kiosk/camera";
const DRIVER: &str = "/sys/bus/platform/drivers/vivid";
const DEVICE: &str = "vivid.0";
/// As large a page may be, as the platform takes it.
const LARGEST: usize = 2 << 20;
/// For a frame: an emulated processor draws five of them in a second.
const FRAME: Duration = Duration::from_secs(3);

pub(crate) fn situations(bench: &mut Bench) {
    let tried: [(&str, fn() -> anyhow::Result<String>); 6] = [
        ("a preview runs, and stops when it is stopped", preview),
        ("a page is photographed", capture),
        ("frames that the kernel calls spoilt are left out", spoilt),
        ("a camera that gives no frames is a named fault, and comes back", silent),
        ("a second program finds it busy", busy),
        ("unplugged while it runs, and plugged in again", unplugged),
    ];
    for (what, situation) in tried {
        bench.try_out(&format!("{NAME}: {what}"), situation);
    }
}

fn camera() -> anyhow::Result<Box<dyn Camera>> {
    Ok(camera::open(&URL.parse()?)?)
}

/// Colour bars, and a text that moves: neither black nor all the same.
fn shows_something(picture: &Picture) -> anyhow::Result<f64> {
    let detail = sharpness(&Grey::of(picture));
    ensure!(detail > 1.0, "an empty picture: {detail}");
    Ok(detail)
}

/// A picture, waited for until there is one.
fn see(camera: &mut dyn Camera, most: Duration) -> anyhow::Result<(Picture, Duration)> {
    let mut last = None;
    let found = until(most, || match camera.preview(FRAME) {
        Ok(picture) => picture,
        Err(fault) => {
            last = Some(fault);
            None
        }
    });
    found.with_context(|| format!("{last:?}"))
}

/// The kernel's name of a control of the test driver.
fn control(name: &str, value: i32) -> anyhow::Result<()> {
    let mut device = Device::open(NODE)?;
    let known =
        device.controls().flatten().find(|control| control.name() == name).map(|control| control.id());
    let id = known.with_context(|| format!("no control {name:?}"))?;
    Ok(device.write_control_raw(id, value)?)
}

fn preview() -> anyhow::Result<String> {
    let mut camera = camera()?;
    let name = camera.identify()?;
    ensure!(name.starts_with("vivid"), "{name}");
    let start = Instant::now();
    for _ in 0..3 {
        let (picture, _) = see(&mut *camera, Duration::from_secs(10))?;
        ensure!((picture.width(), picture.height()) == (1280, 720), "{picture:?}");
        shows_something(&picture)?;
    }
    let took = start.elapsed();
    camera.stop();
    // A stream that is off is nobody's.
    see(&mut *self::camera()?, Duration::from_secs(10))?;
    Ok(format!("{name}, three pictures in {:.1} s", took.as_secs_f32()))
}

fn capture() -> anyhow::Result<String> {
    let photograph = camera()?.capture()?;
    ensure!((photograph.width(), photograph.height()) == (1920, 1080), "{photograph:?}");
    let detail = shows_something(&photograph)?;
    let page = Page::of(&photograph);
    ensure!(page.warnings.contains(&Warning::NoEdges), "a page among colour bars: {:?}", page.warnings);
    let file = page.file(LARGEST).context("no file")?;
    ensure!(
        file.starts_with(&[0xFF, 0xD8]) && file.ends_with(&[0xFF, 0xD9]),
        "{} bytes of no JPEG",
        file.len()
    );
    Ok(format!("{photograph:?}, sharpness {detail:.0}, a file of {} KiB", file.len() >> 10))
}

fn spoilt() -> anyhow::Result<String> {
    let mut camera = camera()?;
    see(&mut *camera, Duration::from_secs(10))?;
    for _ in 0..2 {
        control("Inject V4L2_BUF_FLAG_ERROR", 1)?;
        shows_something(&see(&mut *camera, Duration::from_secs(10))?.0)?;
    }
    Ok(String::new())
}

fn silent() -> anyhow::Result<String> {
    let mut camera = camera()?;
    see(&mut *camera, Duration::from_secs(10))?;
    control("Percentage of Dropped Buffers", 100)?;
    let fault = until(Duration::from_secs(20), || camera.preview(FRAME).err());
    control("Percentage of Dropped Buffers", 0)?;
    let (fault, took) = fault?;
    ensure!(fault == CameraFault::Link(LinkFault::Silent), "{fault:?}");
    see(&mut *camera, Duration::from_secs(10))?;
    Ok(format!("named after {:.1} s", took.as_secs_f32()))
}

fn busy() -> anyhow::Result<String> {
    let (mut first, mut second) = (camera()?, camera()?);
    see(&mut *first, Duration::from_secs(10))?;
    let refused = second.preview(FRAME);
    ensure!(refused == Err(CameraFault::Link(LinkFault::Busy)), "{refused:?}");
    first.stop();
    see(&mut *second, HEAL)?;
    Ok(String::new())
}

fn unplugged() -> anyhow::Result<String> {
    let mut camera = camera()?;
    see(&mut *camera, Duration::from_secs(10))?;
    control("Disconnect", 1)?;
    let (fault, _) = until(HEAL, || camera.preview(FRAME).err())?;
    ensure!(fault == CameraFault::Link(LinkFault::Unplugged), "{fault:?}");
    fs::write(format!("{DRIVER}/unbind"), DEVICE)?;
    let (absent, _) =
        until(HEAL, || camera.preview(FRAME).err().filter(|fault| *fault == LinkFault::NotFound.into()))?;
    fs::write(format!("{DRIVER}/bind"), DEVICE)?;
    let (_, took) = see(&mut *camera, HEAL)?;
    Ok(format!("{fault:?}, {absent:?}, of use {} ms after the plug", took.as_millis()))
}
