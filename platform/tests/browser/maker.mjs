// 新建事项 and 新建一件事: an item that no program brings, and a bundle that begins with it, from a reviewer over an approver to a
// resident's guide.

const ITEM = "heating-relief";
const BUNDLE = "winter";

export async function maker(office, resident) {
  const writer = office.at("district");
  const approver = office.at("head");
  await begins(writer);
  await writes(writer);
  await publishes(approver, `/console/items/${ITEM}`);
  await approver.look("a published item that is new");
  await reads(resident.visitor);
  await bundles(writer);
  await publishes(approver, `/console/bundles/${BUNDLE}`);
  await resident.visitor.go(`/bundles/${BUNDLE}`);
  await resident.visitor.says("冬季取暖救助");
  await resident.visitor.look("guide of a bundle that is new");
}

async function begins(visitor) {
  await visitor.go("/console/items");
  await visitor.look("items of the office");
  await visitor.follow("新建事项");
  await visitor.look("making an item");
  const { page } = visitor;
  await visitor.type("代号（id）", "temporary-relief");
  await visitor.type("基本编码", "512B0003600099");
  await page.locator('input[name="name.zh-CN"]').fill("冬季取暖救助");
  await page.locator('input[name="name.zh-TW"]').fill("冬季取暖救助");
  await page.locator('select[name="from"]').selectOption("temporary-relief");
  await visitor.press("新建草稿");
  await visitor.says("代号“temporary-relief”已经用过，请换一个");
  await visitor.look("making an item, refused");
  await visitor.type("代号（id）", ITEM);
  await visitor.press("新建草稿");
  await visitor.says("还没有发布");
  await visitor.look("an item that is new");
}

async function writes(visitor) {
  const { page } = visitor;
  await visitor.follow("编辑");
  await visitor.press("保存草稿");
  await visitor.says("没有英文");
  await visitor.look("the editor of an item that is new, refused");
  await page.locator('input[name="name.en"]').fill("Heating relief (sample)");
  await page.locator('input[name="summary.zh-CN"]').fill("冬天取暖有困难，申请补助");
  await visitor.press("保存草稿");
  await visitor.press("送审");
  await visitor.go("/console/items");
  await visitor.says("未发布");
  await visitor.look("items with one that is new");
}

async function publishes(visitor, here) {
  await visitor.go(here);
  await visitor.says("全部内容都要核对");
  await visitor.look("what is new, for who publishes");
  await visitor.press("发布");
  await visitor.says("现行第 1 版");
}

async function reads(visitor) {
  await visitor.go("/areas/civil-affairs");
  await visitor.says("冬季取暖救助");
  await visitor.go(`/items/${ITEM}`);
  await visitor.look("guide of an item that is new");
}

async function bundles(visitor) {
  const { page } = visitor;
  await visitor.go("/console/bundles");
  await visitor.follow("新建一件事");
  await visitor.look("making a bundle");
  await visitor.type("代号（id）", BUNDLE);
  for (const [language, words] of [["zh-CN", "温暖过冬一件事"], ["zh-TW", "溫暖過冬一件事"], ["en", "Through the winter"]]) {
    await page.locator(`input[name="name.${language}"]`).fill(words);
  }
  await page.locator('select[name="from"]').selectOption(`item:${ITEM}`);
  await visitor.press("新建草稿");
  await visitor.look("a bundle that is new");
  await visitor.follow("编辑");
  for (const [language, words] of [["zh-CN", "取暖和高龄津贴一次办"], ["zh-TW", "取暖和高齡津貼一次辦"], ["en", "Heating and old age at once"]]) {
    await page.locator(`input[name="summary.${language}"]`).fill(words);
  }
  await page.locator("details.act > summary").last().click();
  await page.locator('select[name="items.1.item"]').selectOption("old-age-allowance");
  await visitor.look("the editor of a bundle that is new");
  await visitor.press("保存草稿");
  await visitor.press("送审");
}
