//! Everything that a line and a tired device do to what is said, from a seed: the same seed does the same.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use crate::Action;

/// Something said, and the pause before it.
pub type Piece = (Duration, Vec<u8>);

/// A line at its worst. Out of so many things said, one is spoilt in one of eight ways.
#[derive(Debug)]
pub struct Chaos {
    state: u64,
    one_in: u64,
    pause: Duration,
    /// What was said lately, as it was before it was spoilt.
    said: VecDeque<Vec<u8>>,
}

/// The ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mischief {
    /// Some bytes are lost.
    Drop,
    /// Some bytes come twice.
    Duplicate,
    /// One to three bits are turned: two of them may hide from a check byte.
    Flip,
    /// Bytes that nobody said.
    Garbage,
    /// It comes in pieces, with pauses.
    Split,
    /// It is not said at all.
    Silence,
    /// Something said earlier comes first.
    Stale,
    /// It is said twice.
    Twice,
}

impl Mischief {
    const SPOKEN: [Self; 8] = [
        Self::Drop,
        Self::Duplicate,
        Self::Flip,
        Self::Garbage,
        Self::Split,
        Self::Silence,
        Self::Stale,
        Self::Twice,
    ];
    /// What can happen to what is heard.
    const HEARD: [Self; 5] = [Self::Drop, Self::Duplicate, Self::Flip, Self::Garbage, Self::Silence];
}

/// Answers that may come again.
const KEPT: usize = 8;

impl Chaos {
    /// From a seed; one in `one_in` is spoilt, and pieces come at most `pause` apart.
    #[must_use]
    pub fn new(seed: u64, one_in: u64, pause: Duration) -> Self {
        // An odd multiplier keeps neighbouring seeds apart, and the generator needs a state that is not nothing.
        let state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03;
        Self { state: state.max(1), one_in: one_in.max(1), pause, said: VecDeque::new() }
    }

    /// From `{"do":"fault","name":"chaos","seed":1,"one_in":8,"pause_ms":300}`; what is not said is as in this example.
    #[must_use]
    pub fn from_action(action: &Action) -> Self {
        let number = |key, usual| action.number(key).unwrap_or(usual);
        Self::new(number("seed", 1), number("one_in", 8), Duration::from_millis(number("pause_ms", 300)))
    }

    /// What becomes of something said.
    pub fn say(&mut self, words: Vec<u8>) -> Vec<Piece> {
        if words.is_empty() {
            return vec![];
        }
        let spoilt = self.choose(&Mischief::SPOKEN).map_or_else(
            || vec![(Duration::ZERO, words.clone())],
            |mischief| self.spoil_spoken(mischief, words.clone()),
        );
        self.said.push_front(words);
        self.said.truncate(KEPT);
        spoilt
    }

    /// The same with the moments at which the pieces leave, after everything that is held back already.
    pub fn hold(&mut self, held: &mut VecDeque<(Instant, Vec<u8>)>, words: Vec<u8>, now: Instant) {
        let mut at = held.back().map_or(now, |(at, _)| now.max(*at));
        for (pause, piece) in self.say(words) {
            at += pause;
            held.push_back((at, piece));
        }
    }

    /// What becomes of something heard.
    pub fn hear(&mut self, words: &[u8]) -> Vec<u8> {
        match self.choose(&Mischief::HEARD) {
            Some(mischief) if !words.is_empty() => self.spoil(mischief, words.to_vec()),
            _ => words.to_vec(),
        }
    }

    fn choose(&mut self, ways: &[Mischief]) -> Option<Mischief> {
        let spoils = self.below(self.one_in) == 0;
        let way = self.below(ways.len() as u64);
        ways.get(usize::try_from(way).unwrap_or_default()).copied().filter(|_| spoils)
    }

    fn spoil_spoken(&mut self, mischief: Mischief, words: Vec<u8>) -> Vec<Piece> {
        match mischief {
            Mischief::Split => self.split(words),
            Mischief::Stale => {
                let which = self.place(self.said.len());
                let stale = self.said.get(which).cloned().unwrap_or_default();
                vec![(self.rest(), stale), (self.rest(), words)]
            }
            Mischief::Twice => vec![(Duration::ZERO, words.clone()), (self.rest(), words)],
            other => vec![(Duration::ZERO, self.spoil(other, words))],
        }
    }

    fn spoil(&mut self, mischief: Mischief, mut words: Vec<u8>) -> Vec<u8> {
        let from = self.place(words.len());
        let to = (from + 1 + self.place(16)).min(words.len());
        match mischief {
            Mischief::Drop => drop(words.drain(from..to)),
            Mischief::Duplicate => {
                let again = words.get(from..to).unwrap_or_default().to_vec();
                words.splice(from..from, again);
            }
            Mischief::Garbage => {
                let count = 1 + self.place(16);
                let noise: Vec<u8> = (0..count).map(|_| self.byte()).collect();
                words.splice(from..from, noise);
            }
            Mischief::Flip => {
                for _ in 0..=self.place(3) {
                    let (place, bit) = (self.place(words.len()), self.place(8));
                    words.iter_mut().skip(place).take(1).for_each(|byte| *byte ^= 1 << bit);
                }
            }
            Mischief::Silence => words.clear(),
            Mischief::Split | Mischief::Stale | Mischief::Twice => {}
        }
        words
    }

    fn split(&mut self, mut words: Vec<u8>) -> Vec<Piece> {
        let mut pieces = vec![];
        while !words.is_empty() {
            let rest = words.split_off((1 + self.place(words.len())).min(words.len()));
            pieces.push((self.rest(), words));
            words = rest;
        }
        pieces
    }

    fn rest(&mut self) -> Duration {
        let longest = u64::try_from(self.pause.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(self.below(longest.saturating_add(1)))
    }

    /// A place in something so long.
    fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or_default()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_be_bytes()[0]
    }

    fn below(&mut self, end: u64) -> u64 {
        (self.next() >> 16) % end.max(1)
    }

    /// An xorshift generator.
    fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [u8; 40] = [0x55; 40];

    fn chaos(one_in: u64) -> Chaos {
        Chaos::new(7, one_in, Duration::from_millis(3))
    }

    #[test]
    fn the_same_seed_does_the_same_and_another_seed_something_else() {
        let run = |seed| {
            let mut chaos = Chaos::new(seed, 2, Duration::from_millis(3));
            (0..200).map(|_| (chaos.say(WORDS.to_vec()), chaos.hear(&WORDS))).collect::<Vec<_>>()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }

    #[test]
    fn every_way_to_spoil_occurs_and_about_as_much_is_spoilt_as_asked_for() {
        let mut chaos = chaos(4);
        let mut seen = Mischief::SPOKEN.map(|_| 0);
        for _ in 0..8000 {
            if let Some(way) = chaos.choose(&Mischief::SPOKEN) {
                seen[way as usize] += 1;
            }
        }
        assert!(seen.iter().all(|count| (150..350).contains(count)), "{seen:?}");
    }

    #[test]
    fn each_way_does_what_its_name_says() {
        let mut chaos = chaos(1);
        let whole = |pieces: Vec<Piece>| pieces.into_iter().flat_map(|(_, words)| words).collect::<Vec<_>>();
        chaos.said.push_front(vec![9; 3]);
        for _ in 0..200 {
            let mut spoil = |way| whole(chaos.spoil_spoken(way, WORDS.to_vec()));
            assert!(spoil(Mischief::Drop).len() < WORDS.len());
            assert!(spoil(Mischief::Duplicate).len() > WORDS.len());
            assert_eq!(spoil(Mischief::Flip).len(), WORDS.len());
            assert!(spoil(Mischief::Garbage).len() > WORDS.len());
            assert_eq!(spoil(Mischief::Split), WORDS);
            assert!(spoil(Mischief::Silence).is_empty());
            assert_eq!(spoil(Mischief::Stale), [&[9; 3][..], &WORDS].concat());
            assert_eq!(spoil(Mischief::Twice), [WORDS, WORDS].concat());
            assert!(chaos.rest() <= Duration::from_millis(3));
        }
    }
}
