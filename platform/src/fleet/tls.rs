//! The listener that kiosks call: TLS 1.3, with a certificate of the kiosk where it has one.

use std::{
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use enrolment::{
    Certificate,
    renewal::{self, Standing},
};
use jiff::Timestamp;
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore, ServerConfig,
    SignatureScheme,
    client::danger::HandshakeSignatureValid,
    crypto::ring,
    pki_types::{CertificateDer, PrivatePkcs8KeyDer, UnixTime},
    server::{
        ClientHello, ResolvesServerCert, WebPkiClientVerifier,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
    sign::CertifiedKey,
    time_provider::TimeProvider,
    version::TLS13,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::{AuthorityError, Fleet};
use crate::clock::Clock;

/// How long a caller may take until TLS stands.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Callers that may be about it at once. A thousand kiosks that come back together wait for each other.
const HANDSHAKES: usize = 256;

/// Who is on the other end.
#[derive(Clone)]
pub(crate) struct Peer {
    /// Where it calls from.
    pub(crate) address: SocketAddr,
    /// What it proved to be; of a machine that is no kiosk yet there is none.
    pub(super) certificate: Option<Arc<Certificate>>,
}

impl Peer {
    /// The kiosk that its certificate names.
    pub(crate) fn kiosk(&self) -> Option<&str> {
        self.certificate.as_ref()?.common_name()
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        let address = *stream.remote_addr();
        let (_, tls) = stream.io().get_ref();
        let first = tls.peer_certificates().and_then(<[_]>::first);
        let certificate = first.and_then(|der| Certificate::from_der(der).ok()).map(Arc::new);
        Self { address, certificate }
    }
}

/// Hands on connections once TLS stands, so that one slow caller keeps nobody waiting.
pub(super) struct TlsListener {
    address: SocketAddr,
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
}

impl TlsListener {
    pub(super) fn new(listener: TcpListener, config: ServerConfig) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let (ready, taken) = mpsc::channel(HANDSHAKES);
        tokio::spawn(accept(listener, TlsAcceptor::from(Arc::new(config)), ready));
        Ok(Self { address, ready: taken })
    }
}

type Ready = mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>;

async fn accept(mut listener: TcpListener, acceptor: TlsAcceptor, ready: Ready) {
    let places = Arc::new(Semaphore::new(HANDSHAKES));
    while let Ok(place) = places.clone().acquire_owned().await {
        let (tcp, address) = tokio::select! {
            caller = Listener::accept(&mut listener) => caller,
            () = ready.closed() => return,
        };
        let (acceptor, ready) = (acceptor.clone(), ready.clone());
        tokio::spawn(async move {
            let _place = place;
            let _ = tcp.set_nodelay(true);
            match tokio::time::timeout(HANDSHAKE, acceptor.accept(tcp)).await {
                Ok(Ok(stream)) => drop(ready.send((stream, address)).await),
                Ok(Err(error)) => tracing::info!(%error, "tls.refused"),
                Err(_) => tracing::info!("tls.too-slow"),
            }
        });
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        match self.ready.recv().await {
            Some(caller) => caller,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// TLS as the fleet speaks it, for a platform that is called `host`.
pub(super) fn config(fleet: Arc<Fleet>, host: &str) -> Result<ServerConfig, AuthorityError> {
    let provider = Arc::new(ring::default_provider());
    let wrong = |_| rcgen::Error::CouldNotParseCertificate;
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from(fleet.authority.root().der().to_vec()))
        .map_err(|error| wrong(error.to_string()))?;
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .allow_unauthenticated()
        .build()
        .map_err(|error| wrong(error.to_string()))?;
    let own = Own { fleet: fleet.clone(), host: host.to_owned(), now: Mutex::default() };
    own.renewed()?;
    let time = Arc::new(Time(fleet.clock.clone()));
    let builder = ServerConfig::builder_with_details(provider, time).with_protocol_versions(&[&TLS13]);
    let builder = builder.map_err(|error| wrong(error.to_string()))?;
    Ok(builder.with_client_cert_verifier(Arc::new(Lenient(verifier))).with_cert_resolver(Arc::new(own)))
}

struct Time(Clock);

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Time")
    }
}

impl TimeProvider for Time {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().as_second()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

/// The platform's own certificate, made anew when it is due.
struct Own {
    fleet: Arc<Fleet>,
    host: String,
    now: Mutex<Option<(Certificate, Arc<CertifiedKey>)>>,
}

impl Own {
    fn renewed(&self) -> Result<Arc<CertifiedKey>, AuthorityError> {
        let now = self.fleet.clock.now();
        let mut kept = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((certificate, key)) = &*kept
            && renewal::standing(certificate, now) == Standing::Fresh
        {
            return Ok(key.clone());
        }
        let (certificate, key) = self.fleet.authority.server(&self.host, now)?;
        let signing = ring::sign::any_supported_type(&PrivatePkcs8KeyDer::from(key.serialize_der()).into());
        let signing = signing.map_err(|_| rcgen::Error::CouldNotParseKeyPair)?;
        let made = Arc::new(CertifiedKey::new(vec![certificate.der().to_vec().into()], signing));
        *kept = Some((certificate, made.clone()));
        Ok(made)
    }
}

impl fmt::Debug for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Own").field("host", &self.host).finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Own {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.renewed().map_err(|error| tracing::error!(%error, "tls.no-certificate")).ok()
    }
}

/// Lets a certificate in that has expired not long ago: the gate lets it do nothing but renew.
#[derive(Debug)]
struct Lenient(Arc<dyn ClientCertVerifier>);

impl ClientCertVerifier for Lenient {
    fn offer_client_auth(&self) -> bool {
        self.0.offer_client_auth()
    }

    fn client_auth_mandatory(&self) -> bool {
        self.0.client_auth_mandatory()
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.0.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        match self.0.verify_client_cert(own, others, now) {
            Err(error) if is_expiry(&error) => {
                let last = in_grace(own, now).ok_or(error)?;
                self.0.verify_client_cert(own, others, last)
            }
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, own, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, own, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

fn is_expiry(error: &Error) -> bool {
    matches!(
        error,
        Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. })
    )
}

/// The last moment of a certificate that may still be renewed.
fn in_grace(der: &CertificateDer<'_>, now: UnixTime) -> Option<UnixTime> {
    let certificate = Certificate::from_der(der).ok()?;
    let now = Timestamp::from_second(i64::try_from(now.as_secs()).ok()?).ok()?;
    let end = u64::try_from(certificate.not_after().as_second()).ok()?;
    (renewal::standing(&certificate, now) == Standing::Expired)
        .then(|| UnixTime::since_unix_epoch(Duration::from_secs(end)))
}
