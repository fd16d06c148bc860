//! With a collector that takes what is sent, one that never answers, and none. One program has one collector, so this is one
//! test after another.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use kiosk_telemetry::{Side, Span};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    trace::v1::{Span as Sent, span::SpanKind},
};
use prost::Message as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

type Received = Arc<Mutex<Vec<ExportTraceServiceRequest>>>;

/// Reads requests and answers them, as long as it `answers`.
async fn talk(mut stream: TcpStream, received: Received, answers: Arc<Mutex<bool>>) {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut chunk).await.unwrap_or(0);
        if read == 0 {
            return;
        }
        bytes.extend_from_slice(&chunk[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        assert!(head.starts_with("post /v1/traces "), "{head}");
        let length = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap();
        let whole = end + 4 + length.trim().parse::<usize>().unwrap();
        if bytes.len() < whole {
            continue;
        }
        if !*answers.lock().unwrap() {
            // It has taken the bytes and says nothing, for ever.
            std::future::pending::<()>().await;
        }
        received.lock().unwrap().push(ExportTraceServiceRequest::decode(&bytes[end + 4..whole]).unwrap());
        bytes.drain(..whole);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    }
}

fn spans(received: &Received) -> Vec<Sent> {
    let received = received.lock().unwrap();
    let resources = received.iter().flat_map(|message| &message.resource_spans);
    resources.flat_map(|resource| &resource.scope_spans).flat_map(|scope| scope.spans.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_arrive_and_a_collector_that_does_not_answer_holds_nobody_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (received, answers) = (Received::default(), Arc::new(Mutex::new(true)));
    let (taking, answering) = (received.clone(), answers.clone());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, taking.clone(), answering.clone()));
        }
    });
    assert!(kiosk_telemetry::start("ftp://collector", "test", "示例").is_err());
    let counts = kiosk_telemetry::start(&url, "test", "LZ-0001").unwrap();

    // A call to another program, and its answer there.
    let call = Span::begin("call", Side::Client);
    let header = call
        .within(async {
            let inner = Span::begin("inner", Side::Inner);
            inner.number("tries", 2);
            inner.failed("timed-out");
            call.traceparent()
        })
        .await;
    let answer = Span::answer("answer", header.as_deref());
    answer.route("POST", "/api/v1/cases/{case_no}");
    drop((call, answer));
    let begun = Instant::now();
    while spans(&received).len() < 3 {
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", spans(&received));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let all = spans(&received);
    let named = |name: &str| all.iter().find(|span| span.name == name).unwrap().clone();
    let (call, inner, answer) = (named("call"), named("inner"), named("POST /api/v1/cases/{case_no}"));
    assert!(all.iter().all(|span| span.trace_id == call.trace_id), "one trace");
    assert!(inner.parent_span_id == call.span_id && answer.parent_span_id == call.span_id);
    assert_eq!((call.kind, answer.kind), (SpanKind::Client as i32, SpanKind::Server as i32));
    assert_eq!(inner.status.unwrap().message, "timed-out");
    let keys: Vec<_> = inner.attributes.iter().map(|attribute| attribute.key.as_str()).collect();
    assert_eq!(keys, ["tries", "error.type"]);
    assert_eq!((counts.exported(), counts.dropped()), (3, 0));

    // Twice as many as the queue holds, while the collector says nothing: nobody waits, and what is lost is counted.
    *answers.lock().unwrap() = false;
    let begun = Instant::now();
    for _ in 0..10_000 {
        drop(Span::begin("flood", Side::Inner));
    }
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert!(counts.dropped() > 4_000, "{}", counts.dropped());
    assert_eq!(counts.exported(), 3);
    // Once it answers again it gets what is left.
    *answers.lock().unwrap() = true;
    let begun = Instant::now();
    while counts.exported() == 3 {
        assert!(begun.elapsed() < Duration::from_mins(1), "it never goes on");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
