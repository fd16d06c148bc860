// A relief case (救助) from a resident's form to the resident's result, through three levels, and after it a life event
// (一件事) that becomes several cases and that an office edits, an item and a bundle that it makes, and the pages of those who
// run the machines, in a real browser.
//
// BROWSER_TOOLS   where playwright-core and axe-core are installed
// KIOSK_BIN_DIR   where the platform program is
// BROWSER_PICTURES, if set: a folder for a picture of every page on every screen
//
// Ends with 0 where every page is sound, and tells each fault otherwise.

import { readFileSync, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join, resolve } from "node:path";

import { bundle } from "./bundle.mjs";
import { editor } from "./editor.mjs";
import { fleet } from "./fleet.mjs";
import { maker } from "./maker.mjs";
import { Platform } from "./platform.mjs";
import { relief } from "./relief.mjs";

const tools = createRequire(resolve(process.env.BROWSER_TOOLS ?? ".", "package.json"));
const { chromium } = tools("playwright-core");

/** What the story is played on, and what was found. */
class Stage {
  faults = [];
  looked = 0;
  judged = 0;
  scanned = 0;
  axe = readFileSync(tools.resolve("axe-core/axe.min.js"), "utf8");
  pictures = process.env.BROWSER_PICTURES;

  fault(words) {
    this.faults.push(words);
  }

  /** None of `secrets` may be in `text`. */
  scan(where, text, secrets) {
    this.scanned += 1;
    for (const secret of secrets.filter((secret) => text.includes(secret))) {
      this.fault(`${where}: shows ${secret}`);
    }
  }
}

function installed(name) {
  const found = process.env.PATH.split(delimiter).map((folder) => join(folder, name)).find(existsSync);
  if (!found) {
    throw new Error(`${name} is not installed`);
  }
  return found;
}

const stage = new Stage();
let platform;
try {
  platform = await Platform.start(process.env.KIOSK_BIN_DIR);
  stage.url = platform.url;
  stage.chromium = await chromium.launch({ executablePath: installed("chromium"), args: ["--no-sandbox"] });
  const { office, resident } = await relief(stage, platform);
  await bundle(stage, office, resident);
  await editor(office, resident);
  await maker(office, resident);
  await fleet(office, platform);
} catch (error) {
  stage.fault(error.stack);
} finally {
  await stage.chromium?.close();
  await platform?.stop();
}
for (const fault of stage.faults) {
  console.error(`browser: ${fault}`);
}
console.log(`browser: ${stage.looked} pages, judged ${stage.judged} times, ${stage.scanned} texts scanned: ${stage.faults.length} faults`);
process.exitCode = stage.faults.length === 0 && stage.judged > 0 && stage.scanned > 0 ? 0 : 1;
