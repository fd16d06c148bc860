//! A file that has grown long asks to be cut.

use super::{Findings, files::TextFile};

const LIMITS: [(&str, usize); 2] = [(".rs", 600), (".slint", 400)];

/// Files that are long for a reason: path, reason.
const EXCEPTIONS: [(&str, &str); 0] = [];

/// Checks every source file outside tests.
pub(crate) fn check(files: &[TextFile]) -> Findings {
    let mut findings = Findings::default();
    for file in files.iter().filter(|file| !is_test(&file.path)) {
        let Some((_, limit)) = LIMITS.iter().find(|(ending, _)| file.path.ends_with(ending)) else {
            continue;
        };
        findings.looked_at += 1;
        let lines = file.text.lines().count();
        if lines > *limit && !EXCEPTIONS.iter().any(|(path, _)| *path == file.path) {
            findings.problems.push(format!("{}: {lines} lines, more than {limit}", file.path));
        }
    }
    findings
}

fn is_test(path: &str) -> bool {
    path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("/tests.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, lines: usize) -> TextFile {
        TextFile { path: path.to_owned(), text: "x\n".repeat(lines) }
    }

    #[test]
    fn long_files_are_found_and_tests_are_not() {
        let files = [
            file("src/a.rs", 601),
            file("src/b.rs", 600),
            file("ui/c.slint", 401),
            file("src/tests.rs", 999),
            file("drivers/x/tests/y.rs", 999),
            file("README.md", 999),
        ];
        let found = check(&files);
        assert_eq!(found.looked_at, 3);
        assert_eq!(
            found.problems,
            ["src/a.rs: 601 lines, more than 600", "ui/c.slint: 401 lines, more than 400"]
        );
    }
}
