#![no_main]

#[path = "../parsers/printer_replies.rs"]
mod parser;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parser::parse(bytes));
