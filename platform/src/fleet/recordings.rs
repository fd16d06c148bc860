//! 语音: recordings of what kiosks say, in the place of those that the program brings along: a dialect, or a person's voice. What an
//! operator sends is decoded to its end before it is kept, and never changed: what was heard here is what was signed.

use jiff::Timestamp;
use protocol::Problem;
use serde_json::Value;
use voice::{Recording as Sound, is_prompt, of_tag, prompts};

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

/// The largest file that is read: what is too large is told so, and not cut off.
pub(crate) const UPLOAD_BYTES: usize = 4 * voice::MOST_BYTES;
/// What the file is.
pub(crate) const MEDIA_TYPE: &str = "audio/ogg";

const LIST: &str =
    "SELECT sha256, prompt, language, title, bytes, milliseconds, uploaded_at, uploaded_by FROM recording";

/// A recording, without its sound.
pub(crate) struct Recording {
    pub(crate) sha256: String,
    pub(crate) prompt: String,
    pub(crate) language: String,
    pub(crate) title: String,
    pub(crate) bytes: i64,
    pub(crate) milliseconds: i64,
    pub(crate) uploaded_at: Timestamp,
    pub(crate) uploaded_by: String,
}

impl Recording {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            sha256: row.text("sha256")?.to_owned(),
            prompt: row.text("prompt")?.to_owned(),
            language: row.text("language")?.to_owned(),
            title: row.text("title")?.to_owned(),
            bytes: row.integer("bytes")?,
            milliseconds: row.integer("milliseconds")?,
            uploaded_at: parsed(row, "uploaded_at")?,
            uploaded_by: row.text("uploaded_by")?.to_owned(),
        })
    }

    /// What it says.
    pub(crate) fn words(&self) -> &'static str {
        let text = prompts().find(|(key, _)| *key == self.prompt).map(|(_, text)| text);
        text.zip(of_tag(&self.language)).map_or("", |(text, language)| text.get(language))
    }

    /// What a form says for it: the same file may say two sentences.
    pub(crate) fn mark(&self) -> String {
        format!("{}:{}:{}", self.language, self.prompt, self.sha256)
    }

    /// Whether settings name it.
    pub(crate) fn is_named(&self, named: &[settings::Recording]) -> bool {
        named.iter().any(|named| {
            (&named.language, &named.prompt, &named.content.sha256)
                == (&self.language, &self.prompt, &self.sha256)
        })
    }

    /// As a document names it.
    pub(crate) fn named(&self) -> Value {
        serde_json::json!({
            "prompt": self.prompt, "language": self.language, "sha256": self.sha256, "length": self.bytes,
        })
    }
}

/// Of what a file is a recording.
pub(crate) struct Of {
    pub(crate) prompt: String,
    pub(crate) language: String,
    /// Who or what is heard: 示例：方言.
    pub(crate) title: String,
}

/// What is made of a file.
pub(super) struct Made {
    of: Of,
    sound: Sound,
    milliseconds: i64,
}

impl Made {
    /// Keeps it; the same recording of the same sentence is there once, under the title that it got first.
    pub(super) fn keep(
        &self,
        transaction: &Transaction<'_>,
        by: &str,
        now: Timestamp,
    ) -> Result<Recording, StoreError> {
        let content = self.sound.ogg();
        let name = sha256(&content);
        let sql = "INSERT INTO recording
                   (sha256, prompt, language, title, content, bytes, milliseconds, uploaded_at, uploaded_by)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (sha256, prompt, language) DO NOTHING";
        let Of { prompt, language, title } = &self.of;
        let values = [
            (&name).into(),
            prompt.into(),
            language.into(),
            title.into(),
            (&*content).into(),
            i64::try_from(content.len()).unwrap_or(i64::MAX).into(),
            self.milliseconds.into(),
            now.to_string().into(),
            by.into(),
        ];
        transaction.execute(sql, &values)?;
        let sql = format!("{LIST} WHERE sha256 = ?1 AND prompt = ?2 AND language = ?3");
        let row = transaction.row(&sql, &[(&name).into(), prompt.into(), language.into()])?;
        Recording::from_row(&row.ok_or(StoreError::Damaged("recording"))?)
    }
}

/// All recordings, by their sentences, the newest first.
pub(crate) async fn all(app: &App, session: &Session) -> Result<Vec<Recording>, Refusal> {
    require(session, Ask::Configure)?;
    let sql = format!("{LIST} ORDER BY prompt, language, uploaded_at DESC, sha256");
    let rows = app.store.read(move |view| view.rows(&sql, &[])?.iter().map(Recording::from_row).collect());
    Ok(rows.await?)
}

/// Takes one in.
pub(crate) async fn add(app: &App, session: &Session, of: Of, sent: Vec<u8>) -> Result<(), Refusal> {
    require(session, Ask::Configure)?;
    let made = tokio::task::spawn_blocking(move || make(of, sent)).await;
    let made = made.map_err(|_| crate::problems::internal())??;
    let (session, now) = (session.clone(), app.clock.now());
    let write = move |transaction: &Transaction<'_>| -> Result<(), StoreError> {
        let recording = made.keep(transaction, &session.staff.login, now)?;
        note(transaction, &session, "upload-recording", &recording.sha256, now)
    };
    Ok(app.store.write(write).await?)
}

/// The sound of one that was uploaded, for staff.
pub(crate) async fn sound(app: &App, session: &Session, name: String) -> Result<Vec<u8>, Refusal> {
    require(session, Ask::Configure)?;
    let found = app.store.read(move |view| content::file(view, "recording", &name)).await?;
    Ok(found.ok_or_else(problems::no_file)?)
}

/// The sound that the program brings along, for staff.
pub(crate) fn own(session: &Session, language: &str, prompt: &str) -> Result<Vec<u8>, Refusal> {
    require(session, Ask::Configure)?;
    let language = of_tag(language).ok_or_else(problems::no_file)?;
    let sound = voice::Voice::built_in().recording(language, prompt).ok_or_else(problems::no_file)?;
    Ok(sound.ogg().to_vec())
}

/// The same bytes, once they are known to be a recording.
pub(super) fn make(of: Of, sent: Vec<u8>) -> Result<Made, Problem> {
    let of = Of { title: content::title(&of.title).ok_or_else(problems::recording_title)?, ..of };
    if !is_prompt(&of.prompt) || of_tag(&of.language).is_none() {
        return Err(problems::no_prompt());
    }
    let (sound, duration) = Sound::measured(sent).map_err(problems::unfit_recording)?;
    let milliseconds = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    Ok(Made { of, sound, milliseconds })
}
