//! The drivers of the devices that `kiosk.toml` names.

use std::path::{Path, PathBuf};

use code_scanner::recorded::CodeRedactor;
use driver_api::{CodeScanner, IdCardReader, ReceiptPrinter, Speaker};
use id_card_reader::protocol::CardRedactor;
use receipt_printer::protocol::redact::DotRedactor;
use recorder::{Redactor, SharedTape, Tape};

use crate::{clock, config::Devices};

/// What is talked to over a line.
pub(super) struct Opened {
    pub(super) reader: Box<dyn IdCardReader>,
    pub(super) printer: Box<dyn ReceiptPrinter>,
    pub(super) scanner: Option<Box<dyn CodeScanner>>,
    /// Nothing of it is ever recorded: nothing comes from it.
    pub(super) speaker: Option<Box<dyn Speaker>>,
}

/// All of them, with their wire sessions written down where that is wanted.
pub(super) fn open(devices: &Devices) -> anyhow::Result<Opened> {
    let (reader, printer) = (&devices.id_card_reader.url, &devices.receipt_printer);
    let scanner = devices.code_scanner.as_ref().map(|scanner| &scanner.url);
    let speaker = devices.speaker.as_ref().map(|speaker| speaker::open(&speaker.device)).transpose()?;
    let Some(folder) = &devices.record else {
        return Ok(Opened {
            reader: id_card_reader::open(reader)?,
            printer: receipt_printer::open(&printer.url, &printer.profile)?,
            scanner: scanner.map(code_scanner::open).transpose()?,
            speaker,
        });
    };
    tracing::warn!(folder = %folder.display(), "wire sessions are recorded, without what is personal in them");
    let of_reader = tape(folder, "id-card-reader", Box::new(CardRedactor))?;
    let of_printer = tape(folder, "receipt-printer", Box::<DotRedactor>::default())?;
    let recorded = |url| {
        let of_scanner = tape(folder, "code-scanner", Box::new(CodeRedactor))?;
        anyhow::Ok(code_scanner::open_recorded(url, &of_scanner)?)
    };
    Ok(Opened {
        reader: id_card_reader::open_recorded(reader, &of_reader)?,
        printer: receipt_printer::open_recorded(&printer.url, &printer.profile, &of_printer)?,
        scanner: scanner.map(recorded).transpose()?,
        speaker,
    })
}

fn tape(folder: &Path, device: &str, redactor: Box<dyn Redactor>) -> std::io::Result<SharedTape> {
    let file: PathBuf = folder.join(format!("{device}-{}.wire", clock::now().as_millisecond()));
    Tape::create(&file, device, redactor)
}
