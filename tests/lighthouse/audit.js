import lighthouse from "lighthouse";

import { inFreshBrowser } from "./browser.js";

/** What is measured: the audits whose figures make the score, by the names that people use. */
const AUDITS = {
  fcp: "first-contentful-paint",
  lcp: "largest-contentful-paint",
  cls: "cumulative-layout-shift",
  tbt: "total-blocking-time",
  // Not shown, but part of the score.
  speed: "speed-index",
};

const SETTINGS = {
  logLevel: "error",
  formFactor: "mobile",
  // The network and the processor are slowed down while the page loads. The usual way, loading it fast and calculating
  // what a slow phone would have done, knows nothing of a program in WebAssembly.
  throttlingMethod: "devtools",
  onlyAudits: Object.values(AUDITS),
};

/** Loads a page as a slow phone does: times in milliseconds, `cls` as a share of the screen, `score` of 100. */
export function audit(url) {
  return inFreshBrowser(async (page) => {
    const { lhr } = await lighthouse(url, SETTINGS, undefined, page);
    if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
    const figures = Object.entries(AUDITS).map(([name, id]) => [name, lhr.audits[id].numericValue]);
    figures.push(["score", lhr.categories.performance.score * 100]);
    const missing = figures.filter(([, figure]) => !Number.isFinite(figure)).map(([name]) => name);
    if (missing.length > 0) throw new Error(`${url}: no ${missing.join(", ")}`);
    return Object.fromEntries(figures);
  });
}
