//! What is known: characters and words with their readings, sorted so that a search needs no other index.

use std::collections::{BTreeSet, HashMap};

const CHARACTERS: &str = include_str!("../../../assets/ime/characters.tsv");
const WORDS: &str = include_str!("../../../assets/ime/words.tsv");
const TERMS: &str = include_str!("../../../assets/ime/terms.tsv");
const SURNAMES: &str = include_str!("../../../assets/ime/surnames.tsv");
const GIVEN: &str = include_str!("../../../assets/ime/given.txt");

/// Why the data cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: cannot be read")]
pub struct DataError {
    /// In `assets/ime`.
    pub file: &'static str,
    /// Counted from 1.
    pub line: usize,
}

/// Characters and words with their readings. Making one takes some ten milliseconds; a program needs one.
pub struct Dictionary {
    /// Every syllable, sorted; a syllable's place is its number.
    pub(crate) syllables: Vec<&'static str>,
    /// Sorted by [`Self::spelling`], so that entries which begin alike stand together, and shorter ones first.
    pub(crate) entries: Vec<Entry>,
    /// The numbers of the syllables of all entries.
    numbers: Vec<u16>,
    /// Sorted as a list of candidates is: the everyday ones first.
    pub(crate) characters: Vec<&'static str>,
    /// Every stroke order with the place of its character, sorted.
    pub(crate) orders: Vec<(&'static str, u32)>,
    pub(crate) surnames: Vec<Surname>,
    /// The place of a character among those of given names.
    pub(crate) given: HashMap<&'static str, u32>,
    /// The sum of all weights.
    pub(crate) total: u64,
}

/// A character or a word with one reading.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) text: &'static str,
    pub(crate) weight: u32,
    /// What decides between characters of one weight: level, then strokes.
    pub(crate) rank: u16,
    /// How many syllables.
    pub(crate) len: u8,
    first: u32,
}

/// 姓, in the reading that it has as one.
pub(crate) struct Surname {
    pub(crate) text: &'static str,
    /// Without spaces.
    pub(crate) keys: String,
}

impl std::fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Dictionary({} entries)", self.entries.len())
    }
}

impl Dictionary {
    /// The one that this program ships with.
    pub fn embedded() -> Result<Self, DataError> {
        let mut read = Reader::default();
        read.lines("characters.tsv", CHARACTERS, Reader::character)?;
        read.lines("words.tsv", WORDS, Reader::word)?;
        read.lines("terms.tsv", TERMS, Reader::word)?;
        read.lines("surnames.tsv", SURNAMES, Reader::surname)?;
        Ok(read.sorted())
    }

    /// The numbers of an entry's syllables.
    pub(crate) fn spelling(&self, entry: &Entry) -> &[u16] {
        let first = entry.first as usize;
        self.numbers.get(first..first + usize::from(entry.len)).unwrap_or_default()
    }

    /// The number of a syllable as it is typed.
    pub(crate) fn syllable(&self, letters: &str) -> Option<u16> {
        let letters = match letters {
            // Nobody looks for a v where the schoolbook has a u.
            "lue" => "lve",
            "nue" => "nve",
            letters => letters,
        };
        self.syllables.binary_search(&letters).ok().and_then(|number| u16::try_from(number).ok())
    }

    /// The numbers of the syllables that begin with `letters`.
    pub(crate) fn beginning(&self, letters: &str) -> std::ops::Range<u16> {
        let from = self.syllables.partition_point(|syllable| *syllable < letters);
        let count = self.syllables.iter().skip(from).take_while(|one| one.starts_with(letters)).count();
        let number = |place: usize| u16::try_from(place).unwrap_or(u16::MAX);
        number(from)..number(from + count)
    }
}

/// A character with the orders in which it is written.
struct Written {
    text: &'static str,
    orders: &'static str,
    weight: u32,
    rank: u16,
}

#[derive(Default)]
struct Reader {
    spoken: Vec<Spoken>,
    characters: Vec<Written>,
    surnames: Vec<Surname>,
}

struct Spoken {
    text: &'static str,
    reading: Vec<&'static str>,
    weight: u32,
    rank: u16,
}

impl Reader {
    fn lines(
        &mut self,
        file: &'static str,
        text: &'static str,
        read: fn(&mut Self, &'static str) -> Option<()>,
    ) -> Result<(), DataError> {
        for (place, line) in text.lines().enumerate() {
            read(self, line).ok_or(DataError { file, line: place + 1 })?;
        }
        Ok(())
    }

    fn character(&mut self, line: &'static str) -> Option<()> {
        let mut columns = line.split('\t');
        let text = columns.next().filter(|text| text.chars().count() == 1)?;
        let level: u16 = columns.next()?.parse().ok()?;
        let strokes: u16 = columns.next()?.parse().ok()?;
        let (readings, orders) = (columns.next()?, columns.next()?);
        let rank = level.checked_mul(100)?.checked_add(strokes)?;
        let mut heaviest = 0;
        for reading in readings.split(' ') {
            let (syllable, weight) = reading.split_once(':')?;
            let weight = weight.parse().ok()?;
            heaviest = heaviest.max(weight);
            self.spoken.push(Spoken { text, reading: vec![syllable], weight, rank });
        }
        self.characters.push(Written { text, orders, weight: heaviest, rank });
        Some(())
    }

    fn word(&mut self, line: &'static str) -> Option<()> {
        let mut columns = line.split('\t');
        let (text, reading) = (columns.next()?, columns.next()?.split(' ').collect());
        let weight = columns.next()?.parse().ok()?;
        self.spoken.push(Spoken { text, reading, weight, rank: 0 });
        Some(())
    }

    fn surname(&mut self, line: &'static str) -> Option<()> {
        let (text, reading) = line.split_once('\t')?;
        self.surnames.push(Surname { text, keys: reading.replace(' ', "") });
        Some(())
    }

    fn sorted(mut self) -> Dictionary {
        let known: BTreeSet<&str> = self.spoken.iter().flat_map(|one| &one.reading).copied().collect();
        let syllables: Vec<&'static str> = known.into_iter().collect();
        self.spoken.sort_by(|one, two| one.reading.cmp(&two.reading));
        let mut numbers = Vec::new();
        let mut entries = Vec::with_capacity(self.spoken.len());
        for Spoken { text, reading, weight, rank } in &self.spoken {
            let first = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            let number = |syllable: &&str| syllables.binary_search(syllable).ok();
            numbers.extend(reading.iter().filter_map(number).filter_map(|place| u16::try_from(place).ok()));
            let len = u8::try_from(reading.len()).unwrap_or(u8::MAX);
            entries.push(Entry { text, weight: *weight, rank: *rank, len, first });
        }
        self.characters.sort_by_key(|one| (std::cmp::Reverse(one.weight), one.rank));
        let ordered = self.characters.iter().zip(0..);
        let mut orders: Vec<(&str, u32)> =
            ordered.flat_map(|(one, place)| one.orders.split_whitespace().map(move |o| (o, place))).collect();
        orders.sort_unstable();
        let given = GIVEN.lines().flat_map(|line| {
            line.char_indices().filter_map(move |(at, letter)| line.get(at..at + letter.len_utf8()))
        });
        Dictionary {
            total: entries.iter().map(|entry| u64::from(entry.weight)).sum(),
            syllables,
            entries,
            numbers,
            characters: self.characters.into_iter().map(|one| one.text).collect(),
            orders,
            surnames: self.surnames,
            given: given.zip(0..).collect(),
        }
    }
}
