//! Every sentence of the screens is there in every language.

use std::{collections::BTreeSet, fs, path::Path};

/// All `@tr("…")` in the screens.
fn sentences(folder: &Path, into: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sentences(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "slint") {
            let text = fs::read_to_string(&path).unwrap();
            into.extend(
                text.split("@tr(\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned),
            );
        }
    }
}

/// The pairs of a catalogue; none of its sentences has a quotation mark or spans lines.
fn pairs(catalogue: &str) -> Vec<(String, String)> {
    let quoted = |line: &str, key: &str| {
        line.strip_prefix(key)?.trim().strip_prefix('"')?.strip_suffix('"').map(str::to_owned)
    };
    let mut pairs = Vec::new();
    let mut id = None;
    for line in catalogue.lines() {
        id = quoted(line, "msgid").or(id.take());
        let plain = quoted(line, "msgstr").or_else(|| quoted(line, "msgstr[0]"));
        let text = plain.map(|text| (id.take().filter(|id| !id.is_empty()), text));
        pairs.extend(text.and_then(|(id, text)| Some((id?, text))));
    }
    pairs
}

fn holes(text: &str) -> Vec<&str> {
    let mut holes: Vec<_> = text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    holes.sort_unstable();
    holes
}

/// The words that a sentence says stand on a button: what is between its quotation marks.
fn named(text: &str, marks: [char; 2]) -> Vec<&str> {
    text.split(marks).skip(1).step_by(2).collect()
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c))
}

#[test]
fn every_sentence_is_there_in_every_language() {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let mut said = BTreeSet::new();
    sentences(&ui, &mut said);
    assert!(said.len() > 100, "only {} sentences were found", said.len());
    for language in ["en", "zh_TW"] {
        let file = ui.join("lang").join(language).join("LC_MESSAGES/kiosk-ui.po");
        let pairs = pairs(&fs::read_to_string(&file).unwrap());
        let known: BTreeSet<_> = pairs.iter().map(|(id, _)| id.clone()).collect();
        let missing: Vec<_> = said.difference(&known).collect();
        assert!(missing.is_empty(), "{language} lacks {missing:#?}");
        let unused: Vec<_> = known.difference(&said).collect();
        assert!(unused.is_empty(), "{language} still has {unused:#?}");
        for (id, text) in &pairs {
            assert!(!text.is_empty(), "{language}: {id:?} is empty");
            assert_eq!(holes(id), holes(text), "{language}: {id:?}");
            let marks = if language == "en" { ['\'', '\''] } else { ['「', '」'] };
            for button in named(id, ['“', '”']) {
                let word = pairs.iter().find(|(id, _)| id == button).map(|(_, word)| word.as_str());
                let word = word.unwrap_or_else(|| panic!("no button is called {button:?}"));
                assert!(named(text, marks).contains(&word), "{language}: {text:?} does not name {word:?}");
            }
            assert!(language != "en" || !is_chinese(text), "{language}: {text:?} is Chinese");
        }
    }
}
