//! The stage: every program started, with its files in a folder that goes with it.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::{SocketAddr, ToSocketAddrs as _},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
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
    /// A real code scanner in place of the emulator.
    pub scanner: Option<String>,
    /// A real camera.
    pub camera: Option<String>,
    /// An emulated camera where there is no real one; few kiosks have any.
    pub with_camera: bool,
    /// The kiosk has a loudspeaker, ALSA's `default` in this configuration.
    pub sound: Option<PathBuf>,
    /// The kiosk has no code scanner.
    pub without_scanner: bool,
    /// A platform that runs already.
    pub platform: Option<String>,
    /// 1920 × 1080.
    pub landscape: bool,
    /// Keys of `[session]`, as TOML.
    pub session: String,
    /// The kiosk gets a clock that [`Stage::set_clock`] moves.
    pub own_clock: bool,
    /// How far the platform's clock is from ours: `-365d`.
    pub platform_clock: Option<String>,
    /// The kiosk is [`ENROLLED`] of the platform's fleet, and its configuration names no platform that is there.
    pub enrolled: bool,
    /// The platform has a fleet, and the kiosk is none of it yet.
    pub invites: bool,
    /// A service manager is there: a kiosk that ends is to be started anew, with [`Stage::start_again`].
    pub managed: bool,
}

impl StageOptions {
    /// Takes one option of a command line, with the value that follows it; `false` where it is none of these.
    pub fn take(&mut self, word: &str, rest: &mut impl Iterator<Item = String>) -> anyhow::Result<bool> {
        let place = match word {
            "--landscape" => {
                self.landscape = true;
                return Ok(true);
            }
            "--reader" => &mut self.reader,
            "--printer" => &mut self.printer,
            "--scanner" => &mut self.scanner,
            "--camera" => &mut self.camera,
            "--platform" => &mut self.platform,
            _ => return Ok(false),
        };
        *place = Some(rest.next().with_context(|| format!("{word} needs a value"))?);
        Ok(true)
    }

    /// A command line of nothing else.
    pub fn parse(mut words: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut options = Self::default();
        while let Some(word) = words.next() {
            anyhow::ensure!(options.take(&word, &mut words)?, "unknown option {word}");
        }
        Ok(options)
    }
}

/// Everything around a kiosk. Dropping it ends every program.
pub struct Surroundings {
    /// The person at the emulated reader.
    pub reader: Option<Remote>,
    /// The person at the emulated printer.
    pub printer: Option<Remote>,
    /// The person at the emulated code scanner.
    pub scanner: Option<Remote>,
    /// The person at the table under the emulated camera.
    pub camera: Option<Remote>,
    /// The network cable, where one can be laid.
    pub network: Option<Network>,
    platform: String,
    folder: TempDir,
    others: Vec<Process>,
}

impl Surroundings {
    /// Where the platform is, past the cable: residents' pages and the console are there too.
    #[must_use]
    pub fn platform(&self) -> &str {
        &self.platform
    }

    /// Starts all but the kiosk, and writes the configuration of a kiosk that fits.
    pub fn start(options: &StageOptions) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut others = Vec::new();
        let platform = match &options.platform {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => start_platform(folder.path(), options, &mut others)?,
        };
        let network = cable(&platform)?;
        let reader = device("id-card-reader", options.reader.as_deref(), folder.path(), &mut others)?;
        let printer = device("receipt-printer", options.printer.as_deref(), folder.path(), &mut others)?;
        let scanner = if options.without_scanner {
            (String::new(), None)
        } else {
            device("code-scanner", options.scanner.as_deref(), folder.path(), &mut others)?
        };
        let camera = camera(options, folder.path(), &mut others)?;
        let called = match &network {
            _ if options.enrolled => NOWHERE.to_owned(),
            Some(network) => format!("http://{}", network.address()),
            None => platform.clone(),
        };
        let home = kiosk_home(folder.path());
        fs::create_dir_all(home.join("tmp"))?;
        fs::write(home.join("clock"), "+0")?;
        let urls = [&reader.0, &printer.0, &scanner.0, &camera.0].map(String::as_str);
        fs::write(home.join("kiosk.toml"), kiosk_toml(&called, urls, &home, options))?;
        let (reader, printer, scanner, camera) = (reader.1, printer.1, scanner.1, camera.1);
        if options.enrolled {
            enrol(folder.path())?;
        }
        Ok(Self { reader, printer, scanner, camera, network, platform, folder, others })
    }

    /// The folder with everything that the programs keep.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts the kiosk as it is, in a window so many times its usual size.
    pub fn open_kiosk(&self, scale: f32) -> anyhow::Result<Process> {
        let mut command = Command::new(program("kiosk")?);
        command.args(["--config", "kiosk.toml"]).env("SLINT_SCALE_FACTOR", scale.to_string());
        Process::spawn(&mut command, "kiosk.log", &kiosk_home(self.folder()))
    }
}

/// A whole stage. Dropping it ends every program.
pub struct Stage {
    /// The resident's finger and eyes.
    pub kiosk: Remote,
    /// The person at the emulated reader.
    pub reader: Option<Remote>,
    /// The person at the emulated printer.
    pub printer: Option<Remote>,
    /// The person at the emulated code scanner.
    pub scanner: Option<Remote>,
    /// The person at the table under the emulated camera.
    pub camera: Option<Remote>,
    /// The network cable, where the platform is ours.
    pub network: Option<Network>,
    platform: String,
    kiosk_process: Process,
    means: Means,
    folder: TempDir,
    _others: Vec<Process>,
}

impl Stage {
    /// Starts everything.
    pub fn start(options: &StageOptions) -> anyhow::Result<Self> {
        let Surroundings { reader, printer, scanner, camera, network, platform, folder, others } =
            Surroundings::start(options)?;
        let means =
            Means { own_clock: options.own_clock, managed: options.managed, sound: options.sound.clone() };
        let (kiosk_process, kiosk) = start_kiosk(&kiosk_home(folder.path()), &means)?;
        Ok(Self {
            kiosk,
            reader,
            printer,
            scanner,
            camera,
            network,
            platform,
            kiosk_process,
            means,
            folder,
            _others: others,
        })
    }

    /// The folder with everything that the kiosk keeps: store, log, temporary files.
    #[must_use]
    pub fn kiosk_home(&self) -> PathBuf {
        kiosk_home(self.folder.path())
    }

    /// What an operator types at the platform, in its folder.
    pub fn operator(&self, words: &str) -> anyhow::Result<String> {
        says(self.folder.path(), "platform", &words.split_whitespace().collect::<Vec<_>>())
    }

    /// The folder of the platform, and of whatever its operators make.
    #[must_use]
    pub fn office(&self) -> &Path {
        self.folder.path()
    }

    /// The kiosk's process.
    #[must_use]
    pub fn kiosk_pid(&self) -> u32 {
        self.kiosk_process.0.id()
    }

    /// Sets the kiosk's own clock apart from ours: `-3d`, `+2h`, `+0`.
    pub fn set_clock(&self, apart: &str) -> anyhow::Result<()> {
        anyhow::ensure!(self.means.own_clock, "this kiosk goes by our clock");
        let next = self.kiosk_home().join("clock.next");
        fs::write(&next, apart)?;
        Ok(fs::rename(next, self.kiosk_home().join("clock"))?)
    }

    /// Touches the control whose label begins with `label`, as soon as it is there.
    pub fn tap(&mut self, label: &str) -> anyhow::Result<()> {
        let until = Instant::now() + Duration::from_secs(10);
        // A finger is not faster, and the screen takes a second touch at once for a slip.
        std::thread::sleep(Duration::from_millis(400));
        while let Err(error) = self.kiosk.perform(&json!({"do": "tap", "label": label})) {
            anyhow::ensure!(Instant::now() < until, "{error}, {}", self.situation()?);
            std::thread::sleep(Duration::from_millis(50));
        }
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
            anyhow::ensure!(Instant::now() < until, "waited for {words:?}, {}", self.situation()?);
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What there is to see, for whoever finds out why something did not come.
    fn situation(&mut self) -> anyhow::Result<String> {
        let mut labels = self.labels()?;
        labels.sort();
        labels.dedup();
        let log = fs::read_to_string(self.kiosk_home().join("kiosk.log"))?;
        let lines: Vec<_> = log.lines().rev().take(12).collect();
        Ok(format!("the screen says {labels:?}, the log {lines:#?}"))
    }

    /// All that the screen says.
    pub fn labels(&mut self) -> anyhow::Result<Vec<String>> {
        let answer = self.kiosk.act("labels")?;
        let labels = answer.get("labels").and_then(Value::as_array).context("no labels")?;
        anyhow::ensure!(!labels.is_empty(), "the screen has no labels at all");
        Ok(labels.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// The nine digits of the 取件码 on the screen.
    pub fn pickup_code(&mut self) -> anyhow::Result<String> {
        let is_code = |label: &String| {
            let digits: String = label.split(' ').collect();
            label.len() == 11 && digits.len() == 9 && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        let code = self.labels()?.into_iter().find(is_code).context("no pick-up code on the screen")?;
        Ok(code.replace(' ', ""))
    }

    /// The one case with this 取件码, as soon as the platform has it.
    pub fn wait_for_case(&self, code: &str, patience: Duration) -> anyhow::Result<Value> {
        let until = Instant::now() + patience;
        loop {
            let cases = self.cases(code)?;
            anyhow::ensure!(cases.len() < 2, "the case is there {} times", cases.len());
            if let Some(case) = cases.into_iter().next() {
                return Ok(case);
            }
            anyhow::ensure!(Instant::now() < until, "the case has not arrived");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// The cases of the one bundle with this 取件码, as soon as the platform has them: all at once.
    pub fn wait_for_cases(&self, code: &str, count: usize, patience: Duration) -> anyhow::Result<Vec<Value>> {
        let until = Instant::now() + patience;
        loop {
            let cases = self.cases(code)?;
            if cases.len() == count {
                return Ok(cases);
            }
            anyhow::ensure!(cases.is_empty(), "{} cases of {count}", cases.len());
            anyhow::ensure!(Instant::now() < until, "the bundle has not arrived");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// The cases with this 取件码 at the platform.
    pub fn cases(&self, code: &str) -> anyhow::Result<Vec<Value>> {
        let found = self.get(&format!("/api/v1/cases?pickup_code={code}"))?;
        found.get("cases").and_then(Value::as_array).cloned().context("no list of cases")
    }

    /// Asks the platform directly, as any other program would.
    pub fn get(&self, path: &str) -> anyhow::Result<Value> {
        let output =
            Command::new("curl").args(["-sS", "-m", "10", &format!("{}{path}", self.platform)]).output()?;
        serde_json::from_slice(&output.stdout).with_context(|| format!("{path}: no JSON"))
    }

    /// How the kiosk's program ended, as soon as it has.
    pub fn kiosk_ends(&mut self, patience: Duration) -> anyhow::Result<ExitStatus> {
        let until = Instant::now() + patience;
        loop {
            if let Some(status) = self.kiosk_process.ended() {
                return Ok(status);
            }
            anyhow::ensure!(Instant::now() < until, "the kiosk goes on");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Kills the kiosk as a power cut does, and starts it again.
    pub fn power_cut(&mut self) -> anyhow::Result<()> {
        self.kiosk_process.kill();
        self.start_again()
    }

    /// Starts the kiosk that has ended.
    pub fn start_again(&mut self) -> anyhow::Result<()> {
        let (process, kiosk) = start_kiosk(&self.kiosk_home(), &self.means)?;
        (self.kiosk_process, self.kiosk) = (process, kiosk);
        Ok(())
    }
}

/// A program that ends when this is dropped.
pub struct Process(Child);

impl Process {
    fn start(name: &str, arguments: &[&str], folder: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(program(name)?);
        Self::spawn(command.args(arguments), &format!("{name}.log"), folder)
    }

    fn spawn(command: &mut Command, log: &str, folder: &Path) -> anyhow::Result<Self> {
        let log = fs::OpenOptions::new().create(true).append(true).open(folder.join(log))?;
        let command = command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        Ok(Self(command.spawn().with_context(|| command.get_program().display().to_string())?))
    }

    /// How it ended, where it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().ok().flatten()
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

/// One of the workspace's programs.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    let path = programs().join(name);
    anyhow::ensure!(path.exists(), "{}: build it with cargo build --workspace --all-targets", path.display());
    Ok(path)
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

/// The kiosk's name in its fleet.
pub const ENROLLED: &str = "LZ-0001";
/// Nobody answers there.
const NOWHERE: &str = "http://127.0.0.1:9";

/// What an operator and a technician do.
fn enrol(folder: &Path) -> anyhow::Result<()> {
    let invitation = invitation(folder)?;
    says(&kiosk_home(folder), "kiosk", &["provision", "--config", "kiosk.toml", &invitation]).map(drop)
}

/// What an operator gives to a technician for [`ENROLLED`], as its QR code says it.
pub fn invitation(folder: &Path) -> anyhow::Result<String> {
    let invited = says(folder, "platform", &["enrol", "--config", "platform.toml", "--kiosk", ENROLLED])?;
    let invitation = invited.split("or in one: ").nth(1).and_then(|rest| rest.lines().next());
    invitation.map(str::to_owned).context("no invitation")
}

/// What one of the programs says, run to its end in `folder`; what it complains of is the error.
pub fn says(folder: &Path, name: &str, words: &[&str]) -> anyhow::Result<String> {
    let output =
        Command::new(program(name)?).args(words).current_dir(folder).stdin(Stdio::null()).output()?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{name} {words:?}: {complaint}");
    Ok(String::from_utf8(output.stdout)?)
}

/// Where kiosks with certificates call. The port has to be known before the platform starts, for it is in its certificate's
/// invitations.
fn fleet() -> anyhow::Result<String> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    Ok(format!(
        "\n[tls]\nlisten = \"127.0.0.1:{port}\"\nurl = \"https://127.0.0.1:{port}/\"\ndirectory = \"authority\"\n"
    ))
}

fn start_platform(
    folder: &Path,
    options: &StageOptions,
    others: &mut Vec<Process>,
) -> anyhow::Result<String> {
    let (database, clock) = (folder.join("platform.db"), options.platform_clock.as_deref());
    let mut config = format!(
        "listen = \"127.0.0.1:0\"\n\n[database]\nurl = \"sqlite://{}\"\n\n[web]\nsign_in = \"development\"\n",
        database.display()
    );
    if options.enrolled || options.invites {
        config += &fleet()?;
    }
    fs::write(folder.join("platform.toml"), config)?;
    let mut command = Command::new(program("platform")?);
    if let Some(apart) = clock {
        command.env("LD_PRELOAD", faketime()?).env("FAKETIME", apart).env("DONT_FAKE_MONOTONIC", "1");
    }
    let mut process = Process::spawn(command.args(["--config", "platform.toml"]), "platform.log", folder)?;
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
    Ok(format!("http://{address}"))
}

/// A cable to the platform that can be pulled. Through a relay no certificate would fit, so none is laid for https.
fn cable(platform: &str) -> anyhow::Result<Option<Network>> {
    let Some(authority) = platform.strip_prefix("http://") else { return Ok(None) };
    let authority = if authority.contains(':') { authority.to_owned() } else { format!("{authority}:80") };
    let target = authority.to_socket_addrs().with_context(|| authority.clone())?.next();
    Ok(Some(Network::to(target.with_context(|| format!("{authority}: nowhere"))?)?))
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

/// The camera's URL, none where the kiosk has none, and the person at the table under it where it is emulated.
fn camera(
    options: &StageOptions,
    folder: &Path,
    others: &mut Vec<Process>,
) -> anyhow::Result<(String, Option<Remote>)> {
    if options.camera.is_some() || !options.with_camera {
        return Ok((options.camera.clone().unwrap_or_default(), None));
    }
    let arguments = ["camera", "--listen", "127.0.0.1:0", "--control", "camera.sock"];
    let mut process = Process::start("emulator", &arguments, folder)?;
    let mut told = String::new();
    BufReader::new(process.0.stdout.take().context("no output")?).read_line(&mut told)?;
    let url = told.trim().rsplit(' ').next().filter(|url| url.starts_with("http://")).context("no camera")?;
    others.push(process);
    Ok((url.to_owned(), Some(Remote::connect(&folder.join("camera.sock"))?)))
}

fn kiosk_home(folder: &Path) -> PathBuf {
    folder.join("kiosk")
}

fn kiosk_toml(
    platform: &str,
    [reader, printer, scanner, camera]: [&str; 4],
    home: &Path,
    options: &StageOptions,
) -> String {
    let orientation = if options.landscape { "landscape" } else { "portrait" };
    let more = [("code_scanner", scanner), ("camera", camera)];
    let has = |(_, url): &(&str, &str)| !url.is_empty();
    let more = more.iter().filter(|device| has(device));
    let mut more: String = more.map(|(name, url)| format!("[devices.{name}]\nurl = \"{url}\"\n\n")).collect();
    if options.sound.is_some() {
        more += "[devices.speaker]\ndevice = \"default\"\n\n";
    }
    format!(
        "[platform]\nurl = \"{platform}\"\nterminal_id = \"demo-0001\"\n\n[devices.id_card_reader]\nurl = \"{reader}\"\n\n\
         [devices.receipt_printer]\nurl = \"{printer}\"\nprofile = \"escpos-80\"\n\n{more}[store]\npath = \"{}\"\n\n\
         [ui]\norientation = \"{orientation}\"\nlanguage = \"zh-CN\"\n\n[session]\n{}\n",
        home.join("kiosk.db").display(),
        options.session
    )
}

/// What a kiosk is started with.
#[derive(Clone)]
struct Means {
    own_clock: bool,
    managed: bool,
    sound: Option<PathBuf>,
}

fn start_kiosk(home: &Path, means: &Means) -> anyhow::Result<(Process, Remote)> {
    let socket = home.join("kiosk.sock");
    let _ = fs::remove_file(&socket);
    // On a machine that writes core dumps wherever it may. A kiosk that may write no more gets an error for it, as from
    // a full disk, and no signal. Whoever starts the tests behind a shell may have it ignore a quit; a machine does not.
    let mut command = Command::new("prlimit");
    command
        .args(["--core=unlimited", "env", "--ignore-signal=XFSZ", "--default-signal=QUIT"])
        .arg(program("headless-kiosk")?);
    command.args(["--config", "kiosk.toml", "--control", "kiosk.sock"]).env("TMPDIR", home.join("tmp"));
    if means.managed {
        // Nobody listens; a datagram that is not taken does not hold anybody up.
        command.env("NOTIFY_SOCKET", home.join("notify"));
    }
    if let Some(alsa) = &means.sound {
        command.env("ALSA_CONFIG_PATH", alsa);
    }
    if means.own_clock {
        // Time-outs go by the monotonic clock, which nobody can set.
        command.env("LD_PRELOAD", faketime()?).env("FAKETIME_TIMESTAMP_FILE", home.join("clock"));
        command.env("FAKETIME_NO_CACHE", "1").env("DONT_FAKE_MONOTONIC", "1");
    }
    let process = Process::spawn(&mut command, "kiosk.log", home)?;
    Ok((process, Remote::connect(&socket)?))
}

/// Debian's libfaketime, in the folder of this machine's architecture.
fn faketime() -> anyhow::Result<PathBuf> {
    let folders = fs::read_dir("/usr/lib")?.flatten().map(|entry| entry.path());
    let library = folders.map(|folder| folder.join("faketime/libfaketime.so.1")).find(|path| path.exists());
    library.context("libfaketime is not installed: cargo xtask setup")
}
