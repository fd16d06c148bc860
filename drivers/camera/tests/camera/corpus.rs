//! Inputs of the fuzz targets, kept: each goes through its parser in every run of the tests.

#[path = "../../../../fuzz/parsers/camera_frames.rs"]
mod camera_frames;
#[path = "../../../../fuzz/parsers/camera_stream.rs"]
mod camera_stream;
#[path = "../../../../fuzz/parsers/codes.rs"]
mod codes;

fn replay(target: &str, parse: fn(&[u8])) {
    let folder = format!("{}/../../fuzz/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty(), "{folder} is empty");
    for file in files {
        println!("{}", file.display());
        parse(&std::fs::read(file).unwrap());
    }
}

#[test]
fn camera_frames() {
    replay("camera_frames", camera_frames::parse);
}

#[test]
fn codes() {
    replay("codes", codes::parse);
}

#[test]
fn camera_stream() {
    replay("camera_stream", camera_stream::parse);
}
