//! What a person does at the printer.

use std::{fs, path::Path};

use serde_json::{Map, Value};

use super::{DOTS_PER_MM, Fault, ReceiptPrinterMachine, Roll, Sign, paper::Receipt};
use crate::{Action, Chaos, Refusal};

const ACTIONS: &str = "paper-out, load-paper, paper-near-end, open-cover, close-cover, jam, clear-jam, overheat, \
    cool-down, offline, online, tear, paper, save, fault, status, plug, unplug";

impl ReceiptPrinterMachine {
    pub(super) fn act(&mut self, action: &Action) -> Result<Map<String, Value>, Refusal> {
        let (sign, on) = match action.name() {
            "paper-out" => return Ok(self.end_paper(action.number("mm"))),
            "load-paper" => return Ok(self.load_paper(action.number("mm"))),
            "paper-near-end" => {
                self.change(|situation| situation.roll = Roll::LOW);
                return Ok(Map::new());
            }
            "tear" => {
                self.output.tear();
                return Ok(Map::new());
            }
            "paper" => return Ok(self.paper()),
            "save" => return self.save(action),
            "fault" => return self.break_it(action),
            "open-cover" => (Sign::CoverOpen, true),
            "close-cover" => (Sign::CoverOpen, false),
            "jam" => (Sign::Jammed, true),
            "clear-jam" => (Sign::Jammed, false),
            "overheat" => (Sign::Overheated, true),
            "cool-down" => (Sign::Overheated, false),
            "offline" => (Sign::Offline, true),
            "online" => (Sign::Offline, false),
            other => return Err(Refusal::UnknownAction(other.into(), ACTIONS)),
        };
        self.change(|situation| situation.set(sign, on));
        Ok(Map::new())
    }

    /// The roll ends: now, or after so many millimetres more.
    fn end_paper(&mut self, mm: Option<u64>) -> Map<String, Value> {
        let mm = mm.and_then(|mm| u32::try_from(mm).ok()).unwrap_or(0);
        self.change(|situation| {
            situation.roll = Roll::of_mm(mm);
            situation.set(Sign::PaperOut, mm == 0);
        });
        Map::new()
    }

    fn load_paper(&mut self, mm: Option<u64>) -> Map<String, Value> {
        let roll = mm.and_then(|mm| u32::try_from(mm).ok()).map(Roll::of_mm).unwrap_or_default();
        self.change(|situation| {
            situation.roll = roll;
            situation.set(Sign::PaperOut, false);
        });
        Map::new()
    }

    fn break_it(&mut self, action: &Action) -> Result<Map<String, Value>, Refusal> {
        let name = action.text("name")?;
        let known = Fault::ALL.into_iter().find(|(known, _)| *known == name);
        let (_, fault) = known.ok_or_else(|| Refusal::Unknown("fault", name.into()))?;
        self.situation.fault = fault;
        self.chaos = (fault == Fault::Chaos).then(|| Chaos::from_action(action));
        Ok(Map::new())
    }

    fn paper(&self) -> Map<String, Value> {
        let rows = self.output.hanging().sheet.height();
        object(&[
            ("rows", rows.into()),
            ("mm", (rows / DOTS_PER_MM).into()),
            ("in_tray", self.output.in_tray().into()),
        ])
    }

    /// Writes the last receipt, or the paper that hangs out where none has been cut yet or `"what":"hanging"` is asked.
    fn save(&self, action: &Action) -> Result<Map<String, Value>, Refusal> {
        let hanging = Some(self.output.hanging()).filter(|paper| paper.sheet.height() > 0);
        let wanted = match action.text("what") {
            Ok("hanging") => hanging,
            _ => self.output.last().or(hanging),
        };
        let receipt = wanted.ok_or(Refusal::NotNow("no paper has come out"))?;
        match (action.text("png"), action.text("escpos")) {
            (Err(missing), Err(_)) => return Err(missing),
            (picture, bytes) => {
                picture.map_or(Ok(()), |path| save_png(receipt, path))?;
                bytes.map_or(Ok(()), |path| write(path, &receipt.bytes))?;
            }
        }
        let rows = receipt.sheet.height();
        Ok(object(&[
            ("rows", rows.into()),
            ("mm", (rows / DOTS_PER_MM).into()),
            ("bytes", receipt.bytes.len().into()),
        ]))
    }

    pub(super) fn describe(&self) -> Map<String, Value> {
        let situation = &self.situation;
        let paper = match (situation.is(Sign::PaperOut), situation.roll.is_low()) {
            (true, _) => "out",
            (false, true) => "near-end",
            (false, false) => "enough",
        };
        let fault = Fault::ALL.into_iter().find(|(_, fault)| *fault == situation.fault);
        let mut members = object(&[
            ("device", "receipt-printer".into()),
            ("paper", paper.into()),
            ("cover", if situation.is(Sign::CoverOpen) { "open" } else { "closed" }.into()),
            ("jammed", situation.is(Sign::Jammed).into()),
            ("overheated", situation.is(Sign::Overheated).into()),
            ("offline", situation.is(Sign::Offline).into()),
            ("fault", fault.map_or("none", |(name, _)| name).into()),
            ("receipts", self.output.receipts().into()),
            ("rows_printed", self.output.rows().into()),
            ("waiting", self.waiting.len().into()),
            ("not_understood", self.not_understood.into()),
        ]);
        members.insert("hanging".into(), Value::Object(self.paper()));
        members
    }
}

fn object(members: &[(&str, Value)]) -> Map<String, Value> {
    members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn save_png(receipt: &Receipt, path: &str) -> Result<(), Refusal> {
    let picture = receipt.sheet.png().map_err(|error| Refusal::File(path.into(), error.to_string()))?;
    write(path, &picture)
}

fn write(path: &str, bytes: &[u8]) -> Result<(), Refusal> {
    fs::write(Path::new(path), bytes).map_err(|error| Refusal::File(path.into(), error.to_string()))
}
