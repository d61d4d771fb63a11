import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { setting } from "./settings.js";
import { Session, ended, freePort, page } from "./webdriver.js";

/** A screen that can be touched, and a mouse, which can also rest over something. */
const TOUCHED = { "dom.w3c_touch_events.enabled": 1, ...pointer(1) };
const MOUSE = { "dom.w3c_touch_events.enabled": 0, ...pointer(2 | 4) };

const PREFERENCES = {
  "intl.accept_languages": "zh-CN",
  // The browser's own style below is read only then.
  "toolkit.legacyUserProfileCustomizations.stylesheets": true,
};

/** Firefox as Debian has it, without a screen, driven over WebDriver. */
export async function startFirefox() {
  const profile = await narrowWindows();
  const port = await freePort();
  const driver = spawn(setting("GECKODRIVER"), ["--port", port, "--websocket-port", await freePort(), "--profile-root", tmpdir()], {
    stdio: "ignore",
  });
  const session = new Session(`http://127.0.0.1:${port}`);

  async function close() {
    await session.end().catch(() => undefined);
    await ended(driver);
    await rm(profile, { recursive: true, force: true });
  }

  try {
    await session.start((phone) => ({
      "moz:firefoxOptions": {
        args: ["-headless", "-profile", profile],
        prefs: { ...PREFERENCES, ...(phone ? TOUCHED : MOUSE) },
      },
    }));
    return { ...page(session), version: session.version, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function pointer(capabilities) {
  return { "ui.primaryPointerCapabilities": capabilities, "ui.allPointerCapabilities": capabilities };
}

/** A profile whose window may be as narrow as a phone's. */
async function narrowWindows() {
  const profile = await mkdtemp(join(tmpdir(), "recharge-firefox-"));
  await mkdir(join(profile, "chrome"));
  await writeFile(join(profile, "chrome/userChrome.css"), ":root { min-width: 0 !important }");
  return profile;
}
