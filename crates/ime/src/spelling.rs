//! How typed letters are read back: `zhongguoren` as `zhong guo ren`.

use crate::{dictionary::Dictionary, search};

/// Sounds that the table has as syllables (嗯 as `n`) and that hardly anybody means.
const ODD: [&str; 6] = ["hm", "hng", "m", "n", "ng", "r"];

/// For every place whether the keys from there on can be syllables, the last one perhaps not typed out: `jiang` leaves
/// `uo` of `jianguo`, which cannot.
pub(crate) fn goes_on(dictionary: &Dictionary, keys: &str) -> Vec<bool> {
    let mut good = vec![false; keys.len() + 1];
    for at in (0..=keys.len()).rev() {
        let rest = keys.get(at..).unwrap_or_default().trim_start_matches('\'');
        let begun = rest.is_empty() || !dictionary.beginning(rest).is_empty();
        let whole = |piece: usize| {
            let word = rest.get(..piece).filter(|word| !ODD.contains(word));
            let known = word
                .is_some_and(|word| dictionary.syllable(word).is_some() || search::INITIALS.contains(&word));
            known && good.get(keys.len() - rest.len() + piece) == Some(&true)
        };
        let found = begun || (1..=rest.len().min(6)).any(whole);
        if let Some(slot) = good.get_mut(at) {
            *slot = found;
        }
    }
    good
}

/// The letters, parted into the fewest syllables.
pub(crate) fn parted(dictionary: &Dictionary, keys: &str) -> String {
    // From every place to the end: what it costs, and where the first piece ends.
    let mut best: Vec<(u32, usize)> = vec![(0, keys.len()); keys.len() + 1];
    for at in (0..keys.len()).rev() {
        let ends = (at + 1)..=(at + 6).min(keys.len());
        let piece = |end: usize| {
            let cost = cost(dictionary, keys.get(at..end)?)?;
            let rest = best.get(end)?.0;
            Some((cost + rest, end))
        };
        let found = ends.filter_map(piece).min_by_key(|(cost, end)| (*cost, std::cmp::Reverse(*end)));
        if let (Some(slot), Some(found)) = (best.get_mut(at), found) {
            *slot = found;
        }
    }
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some((_, end)) = best.get(at).filter(|(_, end)| *end > at) {
        pieces.extend(keys.get(at..*end).filter(|piece| *piece != "'"));
        at = *end;
    }
    pieces.join(" ")
}

fn cost(dictionary: &Dictionary, piece: &str) -> Option<u32> {
    match dictionary.syllable(piece) {
        Some(_) if ODD.contains(&piece) => Some(30),
        Some(_) => Some(10),
        // A letter that stands for a syllable.
        None if piece.len() == 1 => Some(25),
        None => None,
    }
}
