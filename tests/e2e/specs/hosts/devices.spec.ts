import { type BrowserContextOptions } from "@playwright/test";

import { readQr } from "../../support/qr.ts";
import { atTheWallet, choosePackage, enterCard, headingSays, orderId } from "../../support/shop.ts";
import { expect, test } from "../../support/test.ts";

// A phone opens wallets, a computer shows codes to scan, and what may be either offers both.

const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36";
const LINUX = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36";
const HARMONY = "Mozilla/5.0 (Tablet; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1";
const TOUCHED = { hasTouch: true, isMobile: true, viewport: { width: 800, height: 1280 } };
const NOT_TOUCHED = { hasTouch: false, isMobile: false };

const either = { userAgent: LINUX, ...TOUCHED };
const computers: [string, BrowserContextOptions][] = [
  ["a narrow window", { userAgent: WINDOWS, ...NOT_TOUCHED, viewport: { width: 520, height: 800 } }],
  ["a computer zoomed for weak eyes", { userAgent: LINUX, ...NOT_TOUCHED, viewport: { width: 480, height: 300 } }],
];
const handhelds: [string, BrowserContextOptions][] = [
  ["a tablet that calls itself a computer", either],
  ["one that feels a finger at a time", { ...either, isMobile: false }],
  ["a tablet of OpenHarmony", { userAgent: HARMONY, ...TOUCHED }],
  ["a phone in its mode for computers", { ...either, viewport: { width: 980, height: 1740 } }],
];

for (const [name, options] of computers) {
  test.describe(name, () => {
    test.use(options);

    test("shows the code to pay with", async ({ page }) => {
      await page.goto("/");
      await enterCard(page);
      const sheet = await choosePackage(page);
      await sheet.getByRole("button", { name: "支付宝" }).click();
      await headingSays(page, "扫码付款");
      await expect(page.getByRole("img", { name: "付款二维码" })).toBeVisible();
    });
  });
}

for (const [name, options] of handhelds) {
  test.describe(name, () => {
    test.use(options);

    test("opens the wallet", async ({ page }) => {
      await page.goto("/");
      await enterCard(page);
      const sheet = await choosePackage(page);
      await sheet.getByRole("button", { name: "支付宝" }).click();
      await atTheWallet(page);
    });
  });
}

test.describe("what may be a phone or a computer", () => {
  test.use(either);

  test("offers a code too, also after the wallet was chosen", async ({ page }) => {
    await page.goto("/");
    await enterCard(page);
    const sheet = await choosePackage(page);
    await sheet.getByRole("button", { name: "手机扫码" }).click();
    const picture = page.getByRole("img", { name: "付款二维码" });
    await expect(picture).toBeVisible();
    const code = `${new URL(page.url()).origin}/cashier/${orderId(page)}`;
    await expect.poll(() => readQr(page, picture).catch(String)).toBe(code);

    await page.getByRole("button", { name: "去支付" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "支付宝" }).click();
    await atTheWallet(page);
    await page.goBack();
    await headingSays(page, "等待付款");
    await page.getByRole("button", { name: "更换支付方式" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "手机扫码" }).click();
    await expect(picture).toBeVisible();
  });
});
