//! The other: Debian's Chromium with a page of the same words, fonts, icons and measures, from the disk.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::screen::{HEIGHT, Screen, WIDTH};

/// A browser's profile. It is filled by the start that is not counted, as a real kiosk's is by its first day.
pub(super) struct Stage {
    display: String,
    profile: TempDir,
}

impl Stage {
    pub(super) fn start(screen: &Screen) -> anyhow::Result<Self> {
        Ok(Self { display: screen.display.clone(), profile: tempfile::tempdir()? })
    }

    pub(super) fn command(&self) -> Command {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("pages/home.html");
        let mut command = Command::new("chromium");
        command.args(["--kiosk", "--no-first-run", "--noerrdialogs", "--disable-session-crashed-bubble"]);
        command.args(["--allow-file-access-from-files", "--window-position=0,0"]);
        command.arg(format!("--window-size={WIDTH},{HEIGHT}"));
        command.arg(format!("--user-data-dir={}", self.profile.path().display()));
        if rustix::process::getuid().is_root() {
            command.arg("--no-sandbox");
        }
        command.arg(format!("file://{}", page.display()));
        command.env("DISPLAY", &self.display).env_remove("WAYLAND_DISPLAY");
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}
