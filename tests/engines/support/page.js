import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { setting } from "./settings.js";

/** How long something may take to appear, in milliseconds. */
const PATIENCE = 25_000;

/** Which elements have a role, as far as the stories ask for it. */
const ROLES = {
  button: "button",
  dialog: "[role=dialog]",
  heading: "h1",
  img: "img, [role=img]",
  radio: "input[type=radio]",
  textbox: "input[type=text], input:not([type])",
};

/** A page as a person uses it, on any engine. */
export class Page {
  #engine;
  #name;

  constructor(name, engine) {
    this.#name = name;
    this.#engine = engine;
  }

  resize(width, height) {
    return this.#engine.resize(width, height);
  }

  /** Opens a screen of the shop and waits for the program. */
  async open(path) {
    await this.#engine.goto(new URL(path, setting("BASE_URL")).href);
    await this.#until("the program does not start", () =>
      this.#engine.evaluate(`document.readyState === "complete" && !document.getElementById("shell")`),
    );
  }

  /** Waits until an element with this role and name can be seen and reached. */
  see(role, name) {
    return this.#until(`${role} "${name}" is not there`, () => this.#find(role, name));
  }

  /** Waits until a text can be read anywhere. */
  read(text) {
    return this.#until(`"${text}" is not there`, () =>
      this.#engine.evaluate(`document.body.innerText.indexOf(${JSON.stringify(text)}) >= 0`),
    );
  }

  /** Taps the middle of an element, where nothing else may lie. */
  async tap(role, name) {
    const [x, y] = await this.see(role, name);
    await this.#engine.tap(x, y);
  }

  async fill(name, text) {
    await this.tap("textbox", name);
    // What an earlier visit left there is overwritten.
    await this.#engine.evaluate("document.activeElement.select()");
    await this.#engine.type(text);
  }

  async screenshot(screen) {
    // Movements last a quarter of a second at most.
    await sleep(400);
    await mkdir(setting("SCREENS"), { recursive: true });
    await writeFile(join(setting("SCREENS"), `${screen}-${this.#name}.png`), await this.#engine.screenshot());
  }

  /** The middle of an element, once it stands still and nothing covers it. */
  async #find(role, name) {
    const look = () => this.#engine.evaluate(`(${middle})(${JSON.stringify([ROLES[role], name])})`);
    const first = await look();
    if (!first) return undefined;
    await sleep(50);
    const second = await look();
    return second && first[0] === second[0] && first[1] === second[1] ? second : undefined;
  }

  async #until(otherwise, look) {
    const until = Date.now() + PATIENCE;
    let reason;
    while (Date.now() < until) {
      // Between two documents there is nobody to ask.
      const seen = await look().catch((error) => (reason = error) && undefined);
      if (seen) return seen;
      await sleep(100);
    }
    throw new Error(otherwise, { cause: reason });
  }
}

/** Runs in the page, so in the oldest engine's words. */
function middle([selector, wanted]) {
  const nameOf = (element) => {
    const by = element.getAttribute("aria-labelledby");
    const labels = by ? by.split(" ").map((id) => document.getElementById(id)) : Array.from(element.labels || []);
    const label = labels.map((one) => (one ? one.textContent : "")).join(" ");
    return (element.getAttribute("aria-label") || label || element.getAttribute("alt") || element.textContent || "").replace(/\s+/g, " ").trim();
  };
  const found = Array.from(document.querySelectorAll(selector)).filter(
    (element) => !element.disabled && nameOf(element).indexOf(wanted) === 0 && element.getClientRects().length,
  )[0];
  if (!found) return null;
  found.scrollIntoView({ block: "center" });
  const box = found.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  const top = document.elementFromPoint(x, y);
  return top && (found.contains(top) || top.contains(found)) ? [x, y] : null;
}
