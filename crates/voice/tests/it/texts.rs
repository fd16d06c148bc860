//! The texts, and that each recording is of its present text.

use std::collections::BTreeMap;

use kiosk_voice::{SPOKEN, Voice, of_tag, prompts, tag};
use protocol::Language;
use sha2::{Digest as _, Sha256};

const MANIFEST: &str = include_str!("../../../../assets/voice/recordings.tsv");

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Language and key, with the hashes of text and recording.
fn manifest() -> BTreeMap<(&'static str, &'static str), [&'static str; 2]> {
    let rows = MANIFEST.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    rows.map(|row| ((row[0], row[1]), [row[2], row[3]])).collect()
}

#[test]
fn every_sentence_has_a_recording_of_its_present_text_in_each_language() {
    let manifest = manifest();
    let mut of = Vec::new();
    for (key, text) in prompts() {
        for language in SPOKEN {
            let recording = Voice::built_in().recording(language, key);
            let recording = recording.unwrap_or_else(|| panic!("{key} has no recording in {language:?}"));
            let rendered = [sha256(text.get(language).as_bytes()), sha256(&recording.ogg())];
            let known = manifest.get(&(tag(language), key)).map(|known| known.map(str::to_owned));
            assert_eq!(known, Some(rendered), "{key} in {language:?} changed: render it anew");
            of.push((tag(language), key));
        }
    }
    assert!(of.len() >= 100, "{} recordings", of.len());
    of.sort_unstable();
    assert_eq!(manifest.into_keys().collect::<Vec<_>>(), of, "a recording of nothing");
}

#[test]
fn a_text_is_short_and_about_nobody() {
    for (key, text) in prompts() {
        assert!(key.bytes().all(|byte| byte.is_ascii_lowercase() || b".-".contains(&byte)), "{key}");
        assert_eq!(key.split('.').filter(|part| !part.is_empty()).count(), 2, "{key}");
        let (chinese, english) = (&text.simplified, text.english.as_deref().unwrap_or_default());
        assert!((3..=40).contains(&chinese.chars().count()), "{chinese}");
        assert!((3..=130).contains(&english.chars().count()), "{english}");
        assert!(text.traditional.is_none(), "{key}: nobody would hear the difference");
        for words in [chinese, english] {
            assert!(!words.contains(['{', '}', '<', '>']), "{words}: nothing is put in");
            assert!(!words.chars().any(char::is_numeric), "{words}: a figure may be somebody's");
            assert!(words.ends_with(['。', '？', '.', '?']), "{words}");
        }
    }
}

/// Papers may have to be brought, or the document fetched.
#[test]
fn who_filed_without_a_network_is_not_told_to_stay_away() {
    let (_, text) = prompts().find(|(key, _)| *key == "result.waiting").unwrap();
    assert!(text.simplified.ends_with("不用重新提交。"), "{}", text.simplified);
    assert!(!text.english.as_deref().unwrap().contains("come"), "{text:?}");
}

/// A visit also ends after a look at a guide.
#[test]
fn nothing_but_a_finished_case_is_said_to_be_done() {
    let done: Vec<_> = prompts().filter(|(_, text)| text.simplified.contains("办好了")).collect();
    assert_eq!(done.iter().map(|(key, _)| *key).collect::<Vec<_>>(), ["result.completed"]);
    let (_, goodbye) = prompts().find(|(key, _)| *key == "end.done").unwrap();
    assert_eq!(goodbye.english.as_deref(), Some("Thank you. Goodbye."));
}

#[test]
fn the_hall_does_not_hear_that_somebody_has_left_something_unfinished() {
    for (key, text) in prompts() {
        let told = [text.simplified.as_str(), text.english.as_deref().unwrap()];
        assert!(!told.iter().any(|told| told.contains("没填完") || told.contains("unfinished")), "{key}");
    }
}

#[test]
fn who_reads_traditional_characters_hears_mandarin() {
    let voice = Voice::built_in();
    for (key, _) in prompts() {
        let heard =
            [Language::Traditional, Language::Simplified].map(|language| voice.recording(language, key));
        assert_eq!(heard[0], heard[1]);
        assert_ne!(heard[0], voice.recording(Language::English, key));
    }
}

/// Settings that kiosks have in force name them so.
#[test]
fn a_spoken_language_has_a_tag_and_no_other_has() {
    assert_eq!(["zh-CN", "en"].map(of_tag), SPOKEN.map(Some));
    assert_eq!(SPOKEN.map(tag), ["zh-CN", "en"]);
    assert_eq!(tag(Language::Traditional), "zh-CN");
    assert_eq!(["zh-TW", "zh", "EN", ""].map(of_tag), [None; 4]);
}

#[test]
fn what_is_no_sentence_has_no_recording() {
    for key in ["", "card", "card.", "card.place ", "CARD.PLACE", "card/place"] {
        assert_eq!(Voice::built_in().recording(Language::Simplified, key), None, "{key}");
    }
}
