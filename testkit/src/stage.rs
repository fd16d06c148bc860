//! The stage: every program started, with its files in a folder that goes with it.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Network, Remote};

/// What to put on the stage.
#[derive(Clone, Debug, Default)]
pub struct StageOptions {
    /// A real reader in place of the emulator.
    pub reader: Option<String>,
    /// A real printer in place of the emulator.
    pub printer: Option<String>,
    /// A platform that runs already.
    pub platform: Option<String>,
    /// 1920 × 1080.
    pub landscape: bool,
}

/// A whole stage. Dropping it ends every program.
pub struct Stage {
    /// The resident's finger and eyes.
    pub kiosk: Remote,
    /// The person at the emulated reader.
    pub reader: Option<Remote>,
    /// The person at the emulated printer.
    pub printer: Option<Remote>,
    /// The network cable, where the platform is ours.
    pub network: Option<Network>,
    platform: String,
    kiosk_process: Process,
    folder: TempDir,
    _others: Vec<Process>,
}

impl Stage {
    /// Starts everything.
    pub fn start(options: &StageOptions) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut others = Vec::new();
        let (platform, network) = match &options.platform {
            Some(url) => (url.clone(), None),
            None => start_platform(folder.path(), &mut others)?,
        };
        let reader = device("id-card-reader", options.reader.as_deref(), folder.path(), &mut others)?;
        let printer = device("receipt-printer", options.printer.as_deref(), folder.path(), &mut others)?;
        let called =
            network.as_ref().map_or_else(|| platform.clone(), |net| format!("http://{}", net.address()));
        let config = kiosk_toml(&called, &reader.0, &printer.0, folder.path(), options.landscape);
        fs::write(folder.path().join("kiosk.toml"), config)?;
        let (kiosk_process, kiosk) = start_kiosk(folder.path())?;
        let (reader, printer) = (reader.1, printer.1);
        Ok(Self { kiosk, reader, printer, network, platform, kiosk_process, folder, _others: others })
    }

    /// The folder with everything that the programs keep.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Touches the control whose label begins with `label`, as soon as it is there.
    pub fn tap(&mut self, label: &str) -> anyhow::Result<()> {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            match self.kiosk.perform(&json!({"do": "tap", "label": label})) {
                Ok(_) => break,
                Err(error) if Instant::now() > until => return Err(error),
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
        // A finger is not faster, and the screen takes a second touch at once for a slip.
        std::thread::sleep(Duration::from_millis(400));
        Ok(())
    }

    /// Waits until the screen says `words`.
    pub fn wait_for(&mut self, words: &str, patience: Duration) -> anyhow::Result<()> {
        let until = Instant::now() + patience;
        loop {
            let labels = self.labels()?;
            if labels.iter().any(|label| label.contains(words)) {
                return Ok(());
            }
            anyhow::ensure!(Instant::now() < until, "waited for {words:?}, the screen says {labels:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// All that the screen says.
    pub fn labels(&mut self) -> anyhow::Result<Vec<String>> {
        let answer = self.kiosk.act("labels")?;
        let labels = answer.get("labels").and_then(Value::as_array).context("no labels")?;
        anyhow::ensure!(!labels.is_empty(), "the screen has no labels at all");
        Ok(labels.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// Asks the platform directly, as any other program would.
    pub fn get(&self, path: &str) -> anyhow::Result<Value> {
        let output =
            Command::new("curl").args(["-sS", "-m", "10", &format!("{}{path}", self.platform)]).output()?;
        serde_json::from_slice(&output.stdout).with_context(|| format!("{path}: no JSON"))
    }

    /// Kills the kiosk as a power cut does, and starts it again.
    pub fn power_cut(&mut self) -> anyhow::Result<()> {
        self.kiosk_process.kill();
        let (process, kiosk) = start_kiosk(self.folder.path())?;
        (self.kiosk_process, self.kiosk) = (process, kiosk);
        Ok(())
    }
}

/// A program that ends with the stage.
struct Process(Child);

impl Process {
    fn start(name: &str, arguments: &[&str], folder: &Path) -> anyhow::Result<Self> {
        let log = fs::File::create(folder.join(format!("{name}-{}.log", arguments.first().unwrap_or(&""))))?;
        let path = programs().join(name);
        let child = Command::new(&path)
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .with_context(|| format!("{}: build it with cargo build --workspace", path.display()))?;
        Ok(Self(child))
    }

    fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Where cargo puts programs: beside this one, or one up from a test.
fn programs() -> PathBuf {
    if let Some(told) = std::env::var_os("KIOSK_BIN_DIR") {
        return told.into();
    }
    let here =
        std::env::current_exe().ok().and_then(|path| path.parent().map(Path::to_owned)).unwrap_or_default();
    if here.ends_with("deps") { here.parent().map(Path::to_owned).unwrap_or_default() } else { here }
}

fn start_platform(folder: &Path, others: &mut Vec<Process>) -> anyhow::Result<(String, Option<Network>)> {
    let database = folder.join("platform.db");
    let config =
        format!("listen = \"127.0.0.1:0\"\n\n[database]\nurl = \"sqlite://{}\"\n", database.display());
    fs::write(folder.join("platform.toml"), config)?;
    let mut process = Process::start("platform", &["--config", "platform.toml"], folder)?;
    let stdout = process.0.stdout.take().context("no output")?;
    let mut lines = BufReader::new(stdout).lines();
    let told = lines.by_ref().map_while(Result::ok).find_map(|line| {
        line.split("listening on http://")
            .nth(1)
            .and_then(|address| address.trim().parse::<SocketAddr>().ok())
    });
    let address = told.context("the platform did not start; see its log")?;
    std::thread::spawn(move || lines.for_each(drop));
    others.push(process);
    Ok((format!("http://{address}"), Some(Network::to(address)?)))
}

/// A device's URL, and the person at it where it is emulated.
fn device(
    name: &str,
    real: Option<&str>,
    folder: &Path,
    others: &mut Vec<Process>,
) -> anyhow::Result<(String, Option<Remote>)> {
    if let Some(url) = real {
        return Ok((url.to_owned(), None));
    }
    let (link, control) = (format!("{name}.tty"), format!("{name}.sock"));
    others.push(Process::start("emulator", &[name, "--link", &link, "--control", &control], folder)?);
    let remote = Remote::connect(&folder.join(&control))?;
    Ok((format!("serial://{}", folder.join(link).display()), Some(remote)))
}

fn kiosk_toml(platform: &str, reader: &str, printer: &str, folder: &Path, landscape: bool) -> String {
    let orientation = if landscape { "landscape" } else { "portrait" };
    format!(
        "[platform]\nurl = \"{platform}\"\nterminal_id = \"demo-0001\"\n\n[devices.id_card_reader]\nurl = \"{reader}\"\n\n\
         [devices.receipt_printer]\nurl = \"{printer}\"\nprofile = \"escpos-80\"\n\n[store]\npath = \"{}\"\n\n\
         [ui]\norientation = \"{orientation}\"\nlanguage = \"zh-CN\"\n",
        folder.join("kiosk.db").display()
    )
}

fn start_kiosk(folder: &Path) -> anyhow::Result<(Process, Remote)> {
    let socket = folder.join("kiosk.sock");
    let _ = fs::remove_file(&socket);
    let process =
        Process::start("headless-kiosk", &["--config", "kiosk.toml", "--control", "kiosk.sock"], folder)?;
    Ok((process, Remote::connect(&socket)?))
}
