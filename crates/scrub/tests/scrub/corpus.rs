//! Inputs of the fuzz target, kept: each goes through its parser in every run of the tests.

#[path = "../../../../fuzz/parsers/page_files.rs"]
mod page_files;

#[test]
fn page_files() {
    let folder = format!("{}/../../fuzz/corpus/page_files", env!("CARGO_MANIFEST_DIR"));
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty(), "{folder} is empty");
    for file in files {
        println!("{}", file.display());
        page_files::parse(&std::fs::read(file).unwrap());
    }
}
