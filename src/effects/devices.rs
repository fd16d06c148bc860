//! The drivers of the devices that `kiosk.toml` names.

use std::path::{Path, PathBuf};

use driver_api::{IdCardReader, ReceiptPrinter};
use id_card_reader::protocol::CardRedactor;
use receipt_printer::protocol::redact::DotRedactor;
use recorder::{Redactor, SharedTape, Tape};

use crate::{clock, config::Devices};

/// Reader and printer; with their wire sessions written down where that is wanted.
pub(super) fn open(devices: &Devices) -> anyhow::Result<(Box<dyn IdCardReader>, Box<dyn ReceiptPrinter>)> {
    let (reader, printer) = (&devices.id_card_reader.url, &devices.receipt_printer);
    let Some(folder) = &devices.record else {
        let printer = receipt_printer::open(&printer.url, &printer.profile)?;
        return Ok((id_card_reader::open(reader)?, printer));
    };
    tracing::warn!(folder = %folder.display(), "wire sessions are recorded, without what is personal in them");
    let of_reader = tape(folder, "id-card-reader", Box::new(CardRedactor))?;
    let of_printer = tape(folder, "receipt-printer", Box::<DotRedactor>::default())?;
    let printer = receipt_printer::open_recorded(&printer.url, &printer.profile, &of_printer)?;
    Ok((id_card_reader::open_recorded(reader, &of_reader)?, printer))
}

fn tape(folder: &Path, device: &str, redactor: Box<dyn Redactor>) -> std::io::Result<SharedTape> {
    let file: PathBuf = folder.join(format!("{device}-{}.wire", clock::now().as_millisecond()));
    Tape::create(&file, device, redactor)
}
