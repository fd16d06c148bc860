//! `platform --config platform.toml`, and small tools beside it.

mod command;
#[path = "command/tools.rs"]
mod tools;

use std::{io::Write, net::SocketAddr, path::Path, process::ExitCode, sync::Arc};

use command::{Command, Replay};
use platform::{
    Clock, Platform, StartError, ToolError,
    calendar::{CalendarError, WorkCalendar},
    catalogue::{Catalogue, CatalogueError},
    config::{self, Config, SignIn},
    exchange::Http,
    fleet::{self, Fleet},
    limits::Rate,
    operations::{self, OrderFault},
    web,
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
    #[error(transparent)]
    Fleet(#[from] fleet::command::CommandError),
    #[error("{}: `tls`: {fault}", file.display())]
    Tls { file: std::path::PathBuf, fault: fleet::AuthorityError },
    #[error("{}: `database.url`: {fault}", file.display())]
    Start { file: std::path::PathBuf, fault: StartError },
    #[error("{}: `{key}`: found {address}, which cannot be listened on ({error}), expected a free address of this machine", file.display())]
    Listen { file: std::path::PathBuf, key: &'static str, address: SocketAddr, error: std::io::Error },
    #[error(transparent)]
    Order(#[from] OrderFault),
    #[error("{0}\nthe stored data are not sound")]
    Unsound(operations::Report),
    #[error("{}: `telemetry.otlp`: {error}", file.display())]
    Telemetry { file: std::path::PathBuf, error: telemetry::StartError },
    #[error("{}: `exchange.url`: {error}", file.display())]
    Upstream { file: std::path::PathBuf, error: String },
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
        Ok(Command::RotateSealingKey { config }) => rotate_sealing_key(&config),
        Ok(Command::Check { config }) => check(&config),
        Ok(Command::Backup { config, to }) => backup(&config, &to),
        Ok(Command::Restore { config, from }) => restore(&config, &from),
        Ok(Command::Exchange { config, replay }) => exchange(&config, replay),
        Ok(Command::OpenApi) => say(&platform::openapi()),
        Ok(Command::DueDate { from, working_days, config: None }) => due_date(from, working_days),
        Ok(Command::Fleet(command)) => operate(command),
        Ok(Command::Help) => say(&format!("{}{}", command::HELP, *fleet::command::HELP)),
        Ok(Command::Version) => say(&format!("platform {}", env!("CARGO_PKG_VERSION"))),
        Ok(command) => tools::run(command),
        Err(wrong) => {
            eprintln!("platform: {wrong}\n\n{}{}", command::HELP, *fleet::command::HELP);
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

fn rotate_sealing_key(file: &Path) -> Result<(), Failure> {
    let config: Config = kiosk_config::load(file)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let rotated = runtime
        .block_on(Platform::rotate_sealing_key(config.database.url, Clock::system()))
        .map_err(|fault| Failure::Start { file: file.to_owned(), fault })?;
    say(&format!("new key {}; older ones open until {}", rotated.key_id, rotated.overlap_ends))
}

fn check(file: &Path) -> Result<(), Failure> {
    let config: Config = kiosk_config::load(file)?;
    let report = runtime()?.block_on(operations::check(config.database.url))?;
    if report.faults.is_empty() { say(&report.to_string()) } else { Err(Failure::Unsound(report)) }
}

fn backup(file: &Path, to: &Path) -> Result<(), Failure> {
    let config: Config = kiosk_config::load(file)?;
    operations::backup(&config.database.url, to)?;
    say(&format!("copied to {}", to.display()))
}

fn restore(file: &Path, from: &Path) -> Result<(), Failure> {
    let config: Config = kiosk_config::load(file)?;
    operations::restore(&config.database.url, from)?;
    say(&format!("restored from {}", from.display()))
}

fn exchange(file: &Path, replay: Option<Replay>) -> Result<(), Failure> {
    let config: Config = kiosk_config::load(file)?;
    let one = match replay {
        Some(Replay::One(id)) => Some(id),
        Some(Replay::All) | None => None,
    };
    let lines = runtime()?.block_on(operations::exchange(config.database.url, replay.is_some(), one))?;
    say(&lines.join("\n"))
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

fn operate(command: fleet::command::Command) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    say(runtime.block_on(fleet::command::run(command, jiff::Timestamp::now()))?.trim_end())
}

fn serve(file: &Path) -> Result<(), Failure> {
    let config: Config = kiosk_config::load(file)?;
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    runtime()?.block_on(run(file, config))
}

async fn run(file: &Path, config: Config) -> Result<(), Failure> {
    // First of all, so that a signal that comes during the start is not lost.
    let stop = stop_signal()?;
    let platform = Platform::open(config.database.url, Catalogue::embedded()?, Clock::system())
        .await
        .map_err(|fault| Failure::Start { file: file.to_owned(), fault })?;
    let mut platform = match &config.tls {
        None => platform,
        Some(tls) => platform.with_fleet(
            Fleet::open(tls, Clock::system())
                .map_err(|fault| Failure::Tls { file: file.to_owned(), fault })?,
        ),
    };
    let listener = bind(file, config.listen, "listen").await?;
    let address = listener.local_addr()?;
    if let Some(told) = &config.telemetry {
        // Which of several it is, by where it listens: no name of a machine.
        let counts = telemetry::start(&told.otlp, "platform", &address.to_string());
        platform = platform
            .with_telemetry(counts.map_err(|error| Failure::Telemetry { file: file.to_owned(), error })?);
    }
    let limits = &config.limits;
    let rate = Rate { per_second: limits.per_second, burst: limits.burst };
    platform = platform.with_web(web(&config.web, address)).with_rate(rate, limits.proxies.clone());
    if let Some(metrics) = &config.metrics {
        let listener = bind(file, metrics.listen, "metrics.listen").await?;
        say(&format!("numbers at http://{}/metrics", listener.local_addr()?))?;
        let platform = platform.clone();
        tokio::spawn(async move { platform::serve_metrics(listener, &platform).await });
    }
    if let Some(exchange) = &config.exchange {
        platform = platform.with_exchange();
        let upstream = Http::new(exchange.url.clone())
            .map_err(|error| Failure::Upstream { file: file.to_owned(), error: error.to_string() })?;
        let platform = platform.clone();
        tokio::spawn(async move { platform::serve_exchange(&platform, Arc::new(upstream)).await });
    }
    say(&format!("listening on http://{address}"))?;
    let plain = platform::serve(listener, &platform, stop);
    let Some(tls) = config.tls else { return Ok(plain.await?) };
    let stop = stop_signal()?;
    let listener = bind(file, tls.listen, "tls.listen").await?;
    say(&format!("listening on https://{}", listener.local_addr()?))?;
    tokio::try_join!(plain, fleet::serve(listener, &tls, &platform, stop))?;
    Ok(())
}

async fn bind(file: &Path, address: SocketAddr, key: &'static str) -> Result<TcpListener, Failure> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|error| Failure::Listen { file: file.to_owned(), key, address, error })
}

fn web(config: &config::Web, address: std::net::SocketAddr) -> web::Settings {
    let public_url = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let gateways = config.sign_in.map(|SignIn::Development| web::Gateways::development());
    web::Settings { public_url, gateways }
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
