// 最低生活保障 (W3): community, street, district; a visit by two, a notice of seven calendar days, a decision by somebody
// who has done no other step, and the resident who sees all of it.

import { code } from "./platform.mjs";
import { Visitor } from "./visitor.mjs";

/** Somebody invented, and everything about them that is nobody's business. */
const RESIDENT = {
  name: "欧阳示例",
  id: "519999195201010013",
  phone: "13900000001",
  account: "0000000000000018",
  home: "示例市示例区示例路8号",
  wife: { name: "司马示例", id: "519999199003074022" },
};
const PERSONAL = [
  RESIDENT.name, RESIDENT.id, RESIDENT.phone, RESIDENT.account, RESIDENT.home, RESIDENT.wife.name, RESIDENT.wife.id,
];
/** What a board could give away besides: the rest of a name, a document's number in pieces. */
const OF_THE_BOARD = [...PERSONAL, "欧阳", "阳示例", "司马", "519999", "0013", "13900", "示例路8号"];
const PASSWORD = "a long password of a test";
const BOARDS = ["/board", "/api/v1/notices"];

const RESIDENTS_SCREENS = { sizes: { PC: { width: 1280, height: 800 }, phone: { width: 360, height: 740 } }, schemes: ["light", "dark"] };
const OFFICE_SCREENS = { sizes: { phone: { width: 390, height: 844 }, PC: { width: 1366, height: 768 } } };

/** Who is needed, and at which desk. Two of the district: whoever reviews does not decide where money moves. */
const STAFF = {
  community: [["community_worker", "demo-community"], ["clerk", "demo-community"]],
  street: [["clerk", "demo-subdistrict"], ["reviewer", "demo-subdistrict"]],
  district: [["reviewer", "demo-civil-affairs-bureau"]],
  head: [["approver", "demo-civil-affairs-bureau"]],
  supervisor: [["supervisor", "demo-subdistrict"]],
};

export async function relief(stage, platform) {
  const office = new Office(stage, platform);
  await office.open();
  const resident = await Resident.enter(stage);
  await resident.looksAround();
  await resident.signsIn();
  const caseNo = await resident.files();
  office.concerns(caseNo);
  await stranger(stage, resident);
  await correction(office, resident, caseNo);
  await street(office, caseNo);
  await stopped(office, resident, caseNo);
  await notice(stage, platform, office, caseNo);
  await district(office, caseNo);
  await ending(stage, office, resident, caseNo);
  await watched(office, caseNo);
  await exchange(office, platform);
  await refused(office, resident);
  return { office, resident };
}

/** The desks, each with a browser of its own. */
export class Office {
  constructor(stage, platform) {
    Object.assign(this, { stage, platform, people: {} });
  }

  /** Accounts are made by one administrator and given their roles by another, on the pages. */
  async open() {
    const [system, security, auditor] = ["system", "security", "auditor"];
    this.people.system = this.platform.administrator(system, "system_administrator");
    this.people.security = this.platform.administrator(security, "security_administrator");
    this.people.auditor = this.platform.administrator(auditor, "auditor");
    await this.welcome(system);
    await this.welcome(security);
    for (const [login, grants] of Object.entries(STAFF)) {
      await this.account(login);
      for (const [role, organisation] of grants) {
        await this.grant(login, role, organisation);
      }
    }
    await this.at(system).look("accounts");
    await this.at(security).page.locator("details.act > summary").first().click();
    await this.at(security).look("granting");
    for (const login of [...Object.keys(STAFF), auditor]) {
      await this.welcome(login);
    }
  }

  at(login) {
    return this.people[login].visitor;
  }

  /** From now on this number is personal as well: whoever has it and four digits may ask. */
  concerns(caseNo) {
    this.caseNo = caseNo;
  }

  async account(login) {
    const admin = this.at("system");
    await admin.go("/console/accounts");
    await admin.type("账号", login);
    await admin.type("姓名", `示例${login}`);
    await admin.press("建立");
    const [password, secret] = await admin.page.locator("code.secret").allInnerTexts();
    this.people[login] = { login, password, secret };
    if (login === "community") {
      await admin.look("a new account");
    }
  }

  async grant(login, role, organisation) {
    const admin = this.at("security");
    await admin.go("/console/accounts");
    const row = admin.page.getByRole("row").filter({ hasText: `示例${login}` });
    await row.getByText("授权或重置").click();
    await row.getByLabel("角色").selectOption(role);
    await row.getByLabel("机构").selectOption(organisation);
    await admin.press("授权", row);
    await admin.says("下一次请求起生效");
  }

  /** The first sign-in, with the password that has to be changed. */
  async welcome(login) {
    const person = this.people[login];
    person.visitor = await Visitor.enter(this.stage, { name: login, ...OFFICE_SCREENS, secrets: PERSONAL });
    await this.signIn(login);
    const { visitor } = person;
    await visitor.says("请先换掉初始密码");
    if (login === "system") {
      await visitor.look("first password");
    }
    await visitor.type("原密码", person.password);
    await visitor.page.getByLabel("新密码", { exact: true }).fill(PASSWORD);
    await visitor.type("再输一遍新密码", PASSWORD);
    await visitor.press("保存");
    person.password = PASSWORD;
  }

  /** A code counts once, so the clock moves on to the next one. */
  async signIn(login) {
    const { visitor, password, secret } = this.people[login];
    this.platform.forward(31);
    await visitor.go("/console/sign-in");
    if (login === "system") {
      await visitor.look("sign-in");
    }
    await visitor.type("账号", login);
    await visitor.type("密码", password);
    await visitor.type("动态口令", code(secret, this.platform.now()));
    await visitor.press("登录");
  }

  async signInAll() {
    for (const login of Object.keys(STAFF)) {
      await this.signIn(login);
    }
  }

  /** Opens the case from the person's own list. */
  async opens(login, what, caseNo = this.caseNo) {
    const visitor = this.at(login);
    await visitor.go("/console/tasks");
    await visitor.says(caseNo);
    await visitor.look(`tasks before ${what}`);
    await visitor.page.locator(`a[href="/console/cases/${caseNo}"]`).click();
    await visitor.page.waitForURL(`**/cases/${caseNo}`);
    await visitor.look(`case before ${what}`);
    return visitor;
  }

  /** Does one thing to the case, as its form has it. */
  async act(login, word, fill = async () => {}, caseNo = this.caseNo) {
    const visitor = this.at(login);
    await visitor.go(`/console/cases/${caseNo}`);
    const form = visitor.page.locator("details.act").filter({ has: visitor.page.locator("button[type=submit]", { hasText: new RegExp(`^${word}$`) }) });
    if (!(await form.evaluate((details) => details.open))) {
      await form.locator("summary").click();
    }
    await fill(form);
    await visitor.press(word, form);
    return visitor;
  }
}

class Resident {
  static async enter(stage) {
    const resident = new Resident();
    resident.stage = stage;
    resident.visitor = await Visitor.enter(stage, { name: "resident", ...RESIDENTS_SCREENS });
    return resident;
  }

  async looksAround() {
    const { visitor } = this;
    await visitor.go("/");
    await visitor.look("home");
    await visitor.type("找事项", "低保");
    await visitor.press("查找");
    await visitor.look("search");
    await visitor.go("/areas/civil-affairs");
    await visitor.look("area");
    await visitor.page.getByRole("link", { name: "最低生活保障" }).click();
    await visitor.page.waitForURL("**/items/minimum-living-allowance");
    await visitor.look("guide");
    await visitor.press("大字版");
    await visitor.look("guide in large type");
    await visitor.press("标准字号");
    for (const path of ["/progress", "/verify", "/board"]) {
      await visitor.go(path);
      await visitor.look(path);
    }
    await visitor.go("/nowhere", 404);
    await visitor.look("nothing here");
  }

  async signsIn(looks = true) {
    const { visitor } = this;
    await visitor.go("/sign-in?next=/items/minimum-living-allowance");
    const look = async (what) => looks && (await visitor.look(what));
    await look("sign-in 1");
    if (looks) {
      await visitor.type("您的手机号", "139");
      await visitor.press("发送验证码");
      await visitor.look("sign-in 1 wrong");
    }
    await visitor.type("您的手机号", RESIDENT.phone);
    await visitor.press("发送验证码");
    await look("sign-in 2");
    const shown = await visitor.page.locator(".notice").innerText();
    await visitor.type("短信里的 6 位验证码", shown.match(/\d{6}/)[0]);
    await visitor.press("下一步");
    await look("sign-in 3");
    await visitor.type("姓名", RESIDENT.name);
    await visitor.type("身份证号码", RESIDENT.id);
    await visitor.press("登录");
  }

  /** Fills in the form, with a mistake on the way. */
  async files() {
    const { visitor } = this;
    await visitor.follow("开始办理");
    await visitor.look("consent");
    await visitor.press("同意，开始填写");
    await visitor.press("下一步");
    await visitor.look("form 1 wrong");
    await visitor.pick("生活困难的主要原因", "生病");
    await visitor.type("再说说家里的情况", "示例说明");
    await visitor.look("form 1");
    await visitor.press("下一步");
    await visitor.look("family empty");
    await visitor.follow("＋ 添加一个人");
    await this.adds(RESIDENT.wife);
    await visitor.look("family");
    await visitor.press("下一步");
    for (const [label, amount] of [["您自己每月收入多少", "0"], ["全家存款有多少", "1000"], ["全家有几套房", "1"]]) {
      await visitor.type(label, amount);
    }
    await visitor.pick("家里有汽车吗", "没有");
    await visitor.look("form 3");
    await visitor.press("下一步");
    await visitor.type("钱打到哪张卡上", RESIDENT.account);
    await visitor.type("您现在住在哪里", RESIDENT.home);
    await visitor.look("form 4");
    await visitor.press("下一步");
    await visitor.look("check");
    await visitor.press("确认提交");
    await visitor.says("提交成功");
    await visitor.look("filed");
    this.caseNo = visitor.page.url().match(/\/my\/([^?]+)/)[1];
    this.pickupCode = await visitor.page.locator(".ticket .code").innerText();
    await visitor.go("/my");
    await visitor.look("my cases");
    return this.caseNo;
  }

  async adds({ name, id }) {
    const { visitor } = this;
    await visitor.look("a person");
    await visitor.type("姓名", name);
    await visitor.pick("是您的什么人", "配偶");
    await visitor.type("身份证号码", id);
    await visitor.pick("在做什么", "没有劳动能力");
    await visitor.type("每月收入多少", "0");
    await visitor.press("保存这个人");
  }

  async sees(words, what, caseNo = this.caseNo) {
    const { visitor } = this;
    await visitor.go(`/my/${caseNo}`);
    if (visitor.page.url().includes("/sign-in")) {
      await this.signsIn(false);
      await visitor.go(`/my/${caseNo}`);
    }
    await visitor.says(words);
    await visitor.look(what);
  }
}

/** Whoever has the slip and the last four digits is told where the case stands, and no more than that. */
async function stranger(stage, { pickupCode }) {
  const secrets = [RESIDENT.name, RESIDENT.id, RESIDENT.phone, RESIDENT.account, RESIDENT.home];
  const visitor = await Visitor.enter(stage, { name: "stranger", ...RESIDENTS_SCREENS, secrets });
  await visitor.go("/progress");
  await visitor.type("取件码", "1");
  await visitor.type("最后 4 位", "1");
  await visitor.press("查进度");
  await visitor.look("progress wrong");
  await visitor.type("取件码", pickupCode);
  await visitor.type("最后 4 位", RESIDENT.id.slice(-4));
  await visitor.press("查进度");
  await visitor.says("已收件");
  await visitor.look("progress");
  await visitor.go("/verify");
  await visitor.type("验证码", "0000000000000000");
  await visitor.press("核对");
  await visitor.says("没有这份文书");
  await visitor.look("not genuine");
}

/** 一次性告知, as both sides see it. */
async function correction(office, resident, caseNo) {
  const clerk = await office.opens("street", "correction");
  await clerk.page.getByText("查看个人信息", { exact: true }).click();
  await clerk.type("查阅目的", "核对申请材料");
  await clerk.press("查看");
  await clerk.says(RESIDENT.id);
  await clerk.look("revealed", { revealed: true });
  await office.act("street", "一次性告知补正", async (form) => {
    await clerk.type("要补正的材料", "家庭经济状况核对授权书：缺配偶签字\n户口簿：缺本人登记页", form);
  });
  await clerk.look("waiting for papers");
  await resident.sees("还缺材料", "told what is missing", caseNo);
  await office.act("street", "收到补正");
}

async function street(office, caseNo) {
  await office.act("street", "受理", (form) => form.getByRole("checkbox").check());
  await office.opens("community", "first look");
  await office.act("community", "通过");
  await office.act("street", "通过");
  await hurried(office, caseNo);
  await office.opens("street", "the visit");
  const visit = (visitors) => async (form) => {
    await form.getByLabel("入户人员", { exact: true }).fill(visitors);
    await form.getByLabel("调查情况").fill("家庭情况与申报一致");
    await form.getByRole("checkbox").check();
  };
  const alone = await office.act("street", "通过", visit("甲"));
  await alone.says("入户调查要两个人以上");
  await alone.look("one visitor is not enough");
  await office.act("street", "通过", visit("甲、乙"));
}

/** 督办单: given, answered and closed. */
async function hurried(office, caseNo) {
  const supervisor = office.at("supervisor");
  await supervisor.go("/console/supervision");
  await supervisor.look("supervision");
  await supervisor.go(`/console/cases/${caseNo}`);
  await supervisor.type("督办内容", "请说明入户调查的安排");
  await supervisor.press("发出督办单");
  await supervisor.look("an order");
  const clerk = await office.opens("street", "an order");
  await clerk.type("回复督办", "今天下午入户");
  await clerk.press("回复");
  await supervisor.go(`/console/cases/${caseNo}`);
  await supervisor.says("今天下午入户");
  await supervisor.press("办结督办");
  await supervisor.look("an order closed");
}

/** 特别程序: the clock stands still by two people's word, and the resident is told why. */
async function stopped(office, resident) {
  await office.act("street", "申请特别程序", async (form) => {
    await form.getByLabel("种类").selectOption("on_site");
    await form.getByLabel("启动理由或依据").fill("需要实地核查住房");
  });
  const head = await office.opens("head", "stopping the clock");
  await office.act("head", "批准特别程序");
  await head.look("the clock stands still");
  await resident.sees("停止计算", "the clock stands still");
  await office.act("street", "恢复计时", (form) => form.getByLabel("特别程序的结果").fill("核查完毕"));
  await resident.sees("办结日期的变化", "how the day has moved");
  await office.act("street", "通过");
}

/** 公示: seven calendar days on the board with a surname, and nothing else of anybody. */
async function notice(stage, platform, office, caseNo) {
  await office.opens("community", "the notice");
  await office.act("community", "开始公示", (form) => form.getByLabel("金额档次").fill("每月 500 元以下"));
  const anybody = await Visitor.enter(stage, { name: "anybody", ...OFFICE_SCREENS, secrets: [...OF_THE_BOARD, caseNo] });
  await anybody.go("/board");
  await anybody.says("欧***");
  await anybody.look("board");
  for (const board of BOARDS) {
    const answer = await anybody.context.request.get(board);
    const text = await answer.text();
    if (!text.includes("欧***")) {
      throw new Error(`${board} does not have the notice: ${text}`);
    }
    stage.scan(`anybody, ${board} as it is sent`, text, [...OF_THE_BOARD, caseNo]);
  }
  const early = await office.act("community", "通过");
  await early.says("公示还没有期满");
  await early.look("too early");
  platform.day("2026-12-01");
  await office.signIn("community");
  const last = await office.act("community", "通过");
  await last.says("公示还没有期满");
  platform.day("2026-12-02");
  await anybody.go("/board");
  await anybody.says("现在没有公示");
  await anybody.look("empty board");
  await office.signInAll();
  await office.act("community", "通过");
}

async function district(office, caseNo) {
  await office.opens("district", "the district's review");
  await office.act("district", "通过");
  const reviewer = office.at("district");
  await reviewer.go(`/console/cases/${caseNo}`);
  if (await reviewer.page.getByRole("button", { name: "准予", exact: true }).count()) {
    throw new Error("whoever has reviewed may decide");
  }
  await office.opens("head", "the decision");
  await office.act("head", "准予");
}

/** 办结 and 送达, and what the resident has in the end. */
async function ending(stage, office, resident, caseNo) {
  await office.opens("street", "completion");
  await office.act("street", "办结");
  await resident.sees("已办结", "completed");
  await office.opens("community", "handing over");
  await office.act("community", "送达", async (form) => {
    await form.getByLabel("领取人").fill("本人");
    await form.getByRole("checkbox").check();
  });
  await office.act("community", "归档");
  const { visitor } = resident;
  await visitor.go(`/my/${caseNo}`);
  const papers = visitor.page.locator(`a[href^="/my/${caseNo}/documents/"]`);
  const titles = await papers.locator("strong").allInnerTexts();
  for (const title of ["收件回执", "申请材料补正告知书", "受理通知书", "准予决定书", "办结通知"]) {
    if (!titles.includes(title)) {
      throw new Error(`the resident has no ${title}: ${titles}`);
    }
  }
  const paper = await visitor.context.request.get(await papers.last().getAttribute("href"));
  if (!(await paper.body()).subarray(0, 5).equals(Buffer.from("%PDF-"))) {
    throw new Error("the last paper is no PDF");
  }
  await visitor.press("非常满意");
  await visitor.says("您的评价：非常满意");
  await visitor.look("rated");
}

/** Whoever watches sees what happened, and no more of the person than anybody else. */
async function watched(office, caseNo) {
  const supervisor = office.at("supervisor");
  for (const page of ["statistics", "calendar"]) {
    await supervisor.go(`/console/${page}`);
    await supervisor.look(page);
  }
  await supervisor.go(`/console/cases/${caseNo}`);
  await supervisor.look("an archived case");
  await office.signIn("auditor");
  const auditor = office.at("auditor");
  await auditor.go("/console/audit");
  await auditor.says("核对申请材料");
  await auditor.look("audit");
}

/** 上级平台: everything that happened was told above; what is refused there is sent again by hand. */
async function exchange(office, platform) {
  await office.signIn("system");
  const admin = office.at("system");
  const read = async (words) => {
    for (let tries = 0; tries < 40; tries += 1) {
      await admin.go("/console/exchange");
      if ((await admin.page.locator("body").innerText()).includes(words)) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    await admin.says(words);
  };
  await read("已送达");
  await admin.look("told above");
  platform.above.refusing = true;
  await refusedCase(office);
  await read("ITEM-UNKNOWN");
  await admin.look("dead letters");
  platform.above.refusing = false;
  await admin.press("全部重发");
  await admin.says("已重新排队");
  await admin.look("sent again");
}

/** A second case of the same resident's, which the platform above does not want to hear of. */
async function refusedCase(office) {
  const item = await (await fetch(`${office.platform.url}/api/v1/items/temporary-relief`)).json();
  const submission = {
    item: item.id, item_version: item.version, pickup_code: "123456782", channel: "kiosk", terminal_id: "LZ-0001",
    received_at: new Date(office.platform.now()).toISOString(),
    applicant: {
      name: RESIDENT.name, id_kind: "resident_id_card", id_number: RESIDENT.id, sex: "male", birth: "1952-01-01",
      nation: "01", address: RESIDENT.home,
    },
    fields: {
      kind: "expense", cause: "示例原因", amount: "100000", account: RESIDENT.account, phone: RESIDENT.phone,
      home: RESIDENT.home, family: [{ name: RESIDENT.wife.name, relation: "spouse", id_number: RESIDENT.wife.id }],
    },
    consent: { notice_version: 1, given_at: new Date(office.platform.now()).toISOString() },
  };
  const answer = await fetch(`${office.platform.url}/api/v1/cases`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
    body: JSON.stringify(submission),
  });
  const told = await answer.json();
  if (answer.status !== 201) {
    throw new Error(`not filed: ${JSON.stringify(told)}`);
  }
  office.second = told.case_no;
}

/** 不予受理, with the reason and the way to have it looked at again. */
async function refused(office, resident) {
  await office.signIn("street");
  await office.opens("street", "refusing", office.second);
  await office.act("street", "不予受理", async (form) => {
    await form.getByLabel("理由").fill("户籍不在本区");
  }, office.second);
  await resident.sees("不予受理", "refused", office.second);
}
