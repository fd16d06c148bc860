//! Inputs of the fuzz target, kept: each goes through its parser in every run of the tests.

#[path = "../../../../fuzz/parsers/scanner_lines.rs"]
mod scanner_lines;

#[test]
fn scanner_lines() {
    let folder = format!("{}/../../fuzz/corpus/scanner_lines", env!("CARGO_MANIFEST_DIR"));
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty(), "{folder} is empty");
    for file in files {
        println!("{}", file.display());
        scanner_lines::parse(&std::fs::read(file).unwrap());
    }
}
