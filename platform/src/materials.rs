//! 电子件: a material as pictures. What may be one, and how it is handed out again.
//!
//! A file is what its first bytes say, and of what a camera wrote beside the picture nothing is kept ([`scrub`]), whichever
//! way it came. Whoever is shown one gets it with headers that let it do nothing but be looked at.

use axum::{
    http::{HeaderName, header},
    response::{IntoResponse, Response},
};
use protocol::{
    Problem,
    material::{PAGE_BYTES, PAGE_TYPES, PAGES},
};
use scrub::{Fault, Kind};
use sha2::{Digest, Sha256};

use crate::{people::hex, problems};

/// The largest file that a resident may send from a phone or a computer: phones make photographs of this size, and without a
/// script nothing makes them smaller before.
pub(crate) const UPLOAD_BYTES: usize = 10 << 20;

/// The longest body that brings a page: in base64 and JSON, and sealed in base64 once more.
pub(crate) const BODY_LIMIT: usize = 2 * PAGE_BYTES;

/// What is kept of a file.
pub(crate) struct Clean {
    pub(crate) media_type: &'static str,
    pub(crate) content: Vec<u8>,
}

/// The file that was sent as `media_type`, as it is kept.
pub(crate) fn checked(media_type: &str, sent: &[u8]) -> Result<Clean, Problem> {
    if !PAGE_TYPES.contains(&media_type) {
        return Err(problems::invalid_field("/media_type", format!("应为 {} 之一", PAGE_TYPES.join("、"))));
    }
    if sent.len() > PAGE_BYTES {
        return Err(problems::page_too_large());
    }
    let clean = clean(sent).map_err(|words| problems::invalid_field("/content", format!("文件{words}")))?;
    if clean.media_type == media_type {
        Ok(clean)
    } else {
        Err(problems::invalid_field("/content", "文件内容与 media_type 不符"))
    }
}

/// The file as it is kept, or what is wrong with it, in words that go on from what the file is called.
pub(crate) fn clean(sent: &[u8]) -> Result<Clean, &'static str> {
    let (kind, content) = scrub::scrub(sent).map_err(|fault| match fault {
        Fault::Unknown => "不是 JPEG、PNG 图片，也不是 PDF 文件",
        Fault::Damaged(_) => "不完整，打不开",
        Fault::TooLarge => "像素太多",
    })?;
    Ok(Clean { media_type: kind.media_type(), content })
}

/// Whether a place in a material can be.
pub(crate) fn check_place(page: u16, pages: u16) -> Result<(), Problem> {
    if !(1..=PAGES).contains(&pages) {
        return Err(problems::invalid_field("/pages", format!("应为 1 到 {PAGES}")));
    }
    if (1..=pages).contains(&page) {
        Ok(())
    } else {
        Err(problems::invalid_field("/page", "应为 1 到 pages"))
    }
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(file: &[u8]) -> String {
    hex(&Sha256::digest(file))
}

/// What a browser may do with a file: look at it.
const POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// A kept file. A picture is shown; a document is put away, so that it is opened outside of our pages. `name` is what the
/// file is called, without its ending.
pub(crate) fn response(media_type: &str, content: Vec<u8>, name: &str) -> Response {
    let (how, ending) = match media_type {
        _ if media_type == Kind::Jpeg.media_type() => ("inline", "jpg"),
        _ if media_type == Kind::Png.media_type() => ("inline", "png"),
        "audio/ogg" => ("inline", "ogg"),
        _ => ("attachment", "pdf"),
    };
    let headers: [(HeaderName, String); 6] = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("{how}; filename=\"{name}.{ending}\"")),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin".to_owned()),
    ];
    (headers, content).into_response()
}
