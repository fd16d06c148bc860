//! The kiosks of this platform: who may be one, and what is configured on it.
//!
//! - [`authority`] is the platform's own certificate authority, [`tls`] the listener that asks for certificates, [`gate`]
//!   what a certificate admits to, and [`est`] how a machine gets one. The messages are in the crate `enrolment`.
//! - [`enrolling`] is what is remembered of invitations, kiosks and certificates.
//! - [`configuring`] is what is remembered of configurations, [`checking`] looks at what is to be set, [`drafting`] says what has to be signed, [`publishing`]
//!   makes a set of what was, [`serving`] hands it out, and [`desired`] is what kiosks ask and tell. [`heartbeat`] is how they are, [`auditing`] what they tell of
//!   their audit logs.
//! - [`rollout`] brings what is signed to a few kiosks first and to the others later: [`rings`] decides when, [`tracks`] is
//!   what those see who may go ahead.
//! - [`posters`], [`recordings`] and [`catalogue`] are the files that a document may name by their hash; [`content`] gives them to kiosks.
//! - [`office`] is what staff may do with kiosks, [`overview`] what they see of them.
//! - [`command`] is the operator's side: `platform enrol`, `platform revoke`, `platform fleet`; [`configure`] and
//!   [`signing`] are `platform configure` and `platform sign`.

mod auditing;
mod authority;
pub(crate) mod catalogue;
mod checking;
pub mod command;
mod config;
mod configure;
mod configuring;
mod content;
mod desired;
mod drafting;
mod enrolling;
mod est;
mod gate;
pub(crate) mod heartbeat;
pub(crate) mod office;
pub(crate) mod overview;
pub(crate) mod posters;
mod problems;
mod publishing;
mod readiness;
pub(crate) mod recordings;
mod rings;
pub(crate) mod rollout;
mod serving;
mod signing;
mod starting;
mod tls;
mod tracks;

use std::{sync::Arc, time::Duration};

use config_trust::SigningKey;
use protocol::Problem;
use tokio::{net::TcpListener, sync::watch};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use authority::{Authority, AuthorityError};
pub use config::Tls;
pub(crate) use gate::{Caller, admit};
pub(crate) use tls::Peer;

use crate::{Platform, app::App, clock::Clock};

/// Between two looks whether another node, or somebody at the command line, has news for the kiosks.
const LOOK: Duration = Duration::from_millis(500);
/// Between two looks at how a roll-out goes.
const ROLL: Duration = Duration::from_secs(1);
/// Between two looks whether the timestamp should be signed anew.
const FRESHEN: Duration = Duration::from_mins(5);

/// What the platform needs to have kiosks.
pub struct Fleet {
    authority: Authority,
    online: SigningKey,
    /// How kiosks call this platform.
    url: String,
    clock: Clock,
    /// How often there was something to ask for; nothing once the platform stops.
    news: watch::Sender<Option<u64>>,
}

impl Fleet {
    /// Opens the directory of `tls`, or makes what is missing in it.
    pub fn open(tls: &Tls, clock: Clock) -> Result<Self, AuthorityError> {
        let authority = Authority::open(&tls.directory, clock.now())?;
        let online = publishing::online_key(&tls.directory)
            .map_err(|error| AuthorityError::File { path: tls.directory.clone(), error })?;
        Ok(Self { authority, online, url: tls.url.clone(), clock, news: watch::Sender::new(None) })
    }

    /// The authority.
    #[must_use]
    pub fn authority(&self) -> &Authority {
        &self.authority
    }
}

/// The fleet, where there has to be one.
fn required(app: &App) -> Result<&Arc<Fleet>, Problem> {
    app.fleet().ok_or_else(problems::no_fleet)
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(est::cacerts))
        .routes(routes!(est::simple_enroll))
        .routes(routes!(est::simple_reenroll))
        .routes(routes!(gate::wiped))
        .routes(routes!(auditing::standing, auditing::told))
        .routes(routes!(desired::desired))
        .routes(routes!(desired::hints))
        .routes(routes!(desired::reported))
        .routes(routes!(heartbeat::heartbeat))
        .routes(routes!(desired::schema))
        .routes(routes!(desired::bundle))
        .routes(routes!(desired::trust))
        .routes(routes!(desired::document))
        .routes(routes!(content::content))
}

/// Answers kiosks on `listener`, over TLS, until `stop` is ready.
pub async fn serve(
    listener: TcpListener,
    tls: &Tls,
    platform: &Platform,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let fleet = platform.app.fleet().ok_or_else(|| std::io::Error::other("a platform without a fleet"))?;
    let config = tls::config(fleet.clone(), &tls.host()).map_err(std::io::Error::other)?;
    let listener = tls::TlsListener::new(listener, config)?;
    let stopping = fleet.clone();
    let stop = async move {
        stop.await;
        // Ends the streams, which would end by themselves never.
        stopping.news.send_replace(None);
    };
    let service = platform.router().into_make_service_with_connect_info::<Peer>();
    let _background = Background::start(platform.app.clone(), fleet.clone());
    crate::until(platform, stop, |stop| {
        axum::serve(listener, service).with_graceful_shutdown(stop).into_future()
    })
    .await
}

/// Ends with the service.
struct Background(tokio::task::JoinHandle<()>);

impl Background {
    fn start(app: Arc<App>, fleet: Arc<Fleet>) -> Self {
        Self(tokio::spawn(async move {
            tokio::join!(look(&app, &fleet), roll(&app, &fleet), freshen(&app, &fleet));
        }))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn look(app: &App, fleet: &Fleet) {
    loop {
        match app.store.read(configuring::hints).await {
            Ok(number) => {
                fleet.news.send_if_modified(|told| told.replace(number) != Some(number));
            }
            Err(error) => tracing::error!(%error, "fleet.news-unreadable"),
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn roll(app: &App, fleet: &Arc<Fleet>) {
    loop {
        roll_once(app, fleet.clone()).await;
        tokio::time::sleep(ROLL).await;
    }
}

async fn roll_once(app: &App, fleet: Arc<Fleet>) {
    let now = app.clock.now();
    match app.store.read(move |view| rollout::is_due(view, now)).await {
        Ok(false) => return,
        Ok(true) => {}
        Err(error) => return tracing::error!(%error, "fleet.rollout-unreadable"),
    }
    let advanced = app.store.write(move |transaction| rollout::advance(transaction, &fleet.online, now));
    if let Err(error) = advanced.await {
        tracing::error!(%error, "fleet.rollout-stuck");
    }
}

/// Takes the next step of a roll-out, if there is one to take. [`serve`] does so by itself every second.
pub async fn roll_now(platform: &Platform) {
    if let Some(fleet) = platform.app.fleet() {
        roll_once(&platform.app, fleet.clone()).await;
    }
}

async fn freshen(app: &App, fleet: &Arc<Fleet>) {
    loop {
        freshen_once(app, fleet.clone()).await;
        tokio::time::sleep(FRESHEN).await;
    }
}

async fn freshen_once(app: &App, fleet: Arc<Fleet>) {
    let now = app.clock.now();
    match app.store.write(move |transaction| publishing::freshen(transaction, &fleet.online, now)).await {
        Ok(Ok(false)) => {}
        Ok(Ok(true)) => tracing::info!("fleet.timestamp-signed"),
        Ok(Err(error)) => tracing::error!(%error, "fleet.timestamp-not-signed"),
        Err(error) => tracing::error!(%error, "fleet.timestamp-not-signed"),
    }
}

/// Signs the timestamp anew, if it is time. [`serve`] does so by itself every few minutes.
pub async fn freshen_now(platform: &Platform) {
    if let Some(fleet) = platform.app.fleet() {
        freshen_once(&platform.app, fleet.clone()).await;
    }
}
