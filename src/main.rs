//! `kiosk --config kiosk.toml`, `kiosk provision --config kiosk.toml`, and `kiosk technician --config kiosk.toml --number N --name NAME`.

use std::{path::Path, process::ExitCode};

use anyhow::Context as _;
use kiosk::Config;
use kiosk_ui::slint;

fn main() -> ExitCode {
    kiosk::log();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kiosk: {error:#}");
            ExitCode::FAILURE
        }
    }
}

const USAGE: &str = "usage: kiosk --config kiosk.toml\n       \
                     kiosk provision --config kiosk.toml [INVITATION]\n       \
                     kiosk technician --config kiosk.toml --number N --name NAME";

fn run() -> anyhow::Result<()> {
    kiosk::keep_inside().context("the memory cannot be kept inside")?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["--config", path] => kiosk::run(Path::new(path), choose_renderer, |_| Ok(())),
        ["technician", "--config", path, "--number", number, "--name", name] => {
            technician(Path::new(path), number, name)
        }
        ["provision", "--config", path] => {
            eprintln!("the invitation, as `platform enrol` shows it:");
            provision(Path::new(path), &std::io::stdin().lines().next().context("no invitation")??)
        }
        ["provision", "--config", path, invitation] => provision(Path::new(path), invitation),
        _ => anyhow::bail!(USAGE),
    }
}

fn provision(path: &Path, invitation: &str) -> anyhow::Result<()> {
    println!("{}", kiosk::provision(&Config::load(path)?, invitation)?);
    Ok(())
}

fn technician(path: &Path, number: &str, name: &str) -> anyhow::Result<()> {
    let config = Config::load(path)?;
    let number = number.parse().with_context(|| format!("--number {number}: expected a whole number"))?;
    let _unseen = kiosk::Unseen::typing();
    let entry = kiosk::register(&config, number, name, &mut std::io::stdin().lock(), &mut std::io::stderr())?;
    print!("{entry}");
    Ok(())
}

/// Every screen is tested as the software renderer draws it. Where OpenGL is itself software it costs three times the
/// memory. `SLINT_BACKEND` chooses another.
#[cfg(not(feature = "backend-linuxkms"))]
fn choose_renderer() -> anyhow::Result<()> {
    if std::env::var_os("SLINT_BACKEND").is_none() {
        slint::BackendSelector::new().renderer_name("software".to_owned()).select()?;
    }
    Ok(())
}

/// The same, and the kernel itself where no window system is there to show it.
#[cfg(feature = "backend-linuxkms")]
fn choose_renderer() -> anyhow::Result<()> {
    let is_set = |name: &str| std::env::var_os(name).is_some();
    let mut selector = slint::BackendSelector::new().with_libinput_event_hook(kiosk::panel::kernel::take);
    if !is_set("SLINT_BACKEND") {
        selector = selector.renderer_name("software".to_owned());
        if !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") {
            selector = selector.backend_name("linuxkms".to_owned());
        }
    }
    Ok(selector.select()?)
}
