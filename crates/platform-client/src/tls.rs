//! TLS as a kiosk speaks it: 1.3, one root, its own certificate.

use std::{fmt, sync::Arc, time::Duration};

use enrolment::{Certificate, DeviceKey, Membership, renewal};
use jiff::Timestamp;
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime},
    time_provider::TimeProvider,
    version::TLS13,
};

/// What time it is.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A platform that ends at `root`, and nobody else; no certificate of one's own yet.
pub(crate) fn towards(root: &Certificate, now: &Now) -> Result<ClientConfig, Error> {
    let builder = ClientConfig::builder_with_details(provider(), time(root, now));
    Ok(builder.with_protocol_versions(&[&TLS13])?.with_root_certificates(roots(root)?).with_no_client_auth())
}

/// The same, as the kiosk of `membership`.
pub(crate) fn member(membership: &Membership, key: &DeviceKey, now: &Now) -> Result<ClientConfig, Error> {
    let builder = ClientConfig::builder_with_details(provider(), time(&membership.certificate, now));
    let builder = builder.with_protocol_versions(&[&TLS13])?.with_root_certificates(roots(&membership.root)?);
    let chain = vec![CertificateDer::from(membership.certificate.der().to_vec())];
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.pkcs8().to_vec()));
    builder.with_client_auth_cert(chain, key)
}

/// Anybody. Nothing may be said over it: it is for asking who is there, and what is answered is checked by its pin.
pub(crate) fn anybody() -> Result<ClientConfig, Error> {
    let provider = provider();
    let builder = ClientConfig::builder_with_provider(provider.clone()).with_protocol_versions(&[&TLS13])?;
    let verifier = Arc::new(Anybody(provider));
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn roots(root: &Certificate) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(root.der().to_vec()))?;
    Ok(roots)
}

fn time(not_before: &Certificate, now: &Now) -> Arc<Time> {
    Arc::new(Time { not_before: not_before.clone(), now: now.clone() })
}

/// A clock that has stopped is no reason to take no certificate any more.
struct Time {
    not_before: Certificate,
    now: Now,
}

impl TimeProvider for Time {
    fn current_time(&self) -> Option<UnixTime> {
        let now = renewal::at_least(&self.not_before, (self.now)());
        Some(UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(now.as_second()).ok()?)))
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Time")
    }
}

#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls12_signature(
            message,
            own,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(
            message,
            own,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
