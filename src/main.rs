//! `kiosk --config kiosk.toml`

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use kiosk::{App, Config};
use kiosk_ui::slint;

fn main() -> ExitCode {
    // A log that cannot be written, on a full disk say, is no reason to stop serving.
    tracing_subscriber::fmt()
        .log_internal_errors(false)
        .with_env_filter(filter())
        .with_writer(std::io::stderr)
        .init();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kiosk: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    kiosk::keep_inside().context("the memory cannot be kept inside")?;
    let path = config_path()?;
    let config = Config::load(&path)?;
    App::start(&config, choose_renderer).with_context(|| path.display().to_string())?.run()
}

/// Every screen is tested as the software renderer draws it. Where OpenGL is itself software it costs three times the
/// memory. `SLINT_BACKEND` chooses another.
fn choose_renderer() -> anyhow::Result<()> {
    if std::env::var_os("SLINT_BACKEND").is_none() {
        slint::BackendSelector::new().renderer_name("software".to_owned()).select()?;
    }
    Ok(())
}

fn config_path() -> anyhow::Result<PathBuf> {
    let mut arguments = std::env::args_os().skip(1);
    match (arguments.next(), arguments.next(), arguments.next()) {
        (Some(flag), Some(path), None) if flag == "--config" => Ok(path.into()),
        _ => anyhow::bail!("usage: kiosk --config kiosk.toml"),
    }
}

fn filter() -> tracing_subscriber::EnvFilter {
    tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into())
}
