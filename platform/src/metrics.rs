//! Numbers for Prometheus, on a listener of their own that only this machine reaches.

use std::{
    fmt::Write as _,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use crate::{app::App, fleet};

/// Upper bounds of the classes of latency, in seconds.
const CLASSES: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0];

/// Which route answered how. Routes are patterns, so no label can name a person and there are few of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

/// Whether a kiosk says how it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Heard {
    silent: &'static str,
}

/// What kiosks say of themselves, by the code of the catalogue of health.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ailing {
    code: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

/// In what way a kiosk's audit log does not follow what it told before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuditFault {
    /// Entries are missing.
    Gap,
    /// The same numbers, other entries.
    Fork,
    /// It is not signed by the kiosk.
    Signature,
}

impl AuditFault {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Fork => "fork",
            Self::Signature => "signature",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Fault {
    fault: &'static str,
}

/// What is counted.
pub(crate) struct Metrics {
    registry: Registry,
    answered: Family<Answered, Counter>,
    took: Family<Route, Histogram, fn() -> Histogram>,
    cases: Gauge<i64>,
    kiosks: Family<Heard, Gauge>,
    ailing: Family<Ailing, Gauge>,
    waiting: Gauge<i64>,
    audit_faults: Family<Fault, Counter>,
    up: Gauge<f64, AtomicU64>,
    spans: Family<Outcome, Gauge>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

fn classes() -> Histogram {
    Histogram::new(CLASSES)
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("platform");
        let answered = Family::<Answered, Counter>::default();
        let took = Family::<Route, Histogram, fn() -> Histogram>::new_with_constructor(classes);
        let (cases, waiting) = (Gauge::default(), Gauge::default());
        let (kiosks, ailing) = (Family::<Heard, Gauge>::default(), Family::<Ailing, Gauge>::default());
        let up = Gauge::<f64, AtomicU64>::default();
        registry.register("http_requests", "Requests answered", answered.clone());
        registry.register("http_request_duration_seconds", "How long an answer took", took.clone());
        registry.register("cases", "Cases stored", cases.clone());
        registry.register(
            "kiosks",
            "Kiosks that say how they are, and that have fallen silent",
            kiosks.clone(),
        );
        registry.register("kiosks_ailing", "Kiosks that say this of themselves", ailing.clone());
        registry.register("store_jobs_waiting", "Requests waiting for the database", waiting.clone());
        let audit_faults = Family::<Fault, Counter>::default();
        for fault in [AuditFault::Gap, AuditFault::Fork, AuditFault::Signature] {
            drop(audit_faults.get_or_create(&Fault { fault: fault.word() }));
        }
        registry.register(
            "kiosk_audit_faults",
            "Audit logs of kiosks that do not hold",
            audit_faults.clone(),
        );
        registry.register("store_up", "Whether the database answers", up.clone());
        let spans = Family::<Outcome, Gauge>::default();
        registry.register(
            "telemetry_spans",
            "Spans that the collector got, and that were dropped",
            spans.clone(),
        );
        Self { registry, answered, took, cases, kiosks, ailing, waiting, audit_faults, up, spans }
    }

    /// Counts a kiosk's audit log that does not hold.
    pub(crate) fn audit_fault(&self, fault: AuditFault) {
        self.audit_faults.get_or_create(&Fault { fault: fault.word() }).inc();
    }

    /// Counts one answer.
    pub(crate) fn answered(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let route = Route { route: route.to_owned() };
        self.took.get_or_create(&route).observe(took.as_secs_f64());
        self.answered.get_or_create(&Answered { method, route: route.route, status }).inc();
    }
}

/// Answers Prometheus on `listener`, for as long as the platform is there.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(app)
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    let metrics = &app.metrics;
    let counted = app.store.read(|view| view.row("SELECT count(*) AS n FROM cases", &[])).await;
    let cases = counted.ok().flatten().and_then(|row| row.integer("n").ok());
    metrics.up.set(if cases.is_some() { 1.0 } else { 0.0 });
    cases.map(|cases| metrics.cases.set(cases));
    metrics.waiting.set(app.store.waiting());
    if let Some(counts) = app.telemetry.get() {
        for (outcome, spans) in [("exported", counts.exported()), ("dropped", counts.dropped())] {
            metrics.spans.get_or_create(&Outcome { outcome }).set(i64::try_from(spans).unwrap_or(i64::MAX));
        }
    }
    let now = app.clock.now();
    if let Ok(census) = app.store.read(move |view| fleet::heartbeat::census(view, now)).await {
        metrics.kiosks.get_or_create(&Heard { silent: "no" }).set(census.heard);
        metrics.kiosks.get_or_create(&Heard { silent: "yes" }).set(census.silent);
        metrics.ailing.clear();
        for (code, kiosks) in census.ailments {
            metrics.ailing.get_or_create(&Ailing { code }).set(kiosks);
        }
    }
    let mut text = String::new();
    if encode(&mut text, &metrics.registry).is_err() {
        text.clear();
        let _ = writeln!(text, "# EOF");
    }
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, media_type)], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_audit_logs_are_counted_by_kind_from_nought() {
        let metrics = Metrics::new();
        metrics.audit_fault(AuditFault::Gap);
        metrics.audit_fault(AuditFault::Gap);
        let mut text = String::new();
        encode(&mut text, &metrics.registry).unwrap();
        for line in ["{fault=\"gap\"} 2", "{fault=\"fork\"} 0", "{fault=\"signature\"} 0"] {
            assert!(text.contains(&format!("platform_kiosk_audit_faults_total{line}")), "{text}");
        }
    }
}
