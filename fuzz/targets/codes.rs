#![no_main]

#[path = "../parsers/codes.rs"]
mod parser;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parser::parse(bytes));
