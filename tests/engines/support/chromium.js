import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Browser } from "./devtools.js";
import { unpacked } from "./unpack.js";

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
  "--remote-debugging-port=0",
];

/** A Chromium of an npm package, driven over its DevTools protocol. */
export async function startChromium(name) {
  const program = await unpacked(name);
  const profile = await mkdtemp(join(tmpdir(), "recharge-chromium-"));
  const child = spawn(program.path, [...OPTIONS, `--user-data-dir=${profile}`], {
    env: { ...process.env, LD_LIBRARY_PATH: program.libraries },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));

  async function close() {
    child.kill("SIGKILL");
    await ended;
    await rm(profile, { recursive: true, force: true });
  }

  try {
    return { ...(await newPage(await Browser.of(child))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function newPage(browser) {
  const { product } = await browser.ask("Browser.getVersion");
  const { targetId } = await browser.ask("Target.createTarget", { url: "about:blank" });
  const target = await browser.attach(targetId);
  const ask = (method, parameters) => target.ask(method, parameters);
  const errors = [];
  target.listen("Runtime.exceptionThrown", ({ exceptionDetails: { text, exception } }) =>
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
    type: async (text) => {
      for (const letter of text) await ask("Input.dispatchKeyEvent", { type: "char", text: letter });
    },
    screenshot: async () => Buffer.from((await ask("Page.captureScreenshot")).data, "base64"),
  };
}

/** What this engine calls itself on a phone and on a desk; without a window it names itself otherwise. */
function userAgent(version, touch) {
  const [device, mobile] = touch ? ["Linux; Android 9; RMX1911", "Mobile "] : ["X11; Linux x86_64", ""];
  return `Mozilla/5.0 (${device}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version} ${mobile}Safari/537.36`;
}
