//! The platform program, and the people who run it.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader},
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, ensure};
use enrolment::Invitation;
use tempfile::TempDir;

/// Three people hold keys; two of them have to sign.
const PEOPLE: [&str; 3] = ["a", "b", "c"];

/// A platform and its operators.
pub struct Operator {
    program: PathBuf,
    folder: TempDir,
    running: Option<Child>,
    /// Where kiosks call.
    pub address: SocketAddr,
}

impl Operator {
    /// A platform that has never run, of the program `platform` beside this one or in `KIOSK_BIN_DIR`.
    pub fn new() -> anyhow::Result<Self> {
        Self::with("")
    }

    /// The same with more in its configuration.
    pub fn with(more: &str) -> anyhow::Result<Self> {
        let beside = std::env::current_exe()?.parent().map(PathBuf::from).unwrap_or_default();
        let folder = std::env::var_os("KIOSK_BIN_DIR").map_or(beside, PathBuf::from);
        let folders = [folder.clone(), folder.join("..")];
        let program = folders.iter().map(|folder| folder.join("platform")).find(|path| path.is_file());
        let program =
            program.with_context(|| format!("no platform in {}: build it first", folder.display()))?;
        let folder = tempfile::tempdir()?;
        // Taken and given back: the platform takes the same one again after each of its deaths.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let text = format!(
            "listen = \"127.0.0.1:0\"\n[database]\nurl = \"sqlite://{database}\"\n[tls]\nlisten = \"{address}\"\n\
             url = \"https://{address}/\"\ndirectory = \"{authority}\"\n{more}",
            database = folder.path().join("platform.db").display(),
            authority = folder.path().join("authority").display(),
        );
        fs::write(folder.path().join("platform.toml"), text)?;
        Ok(Self { program, folder, running: None, address })
    }

    /// Starts it, and waits until kiosks can call. Where it answers without TLS.
    pub fn start(&mut self) -> anyhow::Result<SocketAddr> {
        let log = fs::File::options().create(true).append(true).open(self.folder.path().join("log"))?;
        let mut child = Command::new(&self.program)
            .arg("--config")
            .arg(self.folder.path().join("platform.toml"))
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        let out = child.stdout.take().context("no output")?;
        self.running = Some(child);
        let mut lines = BufReader::new(out).lines().map_while(Result::ok);
        let mut told = |scheme: &str| lines.find_map(|line| line.split_once(scheme)?.1.parse().ok());
        let plain = told("http://");
        let tls: Option<SocketAddr> = told("https://");
        tls.and(plain).with_context(|| format!("the platform does not start: {}", self.log()))
    }

    /// Cuts its power.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// The end of what it logged.
    #[must_use]
    pub fn log(&self) -> String {
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let lines: Vec<_> = log.lines().rev().take(5).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// Where its database is, for an attacker.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("platform.db")
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn say(&self, words: &[&str]) -> anyhow::Result<String> {
        let answer = Command::new(&self.program).args(words).output()?;
        ensure!(answer.status.success(), "{:?}: {}", words.first(), String::from_utf8_lossy(&answer.stderr));
        Ok(String::from_utf8(answer.stdout)?)
    }

    fn at(&self, words: &[&str]) -> anyhow::Result<String> {
        let config = self.path("platform.toml");
        self.say(&[words, &["--config", &config]].concat())
    }

    /// Makes the keys and the first root.
    pub fn make_trust(&self) -> anyhow::Result<()> {
        for person in PEOPLE {
            self.say(&["sign", "key", "--out", &self.path(person)])?;
        }
        let (root, online) = (self.path("root.json"), self.path("online.pub"));
        self.at(&["configure", "key", "--out", &online])?;
        let keys = PEOPLE.map(|person| self.path(&format!("{person}.pub"))).join(",");
        let signers = format!("2:{keys}");
        self.say(&[
            "sign",
            "root",
            "--out",
            &root,
            "--root",
            &signers,
            "--targets",
            &signers,
            "--online",
            &online,
        ])?;
        self.sign(&root)?;
        self.at(&["configure", "root", &root]).map(drop)
    }

    fn sign(&self, file: &str) -> anyhow::Result<()> {
        for person in PEOPLE.iter().take(2) {
            self.say(&["sign", "add", "--key", &self.path(person), file])?;
        }
        Ok(())
    }

    /// Invites machines.
    pub fn invite(&self, names: &[String]) -> anyhow::Result<Vec<Invitation>> {
        let words = names.iter().flat_map(|name| ["--kiosk", name.as_str()]);
        let cards = self.at(&["enrol"].into_iter().chain(words).collect::<Vec<_>>())?;
        let invitations = cards.lines().filter_map(|line| line.strip_prefix("or in one: "));
        Ok(invitations.map(str::parse).collect::<Result<_, _>>()?)
    }

    /// Drafts settings for kiosks, has them signed by two people, and publishes them.
    pub fn publish(&self, names: &[String], settings: &serde_json::Value) -> anyhow::Result<()> {
        self.prepare(names, settings)?;
        self.release()
    }

    /// Drafts settings for kiosks, and has them signed by two people.
    pub fn prepare(&self, names: &[String], settings: &serde_json::Value) -> anyhow::Result<()> {
        let (file, targets) = (self.path("settings.json"), self.path("targets.json"));
        fs::write(&file, settings.to_string())?;
        let words = names.iter().flat_map(|name| ["--kiosk", name.as_str()]);
        self.at(&["configure", "set", "--settings", &file].into_iter().chain(words).collect::<Vec<_>>())?;
        self.at(&["configure", "draft", "--out", &targets])?;
        self.sign(&targets)
    }

    /// Publishes what is prepared.
    pub fn release(&self) -> anyhow::Result<()> {
        self.at(&["configure", "publish", &self.path("targets.json"), "--all-at-once"]).map(drop)
    }

    /// How much processor time the platform has used since it was started.
    #[must_use]
    pub fn busy(&self) -> Duration {
        self.running.as_ref().map_or(Duration::ZERO, |child| busy(&child.id().to_string()))
    }

    /// How much memory the platform has in use, in KiB.
    pub fn memory(&self) -> anyhow::Result<f64> {
        let id = self.running.as_ref().context("it does not run")?.id();
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    /// Takes kiosks out.
    pub fn revoke(&self, name: &str) -> anyhow::Result<()> {
        self.at(&["revoke", "--kiosk", name]).map(drop)
    }

    /// What the platform knows of each kiosk, in its own words.
    pub fn list(&self) -> anyhow::Result<BTreeMap<String, String>> {
        let list = self.at(&["fleet"])?;
        let lines = list.lines().filter_map(|line| line.split_once(' '));
        Ok(lines.map(|(name, rest)| (name.to_owned(), rest.trim().to_owned())).collect())
    }
}

/// How much processor time a process has used, in the kernel's hundredths of a second; `self` is this one.
pub(super) fn busy(process: &str) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The program's name is in brackets and may hold blanks.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

impl Drop for Operator {
    fn drop(&mut self) {
        self.kill();
    }
}
