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
//! - Nothing personal is in a URL, a log or a problem; of an applicant an answer shows the masked name.

mod app;
pub mod calendar;
pub mod catalogue;
mod clock;
pub mod config;
mod error;
pub mod fleet;
mod idempotency;
mod lifecycle;
mod problems;
mod router;
mod routes;
mod store;
mod submission;

use std::{pin::Pin, time::Duration};

use tokio::sync::oneshot;

pub use app::{Platform, StartError};
pub use clock::{Clock, china_date};
pub use store::{OpenFault, StoreError};

/// How long requests that have begun may take to end, once the platform is told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(15);

/// Answers requests on `listener` until `stop` is ready, and then finishes those that have begun.
pub async fn serve(
    listener: tokio::net::TcpListener,
    platform: &Platform,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let router = platform.router();
    until(stop, |stop| axum::serve(listener, router).with_graceful_shutdown(stop).into_future()).await
}

type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs a service that begins to end when its argument is ready, and waits not much longer.
async fn until<S: Future<Output = std::io::Result<()>>>(
    stop: impl Future<Output = ()> + Send + 'static,
    serve: impl FnOnce(Stop) -> S,
) -> std::io::Result<()> {
    let (stopping, stopped) = oneshot::channel();
    let stop = Box::pin(async {
        stop.await;
        let _ = stopping.send(());
    });
    tokio::select! {
        ended = serve(stop) => ended,
        // A caller that never finishes its request does not keep the platform up.
        () = async { drop(stopped.await); tokio::time::sleep(LAST_REQUESTS).await } => Ok(()),
    }
}
