//! Traces for a collector (OpenTelemetry over HTTP), where one is configured; without one, nothing is done at all.
//!
//! - **Nothing of a request can be in a span, by its types**: names, keys and words are text of the program, values are
//!   numbers. The one exception is the template of a route, [`Span::route`]. What is logged is not exported.
//! - **A collector that is gone or slow holds nobody up**: a span that has ended goes into a bounded queue without
//!   waiting, and what does not fit is counted and forgotten.
//! - A trace goes on at the other side of a call by the header `traceparent` (W3C Trace Context).

mod export;
mod queue;

use std::{borrow::Cow, sync::OnceLock};

use opentelemetry::{
    Context, KeyValue,
    context::FutureExt as _,
    trace::{
        SpanContext, SpanId, SpanKind, Status, TraceContextExt as _, TraceFlags, TraceId, TraceState,
        Tracer as _,
    },
};
use opentelemetry_sdk::trace::SdkTracer;

pub use export::{StartError, is_address, start};
pub use queue::Counts;

/// The header by which a trace goes on.
pub const TRACEPARENT: &str = "traceparent";

/// The tracer of this program, once there is a collector.
static TRACER: OnceLock<SdkTracer> = OnceLock::new();

/// What side of a call a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It asks somebody else.
    Client,
    /// It answers somebody else.
    Server,
    /// Neither.
    Inner,
}

/// Something that takes time. It ends when the last of it is dropped; of a program without a collector it is nothing.
#[derive(Clone, Debug)]
pub struct Span(Option<Context>);

impl Span {
    /// Begins within the span that is going on, if there is one.
    #[must_use]
    pub fn begin(name: &'static str, side: Side) -> Self {
        Self::after(name, side, &Context::current())
    }

    /// A part of the span that is going on; where none is, it is nothing.
    #[must_use]
    pub fn part(name: &'static str) -> Self {
        if TRACER.get().is_none() {
            return Self(None);
        }
        let around = Context::current();
        if around.has_active_span() { Self::after(name, Side::Inner, &around) } else { Self(None) }
    }

    /// Begins within the span of which another program's header tells; whatever is no such header begins a trace.
    #[must_use]
    pub fn answer(name: &'static str, traceparent: Option<&str>) -> Self {
        if TRACER.get().is_none() {
            return Self(None);
        }
        let parent = traceparent.and_then(parsed);
        let parent =
            parent.map_or_else(Context::new, |parent| Context::new().with_remote_span_context(parent));
        Self::after(name, Side::Server, &parent)
    }

    fn after(name: &'static str, side: Side, parent: &Context) -> Self {
        let Some(tracer) = TRACER.get() else { return Self(None) };
        let kind = match side {
            Side::Client => SpanKind::Client,
            Side::Server => SpanKind::Server,
            Side::Inner => SpanKind::Internal,
        };
        let span = tracer.span_builder(name).with_kind(kind).start_with_context(tracer, parent);
        Self(Some(parent.with_span(span)))
    }

    /// Runs `work` within it: spans that begin in there are its parts.
    pub async fn within<T>(&self, work: impl Future<Output = T>) -> T {
        match &self.0 {
            Some(context) => work.with_context(context.clone()).await,
            None => work.await,
        }
    }

    /// A word of the program.
    pub fn word(&self, key: &'static str, word: &'static str) {
        self.set(KeyValue::new(key, word));
    }

    /// A number that names nobody.
    pub fn number(&self, key: &'static str, number: i64) {
        self.set(KeyValue::new(key, number));
    }

    /// The template of a route, as the router has it: never the path that was asked for, which may name somebody.
    pub fn route(&self, method: &'static str, template: &str) {
        if let Some(context) = &self.0 {
            context.span().update_name(Cow::Owned(format!("{method} {template}")));
            context.span().set_attribute(KeyValue::new("http.route", template.to_owned()));
            context.span().set_attribute(KeyValue::new("http.request.method", method));
        }
    }

    /// It did not go well.
    pub fn failed(&self, why: &'static str) {
        if let Some(context) = &self.0 {
            context.span().set_status(Status::error(why));
            context.span().set_attribute(KeyValue::new("error.type", why));
        }
    }

    /// What tells another program of it.
    #[must_use]
    pub fn traceparent(&self) -> Option<String> {
        let context = self.0.as_ref()?.span().span_context().clone();
        Some(format!("00-{}-{}-01", context.trace_id(), context.span_id()))
    }

    fn set(&self, attribute: KeyValue) {
        if let Some(context) = &self.0 {
            context.span().set_attribute(attribute);
        }
    }
}

/// The header of version 00, to the letter. Nothing of it is believed but where a trace goes on.
fn parsed(header: &str) -> Option<SpanContext> {
    let mut parts = header.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let lower = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let fits = [(version, 2), (trace, 32), (span, 16), (flags, 2)];
    if parts.next().is_some()
        || version != "00"
        || !fits.iter().all(|(text, long)| text.len() == *long && lower(text))
    {
        return None;
    }
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let context = SpanContext::new(trace, span, TraceFlags::SAMPLED, true, TraceState::default());
    context.is_valid().then_some(context)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_to_the_letter() {
        let good = format!("00-{}-{}-00", "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
        let read = parsed(&good).unwrap();
        assert_eq!(format!("{}", read.trace_id()), "0af7651916cd43dd8448eb211c80319c");
        assert!(read.is_remote() && read.is_sampled());
        for bad in [
            "",
            "00",
            &good.replacen("00", "01", 1),
            &good.to_uppercase(),
            &format!("{good}-00"),
            &good.replace("b7ad6b7169203331", "0000000000000000"),
            &good.replace("b7ad6b7169203331", "b7ad6b716920333"),
            "00-身份证-b7ad6b7169203331-00",
        ] {
            assert!(parsed(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn without_a_collector_nothing_is_done() {
        let span = Span::begin("nothing", Side::Inner);
        span.word("key", "word");
        assert!(span.0.is_none() && span.traceparent().is_none());
    }
}
