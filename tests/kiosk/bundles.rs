//! 一件事 at the kiosk: one form, one call, several cases; whole or not at all, whatever happens to the network.

use std::{collections::BTreeSet, time::Duration};

use jiff::{Timestamp, tz};
use serde_json::{Value, json};
use testkit::{
    Weather,
    memory::{self, Needle},
};

use crate::{
    canary::{nothing_is_in_memory, nothing_is_left, nothing_is_on_the_disk},
    scanner::code_on_paper,
    visit::{ASKS_FOR_CARD, CARD, KNOWS_CARD, PATIENCE, Visit, WAITING},
};

const NAME: &str = "社保卡丢失一件事";
const ITEMS: [&str; 2] = ["社会保障卡挂失", "社会保障卡补领"];
const FILED: &str = "一共 2 个办件";
const PHONE: &str = "13951990527";

impl Visit {
    fn reads_the_guide(&mut self) -> anyhow::Result<()> {
        self.stage.tap("一件事")?;
        self.stage.tap(NAME)?;
        self.sees("填一张表，一起办")?;
        let labels = self.stage.labels()?;
        for words in ITEMS.into_iter().chain(["您要带", "谁可以办", "开始办理"]) {
            anyhow::ensure!(labels.iter().any(|label| label.contains(words)), "{words}: {labels:?}");
        }
        Ok(())
    }

    /// The first of its questions is answered.
    fn begins_the_bundle(&mut self) -> anyhow::Result<()> {
        self.reads_the_guide()?;
        self.stage.tap("开始办理")?;
        self.stage.tap("同意，继续")?;
        self.sees(ASKS_FOR_CARD)?;
        self.puts_card(CARD)?;
        self.sees("您的手机号")?;
        PHONE.chars().try_for_each(|digit| self.stage.tap(&digit.to_string()))?;
        self.stage.tap("下一步")?;
        self.sees("记得卡号最后4位吗？")
    }

    /// Everything up to the confirmation, which says what it becomes.
    fn fills_in_the_bundle(&mut self) -> anyhow::Result<()> {
        self.begins_the_bundle()?;
        self.stage.tap("下一步")?;
        self.goes_on_with_the_bundle()
    }

    fn goes_on_with_the_bundle(&mut self) -> anyhow::Result<()> {
        self.sees("大概哪天丢的？")?;
        self.stage.tap(&tz::offset(8).to_datetime(Timestamp::now()).date().to_string())?;
        self.stage.tap("下一步")?;
        for choice in ["示例银行甲", "示例社区"] {
            self.stage.tap(choice)?;
            self.stage.tap("下一步")?;
        }
        self.sees("一次提交，办下面 2 件事。")
    }

    fn before_the_bundle() -> anyhow::Result<Self> {
        let mut visit = Self::at_home()?;
        visit.fills_in_the_bundle()?;
        Ok(visit)
    }

    /// The bundle on the screen is at the platform: each of its cases once, and not a moment later another.
    fn bundle_arrives(&mut self) -> anyhow::Result<Vec<Value>> {
        let code = self.stage.pickup_code()?;
        let cases = self.stage.wait_for_cases(&code, ITEMS.len(), PATIENCE)?;
        // A second copy would come with the next tries.
        std::thread::sleep(Duration::from_secs(3));
        anyhow::ensure!(self.stage.cases(&code)?.len() == ITEMS.len(), "filed twice");
        let items: BTreeSet<&str> =
            cases.iter().filter_map(|case| case["item"]["name"]["zh-CN"].as_str()).collect();
        anyhow::ensure!(ITEMS.iter().all(|item| items.iter().any(|known| known.contains(item))), "{items:?}");
        Ok(cases)
    }
}

fn typed() -> Vec<Needle> {
    let needles =
        [Needle::text("the phone", "139519905", b""), Needle::text("the phone", "139 5199 05", b"")];
    needles.into_iter().flatten().collect()
}

#[test]
fn a_bundle_is_filed_whole_with_every_number_and_found_by_its_receipt() -> anyhow::Result<()> {
    let mut visit = Visit::before_the_bundle()?;
    visit.files()?;
    visit.sees(FILED)?;
    visit.sees("一件事编号 YJS006")?;
    let cases = visit.bundle_arrives()?;
    let labels = visit.stage.labels()?;
    for case in &cases {
        let number = case["case_no"].as_str().unwrap_or_default();
        anyhow::ensure!(labels.iter().any(|label| label.contains(number)), "{number}: {labels:?}");
    }
    visit.sees("回执已打印")?;
    let number = labels.iter().find_map(|label| label.strip_prefix("一件事编号 ")).unwrap_or_default();
    anyhow::ensure!(code_on_paper(&mut visit)? == number, "the receipt has another number");
    visit.printer(&json!({"do": "tear"}))?;
    visit.stage.tap("完成")?;
    visit.lifts_card()?;
    visit.sees("点一下屏幕")?;
    nothing_is_left(&mut visit)?;
    nothing_is_in_memory(&visit, &typed())?;
    anyhow::ensure!(memory::in_files(&visit.stage.kiosk_home(), &typed())?.hits.is_empty(), "on the disk");

    // The receipt is held before the scanner.
    visit.touches()?;
    visit.stage.tap("查进度")?;
    visit.sees("查询")?;
    visit.scans(number)?;
    visit.sees(&format!("一件事编号 {number}"))?;
    let found = visit.stage.labels()?;
    for case in &cases {
        let number = case["case_no"].as_str().unwrap_or_default();
        anyhow::ensure!(found.iter().any(|label| label.contains(number)), "{number}: {found:?}");
    }

    // Whoever holds one of its numbers is told what it is part of.
    visit.stage.tap("返回")?;
    visit.sees("查询")?;
    visit.scans(cases[0]["case_no"].as_str().unwrap_or_default())?;
    visit.sees(&format!("一件事编号 {number}，一共 2 个办件，这里是其中 1 个。"))?;

    // Found by card it stands among the others.
    visit.stage.tap("返回")?;
    visit.sees("查询")?;
    visit.stage.tap("用身份证查")?;
    visit.stage.tap("同意，继续")?;
    visit.sees(ASKS_FOR_CARD)?;
    visit.puts_card(CARD)?;
    visit.sees(&format!("一件事编号 {number}，2 个办件。"))
}

/// The resident files in bad weather, the power fails while it waits, and the platform ends up with it once.
fn kept_and_carried(weather: Weather, power_cut: bool) -> anyhow::Result<()> {
    let mut visit = Visit::before_the_bundle()?;
    visit.network()?.turn(weather);
    visit.files()?;
    visit.sees(WAITING)?;
    visit.sees("2 个办件")?;
    visit.sees("回执已打印")?;
    nothing_is_on_the_disk(&visit)?;
    anyhow::ensure!(memory::in_files(&visit.stage.kiosk_home(), &typed())?.hits.is_empty(), "on the disk");
    if !power_cut {
        visit.network()?.mend();
        // While the resident stands there, the screen gets the numbers.
        visit.sees("一件事编号 YJS006")?;
        return visit.bundle_arrives().map(drop);
    }
    let code = visit.stage.pickup_code()?;
    visit.stage.power_cut()?;
    visit.sees("点一下屏幕")?;
    nothing_is_left(&mut visit)?;
    visit.network()?.mend();
    visit.stage.wait_for_cases(&code, ITEMS.len(), PATIENCE)?;
    std::thread::sleep(Duration::from_secs(3));
    anyhow::ensure!(visit.stage.cases(&code)?.len() == ITEMS.len(), "filed twice");
    Ok(())
}

#[test]
fn a_bundle_waits_for_a_cut_cable_and_outlives_a_power_cut() -> anyhow::Result<()> {
    kept_and_carried(Weather::Cut, true)
}

/// The platform has it, and the kiosk cannot know: the same key brings the same numbers.
#[test]
fn a_bundle_whose_answer_is_lost_is_not_filed_twice() -> anyhow::Result<()> {
    kept_and_carried(Weather::AnswersLost, false)
}

#[test]
fn a_bundle_that_is_left_is_gone_on_with_by_its_owner_alone_and_becomes_one() -> anyhow::Result<()> {
    const OFFER: &str = "您有没填完的，接着填吗？";
    let mut visit = Visit::at_home()?;
    visit.begins_the_bundle()?;
    visit.stage.tap("先存着")?;
    visit.sees("只有您本人打得开")?;
    visit.stage.tap("存起来")?;
    visit.sees("存好了")?;
    anyhow::ensure!(memory::in_files(&visit.stage.kiosk_home(), &typed())?.hits.is_empty(), "on the disk");
    visit.stage.tap("完成")?;
    visit.lifts_card()?;
    visit.sees("点一下屏幕")?;
    nothing_is_left(&mut visit)?;
    nothing_is_in_memory(&visit, &typed())?;

    // Somebody else is told of nothing and led to the first question at once; its owner is, whatever they have chosen.
    visit.touches()?;
    visit.goes_to_the_reader()?;
    visit.puts_card("citizen-1")?;
    visit.sees(KNOWS_CARD)?;
    visit.stage.tap("首页")?;
    visit.stage.tap("不办了，清除内容")?;
    visit.lifts_card()?;
    visit.sees("点一下屏幕")?;
    visit.touches()?;
    visit.goes_to_the_reader()?;
    visit.puts_card(CARD)?;
    visit.sees(OFFER)?;
    visit.stage.tap(NAME)?;
    visit.goes_on_with_the_bundle()?;
    visit.files()?;
    visit.sees(FILED)?;
    visit.bundle_arrives()?;
    visit.sees("回执已打印")?;
    visit.stage.tap("完成")?;
    visit.lifts_card()?;
    visit.sees("点一下屏幕")?;
    visit.touches()?;
    visit.goes_to_the_reader()?;
    visit.puts_card(CARD)?;
    // Nothing is offered before it: what was left is filed.
    visit.sees(KNOWS_CARD)
}

/// What the kiosk knows of bundles it knows without a network, too.
#[test]
fn bundles_are_offered_from_the_cache() -> anyhow::Result<()> {
    let mut visit = Visit::at_home()?;
    visit.network()?.cut();
    visit.stage.power_cut()?;
    visit.sees("点一下屏幕")?;
    visit.touches()?;
    visit.sees("网络不通")?;
    visit.reads_the_guide()
}
