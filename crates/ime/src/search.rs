//! Which characters and words the keys can mean, from one place on.

use std::{cmp::Reverse, collections::HashSet, ops::Range};

use crate::{
    dictionary::{Dictionary, Entry},
    spelling,
};

/// What may stand for a whole syllable in the middle of an input: `sfz` is 身份证.
pub(crate) const INITIALS: [&str; 23] = [
    "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "zh", "ch", "sh", "r", "z", "c",
    "s", "y", "w",
];
const LONGEST_SYLLABLE: usize = 6;
/// Steps of one search. Only a long row of first letters takes more, and it would be felt under the finger.
const STEPS: u32 = 6_000;

/// Something the keys can mean.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit<'d> {
    pub(crate) entry: &'d Entry,
    /// Where the next one begins.
    pub(crate) end: usize,
    /// How many of its syllables were not typed out.
    pub(crate) short: u8,
}

/// Which of its syllables a word may be short of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Short {
    /// The last one, at the end of the input.
    Last,
    /// Any.
    Any,
}

/// Everything that the keys from `at` on can mean, in no order.
pub(crate) fn hits<'d>(dictionary: &'d Dictionary, keys: &str, at: usize, short: Short) -> Vec<Hit<'d>> {
    let mut search = Search { dictionary, keys, allowed: short, hits: Vec::new(), steps: STEPS };
    search.descend(0..dictionary.entries.len(), 0, at, 0);
    search.hits
}

/// The candidates in the order in which they are shown: what leaves keys that can be syllables, what uses most keys, then what was typed out, then what is
/// said most often. A single character for a first letter is shown where nothing better is.
pub(crate) fn ranked<'d>(dictionary: &'d Dictionary, keys: &str) -> Vec<Hit<'d>> {
    let mut hits = hits(dictionary, keys, 0, Short::Last);
    hits.extend(self::hits(dictionary, keys, 0, Short::Any));
    let guess = |hit: &Hit<'_>| hit.short > 0 && hit.entry.len == 1 && hit.end < keys.len();
    if !hits.iter().all(guess) {
        hits.retain(|hit| !guess(hit));
    }
    let good = spelling::goes_on(dictionary, keys);
    let stuck = |hit: &Hit<'_>| good.get(hit.end) != Some(&true);
    hits.sort_by_cached_key(|hit| {
        (stuck(hit), Reverse(hit.end), hit.short, Reverse(hit.entry.weight), hit.entry.rank)
    });
    let mut seen = HashSet::new();
    hits.retain(|hit| seen.insert(hit.entry.text));
    hits
}

struct Search<'d, 'k> {
    dictionary: &'d Dictionary,
    keys: &'k str,
    allowed: Short,
    hits: Vec<Hit<'d>>,
    steps: u32,
}

impl Search<'_, '_> {
    /// `within` are the entries whose first `depth` syllables are those of the keys before `at`.
    fn descend(&mut self, within: Range<usize>, depth: u8, at: usize, short: u8) {
        let Some(left) = self.steps.checked_sub(1) else { return };
        self.steps = left;
        let entries = self.dictionary.entries.get(within.clone()).unwrap_or_default();
        let whole = entries.iter().take_while(|entry| entry.len == depth).count();
        for entry in entries.iter().take(whole) {
            self.hits.push(Hit { entry, end: at, short });
        }
        let longer = within.start + whole..within.end;
        if longer.is_empty() || at >= self.keys.len() {
            return;
        }
        for (end, number) in self.typed_out(at) {
            let next = self.with(&longer, depth, number..number + 1);
            self.descend(next, depth + 1, end, short);
        }
        for (end, numbers) in self.begun(at) {
            self.each(self.with(&longer, depth, numbers), depth, end, short + 1);
        }
    }

    /// Goes on with every syllable that the entries have at `depth`.
    fn each(&mut self, mut within: Range<usize>, depth: u8, end: usize, short: u8) {
        while let Some(number) = self.number(within.start, depth).filter(|_| !within.is_empty()) {
            let next = self.with(&within, depth, number..number + 1);
            within.start = next.end.max(within.start + 1);
            self.descend(next, depth + 1, end, short);
        }
    }

    fn number(&self, entry: usize, depth: u8) -> Option<u16> {
        let entry = self.dictionary.entries.get(entry)?;
        self.dictionary.spelling(entry).get(usize::from(depth)).copied()
    }

    /// Those of the entries that have one of the syllables at `depth`.
    fn with(&self, within: &Range<usize>, depth: u8, numbers: Range<u16>) -> Range<usize> {
        let entries = self.dictionary.entries.get(within.clone()).unwrap_or_default();
        let before = |limit: u16| {
            let at = |entry: &Entry| self.dictionary.spelling(entry).get(usize::from(depth)).copied();
            within.start + entries.partition_point(|entry| at(entry).is_none_or(|number| number < limit))
        };
        before(numbers.start)..before(numbers.end)
    }

    /// The whole syllables that begin at `at`, each with the place behind it.
    fn typed_out(&self, at: usize) -> Vec<(usize, u16)> {
        let ends = (at + 1)..=(at + LONGEST_SYLLABLE).min(self.keys.len());
        let syllable = |end: usize| {
            let number = self.dictionary.syllable(self.keys.get(at..end)?)?;
            Some((after_mark(self.keys, end), number))
        };
        ends.filter_map(syllable).collect()
    }

    /// The syllables that are begun at `at` and not typed out.
    fn begun(&self, at: usize) -> Vec<(usize, Range<u16>)> {
        let rest = self.keys.get(at..).unwrap_or_default();
        let whole = rest.split('\'').next().unwrap_or_default();
        let last = whole.len() == rest.trim_end_matches('\'').len();
        let mut begun = Vec::new();
        if last && whole.len() <= LONGEST_SYLLABLE {
            let mut numbers = self.dictionary.beginning(whole);
            // The syllable itself is typed out.
            if self.dictionary.syllables.get(usize::from(numbers.start)) == Some(&whole) {
                numbers.start += 1;
            }
            begun.push((self.keys.len(), numbers));
        }
        if self.allowed == Short::Any {
            let initials = INITIALS
                .iter()
                .filter(|initial| whole.starts_with(**initial) && !(last && whole.len() == initial.len()));
            begun.extend(initials.map(|initial| {
                (after_mark(self.keys, at + initial.len()), self.dictionary.beginning(initial))
            }));
        }
        begun
    }
}

/// Behind the marks (') that part two syllables.
pub(crate) fn after_mark(keys: &str, at: usize) -> usize {
    let rest = keys.get(at..).unwrap_or_default();
    at + rest.len() - rest.trim_start_matches('\'').len()
}
