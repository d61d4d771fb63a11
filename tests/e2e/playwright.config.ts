import { defineConfig } from "@playwright/test";

import { setting, workers } from "./support/settings.ts";

export default defineConfig({
  testDir: "specs",
  outputDir: "results",
  // A shop serves one worker, since what a test makes go wrong must not meet another.
  workers,
  forbidOnly: true,
  timeout: 45_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    baseURL: setting("BASE_URL"),
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    viewport: { width: 375, height: 667 },
    hasTouch: true,
    isMobile: true,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: setting("CHROMIUM"),
      args: [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
