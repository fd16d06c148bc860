//! Where the program says what it does: to the journal, with every field apart, where the service manager has one, and
//! otherwise as lines to whoever started it.

use tracing_subscriber::{EnvFilter, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Begins to log.
pub fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    let journal = std::env::var_os("JOURNAL_STREAM").and_then(|_| tracing_journald::layer().ok());
    let subscriber = tracing_subscriber::registry().with(filter);
    match journal {
        Some(journal) => subscriber.with(journal).init(),
        None => subscriber.with(lines()).init(),
    }
}

/// A log that cannot be written, on a full disk say, is no reason to stop serving.
fn lines<S>() -> impl tracing_subscriber::Layer<S>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    tracing_subscriber::fmt::layer().log_internal_errors(false).with_writer(std::io::stderr)
}
