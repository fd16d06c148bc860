//! What comes out: receipts that were cut, and paper that hangs out.

use crate::escpos::{Item, Piece, Sheet};

/// A receipt, or a piece of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// The dots.
    pub sheet: Sheet,
    /// The bytes that they were printed from: from the first command that printed to the last one.
    pub bytes: Vec<u8>,
}

/// The slot where paper comes out.
#[derive(Debug)]
pub struct Output {
    stride: usize,
    /// The stream as heard, from the byte `kept_from` on.
    stream: Vec<u8>,
    kept_from: usize,
    /// Where the commands of the hanging paper begin in the stream.
    begun_at: Option<usize>,
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
            begun_at: None,
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
        let begun_at = *self.begun_at.get_or_insert(item.begin);
        self.rows += u64::from(item.piece.rows());
        self.hanging.sheet.print(&item.piece);
        let heard = self.stream.get(begun_at - self.kept_from..item.end - self.kept_from);
        if matches!(item.piece, Piece::Cut { .. }) {
            self.hanging.bytes = heard.unwrap_or_default().to_vec();
            self.cut();
            self.in_tray += 1;
        } else if let Some(more) = heard.and_then(|heard| heard.get(self.hanging.bytes.len()..)) {
            self.hanging.bytes.extend(more);
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
        self.begun_at = None;
        self.receipts += 1;
    }

    /// Drops what was heard and belongs to no receipt, unless something still waits to be printed from it.
    pub(super) fn forget_bytes_unless(&mut self, waiting: bool) {
        if !waiting && self.begun_at.is_none() {
            self.kept_from += self.stream.len();
            self.stream.clear();
        }
    }

    /// The stream begins anew. What was printed stays printed.
    pub(super) fn forget_stream(&mut self) {
        self.stream.clear();
        self.kept_from = 0;
        self.begun_at = None;
    }
}
