//! The two framings of readers on USB bulk pipes, which share vendor and product: their endpoints tell them apart.

use zeroize::Zeroizing;

use super::frame::PREAMBLE;

/// Preamble and length: what travels apart from the rest where there are four pipes.
pub const HEAD: usize = 7;

/// Set in the address of a pipe to the host.
const TO_HOST: u8 = 0x80;

/// Addresses of pipes, to the device and to the host.
pub type Pair = (u8, u8);

/// How frames travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pipes {
    /// Frames go whole.
    Pair(Pair),
    /// Heads over the lower addresses, the rest over the higher ones: 02 and 81, 06 and 85 as published.
    Split {
        /// For preamble and length.
        heads: Pair,
        /// For what follows.
        bodies: Pair,
    },
}

impl Pipes {
    /// By the addresses of an interface's bulk pipes; `None` where that is no reader.
    pub fn choose(bulk: impl Iterator<Item = u8>) -> Option<Self> {
        let (mut input, mut out): (Vec<u8>, Vec<u8>) = bulk.partition(|address| address & TO_HOST != 0);
        input.sort_unstable();
        out.sort_unstable();
        match (&*out, &*input) {
            ([out], [input]) => Some(Self::Pair((*out, *input))),
            ([low_out, high_out], [low_in, high_in]) => {
                Some(Self::Split { heads: (*low_out, *low_in), bodies: (*high_out, *high_in) })
            }
            _ => None,
        }
    }
}

/// Where bytes came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pipe {
    /// The one for preamble and length.
    Heads,
    /// The one for the rest.
    Bodies,
}

impl Pipe {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Heads => Self::Bodies,
            Self::Bodies => Self::Heads,
        }
    }
}

/// Puts what comes over two pipes into the order of the frames. Wiped when dropped.
#[derive(Default)]
pub struct Merge {
    heads: Zeroizing<Vec<u8>>,
    bodies: Zeroizing<Vec<u8>>,
    /// How much of the current frame's body has not been passed on.
    owed: usize,
}

impl Merge {
    /// Takes in what came.
    pub fn push(&mut self, pipe: Pipe, bytes: &[u8]) {
        match pipe {
            Pipe::Heads => self.heads.extend(bytes),
            Pipe::Bodies => self.bodies.extend(bytes),
        }
    }

    /// Where the next bytes must come from.
    #[must_use]
    pub fn wanted(&self) -> Pipe {
        if self.owed > 0 { Pipe::Bodies } else { Pipe::Heads }
    }

    /// Passes on what is in order: a head once it is whole, then as much of a body as its head promised. Nothing where
    /// something has to come first, or where `into` has no room for a head.
    pub fn take(&mut self, into: &mut [u8]) -> usize {
        if self.owed > 0 {
            let room = self.owed.min(into.len());
            let count = pass(&mut self.bodies, room, into);
            self.owed -= count;
            return count;
        }
        let Some(head) = self.heads.first_chunk::<HEAD>().filter(|_| into.len() >= HEAD) else { return 0 };
        // A head that is none promises nothing: it goes on as noise.
        if head.starts_with(&PREAMBLE) {
            self.owed = usize::from(u16::from_be_bytes([head[5], head[6]]));
        }
        pass(&mut self.heads, HEAD, into)
    }

    /// Passes on whatever is left, in no order: nothing will come that it could belong to.
    pub fn give_up(&mut self, into: &mut [u8]) -> usize {
        self.owed = 0;
        let from = if self.heads.is_empty() { &mut self.bodies } else { &mut self.heads };
        pass(from, into.len(), into)
    }
}

fn pass(from: &mut Vec<u8>, most: usize, into: &mut [u8]) -> usize {
    let count = most.min(from.len()).min(into.len());
    into.iter_mut().zip(from.drain(..count)).for_each(|(to, byte)| *to = byte);
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUND: [u8; 15] = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 8, 0, 0, 0x9F, 0, 0, 0, 0, 0x97];

    fn all(merge: &mut Merge) -> Vec<u8> {
        let mut got = vec![];
        let mut into = [0; 64];
        loop {
            match merge.take(&mut into) {
                0 => return got,
                count => got.extend(&into[..count]),
            }
        }
    }

    #[test]
    fn the_endpoints_tell_the_framing() {
        let choose = |addresses: &[u8]| Pipes::choose(addresses.iter().copied());
        assert_eq!(choose(&[0x81, 0x02]), Some(Pipes::Pair((0x02, 0x81))));
        let split = Some(Pipes::Split { heads: (0x02, 0x81), bodies: (0x06, 0x85) });
        assert_eq!(choose(&[0x02, 0x06, 0x81, 0x85]), split);
        assert_eq!(choose(&[0x85, 0x81, 0x06, 0x02]), split, "in whatever order they are listed");
        for none in [&[][..], &[0x81], &[0x02], &[0x02, 0x06, 0x81], &[0x02, 0x81, 0x82]] {
            assert_eq!(choose(none), None, "{none:02x?}");
        }
    }

    #[test]
    fn a_body_that_comes_before_its_head_waits_for_it() {
        let mut merge = Merge::default();
        merge.push(Pipe::Bodies, &FOUND[HEAD..]);
        assert_eq!(all(&mut merge), []);
        merge.push(Pipe::Heads, &FOUND[..3]);
        assert_eq!((all(&mut merge), merge.wanted()), (vec![], Pipe::Heads));
        merge.push(Pipe::Heads, &FOUND[3..HEAD]);
        assert_eq!(all(&mut merge), FOUND);
        assert_eq!(merge.wanted(), Pipe::Heads);
    }

    #[test]
    fn two_answers_keep_their_order() {
        let mut merge = Merge::default();
        merge.push(Pipe::Heads, &[&FOUND[..HEAD], &FOUND[..HEAD]].concat());
        merge.push(Pipe::Bodies, &FOUND[HEAD..HEAD + 3]);
        assert_eq!(all(&mut merge), FOUND[..HEAD + 3]);
        assert_eq!(merge.wanted(), Pipe::Bodies);
        merge.push(Pipe::Bodies, &[&FOUND[HEAD + 3..], &FOUND[HEAD..]].concat());
        assert_eq!(all(&mut merge), [&FOUND[HEAD + 3..], &FOUND].concat());
    }

    #[test]
    fn what_belongs_to_nothing_comes_out_and_not_into_the_next_answer() {
        let mut merge = Merge::default();
        let mut into = [0; 64];
        merge.push(Pipe::Bodies, &[1, 2, 3]);
        assert_eq!(all(&mut merge), []);
        assert_eq!(merge.give_up(&mut into), 3);
        merge.push(Pipe::Heads, &[7; HEAD]);
        assert_eq!(all(&mut merge), [7; HEAD], "no head, and no promise");
        merge.push(Pipe::Heads, &FOUND[..HEAD]);
        assert_eq!(merge.take(&mut into), HEAD);
        assert_eq!(merge.give_up(&mut into), 0);
        assert_eq!(merge.wanted(), Pipe::Heads, "a body that never came is not waited for for ever");
    }
}
