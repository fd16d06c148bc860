//! From the queue to the collector.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracerProvider, SpanData, SpanExporter as _},
};
use reqwest::{Url, redirect::Policy};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout, timeout_at},
};

use crate::{Counts, TRACER, queue::Queue};

/// So many spans wait at most: some MiB.
const QUEUE: usize = 4_096;
/// So many go in one message.
const BATCH: usize = 512;
/// So long a span waits for others to go with.
const GATHER: Duration = Duration::from_secs(2);
/// So long a collector may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why nothing is exported.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address.
    #[error("found {0:?}, expected http://host:4318 or https://host:4318")]
    Address(String),
    /// The client.
    #[error("no client for the collector: {0}")]
    Client(String),
}

/// Whether a collector can be there.
#[must_use]
pub fn is_address(url: &str) -> bool {
    let parsed = Url::parse(url);
    parsed.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some())
}

/// Exports the spans of this program to the collector at `url` from now on, within the runtime that is going on. `service` is
/// what the program is, `instance` which of them; both are told with every span.
pub fn start(url: &str, service: &'static str, instance: &str) -> Result<Arc<Counts>, StartError> {
    if !is_address(url) {
        return Err(StartError::Address(url.to_owned()));
    }
    // A second call finds it installed, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = |error: &dyn std::fmt::Display| StartError::Client(error.to_string());
    let http = reqwest::Client::builder().redirect(Policy::none()).no_proxy().timeout(PATIENCE).build();
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Collector(http.map_err(|error| client(&error))?))
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", url.trim_end_matches('/')))
        .with_timeout(PATIENCE)
        .build();
    let mut exporter = exporter.map_err(|error| client(&error))?;
    let about = [
        KeyValue::new("service.name", service),
        KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        KeyValue::new("service.instance.id", instance.to_owned()),
    ];
    // No detector: what is found out about a machine is nobody's business.
    let resource = Resource::builder_empty().with_attributes(about).build();
    exporter.set_resource(&resource);
    let (spans, ended) = mpsc::channel(QUEUE);
    let counts = Arc::new(Counts::default());
    let provider = SdkTracerProvider::builder()
        .with_sampler(Sampler::AlwaysOn)
        .with_resource(resource)
        .with_span_processor(Queue { spans, counts: counts.clone() })
        .build();
    if TRACER.set(provider.tracer("community-kiosk")).is_ok() {
        tokio::spawn(send(exporter, ended, counts.clone()));
    }
    Ok(counts)
}

async fn send(exporter: SpanExporter, mut ended: mpsc::Receiver<SpanData>, counts: Arc<Counts>) {
    let mut was_taken = true;
    while let Some(first) = ended.recv().await {
        let mut batch = vec![first];
        let until = Instant::now() + GATHER;
        while batch.len() < BATCH
            && let Ok(Some(span)) = timeout_at(until, ended.recv()).await
        {
            batch.push(span);
        }
        let spans = batch.len();
        let taken = matches!(timeout(PATIENCE, exporter.export(batch)).await, Ok(Ok(())));
        counts.add(taken, spans);
        if was_taken && !taken {
            tracing::warn!("the collector does not take spans");
        }
        was_taken = taken;
    }
}

/// The collector, as its messages get there.
#[derive(Debug)]
struct Collector(reqwest::Client);

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let sent = self.0.request(parts.method, parts.uri.to_string()).headers(parts.headers).body(body);
        let answer = sent.send().await?;
        // What it says beside its status is not read: it could be endless.
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        Ok(response)
    }
}
