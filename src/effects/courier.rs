//! Takes what is on the disk to the platform: at once while a resident waits for it, patiently afterwards.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use flow::{Event, event::IntakeTrouble};
use jiff::Timestamp;
use outbox::{Due, Recorded, RowId, StoreError};
use platform_client::{CallError, Client, Delivered};
use protocol::{Case, DeliveryKind, Rating};
use tokio::sync::Notify;

use super::{registry::Registry, store::SharedStore};
use crate::inbox::Inbox;

/// The longest time between two looks into the outbox; usually a look is asked for.
const LOOK: Duration = Duration::from_secs(30);
/// What counts as a network that is away; the words of [`reason`].
const NETWORK_REASONS: &[&str] = &["unreachable", "timed-out"];

pub(super) struct Courier {
    store: SharedStore,
    client: Arc<Client>,
    inbox: Inbox,
    work: Notify,
    lost: Notify,
    /// Calls on their way: the patient loop leaves alone what a resident waits for.
    under_way: Mutex<HashSet<RowId>>,
}

impl Courier {
    pub(super) fn new(store: SharedStore, client: Arc<Client>, inbox: Inbox) -> Self {
        let (work, lost) = (Notify::new(), Notify::new());
        Self { store, client, inbox, work, lost, under_way: Mutex::default() }
    }

    /// Records a case, tells so, and sends it at once.
    pub(super) async fn file(self: Arc<Self>, intake: flow::effect::Intake, registry: Arc<Registry>) {
        match self.record(intake, &registry).await {
            Ok(recorded) => {
                let Recorded { id, case_key, pickup_code } = recorded;
                self.inbox.post(Event::Recorded { case_key, pickup_code });
                self.send_now(id).await;
            }
            Err(trouble) => self.inbox.post(Event::NotRecorded(trouble)),
        }
    }

    async fn record(
        &self,
        intake: flow::effect::Intake,
        registry: &Registry,
    ) -> Result<Recorded, IntakeTrouble> {
        let sealer = registry.sealer().ok_or(IntakeTrouble::Disk)?;
        let terminal_id = self.client.terminal_id().to_owned();
        let recorded = self.store.run(move |store| {
            let now = Timestamp::now();
            if store.may_take_case(now).is_err() {
                return Ok(None);
            }
            store.record_case(&stored(intake, terminal_id), &sealer, now).map(Some)
        });
        match recorded.await {
            Ok(Some(recorded)) => Ok(recorded),
            Ok(None) => Err(IntakeTrouble::Full),
            Err(error) => {
                tracing::error!(%error, "case not recorded");
                Err(IntakeTrouble::Disk)
            }
        }
    }

    /// Records a rating, to follow its case.
    pub(super) async fn rate(&self, rating: Rating) {
        if let Err(error) = self.store.run(move |store| store.record_rating(&rating, Timestamp::now())).await
        {
            tracing::error!(%error, "rating not recorded");
        }
        self.work.notify_one();
    }

    /// Whatever waited for the network may go.
    pub(super) async fn network_is_back(&self) {
        let woken = self.store.run(|store| store.retry_now(NETWORK_REASONS, Timestamp::now())).await;
        tracing::info!(woken = woken.unwrap_or(0), "platform answers");
        self.work.notify_one();
    }

    /// Returns when a call has just found the platform out of reach.
    pub(super) async fn lost_touch(&self) {
        self.lost.notified().await;
    }

    /// Runs as long as the kiosk.
    pub(super) async fn run(self: Arc<Self>) {
        loop {
            match self.store.run(|store| store.next_due(Timestamp::now())).await {
                Ok(Some(due)) if self.take(due.id) => self.deliver(due).await,
                Ok(Some(_)) => tokio::time::sleep(Duration::from_millis(200)).await,
                Ok(None) => self.rest().await,
                Err(error) => {
                    tracing::error!(%error, "outbox unreadable");
                    tokio::time::sleep(LOOK).await;
                }
            }
        }
    }

    async fn rest(&self) {
        let next = self.store.run(|store| store.next_due_at()).await.ok().flatten();
        let pause = next
            .and_then(|at| Duration::try_from(at.duration_since(Timestamp::now())).ok())
            .map_or(LOOK, |pause| pause.clamp(Duration::from_millis(50), LOOK));
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.work.notified() => {}
        }
    }

    async fn send_now(&self, id: RowId) {
        if !self.take(id) {
            return;
        }
        match self.store.run(move |store| store.due_now(id, Timestamp::now())).await {
            Ok(Some(due)) => self.deliver(due).await,
            Ok(None) => drop(self.under_way().remove(&id)),
            Err(error) => {
                tracing::error!(%error, "outbox unreadable");
                self.under_way().remove(&id);
            }
        }
    }

    fn take(&self, id: RowId) -> bool {
        self.under_way().insert(id)
    }

    fn under_way(&self) -> MutexGuard<'_, HashSet<RowId>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn deliver(&self, due: Due) {
        let id = due.id;
        let outcome = self.client.send(&due.delivery).await;
        if let Err(error) = self.settle(&due, outcome).await {
            // Not settled is sent again later under the same key: the platform gives the same answer.
            tracing::error!(%error, row = %id, "call not settled");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        self.under_way().remove(&id);
        self.work.notify_one();
    }

    async fn settle(&self, due: &Due, outcome: Result<Delivered, CallError>) -> Result<(), StoreError> {
        let id = due.id;
        match outcome {
            Ok(delivered) => {
                self.store.run(move |store| store.settle_delivered(id, Timestamp::now())).await?;
                tracing::info!(case_key = %due.case_key, kind = ?due.kind, "delivered");
                if let Delivered::Case(case) = delivered {
                    self.tell_delivered(case);
                }
            }
            Err(CallError::Refused(problem)) => self.park(due, problem).await?,
            Err(error) => self.retry_later(due, &error).await?,
        }
        Ok(())
    }

    fn tell_delivered(&self, case: Box<Case>) {
        self.inbox.post(Event::Delivered(case));
    }

    async fn park(&self, due: &Due, problem: protocol::Problem) -> Result<(), StoreError> {
        tracing::error!(case_key = %due.case_key, kind = problem.name(), "refused for good, parked");
        let (id, kind, status) = (due.id, problem.kind.clone(), problem.status);
        self.store.run(move |store| store.settle_refused(id, &kind, status, Timestamp::now())).await?;
        if due.kind == DeliveryKind::Case {
            let reason = problem.detail.unwrap_or(problem.title);
            self.inbox.post(Event::Refused { case_key: due.case_key, reason });
        }
        Ok(())
    }

    async fn retry_later(&self, due: &Due, error: &CallError) -> Result<(), StoreError> {
        let (id, word, after) = (due.id, reason(error), retry_after(error));
        self.store.run(move |store| store.settle_retry(id, after, word, Timestamp::now())).await?;
        tracing::warn!(case_key = %due.case_key, reason = word, "waits for another try");
        if due.kind == DeliveryKind::Case {
            self.inbox.post(Event::Deferred { case_key: due.case_key });
        }
        if NETWORK_REASONS.contains(&word) {
            self.inbox.post(Event::Online(false));
            self.lost.notify_one();
        }
        Ok(())
    }
}

fn reason(error: &CallError) -> &'static str {
    match error {
        CallError::Unreachable => "unreachable",
        CallError::TimedOut => "timed-out",
        CallError::Overloaded { .. } => "overloaded",
        CallError::ServerError(_) => "server-error",
        CallError::BadAnswer(_) => "bad-answer",
        CallError::Refused(_) => "refused",
    }
}

fn retry_after(error: &CallError) -> Option<Duration> {
    match error {
        CallError::Overloaded { retry_after } => *retry_after,
        _ => None,
    }
}

fn stored(intake: flow::effect::Intake, terminal_id: String) -> outbox::Intake {
    let flow::effect::Intake { item, item_version, received_at, applicant, fields, consent } = intake;
    outbox::Intake { item, item_version, terminal_id, received_at, applicant, fields, consent }
}
