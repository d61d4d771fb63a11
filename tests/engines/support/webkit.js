import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How long the driver may take to start, in milliseconds. */
const PATIENCE = 20_000;

const LIBRARIES = "/usr/lib";

/** WebKitGTK's own browser on a screen that nobody sees, driven over WebDriver. */
export async function startWebKit() {
  const screen = await startScreen();
  const settings = await narrowWindows();
  const port = await freePort();
  const driver = spawn("WebKitWebDriver", [`--port=${port}`], {
    env: {
      ...process.env,
      DISPLAY: screen.display,
      XDG_CONFIG_HOME: settings,
      // Without these it asks for namespaces and a graphics card that a build server may not have.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
      LIBGL_ALWAYS_SOFTWARE: "1",
    },
    stdio: "ignore",
  });
  const session = new Session(`http://127.0.0.1:${port}`);

  async function close() {
    await session.end().catch(() => undefined);
    await ended(driver);
    await ended(screen.child);
    await rm(settings, { recursive: true, force: true });
  }

  try {
    await session.start();
    return { ...page(session), version: session.version, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function page(session) {
  const evaluate = (expression) => session.ask("POST", "execute/sync", { script: `return ${expression}`, args: [] });
  return {
    // The protocol tells nothing of the page's errors.
    errors: [],
    resize: async (width, height) => {
      // The window has a frame and a bar of its own, whose size shows once the window has one.
      await session.ask("POST", "window/rect", { width, height: height + 100 });
      for (let tries = 0; tries < 20; tries += 1) {
        await sleep(100);
        const [inner, innerHeight] = await evaluate("[innerWidth, innerHeight]");
        if (inner === width && innerHeight === height) return;
        const rect = await session.ask("GET", "window/rect");
        await session.ask("POST", "window/rect", {
          width: rect.width + width - inner,
          height: rect.height + height - innerHeight,
        });
      }
      throw new Error(`the window does not become ${width} by ${height}`);
    },
    goto: (url) => session.ask("POST", "url", { url }),
    evaluate,
    tap: (x, y) =>
      session.act("pointer", [
        { type: "pointerMove", x: Math.round(x), y: Math.round(y), origin: "viewport", duration: 0 },
        { type: "pointerDown", button: 0 },
        { type: "pointerUp", button: 0 },
      ]),
    type: (text) =>
      session.act(
        "key",
        [...text].flatMap((value) => [
          { type: "keyDown", value },
          { type: "keyUp", value },
        ]),
      ),
    screenshot: async () => Buffer.from(await session.ask("GET", "screenshot"), "base64"),
  };
}

/** A WebDriver session. */
class Session {
  #driver;
  #url;

  constructor(driver) {
    this.#driver = driver;
  }

  async start() {
    const until = Date.now() + PATIENCE;
    while (!(await fetch(`${this.#driver}/status`).catch(() => undefined))?.ok) {
      if (Date.now() > until) throw new Error("WebKitWebDriver does not answer");
      await sleep(50);
    }
    const { sessionId, capabilities } = await this.#send("POST", `${this.#driver}/session`, {
      capabilities: {
        alwaysMatch: { "webkitgtk:browserOptions": { binary: miniBrowser(), args: ["--automation"] } },
      },
    });
    this.#url = `${this.#driver}/session/${sessionId}`;
    this.version = capabilities.browserVersion;
  }

  async end() {
    if (this.#url) await this.#send("DELETE", this.#url);
  }

  ask(method, what, body) {
    return this.#send(method, `${this.#url}/${what}`, body);
  }

  act(type, actions) {
    return this.ask("POST", "actions", { actions: [{ type, id: type, actions }] });
  }

  async #send(method, url, body) {
    const answer = await fetch(url, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${url}: ${value?.message || value?.error || answer.status}`);
    return value;
  }
}

/** A screen in memory; the server chooses a free number and tells it. */
async function startScreen() {
  const child = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const [number] = await once(child.stdio[3], "data");
  return { child, display: `:${number.toString().trim()}` };
}

/** Settings under which the browser's own bar is narrow enough for a window of a phone's width. */
async function narrowWindows() {
  const folder = await mkdtemp(join(tmpdir(), "recharge-webkit-"));
  await mkdir(join(folder, "gtk-3.0"));
  await writeFile(join(folder, "gtk-3.0/gtk.css"), "* { min-width: 0; margin: 0; padding: 0; border-width: 0; }");
  return folder;
}

function miniBrowser() {
  for (const machine of readdirSync(LIBRARIES).filter((name) => name.includes("-linux-gnu"))) {
    for (const version of readdirSync(join(LIBRARIES, machine)).filter((name) => name.startsWith("webkit2gtk-"))) {
      const program = join(LIBRARIES, machine, version, "MiniBrowser");
      if (existsSync(program)) return program;
    }
  }
  throw new Error("WebKitGTK's MiniBrowser is missing: run `cargo xtask engines`");
}

async function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await exit;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
