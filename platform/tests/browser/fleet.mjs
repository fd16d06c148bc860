// The pages of those who run the machines: a kiosk is invited and enrolled by the kiosk program itself, says how it is over
// mutual TLS, and gets a configuration with a poster and a recording that two people have signed.

import { createPrivateKey } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const NAME = "LZ-0001";
const KEYS = ["anna", "ben"];
const OPERATOR = "operator";

export async function fleet(office, platform) {
  await office.signIn("system");
  await office.signIn("security");
  await office.account(OPERATOR);
  await office.grant(OPERATOR, "fleet_operator", "demo-district");
  await office.welcome(OPERATOR);
  const visitor = office.at(OPERATOR);
  await visitor.go("/console/fleet");
  await visitor.look("no kiosks");
  const machine = await invited(visitor, platform);
  await machine.beats([{ code: "P11", since: new Date(platform.now()).toISOString() }], "out");
  await heard(visitor);
  await poster(visitor, platform);
  await recording(visitor);
  await configured(visitor);
  await machine.beats([], "enough");
  await rolledOut(visitor, platform);
}

/** A kiosk on this machine: what the program has made of the invitation. */
class Machine {
  constructor(platform, invitation) {
    const config = join(platform.folder, "kiosk.toml");
    writeFileSync(config, [
      `[platform]\nurl = "${platform.url}"`,
      '[devices.id_card_reader]\nurl = "serial:///dev/null"',
      '[devices.receipt_printer]\nurl = "file:///dev/null"\nprofile = "escpos-80"',
      `[store]\npath = "${join(platform.folder, "kiosk.db")}"`,
    ].join("\n"));
    platform.run("kiosk", ["provision", "--config", config, invitation]);
    const folder = join(platform.folder, "identity");
    const { url, root, certificate } = JSON.parse(readFileSync(join(folder, "membership.json"), "utf8"));
    const pem = (base64) => `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g).join("\n")}\n-----END CERTIFICATE-----\n`;
    const key = deviceKey(readFileSync(join(folder, "device.key")));
    Object.assign(this, { platform, url, tls: { ca: pem(root), cert: pem(certificate), key } });
  }

  /** Says how it is, as a kiosk does every minute. */
  async beats(ailments, paper) {
    const moment = (ago) => new Date(this.platform.now() - ago).toISOString();
    const says = {
      at: moment(0), program: "0.1.0", started_at: moment(86_400_000), waiting: 3, parked: 1, oldest_waiting: moment(18_000_000),
      ailments, paper, disk_free: 3 * 2 ** 30, temperature: 48_000,
    };
    const status = await new Promise((resolve, reject) => {
      const options = { ...this.tls, method: "PUT", headers: { "content-type": "application/json" } };
      const call = request(new URL("api/v1/fleet/heartbeat", this.url), options, (answer) => resolve(answer.resume().statusCode));
      call.on("error", reject).end(JSON.stringify(says));
    });
    if (status !== 204) {
      throw new Error(`a heartbeat: ${status}`);
    }
  }
}

/** The kiosk keeps both halves of its key in one file (RFC 5958), which this side's library does not read. */
function deviceKey(file) {
  const [d, x] = [file.subarray(16, 48), file.subarray(-32)].map((half) => half.toString("base64url"));
  const key = createPrivateKey({ key: { kty: "OKP", crv: "Ed25519", d, x }, format: "jwk" });
  return key.export({ type: "pkcs8", format: "pem" });
}

async function invited(visitor, platform) {
  await visitor.follow("新终端入网");
  await visitor.look("inviting");
  await visitor.type("终端编号", NAME);
  await visitor.press("生成入网码");
  await visitor.says("只显示这一次");
  await visitor.look("an invitation");
  const invitation = await visitor.page.locator(".hint .no").innerText();
  await visitor.go("/console/fleet");
  await visitor.says("等待入网");
  return new Machine(platform, invitation);
}

async function heard(visitor) {
  await visitor.go("/console/fleet");
  await visitor.says("打印纸用完");
  await visitor.look("a kiosk that is ill");
  await visitor.follow(NAME);
  await visitor.says("0.1.0");
  await visitor.look("one kiosk");
}

/** The shot of a page will do: a picture is a picture. */
async function poster(visitor, platform) {
  const picture = join(platform.folder, "poster.png");
  await visitor.page.screenshot({ path: picture });
  await visitor.go("/console/posters");
  await visitor.look("no posters");
  await visitor.type("标题", "示例：反诈宣传");
  await visitor.page.getByLabel("图片").setInputFiles(picture);
  await visitor.press("上传");
  await visitor.says("已上传");
  await visitor.look("a poster");
}

/** Another sentence in the place of the right one: to the page a recording is a recording. */
async function recording(visitor) {
  await visitor.go("/console/recordings");
  await visitor.says("请把身份证平放在读卡区");
  await visitor.look("what kiosks say");
  await plays(visitor, "自带：请取走身份证。");
  await visitor.page.getByLabel("哪一句").selectOption("card.place");
  await visitor.type("标题", "示例：方言");
  const file = new URL("../../../assets/voice/zh-CN/end.card.ogg", import.meta.url);
  await visitor.page.getByLabel("录音", { exact: true }).setInputFiles(fileURLToPath(file));
  await visitor.press("上传");
  await visitor.says("已上传");
  await plays(visitor, "示例：方言：请把身份证平放在读卡区，放好不要动。");
  await visitor.look("a recording");
}

/** The browser decodes it: the page's policy lets it through, and it is as long as it should be. */
async function plays(visitor, label) {
  const seconds = await visitor.page.getByLabel(label, { exact: true }).evaluate((player) => new Promise((resolve, reject) => {
    player.onloadedmetadata = () => resolve(player.duration);
    player.onerror = () => reject(new Error(player.error.message));
    player.load();
    player.preload = "metadata";
  }));
  if (!(seconds > 1 && seconds < 3)) {
    throw new Error(`${label} lasts ${seconds} seconds`);
  }
}

async function configured(visitor) {
  await visitor.go(`/console/configuration?kiosk=${NAME}`);
  await visitor.type("配置（JSON）", '{"session": {"idle": "soon"}}');
  await visitor.press("核对并起草");
  await visitor.says("没有起草：session.idle");
  await visitor.look("a configuration that is refused");
  await visitor.type("配置（JSON）", '{"session": {"idle": 90}}');
  await visitor.page.getByLabel("示例：反诈宣传").check();
  await visitor.page.getByLabel("请把身份证平放在读卡区，放好不要动。").selectOption({ label: "示例：方言，1.9 秒" });
  await visitor.look("a configuration");
  await visitor.press("核对并起草");
  await visitor.says(`已起草：${NAME} 第 1 版`);
}

/** Two people sign on machines of their own. */
async function rolledOut(visitor, platform) {
  const file = (name) => join(platform.folder, name);
  for (const key of KEYS) {
    platform.run("platform", ["sign", "key", "--out", file(`${key}.key`)]);
  }
  platform.run("platform", ["configure", "key", "--config", platform.config, "--out", file("online.pub")]);
  const two = `2:${KEYS.map((key) => file(`${key}.key.pub`)).join(",")}`;
  const root = file("1.root.json");
  platform.run("platform", ["sign", "root", "--out", root, "--root", two, "--targets", two, "--online", file("online.pub")]);
  signed(platform, root);
  platform.run("platform", ["configure", "root", "--config", platform.config, root]);
  await visitor.go("/console/rollout");
  await visitor.says(`${NAME} 第 1 版`);
  await visitor.look("something to sign");
  const batch = file("to-sign.json");
  const coming = visitor.page.waitForEvent("download");
  await visitor.page.getByRole("link", { name: "下载 to-sign.json" }).click();
  copyFileSync(await (await coming).path(), batch);
  signed(platform, batch);
  await visitor.page.getByLabel("签好的文件").setInputFiles(batch);
  await visitor.press("核对签名并开始");
  await visitor.says("进行中");
  await visitor.look("a roll-out");
}

function signed(platform, file) {
  for (const key of KEYS) {
    platform.run("platform", ["sign", "add", "--key", join(platform.folder, `${key}.key`), file]);
  }
}
