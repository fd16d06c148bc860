// The platform program with a database of its own, a clock that this side sets, and an approval platform above it.

import { spawn, spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A Tuesday morning in China, with no holiday near. */
const BEGIN = Date.parse("2026-11-24T02:00:00Z");

export class Platform {
  static async start(programs) {
    const platform = new Platform();
    platform.programs = programs;
    platform.folder = mkdtempSync(join(tmpdir(), "browser-"));
    platform.set(BEGIN);
    platform.above = await Above.start();
    const port = await freePort();
    platform.config = join(platform.folder, "platform.toml");
    writeFileSync(platform.config, [
      'listen = "127.0.0.1:0"',
      `[database]\nurl = "sqlite://${join(platform.folder, "platform.db")}"`,
      '[web]\nsign_in = "development"',
      // A browser that looks at every page in several sizes asks more often than a person.
      "[limits]\nper_second = 1000\nburst = 10000",
      `[exchange]\nurl = "${platform.above.url}"`,
      `[tls]\nlisten = "127.0.0.1:${port}"\nurl = "https://127.0.0.1:${port}/"\ndirectory = "${join(platform.folder, "authority")}"`,
    ].join("\n"));
    platform.child = spawn(join(programs, "platform"), ["--config", platform.config], {
      env: { ...platform.environment(), RUST_LOG: "warn" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    for await (const line of createInterface({ input: platform.child.stdout })) {
      const url = line.match(/^listening on (http:\S+)$/)?.[1];
      if (url) {
        platform.url = url;
        return platform;
      }
    }
    throw new Error("the platform does not start");
  }

  /** The same clock for everything that the program does; time-outs go by the one that nobody can set. */
  environment() {
    return {
      ...process.env,
      LD_PRELOAD: faketime(),
      FAKETIME_TIMESTAMP_FILE: join(this.folder, "clock"),
      FAKETIME_NO_CACHE: "1",
      DONT_FAKE_MONOTONIC: "1",
    };
  }

  /** Sets the clock; it runs on from there. */
  set(moment) {
    this.ahead = Math.round((moment - Date.now()) / 1000);
    const sign = this.ahead < 0 ? "" : "+";
    writeFileSync(join(this.folder, "clock"), `${sign}${this.ahead}\n`);
  }

  now() {
    return Date.now() + this.ahead * 1000;
  }

  forward(seconds) {
    this.set(this.now() + seconds * 1000);
  }

  /** 10:00 of a day in China. */
  day(day) {
    this.set(Date.parse(`${day}T02:00:00Z`));
  }

  /** One of the three administrators, whom only the command line brings into the world. */
  administrator(login, role) {
    const words = ["create-administrator", "--config", this.config, "--login", login, "--name", "示例管理员", "--role", role];
    const said = this.run("platform", words);
    const told = (name) => said.match(new RegExp(`^${name} +(\\S+)`, "m"))[1];
    return { login, password: told("password"), secret: told("TOTP") };
  }

  /** Runs a command of one of the programs, and gives what it says. */
  run(program, words) {
    const said = spawnSync(join(this.programs, program), words, { env: this.environment(), encoding: "utf8" });
    if (said.status !== 0) {
      throw new Error(`${program} ${words[0]}: ${said.stderr ?? said.error}`);
    }
    return said.stdout;
  }

  async stop() {
    this.above?.stop();
    if (this.child && this.child.exitCode === null) {
      const ended = new Promise((resolve) => this.child.once("exit", resolve));
      this.child.kill("SIGTERM");
      const impatient = setTimeout(() => this.child.kill("SIGKILL"), 15_000);
      await ended;
      clearTimeout(impatient);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A port for who has to know it beforehand. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The approval platform above: it refuses what it is told to refuse, so that there is a dead letter to look at. */
class Above {
  static async start() {
    const above = new Above();
    above.refusing = false;
    above.taken = 0;
    above.server = createServer((request, response) => {
      request.resume().on("end", () => {
        response.setHeader("content-type", "application/json");
        if (above.refusing) {
          response.writeHead(422).end('{"code":"ITEM-UNKNOWN"}');
        } else {
          above.taken += 1;
          response.writeHead(201).end(`{"receipt":"R${above.taken}"}`);
        }
      });
    });
    await new Promise((resolve) => above.server.listen(0, "127.0.0.1", resolve));
    above.url = `http://127.0.0.1:${above.server.address().port}/cases`;
    return above;
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** What an authenticator app shows for a secret at that moment (RFC 6238). */
export function code(secret, moment) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(moment / 30_000)));
  const hash = createHmac("sha1", key).update(step).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** Debian's libfaketime for threads, in the folder of this machine's architecture. */
function faketime() {
  const folders = readdirSync("/usr/lib").map((folder) => `/usr/lib/${folder}/faketime/libfaketimeMT.so.1`);
  const library = folders.find(existsSync);
  if (!library) {
    throw new Error("libfaketime is not installed: cargo xtask setup");
  }
  return library;
}
