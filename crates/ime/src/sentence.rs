//! Several words at once: the likeliest row of words that uses every key.

use crate::{
    dictionary::Dictionary,
    search::{Short, hits},
};

/// What a syllable that is not typed out costs: about as much as a word a hundred times rarer.
const SHORT: f32 = 4.6;

#[derive(Clone, Copy)]
struct Best<'d> {
    cost: f32,
    from: usize,
    text: &'d str,
}

/// The likeliest row of words, where there is one of more than one word.
pub(crate) fn likeliest(dictionary: &Dictionary, keys: &str) -> Option<String> {
    let mut best: Vec<Option<Best<'_>>> = vec![None; keys.len() + 1];
    for at in 0..keys.len() {
        let before = match (at, best.get(at)?) {
            (0, _) => 0.0,
            (_, Some(best)) => best.cost,
            (_, None) => continue,
        };
        for hit in hits(dictionary, keys, at, Short::Last) {
            let cost = before + cost(dictionary, hit.entry.weight) + SHORT * f32::from(hit.short);
            let slot = best.get_mut(hit.end)?;
            if slot.is_none_or(|known| cost < known.cost) {
                *slot = Some(Best { cost, from: at, text: hit.entry.text });
            }
        }
    }
    let mut words = Vec::new();
    let mut at = keys.len();
    while at > 0 {
        let word = (*best.get(at)?)?;
        words.push(word.text);
        at = word.from;
    }
    words.reverse();
    (words.len() > 1).then(|| words.concat())
}

/// How unlikely a word is: the logarithm of how much there is for one of it.
#[expect(clippy::cast_precision_loss, reason = "a logarithm needs no more than seven digits")]
fn cost(dictionary: &Dictionary, weight: u32) -> f32 {
    (dictionary.total as f32 / (weight as f32 + 0.5)).ln()
}
