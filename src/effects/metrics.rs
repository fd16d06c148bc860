//! Numbers for Prometheus, for a collector on this machine. Nothing in them is about a person.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::AtomicU64},
};

use anyhow::Context as _;
use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use driver_api::Paper;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};

use telemetry::Counts;

use super::health::{Health, Vitals, seconds};
use crate::clock;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Stands {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
}

type Number = Gauge<f64, AtomicU64>;

/// Answers on `listen` as long as the kiosk runs.
pub(super) fn serve(
    listen: SocketAddr,
    health: Arc<Health>,
    spans: Option<Arc<Counts>>,
) -> anyhow::Result<()> {
    let listener = std::net::TcpListener::bind(listen)
        .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
        .with_context(|| format!("metrics.listen {listen}"))?;
    tracing::info!("metrics on http://{}", listener.local_addr()?);
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let router = Router::new().route("/metrics", get(metrics)).with_state((health, spans));
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "no more metrics");
        }
    });
    Ok(())
}

async fn metrics(State((health, spans)): State<(Arc<Health>, Option<Arc<Counts>>)>) -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")];
    (kind, text(&health.vitals(), spans.as_deref()))
}

/// All of them, as they are now.
pub(super) fn text(vitals: &Vitals, spans: Option<&Counts>) -> String {
    let mut registry = Registry::with_prefix("kiosk");
    let stands = Family::<Stands, Gauge>::default();
    for (condition, _) in vitals.board.standing() {
        let (code, name) = (condition.code(), condition.id());
        stands.get_or_create(&Stands { code, name, severity: condition.severity().name() }).set(1);
    }
    registry.register("condition", "What is wrong, by its code", stands);
    let mut number = |name: &str, help: &str, value: Option<f64>| {
        let Some(value) = value else { return };
        let gauge = Number::default();
        gauge.set(value);
        registry.register(name, help, gauge);
    };
    let (facts, now) = (&vitals.facts, clock::now());
    let age = |at: Option<jiff::Timestamp>| at.map(|at| seconds(now.duration_since(at)));
    number("calls_waiting", "Calls that wait for the platform", Some(vitals.waiting as f64));
    number("calls_parked", "Calls that wait for a decision", Some(facts.parked as f64));
    number("oldest_call_seconds", "Age of the oldest call that waits", age(facts.oldest_waiting));
    number("catalogue_age_seconds", "Since the platform gave the catalogue", age(facts.catalogue_at));
    number("disk_free_bytes", "Left on the store's file system", facts.disk_free.map(|bytes| bytes as f64));
    number("temperature_celsius", "Of the hottest zone", facts.temperature.map(|t| t as f64 / 1_000.0));
    number("clock_skew_seconds", "How far ahead of the platform's clock", facts.clock_skew.map(seconds));
    let spans = |of: fn(&Counts) -> u64| spans.map(|counts| of(counts) as f64);
    number("telemetry_spans_exported", "Spans that the collector got", spans(Counts::exported));
    number("telemetry_spans_dropped", "Spans that nobody got", spans(Counts::dropped));
    number(
        "paper",
        "2 enough, 1 near its end, 0 none",
        vitals.paper.and_then(|paper| match paper {
            Paper::Enough => Some(2.0),
            Paper::NearEnd => Some(1.0),
            Paper::Out => Some(0.0),
            Paper::Unknown => None,
        }),
    );
    let mut text = String::new();
    // Writing into a string does not fail.
    let _ = encode(&mut text, &registry);
    text
}
