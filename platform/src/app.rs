//! The running platform: what every handler may use.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{
        Arc, OnceLock, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use protocol::ServiceItem;

use crate::{
    calendar::{CalendarError, WorkCalendar},
    catalogue::Catalogue,
    clock::Clock,
    config::DatabaseUrl,
    fleet::Fleet,
    idempotency::Running,
    lifecycle::{self, workflow::WorkflowError},
    limits::{Limiter, Rate},
    metrics::Metrics,
    offer::Offer,
    people::{OrganisationError, organisation},
    routes::registry,
    staff::jobs,
    store::{self, OpenFault, Rotated, Store, StoreError, drafts::Draft, sealing::Keys},
    web,
};

/// How long a request may take.
const REQUEST_LIMIT: Duration = Duration::from_secs(10);

/// A platform with its database open. Cheap to clone.
#[derive(Clone)]
pub struct Platform {
    pub(crate) app: Arc<App>,
    pub(crate) request_limit: Duration,
    pub(crate) limiter: Option<Arc<Limiter>>,
}

pub(crate) struct App {
    pub(crate) store: Store,
    /// The catalogue that this program came with.
    pub(crate) shipped: Arc<Catalogue>,
    offer: RwLock<Arc<Offer>>,
    calendar: RwLock<Arc<WorkCalendar>>,
    pub(crate) registry: registry::Cache,
    pub(crate) clock: Clock,
    pub(crate) running: Running,
    pub(crate) metrics: Metrics,
    web: RwLock<Arc<web::Settings>>,
    fleet: OnceLock<Arc<Fleet>>,
    /// What became of spans, where there is a collector.
    pub(crate) telemetry: OnceLock<Arc<telemetry::Counts>>,
    /// Told to stop, and finishing what has begun.
    pub(crate) stopping: AtomicBool,
    /// Whether the platform above has to hear of cases.
    pub(crate) exchanges: AtomicBool,
}

/// Why a platform cannot start on a database.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum StartError {
    /// The file does not open.
    #[error(transparent)]
    Open(#[from] OpenFault),
    /// The database opens, and then fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The calendars that this program ships with are wrong.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// The workflows that this program ships with are wrong.
    #[error(transparent)]
    Workflow(#[from] WorkflowError),
    /// The organisations that this program ships with are wrong.
    #[error(transparent)]
    Organisation(#[from] OrganisationError),
    /// The words of a published version have changed.
    #[error(
        "found other words in {what}, version {version}, than were published, expected a higher version: \
         residents have filed under the old words"
    )]
    Republished {
        /// Of what.
        what: String,
        /// The version.
        version: u32,
    },
}

impl Platform {
    /// Opens or makes the database, publishes what is new in `catalogue`, and has the sealing key ready.
    pub async fn open(database: DatabaseUrl, catalogue: Catalogue, clock: Clock) -> Result<Self, StartError> {
        let store = Store::open(database).await?;
        let calendar = RwLock::new(Arc::new(calendar(&store).await?));
        let offer = RwLock::new(Arc::new(publish(&store, catalogue.clone(), &clock).await?));
        let running = Running::default();
        let app = App {
            store,
            shipped: Arc::new(catalogue),
            offer,
            calendar,
            registry: registry::Cache::default(),
            clock,
            running,
            metrics: Metrics::new(),
            web: RwLock::default(),
            fleet: OnceLock::new(),
            telemetry: OnceLock::new(),
            stopping: AtomicBool::new(false),
            exchanges: AtomicBool::new(false),
        };
        app.adopt().await?;
        jobs::reckon_again(&app).await?;
        Ok(Self { app: Arc::new(app), request_limit: REQUEST_LIMIT, limiter: None })
    }

    /// Begins to use a new sealing key on `database`, whether or not a platform is serving from it.
    pub async fn rotate_sealing_key(database: DatabaseUrl, clock: Clock) -> Result<Rotated, StartError> {
        let store = Store::open(database).await?;
        let now = clock.now();
        Ok(store.write(move |transaction| store::sealing::rotate(transaction, now)).await?)
    }

    /// What the clock has to do: 视为受理, 视为放弃, red cards. Once a minute is often enough, on any number of nodes.
    pub async fn run_jobs(&self) -> Result<(), StoreError> {
        jobs::run(&self.app).await
    }

    /// The same with another limit on how long a request may take.
    #[must_use]
    pub fn with_request_limit(self, request_limit: Duration) -> Self {
        Self { request_limit, ..self }
    }

    /// The same with a limit on how often one address may ask. `proxies` say whom they speak for.
    #[must_use]
    pub fn with_rate(self, rate: Rate, proxies: Vec<IpAddr>) -> Self {
        Self { limiter: Some(Arc::new(Limiter::new(rate, proxies))), ..self }
    }

    /// The same, telling in its numbers what became of its spans.
    #[must_use]
    pub fn with_telemetry(self, counts: Arc<telemetry::Counts>) -> Self {
        let _ = self.app.telemetry.set(counts);
        self
    }

    /// The same with a queue to the platform above: every case that is filed or moves from now on is told to it.
    #[must_use]
    pub fn with_exchange(self) -> Self {
        self.app.exchanges.store(true, Ordering::Relaxed);
        self
    }

    /// The same with other settings of the residents' pages.
    #[must_use]
    pub fn with_web(self, web: web::Settings) -> Self {
        *self.app.web.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(web);
        self
    }

    /// The same with kiosks that have certificates.
    #[must_use]
    pub fn with_fleet(self, fleet: Fleet) -> Self {
        let _ = self.app.fleet.set(Arc::new(fleet));
        self
    }
}

async fn publish(store: &Store, catalogue: Catalogue, clock: &Clock) -> Result<Offer, StartError> {
    let now = clock.now();
    let workflows = lifecycle::workflow::shipped()?;
    let organisations = organisation::Tree::shipped()?;
    let publish = move |transaction: &store::Transaction<'_>| {
        store::published::add(transaction, &catalogue, now)?;
        store::casework::publish_workflows(transaction, &workflows, now)?;
        if !organisation::any(transaction)? {
            organisations.import(transaction)?;
        }
        store::sealing::ready(transaction, now)?;
        Offer::read(transaction, &catalogue)
    };
    store.write(publish).await.map_err(|error| match error {
        StoreError::Republished { what, version } => StartError::Republished { what, version },
        other => other.into(),
    })
}

/// The years that this program ships with, and over them those that were imported.
pub(crate) async fn calendar(store: &Store) -> Result<WorkCalendar, StoreError> {
    let texts = store.read(store::calendars::texts).await?;
    let mut calendar = WorkCalendar::embedded().map_err(|_| StoreError::Damaged("calendar"))?;
    for text in texts {
        // They were verified when they were imported.
        (_, calendar) = calendar.with("imported", &text).map_err(|_| StoreError::Damaged("work_calendar"))?;
    }
    Ok(calendar)
}

impl App {
    /// What residents' pages need to know.
    pub(crate) fn web(&self) -> Arc<web::Settings> {
        self.web.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The kiosks that have certificates; a platform without `[tls]` has none.
    pub(crate) fn fleet(&self) -> Option<&Arc<Fleet>> {
        self.fleet.get()
    }

    /// Whether the platform above has to hear of what becomes of cases.
    pub(crate) fn exchanges(&self) -> bool {
        self.exchanges.load(Ordering::Relaxed)
    }

    /// The keys as they are now: another node, or somebody at a command line, may have rotated them.
    pub(crate) async fn keys(&self) -> Result<Arc<Keys>, StoreError> {
        let now = self.clock.now();
        self.store.look(move |view| store::sealing::keys(view, now)).await
    }

    /// What becomes of a case under `item` that is filed now.
    pub(crate) fn file(&self, item: &ServiceItem, received_at: jiff::Timestamp) -> lifecycle::Filing {
        lifecycle::file(item, received_at, self.clock.now(), &self.calendar())
    }

    /// What can be filed now.
    pub(crate) fn offer(&self) -> Arc<Offer> {
        self.offer.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same, read again where it does not know what is asked for: another node may have published it since.
    pub(crate) async fn offer_that(&self, knows: impl Fn(&Offer) -> bool) -> Result<Arc<Offer>, StoreError> {
        if !knows(&self.offer()) {
            self.renew_offer().await?;
        }
        Ok(self.offer())
    }

    /// The same for an item that is offered.
    pub(crate) async fn offer_of(&self, item: &str) -> Result<Arc<Offer>, StoreError> {
        self.offer_that(|offer| offer.item(item).is_some()).await
    }

    /// The same for a version of an item.
    pub(crate) async fn offer_with(&self, item: &str, version: u32) -> Result<Arc<Offer>, StoreError> {
        self.offer_that(|offer| offer.version(item, version).is_some()).await
    }

    /// The same for a bundle with its items.
    pub(crate) async fn offer_with_bundle(
        &self,
        bundle: (&str, u32),
        items: &BTreeMap<String, u32>,
    ) -> Result<Arc<Offer>, StoreError> {
        self.offer_that(|offer| offer.knows(bundle, items)).await
    }

    /// The same for all that was left unfinished.
    pub(crate) async fn offer_with_drafts(&self, drafts: &[Draft]) -> Result<Arc<Offer>, StoreError> {
        self.offer_that(|offer| drafts.iter().all(|draft| offer.knows_draft(draft))).await
    }

    /// Reads it again, where a version was published since.
    pub(crate) async fn renew_offer(&self) -> Result<(), StoreError> {
        // Nearly always there is nothing new, also where somebody asks for what never was.
        if self.store.look(store::published::edition).await? == self.offer().edition {
            return Ok(());
        }
        let shipped = self.shipped.clone();
        let read = self.store.read(move |view| Offer::read(view, &shipped)).await?;
        let mut offer = self.offer.write().unwrap_or_else(PoisonError::into_inner);
        if read.edition > offer.edition {
            *offer = Arc::new(read);
        }
        Ok(())
    }

    /// The calendar as it is now.
    pub(crate) fn calendar(&self) -> Arc<WorkCalendar> {
        self.calendar.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Goes by another calendar from now on.
    pub(crate) fn set_calendar(&self, calendar: WorkCalendar) {
        *self.calendar.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(calendar);
    }

    /// Gives a desk to the cases of an older platform.
    async fn adopt(&self) -> Result<(), StoreError> {
        let (default, calendar, now) = (self.shipped.community.id.clone(), self.calendar(), self.clock.now());
        let adopted = self
            .store
            .write(move |transaction| store::casework::adopt(transaction, &default, &calendar, now))
            .await?;
        if adopted > 0 {
            tracing::info!(cases = adopted, "cases.given-a-desk");
        }
        Ok(())
    }
}
