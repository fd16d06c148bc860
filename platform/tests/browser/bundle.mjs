// 失业帮扶一件事: begun on a computer, finished on a phone, filed at once, and seen by a desk that has one of its cases.

import { Visitor } from "./visitor.mjs";

const HOME = "示例市示例区示例路8号";
const ONE_SCREEN = (name, size) => ({ name, sizes: { [name]: size }, schemes: ["light", "dark"] });

export async function bundle(stage, office, resident) {
  const computer = resident.visitor;
  await looksAround(computer);
  await computer.go("/my");
  if (computer.page.url().includes("/sign-in")) {
    await resident.signsIn(false);
  }
  await begins(computer);
  const draft = await goesOn(stage, office, resident);
  const bundleNo = await finishes(draft);
  await seenAtTheDesk(office, bundleNo);
}

async function looksAround(visitor) {
  await visitor.go("/");
  await visitor.look("home with bundles");
  await visitor.go("/bundles");
  await visitor.look("bundles");
  await visitor.go("/bundles/disability");
  await visitor.look("guide of a bundle with shared papers");
  await visitor.go("/search?q=%E5%A4%B1%E4%B8%9A");
  await visitor.look("search with a bundle");
}

async function begins(visitor) {
  await visitor.go("/bundles/job-loss");
  await visitor.look("guide of a bundle");
  await visitor.follow("开始办理");
  await visitor.look("consent for a bundle");
  await visitor.press("同意，开始填写");
  await visitor.press("下一步");
  await visitor.look("bundle form wrong");
  await fillIn(visitor, { days: ["2026", "11", "2"] });
  await visitor.type("您的手机号", "13900000001");
  await visitor.pick("失业保险金", "要");
  await visitor.look("bundle form 1");
  await visitor.press("下一步");
}

async function fillIn(visitor, { days }) {
  for (const [part, value] of ["年", "月", "日"].map((part, at) => [part, days[at]])) {
    await visitor.page.getByLabel(part, { exact: true }).fill(value);
  }
}

/** On the phone the form is where the computer has left it. */
async function goesOn(stage, office, resident) {
  const phone = await Visitor.enter(stage, ONE_SCREEN("phone", { width: 360, height: 740 }));
  const other = Object.assign(Object.create(Object.getPrototypeOf(resident)), { ...resident, visitor: phone });
  office.platform.forward(61);
  await other.signsIn(false);
  await phone.go("/my");
  await phone.says("失业帮扶一件事");
  await phone.look("a draft of the computer");
  await phone.follow("接着填");
  await phone.says("就业困难人员");
  return phone;
}

async function finishes(visitor) {
  await visitor.pick("就业困难人员", "要");
  await visitor.press("下一步");
  await visitor.type("您现在住在哪里", HOME);
  await visitor.look("bundle form, the last that is shared");
  await visitor.press("下一步");
  await first(visitor);
  await visitor.look("bundle form for one item");
  await visitor.press("下一步");
  await first(visitor);
  await fillIn(visitor, { days: ["2026", "11", "1"] });
  await visitor.type("原来的单位叫什么", "示例公司");
  await visitor.look("bundle form for another item");
  await visitor.press("下一步");
  await visitor.type("钱打到哪张卡上", "0000000000000018");
  await visitor.press("下一步");
  await first(visitor);
  await visitor.press("下一步");
  await visitor.follow("＋ 添加一个人");
  await visitor.type("姓名", "司马示例");
  await visitor.type("身份证号码", "519999199003074022");
  await first(visitor);
  await visitor.press("保存这个人");
  await visitor.look("bundle people");
  await visitor.press("下一步");
  await visitor.says("提交后是 3 个办件");
  await visitor.look("bundle check");
  await visitor.press("确认提交");
  await visitor.says("提交成功");
  await visitor.look("bundle filed");
  const bundleNo = visitor.page.url().match(/\/my\/bundles\/([^?]+)/)[1];
  await visitor.page.locator('ul.list a[href^="/my/"]').nth(1).click();
  await visitor.page.waitForURL(/\/my\/1/);
  await visitor.look("a case of a bundle");
  await visitor.go("/my");
  await visitor.look("my cases with a bundle");
  return bundleNo;
}

/** Takes the first answer to every choice of the page. */
async function first(visitor) {
  for (const group of await visitor.page.getByRole("group").all()) {
    const choice = group.getByRole("radio").first();
    if (await choice.count()) {
      await choice.check();
    }
  }
}

/** 同一件事: whoever has one of the cases on the desk sees the others. */
async function seenAtTheDesk(office, bundleNo) {
  await office.signIn("community");
  const clerk = office.at("community");
  await clerk.go("/console/tasks");
  await clerk.page.getByRole("link", { name: "失业保险金申领" }).first().click();
  await clerk.page.waitForURL("**/console/cases/*");
  await clerk.says("同一件事：失业帮扶一件事");
  await clerk.says(bundleNo);
  await clerk.look("case of a bundle");
}
