use std::sync::{Arc, PoisonError, RwLock};

use axum::{
    body::Bytes,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use jiff::civil::Date;
use protocol::{AppRegistry, DuePreview, ItemEntry, Problem, SealingKey, ServiceItem};

use crate::{
    app::App,
    calendar::WorkCalendar,
    clock::china_date,
    conditional::Tag,
    error::Refusal,
    offer::Offer,
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

#[derive(Clone)]
struct Written {
    grounds: Grounds,
    body: Bytes,
    tag: Tag,
}

/// The registry as it was last written: every kiosk asks for it, and it is the same for all of them.
#[derive(Default)]
pub(crate) struct Cache(RwLock<Option<Written>>);

impl Cache {
    fn kept(&self, grounds: &Grounds) -> Option<Written> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|written| written.grounds.same(grounds)).cloned()
    }

    fn keep(&self, written: &Written) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(written.clone());
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
    let Written { body, tag, .. } = match app.registry.kept(&grounds) {
        Some(written) => written,
        None => write(&app, grounds)?,
    };
    let mut response = ([(header::CONTENT_TYPE, "application/json")], body).into_response();
    response.extensions_mut().insert(tag);
    Ok(response)
}

fn write(app: &App, grounds: Grounds) -> Result<Written, serde_json::Error> {
    let body = Bytes::from(serde_json::to_vec(&on(&grounds))?);
    let written = Written { grounds, tag: Tag::of(&body), body };
    app.registry.keep(&written);
    Ok(written)
}

fn on(grounds: &Grounds) -> AppRegistry {
    let catalogue = grounds.offer.catalogue.clone();
    AppRegistry {
        community: catalogue.community,
        phones: catalogue.phones,
        consent: catalogue.consent,
        apps: catalogue.apps,
        items: catalogue.items.into_iter().map(|item| entry(grounds, item)).collect(),
        sealing_key: grounds.sealing_key.clone(),
    }
}

fn entry(grounds: &Grounds, item: ServiceItem) -> ItemEntry {
    let filed_on = grounds.today;
    let due = grounds.calendar.due(filed_on, item.promised);
    ItemEntry { item, due: DuePreview { filed_on, due_on: due.on, provisional: due.provisional } }
}
