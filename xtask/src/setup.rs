//! `cargo xtask setup`: the Debian packages without which the workspace does not build or run.

use std::{
    io::ErrorKind,
    process::{Command, Stdio},
};

use crate::Failure;

/// A Debian 12 name, with who needs it.
type Package = (&'static str, &'static str);

const PACKAGES: [Package; 14] = [
    ("pkg-config", "finds fontconfig and ALSA for the build"),
    ("libfontconfig-dev", "Slint links it to find fonts"),
    ("libasound2-dev", "the loudspeaker's driver links it"),
    ("libxkbcommon-x11-0", "the window opens it at run time, for the keyboard"),
    ("libx11-xcb1", "the window opens it at run time"),
    ("libxcursor1", "the window opens it at run time"),
    ("libxi6", "the window opens it at run time, for touch"),
    ("curl", "the demo asks the platform as any other program would"),
    ("pulseaudio", "the sound system whose loudspeaker the tests listen to"),
    ("libasound2-plugins", "leads from ALSA to it"),
    ("libfaketime", "a test sets a kiosk's clock wrong"),
    ("postgresql", "the platform is tested on it as well"),
    ("zbar-tools", "a second decoder of the codes on receipts"),
    ("fonts-hanazono", "the rarest characters of names on a receipt"),
];

/// What the comparisons need besides.
const BENCH_PACKAGES: [Package; 2] =
    [("xvfb", "the screen that both sides draw on"), ("chromium", "the other side of the comparison")];

/// What a virtual machine with a kernel of its own needs besides.
const HIL_PACKAGES: [Package; 5] = [
    ("qemu-system-x86", "the machine"),
    ("busybox-static", "its programs"),
    ("udev", "its device manager, with our rules"),
    ("kmod", "finds which modules need which"),
    ("cpio", "packs its files"),
];

/// What a kiosk needs that shows itself without a window system, and a machine to try it in.
const SCREEN_PACKAGES: [Package; 5] = [
    ("libgbm-dev", "memory for a screen"),
    ("libinput-dev", "touches of the kernel"),
    ("libseat-dev", "who may use the screen"),
    ("libudev-dev", "finds panels"),
    ("libxkbcommon-dev", "names of keys"),
];

/// A package, and a command that succeeds where the same is there under another name than Debian's.
type Probed = (Package, &'static str);

/// What hosts need that are not ours.
const FOREIGN_PACKAGES: [Probed; 3] = [
    (("python3-venv", "a place of its own for python-escpos"), "python3 -m venv --help"),
    (("nodejs", "runs receiptio"), "node --version"),
    (("npm", "fetches receiptio"), "npm --version"),
];

/// What looks at pages.
const BROWSER_PACKAGES: [Probed; 3] = [
    (("chromium", "shows the pages"), "chromium --version"),
    (("nodejs", "drives it"), "node --version"),
    (("npm", "fetches what drives it"), "npm --version"),
];

/// Installs what the build and the tests need, or says how.
pub(crate) fn run() -> Result<(), Failure> {
    install(&PACKAGES)
}

/// Installs what the comparisons need as well.
pub(crate) fn run_for_bench() -> Result<(), Failure> {
    install(&[PACKAGES.as_slice(), &BENCH_PACKAGES].concat())
}

/// Installs what the virtual machine needs.
pub(crate) fn run_for_hil() -> Result<(), Failure> {
    install(&HIL_PACKAGES)
}

/// Installs what the virtual machine with a screen needs.
pub(crate) fn run_for_hil_screen() -> Result<(), Failure> {
    install(&[PACKAGES.as_slice(), &HIL_PACKAGES, &SCREEN_PACKAGES].concat())
}

/// Installs what foreign hosts need.
pub(crate) fn run_for_foreign() -> Result<(), Failure> {
    install_unless_there(&FOREIGN_PACKAGES)
}

/// Installs what looks at pages.
pub(crate) fn run_for_browser() -> Result<(), Failure> {
    install_unless_there(&BROWSER_PACKAGES)
}

fn install_unless_there(packages: &[Probed]) -> Result<(), Failure> {
    let absent = packages.iter().filter(|(_, probe)| !succeeds(Command::new("sh").args(["-c", *probe])));
    install(&absent.map(|(package, _)| *package).collect::<Vec<_>>())
}

fn install(packages: &[Package]) -> Result<(), Failure> {
    let Some(missing) = missing(packages)? else {
        println!(
            "setup: no Debian here; these are needed under whatever names they have: {}",
            needs(packages)
        );
        return Ok(());
    };
    if missing.is_empty() {
        println!("setup: nothing is missing");
        return Ok(());
    }
    let before = privilege().ok_or_else(|| by_hand(&missing))?;
    println!("setup: installing {}", missing.join(" "));
    apt_get(before, &["update"])?;
    apt_get(before, &[&["install", "--yes", "--no-install-recommends"], missing.as_slice()].concat())
}

fn needs(packages: &[Package]) -> String {
    packages.iter().map(|(name, why)| format!("{name} ({why})")).collect::<Vec<_>>().join(", ")
}

/// `None` where there is no dpkg to ask.
fn missing(packages: &[Package]) -> Result<Option<Vec<&'static str>>, Failure> {
    let mut missing = Vec::new();
    for (name, _) in packages.iter().copied() {
        match installed(name) {
            Ok(true) => {}
            Ok(false) => missing.push(name),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("dpkg-query: {error}")),
        }
    }
    Ok(Some(missing))
}

fn installed(name: &str) -> std::io::Result<bool> {
    let mut query = Command::new("dpkg-query");
    let answer = query.args(["--show", "--showformat=${db:Status-Abbrev}\n", name]).output()?;
    Ok(answer.status.success() && is_installed(&String::from_utf8_lossy(&answer.stdout)))
}

/// A package known in several architectures has a line for each.
fn is_installed(status: &str) -> bool {
    status.lines().any(|line| line.starts_with("ii"))
}

/// What to put before apt-get; `None` when there is no way without a password.
fn privilege() -> Option<&'static [&'static str]> {
    if succeeds(Command::new("sh").args(["-c", "test \"$(id -u)\" = 0"])) {
        Some(&[])
    } else if succeeds(Command::new("sudo").args(["-n", "true"])) {
        Some(&["sudo", "-n"])
    } else {
        None
    }
}

fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn apt_get(before: &[&str], arguments: &[&str]) -> Result<(), Failure> {
    // `env`, because sudo drops variables that are set outside.
    let words = [before, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"], arguments].concat();
    let (program, rest) = words.split_first().ok_or("nothing to run")?;
    let status = Command::new(program).args(rest).status().map_err(|e| format!("{program}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{} failed", words.join(" "))) }
}

fn by_hand(missing: &[&str]) -> Failure {
    format!(
        "packages are missing, and this user may not install them. Run this, then try again:\n\n  \
         sudo apt-get update && sudo apt-get install --no-install-recommends {}\n",
        missing.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_package_is_missing() {
        assert!(is_installed("ii \n"));
        assert!(is_installed("un \nii \n"), "one architecture is enough");
        assert!(!is_installed("rc \n"), "removed, its configuration left behind");
        assert!(!is_installed(""));
    }

    #[test]
    fn without_rights_the_one_command_is_told() {
        let told = by_hand(&["pkg-config", "libxi6"]);
        assert!(told.contains("sudo apt-get install --no-install-recommends pkg-config libxi6"), "{told}");
    }
}
