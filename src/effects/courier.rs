//! Takes what is on the disk to the platform: at once while a resident waits for it, patiently afterwards.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use courier::{ClockWatch, NETWORK_REASONS, Settled};
use flow::{Event, event::IntakeTrouble};
use jiff::Timestamp;
use outbox::{Due, Full, Recorded, RowId, Store, StoreError};
use platform_client::{CallError, Client, Delivered};
use protocol::{DeliveryKind, Rating};
use telemetry::{Side, Span};
use tokio::sync::Notify;
use uuid::Uuid;

use super::{registry::Registry, store::SharedStore};
use crate::{clock, inbox::Inbox};

/// The longest time between two looks into an outbox where something waits: a clock that jumps may move what is due.
const LOOK: Duration = Duration::from_secs(30);
/// The same while nothing waits. Usually a look is asked for, and an idle kiosk should sleep.
const IDLE_LOOK: Duration = Duration::from_mins(5);
/// Between two questions for the platform's time.
const ASK_AGAIN: Duration = Duration::from_secs(3);

pub(super) struct Courier {
    store: SharedStore,
    client: Arc<Client>,
    inbox: Inbox,
    work: Notify,
    lost: Notify,
    /// Calls on their way: the patient loop leaves alone what a resident waits for.
    under_way: Mutex<HashSet<RowId>>,
    /// Whether the clock was set, by the time that has passed since the start.
    clock: Mutex<(ClockWatch, Instant)>,
    /// What was told last of whether cases can be taken.
    intake: Mutex<Option<Option<IntakeTrouble>>>,
}

impl Courier {
    pub(super) fn new(store: SharedStore, client: Arc<Client>, inbox: Inbox) -> Self {
        let (work, lost) = (Notify::new(), Notify::new());
        let clock = Mutex::new((ClockWatch::default(), Instant::now()));
        Self {
            store,
            client,
            inbox,
            work,
            lost,
            under_way: Mutex::default(),
            clock,
            intake: Mutex::default(),
        }
    }

    /// Records a case, tells so, and sends it at once.
    pub(super) async fn file(self: Arc<Self>, intake: flow::effect::Intake, registry: Arc<Registry>) {
        let span = Span::begin("case.file", Side::Inner);
        let recorded = span.within(async {
            let part = Span::part("outbox.record");
            self.record(intake, &registry).await.inspect_err(|_| part.failed("not-recorded"))
        });
        match recorded.await {
            Ok(recorded) => {
                let Recorded { id, case_key, pickup_code } = recorded;
                self.inbox.post(Event::Recorded { case_key, pickup_code });
                span.within(self.send_now(id)).await;
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
        // First what waited by the old clock, then what is recorded by the new one.
        self.follow_clock().await;
        let terminal_id = self.client.terminal_id().to_owned();
        let recorded = self.store.run(move |store| {
            let now = clock::now();
            if store.may_take_case(now).is_err() {
                return Ok(None);
            }
            store.record_case(&stored(intake, terminal_id), &*sealer, now).map(Some)
        });
        match recorded.await {
            Ok(Some(recorded)) => Ok(recorded),
            Ok(None) => Err(IntakeTrouble::Full),
            Err(StoreError::AlreadyRecorded) => Err(IntakeTrouble::Filed),
            Err(error) => {
                tracing::error!(%error, "case not recorded");
                Err(IntakeTrouble::Disk)
            }
        }
    }

    /// Records a rating, to follow its case.
    pub(super) async fn rate(&self, rating: Rating) {
        self.follow_clock().await;
        if let Err(error) = self.store.run(move |store| store.record_rating(&rating, clock::now())).await {
            tracing::error!(%error, "rating not recorded");
        }
        self.work.notify_one();
    }

    /// Whatever waited for the network may go.
    pub(super) async fn network_is_back(&self) {
        let woken = self.store.run(|store| store.retry_now(NETWORK_REASONS, clock::now())).await;
        tracing::info!(woken = woken.unwrap_or(0), "platform answers");
        self.work.notify_one();
    }

    /// What may be taken is to be looked at again.
    pub(super) fn look_again(&self) {
        self.work.notify_one();
    }

    /// Returns when a call has just found the platform out of reach.
    pub(super) async fn lost_touch(&self) {
        self.lost.notified().await;
    }

    /// Runs as long as the kiosk.
    pub(super) async fn run(self: Arc<Self>) {
        self.store.verify().await;
        loop {
            self.follow_clock().await;
            match self.store.run(|store| look(store, clock::now())).await {
                Ok(found) => self.follow(found).await,
                Err(error) => {
                    tracing::error!(%error, "outbox unreadable");
                    self.tell_intake(Some(IntakeTrouble::Disk));
                    self.rest(LOOK).await;
                }
            }
        }
    }

    /// What waits keeps its age where the clock was set since the last look.
    async fn follow_clock(&self) {
        let jump = {
            let (watch, started) = &mut *self.clock.lock().unwrap_or_else(PoisonError::into_inner);
            watch.jump(clock::now(), started.elapsed())
        };
        let Some(jump) = jump else { return };
        tracing::warn!(seconds = jump.as_secs(), "the clock was set");
        if let Err(error) = self.store.run(move |store| store.follow_clock(jump, clock::now())).await {
            tracing::error!(%error, "what waits has another age now");
        }
    }

    async fn follow(self: &Arc<Self>, found: Found) {
        self.tell_intake(found.intake);
        if found.overdue {
            match self.give_up_the_overdue().await {
                // The platform cannot be asked: nothing can be delivered to it either.
                None => return tokio::time::sleep(ASK_AGAIN).await,
                Some(0) => {}
                Some(_) => return,
            }
        }
        match found.next {
            Next::Due(due) if self.take(due.id) => self.deliver(*due).await,
            Next::Due(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            Next::At(at) => {
                let wait = Duration::try_from(at.duration_since(clock::now())).unwrap_or_default();
                self.rest(wait.clamp(Duration::from_millis(50), LOOK)).await;
            }
            Next::Nothing if found.intake.is_some() => self.rest(LOOK).await,
            Next::Nothing => self.rest(IDLE_LOOK).await,
        }
    }

    async fn rest(&self, pause: Duration) {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.work.notified() => {}
        }
    }

    async fn send_now(&self, id: RowId) {
        if !self.take(id) {
            return;
        }
        match self.store.run(move |store| store.due_now(id, clock::now())).await {
            Ok(Some(due)) => self.deliver(due).await,
            Ok(None) => drop(self.under_way().remove(&id)),
            Err(error) => {
                tracing::error!(%error, "outbox unreadable");
                self.under_way().remove(&id);
                self.work.notify_one();
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
        if let Err(error) = self.settle(due, outcome).await {
            // Not settled is sent again later under the same key: the platform gives the same answer.
            tracing::error!(%error, row = %id, "call not settled");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        self.under_way().remove(&id);
        self.work.notify_one();
    }

    async fn settle(&self, due: Due, outcome: Result<Delivered, CallError>) -> Result<(), StoreError> {
        let (case_key, kind) = (due.case_key, due.kind);
        let settled =
            self.store.run(move |store| courier::settle(store, &due, outcome, clock::now())).await?;
        if settled.network_is_away() {
            self.inbox.post(Event::Online(false));
            self.lost.notify_one();
        }
        log(case_key, &settled);
        if let Some(event) = news(case_key, kind, settled) {
            self.inbox.post(event);
        }
        Ok(())
    }

    /// Tells when the outbox becomes full, or has room again.
    fn tell_intake(&self, trouble: Option<IntakeTrouble>) {
        let before = self.intake.lock().unwrap_or_else(PoisonError::into_inner).replace(trouble);
        if before != Some(trouble) {
            tracing::info!(?trouble, "intake");
            self.inbox.post(Event::Intake(trouble));
        }
    }

    /// Gives up what is too old, once the platform's clock agrees, and tells how many calls; `None` while it cannot be
    /// asked.
    async fn give_up_the_overdue(&self) -> Option<u64> {
        let platform = self.client.time().await.ok()?;
        let now = clock::now();
        let given_up = self.store.run(move |store| courier::expire(store, now, platform)).await;
        match &given_up {
            Ok(0) => tracing::warn!(%now, %platform, "the clocks do not agree; nothing is given up"),
            Ok(calls) => tracing::error!(calls, "given up: nobody delivered them in their time"),
            Err(error) => tracing::error!(%error, "overdue calls not given up"),
        }
        Some(given_up.unwrap_or(0))
    }
}

/// What one look into the outbox found.
struct Found {
    overdue: bool,
    next: Next,
    intake: Option<IntakeTrouble>,
}

enum Next {
    Due(Box<Due>),
    At(Timestamp),
    Nothing,
}

/// All at once: each trip to the store wakes a thread.
fn look(store: &mut Store, now: Timestamp) -> Result<Found, StoreError> {
    let overdue = courier::is_overdue(store, now)?;
    let next = match store.next_due(now)? {
        Some(due) => Next::Due(Box::new(due)),
        None => store.next_due_at()?.map_or(Next::Nothing, Next::At),
    };
    let intake = store.may_take_case(now).err().map(|why| intake_trouble(&why));
    Ok(Found { overdue, next, intake })
}

fn intake_trouble(full: &Full) -> IntakeTrouble {
    if matches!(full, Full::Store(_)) { IntakeTrouble::Disk } else { IntakeTrouble::Full }
}

fn log(case_key: Uuid, settled: &Settled) {
    match settled {
        Settled::Delivered(Delivered::Material(cases)) if cases.iter().any(|case| case.refused.is_some()) => {
            tracing::warn!(%case_key, "delivered: a page that not every case of its bundle takes any more");
        }
        Settled::Delivered(_) => tracing::info!(%case_key, "delivered"),
        Settled::Parked(problem) => {
            tracing::error!(%case_key, kind = problem.name(), "refused for good, parked");
        }
        Settled::Later { reason } => tracing::warn!(%case_key, reason, "waits for another try"),
    }
}

/// What a resident who waits for it hears; of what follows a case nothing.
fn news(case_key: Uuid, kind: DeliveryKind, settled: Settled) -> Option<Event> {
    match settled {
        Settled::Delivered(Delivered::Case(case)) => Some(Event::Delivered(case)),
        Settled::Delivered(Delivered::Bundle(bundle)) => Some(Event::BundleDelivered(bundle)),
        Settled::Delivered(Delivered::Rating | Delivered::Material(_)) => None,
        _ if !kind.is_filing() => None,
        Settled::Parked(problem) => {
            Some(Event::Refused { case_key, reason: problem.detail.unwrap_or(problem.title) })
        }
        Settled::Later { .. } => Some(Event::Deferred { case_key }),
    }
}

/// As the store keeps it.
pub(super) fn stored(intake: flow::effect::Intake, terminal_id: String) -> outbox::Intake {
    let flow::effect::Intake { subject, received_at, applicant, fields, consent, papers, draft } = intake;
    let pages = papers.iter().flat_map(pages).collect();
    outbox::Intake { subject, terminal_id, received_at, applicant, fields, consent, pages, draft }
}

fn pages(paper: &flow::page::Paper) -> impl Iterator<Item = outbox::Page> {
    let (material, pages) = (paper.material, u16::try_from(paper.pages.len()).unwrap_or(u16::MAX));
    (1..).zip(&paper.pages).map(move |(page, taken)| outbox::Page {
        item: paper.item.clone(),
        material,
        page,
        pages,
        media_type: "image/jpeg".to_owned(),
        content: taken.file.bytes().to_vec().into(),
        made_at: taken.made_at,
    })
}
