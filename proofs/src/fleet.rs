//! Proofs about a fleet: the real platform program, real mutual TLS, and stewards as kiosks run them, on disks whose
//! power is cut and behind a network that breaks.
//!
//! - [`operator`] runs the platform and types what its operators and its key holders type;
//! - [`network`] is the line to it, which can be cut;
//! - [`machine`] is a kiosk but for screen and devices, through any number of deaths;
//! - [`chaos`] enrols, configures, breaks, attacks and heals some kiosks while everything fails;
//! - [`scale`] measures a thousand on one platform.

pub mod chaos;
pub mod machine;
pub mod network;
pub mod operator;
pub mod scale;

use std::time::Duration;

/// Waits until `what` is so; `false` if it takes longer than `most`.
async fn until(most: Duration, mut what: impl AsyncFnMut() -> anyhow::Result<bool>) -> anyhow::Result<bool> {
    let begun = tokio::time::Instant::now();
    while begun.elapsed() < most {
        if what().await? {
            return Ok(true);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(false)
}
