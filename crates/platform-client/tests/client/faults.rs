//! What a network, a proxy on the way and a platform in trouble do.

use std::time::{Duration, Instant};

use platform_client::{BadUrl, CallError, Client, Delivered};
use protocol::{CaseQuery, DeliveryKind, Problem};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::support::{Fake, Play, SHORT, TERMINAL, case, delivery, rating, say, say_json, say_problem};

const CANARIES: [&str; 3] = ["519999195201010013", "示例甲乙丙", "127.0.0.1"];

async fn send(play: Play) -> Result<Delivered, CallError> {
    Fake::always(play).await.client().send(&delivery(DeliveryKind::Case, b"sealed")).await
}

/// Every way to fail ends in the error that belongs to it, and none of them gives up the case.
async fn fails(play: Play, expected: CallError) {
    let found = send(play).await.unwrap_err();
    assert_eq!(found, expected);
    assert!(!found.is_permanent());
}

#[tokio::test]
async fn nobody_listens() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let client = Client::new(&format!("http://{port}"), TERMINAL, SHORT).unwrap();
    let found = client.send(&delivery(DeliveryKind::Case, b"sealed")).await;
    assert_eq!(found, Err(CallError::Unreachable));
}

#[tokio::test]
async fn it_hangs_up_without_a_word() {
    fails(Play::HangUp, CallError::Unreachable).await;
}

#[tokio::test]
async fn it_says_nothing() {
    let start = Instant::now();
    fails(Play::Silence, CallError::TimedOut).await;
    assert!(start.elapsed() < SHORT.total * 3, "{:?}", start.elapsed());
}

#[tokio::test]
async fn it_answers_a_byte_at_a_time() {
    let start = Instant::now();
    fails(Play::Drip, CallError::TimedOut).await;
    assert!(start.elapsed() < SHORT.total * 3, "the deadline is for the whole call: {:?}", start.elapsed());
}

#[tokio::test]
async fn half_an_answer() {
    let Play::Say(whole) = say_json(200, &case(Uuid::from_u128(1))) else { unreachable!() };
    fails(Play::Say(whole[..whole.len() / 2].to_vec()), CallError::Unreachable).await;
    fails(Play::Say(whole[..20].to_vec()), CallError::Unreachable).await;
}

#[tokio::test]
async fn something_that_is_not_http() {
    fails(Play::Say(b"220 mail.example ESMTP\r\n".to_vec()), CallError::Unreachable).await;
}

#[tokio::test]
async fn wrong_json() {
    let wrong = CallError::BadAnswer("not the JSON that was expected");
    for body in ["", "{", "[]", "null", r#"{"case_no": 7}"#, "<html>请登录</html>"] {
        fails(say(200, "", body.as_bytes()), wrong.clone()).await;
    }
    fails(say(200, "", &[0xff, 0xfe, 0x00]), wrong).await;
}

#[tokio::test]
async fn ten_megabytes() {
    let too_long = CallError::BadAnswer("longer than 1 MiB");
    fails(Play::Flood(10 << 20), too_long.clone()).await;
    fails(say(200, "", &vec![b' '; 10 << 20]), too_long.clone()).await;
    fails(say(422, "", &vec![b' '; 10 << 20]), too_long).await;
}

#[tokio::test]
async fn the_largest_answer_that_is_taken() {
    let mut body = serde_json::to_vec(&case(Uuid::from_u128(1))).unwrap();
    body.resize(1 << 20, b' ');
    assert!(send(say(200, "", &body)).await.is_ok());
    body.push(b' ');
    fails(say(200, "", &body), CallError::BadAnswer("longer than 1 MiB")).await;
}

#[tokio::test]
async fn it_breaks_down() {
    for status in [500, 502, 504] {
        fails(say(status, "", b"<html>oops</html>"), CallError::ServerError(status)).await;
    }
    let problem = Problem::new("internal", 500, "平台内部错误");
    fails(say_problem(&problem), CallError::ServerError(500)).await;
}

#[tokio::test]
async fn it_asks_to_come_back_later() {
    for status in [429, 503, 409] {
        let retry_after = Some(Duration::from_secs(17));
        fails(say(status, "Retry-After: 17\r\n", b""), CallError::Overloaded { retry_after }).await;
    }
    fails(say(503, "", b""), CallError::Overloaded { retry_after: None }).await;
}

#[tokio::test]
async fn a_portal_sends_the_kiosk_elsewhere() {
    let elsewhere = Fake::always(say_json(201, &case(Uuid::from_u128(1)))).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("Location: {}/api/v1/cases\r\n", elsewhere.url);
        fails(say(status, &location, b""), CallError::BadAnswer("a status that no call of ours has")).await;
    }
    assert!(elsewhere.requests().is_empty(), "it must not go there");
}

#[tokio::test]
async fn a_proxy_says_no() {
    for status in [400, 401, 403, 404, 407, 413] {
        fails(say(status, "", b"<html>no</html>"), CallError::ServerError(status)).await;
    }
}

#[tokio::test]
async fn the_platform_says_no() {
    let problem = Problem::new("idempotency-key-reused", 422, "Idempotency-Key 已用于另一个请求");
    let found = send(say_problem(&problem)).await.unwrap_err();
    assert!(found.is_permanent());
    assert_eq!(found, CallError::Refused(problem));
}

#[tokio::test]
async fn a_yes_to_another_case_is_no_yes_to_this_one() {
    let other = Uuid::from_u128(99);
    fails(say_json(201, &case(other)), CallError::BadAnswer("about another case")).await;
    let fake = Fake::always(say_json(201, &rating(other))).await;
    let found = fake.client().send(&delivery(DeliveryKind::Rating, b"{}")).await;
    assert_eq!(found, Err(CallError::BadAnswer("about another case")));
}

#[tokio::test]
async fn a_portals_page_does_not_swallow_a_rating() {
    let fake = Fake::always(say(200, "", b"<html>welcome</html>")).await;
    let found = fake.client().send(&delivery(DeliveryKind::Rating, b"{}")).await;
    assert_eq!(found, Err(CallError::BadAnswer("not the JSON that was expected")));
}

#[tokio::test]
async fn an_unasked_not_modified_is_no_registry() {
    let fake = Fake::always(say(304, "", b"")).await;
    let found = fake.client().registry(None).await;
    assert_eq!(found, Err(CallError::BadAnswer("a status that no call of ours has")));
}

#[tokio::test]
async fn a_platform_without_tls_behind_an_https_url() {
    let fake = Fake::always(Play::HangUp).await;
    let url = fake.url.replace("http://", "https://");
    let found = Client::new(&url, TERMINAL, SHORT).unwrap().registry(None).await;
    // A server of plain HTTP may hang up at once, or wait for the rest of what it takes for a request.
    assert!(matches!(found, Err(CallError::Unreachable | CallError::TimedOut)), "{found:?}");
}

#[tokio::test]
async fn no_error_repeats_what_was_sent_or_where() {
    let [id_number, name, _] = CANARIES;
    let mut echo = Problem::new("invalid-field", 422, name).detail(format!("{id_number} {name}"));
    echo.pointer = Some(format!("/{id_number}"));
    let html = format!("<html>{id_number} {name}</html>");
    let plays = [
        say_problem(&echo),
        say_problem(&Problem { kind: format!("{}{id_number} {name}", Problem::PREFIX), ..echo }),
        say(200, "", format!("{{\"cases\": \"{id_number}\"}}").as_bytes()),
        say(500, "", html.as_bytes()),
        say(200, "", html.as_bytes()),
        Play::HangUp,
        Play::Silence,
    ];
    for play in plays {
        let fake = Fake::always(play).await;
        let query = CaseQuery { id_number: id_number.to_owned() };
        let error = fake.client().cases_by_identity(&query).await.unwrap_err();
        let shown = format!("{error} {error:?} {error:#?}");
        assert!(CANARIES.iter().all(|canary| !shown.contains(canary)), "{shown}");
    }
}

#[test]
fn what_is_no_platform_url() {
    let refused = |url| Client::new(url, TERMINAL, SHORT).unwrap_err();
    assert_eq!(refused("platform"), BadUrl::NotAUrl);
    assert_eq!(refused("ftp://platform"), BadUrl::NotHttp);
    assert_eq!(refused("file:///platform"), BadUrl::NotHttp);
    assert!(Client::new("https://platform.example", TERMINAL, SHORT).is_ok());
}
