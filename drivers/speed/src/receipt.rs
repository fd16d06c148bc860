//! A typical receipt, laid out and made into the bytes of a printer: by us, and by python-escpos with the same fonts.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, ensure};
use jiff::Timestamp;
use protocol::{Limit, LimitUnit, PickupCode};
use receipt::{Block, Document, Size, Slip, Waiting, Weight};
use receipt_printer::{Profile, protocol::job};
use serde_json::{Value, json};

use crate::{Extent, Line, timed};

const SCRIPT: &str = include_str!("layout.py");

/// `None` where python-escpos is not installed.
pub(crate) fn layouts(extent: Extent) -> anyhow::Result<Option<Line>> {
    let Some(python) = python() else { return Ok(None) };
    let document = document()?;
    let profile = Profile::named("escpos-80")?;
    let draw = || Ok(job::sheet(&document.draw(profile.dots).image, &profile).map(|sheet| sheet.len()));
    let mut ours = Vec::new();
    // The first one reads the fonts.
    for repeat in 0..=extent.repeats {
        let (bytes, took) = timed(draw)?;
        ensure!(bytes.is_ok_and(|bytes| bytes > 10_000), "no receipt");
        if repeat > 0 {
            ours.push(took);
        }
    }
    let other = theirs(&python, &document, extent.repeats)?;
    Ok(Some(Line { name: "receipt layout", unit: "ms", goal: 0.1, ours, other }))
}

fn python() -> Option<PathBuf> {
    let python = Path::new(&std::env::var_os("FOREIGN_HOSTS")?).join("venv/bin/python");
    python.exists().then_some(python)
}

fn theirs(python: &Path, document: &Document, repeats: usize) -> anyhow::Result<Vec<f64>> {
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/fonts");
    let font = |weight: &str| fonts.join(format!("NotoSansCJKsc-{weight}.otf"));
    let mut host = Command::new(python)
        .args(["-c", SCRIPT])
        .args([font("Regular"), font("Bold")])
        .arg(repeats.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = host.stdin.take().context("no standard input")?;
    input.write_all(same(document).to_string().as_bytes())?;
    drop(input);
    let said = host.wait_with_output()?;
    ensure!(said.status.success(), "python: {}", said.status);
    Ok(serde_json::from_slice(&said.stdout)?)
}

/// The same texts in the same sizes, and the same code.
fn same(document: &Document) -> Value {
    let mut code = "";
    let mut texts: Vec<(u32, bool, String)> = Vec::new();
    for block in &document.blocks {
        match block {
            Block::Words { text, size, weight, .. } => {
                texts.push((dots(*size), *weight == Weight::Bold, text.clone()));
            }
            Block::Row { label, value, size } => {
                texts.push((dots(*size), false, format!("{label}　{value}")));
            }
            Block::Number { label, groups } => {
                texts.push((dots(Size::Lead), true, format!("{label}　{}", groups.join(" "))));
            }
            Block::Code { label, digits } => {
                texts.push((dots(Size::Label), false, label.clone()));
                texts.push((72, true, digits.clone()));
            }
            Block::Mark { text, size } => texts.push((dots(*size), true, text.clone())),
            Block::Qr { content, heading, caption } => {
                code = content;
                texts.push((dots(Size::Body), true, heading.clone()));
                texts.push((dots(Size::Small), false, caption.clone()));
            }
            Block::Rule(_) | Block::Gap(_) => {}
        }
    }
    json!({"texts": texts, "code": code})
}

fn dots(size: Size) -> u32 {
    match size {
        Size::Small => 22,
        Size::Label => 24,
        Size::Body => 28,
        Size::Lead => 32,
        Size::Heading => 38,
        Size::Title => 44,
    }
}

fn document() -> anyhow::Result<Document> {
    let at: Timestamp = "2026-11-23T06:31:55Z".parse()?;
    let case = Waiting {
        item_name: "失业登记".into(),
        organisation: "示例区就业服务管理局".into(),
        pickup_code: PickupCode::from_random(48_213_907),
        received_at: at,
        applicant_name_masked: "张**".into(),
        promise: Limit { n: 3, unit: LimitUnit::WorkingDay },
        consult_phone: "0830-0000001".into(),
        complain_phone: "0830-12345".into(),
        demo: true,
    };
    let slip = Slip {
        community: "示例市梧桐社区".into(),
        terminal_id: "SC-KSK-0007".into(),
        number: 42,
        printed_at: at,
        copy: false,
        bring: Vec::new(),
        photographed: 0,
    };
    Ok(receipt::waiting(&case, &slip))
}
