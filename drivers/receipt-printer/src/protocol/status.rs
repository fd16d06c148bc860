//! What status bytes mean.

use driver_api::{Paper, PrinterFault, PrinterStatus};

/// What the bits of any status say, once they have names.
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are bits of the wire, each independent of the others"
)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Signs {
    offline: bool,
    cover_open: bool,
    mechanical: bool,
    cutter: bool,
    unrecoverable: bool,
    resting: bool,
    near_end: bool,
    paper_end: bool,
}

impl Signs {
    fn status(self) -> PrinterStatus {
        PrinterStatus { paper: self.paper(), fault: self.fault() }
    }

    fn paper(self) -> Paper {
        match (self.paper_end, self.near_end) {
            (true, _) => Paper::Out,
            (false, true) => Paper::NearEnd,
            (false, false) => Paper::Enough,
        }
    }

    /// What to mend first: an open cover often shows as paper end too, and everything makes a printer offline.
    fn fault(self) -> Option<PrinterFault> {
        [
            (self.unrecoverable, PrinterFault::Unrecoverable),
            (self.cover_open, PrinterFault::CoverOpen),
            (self.paper_end, PrinterFault::PaperOut),
            (self.cutter || self.mechanical, PrinterFault::Jam),
            (self.resting, PrinterFault::Overheated),
            (self.offline, PrinterFault::Offline),
        ]
        .into_iter()
        .find_map(|(shown, fault)| shown.then_some(fault))
    }
}

fn bit(byte: u8, place: u8) -> bool {
    byte & 1 << place != 0
}

/// The answers to DLE EOT 1, 2, 3 and 4.
#[must_use]
pub fn of_real_time([printer, cause, error, paper]: [u8; 4]) -> PrinterStatus {
    Signs {
        offline: bit(printer, 3),
        cover_open: bit(cause, 2),
        mechanical: bit(error, 2),
        cutter: bit(error, 3),
        unrecoverable: bit(error, 5),
        resting: bit(error, 6),
        near_end: bit(paper, 2) || bit(paper, 3),
        paper_end: bit(paper, 5) || bit(paper, 6) || bit(cause, 5),
    }
    .status()
}

/// An automatic status.
#[must_use]
pub fn of_asb([line, error, paper, _]: [u8; 4]) -> PrinterStatus {
    Signs {
        offline: bit(line, 3),
        cover_open: bit(line, 5),
        mechanical: bit(error, 2),
        cutter: bit(error, 3),
        unrecoverable: bit(error, 5),
        resting: bit(error, 6),
        near_end: bit(paper, 0) || bit(paper, 1),
        paper_end: bit(paper, 2) || bit(paper, 3),
    }
    .status()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: [u8; 4], paper: Paper, fault: Option<PrinterFault>) {
        assert_eq!(of_real_time(bytes), PrinterStatus { paper, fault });
    }

    #[test]
    fn real_time_status_of_the_manuals() {
        check([0x12; 4], Paper::Enough, None);
        check([0x1A, 0x32, 0x12, 0x7E], Paper::Out, Some(PrinterFault::PaperOut));
        check([0x12, 0x12, 0x12, 0x1E], Paper::NearEnd, None);
        check([0x1A, 0x16, 0x12, 0x7E], Paper::Out, Some(PrinterFault::CoverOpen));
        check([0x1A, 0x52, 0x1A, 0x12], Paper::Enough, Some(PrinterFault::Jam));
        check([0x1A, 0x52, 0x52, 0x12], Paper::Enough, Some(PrinterFault::Overheated));
        check([0x1A, 0x52, 0x32, 0x12], Paper::Enough, Some(PrinterFault::Unrecoverable));
        check([0x1A, 0x12, 0x12, 0x12], Paper::Enough, Some(PrinterFault::Offline));
    }

    #[test]
    fn automatic_status_says_the_same() {
        for (bytes, paper, fault) in [
            ([0x10, 0, 0, 0], Paper::Enough, None),
            ([0x18, 0, 0x0F, 0], Paper::Out, Some(PrinterFault::PaperOut)),
            ([0x10, 0, 0x03, 0], Paper::NearEnd, None),
            ([0x38, 0, 0, 0], Paper::Enough, Some(PrinterFault::CoverOpen)),
            ([0x18, 0x08, 0, 0], Paper::Enough, Some(PrinterFault::Jam)),
            ([0x18, 0x40, 0, 0], Paper::Enough, Some(PrinterFault::Overheated)),
        ] {
            assert_eq!(of_asb(bytes), PrinterStatus { paper, fault });
        }
    }
}
