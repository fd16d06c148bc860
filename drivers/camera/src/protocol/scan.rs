//! Whether a JPEG scan has all of its blocks. Decoders do not say: a scan that ends early, or skips what a lost packet
//! held, is a picture to them, with the rest of it grey or shifted.

use std::iter;

/// Baseline frames, as every camera sends them: interleaved, one scan.
const SOF: [u8; 2] = [0xC0, 0xC1];
const DHT: u8 = 0xC4;
const SOS: u8 = 0xDA;
const DRI: u8 = 0xDD;
const EOI: u8 = 0xD9;

/// Whether every block that the size asks for is there, and nothing but the end behind them.
pub(super) fn is_complete(file: &[u8]) -> bool {
    head(file).and_then(|(head, scan)| head.walk(scan)).is_some()
}

/// Codes of a Huffman table: how many there are of each length, and what they stand for.
#[derive(Clone, Copy)]
struct Table<'a> {
    lengths: &'a [u8],
    values: &'a [u8],
}

/// The same, ready to be looked up: a frame has some hundred thousand codes, nearly all of them short.
struct Codes {
    /// By the next eight bits: the length of the code that they begin with and its value; length 0 for longer ones.
    short: Vec<(u8, u8)>,
    /// For each length above eight: its length, what lies beyond its codes, and what to take from one for its value's place.
    long: Vec<(u8, u32, i64)>,
    values: Vec<u8>,
}

impl Codes {
    fn of(table: Table<'_>) -> Self {
        let mut codes = Self { short: vec![(0, 0); 256], long: Vec::new(), values: table.values.to_vec() };
        let (mut first, mut index) = (0_u32, 0_u32);
        for (length, count) in (1..=16_u8).zip(table.lengths.iter().map(|count| u32::from(*count))) {
            if length > 8 {
                codes.long.push((length, first + count, i64::from(first) - i64::from(index)));
            } else {
                codes.add_short(length, first, index, count);
            }
            index += count;
            first = (first + count) << 1;
        }
        codes
    }

    /// A code of `length` bits stands at every place of eight bits that begins with it.
    fn add_short(&mut self, length: u8, first: u32, index: u32, count: u32) {
        let width = 1_usize << (8 - length);
        for at in 0..count {
            let value = self.values.get((index + at) as usize).copied();
            let places = self.short.iter_mut().skip((first + at) as usize * width).take(width);
            places.for_each(|place| *place = value.map_or((0, 0), |value| (length, value)));
        }
    }

    /// Length and value of the code at the head of these 16 bits.
    fn find(&self, bits: u16) -> Option<(u8, u8)> {
        match self.short.get(usize::from(bits >> 8))? {
            (0, _) => self.find_long(u32::from(bits)),
            found => Some(*found),
        }
    }

    fn find_long(&self, bits: u32) -> Option<(u8, u8)> {
        let (length, _, apart) =
            self.long.iter().find(|(length, beyond, _)| bits >> (16 - length) < *beyond)?;
        let place = i64::from(bits >> (16 - length)) - apart;
        Some((*length, *self.values.get(usize::try_from(place).ok()?)?))
    }
}

#[derive(Default)]
struct Head<'a> {
    /// By class (0 for DC, 16 for AC) and number.
    tables: Vec<(u8, Table<'a>)>,
    size: (usize, usize),
    /// Number, blocks across and down.
    components: Vec<(u8, usize, usize)>,
    restart: usize,
    /// Number, and the numbers of its two tables.
    scan: Vec<(u8, u8)>,
}

/// What stands before the scan, and the scan.
fn head(file: &[u8]) -> Option<(Head<'_>, &[u8])> {
    let mut head = Head::default();
    let mut rest = file.get(2..)?;
    loop {
        let &[0xFF, marker, high, low, ..] = rest else { return None };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let (segment, behind) = rest.get(2..)?.split_at_checked(length)?;
        let body = segment.get(2..)?;
        rest = behind;
        match marker {
            DHT => head.add_tables(body)?,
            DRI => head.restart = usize::from(u16::from_be_bytes(*body.first_chunk()?)),
            SOS => {
                let count = usize::from(*body.first()?);
                head.scan = body
                    .get(1..1 + 2 * count)?
                    .chunks_exact(2)
                    .filter_map(|pair| Some((*pair.first()?, *pair.last()?)))
                    .collect();
                return Some((head, rest));
            }
            _ if SOF.contains(&marker) => head.set_size(body)?,
            // Other kinds of frames: progressive, arithmetic, lossless.
            0xC2..=0xCF => return None,
            _ => {}
        }
    }
}

impl<'a> Head<'a> {
    fn add_tables(&mut self, mut body: &'a [u8]) -> Option<()> {
        while let Some((id, rest)) = body.split_first() {
            let (lengths, rest) = rest.split_at_checked(16)?;
            let count = lengths.iter().map(|count| usize::from(*count)).sum();
            let (values, rest) = rest.split_at_checked(count)?;
            self.tables.retain(|(known, _)| known != id);
            self.tables.push((*id, Table { lengths, values }));
            body = rest;
        }
        Some(())
    }

    fn set_size(&mut self, body: &[u8]) -> Option<()> {
        let &[_, h1, h2, w1, w2, count, ref components @ ..] = body else { return None };
        let number = |high, low| usize::from(u16::from_be_bytes([high, low]));
        self.size = (number(w1, w2), number(h1, h2));
        let of = components.get(..3 * usize::from(count))?.chunks_exact(3);
        let of = of.filter_map(|component| {
            let &[id, sampling, _] = component else { return None };
            Some((id, usize::from(sampling >> 4), usize::from(sampling & 15)))
        });
        self.components = of.collect();
        let sound =
            |(_, across, down): &(u8, usize, usize)| (1..=4).contains(across) && (1..=4).contains(down);
        (!self.components.is_empty() && self.components.iter().all(sound)).then_some(())
    }

    /// The numbers of the two tables of each block of one unit, in order, and how many units there are.
    fn units(&self) -> Option<(Vec<(u8, u8)>, usize)> {
        let most = |of: fn(&(u8, usize, usize)) -> usize| self.components.iter().map(of).max();
        let (across, down) = (most(|component| component.1)?, most(|component| component.2)?);
        if self.scan.len() != self.components.len() {
            return None;
        }
        let mut blocks = Vec::new();
        for (id, tables) in &self.scan {
            let (_, h, v) = *self.components.iter().find(|component| component.0 == *id)?;
            // One component alone is not interleaved: its unit is a block.
            let count = if self.scan.len() == 1 { 1 } else { h * v };
            blocks.extend(iter::repeat_n((tables >> 4, 0x10 | (tables & 15)), count));
        }
        let (across, down) = if self.scan.len() == 1 { (1, 1) } else { (across, down) };
        let units = self.size.0.div_ceil(8 * across) * self.size.1.div_ceil(8 * down);
        Some((blocks, units))
    }

    fn walk(&self, scan: &[u8]) -> Option<()> {
        let (blocks, units) = self.units()?;
        let codes: Vec<_> = self.tables.iter().map(|(id, table)| (*id, Codes::of(*table))).collect();
        let table = |id: u8| codes.iter().find(|(known, _)| *known == id).map(|(_, codes)| codes);
        let blocks = blocks.into_iter().map(|(dc, ac)| Some((table(dc)?, table(ac)?)));
        let blocks: Vec<_> = blocks.collect::<Option<_>>()?;
        let mut bits = Bits { rest: scan, held: 0, count: 0 };
        for unit in 0..units {
            if self.restart > 0 && unit > 0 && unit % self.restart == 0 {
                bits.restart()?;
            }
            for (dc, ac) in &blocks {
                bits.block(dc, ac)?;
            }
        }
        bits.is_at_end().then_some(())
    }
}

struct Bits<'a> {
    rest: &'a [u8],
    /// The bits that are read next, from the top.
    held: u64,
    count: u8,
}

impl Bits<'_> {
    /// Takes in as much as there is room for. A marker stays where it stands.
    fn fill(&mut self) {
        while self.count <= 56 {
            let byte;
            (byte, self.rest) = match *self.rest {
                [0xFF, 0x00, ref rest @ ..] => (0xFF, rest),
                [byte, ref rest @ ..] if byte != 0xFF => (byte, rest),
                _ => return,
            };
            self.held |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    /// `None` where a marker stands, or nothing.
    fn take(&mut self, count: u8) -> Option<()> {
        self.count = self.count.checked_sub(count)?;
        self.held <<= count;
        Some(())
    }

    /// The next code, and as many bits behind it as `more` says of its value.
    fn symbol(&mut self, codes: &Codes, more: impl Fn(u8) -> u8) -> Option<u8> {
        // Code and bits behind it are 31 at most.
        if self.count < 32 {
            self.fill();
        }
        let (length, value) = codes.find(u16::try_from(self.held >> 48).ok()?)?;
        self.take(length + more(value))?;
        Some(value)
    }

    fn block(&mut self, dc: &Codes, ac: &Codes) -> Option<()> {
        // Differences longer than that are in no baseline frame.
        self.symbol(dc, |length| length.min(16))?;
        let mut place = 1;
        while place < 64 {
            let symbol = self.symbol(ac, |symbol| symbol & 15)?;
            match (symbol >> 4, symbol & 15) {
                (15, 0) => place += 16,
                (_, 0) => break,
                (run, _) => place += usize::from(run) + 1,
            }
        }
        (place <= 64).then_some(())
    }

    fn restart(&mut self) -> Option<()> {
        self.fill();
        let &[0xFF, 0xD0..=0xD7, ref rest @ ..] = self.rest else { return None };
        if self.count >= 8 {
            return None;
        }
        (self.rest, self.held, self.count) = (rest, 0, 0);
        Some(())
    }

    /// What is left of a byte is padding, and behind it stands the end.
    fn is_at_end(&mut self) -> bool {
        self.fill();
        self.count < 8 && self.rest.starts_with(&[0xFF, EOI])
    }
}
