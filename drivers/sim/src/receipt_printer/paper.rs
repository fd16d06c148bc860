//! What comes out: receipts that were cut, and paper that hangs out.

use crate::escpos::{Item, Piece, Sheet};

/// A receipt, or a piece of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// The dots.
    pub sheet: Sheet,
    /// The commands that printed them, and no others.
    pub bytes: Vec<u8>,
}

/// The slot where paper comes out.
#[derive(Debug)]
pub struct Output {
    stride: usize,
    /// The stream as heard, from the byte `kept_from` on.
    stream: Vec<u8>,
    kept_from: usize,
    /// Up to where the stream has become paper.
    printed_to: usize,
    hanging: Receipt,
    last: Option<Receipt>,
    in_tray: u64,
    receipts: u64,
    rows: u64,
}

impl Output {
    pub(super) fn new(dots: u32) -> Self {
        let stride = dots.div_ceil(8) as usize;
        let hanging = Receipt { sheet: Sheet::new(stride), bytes: vec![] };
        Self {
            stride,
            stream: vec![],
            kept_from: 0,
            printed_to: 0,
            hanging,
            last: None,
            in_tray: 0,
            receipts: 0,
            rows: 0,
        }
    }

    /// Dots across.
    #[must_use]
    pub fn dots(&self) -> usize {
        self.stride * 8
    }

    /// The paper that hangs out, not cut.
    #[must_use]
    pub fn hanging(&self) -> &Receipt {
        &self.hanging
    }

    /// The last receipt that was cut or torn off.
    #[must_use]
    pub fn last(&self) -> Option<&Receipt> {
        self.last.as_ref()
    }

    /// Receipts that lie in the tray.
    #[must_use]
    pub fn in_tray(&self) -> u64 {
        self.in_tray
    }

    /// Receipts that were cut or torn off.
    #[must_use]
    pub fn receipts(&self) -> u64 {
        self.receipts
    }

    /// Rows that the paper has moved.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    pub(super) fn hear(&mut self, bytes: &[u8]) {
        self.stream.extend(bytes);
    }

    /// Prints, feeds or cuts.
    pub(super) fn take(&mut self, item: &Item) {
        let from = item.begin.max(self.printed_to).saturating_sub(self.kept_from);
        let heard = self.stream.get(from..item.end.saturating_sub(self.kept_from));
        self.hanging.bytes.extend(heard.unwrap_or_default());
        self.printed_to = item.end;
        self.rows += u64::from(item.piece.rows());
        self.hanging.sheet.print(&item.piece);
        if matches!(item.piece, Piece::Cut { .. }) {
            self.cut();
            self.in_tray += 1;
        }
    }

    /// A person takes all paper away.
    pub(super) fn tear(&mut self) {
        self.in_tray = 0;
        if self.hanging.sheet.height() > 0 {
            self.cut();
        }
    }

    fn cut(&mut self) {
        let next = Receipt { sheet: Sheet::new(self.stride), bytes: vec![] };
        self.last = Some(std::mem::replace(&mut self.hanging, next));
        self.receipts += 1;
    }

    /// Drops what was heard before `place`.
    pub(super) fn forget_before(&mut self, place: usize) {
        let count = place.saturating_sub(self.kept_from).min(self.stream.len());
        self.stream.drain(..count);
        self.kept_from += count;
    }

    /// The stream begins anew. What was printed stays printed.
    pub(super) fn forget_stream(&mut self) {
        self.stream.clear();
        (self.kept_from, self.printed_to) = (0, 0);
    }
}
