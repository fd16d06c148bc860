//! The store, shared by the tasks; each use is a short blocking call off the async threads.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context as _;
use outbox::{Limits, SetAside, Store, StoreError};

use crate::clock;

#[derive(Clone)]
pub(super) struct SharedStore(Arc<Mutex<Store>>);

impl SharedStore {
    pub(super) fn open(path: &Path, limits: Limits) -> anyhow::Result<Self> {
        let (mut store, report) =
            Store::open(path, clock::now()).with_context(|| format!("store.path {}", path.display()))?;
        tell(report.set_aside.as_ref());
        let unfinished = store.print_jobs_unfinished()?;
        tracing::info!(waiting = report.waiting, parked = report.parked, ?unfinished, "store opened");
        Ok(Self(Arc::new(Mutex::new(store.with_limits(limits)))))
    }

    /// Looks at every page of it, which takes the longer the more waits: the screen does not wait for that.
    pub(super) async fn verify(&self) {
        match self.run(|store| store.verify(clock::now())).await {
            Ok(set_aside) => tell(set_aside.as_ref()),
            Err(error) => tracing::error!(%error, "store not looked at"),
        }
    }

    /// For a thread that may block.
    pub(super) fn with<T>(&self, use_it: impl FnOnce(&mut Store) -> T) -> T {
        use_it(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// For a task.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        use_it: impl FnOnce(&mut Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.clone();
        let use_it = move || {
            let done = store.with(use_it);
            wipe::wipe_stack();
            done
        };
        tokio::task::spawn_blocking(use_it)
            .await
            .unwrap_or_else(|panicked| Err(StoreError::Failed(panicked.to_string())))
    }
}

fn tell(set_aside: Option<&SetAside>) {
    if let Some(SetAside { path, reason }) = set_aside {
        tracing::error!(path = %path.display(), reason, "damaged store set aside");
    }
}
