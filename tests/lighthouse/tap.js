import { defaultSettings } from "lighthouse/core/config/constants.js";
import { emulate, throttle } from "lighthouse/core/lib/emulation.js";

import { inFreshBrowser } from "./browser.js";

const SETTINGS = { ...defaultSettings, throttlingMethod: "devtools" };

/** How long a tap may stay without an answer, in milliseconds. */
const PATIENCE = 30_000;

/**
 * The time from the visit's start until the running program has answered a tap, in milliseconds, on the slow phone that
 * the audits are made on. The tap is made as soon as a package is there to be tapped, which is long before the program
 * is; a tap that gets lost on the way is an error. `tiles` says what the packages are, as selectors: `seen` the first that
 * can be tapped, `chosen` what the running program shows of it, `gone` what must be gone by then.
 */
export function tapAnswered(url, tiles) {
  return inFreshBrowser(async (page) => {
    await slowDown(page);
    await page.exposeFunction("tapHere", (x, y) => page.touchscreen.tap(x, y));
    let lost;
    const answer = new Promise((resolve, reject) => {
      lost = setTimeout(() => reject(new Error(`${url}: nothing answered the tap`)), PATIENCE);
      page.exposeFunction("tapAnswered", resolve).catch(reject);
    });
    await page.evaluateOnNewDocument(watch, tiles);
    const [time] = await Promise.all([answer, page.goto(url)]);
    clearTimeout(lost);
    return time;
  });
}

/** Lighthouse's own phone and network, set by its own functions. */
async function slowDown(page) {
  const devtools = await page.createCDPSession();
  const session = { sendCommand: (method, parameters) => devtools.send(method, parameters) };
  await devtools.send("Network.enable");
  await emulate(session, SETTINGS);
  await throttle(session, SETTINGS);
}

/** Runs in the page, once a frame: asks for the tap, then tells when the program shows what was tapped. */
function watch({ seen, chosen: answered, gone }) {
  let wanted;
  requestAnimationFrame(function look() {
    const tile = document.querySelector(seen);
    if (!wanted && tile) {
      const box = tile.parentElement.getBoundingClientRect();
      wanted = tile.value;
      // In the next frame, since this one is what shows it.
      requestAnimationFrame(() => window.tapHere(box.left + box.width / 2, box.top + box.height / 2));
    }
    const chosen = document.querySelector(answered);
    if (wanted && chosen && chosen.value === wanted && !(gone && document.querySelector(gone))) {
      // This frame shows it; when the next one begins it has been painted.
      requestAnimationFrame(() => window.tapAnswered(performance.now()));
    } else {
      requestAnimationFrame(look);
    }
  });
}
