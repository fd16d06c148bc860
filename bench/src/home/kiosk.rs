//! Ours: the kiosk as it is shipped, with a platform that answers and devices that are there.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use tempfile::TempDir;

use crate::{process::Process, screen::Screen};

/// All around the kiosk.
pub(super) struct Stage {
    display: String,
    _around: Vec<Process>,
    folder: TempDir,
}

impl Stage {
    pub(super) fn start(screen: &Screen) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let (platform, url) = platform(folder.path())?;
        let around = vec![
            platform,
            emulator("id-card-reader", folder.path())?,
            emulator("receipt-printer", folder.path())?,
        ];
        fs::write(folder.path().join("kiosk.toml"), kiosk_toml(&url, folder.path()))?;
        Ok(Self { display: screen.display.clone(), _around: around, folder })
    }

    pub(super) fn command(&self) -> Command {
        let mut command = program("kiosk", self.folder.path());
        command.args(["--config", "kiosk.toml"]).env("DISPLAY", &self.display).env_remove("WAYLAND_DISPLAY");
        // The warning of a broken kiosk is worth reading; all else is not.
        command.env("RUST_LOG", "warn").stdout(Stdio::null());
        command
    }
}

/// A program of ours, from where cargo put it.
fn program(name: &str, folder: &Path) -> Command {
    let beside = || std::env::current_exe().ok().and_then(|path| path.parent().map(Path::to_owned));
    let folder_of_programs = std::env::var_os("KIOSK_BIN_DIR").map(PathBuf::from).or_else(beside);
    let mut command = Command::new(folder_of_programs.unwrap_or_default().join(name));
    command.current_dir(folder);
    command
}

fn platform(folder: &Path) -> anyhow::Result<(Process, String)> {
    let database = folder.join("platform.db");
    let config =
        format!("listen = \"127.0.0.1:0\"\n\n[database]\nurl = \"sqlite://{}\"\n", database.display());
    fs::write(folder.join("platform.toml"), config)?;
    let mut command = program("platform", folder);
    command.args(["--config", "platform.toml"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut process = Process::start(&mut command)?;
    let mut lines = BufReader::new(process.child().stdout.take().context("no output")?).lines();
    let told = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.split("listening on ").nth(1).map(|url| url.trim().to_owned()));
    std::thread::spawn(move || lines.for_each(drop));
    Ok((process, told.context("the platform did not start")?))
}

fn emulator(device: &str, folder: &Path) -> anyhow::Result<Process> {
    let (link, control) = (format!("{device}.tty"), format!("{device}.sock"));
    let mut command = program("emulator", folder);
    command
        .args([device, "--link", &link, "--control", &control])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let process = Process::start(&mut command)?;
    let patience = Instant::now() + Duration::from_secs(10);
    while !folder.join(&link).exists() {
        anyhow::ensure!(Instant::now() < patience, "the emulator of the {device} did not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(process)
}

/// Nobody is there for minutes, and the home screen stays all the same: the one thing unlike a real kiosk.
fn kiosk_toml(platform: &str, folder: &Path) -> String {
    let path = folder.display();
    format!(
        "[platform]\nurl = \"{platform}\"\nterminal_id = \"bench-0001\"\n\n\
         [devices.id_card_reader]\nurl = \"serial://{path}/id-card-reader.tty\"\n\n\
         [devices.receipt_printer]\nurl = \"serial://{path}/receipt-printer.tty\"\nprofile = \"escpos-80\"\n\n\
         [store]\npath = \"{path}/kiosk.db\"\n\n[session]\nidle = 3600\n"
    )
}
