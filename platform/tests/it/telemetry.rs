//! Traces for a collector: what is in them, and what must not be.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest, common::v1::any_value, trace::v1::Span,
};
use prost::Message as _;
use rustix::process::Signal;
use uuid::Uuid;

use crate::process::{Program, ask, today};

/// A collector of a few lines: it keeps what it got.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Vec<u8>>>>);

impl Collector {
    fn start() -> (Self, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, collector) = (listener.local_addr().unwrap(), Self::default());
        let kept = collector.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = kept.clone();
                thread::spawn(move || kept.talk(stream));
            }
        });
        (collector, address)
    }

    fn talk(&self, mut stream: TcpStream) {
        let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
        while let Ok(read @ 1..) = stream.read(&mut chunk) {
            bytes.extend_from_slice(&chunk[..read]);
            let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap();
            let whole = end + 4 + length.trim().parse::<usize>().unwrap();
            if bytes.len() >= whole {
                self.0.lock().unwrap().push(bytes.drain(..whole).skip(end + 4).collect());
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
            }
        }
    }

    fn spans(&self) -> Vec<Span> {
        let kept = self.0.lock().unwrap();
        let messages = kept.iter().map(|body| ExportTraceServiceRequest::decode(body.as_slice()).unwrap());
        let resources = messages.flat_map(|message| message.resource_spans);
        resources.flat_map(|resource| resource.scope_spans).flat_map(|scope| scope.spans).collect()
    }

    fn waits_for(&self, name: &str) -> Span {
        let begun = Instant::now();
        loop {
            if let Some(span) = self.spans().into_iter().find(|span| span.name == name) {
                return span;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "no {name}: {:?}", self.spans());
            thread::sleep(Duration::from_millis(100));
        }
    }
}

fn number(span: &Span, key: &str) -> i64 {
    let found = span.attributes.iter().find(|attribute| attribute.key == key);
    match found.unwrap().value.as_ref().unwrap().value {
        Some(any_value::Value::IntValue(number)) => number,
        _ => panic!("{key}"),
    }
}

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

#[test]
fn a_filing_is_a_trace_and_nothing_of_the_person_is_in_it() {
    let (collector, address) = Collector::start();
    let directory = tempfile::tempdir().unwrap();
    let more = format!("[telemetry]\notlp = \"http://{address}\"\n[metrics]\nlisten = \"127.0.0.1:0\"\n");
    let program = Program::start_with(directory.path(), "error", &more);
    let (key, submission) = (Uuid::new_v4(), today());
    let head = format!(
        "POST /api/v1/cases HTTP/1.1\r\nidempotency-key: {key}\r\ncontent-type: application/json\r\n\
         traceparent: 00-{TRACE}-b7ad6b7169203331-01"
    );
    let (status, answer) = ask(program.address, &head, &submission.to_string()).unwrap();
    assert_eq!(status, 201, "{answer}");
    let case: serde_json::Value = serde_json::from_str(&answer).unwrap();
    let case_no = case["case_no"].as_str().unwrap();
    let looked = format!("GET /api/v1/cases/{case_no}?示例=519999 HTTP/1.1");
    assert_eq!(ask(program.address, &looked, "").unwrap().0, 200);

    let filed = collector.waits_for("POST /api/v1/cases");
    assert_eq!(number(&filed, "http.response.status_code"), 201);
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!((hex(&filed.trace_id), hex(&filed.parent_span_id)), (TRACE.into(), "b7ad6b7169203331".into()));
    let written = collector.waits_for("store.write");
    assert_eq!(written.parent_span_id, filed.span_id, "its part");
    assert_eq!(number(&collector.waits_for("GET /api/v1/cases/{case_no}"), "http.response.status_code"), 200);

    // Whatever was sent or answered: the number, the name, the fields, the codes, the keys.
    let mut canaries = vec![key.to_string(), case_no.to_owned(), "519999".to_owned()];
    let mut values = vec![submission.clone(), case.clone()];
    while let Some(value) = values.pop() {
        match value {
            serde_json::Value::Object(map) => values.extend(map.into_iter().map(|(_, value)| value)),
            serde_json::Value::Array(list) => values.extend(list),
            // The channel, and a part of our own name.
            serde_json::Value::String(text) if text == "kiosk" => {}
            serde_json::Value::String(text) if text.chars().count() > 3 => canaries.push(text),
            _ => {}
        }
    }
    assert!(canaries.len() > 12, "{canaries:?}");
    let sent = collector.0.lock().unwrap().concat();
    for canary in &canaries {
        let hits = sent.windows(canary.len()).filter(|bytes| *bytes == canary.as_bytes()).count();
        assert_eq!(hits, 0, "{canary} is in what the collector got");
    }
    let told = ask(program.numbers.unwrap(), "GET /metrics HTTP/1.1", "").unwrap().1;
    assert!(told.contains("platform_telemetry_spans{outcome=\"dropped\"} 0"), "{told}");
}

#[test]
fn a_collector_that_is_gone_or_silent_slows_nobody_down() {
    // One that takes connections and never says a word, and one that is not there.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for address in [silent.local_addr().unwrap(), gone] {
        let directory = tempfile::tempdir().unwrap();
        let more = format!(
            "[telemetry]\notlp = \"http://{address}\"\n[metrics]\nlisten = \"127.0.0.1:0\"\n\
             [limits]\nper_second = 100000\nburst = 100000\n"
        );
        let program = Program::start_with(directory.path(), "error", &more);
        let mut slowest = Duration::ZERO;
        for _ in 0..300 {
            let begun = Instant::now();
            assert_eq!(ask(program.address, "GET /readyz HTTP/1.1", "").unwrap().0, 200);
            slowest = slowest.max(begun.elapsed());
        }
        assert!(slowest < Duration::from_secs(2), "{slowest:?}");
        program.signal(Signal::TERM);
        assert!(program.ended_well());
    }
    let directory = tempfile::tempdir().unwrap();
    let config = crate::process::configure(directory.path(), "[telemetry]\notlp = \"collector:4318\"\n");
    let refused =
        std::process::Command::new(env!("CARGO_BIN_EXE_platform")).arg("--config").arg(config).output();
    let told = String::from_utf8(refused.unwrap().stderr).unwrap();
    assert!(told.contains("telemetry.otlp") && told.contains("http://127.0.0.1:4318"), "{told}");
}
