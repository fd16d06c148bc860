//! The central platform that kiosks call.
//!
//! All routes are listed in `router`, every refusal is worded in `problems`, and what becomes of a case is decided in
//! `lifecycle`. A request that changes something goes through four steps: `submission` reads and checks it,
//! `lifecycle` decides, `store` writes the fact and the answer in one transaction, `routes` tells it.
//!
//! What always holds:
//!
//! - An answer that a channel has heard is on the disk.
//! - A request that is sent again under its `Idempotency-Key` has happened once.
//! - A case keeps the version of the item that its applicant saw.
//! - Nothing personal is in a URL, a log or a problem; of an applicant an answer shows the masked name, and what an
//!   office wrote about somebody is read by that person alone.

mod app;
pub mod calendar;
pub mod catalogue;
mod clock;
mod conditional;
pub mod config;
mod console;
mod documents;
mod error;
pub mod exchange;
pub mod fleet;
mod idempotency;
mod lifecycle;
pub mod limits;
mod materials;
mod metrics;
mod offer;
pub mod operations;
pub mod people;
mod problems;
mod router;
mod routes;
mod staff;
mod store;
mod submission;
mod tools;
pub mod web;

use std::{net::SocketAddr, pin::Pin, sync::atomic::Ordering, time::Duration};

use tokio::sync::oneshot;

pub use app::{Platform, StartError};
pub use clock::{Clock, china_date};
pub use lifecycle::workflow::WorkflowError;
pub use router::openapi;
pub use store::{OpenFault, Rotated, StoreError};
pub use tools::{AuditState, ToolError};

/// How long requests that have begun may take to end, once the platform is told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(15);

/// Answers requests on `listener` until `stop` is ready, and then finishes those that have begun.
pub async fn serve(
    listener: tokio::net::TcpListener,
    platform: &Platform,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let router = platform.router().into_make_service_with_connect_info::<SocketAddr>();
    let clock = tokio::spawn(keep_time(platform.clone()));
    let _stops = OnDrop(clock.abort_handle());
    until(platform, stop, |stop| axum::serve(listener, router).with_graceful_shutdown(stop).into_future())
        .await
}

type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs a service that begins to end when its argument is ready, and waits not much longer.
async fn until<S: Future<Output = std::io::Result<()>>>(
    platform: &Platform,
    stop: impl Future<Output = ()> + Send + 'static,
    serve: impl FnOnce(Stop) -> S,
) -> std::io::Result<()> {
    let (stopping, stopped) = oneshot::channel();
    let app = platform.app.clone();
    let stop = Box::pin(async move {
        stop.await;
        // Whoever balances the load is told before the door closes.
        app.stopping.store(true, Ordering::Relaxed);
        let _ = stopping.send(());
    });
    tokio::select! {
        ended = serve(stop) => ended,
        // A caller that never finishes its request does not keep the platform up.
        () = async { drop(stopped.await); tokio::time::sleep(LAST_REQUESTS).await } => Ok(()),
    }
}

/// Tells Prometheus its numbers on `listener`, which only this machine may reach, for as long as the program runs.
pub async fn serve_metrics(listener: tokio::net::TcpListener, platform: &Platform) -> std::io::Result<()> {
    axum::serve(listener, metrics::router(platform.app.clone())).await
}

/// Brings to the platform above what it has to hear, for as long as the program runs.
pub async fn serve_exchange(platform: &Platform, upstream: std::sync::Arc<dyn exchange::Upstream>) {
    exchange::run(platform.app.clone(), upstream).await;
}

/// How often the clock's own work is looked for.
const TICK: Duration = Duration::from_mins(1);

/// Does the clock's own work for as long as the platform serves. What fails is tried again at the next tick.
async fn keep_time(platform: Platform) {
    let mut ticks = tokio::time::interval(TICK);
    loop {
        ticks.tick().await;
        if let Err(error) = platform.run_jobs().await {
            tracing::error!(%error, "clock.failed");
        }
    }
}

struct OnDrop(tokio::task::AbortHandle);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
