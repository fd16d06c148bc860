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

    fn table(&self, id: u8) -> Option<Table<'a>> {
        self.tables.iter().find(|(known, _)| *known == id).map(|(_, table)| *table)
    }

    /// The tables of each block of one unit, in order, and how many units there are.
    fn units(&self) -> Option<(Vec<(Table<'a>, Table<'a>)>, usize)> {
        let most = |of: fn(&(u8, usize, usize)) -> usize| self.components.iter().map(of).max();
        let (across, down) = (most(|component| component.1)?, most(|component| component.2)?);
        if self.scan.len() != self.components.len() {
            return None;
        }
        let mut blocks = Vec::new();
        for (id, tables) in &self.scan {
            let (_, h, v) = *self.components.iter().find(|component| component.0 == *id)?;
            let pair = (self.table(tables >> 4)?, self.table(0x10 | (tables & 15))?);
            // One component alone is not interleaved: its unit is a block.
            let count = if self.scan.len() == 1 { 1 } else { h * v };
            blocks.extend(iter::repeat_n(pair, count));
        }
        let (across, down) = if self.scan.len() == 1 { (1, 1) } else { (across, down) };
        let units = self.size.0.div_ceil(8 * across) * self.size.1.div_ceil(8 * down);
        Some((blocks, units))
    }

    fn walk(&self, scan: &[u8]) -> Option<()> {
        let (blocks, units) = self.units()?;
        let mut bits = Bits { rest: scan, held: 0, count: 0 };
        for unit in 0..units {
            if self.restart > 0 && unit > 0 && unit % self.restart == 0 {
                bits.restart()?;
            }
            for (dc, ac) in &blocks {
                bits.block(*dc, *ac)?;
            }
        }
        bits.is_at_end().then_some(())
    }
}

struct Bits<'a> {
    rest: &'a [u8],
    held: u8,
    count: u8,
}

impl Bits<'_> {
    /// `None` where a marker stands, or nothing.
    fn bit(&mut self) -> Option<u16> {
        if self.count == 0 {
            (self.held, self.rest) = match *self.rest {
                [0xFF, 0x00, ref rest @ ..] => (0xFF, rest),
                [byte, ref rest @ ..] if byte != 0xFF => (byte, rest),
                _ => return None,
            };
            self.count = 8;
        }
        self.count -= 1;
        Some(u16::from((self.held >> self.count) & 1))
    }

    fn skip(&mut self, count: u8) -> Option<()> {
        (0..count).try_for_each(|_| self.bit().map(drop))
    }

    fn symbol(&mut self, table: Table<'_>) -> Option<u8> {
        let (mut code, mut first, mut index) = (0_usize, 0_usize, 0_usize);
        for count in table.lengths {
            code = (code << 1) | usize::from(self.bit()?);
            let count = usize::from(*count);
            if code < first + count {
                return table.values.get(index + code.checked_sub(first)?).copied();
            }
            index += count;
            first = (first + count) << 1;
        }
        None
    }

    fn block(&mut self, dc: Table<'_>, ac: Table<'_>) -> Option<()> {
        let length = self.symbol(dc)?;
        self.skip(length)?;
        let mut place = 1;
        while place < 64 {
            let symbol = self.symbol(ac)?;
            match (symbol >> 4, symbol & 15) {
                (15, 0) => place += 16,
                (_, 0) => break,
                (run, length) => {
                    place += usize::from(run) + 1;
                    self.skip(length)?;
                }
            }
        }
        (place <= 64).then_some(())
    }

    fn restart(&mut self) -> Option<()> {
        self.count = 0;
        let &[0xFF, 0xD0..=0xD7, ref rest @ ..] = self.rest else { return None };
        self.rest = rest;
        Some(())
    }

    /// What is left of a byte is padding, and behind it stands the end.
    fn is_at_end(&self) -> bool {
        self.rest.starts_with(&[0xFF, EOI])
    }
}
