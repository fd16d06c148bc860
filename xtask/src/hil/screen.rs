//! `cargo xtask hil --screen`: the kiosk on a screen of the kernel, with no window system between. What it shows is looked
//! at from outside the machine, and it is touched as a panel is.

use std::{
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

use super::{
    image,
    kernel::Kernel,
    machine,
    monitor::{CONSOLE, Machine},
    picture::Picture,
};
use crate::{Failure, cargo, setup};

const INIT: &str = include_str!("../../../hil/screen.sh");
const MODULES: [&str; 5] = ["virtio_pci", "virtio-gpu", "virtio_input", "evdev", "uinput"];

/// What the libraries of a kiosk want to find: how devices are off, whom to trust, and fonts, one of which at least there is on
/// every Debian that has fontconfig.
const FOLDERS: [&str; 4] =
    ["/usr/share/libinput", "/etc/ssl/certs", "/etc/fonts", "/usr/share/fonts/truetype/dejavu"];

/// Where 大字版 is on the portrait panel, in ten-thousandths: everything is another size after it.
const LARGE: (i32, i32) = (7_900, 9_670);
/// How far off the panel is in the second machine, down, and what puts that right: as in libinput's matrix, in millionths.
const OFF: i32 = 600;
const CALIBRATION: &str = "1000000,0,0,0,1000000,60000";
/// A screen that answers a touch changes by more thousandths than this; the clock alone by less.
const CHANGED: usize = 15;
/// An emulated processor draws slowly.
const DRAWS: Duration = Duration::from_secs(30);
const STARTS: Duration = Duration::from_mins(4);
/// So long nothing must happen after a touch beside everything.
const QUIET: Duration = Duration::from_secs(8);

/// Builds the kiosk for a screen of the kernel's, and tries it there.
pub(crate) fn run() -> Result<(), Failure> {
    setup::run_for_hil_screen()?;
    let workspace = cargo::Metadata::ours()?;
    // Slint with another backend is another Slint: in a folder of its own neither is built again for the other.
    let folder = workspace.target_directory.join("hil");
    let target = folder.join("screen").display().to_string();
    let build = ["build", "--target-dir", &target, "--package", "kiosk", "--package", "hil"];
    cargo::run(&workspace.workspace_root, &[&build[..], &["--features", "kiosk/backend-linuxkms"]].concat())?;
    let kernel = Kernel::fetch(&folder)?;
    let programs = Path::new(&target).join("debug");
    let parts = image::Parts {
        name: "screen-root",
        init: INIT,
        modules: &MODULES,
        programs: &[&programs.join("kiosk"), &programs.join("hil-guest")],
        folders: &FOLDERS.map(Path::new),
        rules: &workspace.workspace_root.join("packaging/udev"),
    };
    let image = image::build(&folder, &kernel, &parts)?;
    let boot = |words: &str| Machine::boot(&folder, &kernel, &image, words);
    let tried = boot("").and_then(|mut machine| as_mounted(&mut machine));
    let tried = tried.and_then(|()| {
        boot(&format!("calibration={CALIBRATION}")).and_then(|mut machine| calibrated(&mut machine))
    });
    tried.map_err(|why| format!("{why}\n{}", machine::tail(&folder.join(CONSOLE))))?;
    println!("screen: the pictures are in {}", folder.display());
    Ok(())
}

/// A panel whose touches are where they are.
fn as_mounted(machine: &mut Machine) -> Result<(), Failure> {
    let start = shown(machine)?;
    println!("ok  shown without a window system: {} x {}", start.width, start.height);
    machine.tap(LARGE)?;
    let large = changed(machine, &start, "large", "大字版 touched by a finger")?;
    machine.click(LARGE)?;
    changed(machine, &large, "normal", "大字版 touched on a panel that poses as a mouse")?;
    Ok(())
}

/// A panel whose touches arrive too far up, and a kiosk that knows.
fn calibrated(machine: &mut Machine) -> Result<(), Failure> {
    let start = shown(machine)?;
    machine.tap(LARGE)?;
    unchanged(machine, &start, "the same place, which the calibration takes elsewhere")?;
    let (x, y) = LARGE;
    machine.tap((x, y - OFF))?;
    let large = changed(machine, &start, "calibrated", "where the finger was, by the calibration")?;
    machine.click((x, y - OFF))?;
    changed(machine, &large, "calibrated-normal", "the same of a panel that poses as a mouse")?;
    Ok(())
}

/// What is on the screen once something is there and stays.
fn shown(machine: &mut Machine) -> Result<Picture, Failure> {
    let begun = Instant::now();
    let mut last = machine.look("start")?;
    loop {
        sleep(Duration::from_secs(3));
        let now = machine.look("start")?;
        if !now.is_blank() && now.height > now.width && now.differs(&last) == 0 {
            return Ok(now);
        }
        if begun.elapsed() > STARTS {
            return Err(format!("nothing stands on the screen after {STARTS:?}"));
        }
        last = now;
    }
}

fn changed(machine: &mut Machine, before: &Picture, name: &str, what: &str) -> Result<Picture, Failure> {
    let begun = Instant::now();
    loop {
        sleep(Duration::from_secs(1));
        let now = machine.look(name)?;
        let changed = now.differs(before);
        if changed > CHANGED {
            println!("ok  {what}: {changed} ‰ changed");
            // Whatever moves has come to rest before the next touch.
            sleep(Duration::from_secs(2));
            return machine.look(name);
        }
        if begun.elapsed() > DRAWS {
            return Err(format!("{what}: only {changed} ‰ changed within {DRAWS:?}"));
        }
    }
}

fn unchanged(machine: &mut Machine, before: &Picture, what: &str) -> Result<(), Failure> {
    sleep(QUIET);
    let changed = machine.look("unchanged")?.differs(before);
    if changed > CHANGED {
        return Err(format!("{what}: {changed} ‰ changed, and nothing should have"));
    }
    println!("ok  {what}: nothing happened");
    Ok(())
}
