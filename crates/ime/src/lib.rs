//! Chinese text entry: from keys to candidates to text.
//!
//! A [`Composer`] takes a key at a time and tells what can be chosen; a [`Dictionary`] is what it knows. No daemon, no
//! thread, no file, no clock: the data are part of the program. Three ways lead to a character: [`Mode::Words`] and
//! [`Mode::Name`] by its reading (拼音), [`Mode::Strokes`] by the order in which it is written (笔画), for who never learnt
//! 拼音 and for a character whose reading nobody knows.
//!
//! # Nothing is learnt and nothing is kept
//!
//! Two residents who type the same keys see the same candidates in the same order. What was typed is overwritten when
//! it is committed, cleared or dropped, and `Debug` does not show it.
//!
//! # Why an engine of our own
//!
//! librime is the best-kept engine there is, and was weighed first. It is a C++ library with seven others behind it: it
//! needs `unsafe` here, a compiler for its tables on the build machine (they differ by architecture), another package name
//! in the next Debian, and a switch in every schema to keep it from writing down what residents type. Its vocabulary
//! for simplified characters lacks 620 of the 8,105 characters of 通用规范汉字表, so names would need a table of ours in any
//! case. A kiosk writes names, addresses and employers, a word at a time. For that the same vocabulary as a sorted
//! table and a search of a few hundred lines gives the same first candidates, in a file that can be read and a test
//! that can reach every character. What it does not have is a model of sentences: a long sentence is put together from
//! its likeliest words, and a resident corrects a word more often than with one.
//!
//! `libgooglepinyin` knows no character beyond U+FFFF, and so 196 of the 8,105 not at all.

mod composer;
mod dictionary;
mod names;
mod search;
mod sentence;
mod spelling;
mod strokes;

pub use composer::{Candidate, Composer, Mode};
pub use dictionary::{DataError, Dictionary};
