import { type Page } from "@playwright/test";

import type { Control } from "../support/control.ts";
import { faults } from "../support/layout.ts";
import { CARD, tick } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

const SIZES = [100, 130, 160, 200];
/** A folder for pictures of what was measured, to look at. */
const PICTURES = process.env.PICTURES;

const words = {
  zh: { pay: "立即充值", alipay: "支付宝", find: "查询" },
  en: { pay: "Top up now", alipay: "Alipay", find: "Search" },
};

for (const lang of ["zh", "en"] as const) {
  for (const width of [320, 375]) {
    test(`${lang}, ${width} px: large text breaks no amount and covers nothing`, async ({ page, control, gateway }) => {
      test.setTimeout(90_000);
      const { url } = await gateway({});
      const open = (address: string) => page.goto(url + address);
      await page.setViewportSize({ width, height: width === 320 ? 568 : 667 });
      const look = (name: string) => measure(page, `${lang}-${width}-${name}`);
      await open(`/#lang=${lang}`);
      await expect(page.locator(".tile").first()).toBeVisible();
      await look("empty");
      await open(`/?lang=${lang}#card=89860403101872720478`);
      await expect(page.getByText(/\*{4} 0478/).first()).toBeVisible();
      await chooseLargest(page);
      await look("chosen");
      await open(`/usage?lang=${lang}`);
      await expect(page.locator(".gauge-number")).toBeVisible();
      await look("usage");
      for (const path of ["/realname", "/notices"]) {
        await open(path);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await look(path.slice(1));
      }
      await open(`/#card=${CARD}`);
      await expect(page.getByText(/\*{4} 8584/).first()).toBeVisible();
      await chooseLargest(page);
      await page.getByRole("button", { name: words[lang].pay }).click();
      const alipay = page.getByRole("dialog").getByRole("button", { name: words[lang].alipay });
      await expect(alipay).toBeVisible();
      await look("sheet");
      await alipay.click();
      await expect(page.getByRole("button", { name: "确认付款" })).toBeVisible();
      await page.goBack();
      await expect(page.getByRole("timer")).toBeVisible();
      await look("cashier");
      await paid(page, control);
      await look("done");
      await open("/orders");
      await page.getByRole("button", { name: words[lang].find }).click();
      await expect(page.locator(".row")).toHaveCount(2);
      await look("orders");
    });
  }
}

/** Looks at the screen in each size of text, as whoever has set the browser to it sees it. */
async function measure(page: Page, name: string): Promise<void> {
  for (const size of SIZES) {
    await page.evaluate((size) => {
      document.documentElement.style.fontSize = `${size}%`;
    }, size);
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}-${size}.png`, fullPage: true });
    expect.soft(await faults(page), `${name} at ${size} %`).toEqual([]);
  }
  await page.evaluate(() => document.documentElement.style.removeProperty("font-size"));
}

async function chooseLargest(page: Page): Promise<void> {
  await tick(page.locator("[name=category]").nth(1));
  await tick(page.getByRole("radio", { name: /^100 ?GB/ }));
}

async function paid(page: Page, control: Control): Promise<void> {
  await control.pay((await control.paymentFor(CARD)).outTradeNo);
  await expect(page.getByRole("heading", { level: 1, name: /充值成功|complete/ })).toBeVisible({ timeout: 25_000 });
}
