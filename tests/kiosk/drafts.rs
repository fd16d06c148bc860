//! A form that is left, and gone on with: at the same machine by the same person, and by nobody else.

use std::collections::BTreeSet;

use anyhow::Context as _;

use crate::{
    canary::nothing_is_left,
    visit::{CARD, FILED, KNOWS_CARD, Visit},
};

const OFFER: &str = "您有没填完的，接着填吗？";
const ITEM: &str = "养老保险定期待遇领取资格认证";

impl Visit {
    /// A form with one answer, and the word for keeping it.
    fn leaves(&mut self) -> anyhow::Result<()> {
        self.puts_card(CARD)?;
        self.sees(KNOWS_CARD)?;
        self.stage.tap("本区")?;
        self.stage.tap("先存着")?;
        self.sees("只有您本人打得开")?;
        self.stage.tap("存起来")
    }

    /// The visit is over, and the next one begins.
    fn comes_again(&mut self) -> anyhow::Result<()> {
        self.lifts_card()?;
        self.sees("点一下屏幕")?;
        self.touches()?;
        self.goes_to_the_reader()
    }

    /// 草稿码, as the screen says it.
    fn draft_code(&mut self) -> anyhow::Result<String> {
        // It is written as a 取件码 is.
        let code = self.stage.pickup_code()?;
        self.stage.labels()?.into_iter().find(|label| label.replace(' ', "") == code).context("no code")
    }
}

#[test]
fn a_form_that_is_left_is_gone_on_with_by_its_owner_alone_and_becomes_one_case() -> anyhow::Result<()> {
    let mut visit = Visit::at_the_reader()?;
    visit.leaves()?;
    visit.sees("存好了")?;
    visit.sees("没有提交，还不算办")?;
    let code = visit.draft_code()?;
    visit.stage.tap("完成")?;
    visit.lifts_card()?;
    visit.sees("点一下屏幕")?;
    nothing_is_left(&mut visit)?;

    // Somebody else with another card is told of nothing: they are led to the first question at once.
    visit.touches()?;
    visit.goes_to_the_reader()?;
    visit.puts_card("citizen-1")?;
    visit.sees("您现在住在哪里")?;
    visit.stage.tap("首页")?;
    visit.stage.tap("不办了，清除内容")?;

    visit.comes_again()?;
    visit.puts_card(CARD)?;
    visit.sees(OFFER)?;
    visit.sees(&code)?;
    visit.stage.tap(ITEM)?;
    // The one question is answered already.
    visit.sees("确认提交")?;
    visit.files()?;
    visit.sees(FILED)?;
    let filed = visit.case_arrives()?;
    visit.sees("回执已打印")?;
    visit.stage.tap("完成")?;
    visit.stage.tap("不评价，结束")?;

    visit.comes_again()?;
    visit.puts_card(CARD)?;
    // Nothing is offered before it: what is filed is no draft any more.
    visit.sees(KNOWS_CARD)?;
    anyhow::ensure!(filed["channel"] == "kiosk", "{filed}");
    Ok(())
}

#[test]
fn without_a_network_nothing_is_kept_and_nothing_that_was_filled_in_is_lost() -> anyhow::Result<()> {
    let mut visit = Visit::at_the_reader()?;
    visit.puts_card(CARD)?;
    visit.sees(KNOWS_CARD)?;
    visit.stage.tap("本区")?;
    visit.network()?.cut();
    visit.stage.tap("先存着")?;
    visit.stage.tap("存起来")?;
    visit.sees("没有存上")?;
    visit.sees("网络不通，现在存不了")?;
    visit.network()?.mend();
    visit.stage.tap("再试一次")?;
    visit.sees("存好了")?;
    visit.stage.tap("完成")?;
    // It was kept once, though it was tried twice.
    visit.comes_again()?;
    visit.puts_card(CARD)?;
    visit.sees(OFFER)?;
    let labels = visit.stage.labels()?;
    let is_row = |label: &&String| label.starts_with(&format!("{ITEM} 草稿码"));
    let rows: BTreeSet<&String> = labels.iter().filter(is_row).collect();
    anyhow::ensure!(rows.len() == 1, "{rows:?}");
    Ok(())
}

#[test]
fn whoever_is_asked_whether_to_leave_can_keep_it_and_a_new_form_can_be_begun_all_the_same()
-> anyhow::Result<()> {
    let mut visit = Visit::at_the_reader()?;
    visit.puts_card(CARD)?;
    visit.sees(KNOWS_CARD)?;
    visit.stage.tap("首页")?;
    visit.stage.tap("先存着，以后接着填")?;
    visit.stage.tap("存起来")?;
    visit.sees("存好了")?;
    visit.stage.tap("完成")?;
    visit.comes_again()?;
    visit.puts_card(CARD)?;
    visit.sees(OFFER)?;
    visit.stage.tap(&format!("不接着填，重新办：{ITEM}"))?;
    visit.sees(KNOWS_CARD)
}
