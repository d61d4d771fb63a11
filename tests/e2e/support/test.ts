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
  control: [
    async ({}, use) => {
      const control = new Control();
      await control.reset();
      await use(control);
    },
    { auto: true },
  ],
  gateway: async ({}, use) => {
    const started: Gateway[] = [];
    await use(async (settings) => {
      const gateway = await startGateway(settings);
      started.push(gateway);
      return gateway;
    });
    await Promise.all(started.map((gateway) => gateway.dispose()));
  },
});

export { expect } from "@playwright/test";
