//! 待机海报: pictures for kiosks that nobody stands at. What an operator sends is never handed on: it is taken apart within
//! bounds and a new file is made of its pixels, so that a kiosk reads files of this program alone.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, Rgba, RgbaImage,
    codecs::jpeg::JpegEncoder, imageops,
};
use jiff::Timestamp;
use protocol::Problem;
use serde_json::Value;
use settings::CONTENT_BYTES;

use super::{content, problems};
use crate::{
    app::App,
    error::Refusal,
    materials::sha256,
    people::session::Session,
    staff::{
        access::{Ask, require},
        accounts::note,
    },
    store::{Row, StoreError, Transaction, columns::parsed},
};

/// The largest file that is read.
pub(crate) const UPLOAD_BYTES: usize = 10 << 20;
/// Its longest side, and how much memory taking it apart may need.
const SIDE: u32 = 8_000;
const MEMORY: u64 = 256 << 20;
/// Smaller ones would be a blur on the panel.
const LEAST: u32 = 400;
/// What a panel has: the longer and the shorter side.
const PANEL: (u32, u32) = (1_920, 1_080);
/// From good to small.
const QUALITIES: [u8; 4] = [85, 75, 60, 40];

const LIST: &str = "SELECT sha256, title, bytes, width, height, uploaded_at, uploaded_by FROM poster";

/// A poster, without its picture.
pub(crate) struct Poster {
    pub(crate) sha256: String,
    pub(crate) title: String,
    pub(crate) bytes: i64,
    pub(crate) width: i64,
    pub(crate) height: i64,
    pub(crate) uploaded_at: Timestamp,
    pub(crate) uploaded_by: String,
}

impl Poster {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            sha256: row.text("sha256")?.to_owned(),
            title: row.text("title")?.to_owned(),
            bytes: row.integer("bytes")?,
            width: row.integer("width")?,
            height: row.integer("height")?,
            uploaded_at: parsed(row, "uploaded_at")?,
            uploaded_by: row.text("uploaded_by")?.to_owned(),
        })
    }

    /// As a document names it.
    pub(crate) fn named(&self) -> Value {
        serde_json::json!({ "sha256": self.sha256, "length": self.bytes, "title": self.title })
    }
}

/// What is made of a file.
pub(super) struct Made {
    title: String,
    content: Vec<u8>,
    width: u32,
    height: u32,
}

impl Made {
    /// Keeps it; the same picture is there once, under the title that it got first.
    pub(super) fn keep(
        &self,
        transaction: &Transaction<'_>,
        by: &str,
        now: Timestamp,
    ) -> Result<Poster, StoreError> {
        let name = sha256(&self.content);
        let sql =
            "INSERT INTO poster (sha256, title, content, bytes, width, height, uploaded_at, uploaded_by)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (sha256) DO NOTHING";
        let values = [
            (&name).into(),
            (&self.title).into(),
            self.content.as_slice().into(),
            i64::try_from(self.content.len()).unwrap_or(i64::MAX).into(),
            i64::from(self.width).into(),
            i64::from(self.height).into(),
            now.to_string().into(),
            by.into(),
        ];
        transaction.execute(sql, &values)?;
        let row = transaction.row(&format!("{LIST} WHERE sha256 = ?1"), &[(&name).into()])?;
        Poster::from_row(&row.ok_or(StoreError::Damaged("poster"))?)
    }
}

/// All posters, the newest first.
pub(crate) async fn all(app: &App, session: &Session) -> Result<Vec<Poster>, Refusal> {
    require(session, Ask::Configure)?;
    let sql = format!("{LIST} ORDER BY uploaded_at DESC, sha256");
    let rows = app.store.read(move |view| view.rows(&sql, &[])?.iter().map(Poster::from_row).collect());
    Ok(rows.await?)
}

/// Takes one in.
pub(crate) async fn add(app: &App, session: &Session, title: &str, sent: Vec<u8>) -> Result<(), Refusal> {
    require(session, Ask::Configure)?;
    let title = title.to_owned();
    let made = tokio::task::spawn_blocking(move || make(&title, &sent)).await;
    let made = made.map_err(|_| crate::problems::internal())??;
    let (session, now) = (session.clone(), app.clock.now());
    let write = move |transaction: &Transaction<'_>| -> Result<(), StoreError> {
        let poster = made.keep(transaction, &session.staff.login, now)?;
        note(transaction, &session, "upload-poster", &poster.sha256, now)
    };
    Ok(app.store.write(write).await?)
}

/// The picture, for staff.
pub(crate) async fn picture(app: &App, session: &Session, name: String) -> Result<Vec<u8>, Refusal> {
    require(session, Ask::Configure)?;
    let found = app.store.read(move |view| content::file(view, "poster", &name)).await?;
    Ok(found.ok_or_else(problems::no_file)?)
}

/// A new file of the pixels of `sent`, as large as a panel can show it.
pub(super) fn make(title: &str, sent: &[u8]) -> Result<Made, Problem> {
    let title = content::title(title).ok_or_else(problems::poster_title)?;
    let picture = taken_apart(sent)?;
    let (long, short) = (picture.width().max(picture.height()), picture.width().min(picture.height()));
    if short < LEAST {
        return Err(problems::poster_too_small());
    }
    let (width, height) = if picture.width() > picture.height() { PANEL } else { (PANEL.1, PANEL.0) };
    let fits = long <= PANEL.0 && short <= PANEL.1;
    let picture = if fits { picture } else { picture.resize(width, height, imageops::FilterType::Lanczos3) };
    // What is transparent is white, as on paper.
    let mut ground = RgbaImage::from_pixel(picture.width(), picture.height(), Rgba([255; 4]));
    imageops::overlay(&mut ground, &picture.to_rgba8(), 0, 0);
    let picture = DynamicImage::ImageRgba8(ground).to_rgb8();
    for quality in QUALITIES {
        let mut content = Vec::new();
        let encoded = JpegEncoder::new_with_quality(&mut content, quality).encode_image(&picture);
        encoded.map_err(|_| problems::poster_unreadable())?;
        if u64::try_from(content.len()).is_ok_and(|length| length <= CONTENT_BYTES) {
            return Ok(Made { title, content, width: picture.width(), height: picture.height() });
        }
    }
    Err(problems::poster_unreadable())
}

/// By what the file is, not by what it is called.
fn taken_apart(sent: &[u8]) -> Result<DynamicImage, Problem> {
    let unreadable = |_| problems::poster_unreadable();
    let mut reader = ImageReader::new(Cursor::new(sent));
    let kind = image::guess_format(sent).ok();
    let kind = kind.filter(|kind| matches!(kind, ImageFormat::Jpeg | ImageFormat::Png));
    reader.set_format(kind.ok_or_else(problems::poster_unreadable)?);
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(SIDE), Some(SIDE));
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let way_up = decoder.orientation().map_err(unreadable)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    picture.apply_orientation(way_up);
    Ok(picture)
}
