//! `platform --config platform.toml`, and small tools beside it.

mod command;
#[path = "command/tools.rs"]
mod tools;

use std::{io::Write, path::Path, process::ExitCode};

use command::Command;
use platform::{
    Clock, Platform, StartError, ToolError,
    calendar::{CalendarError, WorkCalendar},
    catalogue::{Catalogue, CatalogueError},
    config::Config,
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

/// Why the program ends.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] kiosk_config::ConfigError),
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    #[error("{}: `database.url`: {fault}", file.display())]
    Start { file: std::path::PathBuf, fault: StartError },
    #[error("{}: `listen`: found {address}, which cannot be listened on ({error}), expected a free address of this machine", file.display())]
    Listen { file: std::path::PathBuf, address: std::net::SocketAddr, error: std::io::Error },
    #[error(transparent)]
    Tool(#[from] ToolError),
    #[error("{}: {error}", file.display())]
    File { file: std::path::PathBuf, error: std::io::Error },
    #[error(
        "the access audit has been touched: {sound} rows are sound, row {at} is missing or not what was written"
    )]
    Audit { sound: u64, at: i64 },
    #[error("the service broke off: {0}")]
    Io(#[from] std::io::Error),
}

fn main() -> ExitCode {
    let done = match command::parse(std::env::args().skip(1)) {
        Ok(Command::Serve { config }) => serve(&config),
        Ok(Command::DueDate { from, working_days, config: None }) => due_date(from, working_days),
        Ok(Command::Help) => say(command::HELP),
        Ok(Command::Version) => say(&format!("platform {}", env!("CARGO_PKG_VERSION"))),
        Ok(command) => tools::run(command),
        Err(wrong) => {
            eprintln!("platform: {wrong}\n\n{}", command::HELP);
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("platform: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// A line on the standard output, at once: whoever started the program may be waiting for it.
fn say(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

fn due_date(from: jiff::civil::Date, working_days: u32) -> Result<(), Failure> {
    let due = WorkCalendar::embedded()?.working_days_after(from, working_days);
    say(&format!("{}{}", due.on, if due.provisional { " provisional" } else { "" }))
}

fn serve(file: &Path) -> Result<(), Failure> {
    let config: Config = kiosk_config::load(file)?;
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(file, config))
}

async fn run(file: &Path, config: Config) -> Result<(), Failure> {
    // First of all, so that a signal that comes during the start is not lost.
    let stop = stop_signal()?;
    let platform = Platform::open(config.database.url, Catalogue::embedded()?, Clock::system())
        .await
        .map_err(|fault| Failure::Start { file: file.to_owned(), fault })?;
    let listener = TcpListener::bind(config.listen).await.map_err(|error| Failure::Listen {
        file: file.to_owned(),
        address: config.listen,
        error,
    })?;
    say(&format!("listening on http://{}", listener.local_addr()?))?;
    Ok(platform::serve(listener, &platform, stop).await?)
}

fn stop_signal() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("platform.stopping");
    })
}
