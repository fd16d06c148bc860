//! What is being typed, key by key.

use std::{borrow::Cow, sync::Arc};

use zeroize::Zeroize;

use crate::{Dictionary, names, search, sentence, spelling, strokes};

/// More keys than this are not taken: nobody types so much without choosing.
const MOST_KEYS: usize = 40;

/// How characters are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// 拼音: words and sentences.
    #[default]
    Words,
    /// 拼音, for the name of a person: character by character.
    Name {
        /// Whether nothing stands before it, so that a family name is likely.
        first: bool,
    },
    /// 笔画.
    Strokes,
}

/// Something to choose.
#[derive(Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What it writes.
    pub text: Cow<'static, str>,
    /// How many keys it uses up.
    keys: usize,
}

impl std::fmt::Debug for Candidate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Candidate")
    }
}

/// Takes keys and tells what can be chosen. Overwritten when cleared or dropped.
pub struct Composer {
    dictionary: Arc<Dictionary>,
    mode: Mode,
    /// Not used up yet.
    keys: String,
    /// What was chosen, each with the keys that it used up.
    chosen: Vec<(String, String)>,
    found: Vec<Candidate>,
    page: usize,
    page_size: usize,
}

impl std::fmt::Debug for Composer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Composer").field("mode", &self.mode).finish_non_exhaustive()
    }
}

impl Drop for Composer {
    fn drop(&mut self) {
        self.clear();
    }
}

impl Composer {
    /// Shows `page_size` candidates at a time.
    #[must_use]
    pub fn new(dictionary: Arc<Dictionary>, mode: Mode, page_size: usize) -> Self {
        Self {
            dictionary,
            mode,
            keys: String::with_capacity(MOST_KEYS),
            chosen: Vec::new(),
            found: Vec::new(),
            page: 0,
            page_size: page_size.max(1),
        }
    }

    /// How characters are looked for.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Looks for characters in another way; what was typed and not committed is gone.
    pub fn set_mode(&mut self, mode: Mode) {
        self.clear();
        self.mode = mode;
    }

    /// Takes a key: a letter or `'` of 拼音, or a stroke (`h` 横, `s` 竖, `p` 撇, `n` 点 and 捺, `z` 折, `x` any). `false` where it means
    /// nothing here, and changed nothing.
    pub fn press(&mut self, key: char) -> bool {
        let known = match self.mode {
            Mode::Strokes => strokes::KEYS.contains(&key),
            Mode::Words | Mode::Name { .. } => {
                key.is_ascii_lowercase() || key == '\'' && !self.keys.is_empty() && !self.keys.ends_with('\'')
            }
        };
        let taken = known && self.keys.len() < MOST_KEYS;
        if taken {
            self.keys.push(key);
            self.look();
        }
        taken
    }

    /// Takes the last key back, and the last choice where its keys come to light. `false` where nothing is being typed.
    pub fn erase(&mut self) -> bool {
        if self.keys.pop().is_none() {
            return false;
        }
        if self.keys.is_empty()
            && let Some((mut text, keys)) = self.chosen.pop()
        {
            text.zeroize();
            self.keys = keys;
        }
        self.look();
        true
    }

    /// What can be chosen on this page.
    #[must_use]
    pub fn candidates(&self) -> &[Candidate] {
        let from = self.page * self.page_size;
        let to = (from + self.page_size).min(self.found.len());
        self.found.get(from..to).unwrap_or_default()
    }

    /// Whether there is a page before this one, and one behind it.
    #[must_use]
    pub fn more(&self) -> (bool, bool) {
        (self.page > 0, (self.page + 1) * self.page_size < self.found.len())
    }

    /// Turns to the next page, or back.
    pub fn turn(&mut self, forward: bool) {
        match (forward, self.more()) {
            (true, (_, true)) => self.page += 1,
            (false, (true, _)) => self.page -= 1,
            _ => {}
        }
    }

    /// Chooses a candidate of this page. The text, once every key is used up; until then the rest goes on.
    pub fn choose(&mut self, place: usize) -> Option<String> {
        let Candidate { text, keys } = self.candidates().get(place)?.clone();
        let used: String = self.keys.drain(..keys.min(self.keys.len())).collect();
        self.chosen.push((text.into_owned(), used));
        if !self.keys.is_empty() {
            self.look();
            return None;
        }
        let text = self.chosen.iter().map(|(text, _)| text.as_str()).collect();
        self.clear();
        if let Mode::Name { first } = &mut self.mode {
            *first = false;
        }
        Some(text)
    }

    /// What stands in the line above the candidates: what was chosen, and the keys that are left.
    #[must_use]
    pub fn shown(&self) -> (String, String) {
        let chosen = self.chosen.iter().map(|(text, _)| text.as_str()).collect();
        let keys = match self.mode {
            Mode::Strokes => self.keys.chars().map(stroke).collect(),
            Mode::Words | Mode::Name { .. } => spelling::parted(&self.dictionary, &self.keys),
        };
        (chosen, keys)
    }

    /// Whether nothing is being typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Forgets what is being typed.
    pub fn clear(&mut self) {
        self.keys.zeroize();
        for (mut text, mut keys) in self.chosen.drain(..) {
            text.zeroize();
            keys.zeroize();
        }
        self.forget_found();
    }

    fn forget_found(&mut self) {
        for candidate in self.found.drain(..) {
            if let Cow::Owned(mut row) = candidate.text {
                row.zeroize();
            }
        }
        self.page = 0;
    }

    fn look(&mut self) {
        self.forget_found();
        if self.keys.is_empty() {
            return;
        }
        self.found = match self.mode {
            Mode::Words => self.words(),
            Mode::Name { first } => {
                let first = first && self.chosen.is_empty();
                let found = names::ranked(&self.dictionary, &self.keys, first);
                found.into_iter().map(|(text, keys)| Candidate { text: text.into(), keys }).collect()
            }
            Mode::Strokes => strokes::ranked(&self.dictionary, &self.keys)
                .into_iter()
                .map(|text| Candidate { text: text.into(), keys: self.keys.len() })
                .collect(),
        };
    }

    fn words(&self) -> Vec<Candidate> {
        let hits = search::ranked(&self.dictionary, &self.keys);
        let whole = hits.first().is_some_and(|hit| hit.end == self.keys.len());
        let typed_out = whole && hits.first().is_some_and(|hit| hit.short == 0);
        let row = if typed_out { None } else { sentence::likeliest(&self.dictionary, &self.keys) };
        let mut found: Vec<Candidate> =
            hits.iter().map(|hit| Candidate { text: hit.entry.text.into(), keys: hit.end }).collect();
        if let Some(text) = row.filter(|text| found.iter().all(|known| known.text != text.as_str())) {
            // A word that was begun is likelier than a row of words that was not meant.
            found.insert(usize::from(whole), Candidate { text: text.into(), keys: self.keys.len() });
        }
        found
    }
}

fn stroke(key: char) -> char {
    match key {
        'h' => '一',
        's' => '丨',
        'p' => '丿',
        'n' => '丶',
        'z' => '乛',
        _ => '？',
    }
}
