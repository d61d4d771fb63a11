import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** How long the driver may take to start, in milliseconds. */
const PATIENCE = 20_000;

/** A page as every engine here has one: what a person does, by a session's commands. */
export function page(session) {
  const evaluate = (expression) => session.ask("POST", "execute/sync", { script: `return ${expression}`, args: [] });
  return {
    // The protocol tells nothing of the page's errors.
    errors: [],
    resize: async (width, height) => {
      await session.become(width < 600);
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
export class Session {
  #driver;
  #url;
  #capabilities;
  #phone;

  constructor(driver) {
    this.#driver = driver;
  }

  /** Waits for the driver and has it open a browser. What it is to be like is told for a phone and for a computer. */
  async start(capabilities) {
    const until = Date.now() + PATIENCE;
    while (!(await fetch(`${this.#driver}/status`).catch(() => undefined))?.ok) {
      if (Date.now() > until) throw new Error("the driver does not answer");
      await sleep(50);
    }
    this.#capabilities = capabilities;
    await this.become(false);
  }

  /** Opens another browser where this one is not a phone's or not a computer's: a narrow window makes no phone. */
  async become(phone) {
    if (this.#url && this.#phone === phone) return;
    await this.end();
    const alwaysMatch = this.#capabilities(phone);
    const opened = await this.#send("POST", `${this.#driver}/session`, { capabilities: { alwaysMatch } });
    this.#url = `${this.#driver}/session/${opened.sessionId}`;
    this.#phone = phone;
    this.version = opened.capabilities.browserVersion;
  }

  async end() {
    const url = this.#url;
    this.#url = undefined;
    if (url) await this.#send("DELETE", url);
  }

  ask(method, what, body) {
    return this.#send(method, `${this.#url}/${what}`, body);
  }

  act(type, actions) {
    return this.ask("POST", "actions", { actions: [{ type, id: type, actions }] });
  }

  async #send(method, url, body) {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${url}: ${value?.message || value?.error || answer.status}`);
    return value;
  }
}

/** Ends a program and waits until it has. */
export async function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await exit;
}

/** A port that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
