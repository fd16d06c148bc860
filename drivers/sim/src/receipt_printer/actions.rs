//! What a person does at a printer, and what can be seen of it.

use std::fs;

use serde_json::{Map, Value, json};

use super::{Fault, ReceiptPrinterMachine};
use crate::{Action, Refusal};

const KNOWN: &str = "paper-out, load-paper, paper-near-end, open-cover, close-cover, jam, clear-jam, overheat, \
                     cool-down, offline, online, tear, save, fault, plug, unplug, status";

pub(super) fn perform(
    printer: &mut ReceiptPrinterMachine,
    action: &Action,
) -> Result<Map<String, Value>, Refusal> {
    let state = &mut printer.state;
    match action.name() {
        // With `rows`, the roll lasts for so many more.
        "paper-out" => state.rows_left = Some(rows(action)),
        "paper-near-end" => state.near_end = true,
        "load-paper" => (state.rows_left, state.near_end) = (None, false),
        "open-cover" => state.cover_open = true,
        "close-cover" => state.cover_open = false,
        "jam" => state.jam = true,
        "clear-jam" => state.jam = false,
        "overheat" => state.hot = true,
        "cool-down" => state.hot = false,
        "offline" => state.offline = true,
        "online" => state.offline = false,
        "fault" => state.fault = fault(action.text("name")?)?,
        "tear" => printer.cut.clear(),
        "save" => return save(printer, action),
        other => return Err(Refusal::UnknownAction(other.to_owned(), KNOWN)),
    }
    Ok(Map::new())
}

fn rows(action: &Action) -> usize {
    action.number("rows").and_then(|rows| usize::try_from(rows).ok()).unwrap_or(0)
}

fn fault(name: &str) -> Result<Fault, Refusal> {
    match name {
        "none" => Ok(Fault::None),
        "silent" => Ok(Fault::Silent),
        "no-confirmation" => Ok(Fault::NoConfirmation),
        other => Err(Refusal::Unknown("fault", other.to_owned())),
    }
}

/// Writes the receipt that was cut last as a picture and as the bytes that made it.
fn save(printer: &ReceiptPrinterMachine, action: &Action) -> Result<Map<String, Value>, Refusal> {
    let (sheet, raw) = printer.cut.last().ok_or(Refusal::NotNow("no receipt has been cut"))?;
    let failed = |_| Refusal::NotNow("the file cannot be written");
    if let Ok(path) = action.text("png") {
        fs::write(path, sheet.png().map_err(failed)?).map_err(failed)?;
    }
    if let Ok(path) = action.text("escpos") {
        fs::write(path, raw).map_err(failed)?;
    }
    Ok(Map::from_iter([("rows".to_owned(), json!(sheet.height())), ("ink".to_owned(), json!(sheet.ink()))]))
}

pub(super) fn situation(printer: &ReceiptPrinterMachine) -> Map<String, Value> {
    let state = &printer.state;
    let told = json!({
        "paper_out": state.paper_out(), "paper_near_end": state.near_end, "cover_open": state.cover_open,
        "jam": state.jam, "hot": state.hot, "offline": state.offline, "receipts": printer.cut.len(),
        "rows_hanging_out": printer.roll.rows(), "rows_printed": printer.printed_rows,
    });
    told.as_object().cloned().unwrap_or_default()
}
