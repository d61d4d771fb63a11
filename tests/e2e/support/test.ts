import { test as base } from "@playwright/test";

import { Control } from "./control.ts";
import { type Gateway, startGateway } from "./gateway.ts";

interface Fixtures {
  /** The sandbox, put back to its start before each test. */
  control: Control;
  /** Starts a gateway with other settings, such as a short order lifetime; it ends with the test. */
  gateway: (settings: Record<string, string>) => Promise<Gateway>;
}

export const test = base.extend<Fixtures>({
  page: async ({ page }, use) => {
    await use(page);
    // The page may ask to the very end, and what is answered then is no fault of the test.
    if (!page.isClosed()) await page.unrouteAll({ behavior: "ignoreErrors" });
  },
  control: [
    async ({}, use) => {
      const control = new Control();
      await control.reset();
      await use(control);
    },
    { auto: true },
  ],
  gateway: async ({ page }, use) => {
    const started: Gateway[] = [];
    await use(async (settings) => {
      const gateway = await startGateway(settings);
      started.push(gateway);
      return gateway;
    });
    // What the page still asks has nobody to be handed on to any more.
    if (!page.isClosed()) await page.unrouteAll({ behavior: "ignoreErrors" });
    await Promise.all(started.map((gateway) => gateway.dispose()));
  },
});

export { expect } from "@playwright/test";
