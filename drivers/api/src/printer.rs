//! The class of receipt printers.

use crate::{Bitmap, LinkFault};

/// A printer of receipts, which tells the truth about its paper.
pub trait ReceiptPrinter: Send {
    /// Opens what is closed, asks the printer who it is (maker and model, where it says so) and sets it up.
    fn identify(&mut self) -> Result<String, PrinterFault>;

    /// How it is now.
    fn status(&mut self) -> Result<PrinterStatus, PrinterFault>;

    /// Prints and cuts one receipt, and finds out whether it came.
    ///
    /// Never prints twice by itself: after [`PrintOutcome::Unknown`] a receipt may lie in the tray.
    fn print(&mut self, job: &PrintJob) -> PrintOutcome;

    /// Ends what is unfinished and clears the printer's memory, so that nothing of this visit comes out in the next.
    fn clear(&mut self) -> Result<(), PrinterFault>;

    /// How many dots a line has.
    fn dots(&self) -> u32;
}

/// One receipt, drawn.
#[derive(Clone, PartialEq, Eq)]
pub struct PrintJob {
    /// The number that also stands on the paper, so that a doubled receipt can be told.
    pub number: u64,
    /// The receipt, as wide as [`ReceiptPrinter::dots`].
    pub image: Bitmap,
}

/// How a printer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrinterStatus {
    /// How much paper.
    pub paper: Paper,
    /// Why it cannot print now, where it cannot.
    pub fault: Option<PrinterFault>,
}

impl PrinterStatus {
    /// Whether a receipt sent now would come out.
    #[must_use]
    pub fn can_print(&self) -> bool {
        self.fault.is_none()
    }
}

/// How much paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Paper {
    /// Enough.
    Enough,
    /// The roll is nearly at its end: staff should know, residents need not.
    NearEnd,
    /// None.
    Out,
    /// The printer does not tell.
    Unknown,
}

/// Why a printer cannot print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PrinterFault {
    /// The way to it does not work.
    #[error(transparent)]
    Link(#[from] LinkFault),
    /// No paper.
    #[error("out of paper: put in a new roll")]
    PaperOut,
    /// The cover is open.
    #[error("the cover is open: close it")]
    CoverOpen,
    /// The cutter or the paper is stuck.
    #[error("the cutter or the paper is jammed: open the cover and clear it")]
    Jam,
    /// The head is too hot; it comes back by itself.
    #[error("the print head is too hot: it recovers by itself")]
    Overheated,
    /// Offline for a reason it does not tell.
    #[error("the printer is offline")]
    Offline,
    /// An error that it cannot recover from.
    #[error("the printer reports an error that it cannot recover from: switch it off and on")]
    Unrecoverable,
}

/// What became of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PrintOutcome {
    /// It came out: the printer said so after the last dot.
    Printed,
    /// Not one dot of it can have been printed.
    NotPrinted(PrinterFault),
    /// It may have come out, in whole or in part.
    Unknown(PrinterFault),
}

impl std::fmt::Debug for PrintJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PrintJob").field("number", &self.number).finish_non_exhaustive()
    }
}
