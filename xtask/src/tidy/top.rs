//! The top level is a table of contents: a newcomer reads it first, so nothing lands there by accident.

use std::collections::BTreeSet;

use super::Findings;

/// What may stand at the top. A new entry is a decision; ARCHITECTURE.md then says what it is.
const ENTRIES: [&str; 26] = [
    ".cargo",
    ".ci",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "assets",
    "bench",
    "clippy.toml",
    "crates",
    "docs",
    "drivers",
    "fuzz",
    "hil",
    "packaging",
    "platform",
    "proofs",
    "rustfmt.toml",
    "src",
    "testkit",
    "tests",
    "ui",
    "xtask",
];

/// Checks every name that git knows.
pub(crate) fn check(names: &[String]) -> Findings {
    let tops: BTreeSet<_> = names.iter().map(|name| name.split('/').next().unwrap_or(name)).collect();
    let strays = tops.iter().filter(|top| !ENTRIES.contains(top));
    let problems = strays.map(|top| format!("{top}: does not belong at the top of the repository")).collect();
    Findings { looked_at: tops.len(), problems }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_picture_left_at_the_top_is_found_and_one_in_its_folder_is_not() {
        let names = ["home.png", "docs/pictures/home.png", "src/main.rs"].map(str::to_owned);
        let found = check(&names);
        assert_eq!(found.looked_at, 3);
        assert_eq!(found.problems, ["home.png: does not belong at the top of the repository"]);
    }
}
