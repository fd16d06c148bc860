//! The registry: from the cache at once, from the platform as soon as it answers, and fresh from then on.

use std::{
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
    time::Duration,
};

use flow::Event;
use jiff::{SignedDuration, Timestamp};
use platform_client::{CallError, Client, Fetched, HpkeSealer};
use protocol::{AppRegistry, Text};

use super::{catalogue::Signed, courier::Courier, health::Health, store::SharedStore};
use crate::{clock, inbox::Inbox};

/// Its name in the cache.
pub(super) const CACHE: &str = "registry";
/// Between two questions whether anything is new.
const FRESH: Duration = Duration::from_mins(1);
/// Between two tries to reach a platform that did not answer.
const RETRY: Duration = Duration::from_secs(3);
/// So much older than it is what is kept may seem after a restart: a disk need not write down every minute that nothing is
/// new.
const NOTED: SignedDuration = SignedDuration::from_mins(30);

/// What the platform said last.
pub(super) struct Registry {
    store: SharedStore,
    client: Arc<Client>,
    inbox: Inbox,
    courier: Arc<Courier>,
    health: Arc<Health>,
    signed: Signed,
    known: RwLock<Option<Known>>,
}

struct Known {
    /// As the platform says it; residents see it as far as the signed catalogue lets it through.
    registry: AppRegistry,
    sealer: Arc<HpkeSealer>,
}

/// Which registry is kept, and since when it is known to be the platform's.
#[derive(Default)]
struct Kept {
    etag: Option<String>,
    confirmed: Timestamp,
}

impl Registry {
    pub(super) fn new(
        store: SharedStore,
        client: Arc<Client>,
        inbox: Inbox,
        courier: Arc<Courier>,
        health: Arc<Health>,
        signed: Signed,
    ) -> Self {
        Self { store, client, inbox, courier, health, signed, known: RwLock::default() }
    }

    fn known(&self) -> RwLockReadGuard<'_, Option<Known>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// 社区名称, for receipts.
    pub(super) fn community(&self) -> Text {
        self.shown().map_or_else(|| Text::zh(""), |registry| registry.community.name)
    }

    fn shown(&self) -> Option<AppRegistry> {
        self.known().as_ref().and_then(|known| self.signed.over(&known.registry))
    }

    /// Tells what there is to be shown.
    fn tell(&self) {
        if let Some(registry) = self.shown() {
            self.inbox.post(Event::Registry(Box::new(registry)));
        }
    }

    /// Seals to the platform; before the first registry there is nobody to seal to, and nothing to file either.
    pub(super) fn sealer(&self) -> Option<Arc<HpkeSealer>> {
        self.known().as_ref().map(|known| known.sealer.clone())
    }

    async fn learn(&self, registry: AppRegistry) {
        let same = self.sealer().filter(|sealer| sealer.key().key_id == registry.sealing_key.key_id);
        let sealer =
            same.unwrap_or_else(|| Arc::new(HpkeSealer::working_ahead(registry.sealing_key.clone())));
        let end = registry.sealing_key.expires_at;
        self.note_key_end(end).await;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Known { registry, sealer });
        self.tell();
    }

    /// Nothing is taken that the platform could not open any more when it comes. The end is by the platform's clock: where
    /// it seems near, that is asked for the time.
    async fn note_key_end(&self, end: Option<Timestamp>) {
        let now = clock::now();
        let life = self.store.run(|store| Ok(store.life())).await.unwrap_or_default();
        let seems_near = end.is_some_and(|end| now.saturating_add(life).is_ok_and(|given_up| end < given_up));
        let platform = if seems_near { self.client.time().await.ok() } else { None };
        let end = match (end, platform) {
            (Some(end), Some(platform)) => now.saturating_add(end.duration_since(platform)).ok(),
            (end, _) => end,
        };
        let noted = self
            .store
            .run(move |store| {
                store.set_key_end(end);
                Ok(())
            })
            .await;
        if let Err(error) = noted {
            tracing::error!(%error, "the end of the sealing key is not heeded");
        }
        self.courier.look_again();
    }

    /// The cached registry.
    async fn recall(&self) -> Option<Kept> {
        let cached = self.store.run(|store| store.cache_get(CACHE)).await.ok().flatten()?;
        clock::learn(cached.stored_at);
        let registry = serde_json::from_slice(&cached.body).ok()?;
        self.inbox.post(Event::Confirmed(cached.stored_at));
        self.learn(registry).await;
        Some(Kept { etag: cached.etag, confirmed: cached.stored_at })
    }

    async fn keep(&self, registry: &AppRegistry, etag: Option<String>) {
        let Ok(body) = serde_json::to_vec(registry) else { return };
        let kept =
            self.store.run(move |store| store.cache_put(CACHE, etag.as_deref(), &body, clock::now())).await;
        if let Err(error) = kept {
            tracing::error!(%error, "registry not cached");
        }
    }

    /// What is kept is still right. Where it is gone with a store that was set aside, all of it is asked for again.
    async fn confirm(&self, kept: &mut Kept) {
        let now = clock::now();
        if now.duration_since(kept.confirmed).abs() < NOTED {
            return;
        }
        kept.confirmed = now;
        match self.store.run(move |store| store.cache_confirm(CACHE, now)).await {
            Ok(true) => {}
            Ok(false) => kept.etag = None,
            Err(error) => tracing::error!(%error, "age of the registry not kept"),
        }
    }

    /// Asks once; fails where the platform does not answer.
    async fn ask(&self, kept: &mut Kept) -> Result<(), CallError> {
        match self.client.registry(kept.etag.as_deref()).await? {
            Fetched::NotModified => self.confirm(kept).await,
            Fetched::New { value, etag } => {
                self.keep(&value, etag.clone()).await;
                *kept = Kept { etag, confirmed: clock::now() };
                self.learn(value).await;
            }
        }
        self.inbox.post(Event::Confirmed(clock::now()));
        if clock::is_lost() {
            let platform = self.client.time().await?;
            tracing::warn!(%platform, "the clock has lost its battery; going by the platform's");
            clock::learn(platform);
        }
        Ok(())
    }

    /// How far the clocks are apart is looked at whenever the network comes back: a clock drifts slowly.
    async fn compare_clocks(&self) {
        if let Ok(platform) = self.client.time().await {
            self.health.platform_time(platform);
        }
    }
}

/// Runs as long as the kiosk.
pub(super) async fn keep_fresh(registry: Arc<Registry>) {
    let mut kept = registry.recall().await.unwrap_or_default();
    let mut online = None;
    loop {
        let answered = registry.ask(&mut kept).await;
        if let Err(error) = &answered
            && online != Some(false)
        {
            tracing::warn!(%error, "platform does not answer");
        }
        registry.health.platform(answered.as_ref().copied());
        if online != Some(answered.is_ok()) {
            online = Some(answered.is_ok());
            registry.inbox.post(Event::Online(answered.is_ok()));
            if answered.is_ok() {
                registry.compare_clocks().await;
                registry.courier.network_is_back().await;
            }
        }
        let pause = if answered.is_ok() { FRESH } else { RETRY };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = registry.signed.changed() => registry.tell(),
            () = registry.courier.lost_touch() => tokio::time::sleep(RETRY).await,
        }
    }
}
