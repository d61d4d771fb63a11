import { launch } from "puppeteer-core";

import { setting } from "./settings.js";

const OPTIONS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--accept-lang=zh-CN",
  // Whatever a page or the browser itself might ask for elsewhere is not found.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/** Does something in a browser that knows nothing of earlier ones. */
export async function inFreshBrowser(work) {
  const browser = await launch({ executablePath: setting("CHROMIUM"), args: OPTIONS, defaultViewport: null });
  try {
    const [page] = await browser.pages();
    return await work(page);
  } finally {
    await browser.close();
  }
}
