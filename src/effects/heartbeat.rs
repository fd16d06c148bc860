//! Tells the platform how this kiosk is: every minute, and soon after anything changes.

use std::{sync::Arc, time::Duration};

use driver_api::Paper;
use jiff::Timestamp;
use platform_client::Client;
use protocol::{Ailment, Heartbeat, PaperLeft};

use super::health::{Health, Vitals};
use crate::clock;

const BEAT: Duration = Duration::from_mins(1);
/// What changes often is told together.
const SETTLES: Duration = Duration::from_secs(1);

/// Runs as long as the kiosk. A platform that does not know who calls would learn nothing from it, so only a kiosk with
/// a certificate does it.
pub(super) async fn beat(health: Arc<Health>, client: Arc<Client>) {
    let started_at = clock::now();
    let mut news = health.news();
    loop {
        news.mark_unchanged();
        if let Err(error) = client.heartbeat(&heartbeat(&health.vitals(), started_at)).await {
            tracing::debug!(%error, "heartbeat not heard");
        }
        tokio::select! {
            () = tokio::time::sleep(BEAT) => {}
            _ = news.changed() => tokio::time::sleep(SETTLES).await,
        }
    }
}

fn heartbeat(vitals: &Vitals, started_at: Timestamp) -> Heartbeat {
    let ailment = |(condition, since): (health::Condition, Timestamp)| Ailment {
        code: condition.code().to_owned(),
        since,
    };
    Heartbeat {
        at: clock::now(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        started_at,
        ailments: vitals.board.standing().map(ailment).collect(),
        reader: vitals.reader.clone(),
        paper: vitals.paper.and_then(|paper| match paper {
            Paper::Enough => Some(PaperLeft::Enough),
            Paper::NearEnd => Some(PaperLeft::NearEnd),
            Paper::Out => Some(PaperLeft::Out),
            Paper::Unknown => None,
        }),
        waiting: vitals.waiting,
        parked: vitals.facts.parked,
        oldest_waiting: vitals.facts.oldest_waiting,
        disk_free: vitals.facts.disk_free,
        temperature: vitals.facts.temperature,
    }
}
