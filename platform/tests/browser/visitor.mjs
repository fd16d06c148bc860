// Somebody in front of a browser: goes, types, presses, and looks at every page as people with other screens and other
// eyes would.

import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** What must hold of every page, whoever reads it. Impacts of axe-core that count as a fault. */
const GRAVE = ["serious", "critical"];

export class Visitor {
  /**
   * `sizes` are the screens that each page is looked at on, by name; the last one is where things are pressed.
   * `secrets` must be on no page of this visitor's, unless `look` is told that they may.
   */
  static async enter(stage, { name, sizes, schemes = ["light"], secrets = [] }) {
    const visitor = Object.assign(new Visitor(), { stage, name, sizes, schemes, secrets });
    visitor.context = await stage.chromium.newContext({ baseURL: stage.url, locale: "zh-CN" });
    await visitor.context.addInitScript({ content: stage.axe });
    visitor.page = await visitor.context.newPage();
    visitor.page.setDefaultTimeout(15_000);
    // A refused picture, style or form of a policy that is too strict comes this way.
    visitor.page.on("console", (line) => {
      if (line.type() === "error" && !/status of 4\d\d/.test(line.text())) {
        stage.fault(`${name}: ${visitor.page.url()}: ${line.text()}`);
      }
    });
    visitor.page.on("pageerror", (error) => stage.fault(`${name}: ${error.message}`));
    return visitor;
  }

  async go(path, expected = 200) {
    const answer = await this.page.goto(path);
    if (answer.status() !== expected) {
      throw new Error(`${this.name}: ${path}: ${answer.status()}, not ${expected}`);
    }
  }

  /** Fills in a field by what its label says. */
  async type(label, text, within = this.page) {
    await within.getByLabel(label, { exact: false }).fill(text);
  }

  async pick(question, answer) {
    await this.page.getByRole("group", { name: question }).getByLabel(answer, { exact: true }).check();
  }

  /** Presses what has this name, and waits for the page that comes. */
  async press(name, within = this.page, role = "button") {
    const loaded = this.page.waitForEvent("load");
    await within.getByRole(role, { name, exact: true }).click();
    await loaded;
  }

  follow(name, within) {
    return this.press(name, within, "link");
  }

  async says(words) {
    const text = await this.page.locator("body").innerText();
    if (!text.includes(words)) {
      throw new Error(`${this.name}: ${this.page.url()} does not say ${words}:\n${text}`);
    }
  }

  /** Looks at the page on every screen: no grave fault for axe-core, nothing cut off, nothing that must not be there. */
  async look(what, { revealed = false } = {}) {
    for (const [screen, size] of Object.entries(this.sizes)) {
      await this.page.setViewportSize(size);
      for (const scheme of this.schemes) {
        await this.page.emulateMedia({ colorScheme: scheme });
        await this.judge(`${what}, ${screen}${scheme === "light" ? "" : ` ${scheme}`}`);
      }
    }
    await this.page.emulateMedia({ colorScheme: "light" });
    if (!revealed) {
      await this.hides(what);
    }
    this.stage.looked += 1;
  }

  async judge(what) {
    const violations = await this.page.evaluate(async (grave) => {
      const { violations } = await globalThis.axe.run(document);
      return violations.filter(({ impact }) => grave.includes(impact)).map(({ id, impact, help, nodes }) =>
        ({ id, impact, help, nodes: nodes.map(({ html, any }) => `${html.slice(0, 200)} ${any[0]?.message ?? ""}`) }));
    }, GRAVE);
    for (const { id, impact, help, nodes } of violations) {
      this.stage.fault(`${this.name}, ${what}: ${impact}: ${id}: ${help}\n    ${nodes.slice(0, 4).join("\n    ")}`);
    }
    const beyond = await this.page.evaluate(() => document.documentElement.scrollWidth - globalThis.innerWidth);
    if (beyond > 0) {
      this.stage.fault(`${this.name}, ${what}: ${beyond} pixels wider than the screen`);
    }
    this.stage.judged += 1;
    await this.picture(what);
  }

  async picture(what) {
    if (this.stage.pictures) {
      mkdirSync(this.stage.pictures, { recursive: true });
      const number = String(this.stage.judged).padStart(3, "0");
      const name = `${number} ${this.name} ${what}.png`.replaceAll(/[ ,/]+/g, "-");
      await this.page.screenshot({ path: join(this.stage.pictures, name), fullPage: true });
    }
  }

  async hides(what) {
    this.stage.scan(`${this.name}, ${what}`, await this.page.content(), this.secrets);
  }
}
