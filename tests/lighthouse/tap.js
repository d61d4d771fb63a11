import { defaultSettings } from "lighthouse/core/config/constants.js";
import { emulate, throttle } from "lighthouse/core/lib/emulation.js";

import { inFreshBrowser } from "./browser.js";

const SETTINGS = { ...defaultSettings, throttlingMethod: "devtools" };

/** How long a tap may stay without an answer, in milliseconds. */
const PATIENCE = 30_000;

/**
 * The time from the visit's start until the running program has answered a tap, in milliseconds, on the slow phone that
 * the audits are made on. The tap is made as soon as a package is there to be tapped, which is long before the program
 * is; it fails when the tap is lost.
 */
export function tapAnswered(url) {
  return inFreshBrowser(async (page) => {
    await slowDown(page);
    const answer = new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`${url}: nothing answered the tap`)), PATIENCE).unref();
      page.exposeFunction("tapHere", (x, y) => page.touchscreen.tap(x, y).catch(reject)).catch(reject);
      page.exposeFunction("tapAnswered", (time, kept) =>
        kept ? resolve(time) : reject(new Error(`${url}: the program lost the tap`)),
      ).catch(reject);
    });
    await page.evaluateOnNewDocument(watch);
    await Promise.all([answer, page.goto(url)]);
    return answer;
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
function watch() {
  let wanted;
  requestAnimationFrame(function look() {
    const shell = document.getElementById("shell");
    const tile = shell && document.querySelector("#shell [name=shell-package]:not(:disabled)");
    if (!wanted && tile) {
      const box = tile.parentElement.getBoundingClientRect();
      wanted = tile.value;
      // In the next frame, since this one is what shows it.
      requestAnimationFrame(() => window.tapHere(box.left + box.width / 2, box.top + box.height / 2));
    }
    if (wanted && !shell) {
      const chosen = document.querySelector("#app [name=package]:checked");
      // The frame that shows it begins here, and the next one after it has been painted.
      return requestAnimationFrame(() => window.tapAnswered(performance.now(), !!chosen && chosen.value === wanted));
    }
    requestAnimationFrame(look);
  });
}
