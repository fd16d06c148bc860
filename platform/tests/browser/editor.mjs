// 一件事编辑: written by a reviewer of the office that leads, published by its approver, read by a resident, and taken back.

const BUNDLE = "old-age";
const HERE = `/console/bundles/${BUNDLE}`;
const WORDS = "高龄津贴、养老金认证、异地就医，一张表办完";

export async function editor(office, resident) {
  await office.signIn("district");
  await office.signIn("head");
  const writer = office.at("district");
  const approver = office.at("head");
  await writes(writer);
  await publishes(approver);
  await reads(resident.visitor);
  await withdraws(approver, resident.visitor);
}

async function writes(visitor) {
  await visitor.go("/console/bundles");
  await visitor.look("bundles of the office");
  await visitor.go(HERE);
  await visitor.look("a bundle before its draft");
  await visitor.press("起草新版本");
  await visitor.look("a draft of a bundle, as it stands");
  await visitor.follow("编辑");
  const { page } = visitor;
  await page.locator("details.act > summary").first().click();
  await visitor.look("the editor of a bundle");
  const summary = page.locator('input[name="summary.zh-CN"]');
  await summary.fill("");
  await visitor.press("保存草稿");
  await visitor.says("没有简体中文");
  await visitor.look("the editor of a bundle, refused");
  await summary.fill(WORDS);
  await visitor.press("保存草稿");
  await visitor.says(WORDS);
  await visitor.follow("编辑全文（TOML）");
  await visitor.look("the whole text of a bundle");
  await visitor.go(HERE);
  await visitor.press("送审");
  await visitor.look("a bundle in review, for its author");
}

async function publishes(visitor) {
  await visitor.go(HERE);
  await visitor.says(WORDS);
  await visitor.look("a bundle in review, for who publishes");
  await visitor.press("发布");
  await visitor.says("现行第 2 版");
  await visitor.look("a published bundle");
}

async function reads(visitor) {
  await visitor.go(`/bundles/${BUNDLE}`);
  await visitor.says(WORDS);
  await visitor.look("guide of a bundle that an office has edited");
}

async function withdraws(visitor, resident) {
  await visitor.go(HERE);
  const form = visitor.page.locator("details.act.against");
  await form.locator("summary").click();
  await form.getByLabel("下架的理由").fill("示例：政策调整，暂停一次办");
  await visitor.look("a bundle, about to be taken back");
  await visitor.press("下架", form);
  await visitor.says("已下架");
  await visitor.look("a bundle that was taken back");
  await resident.go(`/bundles/${BUNDLE}`, 404);
}
