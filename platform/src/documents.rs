//! 文书: what a case brings about in writing, as PDF.
//!
//! A document is issued in the transaction of the act that brings it about, and its words are kept with it, so that it
//! reads the same whenever it is fetched. Whoever fetches it first gives it a verification code (验证码), by which
//! anybody who is shown it can ask whether it is genuine. The answer to that question names no person.

mod code;
mod paper;
mod pdf;
mod sheet;
mod wording;
mod wrap;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use jiff::civil::Date;
use protocol::PickupCode;

pub(crate) use code::VerificationCode;

use crate::{lifecycle::rules::DocumentKind, store::cases::Party};

/// A document as it was issued, and the code that it is found by.
pub(crate) struct Issued {
    pub(crate) code: VerificationCode,
    pub(crate) kind: DocumentKind,
    /// 文书编号.
    pub(crate) number: String,
    pub(crate) case_no: String,
    pub(crate) pickup_code: PickupCode,
    pub(crate) dated: Date,
    /// What was kept with it.
    pub(crate) body: serde_json::Value,
}

impl Issued {
    /// The PDF; its QR code leads to `public_url`. Without an applicant whose eyes it is for, the name is masked.
    fn pdf(&self, whose: Option<&Party>, public_url: &str) -> Option<Vec<u8>> {
        pdf::draw(&paper::compose(self, whose, public_url)?)
    }

    /// Whether it hangs where everybody reads it, and so tells no number of a case.
    pub(crate) fn is_public(&self) -> bool {
        wording::Words::shipped().of(self.kind).is_some_and(|wording| wording.public)
    }
}

/// The document as a file; `None` only where the bundled fonts are damaged. Drawing takes a moment, and so it is done
/// away from the threads that answer others.
pub(crate) async fn file(issued: Issued, whose: Option<Party>, public_url: String) -> Option<Response> {
    let name = format!("inline; filename=\"{}.pdf\"", issued.number);
    let drawn = tokio::task::spawn_blocking(move || issued.pdf(whose.as_ref(), &public_url)).await.ok()??;
    let head = [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Some((head, drawn).into_response())
}

/// 救济途径 by law: what can be done about a refusal, and until when.
pub(crate) fn remedies() -> &'static [String] {
    &wording::Words::shipped().remedies
}
