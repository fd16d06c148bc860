//! The main job, played through from outside: once with the network up, once across an outage.
//!
//! `journey --headless --out DIR [--landscape] [--reader URL] [--printer URL] [--scanner URL] [--camera URL] [--platform URL]`

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use serde_json::{Value, json};
use testkit::{Paper, Stage, StageOptions};

/// How long a person may take for what only a person can do.
const PERSON: Duration = Duration::from_mins(1);
/// How long a program may take.
const PROGRAM: Duration = Duration::from_secs(15);

fn main() -> ExitCode {
    match Options::parse().and_then(|options| play(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("journey: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Default)]
struct Options {
    out: PathBuf,
    stage: StageOptions,
}

impl Options {
    fn parse() -> anyhow::Result<Self> {
        let mut options = Self::default();
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--headless" => {}
                "--out" => options.out = words.next().context("--out needs a value")?.into(),
                other => {
                    anyhow::ensure!(options.stage.take(other, &mut words)?, "unknown option {other}");
                }
            }
        }
        anyhow::ensure!(!options.out.as_os_str().is_empty(), "--out DIR says where the pictures go");
        Ok(options)
    }
}

fn play(options: &Options) -> anyhow::Result<()> {
    let pictures = options.out.join("journey");
    fs::create_dir_all(&pictures)?;
    let stage = Stage::start(&options.stage)?;
    let mut journey = Journey { stage, out: options.out.clone(), pictures, shots: 0, steps: Vec::new() };
    let played = journey.online().and_then(|()| journey.offline());
    journey.table();
    if played.is_err() {
        let _ = journey.picture("failed");
    }
    played
}

struct Journey {
    stage: Stage,
    out: PathBuf,
    pictures: PathBuf,
    shots: u32,
    steps: Vec<(String, Duration)>,
}

impl Journey {
    fn online(&mut self) -> anyhow::Result<()> {
        self.step("online: attract", |j| j.see("点一下屏幕", PROGRAM, "attract"))?;
        self.step("online: home", |j| {
            j.stage.kiosk.act("touch")?;
            j.see("您要办什么事", PROGRAM, "home")
        })?;
        self.step("online: guide", |j| j.tap_and_see("养老金资格认证", "开始办理", "guide"))?;
        self.step("online: consent", |j| j.tap_and_see("开始办理", "同意，继续", "consent"))?;
        self.step("online: identify", |j| j.tap_and_see("同意，继续", "请把身份证平放", "identify"))?;
        self.step("online: card read", |j| j.card("citizen-2", "您现在住在哪里", "form"))?;
        self.step("online: form", |j| {
            j.stage.tap("本区")?;
            j.tap_and_see("下一步", "确认提交", "confirm")
        })?;
        self.step("online: filed", |j| j.tap_and_see("确认提交", "办好了", "result"))?;
        self.step("online: receipt on paper", |j| j.see("已打印", PROGRAM * 2, "receipt-printed"))?;
        self.step("online: receipt taken", Self::keep_receipt)?;
        self.step("online: case at the platform", |j| {
            let code = j.stage.pickup_code()?;
            j.keep_case(&code, "case.json")
        })?;
        self.step("online: rated", |j| {
            j.tap_and_see("完成", "您觉得怎么样", "rate")?;
            j.tap_and_see("非常满意", "谢谢您的评价", "rate-thanks")
        })?;
        self.step("online: end", |j| {
            j.stage.tap("结束")?;
            j.see("请取走身份证", PROGRAM, "end")?;
            j.lift_card()?;
            j.see("点一下屏幕", PROGRAM, "attract-again")
        })?;
        if self.stage.scanner.is_some() && self.stage.printer.is_none() {
            println!("receipt scanned: skipped, an emulated scanner does not see real paper");
            return Ok(());
        }
        self.step("online: receipt scanned", |j| {
            j.stage.kiosk.act("touch")?;
            j.tap_and_see("查进度", "请扫回执", "query")?;
            j.scan_receipt()?;
            j.see("办结", PERSON, "progress")?;
            j.stage.tap("返回")?;
            j.tap_and_see("首页", "您要办什么事", "home-again")
        })
    }

    /// Holds what came out of the printer before the scanner.
    fn scan_receipt(&mut self) -> anyhow::Result<()> {
        let Some(scanner) = &mut self.stage.scanner else {
            println!("waiting up to 60 s: hold the receipt before the scanner");
            return Ok(());
        };
        let code = Paper::develop(&self.out.join("receipt.png"))?.code()?;
        scanner.perform(&json!({"do": "scan", "code": code})).map(drop)
    }

    fn offline(&mut self) -> anyhow::Result<()> {
        if self.stage.network.is_none() {
            println!("offline: skipped, the cable of a platform that is not ours cannot be pulled");
            return Ok(());
        }
        self.step("offline: home", |j| {
            if let Some(network) = &j.stage.network {
                network.cut();
            }
            j.stage.kiosk.act("touch")?;
            j.see("您要办什么事", PROGRAM, "offline-home")
        })?;
        self.step("offline: identify", |j| {
            j.tap_and_see("居民养老参保", "开始办理", "offline-guide")?;
            j.stage.tap("开始办理")?;
            j.tap_and_see("同意，继续", "请把身份证平放", "offline-identify")
        })?;
        self.step("offline: form", |j| {
            j.card("citizen-1", "每年想交多少", "offline-form-choice")?;
            j.answers()
        })?;
        self.step("offline: taken", |j| j.tap_and_see("确认提交", "已经收下", "offline-result"))?;
        self.step("offline: receipt on paper", |j| j.see("已打印", PROGRAM * 2, "offline-receipt"))?;
        let code = self.stage.pickup_code()?;
        self.step("offline: power cut", |j| {
            j.stage.power_cut()?;
            j.see("点一下屏幕", PROGRAM, "offline-after-power-cut")
        })?;
        self.step("network back: case at the platform", |j| {
            if let Some(network) = &j.stage.network {
                network.mend();
            }
            j.keep_case(&code, "offline-case.json")
        })
    }

    fn answers(&mut self) -> anyhow::Result<()> {
        self.stage.tap("每年 200 元")?;
        self.tap_and_see("下一步", "您属于下面哪一类", "offline-form-group")?;
        self.stage.tap("都不是")?;
        self.tap_and_see("下一步", "您想怎样交费", "offline-form-payment")?;
        self.stage.tap("到窗口交")?;
        self.tap_and_see("下一步", "您的手机号", "offline-form-phone")?;
        for digit in "13900005678".chars() {
            self.stage.tap(&digit.to_string())?;
        }
        self.tap_and_see("下一步", "确认提交", "offline-confirm")
    }

    fn card(&mut self, card: &str, then: &str, name: &str) -> anyhow::Result<()> {
        match &mut self.stage.reader {
            Some(reader) => {
                reader.perform(&json!({"do": "put-card", "card": card}))?;
                self.see(then, PROGRAM, name)
            }
            None => {
                println!("waiting up to 60 s: put an ID card on the reader");
                self.see(then, PERSON, name)
            }
        }
    }

    fn lift_card(&mut self) -> anyhow::Result<()> {
        match &mut self.stage.reader {
            Some(reader) => reader.act("lift-card").map(drop),
            None => {
                println!("please lift the card");
                Ok(())
            }
        }
    }

    fn keep_receipt(&mut self) -> anyhow::Result<()> {
        let Some(printer) = &mut self.stage.printer else { return Ok(()) };
        let path = |name: &str| self.out.join(name).display().to_string();
        let order = json!({"do": "save", "png": absolute(&path("receipt.png"))?, "escpos": absolute(&path("receipt.escpos"))?});
        let saved = printer.perform(&order)?;
        let rows = saved.get("rows").and_then(Value::as_u64).unwrap_or(0);
        anyhow::ensure!(rows > 500, "that is no whole receipt: {saved}");
        Ok(())
    }

    /// Waits until the platform has exactly one case with this code, and writes it down.
    fn keep_case(&mut self, code: &str, file: &str) -> anyhow::Result<()> {
        let case = self.stage.wait_for_case(code, PROGRAM)?;
        Ok(fs::write(self.out.join(file), format!("{case:#}\n"))?)
    }

    fn tap_and_see(&mut self, label: &str, then: &str, name: &str) -> anyhow::Result<()> {
        self.stage.tap(label)?;
        self.see(then, PROGRAM, name)
    }

    fn see(&mut self, words: &str, patience: Duration, name: &str) -> anyhow::Result<()> {
        self.stage.wait_for(words, patience)?;
        self.picture(name)
    }

    fn picture(&mut self, name: &str) -> anyhow::Result<()> {
        self.shots += 1;
        let path = self.pictures.join(format!("{:02}-{name}.png", self.shots));
        let path = absolute(&path.display().to_string())?;
        self.stage.kiosk.perform(&json!({"do": "snapshot", "path": path})).map(drop)
    }

    fn step(&mut self, name: &str, act: impl FnOnce(&mut Self) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let begun = Instant::now();
        act(self).with_context(|| name.to_owned())?;
        self.steps.push((name.to_owned(), begun.elapsed()));
        Ok(())
    }

    fn table(&self) {
        for (name, time) in &self.steps {
            println!("{:>6} ms  {name}", time.as_millis());
        }
        let total: Duration = self.steps.iter().map(|(_, time)| *time).sum();
        println!("{:>6} ms  in all, {} steps, {} pictures", total.as_millis(), self.steps.len(), self.shots);
    }
}

fn absolute(path: &str) -> anyhow::Result<String> {
    Ok(std::path::absolute(Path::new(path))?.display().to_string())
}
