//! Becoming a kiosk, and staying one.

use enrolment::{Certificate, DeviceKey, Invitation, Membership, Pin, est};
use protocol::Problem;
use reqwest::{RequestBuilder, Url, header};
use rustls::ClientConfig;

use crate::{BadUrl, CallError, Client, Deadlines, base_url, body, http, tls, tls::Now};

/// Why a machine is no kiosk yet.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// Somebody else answers, or the pin was mistyped. The code has not left the machine.
    #[error("found a platform with the pin {found}, expected {expected}: the code was not sent")]
    OtherPlatform {
        /// Of the invitation.
        expected: Pin,
        /// Of the root that was shown.
        found: String,
    },
    /// The code is wrong, spent or too old, or the platform does not take the key.
    #[error("the platform refuses: {} ({})", .0.title, .0.name())]
    Refused(Problem),
    /// No answer that can be used; trying again with the same code makes sense.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The URL, or TLS on this machine.
    #[error(transparent)]
    Url(#[from] BadUrl),
    /// The key does not make a request.
    #[error(transparent)]
    Key(#[from] enrolment::KeyError),
}

/// Makes the machine of `key` the kiosk that `invitation` is for. Keeps nothing: that is [`enrolment::Folder::join`].
///
/// Asked again with the same code and the same key, the platform gives the same answer, so a machine that was cut off
/// in between does not need another code.
pub async fn enrol(
    invitation: &Invitation,
    key: &DeviceKey,
    deadlines: Deadlines,
    now: &Now,
) -> Result<Membership, EnrolError> {
    let base = base_url(&invitation.url)?;
    let root = pinned_root(&base, invitation.pin, deadlines).await?;
    let config = tls::towards(&root, now).map_err(|_| CallError::BadAnswer("its root is no root"))?;
    let request = http(Some(config), deadlines)?.post(below(&base, est::SIMPLE_ENROLL));
    let request = request.basic_auth(&invitation.name, Some(&invitation.code));
    let certificate = certificate(request, key, deadlines).await?;
    if certificate.common_name() != Some(invitation.name.as_str()) {
        return Err(CallError::BadAnswer("a certificate of another name").into());
    }
    Ok(Membership { url: invitation.url.clone(), root, certificate })
}

/// The root with this pin. Whoever answers is not trusted yet, and learns nothing.
async fn pinned_root(base: &Url, pin: Pin, deadlines: Deadlines) -> Result<Certificate, EnrolError> {
    let anybody: ClientConfig = tls::anybody().map_err(|_| BadUrl::NoTls)?;
    let request = http(Some(anybody), deadlines)?.get(below(base, est::CACERTS));
    let answer = within(deadlines, async { body::accepted(request.send().await?).await }).await?;
    let shown = est::read_certificates(&answer).map_err(|_| CallError::BadAnswer("no certificates"))?;
    let found = shown.first().map_or_else(|| "none".to_owned(), |root| Pin::of(root).to_string());
    let root = shown.into_iter().find(|root| Pin::of(root) == pin);
    root.ok_or(EnrolError::OtherPlatform { expected: pin, found })
}

async fn certificate(
    request: RequestBuilder,
    key: &DeviceKey,
    deadlines: Deadlines,
) -> Result<Certificate, EnrolError> {
    let request =
        request.header(header::CONTENT_TYPE, est::REQUEST_TYPE).body(est::to_base64(&key.request()?));
    let answer = within(deadlines, async { body::accepted_or_told(request.send().await?).await }).await;
    let answer = answer.map_err(|error| match error {
        CallError::Refused(problem) => EnrolError::Refused(problem),
        other => other.into(),
    })?;
    let made = est::read_certificates(&answer).map_err(|_| CallError::BadAnswer("no certificate"))?;
    let own = made.into_iter().find(|made| made.raw_key() == key.public());
    Ok(own.ok_or(CallError::BadAnswer("a certificate for another key"))?)
}

async fn within<T>(
    deadlines: Deadlines,
    call: impl Future<Output = Result<T, CallError>>,
) -> Result<T, CallError> {
    tokio::time::timeout(deadlines.total, call).await.unwrap_or(Err(CallError::TimedOut))
}

fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(path);
    url
}

impl Client {
    /// The next certificate of this kiosk, for the key that it has.
    pub async fn renew(&self, key: &DeviceKey) -> Result<Certificate, EnrolError> {
        let request = self.http().post(below(&self.base, est::SIMPLE_REENROLL));
        let answer = certificate(request, key, self.deadlines).await;
        if let Err(EnrolError::Call(CallError::Revoked)) = &answer {
            self.hear_of_revocation();
        }
        answer
    }
}
