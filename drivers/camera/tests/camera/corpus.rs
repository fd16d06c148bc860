//! Inputs of the fuzz target, kept: each goes through its parser in every run of the tests.

#[path = "../../../../fuzz/parsers/camera_frames.rs"]
mod camera_frames;

#[test]
fn camera_frames() {
    let folder = format!("{}/../../fuzz/corpus/camera_frames", env!("CARGO_MANIFEST_DIR"));
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty(), "{folder} is empty");
    for file in files {
        println!("{}", file.display());
        camera_frames::parse(&std::fs::read(file).unwrap());
    }
}
