//! 交换网关: the door to the approval platform above (专网).
//!
//! Whatever it has to hear is a row of the transaction that made it true, so nothing is told that did not happen and
//! nothing that happened stays untold. A message goes out at least once, under the same number however often; the other
//! side throws a repetition away. What it refuses for good is a dead letter, which somebody looks at and sends again.

mod export;
mod http;

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    app::App,
    store::{
        StoreError, Transaction,
        exchange::{self, Message, Outcome},
    },
};

pub use crate::store::exchange::DeadLetter;
pub use http::Http;

/// How often the queue is looked at where nothing is due.
const LOOK: Duration = Duration::from_millis(500);
/// Waits between two attempts: 2, 4, 8 … seconds, and ten minutes at the most.
const LONGEST_WAIT: i64 = 600;

/// What goes out: a case as GB/T 39046 has it.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// The same however often it is sent.
    pub message_id: Uuid,
    /// JSON.
    pub body: String,
}

/// Why a parcel did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undelivered {
    /// Nobody there, or busy: worth another try.
    Later(String),
    /// Refused for what it is.
    Never(String),
}

/// The number under which the other side has a parcel, or why it has none.
pub type Delivery<'a> = Pin<Box<dyn Future<Output = Result<String, Undelivered>> + Send + 'a>>;

/// The platform above.
pub trait Upstream: Send + Sync {
    /// Hands a parcel over.
    fn deliver(&self, parcel: Parcel) -> Delivery<'_>;
}

/// Tells the platform above of the case `key` as it stands in this transaction.
pub(crate) fn tell(transaction: &Transaction<'_>, key: Uuid, now: Timestamp) -> Result<(), StoreError> {
    exchange::enqueue(transaction, key, &export::case(transaction, key)?, now)
}

/// Brings what waits to `upstream`, for as long as the platform runs.
pub(crate) async fn run(app: Arc<App>, upstream: Arc<dyn Upstream>) {
    loop {
        match step(&app, &*upstream).await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(LOOK).await,
            Err(error) => {
                tracing::error!(%error, "exchange.store-failed");
                tokio::time::sleep(LOOK * 4).await;
            }
        }
    }
}

/// One message, if one is due.
async fn step(app: &App, upstream: &dyn Upstream) -> Result<bool, StoreError> {
    let now = app.clock.now().as_second();
    let taken = app
        .store
        .write(move |transaction| {
            let Some(mut message) = exchange::take(transaction, now)? else { return Ok(None) };
            let body = match message.body.take() {
                Some(body) => body,
                None => export::case(transaction, message.case_key)?,
            };
            Ok(Some((message, body)))
        })
        .await?;
    let Some((message, body)) = taken else { return Ok(false) };
    let sha256: String = Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
    let came = upstream.deliver(Parcel { message_id: message.id, body }).await;
    let outcome = outcome(came, &message, now);
    tracing::info!(message = %message.id, tries = message.tries + 1, outcome = name(&outcome), "exchange.tried");
    let now = app.clock.now();
    app.store
        .write(move |transaction| exchange::settle(transaction, &message, &sha256, &outcome, now))
        .await?;
    Ok(true)
}

fn outcome(came: Result<String, Undelivered>, message: &Message, now: i64) -> Outcome {
    match came {
        Ok(receipt) => Outcome::Delivered { receipt },
        Err(Undelivered::Never(why)) => Outcome::Dead { why },
        Err(Undelivered::Later(why)) => {
            let wait = 2i64.saturating_pow(u32::try_from(message.tries + 1).unwrap_or(u32::MAX));
            Outcome::Later { next_at: now + wait.min(LONGEST_WAIT), why }
        }
    }
}

fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Delivered { .. } => "delivered",
        Outcome::Later { .. } => "later",
        Outcome::Dead { .. } => "dead",
    }
}
