//! Hosts that are not ours print on our printer: it answers them as they expect, and shows what they sent.
//!
//! `cargo xtask foreign` installs them (python-escpos, receiptio) and runs these tests; a bare `cargo test` does not.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use driver_sim::{Action, Emulator, receipt_printer::ReceiptPrinterMachine, tcp::TcpSocket};
use serde_json::Value;
use tempfile::TempDir;

use crate::judge::{Picture, codes, decoded, second_opinion};

const TEXT: &str = "https://community.example/verify?c=GH-519999";

/// A printer on the network, of which `address` is a loopback one of our own: receiptio knows port 9100 alone.
struct Printer {
    folder: TempDir,
    emulator: Emulator,
    address: SocketAddr,
}

impl Printer {
    fn at(address: &str) -> Self {
        let socket = TcpSocket::bind(address.parse().unwrap()).unwrap();
        let address = socket.address();
        let machine = Box::new(ReceiptPrinterMachine::new(576, 0));
        let emulator = Emulator::start_at(machine, Box::new(socket)).unwrap();
        Self { folder: tempfile::tempdir().unwrap(), emulator, address }
    }

    fn act(&self, action: Action) -> Value {
        let answer = self.emulator.perform(action.clone());
        assert_eq!(answer["ok"], true, "{action:?}: {answer}");
        answer
    }

    /// What came out, as a picture.
    fn receipt(&self) -> Picture {
        let end = Instant::now() + Duration::from_secs(10);
        while self.act(Action::named("status"))["receipts"].as_u64() == Some(0) {
            assert!(Instant::now() < end, "nothing was cut: {}", self.act(Action::named("status")));
            std::thread::sleep(Duration::from_millis(20));
        }
        let file = self.folder.path().join("receipt.png");
        self.act(Action::named("save").with("png", file.display().to_string()));
        decoded(&std::fs::read(file).unwrap())
    }

    fn python(&self, text: &[&str]) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/printer/foreign.py");
        let mut host = Command::new(installed("venv/bin/python"));
        host.arg(script).arg(self.address.ip().to_string()).arg(self.address.port().to_string()).args(text);
        said(&mut host)
    }
}

/// What `cargo xtask foreign` has installed.
fn installed(name: &str) -> PathBuf {
    let folder = std::env::var_os("FOREIGN_HOSTS").expect("run by cargo xtask foreign");
    Path::new(&folder).join(name)
}

/// What it says: one of the two says everything on its standard error, and ends with a code for each state.
fn said(host: &mut Command) -> String {
    let said = host.stdin(Stdio::null()).output().unwrap();
    let [out, error] =
        [said.stdout, said.stderr].map(|text| String::from_utf8(text).unwrap().trim().to_owned());
    if out.is_empty() { error } else { out }
}

#[test]
#[ignore = "cargo xtask foreign"]
fn python_escpos_prints_and_understands_how_the_printer_is() {
    let printer = Printer::at("127.0.0.1:0");
    assert_eq!(printer.python(&[TEXT]), "online 2");
    let picture = printer.receipt();
    assert_eq!(codes(&picture), [TEXT]);
    assert_eq!(second_opinion(&picture), [TEXT]);
    for (action, told) in
        [("paper-near-end", "online 1"), ("paper-out", "offline 0"), ("load-paper", "online 2")]
    {
        printer.act(Action::named(action));
        assert_eq!(printer.python(&[]), told, "{action}");
    }
    printer.act(Action::named("open-cover"));
    assert_eq!(printer.python(&[]), "offline 2");
}

#[test]
#[ignore = "cargo xtask foreign"]
fn receiptio_prints_and_is_told_that_it_came() {
    let [_, _, a, b] = std::process::id().to_be_bytes();
    let printer = Printer::at(&format!("127.77.{a}.{}:9100", b.max(1)));
    let address = printer.address.ip().to_string();
    let document = printer.folder.path().join("document.receipt");
    std::fs::write(&document, format!("{{code:{TEXT}; option:qrcode,6,M}}\n")).unwrap();
    let host = |arguments: &[&str]| {
        let mut host = Command::new("node");
        host.arg(installed("node_modules/receiptio/bin/cli.js")).args(["-d", &address, "-p", "generic"]);
        said(host.args(arguments))
    };
    assert_eq!(host(&[&document.display().to_string()]), "success");
    let picture = printer.receipt();
    assert_eq!(codes(&picture), [TEXT]);
    assert_eq!(second_opinion(&picture), [TEXT]);
    for (action, told) in
        [("open-cover", "coveropen"), ("close-cover", "online"), ("paper-out", "paperempty")]
    {
        printer.act(Action::named(action));
        assert_eq!(host(&["-q"]), told, "{action}");
    }
}
