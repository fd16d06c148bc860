//! A resident in front of a kiosk, with someone behind who can break things.

use std::time::Duration;

use anyhow::Context as _;
use serde_json::{Value, json};
use testkit::{Network, Stage, StageOptions};

/// Longer than any part of a kiosk may take to notice or to get over something.
pub(crate) const PATIENCE: Duration = Duration::from_secs(45);

pub(crate) const ASKS_FOR_CARD: &str = "请把身份证平放在读卡区";
pub(crate) const KNOWS_CARD: &str = "您现在住在哪里";
pub(crate) const FILED: &str = "办好了";
pub(crate) const WAITING: &str = "已经收下，等网络恢复后上传";
pub(crate) const CARD: &str = "citizen-2";

pub(crate) struct Visit {
    pub(crate) stage: Stage,
}

impl Visit {
    /// A kiosk that nobody stands at.
    pub(crate) fn none_yet(options: &StageOptions) -> anyhow::Result<Self> {
        let mut visit = Self { stage: Stage::start(options)? };
        visit.sees("点一下屏幕")?;
        Ok(visit)
    }

    pub(crate) fn at_home() -> anyhow::Result<Self> {
        let mut visit = Self::none_yet(&StageOptions::default())?;
        visit.touches()?;
        Ok(visit)
    }

    pub(crate) fn at_the_reader() -> anyhow::Result<Self> {
        let mut visit = Self::at_home()?;
        visit.goes_to_the_reader()?;
        Ok(visit)
    }

    pub(crate) fn before_filing() -> anyhow::Result<Self> {
        let mut visit = Self::at_the_reader()?;
        visit.fills_in()?;
        Ok(visit)
    }

    pub(crate) fn touches(&mut self) -> anyhow::Result<()> {
        self.stage.kiosk.act("touch")?;
        self.sees("您要办什么事")
    }

    pub(crate) fn goes_to_the_reader(&mut self) -> anyhow::Result<()> {
        self.stage.tap("养老金资格认证")?;
        self.stage.tap("开始办理")?;
        self.stage.tap("同意，继续")?;
        self.sees(ASKS_FOR_CARD)
    }

    pub(crate) fn fills_in(&mut self) -> anyhow::Result<()> {
        self.puts_card(CARD)?;
        self.sees(KNOWS_CARD)?;
        self.stage.tap("本区")?;
        self.stage.tap("下一步")?;
        self.sees("确认提交")
    }

    pub(crate) fn files(&mut self) -> anyhow::Result<()> {
        self.stage.tap("确认提交")
    }

    /// From the attract screen to a result, and the code on it.
    pub(crate) fn whole(&mut self) -> anyhow::Result<String> {
        self.touches()?;
        self.goes_to_the_reader()?;
        self.fills_in()?;
        self.files()?;
        self.sees("取件码")?;
        self.stage.pickup_code()
    }

    pub(crate) fn sees(&mut self, words: &str) -> anyhow::Result<()> {
        self.stage.wait_for(words, PATIENCE)
    }

    pub(crate) fn puts_card(&mut self, card: &str) -> anyhow::Result<()> {
        self.reader(&json!({"do": "put-card", "card": card}))
    }

    pub(crate) fn lifts_card(&mut self) -> anyhow::Result<()> {
        self.reader(&json!({"do": "lift-card"}))
    }

    pub(crate) fn reader(&mut self, order: &Value) -> anyhow::Result<()> {
        self.stage.reader.as_mut().context("no reader")?.perform(order).map(drop)
    }

    pub(crate) fn printer(&mut self, order: &Value) -> anyhow::Result<Value> {
        self.stage.printer.as_mut().context("no printer")?.perform(order)
    }

    /// Holds a code before the scanner.
    pub(crate) fn scans(&mut self, code: &str) -> anyhow::Result<()> {
        self.scanner(&json!({"do": "scan", "code": code}))
    }

    pub(crate) fn scanner(&mut self, order: &Value) -> anyhow::Result<()> {
        self.stage.scanner.as_mut().context("no scanner")?.perform(order).map(drop)
    }

    /// What somebody does at the table under the camera.
    pub(crate) fn camera(&mut self, order: &Value) -> anyhow::Result<()> {
        self.stage.camera.as_mut().context("no camera")?.perform(order).map(drop)
    }

    pub(crate) fn network(&self) -> anyhow::Result<&Network> {
        self.stage.network.as_ref().context("no network")
    }

    /// The case on the screen is at the platform, once.
    pub(crate) fn case_arrives(&mut self) -> anyhow::Result<Value> {
        let code = self.stage.pickup_code()?;
        self.stage.wait_for_case(&code, PATIENCE)
    }
}
