//! What a disk may do to changes that were not synced when the power fails.
//!
//! A sync makes everything about a file last. Of what came after it any part may be there or not: nothing, everything up
//! to some moment, or writes in any order, each torn between sectors. A file that was made or deleted since may be there
//! or not, too.

/// The smallest piece that is written whole.
pub const SECTOR: usize = 512;

/// One file: what is sure, and what is not yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileState {
    /// The content that lasts; `None` where there is no such file.
    lasting: Option<Vec<u8>>,
    pending: Vec<Change>,
}

/// What was done since the last sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The file was made.
    Created,
    /// Bytes were written.
    Wrote {
        /// Where.
        at: usize,
        /// What.
        bytes: Vec<u8>,
    },
    /// The file was cut to a length, or stretched.
    Resized(usize),
    /// The file was deleted.
    Deleted,
}

impl FileState {
    /// A file as it was found.
    #[must_use]
    pub fn found(content: Option<Vec<u8>>) -> Self {
        Self { lasting: content, pending: Vec::new() }
    }

    /// Notes a change that may be lost.
    pub fn change(&mut self, change: Change) {
        self.pending.push(change);
    }

    /// Everything up to now lasts.
    pub fn sync(&mut self) {
        let mut content = self.lasting.take();
        self.pending.drain(..).for_each(|change| apply(&mut content, change));
        self.lasting = content;
    }

    /// The folder was synced: whether there is such a file lasts, what is in it need not.
    pub fn sync_name(&mut self) {
        let of_the_folder = |change: &Change| matches!(change, Change::Created | Change::Deleted);
        let Some(last) = self.pending.iter().rposition(of_the_folder) else { return };
        let contents = self.pending.split_off(last + 1);
        self.sync();
        self.pending = contents;
    }

    /// The power fails: what is found afterwards, and lasts from then on.
    pub fn cut_power(&mut self, luck: &mut fastrand::Rng) -> Option<Vec<u8>> {
        let fate = Fate::draw(self.pending.len(), luck);
        let mut content = self.lasting.take();
        for (number, change) in std::mem::take(&mut self.pending).into_iter().enumerate() {
            let of_the_folder = matches!(change, Change::Created | Change::Deleted);
            let kept = fate.keeps(number, luck);
            if of_the_folder && !kept {
                // What followed belongs to another file than the one that is found.
                break;
            }
            match change {
                Change::Wrote { at, bytes } if fate.tears(number) => tear(&mut content, at, &bytes, luck),
                whole if kept => apply(&mut content, whole),
                _ => {}
            }
        }
        self.lasting.clone_from(&content);
        content
    }
}

/// Which kind of bad luck it is.
#[derive(Clone, Copy)]
enum Fate {
    /// The first so many changes are there, the next one is torn.
    Until(usize),
    /// Each change is there or not, for itself, and may be torn.
    Any,
}

impl Fate {
    fn draw(changes: usize, chance: &mut fastrand::Rng) -> Self {
        match chance.u8(0..4) {
            0 => Self::Until(0),
            1 => Self::Until(chance.usize(0..=changes)),
            _ => Self::Any,
        }
    }

    fn keeps(self, number: usize, chance: &mut fastrand::Rng) -> bool {
        match self {
            Self::Until(end) => number < end,
            Self::Any => chance.bool(),
        }
    }

    fn tears(self, number: usize) -> bool {
        match self {
            Self::Until(end) => number == end,
            Self::Any => true,
        }
    }
}

/// Some of the sectors of a write.
fn tear(content: &mut Option<Vec<u8>>, at: usize, bytes: &[u8], chance: &mut fastrand::Rng) {
    let mut from = 0;
    while from < bytes.len() {
        let to_boundary = SECTOR - (at + from) % SECTOR;
        let sector = bytes.get(from..(from + to_boundary).min(bytes.len())).unwrap_or_default();
        if chance.bool() {
            apply(content, Change::Wrote { at: at + from, bytes: sector.to_vec() });
        }
        from += to_boundary;
    }
}

fn apply(content: &mut Option<Vec<u8>>, change: Change) {
    match change {
        Change::Created => *content = Some(Vec::new()),
        Change::Deleted => *content = None,
        Change::Resized(length) => {
            if let Some(content) = content {
                content.resize(length, 0);
            }
        }
        Change::Wrote { at, bytes } => {
            let Some(content) = content else { return };
            let end = at + bytes.len();
            if content.len() < end {
                content.resize(end, 0);
            }
            if let Some(place) = content.get_mut(at..end) {
                place.copy_from_slice(&bytes);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrote(at: usize, byte: u8, length: usize) -> Change {
        Change::Wrote { at, bytes: vec![byte; length] }
    }

    /// Everything that is found after many power cuts of the same file.
    fn found(state: &FileState) -> std::collections::BTreeSet<Option<Vec<u8>>> {
        (0..400).map(|seed| state.clone().cut_power(&mut fastrand::Rng::with_seed(seed))).collect()
    }

    #[test]
    fn what_was_synced_is_always_there() {
        let mut state = FileState::found(None);
        state.change(Change::Created);
        state.change(wrote(0, 7, 2000));
        state.sync();
        assert_eq!(found(&state), [Some(vec![7; 2000])].into());
    }

    #[test]
    fn what_was_not_synced_is_there_in_any_part() {
        let mut state = FileState::found(Some(vec![0; 2 * SECTOR]));
        state.change(wrote(0, 1, 2 * SECTOR));
        let halves = |first, second| Some([vec![first; SECTOR], vec![second; SECTOR]].concat());
        assert_eq!(found(&state), [halves(0, 0), halves(0, 1), halves(1, 0), halves(1, 1)].into());
    }

    #[test]
    fn writes_are_reordered_but_no_sector_is_torn() {
        let mut state = FileState::found(Some(vec![0; SECTOR]));
        state.change(wrote(0, 1, SECTOR));
        state.change(wrote(0, 2, SECTOR));
        let whole = |byte| Some(vec![byte; SECTOR]);
        assert_eq!(found(&state), [whole(0), whole(1), whole(2)].into());
    }

    #[test]
    fn a_deleted_file_may_come_back_and_a_new_one_may_never_have_been() {
        let mut state = FileState::found(Some(vec![1]));
        state.change(Change::Deleted);
        assert_eq!(found(&state), [None, Some(vec![1])].into());
        state.change(Change::Created);
        state.change(wrote(0, 2, 1));
        assert_eq!(found(&state), [None, Some(vec![1]), Some(vec![]), Some(vec![2])].into());
        state.sync();
        assert_eq!(found(&state), [Some(vec![2])].into());
    }

    #[test]
    fn a_synced_folder_keeps_names_and_not_contents() {
        let mut state = FileState::found(Some(vec![1]));
        state.change(Change::Deleted);
        state.sync_name();
        assert_eq!(found(&state), [None].into());
        state.change(Change::Created);
        state.change(wrote(0, 2, 1));
        state.sync_name();
        assert_eq!(found(&state), [Some(vec![]), Some(vec![2])].into());
    }

    #[test]
    fn after_a_power_cut_the_disk_holds_what_was_found() {
        let mut state = FileState::found(Some(vec![0; 4 * SECTOR]));
        state.change(wrote(0, 1, 4 * SECTOR));
        let first = state.cut_power(&mut fastrand::Rng::with_seed(3));
        assert_eq!(found(&state), [first].into());
    }
}
