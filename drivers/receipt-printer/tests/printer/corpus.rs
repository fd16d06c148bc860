//! Inputs of the fuzz target, kept: each goes through its parser in every run of the tests.

#[path = "../../../../fuzz/parsers/printer_replies.rs"]
mod printer_replies;

#[test]
fn printer_replies() {
    let folder = format!("{}/../../fuzz/corpus/printer_replies", env!("CARGO_MANIFEST_DIR"));
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty(), "{folder} is empty");
    for file in files {
        println!("{}", file.display());
        printer_replies::parse(&std::fs::read(file).unwrap());
    }
}
