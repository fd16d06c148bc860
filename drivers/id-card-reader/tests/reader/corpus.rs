//! Inputs of the fuzz targets, kept: each goes through its target's parser in every run of the tests.

#[path = "../../../../fuzz/parsers/card_frames.rs"]
mod card_frames;
#[path = "../../../../fuzz/parsers/card_reports.rs"]
mod card_reports;
#[path = "../../../../fuzz/parsers/card_text.rs"]
mod card_text;
#[path = "../../../../fuzz/parsers/device_url.rs"]
mod device_url;

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
fn card_frames() {
    replay("card_frames", card_frames::parse);
}

#[test]
fn card_reports() {
    replay("card_reports", card_reports::parse);
}

#[test]
fn card_text() {
    replay("card_text", card_text::parse);
}

#[test]
fn device_urls() {
    replay("device_url", device_url::parse);
}
