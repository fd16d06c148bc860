//! What a technician reads who has mistyped something: file, key, found, expected.

use std::{fs, process::Command};

use testkit::program;

const KIOSK: &str = r#"[platform]
url = "http://127.0.0.1:9"
[devices.id_card_reader]
url = "serial:///dev/ttyS0?baud=115200"
[devices.receipt_printer]
url = "file:///dev/usb/lp0"
profile = "escpos-80"
[store]
path = "kiosk.db"
[outbox]
calls = 10000
intake_days = 20
life_days = 30
[ui]
orientation = "portrait"
language = "zh-CN"
[session]
idle = 60
"#;

const PLATFORM: &str = r#"listen = "127.0.0.1:0"
[database]
url = "sqlite:///nowhere/platform.db"
"#;

/// A line, what is typed instead, and what the refusal names besides the file.
type Mistake = (&'static str, &'static str, &'static [&'static str]);

const IN_KIOSK: [Mistake; 26] = [
    ("[platform]", "[platfrom]", &["platfrom", "not known", "platform"]),
    ("url = \"http://127.0.0.1:9\"", "", &["platform.url", "nothing"]),
    ("url = \"http://127.0.0.1:9\"", "url = 7", &["platform.url", "integer `7`", "string"]),
    ("url = \"http://127.0.0.1:9\"", "url = \"ftp://x\"", &["platform.url", "ftp://x", "http"]),
    (
        "url = \"file:///dev/usb/lp0\"",
        "url = \"lp0\"",
        &["devices.receipt_printer.url", "lp0", "unknown scheme", "file://"],
    ),
    ("profile = \"escpos-80\"", "profile = \"laser\"", &["profile", "laser", "escpos-80"]),
    (
        "\"serial:///dev/ttyS0?baud=115200\"",
        "\"tcp://reader:50000\"",
        &["id_card_reader.url", "tcp://", "serial:///", "usb://0400:c35a"],
    ),
    ("\"file:///dev/usb/lp0\"", "\"usb://0400:c35a\"", &["receipt_printer.url", "usb://", "file:///"]),
    (
        "[store]",
        "[devices.code_scanner]\nurl = \"tcp://scanner:9100\"\n[store]",
        &["devices.code_scanner.url", "tcp://scanner:9100", "serial:///", "usb://1eab:0c10"],
    ),
    ("[store]", "[devices.code_scanner]\n[store]", &["devices.code_scanner.url", "nothing"]),
    (
        "[store]",
        "[devices.speaker]\ndevice = \"hw:0\"\n[store]",
        &["devices.speaker.device", "hw:0", "plughw:CARD="],
    ),
    (
        "[store]",
        "[devices.camera]\nurl = \"usb://0400:c35a\"\n[store]",
        &["devices.camera.url", "usb://0400:c35a", "file:///dev/v4l"],
    ),
    (
        "[store]",
        "[devices]\nrecord = \"/nowhere/tapes\"\n[store]",
        &["devices.record", "/nowhere/tapes", "folder that exists"],
    ),
    ("path = \"kiosk.db\"", "path = \"/nowhere/kiosk.db\"", &["store.path", "/nowhere/kiosk.db"]),
    ("profile = \"escpos-80\"", "", &["devices.receipt_printer.profile", "nothing"]),
    ("path = \"kiosk.db\"", "path = true", &["store.path", "true", "path"]),
    ("orientation = \"portrait\"", "orientation = \"sideways\"", &["ui.orientation", "sideways", "portrait"]),
    ("language = \"zh-CN\"", "language = \"fr\"", &["ui.language", "fr", "zh-CN"]),
    ("idle = 60", "idle = 0", &["session.idle", "`0`", "seconds from 1 to 3600"]),
    ("idle = 60", "idel = 60", &["session.idel", "not known", "idle"]),
    ("calls = 10000", "calls = 0", &["outbox", "nothing", "above 0"]),
    ("life_days = 30", "life_days = 20", &["outbox", "expire before", "intake_days < life_days"]),
    ("life_days = 30", "life_days = 90", &["outbox", "Idempotency-Key (90 days)", "life_days < 90"]),
    ("life_days = 30", "lifedays = 30", &["outbox.lifedays", "not known", "life_days"]),
    // A PIN as it is: refused, and not said again.
    (
        "[session]",
        "[[technicians]]\nnumber = 7\nname = \"x\"\ncard = \"482915\"\npin = \"482915\"\n[session]",
        &["technicians.card", "another form", "kiosk technician"],
    ),
    ("idle = 60", "idle = = 60", &["kiosk.toml:18:", "expected"]),
];

const IN_PLATFORM: [Mistake; 5] = [
    ("listen = \"127.0.0.1:0\"", "listen = \"here\"", &["listen", "here", "127.0.0.1"]),
    ("listen = \"127.0.0.1:0\"", "", &["listen", "nothing"]),
    ("[database]", "[data]", &["data", "not known", "database"]),
    ("url = \"sqlite:///nowhere/platform.db\"", "url = 1", &["database.url", "integer `1`", "sqlite:///"]),
    (
        "url = \"sqlite:///nowhere/platform.db\"",
        "url = \"mysql://x\"",
        &["database.url", "mysql://x", "sqlite:///"],
    ),
];

fn refused(name: &str, file: &str, text: Option<&str>, names: &[&str]) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    if let Some(text) = text {
        fs::write(folder.path().join(file), text)?;
    }
    let output = Command::new(program(name)?)
        .args(["--config", file])
        .current_dir(folder.path())
        // Told also where there is no screen to tell it on.
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.code() == Some(1), "{:?}: {told}", output.status);
    for word in [&[file], names].concat() {
        anyhow::ensure!(told.contains(word), "{word:?} is not in: {told}\n{}", text.unwrap_or_default());
    }
    anyhow::ensure!(!told.contains("panicked"), "{told}");
    Ok(())
}

fn all_refused(name: &str, file: &str, good: &str, mistakes: &[Mistake]) -> anyhow::Result<()> {
    refused(name, file, None, &["expected a readable TOML file"])?;
    for (right, wrong, names) in mistakes {
        anyhow::ensure!(good.contains(right), "{right:?} is not in the good file");
        refused(name, file, Some(&good.replace(right, wrong)), names)?;
    }
    Ok(())
}

#[test]
fn every_mistake_in_kiosk_toml_is_named() -> anyhow::Result<()> {
    all_refused("kiosk", "kiosk.toml", KIOSK, &IN_KIOSK)
}

#[test]
fn every_mistake_in_platform_toml_is_named() -> anyhow::Result<()> {
    all_refused("platform", "platform.toml", PLATFORM, &IN_PLATFORM)
}
