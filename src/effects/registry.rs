//! The registry: from the cache at once, from the platform as soon as it answers, and fresh from then on.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use flow::Event;
use platform_client::{CallError, Client, Fetched, HpkeSealer};
use protocol::{AppRegistry, Text};

use super::{courier::Courier, health::Health, store::SharedStore};
use crate::{clock, inbox::Inbox};

/// Its name in the cache.
pub(super) const CACHE: &str = "registry";
/// Between two questions whether anything is new.
const FRESH: Duration = Duration::from_mins(1);
/// Between two tries to reach a platform that did not answer.
const RETRY: Duration = Duration::from_secs(3);

/// What the platform said last.
pub(super) struct Registry {
    store: SharedStore,
    client: Arc<Client>,
    inbox: Inbox,
    courier: Arc<Courier>,
    health: Arc<Health>,
    known: RwLock<Option<AppRegistry>>,
}

impl Registry {
    pub(super) fn new(
        store: SharedStore,
        client: Arc<Client>,
        inbox: Inbox,
        courier: Arc<Courier>,
        health: Arc<Health>,
    ) -> Self {
        Self { store, client, inbox, courier, health, known: RwLock::default() }
    }

    /// 社区名称, for receipts.
    pub(super) fn community(&self) -> Text {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().map_or_else(|| Text::zh(""), |registry| registry.community.name.clone())
    }

    /// Seals to the platform; before the first registry there is nobody to seal to, and nothing to file either.
    pub(super) fn sealer(&self) -> Option<HpkeSealer> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().map(|registry| HpkeSealer::new(registry.sealing_key.clone()))
    }

    fn learn(&self, registry: AppRegistry) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(registry.clone());
        self.inbox.post(Event::Registry(Box::new(registry)));
    }

    /// The cached registry, and its `ETag`.
    async fn recall(&self) -> Option<String> {
        let cached = self.store.run(|store| store.cache_get(CACHE)).await.ok().flatten()?;
        clock::learn(cached.stored_at);
        let registry = serde_json::from_slice(&cached.body).ok()?;
        self.learn(registry);
        cached.etag
    }

    async fn keep(&self, registry: &AppRegistry, etag: Option<String>) {
        let Ok(body) = serde_json::to_vec(registry) else { return };
        let kept =
            self.store.run(move |store| store.cache_put(CACHE, etag.as_deref(), &body, clock::now())).await;
        if let Err(error) = kept {
            tracing::error!(%error, "registry not cached");
        }
    }

    /// Asks once; tells whether the platform answered.
    async fn ask(&self, etag: &mut Option<String>) -> Result<(), CallError> {
        match self.client.registry(etag.as_deref()).await? {
            Fetched::NotModified => {}
            Fetched::New { value, etag: new } => {
                self.keep(&value, new.clone()).await;
                *etag = new;
                self.learn(value);
            }
        }
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
    let mut etag = registry.recall().await;
    let mut online = None;
    loop {
        let answered = registry.ask(&mut etag).await;
        if let Err(error) = &answered
            && online != Some(false)
        {
            tracing::warn!(%error, "platform does not answer");
        }
        registry.health.platform(answered.as_ref().map(|()| ()));
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
            () = registry.courier.lost_touch() => tokio::time::sleep(RETRY).await,
        }
    }
}
