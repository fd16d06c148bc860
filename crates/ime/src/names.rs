//! Names of people: one character at a time, in the order in which names use them. At the beginning a family name comes
//! first, in the reading that it has as one: 单 is shàn, 仇 is qiú, 解 is xiè.

use std::{cmp::Reverse, collections::HashSet};

use crate::{
    dictionary::Dictionary,
    search::{Short, hits},
    spelling,
};

/// What the keys can mean in a name, with the place behind it; `first` where the family name stands.
pub(crate) fn ranked(dictionary: &Dictionary, keys: &str, first: bool) -> Vec<(&'static str, usize)> {
    let mut found = Vec::new();
    let good = spelling::goes_on(dictionary, keys);
    let stuck = |end: usize| good.get(end) != Some(&true);
    if first {
        let all = dictionary.surnames.iter().zip(0..);
        found.extend(all.filter_map(|(surname, place)| {
            let (end, short) = matched(&surname.keys, keys)?;
            Some(((stuck(end), Reverse(end), short, 0, place, Reverse(0), 0), surname.text, end))
        }));
    }
    let single = hits(dictionary, keys, 0, Short::Last).into_iter().filter(|hit| hit.entry.len == 1);
    found.extend(single.map(|hit| {
        let place = dictionary.given.get(hit.entry.text).copied().unwrap_or(u32::MAX);
        let entry = hit.entry;
        let order =
            (stuck(hit.end), Reverse(hit.end), hit.short, 1, place, Reverse(entry.weight), entry.rank);
        (order, entry.text, hit.end)
    }));
    found.sort_by_key(|(order, _, _)| *order);
    let mut seen = HashSet::new();
    found.retain(|(_, text, _)| seen.insert(*text));
    found.into_iter().map(|(_, text, end)| (text, end)).collect()
}

/// How far the keys are those of a family name, and whether some are still to come. Marks between syllables do not count.
fn matched(name: &str, keys: &str) -> Option<(usize, u8)> {
    let mut left = name.chars();
    for (at, key) in keys.char_indices().filter(|(_, key)| *key != '\'') {
        match left.next() {
            Some(letter) if letter == key => {}
            Some(_) => return None,
            None => return Some((at, 0)),
        }
    }
    Some((keys.len(), u8::from(left.next().is_some())))
}
