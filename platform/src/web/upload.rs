//! Files that a form of ours sends (RFC 7578): read field by field, each within its bounds, and cleaned at once.

use std::collections::BTreeMap;

use axum::{
    extract::{FromRequest, Multipart, Request, multipart::Field, multipart::MultipartError},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::{page::Fault, session::Visit};
use crate::materials::{Clean, UPLOAD_BYTES, clean};

/// Files at once.
const FILES: usize = 5;
/// The longest form that is read: that many files, and what is around them.
pub(super) const FORM: usize = FILES * UPLOAD_BYTES + 64 * 1024;
/// The longest field that is no file.
const FIELD: usize = 200;

/// What was sent, and that it was sent from a page that this visit was shown.
pub(super) struct Upload {
    /// Made with the form: what is sent twice has happened once.
    pub(super) key: Uuid,
    /// Instead of which page; 0 is behind the last.
    pub(super) page: u16,
    pub(super) files: Vec<Clean>,
}

/// Why nothing of it is taken.
pub(super) enum Wrong {
    /// It is no form of ours.
    Fault(Fault),
    /// What is to be put right, in words.
    Said(String),
}

impl From<Fault> for Wrong {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<MultipartError> for Wrong {
    fn from(error: MultipartError) -> Self {
        match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::Said("一次传得太多了，请分几次传".to_owned()),
            _ => Self::Fault(Fault::Unreadable),
        }
    }
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        match self {
            Self::Fault(fault) => fault.into_response(),
            Self::Said(_) => Fault::Unreadable.into_response(),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Wrong;

    async fn from_request(request: Request, state: &S) -> Result<Self, Wrong> {
        let token = request.extensions().get::<Visit>().map(Visit::form_token).ok_or(Fault::Broken)?;
        let form = Multipart::from_request(request, state).await.map_err(|_| Fault::Unreadable)?;
        Reading { token, fields: BTreeMap::new(), files: Vec::new(), wrong: None }.read(form).await
    }
}

/// A form that is being read.
struct Reading {
    token: String,
    fields: BTreeMap<String, String>,
    files: Vec<Clean>,
    /// What is wrong with it first. It is read to its end all the same: a browser that is cut off shows no page.
    wrong: Option<String>,
}

impl Reading {
    async fn read(mut self, mut form: Multipart) -> Result<Upload, Wrong> {
        while let Some(field) = form.next_field().await? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "file" {
                // Whatever does not come from a page of ours is not even read.
                self.check()?;
                self.file(field).await?;
            } else {
                let text = bounded(field, FIELD).await?.and_then(|bytes| String::from_utf8(bytes).ok());
                self.fields.insert(name, text.ok_or(Fault::Unreadable)?);
            }
        }
        self.check()?;
        match self.wrong {
            Some(words) => Err(Wrong::Said(words)),
            None if self.files.is_empty() => Err(Wrong::Said("请先拍一张，或者选一个文件".to_owned())),
            None => Ok(Upload { key: self.number("key")?, page: self.number("page")?, files: self.files }),
        }
    }

    fn check(&self) -> Result<(), Fault> {
        if self.fields.get("token") == Some(&self.token) { Ok(()) } else { Err(Fault::Strange) }
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Result<T, Fault> {
        self.fields.get(name).and_then(|text| text.parse().ok()).ok_or(Fault::Unreadable)
    }

    async fn file(&mut self, field: Field<'_>) -> Result<(), Wrong> {
        let number = self.files.len() + 1;
        let wrong = match bounded(field, UPLOAD_BYTES).await? {
            // A field in which nothing was chosen.
            Some(bytes) if bytes.is_empty() => None,
            _ if number > FILES => Some(format!("一次最多传 {FILES} 个文件")),
            None => Some(format!("第 {number} 个文件太大，每个最多 {} MB", UPLOAD_BYTES >> 20)),
            Some(bytes) => match clean(&bytes) {
                Ok(file) => {
                    self.files.push(file);
                    None
                }
                Err(words) => Some(format!("第 {number} 个文件{words}")),
            },
        };
        self.wrong = self.wrong.take().or(wrong);
        Ok(())
    }
}

/// A field, unless it is longer than `limit`.
async fn bounded(mut field: Field<'_>, limit: usize) -> Result<Option<Vec<u8>>, Wrong> {
    let mut bytes = Some(Vec::new());
    while let Some(chunk) = field.chunk().await? {
        bytes = bytes.filter(|bytes: &Vec<u8>| bytes.len() + chunk.len() <= limit);
        if let Some(bytes) = &mut bytes {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok(bytes)
}
