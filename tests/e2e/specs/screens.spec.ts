import { type Page } from "@playwright/test";

import { a11y } from "../support/a11y.ts";
import { CARD, tick } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

const languages = ["zh", "en"] as const;
const themes = ["light", "dark"] as const;

for (const colorScheme of themes) {
  for (const language of languages) {
    test.describe(`${colorScheme}, ${language}`, () => {
      test.use({ colorScheme, locale: language === "zh" ? "zh-CN" : "en-GB" });

      test("every screen without an order", async ({ page }) => {
        for (const [path, ready] of [
          ["/", /^[1-8] ?GB/],
          ["/usage", undefined],
          ["/realname", undefined],
          ["/notices", undefined],
          ["/orders", undefined],
          ["/orders/00000000000000000000000000000000", undefined],
          ["/nowhere", undefined],
        ] as const) {
          await page.goto(path);
          await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
          if (ready) await expect(page.getByRole("radio", { name: ready }).first()).toBeAttached();
          await checked(page);
        }
      });

      test("every screen of a purchase", async ({ page, control }) => {
        await page.goto(`/#card=${CARD}`);
        await expect(page).not.toHaveURL(/card=/);
        await expect(page.getByText(/\*{4,} ?8584/).first()).toBeVisible();
        await checked(page);
        await tick(page.getByRole("radio", { name: /^4 ?GB/ }));
        await page.getByRole("button", { name: language === "zh" ? "立即充值" : "Top up now" }).click();
        const sheet = page.getByRole("dialog");
        await expect(sheet).toBeVisible();
        await checked(page);
        const again = sheet.getByRole("button", { name: language === "zh" ? "重新下单" : "Start a new order" });
        const method = sheet.getByRole("button", { name: language === "zh" ? "支付宝" : "Alipay" });
        await expect(again.or(method).first()).toBeVisible();
        if (await again.isVisible()) await again.click();
        await method.click();
        const more = page.getByRole("button", { name: language === "zh" ? "再买一份" : "Buy another" });
        await expect(more.or(page.getByRole("button", { name: "确认付款" })).first()).toBeVisible();
        if (await more.isVisible()) await more.click();
        await expect(page.getByRole("button", { name: "确认付款" })).toBeVisible();
        const payment = (await control.ledger()).payments.at(-1);
        await page.goBack();
        await expect(page.getByRole("timer")).toBeVisible();
        await checked(page);
        await control.credit({ delay_ms: 6000 });
        await control.pay(payment?.outTradeNo ?? "");
        await expect(page.getByRole("heading", { level: 1, name: /充值处理中|Topping up/ })).toBeVisible();
        await checked(page);
        await expect(page.getByRole("heading", { level: 1, name: /充值成功|complete/ })).toBeVisible({ timeout: 20_000 });
        await checked(page);
      });
    });
  }
}

test.describe("at 320 px", () => {
  test.use({ viewport: { width: 320, height: 568 } });

  test("nothing is wider than the screen", async ({ page }) => {
    for (const path of [`/#card=${CARD}`, "/usage", "/realname", "/notices", "/orders"]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await fits(page);
    }
  });
});

test("the page can be used by keyboard alone", async ({ page }) => {
  await page.goto(`/#card=${CARD}`);
  await expect(page.getByText(/\*{4,} ?8584/).first()).toBeVisible();
  const radios = page.getByRole("radiogroup", { name: "套餐", exact: true }).getByRole("radio");
  await radios.first().focus();
  await page.keyboard.press("ArrowDown");
  await expect(radios.nth(1)).toBeChecked();
  await page.getByRole("button", { name: "立即充值" }).focus();
  await page.keyboard.press("Enter");
  const sheet = page.getByRole("dialog", { name: "选择支付方式" });
  await expect(sheet).toBeVisible();
  for (let presses = 0; presses < 8; presses += 1) {
    await page.keyboard.press("Tab");
    expect(await sheet.evaluate((dialog) => dialog.contains(document.activeElement))).toBe(true);
  }
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
  await expect(page.getByRole("button", { name: "立即充值" })).toBeFocused();
});

async function checked(page: Page): Promise<void> {
  await fits(page);
  await a11y(page);
}

async function fits(page: Page): Promise<void> {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wider, `${page.url()} is wider than the screen`).toBeLessThanOrEqual(0);
}
