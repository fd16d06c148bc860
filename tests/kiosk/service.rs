//! A kiosk that a service manager starts: it says that it lives, and what keeps it from serving.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    os::unix::net::UnixDatagram,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use serde_json::json;
use testkit::{Remote, StageOptions, Surroundings, program};

use crate::visit::{PATIENCE, Visit};

/// So long a screen may be silent before it is started anew; far shorter than on a machine.
const WATCHDOG: Duration = Duration::from_millis(1_500);

/// What systemd is to a service: a socket to be told on.
struct Manager {
    socket: UnixDatagram,
    home: std::path::PathBuf,
}

impl Manager {
    fn of(around: &Surroundings) -> anyhow::Result<Self> {
        let home = around.folder().join("kiosk");
        let socket = UnixDatagram::bind(home.join("notify"))?;
        Ok(Self { socket, home })
    }

    fn starts(&self) -> anyhow::Result<Service> {
        let control = self.home.join("control");
        let _ = fs::remove_file(&control);
        let log = fs::OpenOptions::new().create(true).append(true).open(self.home.join("kiosk.log"))?;
        let process = Command::new(program("headless-kiosk")?)
            .args(["--config", "kiosk.toml", "--control", "control"])
            .env("NOTIFY_SOCKET", self.home.join("notify"))
            .env("WATCHDOG_USEC", WATCHDOG.as_micros().to_string())
            .current_dir(&self.home)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        Ok(Service { process, control })
    }

    /// What it is told within `patience`.
    fn hears(&self, patience: Duration) -> anyhow::Result<Option<String>> {
        let mut buffer = [0_u8; 256];
        self.socket.set_read_timeout(Some(patience))?;
        match self.socket.recv(&mut buffer) {
            Ok(length) => {
                Ok(buffer.get(..length).map(|told| String::from_utf8_lossy(told).trim().to_owned()))
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn breaks(&self, this: &str, that: &str) -> anyhow::Result<()> {
        let file = self.home.join("kiosk.toml");
        let text = fs::read_to_string(&file)?;
        anyhow::ensure!(text.contains(this), "no {this}");
        Ok(fs::write(&file, text.replace(this, that))?)
    }
}

struct Service {
    process: Child,
    control: std::path::PathBuf,
}

impl Service {
    fn shows(&self, words: &str) -> anyhow::Result<()> {
        let mut screen = Remote::connect(&self.control)?;
        let until = Instant::now() + PATIENCE;
        loop {
            let labels = screen.act("labels")?;
            if labels.to_string().contains(words) {
                return Ok(());
            }
            anyhow::ensure!(Instant::now() < until, "no {words} on the screen: {labels}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_screen_that_hangs_falls_silent() -> anyhow::Result<()> {
    let around = Surroundings::start(&StageOptions::default())?;
    let manager = Manager::of(&around)?;
    let kiosk = manager.starts()?;
    assert_eq!(manager.hears(PATIENCE)?.as_deref(), Some("READY=1"));
    for _ in 0..5 {
        assert_eq!(manager.hears(WATCHDOG)?.as_deref(), Some("WATCHDOG=1"));
    }
    let mut screen = Remote::connect(&kiosk.control)?;
    let hangs = std::thread::spawn(move || screen.act("hang"));
    // What was said before it hung may still be on the way.
    let mut heard = 0;
    while manager.hears(2 * WATCHDOG)?.is_some() {
        heard += 1;
        assert!(heard < 20, "it hangs and says that it lives");
    }
    drop(kiosk);
    assert!(hangs.join().is_ok_and(|answer| answer.is_err()));
    Ok(())
}

#[test]
fn what_keeps_it_from_serving_is_a_code_on_the_screen() -> anyhow::Result<()> {
    let around = Surroundings::start(&StageOptions::default())?;
    let manager = Manager::of(&around)?;
    let store = manager.home.join("kiosk.db");
    let path = |path: &Path| format!("path = \"{}\"", path.display());
    manager.breaks(&path(&store), &path(&manager.home.join("nowhere").join("kiosk.db")))?;
    manager.starts()?.shows("代码 S02")?;
    manager.breaks("[store]", "[stroe]")?;
    manager.starts()?.shows("代码 M03")?;
    Ok(())
}

#[test]
fn a_program_that_falls_again_and_again_rests() -> anyhow::Result<()> {
    let around = Surroundings::start(&StageOptions::default())?;
    let manager = Manager::of(&around)?;
    for _ in 0..5 {
        let kiosk = manager.starts()?;
        kiosk.shows("点一下屏幕")?;
    }
    manager.starts()?.shows("代码 M02")?;
    fs::remove_file(manager.home.join("starts.json")).context("starts were not counted")?;
    manager.starts()?.shows("点一下屏幕")?;
    Ok(())
}

#[test]
fn prometheus_and_the_technician_hear_what_is_wrong() -> anyhow::Result<()> {
    let metrics = "\n[metrics]\nlisten = \"127.0.0.1:0\"\n".to_owned();
    let mut visit = Visit::none_yet(&StageOptions { session: metrics, ..StageOptions::default() })?;
    let log = fs::read_to_string(visit.stage.kiosk_home().join("kiosk.log"))?;
    let address = log.split("metrics on http://").nth(1).and_then(|rest| rest.split_whitespace().next());
    let address = address.context("no metrics")?.to_owned();
    let hears = |code: &str, stands: bool| -> anyhow::Result<()> {
        // A platform that has answered is asked again after a minute.
        let until = Instant::now() + 2 * PATIENCE;
        loop {
            let text = scrape(&address)?;
            if text.contains(&format!("code=\"{code}\"")) == stands {
                return Ok(());
            }
            anyhow::ensure!(Instant::now() < until, "{code} should stand: {stands}\n{text}");
            std::thread::sleep(Duration::from_millis(200));
        }
    };
    hears("P11", false)?;
    visit.printer(&json!({"do": "paper-out"}))?;
    hears("P11", true)?;
    visit.printer(&json!({"do": "load-paper"}))?;
    hears("P11", false)?;
    visit.network()?.cut();
    hears("N01", true)?;
    assert!(scrape(&address)?.contains("kiosk_disk_free_bytes"));
    Ok(())
}

fn scrape(address: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: kiosk\r\nConnection: close\r\n\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    anyhow::ensure!(text.starts_with("HTTP/1.1 200"), "{text}");
    Ok(text)
}
