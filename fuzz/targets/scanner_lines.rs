#![no_main]

#[path = "../parsers/scanner_lines.rs"]
mod parser;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parser::parse(bytes));
