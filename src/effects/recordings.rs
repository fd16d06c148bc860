//! Recordings that came by the road of the configuration, as the kiosk has them on its disk: checked once before any is said, so
//! that nothing is heard that nobody has signed, and nothing that cannot be played.

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use protocol::Language;
use serde_json::{Map, Value};
use settings::Content;
use voice::{Recording, Voice};

use super::content;

/// What is said now. Whoever speaks and whoever puts settings in force share it.
#[derive(Clone, Default)]
pub(super) struct Recordings(Arc<RwLock<Voice>>);

impl Recordings {
    /// Takes what settings name; gives what is wrong with it. A sentence whose file is not what was signed keeps the
    /// recording that came with the program.
    pub(super) fn take(&self, folder: &Path, settings: &Map<String, Value>) -> Option<String> {
        let (mut good, mut wrong) = (Vec::new(), None);
        for named in settings::recordings(settings) {
            // What this program never says needs no file.
            let spoken = voice::of_tag(&named.language).filter(|_| voice::is_prompt(&named.prompt));
            let Some(language) = spoken else { continue };
            let name = &named.content.sha256;
            match read(folder, &named.content, self.of(language, &named.prompt)) {
                Ok(recording) => good.push((language, named.prompt, recording)),
                Err(why) => {
                    tracing::error!(name, why, "recording not said");
                    wrong.get_or_insert(format!("voice.prompts: {name}: {why}"));
                }
            }
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Voice::built_in().with(good);
        wrong
    }

    /// The recording of a sentence.
    pub(super) fn of(&self, language: Language, key: &str) -> Option<Recording> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).recording(language, key)
    }
}

/// What is said already was decoded before, and need not be again.
fn read(folder: &Path, named: &Content, said: Option<Recording>) -> Result<Recording, String> {
    let bytes = content::signed(folder, named)?;
    match said.filter(|said| *said.ogg() == *bytes) {
        Some(said) => Ok(said),
        None => Recording::check(bytes).map_err(|unfit| unfit.to_string()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;

    const KEY: &str = "card.place";

    /// Another sentence, which is heard to be another.
    fn other() -> Arc<[u8]> {
        Voice::built_in().recording(Language::Simplified, "end.card").unwrap().ogg()
    }

    fn settings(bytes: &[u8]) -> Map<String, Value> {
        naming(KEY, "zh-CN", bytes)
    }

    fn naming(prompt: &str, language: &str, bytes: &[u8]) -> Map<String, Value> {
        let (sha256, length) = (config_trust::sha256(bytes), bytes.len());
        let named = json!([{"prompt": prompt, "language": language, "sha256": sha256, "length": length}]);
        json!({"voice": {"prompts": named}}).as_object().unwrap().clone()
    }

    fn heard(recordings: &Recordings) -> Arc<[u8]> {
        recordings.of(Language::Simplified, KEY).unwrap().ogg()
    }

    #[test]
    fn what_was_signed_is_said_and_what_was_not_never() {
        let (folder, recordings) = (tempfile::tempdir().unwrap(), Recordings::default());
        let (own, english) = (heard(&recordings), recordings.of(Language::English, KEY));
        let (bytes, settings) = (other(), settings(&other()));
        let path = folder.path().join(config_trust::sha256(&bytes));
        assert!(recordings.take(folder.path(), &settings).unwrap().contains("voice.prompts"), "no such file");
        assert_eq!(heard(&recordings), own);
        fs::write(&path, &bytes).unwrap();
        assert_eq!(recordings.take(folder.path(), &settings), None);
        assert_eq!((heard(&recordings), recordings.of(Language::English, KEY)), (other(), english));
        // A recording as good as any, and not the one that was signed.
        let false_words = Voice::built_in().recording(Language::Simplified, "end.receipt").unwrap().ogg();
        fs::write(&path, false_words).unwrap();
        let wrong = recordings.take(folder.path(), &settings).unwrap();
        assert!(wrong.contains("not the file that was signed"), "{wrong}");
        assert_eq!(heard(&recordings), own);
        fs::write(&path, &bytes).unwrap();
        assert_eq!(recordings.take(folder.path(), &settings), None);
        assert_eq!(recordings.take(folder.path(), &Map::new()), None);
        assert_eq!(heard(&recordings), own, "the old settings bring the old recording back");
    }

    #[test]
    fn what_was_signed_and_cannot_be_played_is_refused() {
        let (folder, recordings) = (tempfile::tempdir().unwrap(), Recordings::default());
        let own = heard(&recordings);
        for bytes in [b"no sound".as_slice(), other().get(..2_000).unwrap()] {
            fs::write(folder.path().join(config_trust::sha256(bytes)), bytes).unwrap();
            let wrong = recordings.take(folder.path(), &settings(bytes)).unwrap();
            assert!(wrong.contains("voice.prompts"), "{wrong}");
            assert_eq!(heard(&recordings), own);
        }
    }

    #[test]
    fn what_is_said_already_is_not_decoded_again() {
        let (folder, recordings) = (tempfile::tempdir().unwrap(), Recordings::default());
        let path = folder.path().join(config_trust::sha256(&other()));
        fs::write(&path, other()).unwrap();
        let take = || {
            let wrong = recordings.take(folder.path(), &settings(&other()));
            (wrong, heard(&recordings))
        };
        let (first, second) = (take(), take());
        assert!(Arc::ptr_eq(&first.1, &second.1), "the one that was checked");
        assert_eq!(second, (None, other()));
        fs::remove_file(&path).unwrap();
        let (wrong, heard) = take();
        assert!(wrong.is_some() && heard != other(), "it is read every time");
    }

    #[test]
    fn a_sentence_that_the_program_does_not_know_needs_no_file() {
        let (folder, recordings) = (tempfile::tempdir().unwrap(), Recordings::default());
        let unknown = naming("card.name", "zh-CN", b"no sound");
        assert_eq!(recordings.take(folder.path(), &unknown), None);
        assert_eq!(recordings.of(Language::Simplified, "card.name"), None);
    }

    #[test]
    fn a_language_that_nobody_speaks_is_not_taken_for_another() {
        let (folder, recordings) = (tempfile::tempdir().unwrap(), Recordings::default());
        let own = heard(&recordings);
        fs::write(folder.path().join(config_trust::sha256(&other())), other()).unwrap();
        assert_eq!(recordings.take(folder.path(), &naming(KEY, "zh-TW", &other())), None);
        assert_eq!(heard(&recordings), own);
    }
}
