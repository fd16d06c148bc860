//! `cargo xtask hil`: the drivers against real nodes of a real kernel, without hardware.
//!
//! QEMU boots Debian's stock kernel with a small initial file system. Inside, USB gadgets on a dummy controller are the
//! devices, emulated by `driver-sim`, and the drivers talk to the nodes that the kernel makes of them.

mod image;
mod kernel;
mod machine;
mod monitor;
mod picture;
mod screen;

pub(crate) use screen::run as run_screen;

use std::path::Path;

use crate::{Failure, cargo, setup};

const INIT: &str = include_str!("../../hil/init.sh");
const MODULES: [&str; 13] = [
    "configfs",
    "dummy_hcd",
    "libcomposite",
    "usb_f_acm",
    "usb_f_fs",
    "usb_f_hid",
    "usblp",
    "cdc-acm",
    "usbhid",
    "hid-generic",
    "evdev",
    "uinput",
    "vivid",
];

/// Builds the program that runs inside, and runs it there.
pub(crate) fn run() -> Result<(), Failure> {
    setup::run_for_hil()?;
    let workspace = cargo::Metadata::ours()?;
    cargo::run(&workspace.workspace_root, &["build", "--package", "hil"])?;
    boot(&workspace)
}

/// The same as a stage of the tests, which have built everything.
pub(crate) fn run_stage(workspace: &cargo::Metadata) -> Result<(), Failure> {
    if let Some(why) = impossible() {
        println!("hil: skipped: {why}");
        return Ok(());
    }
    boot(workspace)
}

/// Why there is no machine to be had here.
fn impossible() -> Option<String> {
    if !cfg!(target_arch = "x86_64") {
        return Some("the virtual machine is an amd64 one".to_owned());
    }
    if !Path::new("/usr/bin/dpkg").exists() {
        return Some("there is no Debian here to take a kernel from".to_owned());
    }
    setup::run_for_hil().err().map(|failure| format!("QEMU cannot be installed: {failure}"))
}

fn boot(workspace: &cargo::Metadata) -> Result<(), Failure> {
    let folder = workspace.target_directory.join("hil");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let kernel = kernel::Kernel::fetch(&folder)?;
    let parts = image::Parts {
        name: "drivers",
        init: INIT,
        modules: &MODULES,
        programs: &[&workspace.bin_dir().join("hil-guest")],
        folders: &[],
        rules: &workspace.workspace_root.join("packaging/udev"),
    };
    let image = image::build(&folder, &kernel, &parts)?;
    machine::run(&folder, &kernel, &image)
}

/// Runs a program and returns what it says; it must succeed.
fn output(program: &str, arguments: &[&str], folder: &Path) -> Result<String, Failure> {
    let said = std::process::Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    if !said.status.success() {
        let complaint = String::from_utf8_lossy(&said.stderr).into_owned();
        return Err(format!("{program} {} failed: {complaint}", arguments.join(" ")));
    }
    Ok(String::from_utf8_lossy(&said.stdout).into_owned())
}
