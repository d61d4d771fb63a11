import { type Page } from "@playwright/test";

import { a11y } from "../../support/a11y.ts";
import { startOwn } from "../../support/own.ts";
import { NOTHING, fakeCamera, holdsTheCard, scanButton, see, sheet, tracks } from "../../support/scan.ts";
import { CARD, started } from "../../support/shop.ts";
import { expect, test } from "../../support/test.ts";

test("outside WeChat the camera reads, and nobody asks for WeChat's signature", async ({ page, gateway }) => {
  const shop = await startOwn(gateway);
  let asked = 0;
  page.on("request", (request) => {
    if (request.url().includes("/wechat/scan")) asked += 1;
  });
  await fakeCamera(page, { codes: [CARD] });
  await page.goto(shop.url);
  await scanButton(page).click();
  await holdsTheCard(page);
  expect(asked).toBe(0);
});

test.describe("the camera", () => {
  test("shows its picture and stops once a code was seen", async ({ page }) => {
    await fakeCamera(page);
    await page.goto("/");
    const button = scanButton(page);
    await expect(button).toBeVisible();
    expect(await button.boundingBox()).toMatchObject({ width: 44, height: 44 });
    await button.click();
    await expect(sheet(page).locator("video")).toBeVisible();
    await expect(sheet(page).getByText("对准卡片上的条形码或二维码")).toBeVisible();
    await expect.poll(() => tracks(page)).toEqual({ begun: 1, on: 1 });
    await a11y(page);
    await see(page, CARD);
    await holdsTheCard(page);
    await expect(sheet(page)).toBeHidden();
    await expect.poll(() => tracks(page)).toEqual({ begun: 1, on: 0 });
    expect(await page.evaluate(() => (window as unknown as { asked: unknown[] }).asked)).toEqual([
      { formats: ["code_128", "qr_code", "ean_13"] },
      { video: { facingMode: "environment" } },
    ]);
  });

  test("takes the card's code where the article's is beside it", async ({ page }) => {
    await fakeCamera(page, { codes: ["6901234567892", CARD] });
    await page.goto("/");
    await scanButton(page).click();
    await holdsTheCard(page);
  });

  for (const [how, leave] of [
    ["cancelled", (page: Page) => page.getByRole("button", { name: "取消" }).click()],
    ["closed by Esc", (page: Page) => page.keyboard.press("Escape")],
    ["left by going back", (page: Page) => page.goBack()],
    ["hidden", (page: Page) =>
      page.evaluate(() => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
        document.dispatchEvent(new Event("visibilitychange"));
      })],
  ] as const) {
    test(`stops when it is ${how}`, async ({ page }) => {
      await fakeCamera(page);
      await page.goto("/usage");
      await started(page);
      await page.getByRole("link", { name: "在线充值" }).click();
      await scanButton(page).click();
      await expect.poll(() => tracks(page)).toEqual({ begun: 1, on: 1 });
      await leave(page);
      await expect.poll(() => tracks(page)).toEqual({ begun: 1, on: 0 });
      await expect(sheet(page)).toBeHidden();
      await expect(page.getByText(NOTHING)).toHaveCount(0);
    });
  }

  test("stops after a minute in which no code was seen", async ({ page }) => {
    await page.clock.install();
    await fakeCamera(page);
    await page.goto("/");
    await scanButton(page).click();
    await expect.poll(() => tracks(page)).toEqual({ begun: 1, on: 1 });
    await page.clock.fastForward(61_000);
    await expect(page.getByText(NOTHING)).toBeVisible();
    await expect(sheet(page)).toBeHidden();
    expect(await tracks(page)).toEqual({ begun: 1, on: 0 });
  });

  for (const [refuses, says] of [
    ["NotAllowedError", "没有使用相机的权限，请在设置中允许，或手动输入卡号"],
    ["NotFoundError", NOTHING],
  ] as const) {
    test(`that answers ${refuses} is told`, async ({ page }) => {
      await fakeCamera(page, { refuses });
      await page.goto("/");
      await scanButton(page).click();
      await expect(page.getByText(says)).toBeVisible();
      await expect(sheet(page)).toBeHidden();
      await expect(scanButton(page)).toBeFocused();
    });
  }

  test("is not offered where the engine knows no such code", async ({ page }) => {
    await fakeCamera(page, { formats: ["aztec"] });
    await page.goto("/");
    await started(page);
    await page.waitForTimeout(500);
    await expect(scanButton(page)).toBeHidden();
  });

  test("is let through by the page's headers, and nothing else is", async ({ page }) => {
    await page.goto("/");
    const allows = (feature: string) =>
      page.evaluate((feature) => {
        const { featurePolicy } = document as unknown as { featurePolicy: { allowsFeature(name: string): boolean } };
        return featurePolicy.allowsFeature(feature);
      }, feature);
    expect([await allows("camera"), await allows("microphone"), await allows("geolocation")]).toEqual([true, false, false]);
  });

  test("in English the button has English words", async ({ page }) => {
    await fakeCamera(page);
    await page.goto("/#lang=en");
    await expect(page.getByRole("button", { name: "Scan the card's code" })).toBeVisible();
  });
});
