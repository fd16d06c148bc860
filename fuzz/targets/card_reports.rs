#![no_main]

#[path = "../parsers/card_reports.rs"]
mod parser;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parser::parse(bytes));
