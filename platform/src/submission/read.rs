//! From bytes to a submission, in the open or sealed.
//!
//! The errors of the JSON reader quote what they stumbled over. That can be a name or a number of a person, so only
//! place and field go into a problem.

use axum::http::{HeaderMap, header};
use protocol::{BundleSubmission, CaseSubmission, DraftSubmission, MaterialPage, Problem};
use seal::{Context, Keyring, SealError, Sealed};
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use uuid::Uuid;

use crate::problems;

const JSON: &str = "application/json";
const TERMINAL: &str = "terminal-id";

/// What surrounds a submission.
pub(crate) struct Envelope<'a> {
    pub(crate) headers: &'a HeaderMap,
    pub(crate) key: Uuid,
    pub(crate) keys: &'a Keyring,
}

/// Reads a submission, and opens it first where it is sealed.
pub(crate) fn submission(envelope: &Envelope<'_>, body: &[u8]) -> Result<CaseSubmission, Problem> {
    opened(envelope, body, |submission: &CaseSubmission| submission.terminal_id.as_deref())
}

/// Reads what is filed of a bundle the same way.
pub(crate) fn bundle(envelope: &Envelope<'_>, body: &[u8]) -> Result<BundleSubmission, Problem> {
    opened(envelope, body, |submission: &BundleSubmission| submission.terminal_id.as_deref())
}

/// Reads a page of a material the same way. Sealed or not, it is of the machine that sends it.
pub(crate) fn page(envelope: &Envelope<'_>, body: &[u8]) -> Result<MaterialPage, Problem> {
    let sender = terminal(envelope.headers)?;
    let page = opened(envelope, body, |page: &MaterialPage| page.terminal_id.as_deref())?;
    same(page.terminal_id.as_deref(), sender)?;
    Ok(page)
}

/// Reads a draft the same way.
pub(crate) fn draft(envelope: &Envelope<'_>, body: &[u8]) -> Result<DraftSubmission, Problem> {
    let sender = terminal(envelope.headers)?;
    let draft = opened(envelope, body, |draft: &DraftSubmission| Some(&draft.terminal_id))?;
    same(Some(&draft.terminal_id), sender)?;
    Ok(draft)
}

/// `Terminal-Id`, where there must be one.
pub(crate) fn terminal(headers: &HeaderMap) -> Result<&str, Problem> {
    let said = headers.get(TERMINAL).and_then(|value| value.to_str().ok());
    said.filter(|id| !id.is_empty()).ok_or_else(problems::missing_terminal)
}

/// Whether what was said names the machine that sends it.
fn same(said: Option<&str>, sender: &str) -> Result<(), Problem> {
    if said == Some(sender) {
        Ok(())
    } else {
        Err(problems::invalid_field("/terminal_id", "终端编号与请求头 Terminal-Id 不一致"))
    }
}

/// Reads a body, and opens it first where it is sealed; `terminal_of` is the machine that it names.
fn opened<T: DeserializeOwned>(
    envelope: &Envelope<'_>,
    body: &[u8],
    terminal_of: fn(&T) -> Option<&str>,
) -> Result<T, Problem> {
    match media_type(envelope.headers).as_deref() {
        Some(JSON) => parse(body),
        Some(seal::MEDIA_TYPE) => {
            let sender = terminal(envelope.headers)?;
            let read = sealed(envelope, sender, &parse(body)?)?;
            same(terminal_of(&read), sender)?;
            Ok(read)
        }
        _ => Err(problems::unsupported_media_type(&format!("{JSON} 或 {}", seal::MEDIA_TYPE))),
    }
}

/// Reads a body that only comes as plain JSON.
pub(crate) fn json_body<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, Problem> {
    match media_type(headers).as_deref() {
        Some(JSON) => parse(body),
        _ => Err(problems::unsupported_media_type(JSON)),
    }
}

fn sealed<T: DeserializeOwned>(
    envelope: &Envelope<'_>,
    terminal_id: &str,
    sealed: &Sealed,
) -> Result<T, Problem> {
    let context = Context { terminal_id, case_key: envelope.key };
    let opened = envelope.keys.open(&context, sealed).map_err(|error| match error {
        SealError::Algorithm { .. } | SealError::OtherKey { .. } => problems::sealing_key_unknown(),
        _ => problems::sealed_unreadable(),
    })?;
    parse(&opened)
}

/// The media type without its parameters.
fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(|essence| essence.trim().to_ascii_lowercase())
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| refuse(&error))?;
    reader.end().map_err(|error| problems::malformed_json(error.line(), error.column()))?;
    Ok(value)
}

fn refuse(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let json = error.inner();
    if !json.is_data() {
        return problems::malformed_json(json.line(), json.column());
    }
    let mut pointer: String = error.path().iter().map(segment).collect();
    let message = json.to_string();
    let named = |prefix: &str| message.strip_prefix(prefix).and_then(|rest| rest.split('`').next());
    if let Some(missing) = named("missing field `") {
        pointer = format!("{pointer}/{missing}");
        return problems::invalid_field(pointer, format!("缺少 {missing}"));
    }
    let detail = if named("unknown field `").is_some() { "有不认识的内容" } else { "格式不对" };
    problems::invalid_field(pointer, detail)
}

fn segment(segment: &Segment) -> String {
    match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } | Segment::Enum { variant: key } => {
            format!("/{}", key.replace('~', "~0").replace('/', "~1"))
        }
        Segment::Unknown => "/?".to_owned(),
    }
}
