//! The types that are written or sent: those that derive how.

use crate::tidy::files::TextFile;

/// Where such types are, and what they are called by. Configuration and the catalogue are files that people write.
const CRATES: [(&str, &str); 7] = [
    ("crates/protocol/src/", "protocol"),
    ("crates/seal/src/", "seal"),
    ("crates/audit/src/", "audit"),
    ("crates/outbox/src/", "outbox"),
    ("crates/courier/src/", "courier"),
    ("crates/platform-client/src/", "platform-client"),
    ("platform/src/", "platform"),
];
const BY_HAND: [&str; 2] = ["platform/src/config", "platform/src/catalogue"];

/// All of them, as `protocol::Case`.
pub(crate) fn all(files: &[TextFile]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".rs") && !file.path.contains("tests")) {
        let by_hand = BY_HAND.iter().any(|path| file.path.starts_with(path));
        if let Some((_, name)) = CRATES.iter().find(|(folder, _)| file.path.starts_with(folder) && !by_hand) {
            found.extend(derived(&file.text).map(|what| format!("{name}::{what}")));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// What comes after a `derive` of reading or writing.
fn derived(text: &str) -> impl Iterator<Item = String> {
    let mut derives = false;
    text.lines().filter_map(move |line| {
        let line = line.trim();
        let serial = line.contains("Serialize") || line.contains("Deserialize");
        derives |= line.starts_with("#[derive(") && serial;
        let words: Vec<&str> =
            line.split([' ', '<', '(', '{', ';']).filter(|word| !word.is_empty()).collect();
        let at = words.iter().position(|word| matches!(*word, "struct" | "enum"))?;
        let visible = words.first().is_some_and(|word| word.starts_with("pub"));
        let is_type = !line.starts_with("//") && !line.starts_with('#') && (at == 0 || visible);
        let name = words.get(at + 1).filter(|_| is_type && std::mem::take(&mut derives))?;
        Some((*name).to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_derives_reading_or_writing_is_found() {
        let text = "#[derive(Clone, Serialize)]\n#[serde(x)]\n/// struct Said\npub(crate) struct Case<'a> {\n}\n\
                    #[derive(Debug)]\nstruct Plain;\n    #[derive(serde::Deserialize)]\n    enum Deep(u8);\nimpl Serialize for X {}\nstruct Y;";
        assert_eq!(derived(text).collect::<Vec<_>>(), ["Case", "Deep"]);
    }
}
