//! Machines become kiosks, stay kiosks, and end: over real TLS, with the client that kiosks use.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use enrolment::{DeviceKey, Invitation, Membership, est};
use jiff::{SignedDuration, Timestamp};
use platform::{
    fleet::{Fleet, Tls},
    limits::Rate,
};
use platform_client::{CallError, Client, Deadlines, EnrolError, Now, enrol};
use tokio::{net::TcpListener, sync::oneshot};

use crate::{
    database,
    fixture::{NOW, TestPlatform},
};

/// A platform that kiosks can call.
pub(crate) struct Called {
    pub(crate) here: TestPlatform,
    pub(crate) url: String,
    config: std::path::PathBuf,
    _stop: oneshot::Sender<()>,
}

impl Called {
    pub(crate) async fn new() -> Self {
        Self::with(TestPlatform::new().await).await
    }

    pub(crate) async fn with(here: TestPlatform) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tls, config) = configured(&here, address);
        let now = here.now.clone();
        let fleet = Fleet::open(&tls, platform::Clock::new(move || *now.lock().unwrap())).unwrap();
        let here = TestPlatform { platform: here.platform.with_fleet(fleet), ..here };
        let (stop, stopped) = oneshot::channel::<()>();
        let platform = here.platform.clone();
        tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            platform::fleet::serve(listener, &tls, &platform, stopped).await.unwrap();
        });
        Self { here, url: format!("https://{address}/"), config, _stop: stop }
    }

    pub(crate) fn clock(&self) -> Now {
        let now = self.here.now.clone();
        Arc::new(move || *now.lock().unwrap())
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        *self.here.now.lock().unwrap() += time;
    }

    /// What the platform does every few minutes.
    pub(crate) async fn freshen(&self) {
        platform::fleet::freshen_now(&self.here.platform).await;
    }

    /// What an operator types at the platform's machine.
    pub(crate) async fn operator(&self, words: &str) -> Result<String, String> {
        let words: Vec<&str> = words.split_whitespace().collect();
        let config = self.config.to_str().unwrap();
        let words: Vec<&str> = words.into_iter().chain(["--config", config]).collect();
        let command = platform::fleet::command::parse(&words).unwrap()?;
        let now = *self.here.now.lock().unwrap();
        platform::fleet::command::run(command, now).await.map_err(|error| error.to_string())
    }

    pub(crate) async fn invite(&self, name: &str) -> Invitation {
        let card = self.operator(&format!("enrol --kiosk {name}")).await.unwrap();
        let (_, whole) = card.split_once("or in one: ").unwrap();
        whole.lines().next().unwrap().parse().unwrap()
    }

    pub(crate) async fn enrol(
        &self,
        invitation: &Invitation,
        key: &DeviceKey,
    ) -> Result<Membership, EnrolError> {
        enrol(invitation, key, patient(), &self.clock()).await
    }

    pub(crate) fn client(&self, membership: &Membership, key: &DeviceKey) -> Client {
        Client::member(membership, key, patient(), &self.clock()).unwrap()
    }

    pub(crate) async fn kiosk(&self, name: &str) -> (Membership, DeviceKey) {
        let key = DeviceKey::generate().unwrap();
        (self.enrol(&self.invite(name).await, &key).await.unwrap(), key)
    }
}

fn configured(here: &TestPlatform, address: SocketAddr) -> (Tls, std::path::PathBuf) {
    let directory = here.directory.path();
    let text = format!(
        "listen = \"127.0.0.1:0\"\n[database]\nurl = \"{}\"\n[tls]\nlisten = \"{address}\"\n\
         url = \"https://{address}/\"\ndirectory = \"{}\"\n",
        database::url(directory),
        directory.join("authority").display()
    );
    let path = directory.join("platform.toml");
    std::fs::write(&path, &text).unwrap();
    (kiosk_config::load::<platform::config::Config>(&path).unwrap().tls.unwrap(), path)
}

fn patient() -> Deadlines {
    Deadlines { connect: Duration::from_secs(10), total: Duration::from_secs(20) }
}

fn refused(outcome: Result<Membership, EnrolError>) -> String {
    match outcome.unwrap_err() {
        EnrolError::Refused(problem) => problem.name().to_owned(),
        other => panic!("{other}"),
    }
}

fn day(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

#[tokio::test]
async fn a_machine_becomes_a_kiosk_and_is_let_in_with_its_certificate_alone() {
    let platform = Called::new().await;
    let (membership, key) = platform.kiosk("LZ-0001").await;
    assert_eq!(membership.name(), "LZ-0001");
    let life = membership.certificate.not_after().duration_since(membership.certificate.not_before());
    assert_eq!(life, day(90));
    let client = platform.client(&membership, &key);
    assert!(client.registry(None).await.is_ok());
    assert!(client.desired(None).await.unwrap().is_none());
    assert_eq!(nobody(&platform.url).await, (401, 200), "without a certificate");
    let list = platform.operator("fleet").await.unwrap();
    assert!(list.contains("LZ-0001") && list.contains("enrolled"), "{list}");
}

/// A caller without a certificate, who does not ask for one either.
fn anybody() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().tls_danger_accept_invalid_certs(true).no_proxy().build().unwrap()
}

#[tokio::test]
async fn whoever_asks_too_often_over_tls_is_told_when_to_come_again() {
    let mut here = TestPlatform::new().await;
    let number = |number| std::num::NonZeroU32::new(number).unwrap();
    let rate = Rate { per_second: number(1), burst: number(2) };
    here.platform = here.platform.with_rate(rate, Vec::new());
    let platform = Called::with(here).await;
    let (anybody, url) = (anybody(), format!("{}api/v1/registry", platform.url));
    assert_eq!(anybody.get(&url).send().await.unwrap().status(), 401, "the gate's own answer");
    // However slow this machine is, some of so many come within a second of each other.
    for _ in 0..100 {
        let answer = anybody.get(&url).send().await.unwrap();
        if answer.status() == 429 {
            assert_eq!(answer.headers()["retry-after"], "1");
            return;
        }
        assert_eq!(answer.status(), 401);
    }
    panic!("nobody was told to wait");
}

#[tokio::test]
async fn a_kiosk_that_asks_too_often_waits_and_its_neighbour_behind_the_same_address_does_not() {
    let mut here = TestPlatform::new().await;
    let number = |number| std::num::NonZeroU32::new(number).unwrap();
    here.platform = here.platform.with_rate(Rate { per_second: number(1), burst: number(8) }, Vec::new());
    let platform = Called::with(here).await;
    let (first, first_key) = platform.kiosk("LZ-0001").await;
    let (second, second_key) = platform.kiosk("LZ-0002").await;
    let hasty = platform.client(&first, &first_key);
    let mut asked = 0;
    while !matches!(hasty.registry(None).await, Err(CallError::Overloaded { .. })) {
        asked += 1;
        assert!(asked < 100, "nobody was told to wait");
    }
    assert!(platform.client(&second, &second_key).registry(None).await.is_ok());
}

/// What becomes of the registry and of the root itself for a caller without a certificate.
async fn nobody(url: &str) -> (u16, u16) {
    let anybody = anybody();
    let status =
        async |path: &str| anybody.get(format!("{url}{path}")).send().await.unwrap().status().as_u16();
    (status("api/v1/registry").await, status(est::CACERTS.trim_start_matches('/')).await)
}

#[tokio::test]
async fn a_wrong_authority_never_gets_the_code() {
    let (platform, other) = (Called::new().await, Called::new().await);
    let invitation = platform.invite("LZ-0001").await;
    let elsewhere = Invitation { url: other.url.clone(), ..invitation.clone() };
    let key = DeviceKey::generate().unwrap();
    assert!(matches!(other.enrol(&elsewhere, &key).await, Err(EnrolError::OtherPlatform { .. })));
    assert!(platform.enrol(&invitation, &key).await.is_ok(), "the code was not spent, and not tried");
}

#[tokio::test]
async fn a_code_works_once_and_the_same_machine_may_ask_again() {
    let platform = Called::new().await;
    let invitation = platform.invite("LZ-0001").await;
    let key = DeviceKey::generate().unwrap();
    let first = platform.enrol(&invitation, &key).await.unwrap();
    assert_eq!(platform.enrol(&invitation, &key).await.unwrap(), first, "the answer was lost on the way");
    let other = DeviceKey::generate().unwrap();
    assert_eq!(refused(platform.enrol(&invitation, &other).await), "enrolment-code-spent");
}

#[tokio::test]
async fn a_code_is_good_for_fifteen_minutes() {
    let platform = Called::new().await;
    let invitation = platform.invite("LZ-0001").await;
    let key = DeviceKey::generate().unwrap();
    platform.pass(SignedDuration::from_mins(15));
    assert_eq!(refused(platform.enrol(&invitation, &key).await), "enrolment-code-expired");
    let again = platform.invite("LZ-0001").await;
    platform.pass(SignedDuration::from_mins(14));
    assert!(platform.enrol(&again, &key).await.is_ok());
}

#[tokio::test]
async fn after_five_guesses_the_right_code_does_not_work_either() {
    let platform = Called::new().await;
    let invitation = platform.invite("LZ-0001").await;
    let key = DeviceKey::generate().unwrap();
    let guess = |_| Invitation { code: enrolment::Code::generate().unwrap(), ..invitation.clone() };
    for guess in (0..4).map(guess) {
        assert_eq!(refused(platform.enrol(&guess, &key).await), "enrolment-code-wrong");
    }
    assert!(platform.enrol(&invitation, &key).await.is_ok(), "four are allowed");
    let invitation = platform.invite("LZ-0002").await;
    for guess in
        (0..5).map(|_| Invitation { code: enrolment::Code::generate().unwrap(), ..invitation.clone() })
    {
        assert_eq!(refused(platform.enrol(&guess, &key).await), "enrolment-code-wrong");
    }
    assert_eq!(refused(platform.enrol(&invitation, &key).await), "enrolment-code-wrong");
    let stranger = Invitation { name: "LZ-9999".parse().unwrap(), ..invitation };
    assert_eq!(refused(platform.enrol(&stranger, &key).await), "enrolment-code-wrong", "who was not invited");
}

#[tokio::test]
async fn a_certificate_that_expired_while_the_kiosk_was_away_renews_and_does_nothing_else() {
    let platform = Called::new().await;
    let (membership, key) = platform.kiosk("LZ-0001").await;
    platform.pass(day(100));
    let client = platform.client(&membership, &key);
    assert_eq!(client.registry(None).await, Err(CallError::ServerError(403)));
    let certificate = client.renew(&key).await.unwrap();
    let renewed = Membership { certificate, ..membership };
    client.renewed(&renewed, &key, &platform.clock()).unwrap();
    assert!(client.registry(None).await.is_ok());
}

#[tokio::test]
async fn a_certificate_that_lapsed_long_ago_is_not_let_in() {
    let platform = Called::new().await;
    let (membership, key) = platform.kiosk("LZ-0001").await;
    platform.pass(day(121));
    assert!(matches!(platform.client(&membership, &key).renew(&key).await, Err(EnrolError::Call(_))));
}

#[tokio::test]
async fn a_renewal_is_for_the_same_key() {
    let platform = Called::new().await;
    let (membership, key) = platform.kiosk("LZ-0001").await;
    let client = platform.client(&membership, &key);
    let other = DeviceKey::generate().unwrap();
    let outcome = client.renew(&other).await;
    assert!(
        matches!(&outcome, Err(EnrolError::Refused(problem)) if problem.name() == "certificate-request-other-key"),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_revoked_kiosk_hears_of_it_with_any_call_and_tells_what_is_left() {
    let platform = Called::new().await;
    let (membership, key) = platform.kiosk("LZ-0001").await;
    let client = platform.client(&membership, &key);
    assert_eq!(client.wiped(3).await, Err(CallError::Refused(not_revoked())), "not yet");
    assert!(client.registry(None).await.is_ok());
    platform.operator("revoke --kiosk LZ-0001").await.unwrap();
    assert_eq!(client.registry(None).await, Err(CallError::Revoked));
    tokio::time::timeout(Duration::from_secs(1), client.revoked()).await.unwrap();
    assert!(matches!(
        client.renew(&key).await,
        Err(EnrolError::Refused(_) | EnrolError::Call(CallError::Revoked))
    ));
    client.wiped(3).await.unwrap();
    let list = platform.operator("fleet").await.unwrap();
    assert!(list.contains("3 sealed calls"), "{list}");
    assert!(platform.operator("revoke --kiosk LZ-7777").await.unwrap_err().contains("LZ-7777"));
}

fn not_revoked() -> protocol::Problem {
    protocol::Problem::new("kiosk-not-revoked", 409, "这台终端没有注销")
        .detail("只有注销的终端才报告清除结果")
}

#[tokio::test]
async fn another_machine_under_the_name_takes_the_place_of_the_first() {
    let platform = Called::new().await;
    let (first, first_key) = platform.kiosk("LZ-0001").await;
    let (second, second_key) = platform.kiosk("LZ-0001").await;
    assert_eq!(platform.client(&first, &first_key).registry(None).await, Err(CallError::Revoked));
    assert!(platform.client(&second, &second_key).registry(None).await.is_ok());
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_not_let_in() {
    let (platform, other) = (Called::new().await, Called::new().await);
    let (here, _) = platform.kiosk("LZ-0001").await;
    let (there, key) = other.kiosk("LZ-0001").await;
    let stranger = Membership { url: here.url, root: here.root, certificate: there.certificate };
    assert_eq!(platform.client(&stranger, &key).registry(None).await, Err(CallError::Unreachable));
}

#[tokio::test]
async fn a_kiosk_takes_no_platform_but_its_own() {
    let (platform, other) = (Called::new().await, Called::new().await);
    let (membership, key) = platform.kiosk("LZ-0001").await;
    let hijacked = Membership { url: other.url.clone(), ..membership };
    let client = platform.client(&hijacked, &key);
    assert_eq!(client.registry(None).await, Err(CallError::Unreachable));
}

#[tokio::test]
async fn over_plain_http_nobody_is_a_kiosk() {
    let platform = Called::new().await;
    for path in ["/api/v1/fleet/desired", "/api/v1/fleet/hints", "/api/v1/fleet/trust/timestamp.json"] {
        platform.here.get(path).await.problem(401, "client-certificate-missing");
    }
    assert_eq!(platform.here.get("/api/v1/registry").await.status, 200, "residents and staff");
    let schema = platform.here.get("/api/v1/fleet/settings-schema").await;
    assert_eq!(schema.body, settings::SCHEMA);
    let plain = TestPlatform::new().await;
    plain.get(est::CACERTS).await.problem(404, "fleet-not-configured");
    assert!(NOW.parse::<Timestamp>().is_ok());
}
