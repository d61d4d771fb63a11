import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { type Page, expect } from "@playwright/test";

interface Outcome {
  violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
}

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Expects no violation of WCAG 2.2 AA on the page as it is now, contrast included. */
export async function a11y(page: Page): Promise<void> {
  await settled(page);
  const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  // Evaluated by the debugger, which the page's content policy does not meet.
  await page.evaluate(axe);
  const outcome = await page.evaluate(
    (tags) =>
      (globalThis as unknown as { axe: { run(options: object): Promise<Outcome> } }).axe.run({
        runOnly: tags,
        resultTypes: ["violations"],
      }),
    TAGS,
  );
  const found = outcome.violations.flatMap((violation) =>
    violation.nodes.map(
      (node) => `${violation.id}: ${violation.help}\n  ${node.html}\n  ${node.failureSummary ?? ""}`,
    ),
  );
  expect(found, `accessibility of ${page.url()}`).toEqual([]);
}

/** A sheet that is still rising has colours that no one reads. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const finite = document
      .getAnimations()
      .filter((one) => one.effect?.getComputedTiming().iterations !== Infinity);
    await Promise.allSettled(finite.map((one) => one.finished));
  });
}
