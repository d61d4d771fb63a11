import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { unpacked } from "./unpack.js";

/** How long the browser may take to answer, in milliseconds. */
const PATIENCE = 30_000;

const OPTIONS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--single-process",
  "--no-zygote",
  "--hide-scrollbars",
  "--no-first-run",
  "--disable-sync",
  "--disable-background-networking",
  "--remote-debugging-pipe",
];

/** A Chromium of an npm package, driven over its DevTools protocol. */
export async function startChromium(name) {
  const program = await unpacked(name);
  const profile = await mkdtemp(join(tmpdir(), "recharge-chromium-"));
  const child = spawn(program.path, [...OPTIONS, `--user-data-dir=${profile}`], {
    env: { ...process.env, LD_LIBRARY_PATH: program.libraries },
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const pipe = new Pipe(child);

  async function close() {
    child.kill("SIGKILL");
    await ended;
    await rm(profile, { recursive: true, force: true });
  }

  try {
    return { ...(await newPage(pipe)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function newPage(pipe) {
  const { product } = await pipe.ask("Browser.getVersion");
  const { targetId } = await pipe.ask("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await pipe.ask("Target.attachToTarget", { targetId, flatten: true });
  const ask = (method, parameters) => pipe.ask(method, parameters, sessionId);
  const errors = [];
  pipe.listen("Runtime.exceptionThrown", ({ exceptionDetails: { text, exception } }) =>
    errors.push(exception?.description ?? text),
  );
  await ask("Runtime.enable");
  await ask("Page.enable");
  const version = product.split("/").pop();
  let touch = false;

  return {
    version,
    errors,
    resize: async (width, height) => {
      touch = width < 600;
      const metrics = { width, height, deviceScaleFactor: touch ? 2 : 1, mobile: touch };
      await ask("Emulation.setDeviceMetricsOverride", metrics);
      await ask("Emulation.setTouchEmulationEnabled", { enabled: touch });
      await ask("Network.setUserAgentOverride", { userAgent: userAgent(version, touch), acceptLanguage: "zh-CN" });
    },
    goto: (url) => ask("Page.navigate", { url }),
    evaluate: async (expression) => {
      const { result, exceptionDetails } = await ask("Runtime.evaluate", { expression, returnByValue: true });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
    tap: async (x, y) => {
      if (touch) {
        await ask("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
        await ask("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
      } else {
        const press = { x, y, button: "left", clickCount: 1 };
        await ask("Input.dispatchMouseEvent", { type: "mousePressed", ...press });
        await ask("Input.dispatchMouseEvent", { type: "mouseReleased", ...press });
      }
    },
    type: (text) => ask("Input.insertText", { text }),
    screenshot: async () => Buffer.from((await ask("Page.captureScreenshot")).data, "base64"),
  };
}

/** What this engine calls itself on a phone and on a desk; without a window it names itself otherwise. */
function userAgent(version, touch) {
  const [device, mobile] = touch ? ["Linux; Android 9; RMX1911", "Mobile "] : ["X11; Linux x86_64", ""];
  return `Mozilla/5.0 (${device}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version} ${mobile}Safari/537.36`;
}

/** The DevTools protocol over a pair of pipes: one JSON text a message, a zero byte after each. */
class Pipe {
  #answers = new Map();
  #listeners = new Map();
  #last = 0;
  #to;

  constructor(child) {
    this.#to = child.stdio[3];
    // What is written to a browser that has just ended is answered by its end.
    this.#to.on("error", () => undefined);
    let heard = Buffer.alloc(0);
    child.stdio[4].on("data", (bytes) => {
      heard = Buffer.concat([heard, bytes]);
      for (let end = heard.indexOf(0); end >= 0; end = heard.indexOf(0)) {
        this.#hear(JSON.parse(heard.subarray(0, end).toString()));
        heard = heard.subarray(end + 1);
      }
    });
    child.once("exit", (code, signal) => {
      for (const { fail } of this.#answers.values()) fail(new Error(`the browser ended (${signal ?? code})`));
      this.#answers.clear();
    });
  }

  listen(event, listener) {
    this.#listeners.set(event, listener);
  }

  ask(method, params = {}, sessionId = undefined) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => fail(new Error(`${method}: the browser does not answer`)), PATIENCE);
      const fail = (error) => {
        clearTimeout(late);
        this.#answers.delete(id);
        reject(error);
      };
      this.#answers.set(id, { fail, answer: (result) => (clearTimeout(late), resolve(result)) });
      this.#to.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  #hear({ id, method, params, result, error }) {
    if (method) this.#listeners.get(method)?.(params);
    const waiting = this.#answers.get(id);
    if (!waiting) return;
    if (error) waiting.fail(new Error(error.message));
    else waiting.answer(result);
    this.#answers.delete(id);
  }
}
