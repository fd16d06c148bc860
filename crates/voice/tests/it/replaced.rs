//! Recordings in the place of those that came with the program.

use kiosk_voice::{Recording, Voice, prompts};
use protocol::Language;

const PLACE: &str = "card.place";

fn other() -> Recording {
    Voice::built_in().recording(Language::Simplified, "end.card").unwrap()
}

#[test]
fn one_is_replaced_in_one_language_and_the_rest_stays() {
    let before = Voice::built_in();
    let voice = before.clone().with([(Language::Simplified, PLACE.to_owned(), other())]);
    for (key, _) in prompts() {
        let english = [&before, &voice].map(|voice| voice.recording(Language::English, key));
        assert_eq!(english[0], english[1]);
        let same = before.recording(Language::Simplified, key) == voice.recording(Language::Simplified, key);
        assert_eq!(same, key != PLACE, "{key}");
    }
    assert_eq!(voice.recording(Language::Simplified, PLACE), Some(other()));
    assert_eq!(voice.recording(Language::Traditional, PLACE), Some(other()));
}

#[test]
fn what_is_no_sentence_is_not_taken_in() {
    let voice = Voice::built_in().with([(Language::Simplified, "card.name".to_owned(), other())]);
    assert_eq!(voice.recording(Language::Simplified, "card.name"), None);
}
