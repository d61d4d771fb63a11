import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import type { Locator, Page } from "@playwright/test";

/** Reads a code from a screenshot, as a second device's camera would. */
export async function readQr(page: Page, code: Locator): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "recharge-qr-"));
  try {
    const picture = join(folder, "code.png");
    await code.scrollIntoViewIfNeeded();
    const box = await code.boundingBox();
    if (!box) throw new Error("the code is not on the screen");
    // With what surrounds it: a reader needs the quiet zone, and so does a camera.
    const margin = 16;
    await page.screenshot({
      path: picture,
      clip: {
        x: Math.max(0, box.x - margin),
        y: Math.max(0, box.y - margin),
        width: box.width + 2 * margin,
        height: box.height + 2 * margin,
      },
    });
    const { stdout } = await promisify(execFile)("zbarimg", ["--quiet", "--raw", picture]);
    return stdout.trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
