import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Session, ended, freePort, page } from "./webdriver.js";

const LIBRARIES = "/usr/lib";

/** What a phone calls itself: a narrow window of a computer is none. */
const PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1";

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
    await session.start((phone) => ({
      "webkitgtk:browserOptions": {
        binary: miniBrowser(),
        args: ["--automation", ...(phone ? [`--user-agent=${PHONE}`] : [])],
      },
    }));
    return { ...page(session), version: session.version, close };
  } catch (error) {
    await close();
    throw error;
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
