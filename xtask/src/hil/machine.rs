//! The virtual machine: software emulation, so that it runs wherever QEMU does.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use super::kernel::Kernel;
use crate::Failure;

/// Seconds after which it is ended, however far it has come.
const LONGEST: &str = "300";
/// The last line of a whole run: `hil: 23 situations, 0 failed`.
const LAST: &str = "hil: ";
/// Lines of the kernel that are told where the run broke off.
const TAIL: usize = 25;

/// Boots it, tells what comes out of it, and judges by the last line.
pub(crate) fn run(folder: &Path, kernel: &Kernel, image: &Path) -> Result<(), Failure> {
    let console = folder.join("console.log");
    let mut machine = Command::new("timeout")
        .args([LONGEST, "qemu-system-x86_64", "-accel", "tcg,thread=multi", "-smp", "2", "-m", "768"])
        .args(["-display", "none", "-monitor", "none", "-nic", "none", "-no-reboot"])
        .arg("-kernel")
        .arg(kernel.image())
        .arg("-initrd")
        .arg(image)
        // On a busy host an emulated timer ticks too late for the kernel's own look at it, and the kernel would give up.
        .args(["-append", "console=ttyS0 panic=-1 no_timer_check loglevel=6"])
        .arg("-serial")
        .arg(format!("file:{}", console.display()))
        .args(["-serial", "stdio"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("timeout: {error}"))?;
    let lines = machine.stdout.take().ok_or("QEMU has no output")?;
    let mut last = String::new();
    for line in BufReader::new(lines).split(b'\n') {
        let line = line.map_err(|error| format!("QEMU: {error}"))?;
        String::from_utf8_lossy(&line).trim_end().clone_into(&mut last);
        println!("{last}");
    }
    let status = machine.wait().map_err(|error| format!("QEMU: {error}"))?;
    verdict(&last, status.code()).map_err(|why| format!("{why}\n{}", tail(&console)))
}

fn verdict(last: &str, code: Option<i32>) -> Result<(), Failure> {
    let counts = last.strip_prefix(LAST).and_then(|rest| rest.split_once(" situations, "));
    match counts {
        Some((tried, "0 failed")) if tried != "0" => Ok(()),
        Some((_, failed)) => Err(format!("hil: {failed}")),
        None if code == Some(124) => Err(format!("hil: not done within {LONGEST} s")),
        None => Err("hil: the machine broke off".to_owned()),
    }
}

pub(super) fn tail(console: &Path) -> String {
    let Ok(text) = fs::read(console) else { return String::new() };
    let text = String::from_utf8_lossy(&text).into_owned();
    let lines: Vec<_> = text.lines().collect();
    let tail = lines.get(lines.len().saturating_sub(TAIL)..).unwrap_or_default();
    format!("the kernel's last words ({}):\n{}", console.display(), tail.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::verdict;

    #[test]
    fn only_a_whole_run_without_failures_is_good() {
        assert_eq!(verdict("hil: 23 situations, 0 failed", Some(0)), Ok(()));
        assert!(verdict("hil: 23 situations, 10 failed", Some(0)).is_err());
        assert!(verdict("hil: 0 situations, 0 failed", Some(0)).is_err());
        assert!(verdict("ok  something", Some(0)).unwrap_err().contains("broke off"));
        assert!(verdict("", Some(124)).unwrap_err().contains("300 s"));
    }
}
