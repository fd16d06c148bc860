#![no_main]

#[path = "../parsers/camera_stream.rs"]
mod parser;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parser::parse(bytes));
