use std::sync::{Arc, PoisonError, RwLock};

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use jiff::civil::Date;
use protocol::{AppRegistry, BundleApp, DuePreview, ItemEntry, Problem, SealingKey, ServiceItem};

use crate::{
    app::App,
    calendar::WorkCalendar,
    clock::china_date,
    error::Refusal,
    offer::Offer,
    routes::Written,
    store::{Transaction, published, sealing},
};

/// What the registry says depends on these.
#[derive(Clone)]
struct Grounds {
    offer: Arc<Offer>,
    calendar: Arc<WorkCalendar>,
    today: Date,
    sealing_key: SealingKey,
}

impl Grounds {
    /// Another calendar may say the same; the registry is then written once more.
    fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.offer, &other.offer)
            && Arc::ptr_eq(&self.calendar, &other.calendar)
            && self.today == other.today
            && self.sealing_key == other.sealing_key
    }
}

/// The registry as it was last written: every kiosk asks for it, and it is the same for all of them.
#[derive(Default)]
pub(crate) struct Cache(RwLock<Option<(Grounds, Written)>>);

impl Cache {
    fn kept(&self, grounds: &Grounds) -> Option<Written> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(kept, _)| kept.same(grounds)).map(|(_, written)| written.clone())
    }

    fn keep(&self, grounds: Grounds, written: Written) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some((grounds, written));
    }
}

/// Everything a kiosk needs to serve residents, with today's due date of every item.
#[utoipa::path(get, path = "/api/v1/registry", tag = "catalogue",
    params(("If-None-Match" = Option<String>, Header, description = "上次得到的 ETag")),
    responses(
        (status = 200, body = AppRegistry, description = "社区、应用和事项",
            headers(("ETag" = String, description = "内容的强标签"))),
        (status = 304, description = "没有变化"),
        (status = 500, body = Problem, content_type = "application/problem+json", description = "平台出错"),
    ))]
pub(crate) async fn registry(State(app): State<Arc<App>>) -> Result<Response, Refusal> {
    let now = app.clock.now();
    let expires_at = Some(sealing::served_until(now));
    // Another node may have published an item, and anybody at a command line may have rotated the keys.
    let read = move |view: &Transaction<'_>| Ok((sealing::keys(view, now)?, published::edition(view)?));
    let (keys, edition) = app.store.look(read).await?;
    if app.offer().edition != edition {
        app.renew_offer().await?;
    }
    let sealing_key = SealingKey { expires_at, ..keys.public.clone() };
    let grounds =
        Grounds { offer: app.offer(), calendar: app.calendar(), today: china_date(now), sealing_key };
    if let Some(written) = app.registry.kept(&grounds) {
        return Ok(written.into_response());
    }
    let written = Written::of(&on(&grounds))?;
    app.registry.keep(grounds, written.clone());
    Ok(written.into_response())
}

fn on(grounds: &Grounds) -> AppRegistry {
    let catalogue = grounds.offer.catalogue.clone();
    let (apps, bundle_apps) = BundleApp::apart(&catalogue.apps);
    AppRegistry {
        community: catalogue.community,
        phones: catalogue.phones,
        consent: catalogue.consent,
        apps,
        items: catalogue.items.into_iter().map(|item| entry(grounds, item)).collect(),
        bundles: grounds.offer.bundles(),
        bundle_apps,
        sealing_key: grounds.sealing_key.clone(),
    }
}

fn entry(grounds: &Grounds, item: ServiceItem) -> ItemEntry {
    let filed_on = grounds.today;
    let due = grounds.calendar.due(filed_on, item.promised);
    ItemEntry { item, due: DuePreview { filed_on, due_on: due.on, provisional: due.provisional } }
}
