//! What the receipts say: of a case or a bundle that the platform has, and of one that still waits on this machine.

use jiff::{Timestamp, civil::Date};
use protocol::{BundleCase, Case, CaseResult, CaseStatus, Language, Limit, LimitUnit, PickupCode};

use crate::{
    document::{Align, Block, Document, Size, Weight},
    time,
    words::{Words, fill, words},
};

/// Digits in a group of a long number.
const GROUP: usize = 4;

/// What a receipt says besides the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// The community's name, on top.
    pub community: String,
    /// 终端编号.
    pub terminal_id: String,
    /// The number of the print job, so that a doubled receipt can be told.
    pub number: u64,
    /// When it is printed.
    pub printed_at: Timestamp,
    /// 补打.
    pub copy: bool,
    /// What must still be brought to the counter.
    pub bring: Vec<Bring>,
    /// How many pages of materials were photographed.
    pub photographed: usize,
}

/// A paper that the machine could not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bring {
    /// Its name.
    pub name: String,
    /// Until when, counted from the day of filing.
    pub within: Limit,
}

/// A case that waits for the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// 事项名称.
    pub item_name: String,
    /// 实施主体.
    pub organisation: String,
    /// 取件码.
    pub pickup_code: PickupCode,
    /// 收件时间.
    pub received_at: Timestamp,
    /// Masked.
    pub applicant_name_masked: String,
    /// 承诺办结时限.
    pub promise: Limit,
    /// 咨询电话.
    pub consult_phone: String,
    /// 监督投诉电话.
    pub complain_phone: String,
    /// 示例.
    pub demo: bool,
}

/// 一件事 that waits for the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleWaiting {
    /// What it is called.
    pub bundle_name: String,
    /// What it becomes cases of.
    pub parts: Vec<Part>,
    /// 取件码 of all of them.
    pub pickup_code: PickupCode,
    /// 收件时间.
    pub received_at: Timestamp,
    /// Masked.
    pub applicant_name_masked: String,
    /// 咨询电话.
    pub consult_phone: String,
    /// 监督投诉电话.
    pub complain_phone: String,
    /// 示例.
    pub demo: bool,
}

/// A case that a bundle will become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// 事项名称.
    pub item_name: String,
    /// 实施主体.
    pub organisation: String,
    /// 承诺办结时限.
    pub promise: Limit,
}

/// The receipt of a case that the platform has.
#[must_use]
pub fn filed(case: &Case, slip: &Slip) -> Document {
    let w = words();
    let finished = case.status == CaseStatus::Completed;
    let title = if finished { &w.title.finished } else { &w.title.filed };
    let mut sheet = Sheet::begin(w, slip, title, case.demo);
    sheet.subject(case.item.name.get(Language::Simplified));
    sheet.code(&case.pickup_code);
    sheet.row(&w.label.status, &case.status_text, Size::Lead);
    sheet.bring();
    match (&case.result, finished) {
        (Some(result), _) => sheet.result(result),
        (None, false) => sheet.due(case.due_on, case.due_provisional),
        (None, true) => {}
    }
    sheet.rows(&[
        (&w.label.applicant, &case.applicant_name),
        (&w.label.received_at, &time::moment(&w.date, case.received_at)),
        (&w.label.recorded_at, &time::moment(&w.date, case.recorded_at)),
        (&w.label.organisation, &case.organisation),
    ]);
    sheet.photographed();
    sheet.number(&w.label.case_no, &case.case_no);
    sheet.qr(&case.case_no, &w.qr.filed);
    sheet.end(&case.consult_phone, &case.complain_phone)
}

/// The receipt of a case that waits on this machine.
#[must_use]
pub fn waiting(case: &Waiting, slip: &Slip) -> Document {
    let w = words();
    let mut sheet = Sheet::begin(w, slip, &w.title.waiting, case.demo);
    sheet.mark(&w.mark.waiting, Size::Heading);
    sheet.subject(&case.item_name);
    sheet.paragraphs(&w.note.waiting);
    sheet.code(&case.pickup_code);
    sheet.bring();
    sheet.row(&w.label.promised, &limit(w, case.promise), Size::Body);
    sheet.rows(&[
        (&w.label.applicant, &case.applicant_name_masked),
        (&w.label.received_at, &time::moment(&w.date, case.received_at)),
        (&w.label.recorded_at, &w.mark.waiting),
        (&w.label.organisation, &case.organisation),
    ]);
    sheet.photographed();
    sheet.qr(case.pickup_code.as_str(), &w.qr.waiting);
    sheet.paragraphs(std::slice::from_ref(&w.note.waiting_ask));
    sheet.end(&case.consult_phone, &case.complain_phone)
}

/// The receipt of a bundle that the platform has, with the number of each of its cases.
#[must_use]
pub fn bundle_filed(bundle: &BundleCase, slip: &Slip) -> Document {
    let w = words();
    let mut sheet = Sheet::begin(w, slip, &w.title.filed, bundle.demo);
    sheet.subject(bundle.bundle.name.get(Language::Simplified));
    sheet.code(&bundle.pickup_code);
    sheet.bring();
    sheet.count(bundle.cases.len());
    for case in &bundle.cases {
        sheet.part(case.item.name.get(Language::Simplified));
        sheet.row(&w.label.status, &case.status_text, Size::Body);
        match &case.result {
            Some(result) => sheet.result(result),
            None => sheet.due(case.due_on, case.due_provisional),
        }
        sheet.row(&w.label.organisation, &case.organisation, Size::Body);
        sheet.number(&w.label.case_no, &case.case_no);
    }
    sheet.blocks.extend([Block::Gap(10), Block::Rule(2), Block::Gap(10)]);
    let first = bundle.cases.first();
    sheet.rows(&[
        (&w.label.applicant, &first.map(|case| case.applicant_name.clone()).unwrap_or_default()),
        (&w.label.received_at, &time::moment(&w.date, bundle.received_at)),
    ]);
    if let Some(case) = first {
        sheet.row(&w.label.recorded_at, &time::moment(&w.date, case.recorded_at), Size::Body);
    }
    sheet.photographed();
    sheet.number(&w.label.bundle_no, &bundle.bundle_no);
    sheet.qr(&bundle.bundle_no, &w.qr.filed);
    let (consult, complain) =
        first.map(|case| (case.consult_phone.as_str(), case.complain_phone.as_str())).unwrap_or_default();
    sheet.end(consult, complain)
}

/// The receipt of a bundle that waits on this machine.
#[must_use]
pub fn bundle_waiting(bundle: &BundleWaiting, slip: &Slip) -> Document {
    let w = words();
    let mut sheet = Sheet::begin(w, slip, &w.title.waiting, bundle.demo);
    sheet.mark(&w.mark.waiting, Size::Heading);
    sheet.subject(&bundle.bundle_name);
    sheet.paragraphs(&w.note.waiting);
    sheet.code(&bundle.pickup_code);
    sheet.bring();
    sheet.count(bundle.parts.len());
    for part in &bundle.parts {
        sheet.part(&part.item_name);
        sheet.row(&w.label.promised, &limit(w, part.promise), Size::Body);
        sheet.row(&w.label.organisation, &part.organisation, Size::Body);
    }
    sheet.blocks.extend([Block::Gap(10), Block::Rule(2), Block::Gap(10)]);
    sheet.rows(&[
        (&w.label.applicant, &bundle.applicant_name_masked),
        (&w.label.received_at, &time::moment(&w.date, bundle.received_at)),
        (&w.label.recorded_at, &w.mark.waiting),
    ]);
    sheet.photographed();
    sheet.qr(bundle.pickup_code.as_str(), &w.qr.waiting);
    sheet.paragraphs(std::slice::from_ref(&w.note.waiting_ask));
    sheet.end(&bundle.consult_phone, &bundle.complain_phone)
}

/// A strip by which a technician judges the printer: every size of type, rules from thin to thick, a code.
#[must_use]
pub fn test_strip(slip: &Slip) -> Document {
    let w = words();
    let mut sheet = Sheet::begin(w, slip, &w.title.test, false);
    sheet.mark(&w.mark.test, Size::Heading);
    for size in [Size::Small, Size::Body, Size::Lead, Size::Heading] {
        sheet.words(&w.note.test_line, size, Weight::Regular, Align::Left);
        sheet.words(&w.note.test_line, size, Weight::Bold, Align::Left);
    }
    for dots in [1, 2, 4, 8, 24] {
        sheet.blocks.extend([Block::Gap(12), Block::Rule(dots)]);
    }
    sheet.blocks.push(Block::Gap(12));
    sheet.qr(&slip.terminal_id, &w.qr.test);
    sheet.imprint();
    Document { blocks: sheet.blocks }
}

fn limit(w: &Words, limit: Limit) -> String {
    let pattern = match limit.unit {
        LimitUnit::Instant => &w.limit.instant,
        LimitUnit::WorkingDay => &w.limit.working_day,
        LimitUnit::CalendarDay => &w.limit.calendar_day,
    };
    fill(pattern, &[("n", limit.n.to_string())])
}

/// A receipt in the making.
struct Sheet<'a> {
    w: &'a Words,
    slip: &'a Slip,
    blocks: Vec<Block>,
}

impl<'a> Sheet<'a> {
    fn begin(w: &'a Words, slip: &'a Slip, title: &str, demo: bool) -> Self {
        let mut sheet = Self { w, slip, blocks: vec![] };
        if demo {
            sheet.mark(&w.mark.demo, Size::Body);
        }
        if slip.copy {
            sheet.mark(&w.mark.copy, Size::Body);
        }
        sheet.words(&slip.community, Size::Body, Weight::Regular, Align::Centre);
        sheet.words(title, Size::Title, Weight::Bold, Align::Centre);
        sheet.blocks.extend([Block::Gap(12), Block::Rule(4), Block::Gap(16)]);
        sheet
    }

    fn words(&mut self, text: &str, size: Size, weight: Weight, align: Align) {
        self.blocks.push(Block::Words { text: text.to_owned(), size, weight, align });
    }

    fn mark(&mut self, text: &str, size: Size) {
        self.blocks.push(Block::Mark { text: text.to_owned(), size });
        self.blocks.push(Block::Gap(12));
    }

    fn subject(&mut self, item: &str) {
        self.words(item, Size::Heading, Weight::Bold, Align::Centre);
        self.blocks.push(Block::Gap(16));
    }

    /// What is missing, between lines so that it is not overlooked.
    fn bring(&mut self) {
        if self.slip.bring.is_empty() {
            return;
        }
        self.blocks.extend([Block::Gap(10), Block::Rule(4), Block::Gap(14)]);
        self.words(&self.w.bring.ask, Size::Lead, Weight::Bold, Align::Left);
        for Bring { name, within } in &self.slip.bring {
            let pattern = match within.unit {
                LimitUnit::CalendarDay => &self.w.bring.calendar_day,
                LimitUnit::WorkingDay | LimitUnit::Instant => &self.w.bring.working_day,
            };
            let line = fill(pattern, &[("name", name.clone()), ("n", within.n.to_string())]);
            self.words(&line, Size::Body, Weight::Regular, Align::Left);
        }
        self.blocks.extend([Block::Gap(14), Block::Rule(4), Block::Gap(10)]);
    }

    fn photographed(&mut self) {
        if self.slip.photographed > 0 {
            let pages = fill(&self.w.note.pages, &[("n", self.slip.photographed.to_string())]);
            self.row(&self.w.label.photographed, &pages, Size::Body);
        }
    }

    fn code(&mut self, code: &PickupCode) {
        self.blocks.push(Block::Code { label: self.w.label.pickup_code.clone(), digits: code.grouped() });
        self.blocks.push(Block::Gap(20));
    }

    fn row(&mut self, label: &str, value: &str, size: Size) {
        self.blocks.push(Block::Row { label: label.to_owned(), value: value.to_owned(), size });
    }

    fn rows(&mut self, rows: &[(&String, &String)]) {
        for (label, value) in rows {
            self.row(label, value, Size::Body);
        }
    }

    fn result(&mut self, result: &CaseResult) {
        self.row(&self.w.label.result, result.name.get(Language::Simplified), Size::Body);
        if let Some(last) = result.valid_until {
            self.row(&self.w.label.valid_until, &self.day(last), Size::Body);
        }
    }

    fn due(&mut self, due: Option<Date>, provisional: bool) {
        let Some(date) = due else { return };
        let pattern = if provisional { &self.w.due.provisional } else { &self.w.due.on };
        let words = fill(pattern, &[("date", self.day(date))]);
        self.row(&self.w.label.due_on, &words, Size::Lead);
        if provisional {
            self.words(&self.w.due.provisional_note, Size::Small, Weight::Regular, Align::Left);
        }
    }

    /// A weekday is written on the line of its date.
    fn day(&self, date: Date) -> String {
        time::day(&self.w.date, date, time::china(self.slip.printed_at).date())
    }

    fn number(&mut self, label: &str, number: &str) {
        let letters: Vec<char> = number.chars().collect();
        let groups = letters.chunks(GROUP).map(|group| group.iter().collect()).collect();
        self.blocks.push(Block::Number { label: label.to_owned(), groups });
    }

    /// How many cases a bundle is.
    fn count(&mut self, cases: usize) {
        let words = fill(&self.w.note.cases, &[("n", cases.to_string())]);
        self.words(&words, Size::Lead, Weight::Bold, Align::Left);
    }

    /// A case of a bundle begins.
    fn part(&mut self, item: &str) {
        self.blocks.extend([Block::Gap(10), Block::Rule(2), Block::Gap(10)]);
        self.words(item, Size::Lead, Weight::Bold, Align::Left);
    }

    fn paragraphs(&mut self, texts: &[String]) {
        for text in texts {
            self.words(text, Size::Body, Weight::Regular, Align::Left);
            self.blocks.push(Block::Gap(12));
        }
    }

    fn qr(&mut self, content: &str, [heading, caption]: &[String; 2]) {
        self.blocks.extend([
            Block::Gap(10),
            Block::Rule(2),
            Block::Qr { content: content.to_owned(), heading: heading.clone(), caption: caption.clone() },
        ]);
    }

    fn end(mut self, consult: &str, complain: &str) -> Document {
        self.blocks.extend([Block::Rule(2), Block::Gap(14)]);
        self.row(&self.w.label.consult, consult, Size::Lead);
        self.row(&self.w.label.complain, complain, Size::Lead);
        self.blocks.extend([Block::Gap(10), Block::Rule(4), Block::Gap(14)]);
        self.words(&self.w.note.keep, Size::Body, Weight::Bold, Align::Centre);
        self.blocks.push(Block::Gap(10));
        self.imprint();
        Document { blocks: self.blocks }
    }

    fn imprint(&mut self) {
        let label = &self.w.label;
        let lines = [
            format!("{} {}", label.terminal, self.slip.terminal_id),
            format!("{} {}", label.printed_at, time::moment(&self.w.date, self.slip.printed_at)),
            format!("{} {:06}", label.number, self.slip.number),
        ];
        for line in lines {
            self.words(&line, Size::Small, Weight::Regular, Align::Centre);
        }
        self.blocks.push(Block::Gap(16));
    }
}
